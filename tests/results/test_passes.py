"""What was passed reaches applications after the release, never before, and always as the latest result left it."""

import pytest

from jinbang.application.models import EarlierPass
from jinbang.audit import long_work
from jinbang.results.actions import passes, release
from tests.cast import NOW, Cast
from tests.results.test_queries import FAILED, PASSED_BASICS, PASSED_PRACTICE, season
from tests.results.test_recompute import DiesAfter, _Killed
from tests.results.world import OPENS, bring_in, enrol, many_people, new_world, released, set_pass_marks, validated

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_signing")]
PASSED_BOTH = {"T00001": {"basics": "60", "practice": "60"}}


def look_and_run() -> int:
    asked = passes.look_for_passes(now=NOW)
    while long_work.run_next():
        pass
    return asked


def noted() -> list[tuple[str, int, int | None]]:
    rows = EarlierPass.objects.order_by("subject_code", "year")
    return [(row.subject_code, row.year, row.counts_through) for row in rows]


def test_nothing_is_noted_before_the_results_are_out(cast: Cast) -> None:
    season(cast, 2026, PASSED_BASICS, is_out=False)
    assert look_and_run() == 0
    assert noted() == []


def test_a_partial_pass_is_noted_with_its_last_year_once(cast: Cast) -> None:
    world = season(cast, 2026, PASSED_BASICS)
    assert look_and_run() == 1
    assert noted() == [("basics", 2026, 2027)]
    row = EarlierPass.objects.get()
    assert (row.person, row.programme_code, row.level_code) == (cast.lin.bound, "cost-engineer-2", "level-2")
    assert look_and_run() == 0
    assert world.release.passes_noted == 1


def test_what_completes_the_level_leaves_nothing(cast: Cast) -> None:
    season(cast, 2025, PASSED_BASICS)
    look_and_run()
    season(cast, 2026, PASSED_PRACTICE)
    look_and_run()
    assert noted() == []


def test_another_persons_passes_stay(cast: Cast) -> None:
    season(cast, 2025, PASSED_BASICS)
    world = new_world(cast, year=2026)
    enrol(world, many_people(1))
    set_pass_marks(world)
    bring_in(world, PASSED_BOTH)
    released(world)
    look_and_run()
    assert noted() == [("basics", 2025, 2026)]


def test_a_correction_is_noted_when_it_is_out_and_no_sooner(cast: Cast) -> None:
    world = season(cast, 2026, PASSED_BASICS)
    look_and_run()
    release.correct_release(
        release_id=world.release.pk, opens_at=OPENS.replace(day=20), reason="错登", by=cast.chu.staff, now=OPENS
    )
    bring_in(world, FAILED)
    validated(world, opens_at=OPENS.replace(day=20), now=OPENS)
    assert look_and_run() == 0
    assert noted() == [("basics", 2026, 2027)]
    released(world, opens_at=OPENS.replace(day=20), now=OPENS)
    assert look_and_run() == 1
    assert noted() == []


def test_an_earlier_sitting_corrected_late_does_not_bring_back_what_a_later_one_used_up(cast: Cast) -> None:
    earlier = season(cast, 2024, FAILED)
    season(cast, 2025, PASSED_BASICS)
    look_and_run()
    release.correct_release(
        release_id=earlier.release.pk, opens_at=OPENS.replace(day=20), reason="漏登", by=cast.chu.staff, now=OPENS
    )
    bring_in(earlier, PASSED_PRACTICE)
    released(earlier, opens_at=OPENS.replace(day=20), now=OPENS)
    look_and_run()
    assert noted() == [("basics", 2025, 2026)]


def test_whoever_was_released_before_a_correction_began_is_noted_although_the_worker_came_late(cast: Cast) -> None:
    world = season(cast, 2026, PASSED_BASICS)
    release.correct_release(
        release_id=world.release.pk, opens_at=OPENS.replace(day=20), reason="错登", by=cast.chu.staff, now=OPENS
    )
    assert look_and_run() == 1
    assert noted() == [("basics", 2026, 2027)]
    assert world.release.passes_noted == 1


@pytest.mark.parametrize("steps", [0, 1, 2, 3])
def test_a_killed_noting_is_taken_up(cast: Cast, monkeypatch: pytest.MonkeyPatch, steps: int) -> None:
    monkeypatch.setattr(passes, "PEOPLE_AT_ONCE", 1)
    world = new_world(cast, year=2026)
    enrol(world, many_people(3))
    set_pass_marks(world)
    bring_in(world, {f"T0000{number}": PASSED_BASICS["T00001"] for number in (1, 2, 3)})
    released(world)
    keep = DiesAfter(steps)
    with pytest.raises(_Killed):
        passes.note_released_passes(release_id=world.release.pk, now=NOW, keep=keep)
    assert len(noted()) == min(steps, 3)
    passes.note_released_passes(release_id=world.release.pk, now=NOW, keep=DiesAfter(99, keep.cursor))
    assert len(noted()) == 3
