"""The key ring at start: made once where that is allowed, never in place of a lost one in production."""

import threading
from pathlib import Path

import pytest
from django.conf import settings

from jinbang.kernel.crypto import KeyRing, Purpose, key_ring
from jinbang.kernel.errors import KeyRingUnreadable
from jinbang.people.apps import open_key_ring


def test_the_process_has_a_ring_bound_from_the_settings() -> None:
    assert key_ring().key(Purpose.KEK) == KeyRing.load(settings.JINBANG_KEY_RING).key(Purpose.KEK)


def test_a_ring_is_made_once_and_found_again(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "ring.json"
    first, second = (open_key_ring(path, may_make=True) for _ in range(2))
    assert first.key(Purpose.KEK) == second.key(Purpose.KEK)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["ring.json"]


def test_production_refuses_to_start_without_its_ring_and_makes_none(tmp_path: Path) -> None:
    path = tmp_path / "ring.json"
    with pytest.raises(KeyRingUnreadable):
        open_key_ring(path, may_make=False)
    assert not path.exists()


def test_a_damaged_ring_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "ring.json"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(KeyRingUnreadable):
        open_key_ring(path, may_make=True)
    assert path.read_text(encoding="utf-8") == "{"


def test_processes_that_start_together_share_one_ring(tmp_path: Path) -> None:
    path, rings, barrier = tmp_path / "ring.json", list[KeyRing](), threading.Barrier(8)

    def start() -> None:
        barrier.wait()
        rings.append(open_key_ring(path, may_make=True))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({ring.key(Purpose.KEK) for ring in rings}) == 1
    assert len(rings) == 8
