"""Asking for long work, running it in steps, dying over it, refusing it, giving it up. The task here counts to ten."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from jinbang.audit import long_work, rules
from jinbang.audit.errors import TaskUnknown, WorkNotFound, WorkTakenOver, WorkUnderWay
from jinbang.audit.long_work import AT_ONCE, Holding, Steps, enqueue, run_next
from jinbang.audit.models import LongWork, StateChange
from jinbang.audit.queries import get_work, latest_work_on, work_asked_by
from jinbang.audit.states import WorkState
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.clock import frozen_at
from jinbang.people.models import Authority
from jinbang.seating.errors import RoomsTooFew
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db

TASK = "jinbang.seating.tasks.draw_seats"
TEN = 10
LATER = NOW + rules.LEASE


def count_to_ten(keep: Steps) -> None:
    """Write one more character into a name at each step, so that a step done twice or not at all is seen."""
    counted = keep.cursor.get("counted", 0)
    assert isinstance(counted, int)
    for number in range(counted + 1, TEN + 1):
        keep.renew()
        with keep.step(cursor={"counted": number}, done=number, total=TEN):
            city = Authority.objects.get(code="1403")
            city.name += "一"
            city.save()
    with keep.last_step():
        city = Authority.objects.get(code="1403")
        city.name += "完"
        city.save()


def name() -> str:
    return Authority.objects.get(code="1403").name.removeprefix("阳泉市")


def ask(cast: Cast, task: str = TASK) -> LongWork:
    return enqueue(task, subject=cast.yangquan, arguments={"code": "1403"}, total=TEN, by=cast.feng.staff, now=NOW)


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the task count to ten."""
    monkeypatch.setattr(long_work, "task_named", lambda _name: count_to_ten)


def dying(after: int, *, breaks: type[BaseException] = KeyboardInterrupt) -> Callable[[Holding], None]:
    """Return the task of a worker that dies inside a step, after so many whole ones."""

    def task(keep: Holding) -> None:
        counted = keep.cursor.get("counted", 0)
        assert isinstance(counted, int)
        for number in range(counted + 1, TEN + 1):
            with keep.step(cursor={"counted": number}, done=number, total=TEN):
                Authority.objects.filter(code="1403").update(name="阳泉市" + "一" * number)
                if number > after:
                    raise breaks

    return task


def test_what_was_asked_for_is_done_once_and_its_history_says_by_whom(cast: Cast, counting: None) -> None:
    work = ask(cast)
    assert (work.state, work.percent) == (WorkState.WAITING, 0)
    assert run_next()
    assert name() == "一" * TEN + "完"
    work.refresh_from_db()
    assert (work.state, work.done, work.total, work.percent) == (WorkState.DONE, TEN, TEN, 100)
    assert (work.holder, work.leased_until) == (None, None)
    events = list(StateChange.objects.filter(subject_id=work.pk).values_list("event", "from_state", "to_state"))
    assert events == [("ask", "", "waiting"), ("start", "waiting", "running"), ("finish", "running", "done")]
    assert StateChange.objects.get(subject_id=work.pk, event="ask").actor_id == cast.feng.staff.actor_id
    assert not run_next()


def test_asking_twice_is_refused_while_the_first_is_under_way(cast: Cast, counting: None) -> None:
    ask(cast)
    with pytest.raises(WorkUnderWay):
        ask(cast)
    run_next()
    assert ask(cast).state == WorkState.WAITING
    assert LongWork.objects.count() == 2


def test_only_a_task_can_be_asked_for(cast: Cast) -> None:
    with pytest.raises(TaskUnknown):
        ask(cast, "os.system")
    assert not LongWork.objects.exists()


@pytest.mark.parametrize("whole", range(TEN))
def test_whoever_takes_up_the_work_of_a_dead_worker_goes_on_where_it_stopped(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, whole: int
) -> None:
    work = ask(cast)
    monkeypatch.setattr(long_work, "task_named", lambda _name: dying(whole))
    with pytest.raises(KeyboardInterrupt):
        run_next()
    assert name() == "一" * whole
    work.refresh_from_db()
    assert (work.state, work.done) == (WorkState.RUNNING, whole)
    monkeypatch.setattr(long_work, "task_named", lambda _name: count_to_ten)
    with frozen_at(LATER - timedelta(seconds=1)):
        assert not run_next()  # the lease still runs
    with frozen_at(LATER):
        assert run_next()
    assert name() == "一" * TEN + "完"
    assert StateChange.objects.filter(subject_id=work.pk, event="take_up").count() == 1


