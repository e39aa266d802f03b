"""The key holder: no key before T, none without a warrant, none by a clock that disagrees; and what moving T costs."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from jinbang.kernel.crypto import KeyRing
from jinbang.lookup import snapshot
from jinbang.lookup.errors import ClocksDisagree, GenerationAlreadyOpen, ReleaseNotOpen, WarrantMissing
from jinbang.lookup.keyholder import KeyHolder, KeyVault, SteadyClock
from jinbang.lookup.sealing import new_release_key
from jinbang.lookup.snapshot import Publication
from tests.lookup.conftest import directly
from tests.lookup.world import HEADER, LIN, RELEASE, WARRANT, House, T, query

KEY = new_release_key()


@pytest.fixture
def publication(house: House) -> Publication:
    return snapshot.build(HEADER, [lambda: [LIN.entry]], folder=house.snapshots, release_key=KEY)


def holder_at(house: House, now: datetime) -> KeyHolder:
    return KeyHolder(house.vault, now=lambda: now)


def kept_file(house: House) -> Path:
    (path,) = (house.home / "vault" / RELEASE).glob("*.json")
    return path


def test_gives_the_key_at_the_instant_and_not_a_moment_before(house: House, publication: Publication) -> None:
    house.vault.keep(publication, KEY)
    house.vault.arm(publication, warrant_hash=WARRANT, now=T - timedelta(days=1))
    with pytest.raises(ReleaseNotOpen) as refusal:
        holder_at(house, T - timedelta(microseconds=1)).release_key(publication)
    assert refusal.value.fields["opens_at"] == T
    assert holder_at(house, T).release_key(publication) == KEY


def test_gives_no_key_that_is_kept_but_not_armed(house: House, publication: Publication) -> None:
    house.vault.keep(publication, KEY)
    with pytest.raises(WarrantMissing):
        holder_at(house, T).release_key(publication)


def test_gives_no_key_that_was_never_kept(house: House, publication: Publication) -> None:
    with pytest.raises(WarrantMissing):
        holder_at(house, T).release_key(publication)
    with pytest.raises(WarrantMissing):
        house.vault.arm(publication, warrant_hash=WARRANT, now=T)


@pytest.mark.parametrize(
    "name, value",
    [
        ("opens_at", (T - timedelta(days=9)).isoformat()),
        ("warrant_hash", "cd" * 32),
        ("header_hash", "0" * 64),
        ("release", "another"),
        ("version", 2),
    ],
)
def test_editing_the_file_destroys_the_key(*, house: House, publication: Publication, name: str, value: object) -> None:
    house.vault.keep(publication, KEY)
    house.vault.arm(publication, warrant_hash=WARRANT, now=T)
    path = kept_file(house)
    path.write_text(json.dumps({**json.loads(path.read_text()), name: value}))
    with pytest.raises(WarrantMissing):
        holder_at(house, T).release_key(publication)


def test_another_key_ring_opens_nothing(house: House, publication: Publication) -> None:
    house.vault.keep(publication, KEY)
    house.vault.arm(publication, warrant_hash=WARRANT, now=T)
    stolen = KeyHolder(KeyVault(house.home / "vault", KeyRing.generate()), now=lambda: T)
    with pytest.raises(WarrantMissing):
        stolen.release_key(publication)


def test_a_ring_with_a_new_key_still_opens_what_the_old_one_wrapped(house: House, publication: Publication) -> None:
    house.vault.keep(publication, KEY)
    house.vault.arm(publication, warrant_hash=WARRANT, now=T)
    house.ring = house.ring.with_new_key("release")
    assert holder_at(house, T).release_key(publication) == KEY


@pytest.mark.parametrize("moved", [timedelta(seconds=-300), timedelta(seconds=1.5), timedelta(seconds=300)])
def test_a_machine_whose_clock_was_moved_stays_shut(house: House, publication: Publication, moved: timedelta) -> None:
    house.vault.keep(publication, KEY)
    house.vault.arm(publication, warrant_hash=WARRANT, now=T)
    steady = SteadyClock()
    holder = KeyHolder(house.vault, now=lambda: T, machine=lambda: steady() + moved.total_seconds(), steady=steady)
    with pytest.raises(ClocksDisagree):
        holder.release_key(publication)
    assert KeyHolder(house.vault, now=lambda: T, machine=steady, steady=steady).release_key(publication) == KEY


def test_a_warrant_that_no_longer_stands_gives_no_key(house: House, publication: Publication) -> None:
    house.vault.keep(publication, KEY)
    house.vault.arm(publication, warrant_hash=WARRANT, now=T)
    asked: list[tuple[str, str]] = []

    def refused(one: Publication, warrant_hash: str) -> bool:
        asked.append((one.release, warrant_hash))
        return False

    with pytest.raises(WarrantMissing):
        KeyHolder(house.vault, now=lambda: T, is_warranted=refused).release_key(publication)
    assert asked == [(RELEASE, WARRANT)]


def test_a_generation_that_is_open_is_never_replaced(house: House) -> None:
    house.publish()
    with pytest.raises(GenerationAlreadyOpen):
        house.publish()
    assert "73.41" in query(directly(house.service()), LIN.fields).text


def test_the_key_lies_nowhere_in_clear_and_its_file_is_its_owners(house: House, publication: Publication) -> None:
    house.vault.keep(publication, KEY)
    house.vault.arm(publication, warrant_hash=WARRANT, now=T)
    assert all(KEY not in path.read_bytes() for path in house.home.rglob("*") if path.is_file())
    assert kept_file(house).stat().st_mode & 0o077 == 0


def test_a_page_stays_shut_when_the_key_is_gone(house: House) -> None:
    publication = house.publish()
    house.vault.forget(publication)
    answer = query(directly(house.service()), LIN.fields)
    assert answer.status == 503
    assert "73.41" not in answer.text
