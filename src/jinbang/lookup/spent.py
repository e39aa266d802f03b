"""What may be used once: solved challenges and answered image codes, remembered for as long as they are good. Bounded.

One table belongs to one process, as the key that signs its challenges does; a restart forgets both together, so nothing
can be used twice. Memory is bounded: a table that is full early forgets its older half, and refuses from then on
whatever was issued before the half that it still knows began. So a stranger who fills it makes challenges short-lived
(the page fetches another by itself) and can neither replay one nor shut anybody out.
"""

import threading
from enum import Enum, auto
from typing import Final

CAPACITY: Final = 400_000


class Use(Enum):
    """What became of a token that was to be used."""

    FIRST = auto()
    AGAIN = auto()
    FORGOTTEN = auto()  # issued before what this table still remembers: it may have been used


class SpentTable:
    """Two sets of 64-bit marks; the older is dropped when all of it has expired, or when both are full."""

    def __init__(self, *, lifetime: float, capacity: int = CAPACITY) -> None:
        """Remember everything for `lifetime` seconds, or `capacity` marks (about 100 bytes each) if that is sooner."""
        self._lifetime = lifetime
        self._half = max(1, capacity // 2)
        self._older: set[int] = set()
        self._newer: set[int] = set()
        self._newer_from = self._known_from = float("-inf")
        self._lock = threading.Lock()

    def spend(self, token: bytes, *, issued: float, now: float) -> Use:
        """Use a token (an unforgeable one, of at least 8 bytes) that was issued at this instant, in seconds."""
        mark = int.from_bytes(token[:8])
        with self._lock:
            self._turn(now)
            if issued < self._known_from:
                return Use.FORGOTTEN
            if mark in self._newer or mark in self._older:
                return Use.AGAIN
            self._newer.add(mark)
            return Use.FIRST

    def __len__(self) -> int:
        """Return how many marks are held."""
        return len(self._older) + len(self._newer)

    def _turn(self, now: float) -> None:
        is_full = len(self._newer) >= self._half
        if not is_full and now - self._newer_from < self._lifetime:
            return
        if self._older:
            # A mark that is dropped here was used before the newer half began, hence issued before it.
            self._known_from = self._newer_from
        self._older, self._newer, self._newer_from = self._newer, set(), now
