"""The snapshot: immutable files, an atomic pointer, generations side by side, speed, and refusals."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

import lmdb
import pytest

from jinbang.lookup import pointer, snapshot
from jinbang.lookup.cards import Entry, record_size_for
from jinbang.lookup.errors import RecordTooLong, SameInputsTwice, SnapshotDamaged, UnknownRelease
from jinbang.lookup.generations import Snapshots
from jinbang.lookup.pointer import POINTER, Pointer
from jinbang.lookup.sealing import new_release_key
from tests.lookup.conftest import directly
from tests.lookup.world import CASES, HEADER, LIN, RELEASE, House, query


def records_of(house: House, file: str) -> list[tuple[bytes, bytes]]:
    environment = lmdb.open(str(house.snapshots / RELEASE / file), subdir=False, readonly=True, lock=False)
    try:
        with environment.begin() as transaction:
            return [(bytes(key), bytes(value)) for key, value in transaction.cursor() if key != b"header"]
    finally:
        environment.close()


def test_everybody_on_the_roster_has_a_record_of_the_same_size(house: House) -> None:
    publication = house.publish()
    rows = records_of(house, publication.file)
    assert len(rows) == len(CASES) == publication.records
    assert {len(record) for _, record in rows} == {record_size_for(HEADER)}
    assert {len(locator) for locator, _ in rows} == {32}
    assert record_size_for(HEADER) % 256 == 0


def test_nothing_is_seen_before_it_is_armed(house: House) -> None:
    snapshot.build(HEADER, [lambda: [LIN.entry]], folder=house.snapshots, release_key=new_release_key())
    with pytest.raises(UnknownRelease):
        Snapshots(house.snapshots, house.signer.keys).current(RELEASE, now=house.now)


def test_a_correction_is_a_new_generation_that_waits_for_its_own_instant(house: House) -> None:
    house.publish()
    ask = directly(house.service())
    corrected = replace(LIN.card, subjects=(replace(LIN.card.subjects[0], mark_hundredths=9900), LIN.card.subjects[1]))
    later = house.now + timedelta(hours=1)
    entry = Entry.of(corrected, ticket_number=LIN.ticket, document_number=LIN.document)
    assert "86.5" in query(ask, LIN.fields).text
    house.publish(replace(HEADER, version=2, opens_at=later), [entry])
    fresh = directly(house.service())
    assert "86.5" in query(fresh, LIN.fields).text
    house.now = later
    page = query(fresh, LIN.fields).text
    assert "86.5" not in page
    assert "<strong>99</strong>" in page


def test_a_running_service_sees_a_new_generation_without_a_restart(house: House) -> None:
    house.publish(entries=[])
    service = house.service()
    ask = directly(service)
    assert "没有查到成绩" in query(ask, LIN.fields).text
    house.publish(replace(HEADER, version=2))
    service._snapshots.look_again()
    assert "73.41" in query(ask, LIN.fields).text


def test_withdrawing_takes_the_countdown_and_the_file_away(house: House) -> None:
    house.now = HEADER.opens_at - timedelta(days=1)
    publication = house.publish()
    pointer.withdraw(house.snapshots, publication, signer=house.signer)
    house.vault.forget(publication)
    assert directly(house.service())("GET", f"/lookup/{RELEASE}").status == 404
    assert not list(house.snapshots.rglob("*.lmdb"))


def test_rearming_the_same_number_before_the_instant_removes_the_old_file(house: House) -> None:
    house.now = HEADER.opens_at - timedelta(days=1)
    first, second = house.publish(), house.publish()
    assert first.file != second.file
    assert [path.name for path in house.snapshots.rglob("*.lmdb")] == [second.file]
    assert Pointer.read(house.snapshots, RELEASE, keys=house.signer.keys).generations == {1: second}


def test_two_people_with_the_same_inputs_stop_the_publication(house: House) -> None:
    with pytest.raises(SameInputsTwice):
        house.publish(entries=[LIN.entry, LIN.entry])
    assert not list(house.snapshots.rglob("*.lmdb*"))
    assert not (house.snapshots / RELEASE / POINTER).exists()


def test_a_card_too_long_stops_the_publication_and_leaves_nothing_behind(house: House) -> None:
    long = replace(LIN.card, name="长" * 500)
    entry = Entry.of(long, ticket_number=LIN.ticket, document_number=LIN.document)
    with pytest.raises(RecordTooLong):
        house.publish(entries=[entry])
    assert not list(house.snapshots.rglob("*.draft"))


def test_one_damaged_release_does_not_take_the_others_with_it(house: House) -> None:
    house.publish()
    other = house.publish(replace(HEADER, release="another-2026"))
    path = house.snapshots / "another-2026" / other.file
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1])
    snapshots = Snapshots(house.snapshots, house.signer.keys)
    assert [one.header.release for one in snapshots.all_current(now=house.now)] == [RELEASE]
    with pytest.raises(SnapshotDamaged):
        snapshots.current("another-2026", now=house.now)


def test_releases_stand_side_by_side_and_open_only_their_own_records(house: House) -> None:
    house.publish()
    house.publish(replace(HEADER, release="another-2026"), [CASES["failed"].entry])
    ask = directly(house.service())
    assert "73.41" in query(ask, LIN.fields).text
    assert "没有查到成绩" in query(ask, LIN.fields, release="another-2026").text


def people(first: int, last: int) -> Iterator[Entry]:
    for number in range(first, last):
        yield Entry.of(LIN.card, ticket_number=f"2614{number:08d}", document_number=LIN.document)


def test_twenty_thousand_records_are_sealed_within_twenty_seconds_and_reported(house: House) -> None:
    reported: list[int] = []
    shares = [partial(people, first, first + 1_000) for first in range(0, 20_000, 1_000)]
    started = time.process_time()
    publication = snapshot.build(
        HEADER, shares, folder=house.snapshots, release_key=new_release_key(), progress=reported.append
    )
    assert time.process_time() - started < 20
    assert publication.records == 20_000
    assert reported == [*range(1, 21), *[20] * 64]  # twenty shares, then the heaps
