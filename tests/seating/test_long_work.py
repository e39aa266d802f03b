"""A draw in the worker's hands: killed at every kind of moment and taken up again, it gives the very same plan.

The worker is a process of its own that is really killed (SIGKILL), on the database that the parent then goes on with.
"""

import os
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import NoReturn

import pytest
from django.db import connections

from jinbang.audit import rules as work_rules
from jinbang.audit.long_work import Holding, run_next
from jinbang.audit.models import LongWork, StateChange
from jinbang.audit.states import WorkState
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.clock import frozen_at
from jinbang.kernel.digests import Json
from jinbang.payment.models import Order
from jinbang.payment.states import OrderState
from jinbang.people.models import Appointment
from jinbang.seating import actions, queries, rules
from jinbang.seating.actions import draw as drawing
from jinbang.seating.arrangement import digest
from jinbang.seating.models import AdmissionTicket, Seat, SeatPlan
from jinbang.seating.rules import DrawnSeat
from jinbang.seating.states import PlanState
from tests.cast import NOW, Cast, build_cast
from tests.seating.world import AFTER_PAYMENT, SEED, World, build_world, many_people

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 72
AT_ONCE = 10  # so that there are eight steps of storing
LATER = AFTER_PAYMENT + work_rules.LEASE


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> tuple[Cast, World]:
    """Seventy-two people who have paid, and a draw that 冯 has asked for."""
    monkeypatch.setattr(drawing, "TICKETS_AT_ONCE", AT_ONCE)
    with frozen_at(NOW):
        cast = build_cast()
        people = [cast.lin.bound, cast.zhao.bound, *many_people(PEOPLE - 2)]
        world = build_world(cast.shanxi, people, employers=[f"单位{i % 10}" for i in range(PEOPLE)])
    with frozen_at(AFTER_PAYMENT):
        actions.commit_seed(region_id=world.region.pk, by=SYSTEM, now=AFTER_PAYMENT, seed=SEED)
        actions.prepare_all_rooms(region_id=world.region.pk, by=SYSTEM, now=AFTER_PAYMENT)
        actions.ask_for_draw(region_id=world.region.pk, by=cast.feng.staff, now=AFTER_PAYMENT)
    return cast, world


def die() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def killed_worker(prepare: Callable[[], object]) -> None:
    """Run the worker in a process of its own, which `prepare` has arranged to be killed somewhere."""
    connections.close_all()
    worker = os.fork()
    if worker == 0:
        try:
            prepare()
            with frozen_at(AFTER_PAYMENT):
                run_next()
        finally:
            os._exit(1)
    _, status = os.waitpid(worker, 0)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGKILL


def die_computing() -> None:
    def renew(self: Holding) -> None:
        die()

    Holding.renew = renew  # type: ignore[method-assign]  # in a process that is about to die


def die_in_step(number: int, *, inside: bool) -> Callable[[], None]:
    """Arrange to die in the step of this number: before its commit, or right after it."""

    def prepare() -> None:
        step, count = Holding.step, iter(range(1, 100))

        @contextmanager
        def deadly(self: Holding, *, cursor: Mapping[str, Json], done: int, total: int) -> Iterator[None]:
            is_the_one = next(count) == number
            with step(self, cursor=cursor, done=done, total=total):
                yield
                if is_the_one and inside:
                    die()
            if is_the_one:
                die()

        Holding.step = deadly  # type: ignore[method-assign]  # the same

    return prepare


def die_in_last_step() -> None:
    last_step = Holding.last_step

    @contextmanager
    def deadly(self: Holding) -> Iterator[None]:
        with last_step(self):
            yield
            die()

    Holding.last_step = deadly  # type: ignore[method-assign]  # the same


def stored_digest(world: World) -> str:
    """Return the digest of what stands in the tables, by the rule that is published."""
    rows = Seat.objects.filter(plan__region=world.region).values_list(
        "room__site__code",
        "session__level_code",
        "session__subject_code",
        "ticket__application_id",
        "room__number",
        "number",
    )
    return digest(
        DrawnSeat(f"{site}|{level}|{subject}|", str(application), room, seat).line
        for site, level, subject, application, room, seat in rows
    )


def computed_digest(world: World) -> str:
    """Return the digest of the plan as a single untroubled computation gives it."""
    plan = SeatPlan.objects.get()
    ground = drawing._ground(plan, world.region)
    return rules.draw(ground.drawings, rules=queries.rules_of(plan), seed=plan.seed).digest


