"""What a node has open: damage is noticed and shuts its own generation only, corrections lie over what they correct."""

import gc
import re
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from jinbang.kernel.crypto import KeyRing
from jinbang.kernel.errors import SealBroken
from jinbang.lookup import generations, pointer, snapshot
from jinbang.lookup.cards import Entry, ReleaseHeader
from jinbang.lookup.errors import SnapshotDamaged, WarrantMissing
from jinbang.lookup.generations import Generation, Snapshots
from jinbang.lookup.keyholder import KeyHolder, KeyVault
from jinbang.lookup.sealing import QueryInputs, RecordSeal
from jinbang.lookup.snapshot import Publication
from tests.lookup.conftest import directly
from tests.lookup.world import CASES, HEADER, LIN, RELEASE, House, query
from tests.tiers import Measure, Tier

OVERLAY = replace(HEADER, version=2, base_version=1)
EVERYBODY = re.compile(r"86\.5|73\.41|>0<|59\.99")


def with_mark(mark: int) -> Entry:
    first, second = LIN.card.subjects
    card = replace(LIN.card, subjects=(replace(first, mark_hundredths=mark), second))
    return Entry.of(card, ticket_number=LIN.ticket, document_number=LIN.document)


def file_of(house: House, publication: Publication) -> Path:
    return house.snapshots / publication.release / publication.file


def with_byte_flipped(path: Path, place: int) -> None:
    path.chmod(0o600)
    with path.open("r+b") as file:
        file.seek(place)
        old = file.read(1)
        file.seek(place)
        file.write(bytes([old[0] ^ 1]))


# ------------------------------------------------------------------------------------------------ damage


def test_no_flipped_byte_of_a_file_goes_unnoticed(house: House, tier: Tier) -> None:
    publication = house.publish()
    path = file_of(house, publication)
    size = path.stat().st_size
    for _ in range(tier[Measure.FLIPPED_BYTES]):
        place = tier.random.randrange(size)
        with_byte_flipped(path, place)
        with pytest.raises(SnapshotDamaged):
            Generation(path, publication)
        with_byte_flipped(path, place)
    assert Generation(path, publication).header == HEADER


