"""The memory of a node: seen by everybody who names it, changed by one at a time, refused where there is no room."""

import resource
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from jinbang.lookup.node_memory import NodeMemory


def test_who_names_the_same_path_sees_the_same_bytes_and_nobody_else_does(tmp_path: Path) -> None:
    one, same, other = (NodeMemory(64, path=tmp_path / name) for name in ("one", "one", "other"))
    alone, apart = NodeMemory(64), NodeMemory(64)
    assert bytes(one.bytes) == bytes(64)
    one.bytes[:3] = alone.bytes[:3] = b"abc"
    assert bytes(same.bytes[:3]) == b"abc"
    assert bytes(other.bytes[:3]) == bytes(apart.bytes[:3]) == bytes(3)
    assert oct((tmp_path / "one").stat().st_mode)[-3:] == "600"


@pytest.mark.parametrize("is_shared", [True, False])
def test_one_writes_at_a_time_whether_thread_or_process(tmp_path: Path, *, is_shared: bool) -> None:
    """Two objects over one path are to the kernel what two processes are."""
    one = NodeMemory(64, path=tmp_path / "one")
    other = NodeMemory(64, path=tmp_path / "one") if is_shared else one
    written = threading.Event()

    def write() -> None:
        with other:
            written.set()

    writing = threading.Thread(target=write)
    with one:
        writing.start()
        assert not written.wait(0.2)
    writing.join(timeout=10)
    assert written.is_set()


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_machine_without_room_says_so_before_anybody_asks(tmp_path: Path) -> None:
    with files_of_at_most(1 << 20):
        NodeMemory(1 << 20, path=tmp_path / "fits")
        with pytest.raises(OSError, match="File too large"):
            NodeMemory(1 << 21, path=tmp_path / "too large")
    assert (tmp_path / "fits").stat().st_blocks * 512 == 1 << 20
