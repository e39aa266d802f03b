"""Two workers at the same instant: one has the work. The twin takes the comparison away, and both have it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest
from django.db import connection

from jinbang.audit import long_work
from jinbang.audit.long_work import Holding, enqueue, run_next
from jinbang.audit.models import LongWork
from jinbang.audit.states import WorkState
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.clock import frozen_at
from jinbang.kernel.ids import new_id
from jinbang.people.models import Authority
from tests.cast import NOW, build_authorities

pytestmark = pytest.mark.django_db(transaction=True)

WORKERS = 4
ROUNDS = 5


class Done(list[Holding]):
    """Everybody who thought the work was theirs."""


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> Done:
    """Let the task note who runs it."""
    found = Done()
    monkeypatch.setattr(long_work, "task_named", lambda _name: found.append)
    return found


def at_one_instant() -> list[bool]:
    barrier = Barrier(WORKERS)

    def run(_number: int) -> bool:
        try:
            with frozen_at(NOW):
                barrier.wait(timeout=20)
                return run_next()
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(run, range(WORKERS)))


def ask(city: Authority) -> LongWork:
    return enqueue("jinbang.seating.tasks.draw_seats", subject=city, arguments={}, total=1, by=SYSTEM, now=NOW)


def test_of_several_workers_one_does_the_work(done: Done) -> None:
    city = build_authorities()[2]
    for number in range(1, ROUNDS + 1):
        work = ask(city)
        assert sum(at_one_instant()) == 1
        assert len(done) == number
        work.refresh_from_db()
        assert work.state == WorkState.DONE


def test_without_the_lease_several_workers_do_the_same_work(done: Done, monkeypatch: pytest.MonkeyPatch) -> None:
    everybody_has_looked = Barrier(WORKERS)

    def careless(work: LongWork, *, now: datetime) -> bool:
        everybody_has_looked.wait(timeout=20)
        work.state, work.holder = WorkState.RUNNING.value, new_id()
        LongWork.objects.filter(pk=work.pk).update(state=work.state, holder=work.holder)
        return True

    monkeypatch.setattr(long_work, "_claim", careless)
    monkeypatch.setattr(Holding, "is_ended", True)
    ask(build_authorities()[2])
    assert at_one_instant() == [True] * WORKERS
    assert len(done) == WORKERS
