"""Drawing up the roster from real tickets."""

from dataclasses import replace
from typing import Any

import pytest

from jinbang.application.group.sheet import disarmed
from jinbang.audit.models import StateChange
from jinbang.kernel.actors import SYSTEM
from jinbang.results.actions import marks, recompute, release, roster, sheets
from jinbang.results.errors import (
    EntryHasMarks,
    MarksSealed,
    ReleaseNotReady,
    ResultsNotFound,
    RosterEmpty,
    SubjectsDoNotFit,
)
from jinbang.results.models import Release, RosterEntry
from jinbang.results.screens.regions import roster_table
from jinbang.seating import actions as seating
from tests.cast import NOW, Cast
from tests.insert_only import RELEASES, laid_open
from tests.results.world import OPENS, bring_in, many_people, set_pass_marks, validated
from tests.results.world import World as ResultsWorld
from tests.seating.world import AFTER_PAYMENT, LEVEL, SEED, SPECIALTY, World, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def seats(cast: Cast) -> World:
    """Return a region with eight paid applications and prepared rooms, whose seats are not drawn yet."""
    world = build_world(cast.shanxi, [cast.lin.bound, cast.zhao.bound, *many_people(6)])
    seating.commit_seed(region_id=world.region.pk, by=SYSTEM, now=AFTER_PAYMENT, seed=SEED)
    seating.prepare_all_rooms(region_id=world.region.pk, by=SYSTEM, now=AFTER_PAYMENT)
    return world


def draw(world: World) -> None:
    seating.draw_seats(region_id=world.region.pk, by=SYSTEM, now=AFTER_PAYMENT)


def test_everybody_with_a_ticket_comes_onto_the_roster_with_what_was_applied_for(seats: World, cast: Cast) -> None:
    draw(seats)
    assert roster.draw_up_roster(region=seats.region, by=cast.chu.staff, now=NOW) == 8
    entry = RosterEntry.objects.get(person=cast.lin.bound)
    assert (entry.level_code, entry.specialty_code, entry.subject_codes) == (LEVEL, SPECIALTY, ["basics", "practice"])
    assert entry.ticket_number == seats.applications[0].ticket.number
    assert entry.application_id == seats.applications[0].pk


def test_drawing_it_up_again_adds_only_what_came_since(seats: World, cast: Cast) -> None:
    draw(seats)
    roster.draw_up_roster(region=seats.region, by=cast.chu.staff, now=NOW)
    RosterEntry.objects.filter(person=cast.lin.bound).delete()
    assert roster.draw_up_roster(region=seats.region, by=cast.chu.staff, now=NOW) == 1
    assert roster.draw_up_roster(region=seats.region, by=cast.chu.staff, now=NOW) == 0
    added = StateChange.objects.filter(event="draw_up_roster").order_by("id").values_list("details", flat=True)
    assert [details["added"] for details in added] == [8, 1, 0]


def test_without_a_single_ticket_there_is_no_roster(seats: World, cast: Cast) -> None:
    with pytest.raises(RosterEmpty):
        roster.draw_up_roster(region=seats.region, by=cast.chu.staff, now=NOW)


def test_only_the_regions_clerk_draws_it_up_and_not_under_a_seal(seats: World, cast: Cast) -> None:
    draw(seats)
    for member in (cast.wu, cast.wei, cast.he):
        with pytest.raises(ResultsNotFound):
            roster.draw_up_roster(region=seats.region, by=member.staff, now=NOW)
    with laid_open(RELEASES):
        Release.objects.create(code="r", region=seats.region, opens_at=OPENS, state="sealed")
    with pytest.raises(MarksSealed):
        roster.draw_up_roster(region=seats.region, by=cast.chu.staff, now=NOW)


def test_the_roster_to_be_marked_holds_no_formula(seats: World, cast: Cast) -> None:
    cast.lin.bound.name = "=HYPERLINK(1)"
    cast.lin.bound.save()
    draw(seats)
    roster.draw_up_roster(region=seats.region, by=cast.chu.staff, now=NOW)
    table = roster_table(seats.region)
    assert table[0] == ["准考证号", "姓名", "建设工程造价管理基础知识", "建设工程计量与计价实务"]
    assert len(table) == 9
    assert "'=HYPERLINK(1)" in {row[1] for row in table}


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_cells_that_a_spreadsheet_would_run_are_made_disarmed(cell: str) -> None:
    assert disarmed(cell) == f"'{cell}"


def test_ordinary_cells_stay_as_they_are() -> None:
    assert [disarmed(cell) for cell in ("林晓", "赵敏·艾山", "T00001", "")] == ["林晓", "赵敏·艾山", "T00001", ""]


