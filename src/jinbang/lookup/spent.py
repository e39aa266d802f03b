"""What may be used once: solved challenges and answered image codes, remembered until they expire. Bounded.

One table belongs to one process, as the key that signs its challenges does; a restart forgets both together, so nothing
can be used twice. Memory is bounded: a full table refuses instead of forgetting something that could then be replayed.
"""

import threading
from typing import Final

CAPACITY: Final = 400_000


class SpentTable:
    """Two sets of 64-bit marks, the older of which is dropped when everything in it has expired."""

    def __init__(self, *, lifetime: float, capacity: int = CAPACITY) -> None:
        """Remember everything for at least `lifetime` seconds, at most `capacity` marks at a time."""
        self._lifetime = lifetime
        self._capacity = capacity
        self._older: set[int] = set()
        self._newer: set[int] = set()
        self._turned_at = 0.0
        self._lock = threading.Lock()

    def is_full(self, *, now: float) -> bool:
        """Whether nothing more can be spent for the moment."""
        with self._lock:
            self._turn(now)
            return len(self._older) + len(self._newer) >= self._capacity

    def spend(self, token: bytes, *, now: float) -> bool:
        """Mark a token (an unforgeable one, of at least 8 bytes) as used. Returns whether this was the first time."""
        mark = int.from_bytes(token[:8])
        with self._lock:
            self._turn(now)
            if mark in self._newer or mark in self._older:
                return False
            self._newer.add(mark)
            return True

    def _turn(self, now: float) -> None:
        if now - self._turned_at < self._lifetime:
            return
        # After two lifetimes without a question even the newer half has expired.
        self._older = self._newer if now - self._turned_at < 2 * self._lifetime else set()
        self._newer = set()
        self._turned_at = now
