"""What a release day's checks cost the database grows with the people of a region, and not with their square."""

from collections.abc import Callable, Mapping
from typing import Final

import pytest
from django.db.models import Exists, OuterRef

from jinbang.attendance.models import Absence
from jinbang.lookup import queries as lookup
from jinbang.results import checks, crosschecks, preview
from jinbang.results.actions import release, statistics
from jinbang.results.models import Mark
from jinbang.results.recount_rows import recount_of
from tests.cast import NOW, Cast
from tests.effort import effort
from tests.results.seated import record_of, seat_everybody, seat_of
from tests.results.world import OPENS, World, bring_in, many_people, set_pass_marks, signed
from tests.seating.world import CODE

pytestmark = pytest.mark.django_db

FEW, TIMES = 20, 10
AS_MUCH_MORE: Final = 1.5 * TIMES
"""A sort or an index costs each of many a little more; what looks at everybody for everybody costs a hundred times."""


def region_of(cast: Cast, count: int) -> World:
    """Return a region of so many people with marks, in which every fifth was noted as absent."""
    world = seat_everybody(cast, many_people(count), code=f"{CODE}-{count}")
    bring_in(world, {entry.ticket_number: {"practice": "缺考"} for entry in world.entries[::5]})
    for position in range(0, count, 5):
        seat = seat_of(world, "practice", position)
        Absence.objects.create(record=record_of(seat), seat=seat, noted_at=NOW)
    set_pass_marks(world)
    return world


@pytest.fixture
def regions(cast: Cast) -> tuple[World, World]:
    """Return a region and one with ten times the people."""
    return region_of(cast, FEW), region_of(cast, FEW * TIMES)


def drafted(world: World) -> None:
    clerk = world.cast.chu.staff
    release.draft_release(region=world.region, opens_at=OPENS, by=clerk, now=NOW)


def brought_out(world: World) -> None:
    for officer in (world.cast.he, world.cast.lyu):
        signed(world.release, officer)
    release.arm_release(release_id=world.release.pk, now=NOW)
    release.release_results(release_id=world.release.pk, now=OPENS)


def counted(world: World) -> None:
    assert statistics.count_results(release_id=world.release.pk, now=OPENS) is not None


STEPS: Final[Mapping[str, Callable[[World], object]]] = {
    "cross-checks": lambda world: crosschecks.cross_checks(world.region),
    "spread": lambda world: crosschecks.distributions(world.region),
    "preview": lambda world: preview.preview_proposals(world.region),
    "draft": drafted,
    "go or no-go": lambda world: checks.go_no_go(world.release, now=NOW),
    "judging and its rows": lambda world: release.validate_release(
        release_id=world.release.pk, by=world.cast.chu.staff, now=NOW
    ),
    "recount": lambda world: recount_of(world.release, renew=lambda: None),
    "sealing": lambda world: release.seal_release(release_id=world.release.pk, by=world.cast.chu.staff, now=NOW),
    "header": lambda world: lookup.header_of(world.release),
    "cards": lambda world: list(lookup.entries_of(world.release)),
    "signatures and release": brought_out,
    "statistics": counted,
}
"""In the order in which they happen."""


def test_ten_times_the_people_cost_about_ten_times_as_much(regions: tuple[World, World]) -> None:
    grown = {}
    for name, step in STEPS.items():
        few, many = (effort(step, world) for world in regions)
        grown[name] = round(many / max(few, 1), 1)
    assert {name: times for name, times in grown.items() if times > AS_MUCH_MORE} == {}, grown


def test_the_twin_that_looks_for_an_absence_mark_by_mark_is_found_out(regions: tuple[World, World]) -> None:
    def mark_by_mark(world: World) -> int:
        away = Absence.objects.filter(
            seat__plan__region=world.region,
            seat__ticket__number=OuterRef("entry__ticket_number"),
            seat__session__subject_code=OuterRef("subject_code"),
        )
        return Mark.objects.filter(Exists(away), entry__region=world.region).count()

    few, many = (effort(mark_by_mark, world) for world in regions)
    assert many > 3 * TIMES * few