# ---------------------------------------------------------------- correcting it
def test_a_row_is_corrected_with_its_reason_and_everybody_is_judged_again(world: ResultsWorld, cast: Cast) -> None:
    set_pass_marks(world)
    bring_in(world)
    validated(world)
    entry = world.entries[0]
    to = replace(roster.Standing.of(entry), district="140321")
    roster.correct_entry(entry_id=entry.pk, to=to, reason="区划登记有误", by=cast.chu.staff, now=NOW)
    assert RosterEntry.objects.get(pk=entry.pk).district == "140321"
    change = StateChange.objects.get(subject_id=entry.pk)
    assert (change.event, change.reason, change.details["to"]["district"]) == (
        "correct_entry",
        "区划登记有误",
        "140321",
    )
    with pytest.raises(ReleaseNotReady):
        release.seal_release(release_id=world.release.pk, by=cast.chu.staff, now=NOW)
    assert recompute.look_for_changes(now=NOW) == 1, "the worker finds it by itself"
    validated(world)
    release.seal_release(release_id=world.release.pk, by=cast.chu.staff, now=NOW)
    with pytest.raises(MarksSealed):
        roster.correct_entry(entry_id=entry.pk, to=replace(to, district=""), reason="x", by=cast.chu.staff, now=NOW)
    with pytest.raises(MarksSealed):
        roster.strike_entry(entry_id=entry.pk, reason="x", by=cast.chu.staff, now=NOW)


def test_the_same_again_leaves_no_trace(world: ResultsWorld, cast: Cast) -> None:
    entry = world.entries[0]
    roster.correct_entry(entry_id=entry.pk, to=roster.Standing.of(entry), reason="无", by=cast.chu.staff, now=NOW)
    assert not StateChange.objects.filter(subject_id=entry.pk).exists()


def test_what_would_leave_a_mark_without_its_subject_is_refused_until_the_file_is_taken_back(
    world: ResultsWorld, cast: Cast
) -> None:
    batch = bring_in(world)
    entry = world.entries[0]
    now = roster.Standing.of(entry)
    fewer, other = replace(now, subject_codes=("practice",)), replace(now, specialty_code="civil")
    for to in (fewer, other):
        with pytest.raises(EntryHasMarks):
            roster.correct_entry(entry_id=entry.pk, to=to, reason="报错", by=cast.chu.staff, now=NOW)
    marks.discard_batch(batch_id=batch.pk, reason="名册有误", by=cast.chu.staff, now=NOW)
    roster.correct_entry(entry_id=entry.pk, to=fewer, reason="报错", by=cast.chu.staff, now=NOW)
    assert RosterEntry.objects.get(pk=entry.pk).subject_codes == ["practice"]
    with pytest.raises(EntryHasMarks):
        roster.strike_entry(entry_id=entry.pk, reason="不该在", by=cast.chu.staff, now=NOW)


def test_a_place_on_an_open_sheet_holds_its_subject_too(world: ResultsWorld, cast: Cast) -> None:
    sheets.open_sheet(region=world.region, level_code="level-2", subject_code="practice", by=cast.chu.staff, now=NOW)
    entry = world.entries[0]
    to = replace(roster.Standing.of(entry), subject_codes=("basics",))
    with pytest.raises(EntryHasMarks):
        roster.correct_entry(entry_id=entry.pk, to=to, reason="报错", by=cast.chu.staff, now=NOW)
    with pytest.raises(EntryHasMarks):
        roster.strike_entry(entry_id=entry.pk, reason="不该在", by=cast.chu.staff, now=NOW)


@pytest.mark.parametrize(
    "change",
    [{"subject_codes": ()}, {"subject_codes": ("english",)}, {"specialty_code": ""}, {"level_code": "level-9"}],
)
def test_what_the_programme_does_not_know_is_refused(world: ResultsWorld, cast: Cast, change: dict[str, Any]) -> None:
    to = replace(roster.Standing.of(world.entries[0]), **change)
    with pytest.raises(SubjectsDoNotFit):
        roster.correct_entry(entry_id=world.entries[0].pk, to=to, reason="x", by=cast.chu.staff, now=NOW)


def test_whoever_is_struck_off_stays_off_however_often_the_roster_is_drawn_up(seats: World, cast: Cast) -> None:
    draw(seats)
    roster.draw_up_roster(region=seats.region, by=cast.chu.staff, now=NOW)
    entry = RosterEntry.objects.get(person=cast.lin.bound)
    roster.strike_entry(entry_id=entry.pk, reason="已撤销报名", by=cast.chu.staff, now=NOW)
    assert StateChange.objects.get(subject_id=entry.pk).reason == "已撤销报名"
    assert roster.draw_up_roster(region=seats.region, by=cast.chu.staff, now=NOW) == 0
    assert not RosterEntry.objects.filter(person=cast.lin.bound).exists()


def test_nobody_else_corrects_or_strikes(world: ResultsWorld, cast: Cast) -> None:
    entry = world.entries[0]
    for member in (cast.wu, cast.wei, cast.he):
        with pytest.raises(ResultsNotFound):
            roster.strike_entry(entry_id=entry.pk, reason="x", by=member.staff, now=NOW)
        with pytest.raises(ResultsNotFound):
            roster.correct_entry(entry_id=entry.pk, to=roster.Standing.of(entry), reason="x", by=member.staff, now=NOW)
