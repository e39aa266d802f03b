"""Limits on wrong queries. They count misses, never people and never hits, and they lock nobody out.

Two counts grow with every miss, whatever kind of miss it was: of the network it came from, and of each number that was
typed (as a keyed hash, so that memory holds none). What a network's misses lead to, in this order: a harder proof of
work, never dearer than its cap; the image code as well; at last the letters of its picture, or the sum together with
the hardest proof. A number's misses lead to the image code, no further: a stranger can bring an extra step upon
somebody, never shut them out. Each person whom a network finds takes a few of its misses back, once, so that a school
or a carrier with thousands behind one address is not taken for a machine. Everything is bounded.

The counts lie in memory that the processes of a node share, so that asking several of them gives nobody more misses.
They are read at every query (some 200 ns each) and written at a miss, and when somebody is found from where there were
misses.
"""

import ipaddress
import os
import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from hashlib import blake2b
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Final

from jinbang.lookup.challenge import EASY, HARDEST
from jinbang.lookup.node_memory import NodeMemory

WINDOW_SECONDS: Final = 600
NUMBER_WINDOW_SECONDS: Final = 3600
_DOUBLINGS_MAX: Final = 8
_ADDRESSES_KNOWN: Final = 50_000
_ROW: Final = struct.Struct("=QII")  # key, count, the second in which it began
_COUNT_MOST: Final = (1 << 32) - 1
# How many networks, numbers and people found have a place of 16 bytes.
PLACES: Final = (1 << 18, 1 << 19, 1 << 17)


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
    """Counts in shared memory that begin anew after their window. Two keys of one place drive each other out.

    Where a fifth of the places is in use, one key in ten has been forgotten for another; nobody can choose which.
    Reading waits for nobody; whoever adds holds the lock of the whole memory.
    """

    def __init__(self, rows: memoryview, *, window: int) -> None:
        self._rows = rows
        self._places = len(rows) // _ROW.size
        self._window = window

    def of(self, key: int, *, now: int) -> int:
        """Return the count of a key."""
        return self._row(key, now=now)[0]

    def add(self, key: int, *, how_many: int, now: int) -> None:
        """Count, or take back where `how_many` is below zero: never below none."""
        count, since = self._row(key, now=now)
        place = key % self._places * _ROW.size
        _ROW.pack_into(self._rows, place, key, min(max(0, count + how_many), _COUNT_MOST), since)

    def _row(self, key: int, *, now: int) -> tuple[int, int]:
        found, count, since = _ROW.unpack_from(self._rows, key % self._places * _ROW.size)
        return (count, since) if found == key and now - since < self._window else (0, now)


class Misses:
    """The miss counts of a node, or of a process that shares them with nobody."""

    def __init__(
        self,
        limits: MissLimits | None = None,
        *,
        now: Callable[[], float] = time.monotonic,
        path: Path | None = None,
        key: bytes | None = None,
    ) -> None:
        """Begin with nothing counted, or with what the processes that name the same path and key have counted.

        `now` gives seconds by a clock that these processes have in common.
        """
        self.limits = limits if limits is not None else MissLimits()
        self._now = now
        self._keyed_hash = blake2b(key=key if key is not None else os.urandom(32), digest_size=8)
        ends = [places * _ROW.size for places in accumulate(PLACES, initial=0)]
        self._memory = NodeMemory(ends[-1], path=path)
        networks, numbers, found = (self._memory.bytes[begin:end] for begin, end in pairwise(ends))
        self._networks = _Counts(networks, window=WINDOW_SECONDS)
        self._numbers = _Counts(numbers, window=NUMBER_WINDOW_SECONDS)
        self._found = _Counts(found, window=NUMBER_WINDOW_SECONDS)
        self._key_of_network = lru_cache(maxsize=_ADDRESSES_KNOWN)(self._network)

    def demand(self, *, client: str, release: str, numbers: Sequence[str]) -> Demand:
        """Return what a query from this address about these numbers has to bring."""
        return self.owed(client=client, release=release, numbers=numbers)[0]

    def hardest_for(self, client: str) -> int:
        """Return how hard a proof from this address has to be: doubled for each `harder_after` misses, and capped."""
        return self.owed(client=client, release="", numbers=())[1]

    def owed(self, *, client: str, release: str, numbers: Sequence[str]) -> tuple[Demand, int, int]:
        """Return what a query from here about these numbers has to bring, how hard a proof is, the network's misses."""
        now, limits = int(self._now()), self.limits
        misses = self._networks.of(self._key_of_network(client), now=now)
        of_number = max([self._numbers.of(self._keyed(release, number), now=now) for number in numbers], default=0)
        hardest = min(EASY << min(misses // limits.harder_after, _DOUBLINGS_MAX), HARDEST)
        if misses >= limits.letters_after:
            return Demand.LETTERS, hardest, misses
        if misses >= limits.code_after or of_number >= limits.code_after_for_number:
            return Demand.CODE, hardest, misses
        return Demand.HARDER_PROOF_OR_CODE if hardest > EASY else Demand.PROOF_OR_CODE, hardest, misses

    def found(self, *, client: str, release: str, number: str) -> None:
        """Take back some misses of a network, if it has any and has found this person for the first time in a while."""
        now, network = int(self._now()), self._key_of_network(client)
        if not self._networks.of(network, now=now):
            return
        person = self._keyed(release, number)
        with self._memory:
            if not self._found.of(person, now=now):
                self._found.add(person, how_many=1, now=now)
                self._networks.add(network, how_many=-self.limits.forgiven_for_each_found, now=now)

    def count(self, *, client: str, release: str, numbers: Sequence[str]) -> None:
        """Count one miss."""
        now, network = int(self._now()), self._key_of_network(client)
        keys = [self._keyed(release, number) for number in numbers]
        with self._memory:
            self._networks.add(network, how_many=1, now=now)
            for key in keys:
                self._numbers.add(key, how_many=1, now=now)

    def _network(self, client: str) -> int:
        return self._keyed("", network_of(client).hex())

    def _keyed(self, release: str, number: str) -> int:
        """Return 64 bits under which something is counted: keyed by the node, so that nobody chooses their place."""
        keyed = self._keyed_hash.copy()
        keyed.update(f"{release}|{number}".encode())
        return int.from_bytes(keyed.digest())


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
