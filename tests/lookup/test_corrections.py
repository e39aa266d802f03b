"""A correction goes out through the same action: as the changed records alone where that is enough, else as a whole."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from jinbang.kernel.clock import frozen_at
from jinbang.kernel.identity import make_resident_id
from jinbang.lookup import actions, adapters, tasks
from jinbang.lookup.snapshot import Publication
from jinbang.people import actions as people
from jinbang.people.models import IdentityDocument
from jinbang.results.actions import release
from tests.cast import Cast
from tests.lookup.test_actions import LIN, MARKS, ZHAO, queried
from tests.results.world import AFTER, OPENS, World, approved, bring_in, enrol, many_people, new_world, set_pass_marks

CORRECTED = AFTER + timedelta(days=1)
RIGHT_NUMBER = make_resident_id("500103", date(1990, 2, 27), 33)


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


def test_one_changed_mark_goes_out_as_one_record(world: World) -> None:
    overlay = corrected(world, {"T00001": {"basics": "90", "practice": "73.41"}}, now=AFTER)
    assert (overlay.version, overlay.base_version, overlay.records) == (2, 1, 1)
    with frozen_at(AFTER + timedelta(hours=1)):  # not before its own instant
        assert "<strong>86.5</strong>" in queried(world, LIN)
    with frozen_at(CORRECTED):
        assert "<strong>90</strong>" in queried(world, LIN)
        assert "缺考" in queried(world, ZHAO)


def test_the_next_correction_lies_on_the_same_base_and_holds_the_earlier_one_too(world: World) -> None:
    first = {"T00001": {"basics": "90", "practice": "73.41"}}
    corrected(world, first, now=AFTER)
    second = corrected(world, {**first, "T00003": {"basics": "1", "practice": "59.99"}}, now=CORRECTED)
    assert (second.version, second.base_version, second.records) == (3, 1, 2)
    with frozen_at(CORRECTED + timedelta(days=1)):
        assert "<strong>90</strong>" in queried(world, LIN)
        assert "缺考" in queried(world, ZHAO)


def test_a_mark_taken_back_to_what_it_was_needs_no_record(world: World) -> None:
    corrected(world, {"T00001": {"basics": "90", "practice": "73.41"}}, now=AFTER)
    back = corrected(world, {"T00001": {"basics": "86.50", "practice": "73.41"}}, now=CORRECTED)
    assert (back.version, back.base_version, back.records) == (3, 1, 0)
    with frozen_at(CORRECTED + timedelta(days=1)):
        assert "<strong>86.5</strong>" in queried(world, LIN)


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
