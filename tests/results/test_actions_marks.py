"""Marks in: all rows or none, twice the same changes nothing, two people, and a kill between any two statements."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any

import pytest
from django.db import connection

from jinbang.audit.models import StateChange
from jinbang.kernel.errors import IllegalTransition
from jinbang.people.states import Role
from jinbang.results import basis
from jinbang.results.actions import load, marks
from jinbang.results.actions import release as releases
from jinbang.results.errors import (
    BatchIncomplete,
    ControlTotalsDiffer,
    MarksFileAlreadyIn,
    MarksFileFaulty,
    MarksSealed,
    ReasonMissing,
    ResultsNotFound,
    RosterEmpty,
    SamePersonTwice,
)
from jinbang.results.mark_rows import Declared
from jinbang.results.marks_file import FaultKind
from jinbang.results.models import Mark, MarkBatch
from jinbang.results.states import BatchState, MarkStatus
from tests.cast import NOW, Cast
from tests.results.world import (
    World,
    bring_in,
    marks_csv,
    new_world,
    paper_totals,
    sealed,
    set_pass_marks,
    stage,
    with_roles,
)

pytestmark = pytest.mark.django_db
GIVEN = {"T00001": {"basics": "86.5"}, "T00002": {"basics": "0", "practice": "缺考"}, "T00003": {"practice": "违纪"}}


def counted(world: World) -> int:
    return sum(len(found) for found in basis.current_marks(world.region).values())


def test_a_staged_file_counts_for_nothing_until_its_second_person_agrees(world: World) -> None:
    batch = stage(world, GIVEN)
    assert (batch.state, Mark.objects.count(), counted(world)) == ("staged", 6, 0)
    done = marks.validate_batch(batch_id=batch.pk, totals=paper_totals(world, GIVEN), by=world.cast.wei.staff, now=NOW)
    assert (done.state, done.validated_by, counted(world)) == ("valid", world.cast.wei.account.pk, 6)


def test_zero_and_the_statuses_stand_apart_in_the_table(world: World) -> None:
    bring_in(world, GIVEN)
    found = basis.current_marks(world.region)
    second, third = found[world.entries[1].pk], found[world.entries[2].pk]
    assert (second["basics"].status, second["basics"].mark_hundredths) == (MarkStatus.SCORED, 0)
    assert (second["practice"].status, second["practice"].mark_hundredths) == (MarkStatus.ABSENT, None)
    assert third["practice"].status is MarkStatus.VIOLATION


def test_whoever_staged_a_file_does_not_verify_it(world: World, cast: Cast) -> None:
    both = with_roles(cast.wei, Role.MARKS_CLERK, Role.MARKS_VERIFIER, at=cast.shanxi)
    batch = stage(world, GIVEN, by=both)
    with pytest.raises(SamePersonTwice):
        marks.validate_batch(batch_id=batch.pk, totals=paper_totals(world, GIVEN), by=both.staff, now=NOW)
    assert counted(world) == 0


@pytest.mark.django_db(transaction=True)
def test_whoever_completed_an_interrupted_file_does_not_verify_it_and_neither_does_its_beginner(
    world: World, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = with_roles(cast.wei, Role.MARKS_CLERK, Role.MARKS_VERIFIER, at=cast.shanxi)
    with monkeypatch.context() as dying:
        dying.setattr(load, "insert_rows", die)
        with pytest.raises(Killed):
            stage(world, GIVEN, by=both)
    batch = stage(world, GIVEN)  # 褚 completes it
    with pytest.raises(SamePersonTwice):
        marks.validate_batch(batch_id=batch.pk, totals=paper_totals(world, GIVEN), by=both.staff, now=NOW)


@pytest.mark.parametrize(
    "name,change", [("marks", 1), ("sum:level-2/basics", 50), ("absent", -1), ("zero", 1), ("people", -1)]
)
def test_control_totals_that_differ_are_refused_without_a_word_on_which(world: World, name: str, change: int) -> None:
    batch = stage(world, GIVEN)
    totals = paper_totals(world, GIVEN)
    totals[name] += change
    with pytest.raises(ControlTotalsDiffer) as refusal:
        marks.validate_batch(batch_id=batch.pk, totals=totals, by=world.cast.wei.staff, now=NOW)
    assert refusal.value.fields == {}
    assert counted(world) == 0


def test_missing_totals_are_no_agreement(world: World) -> None:
    batch = stage(world, GIVEN)
    with pytest.raises(ControlTotalsDiffer):
        marks.validate_batch(batch_id=batch.pk, totals={}, by=world.cast.wei.staff, now=NOW)


def test_the_same_file_again_changes_nothing(world: World) -> None:
    first = bring_in(world, GIVEN)
    with pytest.raises(MarksFileAlreadyIn) as refusal:
        stage(world, GIVEN)
    assert refusal.value.batch_id == first.pk
    assert (MarkBatch.objects.count(), Mark.objects.count()) == (1, 6)


def test_a_discarded_file_may_come_again(world: World) -> None:
    first = bring_in(world, GIVEN)
    marks.discard_batch(batch_id=first.pk, reason="发错文件", by=world.cast.chu.staff, now=NOW)
    assert counted(world) == 0
    bring_in(world, GIVEN)
    assert (counted(world), Mark.objects.count()) == (6, 12)
    with pytest.raises(IllegalTransition):
        marks.discard_batch(batch_id=first.pk, reason="再撤", by=world.cast.chu.staff, now=NOW)


def test_a_second_file_makes_new_versions_and_the_later_one_counts(world: World) -> None:
    bring_in(world, GIVEN)
    bring_in(world, {**GIVEN, "T00001": {"basics": "59"}})
    assert basis.current_marks(world.region)[world.entries[0].pk]["basics"].mark_hundredths == 5900
    assert sorted(Mark.objects.values_list("version", flat=True)) == [1] * 6 + [2] * 6


def test_a_faulty_file_is_answered_row_by_row_and_stores_nothing(world: World) -> None:
    with pytest.raises(MarksFileFaulty) as refusal:
        stage(world, {"T00001": {"basics": "100.5"}, "T00003": {"practice": "X"}})
    found = [(fault.line, fault.kind) for fault in refusal.value.read.faults]
    assert found == [(2, FaultKind.ABOVE_FULL), (4, FaultKind.NOT_A_MARK)]
    assert not MarkBatch.objects.exists()


def test_a_region_without_a_roster_takes_no_file(cast: Cast) -> None:
    with pytest.raises(RosterEmpty):
        stage(new_world(cast, year=2025))


def test_nobody_but_the_regions_clerk_and_verifier_gets_hold_of_a_file(world: World, cast: Cast) -> None:
    content = marks_csv(world, GIVEN)
    for member in (cast.wu, cast.wei, cast.he, cast.jiang, cast.zhou):
        with pytest.raises(ResultsNotFound):
            marks.stage_marks(region=world.region, file_name="f", content=content, by=member.staff, now=NOW)
    batch = stage(world, GIVEN)
    totals = paper_totals(world, GIVEN)
    for member in (cast.wu, cast.chu, cast.he, cast.zheng):
        with pytest.raises(ResultsNotFound):
            marks.validate_batch(batch_id=batch.pk, totals=totals, by=member.staff, now=NOW)
    with pytest.raises(ResultsNotFound):
        marks.discard_batch(batch_id=batch.pk, reason="x", by=cast.wei.staff, now=NOW)


def test_sealed_marks_neither_come_nor_go(world: World) -> None:
    set_pass_marks(world)
    batch = bring_in(world, GIVEN)
    sealed(world)
    with pytest.raises(MarksSealed):
        stage(world, {"T00001": {"basics": "1"}})
    with pytest.raises(MarksSealed):
        marks.discard_batch(batch_id=batch.pk, reason="x", by=world.cast.chu.staff, now=NOW)
    releases.reopen_release(release_id=world.release.pk, reason="更正", by=world.cast.he.staff, now=NOW)
    marks.discard_batch(batch_id=batch.pk, reason="x", by=world.cast.chu.staff, now=NOW)
    assert counted(world) == 0


def test_the_history_tells_nothing_of_marks(world: World) -> None:
    bring_in(world, GIVEN)
    details = StateChange.objects.filter(subject_kind="results.markbatch").values_list("details", flat=True)
    assert list(details) == [{"marks": 6}, {}]


def test_each_chunk_of_two_thousand_is_a_transaction_of_its_own(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand marks must not wait behind one long lock: here with chunks of two, three of them."""
    monkeypatch.setattr(marks, "ROWS_AT_ONCE", 2)
    stage(world, GIVEN)
    assert Mark.objects.count() == 6
    with pytest.raises(MarksFileAlreadyIn):
        stage(world, GIVEN)


