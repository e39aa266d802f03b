"""A correction goes out through the same action: changed records among decoys where that is enough, else all."""

import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import serializers
from django.db import transaction
from pytest_django import Settings

from jinbang.audit.models import LongWork
from jinbang.kernel.clock import frozen_at
from jinbang.kernel.identity import make_resident_id
from jinbang.kernel.ids import new_id
from jinbang.lookup import actions, adapters, corrections, generations, snapshot, tasks
from jinbang.lookup.cards import Entry, ReleaseHeader
from jinbang.lookup.corrections import Base
from jinbang.lookup.errors import RecordTooLong
from jinbang.lookup.pointer import POINTER
from jinbang.lookup.snapshot import Publication
from jinbang.people import actions as people
from jinbang.people.models import IdentityDocument
from jinbang.results.actions import release
from tests.cast import Cast
from tests.lookup.test_actions import LIN, MARKS, ZHAO, queried
from tests.results.world import AFTER, OPENS, World, approved, bring_in, enrol, many_people, new_world, set_pass_marks

CORRECTED = AFTER + timedelta(days=1)
RIGHT_NUMBER = make_resident_id("500103", date(1990, 2, 27), 33)


@pytest.fixture(autouse=True)
def _header_in_front(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the header lie before all records. Among random locators it now and then takes up a page more, or less."""
    for module in (snapshot, generations):
        monkeypatch.setattr(module, "HEADER_KEY", b"\0")


@pytest.fixture
def world(cast: Cast, settings: Settings, tmp_path: Path) -> Iterator[World]:
    """林, 赵 and three more, released, with snapshots in a folder of the test's own."""
    settings.JINBANG_HOME = tmp_path
    settings.JINBANG_SNAPSHOTS = tmp_path / "snapshots"
    world = new_world(cast)
    enrol(world, [cast.lin.bound, cast.zhao.bound, *many_people(3)])
    bring_in(world, MARKS)
    set_pass_marks(world)
    approved(world)
    tasks.look_for_releases()
    with frozen_at(OPENS):
        tasks.look_for_releases()
    yield world
    adapters._service.cache_clear()


def corrected(world: World, marks: dict[str, dict[str, str]], *, now: datetime) -> Publication:
    """Begin a new generation with these marks, take it through every step, and publish it for the next day."""
    with frozen_at(now):
        opens_at = now + timedelta(days=1)
        chu = world.cast.chu.staff
        release.correct_release(release_id=world.release.pk, opens_at=opens_at, reason="复核后更正", by=chu, now=now)
        bring_in(world, {**MARKS, **marks})
        approved(world, opens_at=opens_at, now=now)
        assert tasks.look_for_releases() == 1
        newest = max(actions.armed_publications(), key=lambda one: one.version)
    with frozen_at(opens_at):
        tasks.look_for_releases()
    return newest


def test_one_changed_mark_goes_out_as_an_overlay(world: World) -> None:
    overlay = corrected(world, {"T00001": {"basics": "90", "practice": "73.41"}}, now=AFTER)
    assert (overlay.version, overlay.base_version, overlay.records) == (2, 1, 5)
    with frozen_at(AFTER + timedelta(hours=1)):  # not before its own instant
        assert "<strong>86.5</strong>" in queried(world, LIN)
    with frozen_at(CORRECTED):
        assert "<strong>90</strong>" in queried(world, LIN)
        assert "缺考" in queried(world, ZHAO)


def test_the_next_correction_lies_on_the_same_base_and_holds_the_earlier_one_too(world: World) -> None:
    first = {"T00001": {"basics": "90", "practice": "73.41"}}
    corrected(world, first, now=AFTER)
    second = corrected(world, {**first, "T00003": {"basics": "1", "practice": "59.99"}}, now=CORRECTED)
    assert (second.version, second.base_version, second.records) == (3, 1, 5)
    with frozen_at(CORRECTED + timedelta(days=1)):
        assert "<strong>90</strong>" in queried(world, LIN)
        assert "缺考" in queried(world, ZHAO)


def test_a_mark_taken_back_to_what_it_was_is_a_record_no_more(world: World) -> None:
    corrected(world, {"T00001": {"basics": "90", "practice": "73.41"}}, now=AFTER)
    back = corrected(world, {"T00001": {"basics": "86.50", "practice": "73.41"}}, now=CORRECTED)
    assert (back.version, back.base_version, back.records) == (3, 1, 5)
    with frozen_at(CORRECTED + timedelta(days=1)):
        assert "<strong>86.5</strong>" in queried(world, LIN)


CHANGES: tuple[dict[str, dict[str, str]], ...] = (
    {"T00001": {"basics": "86.50", "practice": "73.41"}},  # the same marks, in another file
    {"T00001": {"basics": "90", "practice": "73.41"}},
    {f"T0000{number}": {"basics": "100", "practice": "缺考"} for number in range(1, 6)},
)


@pytest.fixture
def observe(world: World, settings: Settings, tmp_path: Path) -> Callable[..., list[str]]:
    """Return what makes a correction, tells what lies about of it before its instant, and takes it back."""
    home = settings.JINBANG_HOME

    def observed(marks: dict[str, dict[str, str]]) -> list[str]:
        folder = settings.JINBANG_HOME = tmp_path.parent / f"{tmp_path.name}-{new_id()}"
        shutil.copytree(home, folder)
        settings.JINBANG_SNAPSHOTS = folder / "snapshots"
        with transaction.atomic():
            corrected(world, marks, now=AFTER)
            files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
            told = [f"{path.relative_to(folder)} {path.stat().st_size}" for path in files]
            told += [path.read_text() for path in files if path.name == POINTER]
            told += [serializers.serialize("json", LongWork.objects.order_by("id"))]
            transaction.set_rollback(True)
        return [masked(text) for text in told]

    return observed


def masked(text: str) -> str:
    """Return a text without what differs each time: hashes, identifiers, a file's end, a pointer's number and seal."""
    random = r"[0-9a-f]{64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=-)[0-9a-f]{8}(?=\.(?:lmdb|json))"
    return re.sub(rf'{random}|(?<="number": )\d+|(?<="signature": ")[^"]+', "·", text)


def test_before_its_instant_a_correction_tells_nobody_how_many_it_changes(observe: Callable[..., list[str]]) -> None:
    told = [observe(marks) for marks in CHANGES]
    assert told[0] == told[1] == told[2]


def test_the_twin_without_decoys_tells_it(observe: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    def without_decoys(base: Base, entries: Iterable[Entry]) -> Iterator[Entry]:
        return (entry for entry in with_decoys(base, entries) if entry.card.subjects)

    with_decoys = Base.corrected
    monkeypatch.setattr(Base, "corrected", without_decoys)
    assert len({tuple(observe(marks)) for marks in CHANGES}) == len(CHANGES)


def test_more_changes_than_an_overlay_has_room_for_make_it_a_complete_generation(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corrections, "RECORDS_LEAST", 1)
    one = corrected(world, CHANGES[1], now=AFTER)
    assert (one.base_version, one.records) == (1, 1)
    everybody = corrected(world, CHANGES[2], now=CORRECTED)
    assert (everybody.base_version, everybody.records) == (0, 5)


@pytest.mark.parametrize(
    "people,records", [(0, 0), (5, 5), (64, 64), (65, 64), (1_024, 64), (1_025, 65), (10_000, 625)]
)
def test_room_depends_on_nothing_but_how_many_people_there_are(people: int, records: int) -> None:
    assert corrections.records_for(people) == records


def test_a_changed_card_longer_than_those_that_are_out_makes_it_a_complete_generation(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the record size would tell that somebody has a longer card now."""

    def too_short(header: ReleaseHeader, *shares: object, **given: Any) -> Publication:  # noqa: ANN401  # as build has it
        if header.base_version:
            raise RecordTooLong(needed=4_096)
        return plain(header, *shares, **given)

    plain: Callable[..., Publication] = snapshot.build
    monkeypatch.setattr(snapshot, "build", too_short)
    complete = corrected(world, CHANGES[1], now=AFTER)
    assert (complete.base_version, complete.records) == (0, 5)


def test_whoever_is_asked_for_by_another_number_makes_it_a_complete_generation(world: World) -> None:
    """Otherwise the number that was wrong would go on opening the result."""
    zhao = world.cast.zhao.bound
    document = IdentityDocument.objects.get(person=zhao)
    document.number_sealed = people._sealed(document, "number_sealed", text=RIGHT_NUMBER, person=zhao) or b""
    document.save(update_fields=("number_sealed",))
    complete = corrected(world, {"T00001": {"basics": "90", "practice": "73.41"}}, now=AFTER)
    assert (complete.version, complete.base_version, complete.records) == (2, 0, 5)
    with frozen_at(CORRECTED):
        assert "没有查到成绩" in queried(world, ZHAO)
        assert "缺考" in queried(world, {**ZHAO, "document_number": RIGHT_NUMBER})


def test_what_the_header_says_of_everybody_makes_it_a_complete_generation(world: World) -> None:
    sitting = world.region.sitting
    sitting.name = "2026年度考试（更名）"
    sitting.save(update_fields=("name",))
    complete = corrected(world, {"T00001": {"basics": "90", "practice": "73.41"}}, now=AFTER)
    assert (complete.base_version, complete.records) == (0, 5)
    with frozen_at(CORRECTED):
        assert "更名" in queried(world, ZHAO)
