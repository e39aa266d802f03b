"""Building a snapshot: by several processes, dense, complete, and leaving nothing behind when it fails."""

import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import lmdb
import pytest

from jinbang.kernel.spread import over_processes
from jinbang.lookup import snapshot
from jinbang.lookup.cards import Entry, Shorthand, record_size_for
from jinbang.lookup.errors import RecordTooLong, SameInputsTwice, SnapshotDamaged
from jinbang.lookup.generations import Generation
from jinbang.lookup.sealing import QueryInputs, RecordSeal, new_release_key
from jinbang.lookup.snapshot import Publication, edition_of
from tests import bereaved
from tests.lookup.world import HEADER, LIN, RELEASE, House

KEY = new_release_key()


def person(number: int) -> Entry:
    first, second = LIN.card.subjects
    card = replace(LIN.card, subjects=(replace(first, mark_hundredths=number % 10_000), second))
    return Entry.of(card, ticket_number=f"2614{number:08d}", document_number=LIN.document)


@dataclass(frozen=True)
class Roster:
    """A share of a roster that can be handed to another process."""

    first: int
    last: int
    name: str = ""

    def __call__(self) -> Iterator[Entry]:
        for number in range(self.first, self.last):
            entry = person(number)
            yield replace(entry, card=replace(entry.card, name=self.name)) if self.name else entry


def failing() -> Iterable[Entry]:
    raise OSError("the database went away")


def built(house: House, shares: list[snapshot.Share], *, processes: int = 2) -> Publication:
    with over_processes(processes) as spread:
        return snapshot.build(HEADER, shares, folder=house.snapshots, release_key=KEY, spread=spread)


def everything(house: House, publication: Publication) -> dict[bytes, bytes]:
    path = house.snapshots / RELEASE / publication.file
    with lmdb.open(str(path), subdir=False, readonly=True, lock=False) as environment, environment.begin() as reading:
        return {bytes(key): bytes(value) for key, value in reading.cursor() if key != b"header"}


def nothing_is_left(house: House) -> bool:
    place = house.snapshots / RELEASE
    return not [path for path in place.iterdir() if path.suffix != ".lmdb"]


def test_several_processes_seal_what_one_would(house: House) -> None:
    reported: list[int] = []
    shares = [Roster(first, first + 50) for first in range(0, 1_000, 50)]
    with over_processes(2) as spread:
        publication = snapshot.build(
            HEADER, shares, folder=house.snapshots, release_key=KEY, spread=spread, progress=reported.append
        )
    rows = everything(house, publication)
    seal = RecordSeal(KEY, edition_of(HEADER))
    assert publication.records == len(rows) == 1_000
    assert reported == [*range(1, 21), *[20] * 64]  # twenty shares, then as many heaps
    assert {len(record) for record in rows.values()} == {record_size_for(HEADER)}
    for number in range(1_000):
        entry = person(number)
        assert Shorthand(HEADER).decode(seal.open(entry.inputs, rows[seal.locator(entry.inputs)])) == entry.card
    assert nothing_is_left(house)


def test_a_file_has_no_half_filled_pages(house: House) -> None:
    """Records put in the order of the roster fill two thirds of a page; sorted ones all of it."""
    publication = built(house, [Roster(0, 3_000)], processes=1)
    size = (house.snapshots / RELEASE / publication.file).stat().st_size
    loose = house.home / "loose.lmdb"
    with lmdb.open(str(loose), subdir=False, lock=False, map_size=1 << 28, sync=False) as environment:
        for key, value in sorted(everything(house, publication).items(), key=lambda row: row[0][::-1]):
            with environment.begin(write=True) as writing:
                writing.put(key, value)
    assert size < 1.05 * 3_000 / 5 * 4096 + 100_000
    assert loose.stat().st_size > 1.2 * size


def test_the_same_inputs_in_two_shares_stop_the_publication(house: House) -> None:
    with pytest.raises(SameInputsTwice):
        built(house, [Roster(0, 100), Roster(99, 200)])
    assert list((house.snapshots / RELEASE).iterdir()) == []


def test_a_card_too_long_in_another_process_says_the_size_it_needs(house: House) -> None:
    with pytest.raises(RecordTooLong) as refusal:
        built(house, [Roster(0, 100), Roster(100, 101, name="长" * 500)])
    assert int(str(refusal.value.fields["needed"])) > record_size_for(HEADER)
    assert list((house.snapshots / RELEASE).iterdir()) == []


def test_a_share_that_breaks_breaks_the_whole(house: House) -> None:
    with pytest.raises(OSError, match="went away"):
        built(house, [Roster(0, 100), failing, Roster(100, 200)])
    assert list((house.snapshots / RELEASE).iterdir()) == []


