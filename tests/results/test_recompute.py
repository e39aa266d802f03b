"""Whatever changes under a judged release is found, everybody is judged anew, and what became different is kept."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import transaction

from jinbang.audit import long_work
from jinbang.audit.models import LongWork, StateChange
from jinbang.kernel.digests import Json
from jinbang.results import basis, queries
from jinbang.results.actions import marks, recompute, release
from jinbang.results.checks import open_points
from jinbang.results.models import Outcome, OutcomeChange, Release
from jinbang.results.rules import difference_between
from jinbang.sittings.amendments import adopt_version, note_holding
from tests.cast import NOW, Cast
from tests.results.test_queries import FAILED, PASSED_BASICS, PASSED_PRACTICE, season
from tests.results.world import (
    OPENS,
    World,
    bring_in,
    enrol,
    many_people,
    new_sitting,
    new_world,
    outcome_of,
    released,
    sealed,
    set_pass_marks,
    stage,
    validated,
)
from tests.sittings.test_amendments import ORDER, version_with

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_signing")]
MARKS = {
    "T00001": {"basics": "60", "practice": "60"},
    "T00002": {"basics": "59", "practice": "60"},
    "T00003": {"basics": "0", "practice": "缺考"},
}


@pytest.fixture
def judged(world: World) -> World:
    """Return a region of three people, judged and validated, with pass marks at 60."""
    set_pass_marks(world)
    bring_in(world, MARKS)
    validated(world)
    return world


def look_and_run(now: object = NOW) -> int:
    """Let the worker look, and do what it asks for."""
    asked = recompute.look_for_changes(now=now)  # type: ignore[arg-type]  # a moment
    while long_work.run_next():
        pass
    return asked


def changes() -> list[tuple[str, str, str, list[str]]]:
    rows = OutcomeChange.objects.order_by("entry__ticket_number", "noted_at", "id").select_related("entry")
    return [(row.entry.ticket_number, row.from_overall, row.to_overall, row.causes) for row in rows]


def test_nothing_is_judged_anew_while_nothing_has_changed(judged: World) -> None:
    assert look_and_run() == 0
    assert changes() == []


def test_another_pass_mark_keeps_a_row_for_whom_it_changes_and_for_nobody_else(judged: World) -> None:
    set_pass_marks(judged, 5900)
    assert look_and_run() == 1
    assert changes() == [
        # 林 still passes and is told another pass mark; 0 and 缺考 stay what they are.
        ("T00001", "passed", "passed", ["pass_mark"]),
        ("T00002", "partial", "passed", ["pass_mark"]),
        ("T00003", "failed", "failed", ["pass_mark"]),
    ]
    row = OutcomeChange.objects.get(entry=judged.entries[1])
    assert row.subjects == [["basics", "failed", "passed"]]
    assert outcome_of(judged, 1).overall == "passed"
    found = judged.release
    assert found.basis_hash == basis.basis_hash_of(found)
    assert open_points(found, now=NOW) == 0
    assert look_and_run() == 0


def test_a_corrected_mark_changes_one_person(judged: World) -> None:
    bring_in(judged, {**MARKS, "T00003": {"basics": "60", "practice": "缺考"}})
    look_and_run()
    assert changes() == [("T00003", "failed", "partial", ["mark"])]


def test_an_absence_that_becomes_a_zero_is_a_change_although_nobody_passes_by_it(judged: World) -> None:
    bring_in(judged, {**MARKS, "T00003": {"basics": "0", "practice": "0"}})
    look_and_run()
    assert changes() == [("T00003", "failed", "failed", ["mark"])]
    assert OutcomeChange.objects.get().subjects == [["practice", "none", "failed"]]


def test_an_earlier_year_that_was_not_held_here_keeps_a_pass_and_the_difference_is_kept(cast: Cast) -> None:
    season(cast, 2024, PASSED_BASICS)
    between = new_sitting(cast.shanxi, year=2025).regions.create(authority=cast.shanxi)
    here = season(cast, 2026, PASSED_PRACTICE, is_out=False)
    assert outcome_of(here).overall == "partial"
    note_holding(region_id=between.pk, is_held=False, order=ORDER, by=cast.qian.staff, now=NOW)
    look_and_run()
    assert outcome_of(here).overall == "passed"
    assert [(number, before, after) for number, before, after, _ in changes()] == [("T00001", "partial", "passed")]


def test_another_rule_changes_what_is_kept(judged: World, cast: Cast) -> None:
    later = version_with(judged.region.sitting, validity={"consecutive_sittings": 3})
    adopt_version(sitting_id=judged.region.sitting_id, sha256=later.sha256, order=ORDER, by=cast.qian.staff, now=NOW)
    look_and_run()
    assert {(number, *causes) for number, _, _, causes in changes()} == {
        ("T00001", "rule"),
        ("T00002", "rule"),
        ("T00003", "rule"),
    }
    assert outcome_of(judged, 1).validity["kept"] == [["practice", 2026, 2028]]


def test_what_is_out_is_not_rewritten_when_an_earlier_sitting_is_corrected(cast: Cast) -> None:
    earlier = season(cast, 2025, PASSED_BASICS)
    later = season(cast, 2026, PASSED_PRACTICE)
    assert outcome_of(later).overall == "passed"
    release.correct_release(
        release_id=earlier.release.pk, opens_at=OPENS.replace(day=20), reason="错登", by=cast.chu.staff, now=OPENS
    )
    bring_in(earlier, FAILED)
    released(earlier, opens_at=OPENS.replace(day=20), now=OPENS)
    assert look_and_run(OPENS.replace(day=20)) >= 1
    row = OutcomeChange.objects.get(entry__region=later.region)
    assert (row.generation, row.from_overall, row.to_overall, row.causes) == (2, "passed", "partial", ["earlier"])
    assert outcome_of(later).overall == "passed"
    assert not Outcome.objects.filter(entry__region=later.region, generation=2).exists()
    assert look_and_run(OPENS.replace(day=20) + timedelta(hours=2)) == 0


def test_what_is_out_is_looked_through_once_an_hour(cast: Cast) -> None:
    season(cast, 2026, PASSED_BASICS)
    assert look_and_run() == 0
    Release.objects.update(basis_hash="something else")
    assert look_and_run(NOW + timedelta(minutes=30)) == 0
    assert look_and_run(NOW + timedelta(minutes=61)) == 1


def test_a_correction_is_compared_with_what_is_out(judged: World, cast: Cast) -> None:
    released(judged)
    release.correct_release(
        release_id=judged.release.pk, opens_at=OPENS.replace(day=20), reason="错登", by=cast.chu.staff, now=OPENS
    )
    bring_in(judged, {**MARKS, "T00002": {"basics": "60", "practice": "60"}})
    validated(judged, opens_at=OPENS.replace(day=20), now=OPENS)
    look_and_run(OPENS)
    assert changes() == [("T00002", "partial", "passed", ["mark"])]


def test_somebody_new_on_the_roster_is_told_as_new(judged: World) -> None:
    enrol(judged, many_people(4)[3:])
    bring_in(judged, MARKS)
    look_and_run()
    assert changes() == [("T00004", "", "passed", ["new"])]


def test_what_is_sealed_is_left_alone(judged: World) -> None:
    ready = sealed(judged)
    assert recompute.recompute_outcomes(release_id=ready.pk, now=NOW) == 0
    assert judged.release.warrant_hash == ready.warrant_hash


def test_the_history_says_that_it_was_judged_anew_and_nothing_of_what_became_of_it(judged: World) -> None:
    set_pass_marks(judged, 5900)
    look_and_run()
    work = LongWork.objects.get()
    assert (work.done, work.total) == (3, 3)
    noted = StateChange.objects.get(event=recompute.RECOMPUTED)
    assert noted.details == {"generation": 1}


# ---------------------------------------------------------------- killed in the middle
class _Killed(Exception):
    """The worker died here."""


class DiesAfter:
    """Steps of a worker that dies when it begins another one."""

    def __init__(self, steps: int, cursor: Mapping[str, Json] | None = None) -> None:
        """Let so many steps happen."""
        self.left, self.cursor = steps, cursor or {}

    def renew(self) -> None:
        """Nobody has to be told."""

    @contextmanager
    def step(self, *, cursor: Mapping[str, Json], done: int, total: int) -> Iterator[None]:
        assert done <= total
        if not self.left:
            raise _Killed
        self.left -= 1
        with transaction.atomic():
            yield
        self.cursor = cursor

    @contextmanager
    def last_step(self) -> Iterator[None]:
        with self.step(cursor={}, done=0, total=0):
            yield


@pytest.fixture
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """One person a step."""
    monkeypatch.setattr(recompute, "ROWS_AT_ONCE", 1)


@pytest.mark.usefixtures("one_by_one")
@pytest.mark.parametrize("steps", [0, 1, 2, 3])
def test_a_killed_judging_is_taken_up_and_ends_as_if_nothing_had_happened(judged: World, steps: int) -> None:
    set_pass_marks(judged, 5900)
    keep = DiesAfter(steps)
    with pytest.raises(_Killed):
        recompute.recompute_outcomes(release_id=judged.release.pk, now=NOW, keep=keep)
    if steps:
        assert open_points(judged.release, now=NOW) > 0  # half judged: nothing of it can be sealed
    again = DiesAfter(99, keep.cursor)
    assert recompute.recompute_outcomes(release_id=judged.release.pk, now=NOW, keep=again) == 3
    assert [change[:3] for change in changes()] == [
        ("T00001", "passed", "passed"),
        ("T00002", "partial", "passed"),
        ("T00003", "failed", "failed"),
    ]
    assert open_points(judged.release, now=NOW) == 0


def _half_judged_and_the_change_taken_back(judged: World, cast: Cast) -> Release:
    """Kill the worker after one person of a new file, and take the file back: what is judged on is as it was."""
    batch = stage(judged, {"T00001": {"basics": "1", "practice": "1"}})
    batch.state = "valid"
    batch.save()
    with pytest.raises(_Killed):
        recompute.recompute_outcomes(release_id=judged.release.pk, now=NOW, keep=DiesAfter(1))
    marks.discard_batch(batch_id=batch.pk, reason="错文件", by=cast.chu.staff, now=NOW)
    return judged.release


@pytest.mark.usefixtures("one_by_one")
def test_half_of_one_judging_and_half_of_another_is_never_ready(judged: World, cast: Cast) -> None:
    assert open_points(_half_judged_and_the_change_taken_back(judged, cast), now=NOW) > 0


@pytest.mark.usefixtures("one_by_one")
def test_without_clearing_the_basis_a_mixture_would_be_ready(
    judged: World, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: with the defence off, one person's outcome is of a file that counts no more, and the list is green."""
    monkeypatch.setattr(recompute, "_lock", lambda given, **_: queries.lock_release_for_system(given.pk))
    assert open_points(_half_judged_and_the_change_taken_back(judged, cast), now=NOW) == 0
    assert outcome_of(judged, 0).overall == "failed"  # 60 and 60 by the file that counts


