"""What may be used once: solved challenges and answered image codes, remembered for as long as they are good. Bounded.

The table is a small LMDB file in memory (tmpfs), so that all processes of a node that share it refuse what one of them
has taken; using a token costs some 3 µs. It lives as long as the keys that sign the tokens do: a restart forgets both
together, so nothing can be used twice. A table that is full early forgets its older half, and refuses from then on
whatever was issued before the half that it still knows began. So a stranger who fills it makes challenges short-lived
(the page fetches another by itself) and can neither replay one nor shut anybody out.
"""

import struct
import tempfile
from enum import Enum, auto
from pathlib import Path
from typing import Final

import lmdb

CAPACITY: Final = 2_000_000  # 400,000 people who ask twice in ten minutes, for as long as challenges are good
_MEMORY: Final = Path("/dev/shm")  # noqa: S108  # what is made there has a random name and belongs to this account
_BYTES_PER_MARK: Final = 64  # address space, taken up as marks come: twice what one needs
_LEAST_BYTES: Final = 1 << 20
_HALVES: Final = (b"0", b"1")
_STATE: Final = b"state"
_State: Final = struct.Struct(">Bdd")


class Use(Enum):
    """What became of a token that was to be used."""

    FIRST = auto()
    AGAIN = auto()
    FORGOTTEN = auto()  # issued before what this table still remembers: it may have been used


class SpentTable:
    """Two sets of 64-bit marks; the older is dropped when all of it has expired, or when both are full."""

    def __init__(self, *, lifetime: float, capacity: int = CAPACITY, path: Path | None = None) -> None:
        """Remember everything for `lifetime` seconds, or `capacity` marks (some 32 bytes each) if that is sooner.

        Processes that name the same path share the table. Without one it is this process's own.
        """
        self._lifetime = lifetime
        self._half = max(1, capacity // 2)
        size = _LEAST_BYTES + capacity * _BYTES_PER_MARK
        if path is not None:
            self._environment = _opened(path, size)
        else:
            with memory_folder() as folder:  # an open file needs no name
                self._environment = _opened(Path(folder) / "spent", size)
        self._sets = [self._environment.open_db(name) for name in _HALVES]

    def spend(self, token: bytes, *, issued: float, now: float) -> Use:
        """Use a token (an unforgeable one, of at least 8 bytes) that was issued at this instant, in seconds."""
        with self._environment.begin(write=True) as transaction:
            newer, known_from = self._turned(transaction, now)
            if issued < known_from:
                return Use.FORGOTTEN
            mark = token[:8]
            if transaction.get(mark, db=self._sets[1 - newer]) is not None:
                return Use.AGAIN
            return Use.FIRST if transaction.put(mark, b"", db=self._sets[newer], overwrite=False) else Use.AGAIN

    def __len__(self) -> int:
        """Return how many marks are held."""
        with self._environment.begin() as transaction:
            return sum(int(transaction.stat(one)["entries"]) for one in self._sets)

    def _turned(self, transaction: lmdb.Transaction, now: float) -> tuple[int, float]:
        """Return which set is the newer one now, and from when on everything is known."""
        state = transaction.get(_STATE)
        newer, newer_from, known_from = _State.unpack(state) if state else (0, float("-inf"), float("-inf"))
        is_full = transaction.stat(self._sets[newer])["entries"] >= self._half
        if not is_full and now - newer_from < self._lifetime:
            return newer, known_from
        older = 1 - newer
        if transaction.stat(self._sets[older])["entries"]:
            # A mark that is dropped here was used before the newer half began, hence issued before it.
            known_from = newer_from
            transaction.drop(self._sets[older], delete=False)
        transaction.put(_STATE, _State.pack(older, now, known_from))
        return older, known_from


def memory_folder() -> "tempfile.TemporaryDirectory[str]":
    """Return a new folder of this account's own that lies in memory, where this machine has such a place."""
    return tempfile.TemporaryDirectory(prefix="jinbang-", dir=_MEMORY if _MEMORY.is_dir() else None)


def _opened(path: Path, size: int) -> lmdb.Environment:
    # Nothing has to outlive the machine, hence no waiting for a disk. Two databases, and what stands beside them.
    return lmdb.open(
        str(path), subdir=False, map_size=size, max_dbs=2, sync=False, metasync=False, writemap=True, mode=0o600
    )
