"""Limits on wrong queries. They count misses, never people and never hits, and they lock nobody out.

Two counts grow with every miss, whatever kind of miss it was: of the network it came from, and of each number that was
typed (as a keyed hash, so that memory holds none). What a network's misses lead to, in this order: a harder proof of
work, never dearer than its cap; the image code as well; at last the letters of its picture, or the sum together with
the hardest proof. A number's misses lead to the image code, no further: a stranger can bring an extra step upon
somebody, never shut them out. Each person whom a network finds takes a few of its misses back, once, so that a school
or a carrier with thousands behind one address is not taken for a machine. Everything is bounded.
"""

import ipaddress
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Final

from jinbang.lookup.challenge import EASY, HARDEST

NETWORKS_REMEMBERED: Final = 50_000
NUMBERS_REMEMBERED: Final = 200_000
WINDOW_SECONDS: Final = 600
NUMBER_WINDOW_SECONDS: Final = 3600
_DOUBLINGS_MAX: Final = 8


@dataclass(frozen=True, slots=True)
class MissLimits:
    """How many misses lead to what, per window."""

    harder_after: int = 50
    code_after: int = 200
    letters_after: int = 3_000
    code_after_for_number: int = 30
    forgiven_for_each_found: int = 3


class Demand(IntEnum):
    """What a query has to bring, from the least to the most."""

    PROOF_OR_CODE = 0
    HARDER_PROOF_OR_CODE = 1
    CODE = 2
    LETTERS = 3


class _Counts:
    """Bounded counts that begin anew after their window; the least recently touched are forgotten first."""

    def __init__(self, *, window: float, remembered: int) -> None:
        self._window = window
        self._remembered = remembered
        self._rows: OrderedDict[bytes | int, tuple[int, float]] = OrderedDict()

    def add(self, key: bytes | int, *, now: float) -> None:
        count, since = self._rows.pop(key, (0, now))
        if now - since >= self._window:
            count, since = 0, now
        self._rows[key] = (count + 1, since)
        while len(self._rows) > self._remembered:
            self._rows.popitem(last=False)

    def take_back(self, key: bytes | int, *, how_many: int, now: float) -> None:
        if key in self._rows:
            count, since = self._rows[key]
            self._rows[key] = (max(0, count - how_many), since) if now - since < self._window else (0, now)

    def of(self, key: bytes | int, *, now: float) -> int:
        row = self._rows.get(key)
        return row[0] if row is not None and now - row[1] < self._window else 0


class Misses:
    """The miss counts of one process."""

    def __init__(self, limits: MissLimits | None = None, *, now: Callable[[], float] = time.monotonic) -> None:
        """Begin with nothing counted."""
        self.limits = limits if limits is not None else MissLimits()
        self._now = now
        self._key = os.urandom(32)
        self._networks = _Counts(window=WINDOW_SECONDS, remembered=NETWORKS_REMEMBERED)
        self._numbers = _Counts(window=NUMBER_WINDOW_SECONDS, remembered=NUMBERS_REMEMBERED)
        self._found = _Counts(window=NUMBER_WINDOW_SECONDS, remembered=NUMBERS_REMEMBERED)
        self._lock = threading.Lock()

    def demand(self, *, client: str, release: str, numbers: Sequence[str]) -> Demand:
        """Return what a query from this address about these numbers has to bring."""
        return self.owed(client=client, release=release, numbers=numbers)[0]

    def hardest_for(self, client: str) -> int:
        """Return how hard a proof from this address has to be: doubled for each `harder_after` misses, and capped."""
        return self.owed(client=client, release="", numbers=())[1]

    def owed(self, *, client: str, release: str, numbers: Sequence[str]) -> tuple[Demand, int]:
        """Return what a query from this address about these numbers has to bring, and how hard a proof then is."""
        now, network, limits = self._now(), network_of(client), self.limits
        with self._lock:
            misses = self._networks.of(network, now=now)
            of_number = max([self._numbers.of(self._keyed(release, number), now=now) for number in numbers], default=0)
        hardest = min(EASY << min(misses // limits.harder_after, _DOUBLINGS_MAX), HARDEST)
        if misses >= limits.letters_after:
            return Demand.LETTERS, hardest
        if misses >= limits.code_after or of_number >= limits.code_after_for_number:
            return Demand.CODE, hardest
        return (Demand.HARDER_PROOF_OR_CODE if misses >= limits.harder_after else Demand.PROOF_OR_CODE), hardest

    def found(self, *, client: str, release: str, number: str) -> None:
        """Take back some misses of a network that has found a person for the first time in a while."""
        now = self._now()
        key = self._keyed(release, number)
        with self._lock:
            if self._found.of(key, now=now) == 0:
                self._networks.take_back(network_of(client), how_many=self.limits.forgiven_for_each_found, now=now)
            self._found.add(key, now=now)

    def count(self, *, client: str, release: str, numbers: Sequence[str]) -> None:
        """Count one miss."""
        now = self._now()
        with self._lock:
            self._networks.add(network_of(client), now=now)
            for number in numbers:
                self._numbers.add(self._keyed(release, number), now=now)

    def _keyed(self, release: str, number: str) -> int:
        """Return 64 bits under which a number is counted: keyed by the process and once more, kept for minutes."""
        return hash((self._key, release, number))


@lru_cache(maxsize=NETWORKS_REMEMBERED)
def network_of(client: str) -> bytes:
    """Return the network an address counts as: the address itself for IPv4, its /64 for IPv6."""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return b"unknown"
    if isinstance(address, ipaddress.IPv6Address):
        mapped = address.ipv4_mapped
        return mapped.packed if mapped is not None else address.packed[:8]
    return address.packed


def client_address(peer: str, forwarded_for: str, *, trusted_proxies: int) -> str:
    """Return the address of the browser: the peer, or what the outermost of our own proxies wrote down.

    Each proxy appends the address it was asked from; what stands further left was written by the client and is worth
    nothing.
    """
    if trusted_proxies <= 0:
        return peer
    hops = [hop.strip() for hop in forwarded_for.split(",") if hop.strip()]
    return hops[-trusted_proxies] if len(hops) >= trusted_proxies else peer