@pytest.mark.usefixtures("one_by_one")
def test_whoever_validates_meanwhile_has_the_last_word(judged: World) -> None:
    set_pass_marks(judged, 5900)
    keep = DiesAfter(2)
    with pytest.raises(_Killed):
        recompute.recompute_outcomes(release_id=judged.release.pk, now=NOW, keep=keep)
    set_pass_marks(judged, 6100)
    fresh = validated(judged)
    recompute.recompute_outcomes(release_id=fresh.pk, now=NOW, keep=DiesAfter(99, keep.cursor))
    assert [outcome_of(judged, position).overall for position in range(3)] == ["failed", "failed", "failed"]


def test_another_regions_people_are_not_touched(judged: World, cast: Cast) -> None:
    other = new_world(cast, year=2027)
    enrol(other, many_people(2))
    bring_in(other)
    validated(other)
    set_pass_marks(judged, 5900)
    look_and_run()
    assert not OutcomeChange.objects.filter(entry__region=other.region).exists()


def test_two_outcomes_that_say_the_same_are_no_difference() -> None:
    facts = ("passed", [{"code": "a", "status": "scored", "verdict": "passed"}], {"shape": "rolling"})
    assert difference_between(facts, ("passed", [dict(facts[1][0])], {"shape": "rolling"})) is None
