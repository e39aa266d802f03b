"""Judging and sealing as the worker's long work: watched, taken over when a worker dies, never half done."""

import pytest
from django.db import transaction

from jinbang.audit import long_work
from jinbang.audit.errors import WorkUnderWay
from jinbang.audit.models import LongWork
from jinbang.kernel.errors import IllegalTransition
from jinbang.people.models import Appointment
from jinbang.results.actions import outcomes as storing
from jinbang.results.actions import release as actions
from jinbang.results.errors import ReleaseNotReady, ResultsNotFound
from jinbang.results.models import Outcome, Release
from tests.cast import NOW, Cast
from tests.results.world import OPENS, World, bring_in, enrol, many_people, set_pass_marks, stage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]


class Killed(BaseException):
    """What a worker does not survive and cannot catch."""


@pytest.fixture
def drafted(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Return a drafted release of eight people, stored two at a time."""
    monkeypatch.setattr(storing, "ROWS_AT_ONCE", 2)
    enrol(world, many_people(6)[1:])
    set_pass_marks(world)
    bring_in(world)
    actions.draft_release(region=world.region, opens_at=OPENS, by=world.cast.chu.staff, now=NOW)
    return world


def ask(world: World, step: str) -> LongWork:
    asking = {"validate": actions.ask_for_validation, "seal": actions.ask_for_sealing}[step]
    return asking(release_id=world.release.pk, by=world.cast.chu.staff, now=NOW)


def run() -> LongWork:
    """Let the worker do what waits, and return how that ended."""
    assert long_work.run_next()
    return LongWork.objects.latest("id")


def test_the_worker_judges_and_seals_what_was_asked_for(drafted: World) -> None:
    work = ask(drafted, "validate")
    assert (work.total, drafted.release.state) == (8, "draft")
    assert run().state == "done"
    assert (drafted.release.state, Outcome.objects.count()) == ("validated", 8)
    ask(drafted, "seal")
    assert run().state == "done"
    assert drafted.release.state == "sealed"
    assert drafted.release.warrant["row_count"] == 8


def test_what_is_under_way_is_not_asked_for_twice(drafted: World) -> None:
    ask(drafted, "validate")
    with pytest.raises(WorkUnderWay), transaction.atomic():
        ask(drafted, "validate")


def test_what_stands_in_the_way_already_is_refused_before_anything_is_asked_for(drafted: World, cast: Cast) -> None:
    stage(drafted, {"T00001": {"basics": "1"}})
    with pytest.raises(ReleaseNotReady), transaction.atomic():
        ask(drafted, "validate")
    with pytest.raises(IllegalTransition), transaction.atomic():
        ask(drafted, "seal")
    with pytest.raises(ResultsNotFound), transaction.atomic():
        actions.ask_for_validation(release_id=drafted.release.pk, by=cast.wei.staff, now=NOW)
    assert not LongWork.objects.exists()


def test_whoever_lost_the_role_meanwhile_does_not_get_it_done(drafted: World, cast: Cast) -> None:
    ask(drafted, "validate")
    Appointment.objects.filter(account=cast.chu.account).update(ends_on=NOW.date().replace(year=2025))
    done = run()
    assert (done.state, done.refusal_code) == ("refused", "results_not_found")
    assert drafted.release.state == "draft"


@pytest.mark.parametrize("survived", range(6))
def test_a_worker_killed_at_any_step_leaves_nothing_that_counts_and_the_next_one_ends_it(
    drafted: World, survived: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(drafted, "validate")
    kill_after(survived, monkeypatch)
    with pytest.raises(Killed):
        long_work.run_next()
    stored = Outcome.objects.count()
    assert stored == min(2 * max(survived - 1, 0), 8), "whole steps or none"
    assert (drafted.release.state, drafted.release.basis_hash) == ("draft", "")
    Release.objects.update(state="validated")  # as if it had been: what it rests on is asked all the same
    with pytest.raises(ReleaseNotReady), transaction.atomic():
        ask(drafted, "seal")
    Release.objects.update(state="draft")
    monkeypatch.undo()
    LongWork.objects.update(leased_until=NOW)
    monkeypatch.setattr(storing, "ROWS_AT_ONCE", 2)
    written = count_written(monkeypatch)
    assert run().state == "done"
    assert (drafted.release.state, Outcome.objects.count()) == ("validated", 8)
    assert sum(written) == 8 - stored, "what was stored is not stored again"


def kill_after(survived: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let so many steps come through, and kill the worker inside the next one."""
    begun = iter(range(1_000))
    require_held = long_work.Holding._require_held

    def held_until(self: long_work.Holding) -> None:
        if next(begun) >= survived:
            raise Killed
        require_held(self)

    monkeypatch.setattr(long_work.Holding, "_require_held", held_until)


def count_written(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    written: list[int] = []
    bulk_create = type(Outcome.objects.all()).bulk_create

    def counted(self: object, rows: list[Outcome], **given: object) -> object:
        if rows and isinstance(rows[0], Outcome):
            written.append(len(rows))
        return bulk_create(self, rows, **given)  # type: ignore[arg-type]  # passed on

    monkeypatch.setattr(type(Outcome.objects.all()), "bulk_create", counted)
    return written


def test_a_change_between_two_workers_makes_the_second_begin_anew(
    drafted: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(drafted, "validate")
    with monkeypatch.context() as patched:
        kill_after(3, patched)
        with pytest.raises(Killed):
            long_work.run_next()
    assert Outcome.objects.count() == 4
    bring_in(drafted, {"T00001": {"basics": "1"}})
    LongWork.objects.update(leased_until=NOW)
    assert run().state == "done"
    assert Outcome.objects.count() == 8
    assert Outcome.objects.get(entry=drafted.entries[0]).overall == "partial"


def test_a_worker_killed_while_it_seals_leaves_no_warrant(drafted: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(drafted, "validate")
    run()
    ask(drafted, "seal")
    with monkeypatch.context() as patched:
        kill_after(0, patched)
        with pytest.raises(Killed):
            long_work.run_next()
    assert (drafted.release.state, drafted.release.warrant) == ("validated", {})
    LongWork.objects.update(leased_until=NOW)
    assert run().state == "done"
    assert drafted.release.state == "sealed"
