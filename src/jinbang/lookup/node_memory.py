"""Memory that the processes of a node share: a file of fixed size that lies in memory, and a lock for whoever writes.

`spent` and `limits` keep their rows here. A row is found by a keyed hash, so that nobody chooses its place, and nothing
ever grows. The lock holds off threads and, where there are others, processes, and is let go by one that is killed.
"""

import os
import tempfile
import threading
import weakref
from fcntl import LOCK_EX, LOCK_UN, flock
from mmap import MAP_ANONYMOUS, MAP_POPULATE, MAP_PRIVATE, MAP_SHARED, mmap
from pathlib import Path
from typing import Final

_MEMORY: Final = Path("/dev/shm")  # noqa: S108  # what is made there has a random name and belongs to this account


class NodeMemory:
    """So many bytes, zero at first, and `with` this the right to change them. Reading needs no lock."""

    def __init__(self, size: int, *, path: Path | None = None) -> None:
        """Share with the processes that name the same path; without one the memory is this process's own.

        What is shared has its room from the start: a machine without it refuses here (`OSError`) and not in the rush.
        """
        self._lock = threading.Lock()
        self._file: int | None = None
        if path is None:
            self.bytes = memoryview(mmap(-1, size, MAP_PRIVATE | MAP_ANONYMOUS))
            return
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        weakref.finalize(self, os.close, self._file)
        os.posix_fallocate(self._file, 0, size)
        self.bytes = memoryview(mmap(self._file, size, MAP_SHARED | MAP_POPULATE))

    def __enter__(self) -> None:
        """Wait until nobody else writes. What is this process's own is locked without asking the kernel."""
        self._lock.acquire()
        if self._file is not None:
            flock(self._file, LOCK_EX)

    def __exit__(self, *_: object) -> None:
        """Let the next one write."""
        if self._file is not None:
            flock(self._file, LOCK_UN)
        self._lock.release()


def memory_folder() -> "tempfile.TemporaryDirectory[str]":
    """Return a new folder of this account's own that lies in memory, where this machine has such a place."""
    return tempfile.TemporaryDirectory(prefix="jinbang-", dir=_MEMORY if _MEMORY.is_dir() else None)