def test_without_the_checksum_a_flipped_byte_would_be_read_and_still_shows_no_wrong_page(
    house: House, tier: Tier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: the first defence is off, every damaged record is taken, and the seal of each record stops it."""
    publication = house.publish()
    path = file_of(house, publication)
    places = places_of_records(path, publication)
    monkeypatch.setattr(generations, "checksum", lambda _path: publication.sha256)
    shown = opened = 0
    for number in range(100):
        damaged = house.home / f"damaged-{number}.lmdb"  # LMDB opens a file once in a process
        shutil.copy(path, damaged)
        for place in tier.random.choice(places):
            with_byte_flipped(damaged, place + 20)
        generation = Generation(damaged, publication)
        opened += 1
        seal = RecordSeal(KeyHolder(house.vault, now=house.clock).release_key(publication), generation.edition)
        for case in CASES.values():
            record = generation.record(seal.locator(case.entry.inputs))
            assert record is not None
            try:
                assert seal.open(case.entry.inputs, record)
            except SealBroken:
                shown += 1
    assert opened == 100
    assert shown == 100


def places_of_records(path: Path, publication: Publication) -> list[list[int]]:
    """Return where each record lies in the file. Pages that LMDB has copied since hold it once more."""
    generation = Generation(path, publication)
    content = path.read_bytes()
    with generation._environment.begin() as reading:
        rows = [bytes(record) for key, record in reading.cursor() if len(key) == 32]
    return [[found.start() for found in re.finditer(re.escape(record), content)] for record in rows]


def test_a_damaged_file_shuts_its_page_and_is_reported(house: House) -> None:
    publication = house.publish()
    with_byte_flipped(file_of(house, publication), 5_000)
    service = house.service()
    answer = query(directly(service), LIN.fields)
    assert answer.status == 503
    assert not EVERYBODY.search(answer.text)
    assert service.problems() == [f"damaged:{RELEASE}"]
    assert service.gauges()["releases_damaged"] == 1


def test_a_damaged_correction_shuts_nothing_before_its_instant_and_everything_from_it_on(house: House) -> None:
    house.publish()
    later = house.publish(replace(HEADER, version=2, opens_at=house.now + timedelta(hours=1)), [with_mark(9900)])
    with_byte_flipped(file_of(house, later), 5_000)
    ask = directly(house.service())
    assert "86.5" in query(ask, LIN.fields).text
    house.now += timedelta(hours=1)
    answer = query(ask, LIN.fields)
    assert answer.status == 503
    assert "86.5" not in answer.text


def test_a_file_that_was_put_right_is_opened_again(house: House) -> None:
    publication = house.publish()
    path = file_of(house, publication)
    good = path.read_bytes()
    with_byte_flipped(path, 5_000)
    snapshots = Snapshots(house.snapshots, house.signer.keys)
    with pytest.raises(SnapshotDamaged):
        snapshots.current(RELEASE, now=house.now)
    draft = path.with_name("pulled")
    draft.write_bytes(good)
    draft.replace(path)
    snapshots.look_again()
    assert snapshots.current(RELEASE, now=house.now).header == HEADER


@pytest.mark.parametrize("cut", [0, 100, 4096, -1])
def test_a_file_cut_short_is_damaged(house: House, cut: int) -> None:
    publication = house.publish()
    path = file_of(house, publication)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:cut])
    assert query(directly(house.service()), LIN.fields).status == 503


# ------------------------------------------------------------------------------------------------ corrections


def test_an_overlay_shows_the_corrected_and_leaves_everybody_else_as_they_were(house: House) -> None:
    house.publish()
    publication = house.publish(OVERLAY, [with_mark(9900)])
    ask = directly(house.service())
    assert "<strong>99</strong>" in query(ask, LIN.fields).text
    for who in CASES.keys() - {"passed"}:
        assert all(word in query(ask, CASES[who].fields).text for word in CASES[who].words)
    assert publication.records == 1
    assert file_of(house, publication).stat().st_size < 50_000


def test_an_overlay_waits_for_its_own_instant(house: House) -> None:
    house.publish()
    house.publish(replace(OVERLAY, opens_at=house.now + timedelta(hours=1)), [with_mark(9900)])
    ask = directly(house.service())
    assert "86.5" in query(ask, LIN.fields).text
    house.now += timedelta(hours=1)
    assert "<strong>99</strong>" in query(ask, LIN.fields).text


def test_two_corrections_one_after_the_other_lie_on_the_same_complete_generation(house: House) -> None:
    house.publish()
    house.publish(OVERLAY, [with_mark(9900)])
    house.publish(replace(OVERLAY, version=3), [with_mark(9800)])
    assert "<strong>98</strong>" in query(directly(house.service()), LIN.fields).text


@pytest.mark.parametrize("break_it", ["withdrawn", "damaged", "another"])
def test_an_overlay_without_its_base_shows_nothing(house: House, break_it: str) -> None:
    base = house.publish()
    header: ReleaseHeader = OVERLAY
    if break_it == "another":
        house.publish(replace(HEADER, version=2))
        header = replace(OVERLAY, version=4, base_version=3)
    house.publish(header, [with_mark(9900)])
    if break_it == "withdrawn":
        pointer.withdraw(house.snapshots, base, signer=house.signer)
    if break_it == "damaged":
        with_byte_flipped(file_of(house, base), 5_000)
    assert query(directly(house.service()), LIN.fields).status == 503


def test_a_miss_does_the_same_work_whether_or_not_the_person_was_corrected(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.publish()
    house.publish(OVERLAY, [with_mark(9900)])
    ask = directly(house.service())
    query(ask, LIN.fields)
    seen: list[str] = []
    monkeypatch.setattr(Generation, "record", counted(Generation.record, seen, "record"))
    monkeypatch.setattr(RecordSeal, "open_with", counted(RecordSeal.open_with, seen, "open"))
    work = set()
    for case in (LIN, CASES["failed"]):
        seen.clear()
        assert "没有查到成绩" in query(ask, {**case.fields, "ticket_number": "261403999999"}).text
        work.add(tuple(seen))
    assert work == {("record", "open", "record", "open")}


def counted(original: Callable[..., object], seen: list[str], name: str) -> Callable[..., object]:
    def wrapper(*args: object, **kwargs: object) -> object:
        seen.append(name)
        return original(*args, **kwargs)

    return wrapper


# ------------------------------------------------------------------------------------------------ a thief


def test_a_stolen_folder_opens_nothing_without_the_key_and_with_it_only_what_is_typed(house: House) -> None:
    publication = house.publish()
    stolen = house.home / "stolen"
    shutil.copytree(house.snapshots, stolen / "snapshots")
    generation = Generation(stolen / "snapshots" / RELEASE / publication.file, publication)
    with generation._environment.begin() as reading:
        rows = [(bytes(key), bytes(record)) for key, record in reading.cursor() if len(key) == 32]
    guessed = RecordSeal(bytes(32), generation.edition)
    key = KeyHolder(house.vault, now=house.clock).release_key(publication)
    right = RecordSeal(key, generation.edition)
    inputs = [
        *(case.entry.inputs for case in CASES.values()),
        *(QueryInputs.typed(ticket_number=f"2614030{n:05d}", document_number="X1", name="林小满") for n in range(200)),
    ]
    assert openings(guessed, inputs, rows) == 0
    assert openings(right, inputs[len(CASES) :], rows) == 0
    assert openings(right, inputs, rows) == len(CASES)  # the control: with key and inputs each opens its one record


def openings(seal: RecordSeal, inputs: list[QueryInputs], rows: list[tuple[bytes, bytes]]) -> int:
    count = 0
    for typed in inputs:
        for _locator, record in rows:
            try:
                seal.open(typed, record)
            except SealBroken:
                continue
            count += 1
    return count


def test_before_the_instant_even_the_holder_and_its_vault_open_nothing_elsewhere(house: House) -> None:
    house.now = HEADER.opens_at - timedelta(days=1)
    publication = house.publish()
    stolen = KeyVault(house.home / "vault", KeyRing.generate())
    with pytest.raises(WarrantMissing):
        KeyHolder(stolen, now=lambda: HEADER.opens_at).release_key(publication)


# ------------------------------------------------------------------------------------------------ while requests go on


def test_a_watched_folder_is_looked_at_apart_from_requests(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Checking a new file of gigabytes takes seconds; nobody who asks meanwhile waits for that."""
    house.publish()
    snapshots = Snapshots(house.snapshots, house.signer.keys)
    snapshots.watch()
    slow, may_go_on = threading.Event(), threading.Event()
    whole = snapshot.checksum

    def slowly(path: Path) -> str:
        slow.set()
        assert may_go_on.wait(20)
        return whole(path)

    monkeypatch.setattr(generations, "checksum", slowly)
    house.publish(replace(HEADER, version=2), [with_mark(9900)])
    assert slow.wait(20)
    assert snapshots.current(RELEASE, now=house.now).header.version == 1
    may_go_on.set()
    for _ in range(200):
        if snapshots.current(RELEASE, now=house.now).header.version == 2:
            break
        threading.Event().wait(0.05)
    assert snapshots.current(RELEASE, now=house.now).header.version == 2


def test_unwatched_the_first_question_after_a_change_waits(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: without the thread a question opens the file itself."""
    house.publish()
    snapshots = Snapshots(house.snapshots, house.signer.keys)
    assert snapshots.current(RELEASE, now=house.now).header.version == 1
    callers: list[str] = []
    whole = snapshot.checksum

    def told(path: Path) -> str:
        callers.append(threading.current_thread().name)
        return whole(path)

    monkeypatch.setattr(generations, "checksum", told)
    house.publish(replace(HEADER, version=2), [with_mark(9900)])
    snapshots._looked_at -= 5
    assert snapshots.current(RELEASE, now=house.now).header.version == 2
    assert callers == [threading.current_thread().name]


def test_a_withdrawn_generation_takes_its_keys_and_its_pages_with_it(house: House) -> None:
    publication = house.publish()
    service = house.service()
    assert "73.41" in query(directly(service), LIN.fields).text
    assert len(service._open) == 1
    pointer.withdraw(house.snapshots, publication, signer=house.signer)
    service._snapshots.look_again()
    gc.collect()
    assert len(service._open) == 0