def assert_whole(world: World, *, people: int = PEOPLE) -> None:
    plan, work = SeatPlan.objects.get(), LongWork.objects.get()
    assert (plan.state, work.state) == (PlanState.DRAWN, WorkState.DONE)
    assert (work.done, work.total) == (people, people)
    assert queries.tickets_in(world.region).count() == people == plan.ticket_count
    assert queries.seats_of(world.region).count() == people * len(world.subjects)
    serials = sorted(AdmissionTicket.objects.values_list("number", flat=True))
    assert len(set(serials)) == people
    assert plan.digest == computed_digest(world)


MOMENTS = {
    "computing": die_computing,
    "beginning": die_in_step(1, inside=True),
    "begun": die_in_step(1, inside=False),
    "storing the first": die_in_step(2, inside=True),
    "stored the first": die_in_step(2, inside=False),
    "storing in the middle": die_in_step(5, inside=True),
    "stored in the middle": die_in_step(5, inside=False),
    "stored the last": die_in_step(9, inside=False),
    "counting": die_in_last_step,
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_draw_that_was_killed_and_taken_up_again_gives_the_same_plan(asked: tuple[Cast, World], moment: str) -> None:
    _, world = asked
    killed_worker(MOMENTS[moment])
    assert not queries.tickets_in(world.region).exists()  # whatever is stored, nobody sees any of it
    with frozen_at(AFTER_PAYMENT):
        assert not run_next()  # the dead worker's lease still runs
    with frozen_at(LATER):
        assert run_next()
    assert_whole(world)
    assert StateChange.objects.filter(event="issue_ticket").count() == PEOPLE


def test_what_was_stored_before_the_death_is_not_stored_again(asked: tuple[Cast, World]) -> None:
    _, world = asked
    killed_worker(die_in_step(5, inside=False))
    kept = set(AdmissionTicket.objects.values_list("pk", flat=True))
    assert len(kept) == 4 * AT_ONCE
    with frozen_at(LATER):
        run_next()
    assert kept < set(AdmissionTicket.objects.values_list("pk", flat=True))
    assert StateChange.objects.filter(subject_id=SeatPlan.objects.get().pk, event="begin").count() == 1
    assert_whole(world)


def test_a_draw_that_dies_again_and_again_still_ends(asked: tuple[Cast, World]) -> None:
    _, world = asked
    for moment in ("begun", "stored the first", "stored the first"):
        killed_worker(MOMENTS[moment])
        LongWork.objects.update(leased_until=AFTER_PAYMENT)
    with frozen_at(LATER):
        run_next()
    assert_whole(world)


def test_a_plan_of_other_people_is_begun_anew(asked: tuple[Cast, World]) -> None:
    _, world = asked
    killed_worker(die_in_step(5, inside=False))
    Order.objects.filter(application=world.applications[5]).update(state=OrderState.LAPSED.value)
    with frozen_at(LATER):
        run_next()
    assert_whole(world, people=PEOPLE - 1)
    assert not AdmissionTicket.objects.filter(application=world.applications[5]).exists()


def test_going_on_behind_what_was_stored_of_another_plan_would_seat_who_has_left(
    asked: tuple[Cast, World], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, world = asked
    killed_worker(die_in_step(9, inside=False))
    Order.objects.filter(application=world.applications[5]).update(state=OrderState.LAPSED.value)

    def trusting(region: object, *, digest: str, keep: Holding) -> tuple[SeatPlan, int]:
        plan = SeatPlan.objects.get()
        plan.region = world.region
        return plan, PEOPLE

    monkeypatch.setattr(drawing, "_stored_so_far", trusting)
    with frozen_at(LATER):
        run_next()
    assert AdmissionTicket.objects.filter(application=world.applications[5]).exists()


def test_whoever_may_no_longer_draw_does_not_get_it_drawn(asked: tuple[Cast, World]) -> None:
    cast, _ = asked
    Appointment.objects.filter(account=cast.feng.account).update(ends_on=NOW.date())
    with frozen_at(AFTER_PAYMENT):
        run_next()
    work = LongWork.objects.get()
    assert (work.state, work.refusal_code) == (WorkState.REFUSED, "region_not_found")
    assert not AdmissionTicket.objects.exists()
    assert SeatPlan.objects.get().state == PlanState.COMMITTED
