"""A fault in one piece of long work ends that piece alone: the worker goes on, and the fault stands in its log."""

import threading

import pytest
from structlog.testing import capture_logs

from jinbang.audit import long_work
from jinbang.audit.long_work import Holding, enqueue
from jinbang.audit.models import LongWork
from jinbang.audit.states import WorkState
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.clock import frozen_at
from jinbang.people.models import Authority
from jinbang.portal import serving
from tests.cast import NOW, build_authorities

pytestmark = pytest.mark.django_db(transaction=True)
BROKEN, SOUND = "broken", "sound"


def run(keep: Holding) -> None:
    if keep.arguments["is"] == BROKEN:
        raise ZeroDivisionError


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> tuple[LongWork, LongWork]:
    """Ask for work that breaks, and then for work that does not."""
    monkeypatch.setattr(long_work, "task_named", lambda _name: run)
    _, first, second, *_rest = build_authorities()

    def ask(subject: Authority, kind: str) -> LongWork:
        task = "jinbang.seating.tasks.draw_seats"
        return enqueue(task, subject=subject, arguments={"is": kind}, total=1, by=SYSTEM, now=NOW)

    return ask(first, BROKEN), ask(second, SOUND)


def states(asked: tuple[LongWork, LongWork]) -> list[str]:
    return [LongWork.objects.get(pk=one.pk).state for one in asked]


def test_a_fault_ends_its_piece_is_logged_and_the_next_piece_is_done(
    asked: tuple[LongWork, LongWork], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threading, "excepthook", serving._log_fault)
    with frozen_at(NOW), capture_logs() as logs:
        assert serving.do_long_work() == 2
    assert states(asked) == [WorkState.RUNNING, WorkState.DONE]  # the broken one waits for its lease to run out
    (fault,) = [line for line in logs if line["event"] == "thread_broke"]
    assert str(asked[0].pk) in fault["thread"]
    assert fault["exc_info"][0] is ZeroDivisionError


def test_run_where_the_worker_stands_the_same_fault_ends_everything(
    asked: tuple[LongWork, LongWork], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "_run_apart", long_work.run)
    with frozen_at(NOW), pytest.raises(ZeroDivisionError):
        serving.do_long_work()
    assert states(asked) == [WorkState.RUNNING, WorkState.WAITING]


def test_a_fault_outside_any_piece_is_not_held_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(long_work, "take", broken)
    with pytest.raises(ZeroDivisionError):
        serving.do_long_work()