# ---------------------------------------------------------------- why one mark takes the place of another
def test_marks_that_take_the_place_of_others_say_why_and_every_version_keeps_it(world: World) -> None:
    bring_in(world, GIVEN)
    content = marks_csv(world, {"T00001": {"basics": "61"}})
    given: dict[str, Any] = {"region": world.region, "file_name": "f", "content": content, "now": NOW}
    with pytest.raises(ReasonMissing):
        marks.stage_marks(by=world.cast.chu.staff, **given)
    assert MarkBatch.objects.count() == 1, "nothing of it is stored"
    marks.stage_marks(by=world.cast.chu.staff, declared=Declared(reason="漏加一题"), **given)
    versions = Mark.objects.filter(entry=world.entries[0], subject_code="basics").order_by("version")
    assert list(versions.values_list("version", "reason")) == [(1, ""), (2, "漏加一题")]


def test_what_was_taken_back_is_no_mark_that_anything_takes_the_place_of(world: World) -> None:
    batch = bring_in(world, GIVEN)
    marks.discard_batch(batch_id=batch.pk, reason="错", by=world.cast.chu.staff, now=NOW)
    content = marks_csv(world, {"T00001": {"basics": "61"}})
    assert (
        marks.stage_marks(region=world.region, file_name="f", content=content, by=world.cast.chu.staff, now=NOW).reason
        == ""
    )


