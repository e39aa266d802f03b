"""Paying against lapsing, withdrawing and paying twice: never both. Each with its twin."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import TypeVar

import pytest
from django.db import connection

from jinbang.application.models import Application
from jinbang.application.states import ApplicationState
from jinbang.kernel.clock import frozen_at
from jinbang.kernel.errors import DomainError
from jinbang.payment import actions
from jinbang.payment.models import Order, PaymentEvent
from jinbang.payment.states import OrderState
from jinbang.people.queries import Staff
from tests.application.world import World, build_world
from tests.cast import NOW, Cast, build_cast
from tests.payment.world import LAST_SECOND, PAYMENT_CLOSES, approved, opened, pay, require_books_in_order

pytestmark = pytest.mark.django_db(transaction=True)

T = TypeVar("T")
ROUNDS = 6


@pytest.fixture
def stage() -> tuple[Cast, World]:
    with frozen_at(NOW):
        cast = build_cast()
        return cast, build_world(cast)


def together(*acts: Callable[[], T]) -> list[T | DomainError]:
    """Let everybody start at one instant, each on a connection of their own; refusals come back as values."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], T]) -> T | DomainError:
        try:
            with frozen_at(NOW):
                barrier.wait(timeout=20)
                return act()
        except DomainError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def state_after_paying(order: Order, reference: str, *, by: Staff) -> str:
    return pay(order, by=by, reference=reference).state


def test_paying_and_lapsing_at_the_deadline_never_both_happen(stage: tuple[Cast, World]) -> None:
    cast, world = stage
    for _ in range(ROUNDS):
        order = opened(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff)
        together(
            partial(pay, order, by=cast.gu.staff, reference=order.number, now=LAST_SECOND),
            partial(actions.lapse_orders, now=PAYMENT_CLOSES),
        )
        order.refresh_from_db()
        application = Application.objects.get(pk=order.application_id)
        ends = {OrderState.PAID.value: ApplicationState.APPROVED, OrderState.LAPSED.value: ApplicationState.LAPSED}
        assert application.state == ends[order.state]
        require_books_in_order()
        # Nobody applies twice for one sitting, so the round is put aside to play it again.
        Application.objects.filter(pk=application.pk).update(state=ApplicationState.WITHDRAWN)


def test_withdrawing_and_paying_never_both_happen(stage: tuple[Cast, World]) -> None:
    cast, world = stage
    for _ in range(ROUNDS):
        order = opened(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff)
        together(
            partial(pay, order, by=cast.gu.staff, reference=order.number),
            partial(actions.withdraw_and_cancel, application_id=order.application_id, by=cast.lin.candidate, now=NOW),
        )
        order.refresh_from_db()
        application = Application.objects.get(pk=order.application_id)
        ends = {
            OrderState.PAID.value: ApplicationState.APPROVED,
            OrderState.CANCELLED.value: ApplicationState.WITHDRAWN,
        }
        assert application.state == ends[order.state]
        require_books_in_order()
        Application.objects.filter(pk=application.pk).update(state=ApplicationState.WITHDRAWN)


def test_one_receipt_entered_by_four_at_once_counts_once(stage: tuple[Cast, World]) -> None:
    cast, world = stage
    order = opened(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff)
    outcomes = together(*[lambda: pay(order, by=cast.gu.staff).state] * 4)
    assert outcomes == [OrderState.PAID.value] * 4
    assert PaymentEvent.objects.count() == 1
    require_books_in_order()


def test_four_receipts_at_once_for_one_order_pay_it_once(stage: tuple[Cast, World]) -> None:
    cast, world = stage
    order = opened(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff)
    outcomes = together(*(partial(state_after_paying, order, f"NO{number}", by=cast.gu.staff) for number in range(4)))
    assert [one for one in outcomes if not isinstance(one, DomainError)] == [OrderState.PAID.value]
    require_books_in_order()


def test_without_the_lock_and_the_constraint_one_order_is_paid_twice(stage: tuple[Cast, World]) -> None:
    cast, world = stage
    order = opened(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff)
    both_have_looked = Barrier(2)

    def pay_after_looking(reference: str) -> bool:
        seen = Order.objects.get(pk=order.pk)
        both_have_looked.wait(timeout=20)
        if seen.state != OrderState.OWED:
            return False
        PaymentEvent.objects.create(
            order=seen, gateway="counter", reference=reference, amount_fen=seen.amount_fen, at=NOW
        )
        Order.objects.filter(pk=seen.pk).update(state=OrderState.PAID)
        return True

    assert together(lambda: pay_after_looking("NO1"), lambda: pay_after_looking("NO2")) == [True, True]
    with pytest.raises(AssertionError):
        require_books_in_order()


def test_opening_by_four_at_once_opens_one_order(stage: tuple[Cast, World]) -> None:
    cast, world = stage
    application = approved(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff)
    outcomes = together(*[lambda: actions.open_order(application.pk, now=NOW)] * 4)
    assert outcomes == [Order.objects.get()] * 4