def test_a_worker_that_slept_too_long_writes_nothing_more(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(cast)
    held: list[Holding] = []
    monkeypatch.setattr(long_work, "task_named", lambda _name: held.append)
    monkeypatch.setattr(Holding, "is_ended", True)
    run_next()
    monkeypatch.undo()
    monkeypatch.setattr(long_work, "task_named", lambda _name: count_to_ten)
    with frozen_at(LATER):
        assert run_next()
    (sleeper,) = held
    with pytest.raises(WorkTakenOver), sleeper.step(cursor={}, done=1, total=TEN):
        Authority.objects.filter(code="1403").update(name="写了两遍")
    with pytest.raises(WorkTakenOver):
        sleeper.renew()
    with pytest.raises(WorkTakenOver), sleeper.last_step():
        Authority.objects.filter(code="1403").update(name="写了两遍")
    assert name() == "一" * TEN + "完"


def test_without_asking_whether_it_is_still_held_the_sleeper_writes(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(cast)
    held: list[Holding] = []
    monkeypatch.setattr(long_work, "task_named", lambda _name: held.append)
    monkeypatch.setattr(Holding, "is_ended", True)
    run_next()
    monkeypatch.undo()
    monkeypatch.setattr(long_work, "task_named", lambda _name: count_to_ten)
    with frozen_at(LATER):
        run_next()
    monkeypatch.setattr(Holding, "_require_held", lambda _self: None)
    with held[0].step(cursor={}, done=1, total=TEN):
        Authority.objects.filter(code="1403").update(name="阳泉市写了两遍")
    assert name() == "写了两遍"


def test_a_refusal_ends_the_work_and_is_kept_for_whoever_asked(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def refusing(keep: Holding) -> None:
        with keep.step(cursor={}, done=4, total=TEN):
            pass
        raise RoomsTooFew(site="第1考点", needed=31, available=30)

    monkeypatch.setattr(long_work, "task_named", lambda _name: refusing)
    work = ask(cast)
    run_next()
    work.refresh_from_db()
    assert (work.state, work.refusal_code) == (WorkState.REFUSED, "rooms_too_few")
    assert work.refusal is not None
    assert work.refusal.fields == {"site": "第1考点", "needed": 31, "available": 30}
    assert StateChange.objects.get(subject_id=work.pk, event="refuse").reason == "rooms_too_few"
    assert not run_next()


def test_a_fault_is_tried_again_after_its_lease_and_given_up_at_the_third(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(long_work, "task_named", lambda _name: dying(0, breaks=ZeroDivisionError))
    work = ask(cast)
    for attempt in range(rules.ATTEMPTS_MOST):
        with frozen_at(NOW + attempt * rules.LEASE):
            with pytest.raises(ZeroDivisionError):
                run_next()
            assert not run_next()
    with frozen_at(NOW + rules.ATTEMPTS_MOST * rules.LEASE):
        assert not run_next()
    work.refresh_from_db()
    assert work.state == WorkState.FAILED
    assert name() == ""


def test_a_step_that_was_completed_gives_three_attempts_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    work = ask(cast)
    for attempt in range(TEN - 1):
        monkeypatch.setattr(long_work, "task_named", lambda _name: dying(work.done + 1, breaks=ZeroDivisionError))
        with frozen_at(NOW + attempt * rules.LEASE), pytest.raises(ZeroDivisionError):
            run_next()
        work.refresh_from_db()
    assert (work.state, work.done) == (WorkState.RUNNING, TEN - 1)


def test_a_task_that_ends_without_a_last_step_is_done(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_work, "task_named", lambda _name: lambda _keep: None)
    work = ask(cast)
    run_next()
    work.refresh_from_db()
    assert work.state == WorkState.DONE


def test_the_same_action_runs_at_once_where_nobody_watches(cast: Cast) -> None:
    count_to_ten(AT_ONCE)
    assert name() == "一" * TEN + "完"
    assert not LongWork.objects.exists()


def test_work_is_shown_to_whoever_asked_and_to_nobody_else(cast: Cast) -> None:
    work = ask(cast)
    assert get_work(work.pk, by=cast.feng.staff) == work
    assert list(work_asked_by(cast.feng.staff)) == [work]
    assert latest_work_on(cast.yangquan) == work
    assert latest_work_on(cast.taiyuan) is None
    for other in (cast.wu.staff, cast.zheng.staff, SYSTEM):
        assert not work_asked_by(other).exists()
        with pytest.raises(WorkNotFound):
            get_work(work.pk, by=other)