# ---------------------------------------------------------------- killed at every statement
class Killed(BaseException):
    """The process died here: nothing in the program may catch it."""


def die(_rows: object) -> None:
    raise Killed


@contextmanager
def killed_at(monkeypatch: pytest.MonkeyPatch, nth: int) -> Iterator[None]:
    """Let the nth statement that reads or writes, counted from 1, be the last; with chunks of two marks each."""
    monkeypatch.setattr(marks, "ROWS_AT_ONCE", 2)
    count = 0

    def wrapper(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: ANN401, FBT001, PLR0917  # Django's signature
        nonlocal count
        if not sql.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")):
            count += 1
            if count == nth:
                raise Killed
        return execute(sql, params, many, context)

    blocker: AbstractContextManager[None] = connection.execute_wrapper(wrapper)
    with blocker:
        yield


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the dead leave their cursors open
@pytest.mark.django_db(transaction=True)
def test_killed_at_every_statement_of_staging_nothing_counts_and_taking_it_again_completes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    half_written = 0
    for nth in range(1, 200):
        try:
            with killed_at(monkeypatch, nth):
                stage(world, GIVEN)
        except Killed:
            assert counted(world) == 0
            rows = Mark.objects.filter(batch__state=BatchState.STAGED.value).count()
            half_written += 0 < rows < 6
            if batch := MarkBatch.objects.filter(state=BatchState.STAGED.value).first():
                refuse_unless_complete(world, batch, rows)
            finish_and_take_back(world)
        else:
            break
    assert nth > 12, "the loop never reached the end of staging"
    # The twin: rows of interrupted files do stand in the table, and only the state of their batch keeps them out.
    assert half_written >= 2


def refuse_unless_complete(world: World, batch: MarkBatch, rows: int) -> None:
    if rows < 6:
        with pytest.raises(BatchIncomplete):
            marks.validate_batch(batch_id=batch.pk, totals=paper_totals(world, GIVEN), by=world.cast.wei.staff, now=NOW)


def finish_and_take_back(world: World) -> None:
    """Take the file again where it is not complete, let it count, hold the sums against the paper, and take it back."""
    with suppress(MarksFileAlreadyIn):  # where the kill came after the last row
        stage(world, GIVEN)
    batch = MarkBatch.objects.exclude(state=BatchState.DISCARDED.value).get()
    marks.validate_batch(batch_id=batch.pk, totals=paper_totals(world, GIVEN), by=world.cast.wei.staff, now=NOW)
    assert counted(world) == 6
    found = basis.current_marks(world.region)
    total = sum(mark.mark_hundredths or 0 for row in found.values() for mark in row.values())
    paper = paper_totals(world, GIVEN)
    assert total == paper["sum:level-2/basics"] + paper["sum:level-2/practice"]
    marks.discard_batch(batch_id=batch.pk, reason="再来", by=world.cast.chu.staff, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_killed_at_every_statement_of_validation_all_rows_count_or_none(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = stage(world, GIVEN)
    totals = paper_totals(world, GIVEN)
    for nth in range(1, 60):
        try:
            with killed_at(monkeypatch, nth):
                marks.validate_batch(batch_id=batch.pk, totals=totals, by=world.cast.wei.staff, now=NOW)
        except Killed:
            assert counted(world) == 0
            assert not StateChange.objects.filter(subject_id=batch.pk, event="validate").exists()
        else:
            break
    assert nth > 5
    assert counted(world) == 6