def test_what_a_killed_process_left_is_removed_by_the_next(house: House) -> None:
    place = house.snapshots / RELEASE
    left = place / "0001-abcd.heaps"
    left.mkdir(parents=True)
    (left / "00-0").write_bytes(b"sealed")
    (place / "0001-abcd.draft").write_bytes(b"half")
    other = place / "0002-abcd.draft"
    other.write_bytes(b"somebody is at work on this one")
    built(house, [Roster(0, 10)])
    assert not left.exists()
    assert [path.name for path in place.iterdir() if path.suffix != ".lmdb"] == [other.name]


def test_a_record_that_went_missing_is_noticed_before_anybody_reads(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Path.read_bytes
    row = 32 + record_size_for(HEADER)
    monkeypatch.setattr(Path, "read_bytes", lambda path: whole(path)[: -row if path.name == "05-0" else None])
    with pytest.raises(SnapshotDamaged) as refusal:
        snapshot.build(HEADER, [Roster(0, 1_000)], folder=house.snapshots, release_key=KEY)
    assert refusal.value.fields["problem"] == "count"


@pytest.mark.parametrize("damage", ["another key", "another's record", "a flipped bit"])
def test_a_record_of_the_sample_that_does_not_say_what_went_in_is_noticed_before_anybody_reads(
    house: House, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    """All records are there and of the right size; one of them, which the sample of so few contains, is wrong."""
    seal = RecordSeal.seal

    def wrongly(self: RecordSeal, inputs: QueryInputs, content: bytes, *, size: int) -> bytes:
        if inputs != person(7).inputs:
            return seal(self, inputs, content, size=size)
        if damage == "another key":
            return seal(RecordSeal(new_release_key(), edition_of(HEADER)), inputs, content, size=size)
        if damage == "another's record":
            return seal(self, inputs, Shorthand(HEADER).encode(person(8).card), size=size)
        record = bytearray(seal(self, inputs, content, size=size))
        record[-1] ^= 1
        return bytes(record)

    monkeypatch.setattr(RecordSeal, "seal", wrongly)
    with pytest.raises(SnapshotDamaged) as refusal:
        snapshot.build(HEADER, [Roster(0, 20)], folder=house.snapshots, release_key=KEY)
    assert refusal.value.fields["problem"] == "sample"
    assert list((house.snapshots / RELEASE).iterdir()) == []


def test_heaps_hold_no_plain_text(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []
    whole = Path.read_bytes

    def watched(path: Path) -> bytes:
        content = whole(path)
        if path.parent.suffix == ".heaps":
            seen.append(content)
        return content

    monkeypatch.setattr(Path, "read_bytes", watched)
    snapshot.build(HEADER, [lambda: [LIN.entry]], folder=house.snapshots, release_key=KEY)
    written = b"".join(seen)
    assert len(written) == 32 + record_size_for(HEADER)
    for secret in (LIN.ticket, LIN.document, LIN.card.name, "7341"):
        assert secret.encode() not in written


def test_a_generation_is_checked_as_a_whole(house: House) -> None:
    publication = built(house, [partial(list, [LIN.entry])])
    path = house.snapshots / RELEASE / publication.file
    assert Generation(path, publication).header == HEADER
    with pytest.raises(SnapshotDamaged):
        Generation(path, replace(publication, sha256="0" * 64))


# ---------------------------------------------------------------- a builder that is killed

BUILDING = """
import sys, time
from functools import partial
from pathlib import Path
from jinbang.kernel import spread
from jinbang.lookup import snapshot
from tests.lookup.world import HEADER
if sys.argv[2] == "careless":
    spread._begin = id
build = partial(snapshot.build, HEADER, folder=Path(sys.argv[1]), release_key=bytes(32))
if __name__ == "__main__":
    with spread.over_processes(2) as both:
        build([partial(time.sleep, 600)] * 2, spread=both)
"""


@pytest.mark.parametrize("is_careless", [False, True])
def test_what_seals_ends_with_the_builder_that_is_killed(tmp_path: Path, *, is_careless: bool) -> None:
    """The careless one is the twin: what it began would wait for ever, with the release key in memory."""
    words = [sys.executable, "-c", BUILDING, str(tmp_path), "careless" if is_careless else ""]
    building = subprocess.Popen(words)
    begun: list[int] = []
    try:
        until = time.monotonic() + 30
        while len(begun := bereaved.below(building.pid)) < 3 and time.monotonic() < until:
            time.sleep(0.05)
        assert len(begun) == 3  # two that seal, and what counts the resources of `multiprocessing`
        bereaved.kill(building)
        left = bereaved.still_running(begun, within=3 if is_careless else bereaved.SOON_SECONDS)
        assert bool(left) == is_careless
    finally:
        building.kill()
        bereaved.end_all(begun)
