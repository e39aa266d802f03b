"""Drawing up the roster from real tickets."""

import pytest

from jinbang.audit.models import StateChange
from jinbang.kernel.actors import SYSTEM
from jinbang.results.actions import roster
from jinbang.results.errors import MarksSealed, ResultsNotFound, RosterEmpty
from jinbang.results.models import Release, RosterEntry
from jinbang.results.screens.regions import inert, roster_table
from jinbang.seating import actions as seating
from tests.cast import NOW, Cast
from tests.results.world import OPENS, many_people
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
def test_cells_that_a_spreadsheet_would_run_are_made_inert(cell: str) -> None:
    assert inert(cell) == f"'{cell}"


def test_ordinary_cells_stay_as_they_are() -> None:
    assert [inert(cell) for cell in ("林晓", "赵敏·艾山", "T00001", "")] == ["林晓", "赵敏·艾山", "T00001", ""]
