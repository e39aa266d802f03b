"""Paying against lapsing, withdrawing and paying twice: never both. Each with its twin."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from threading import Barrier

import pytest
from django.db.models import Sum

from jinbang.application.models import Application
from jinbang.application.states import ApplicationState
from jinbang.kernel.clock import frozen_at
from jinbang.kernel.errors import DomainError
from jinbang.payment import actions
from jinbang.payment.models import LedgerLine, Order, PaymentEvent
from jinbang.payment.rules import entry_for_opening
from jinbang.payment.states import OrderState
from jinbang.people.queries import Staff
from jinbang.sittings.models import Site
from tests.application.world import World, build_world
from tests.cast import NOW, Cast, build_cast
from tests.payment.world import LAST_SECOND, PAYMENT_CLOSES, approved, opened, pay, require_books_in_order
from tests.racing import Contest, together
from tests.tiers import Measure, Tier

pytestmark = pytest.mark.django_db(transaction=True)

ENDS = {
    OrderState.PAID.value: ApplicationState.APPROVED,
    OrderState.LAPSED.value: ApplicationState.LAPSED,
    OrderState.CANCELLED.value: ApplicationState.WITHDRAWN,
}


@pytest.fixture
def stage() -> tuple[Cast, World]:
    with frozen_at(NOW):
        cast = build_cast()
        return cast, build_world(cast)


@dataclass(frozen=True)
class Owing:
    """An approved application whose order is open, and that can be brought back to where it stands, by rows."""

    order: Order

    def again(self) -> Order:
        """Put the round aside: the order is owed as on the first day, the place is held, nothing has come in."""
        PaymentEvent.objects.filter(order=self.order).delete()
        first = LedgerLine.objects.filter(order=self.order).order_by("id").values_list("entry_id", flat=True)[0]
        LedgerLine.objects.filter(order=self.order).exclude(entry_id=first).delete()
        Order.objects.filter(pk=self.order.pk).update(state=OrderState.OWED, paid_at=None)
        own = Application.objects.filter(pk=self.order.application_id)
        own.update(state=ApplicationState.APPROVED)
        Site.objects.filter(pk__in=own.values("site")).update(taken=1)
        return Order.objects.get(pk=self.order.pk)

    def require_one_end(self) -> str:
        """Hold order, application, place, events and ledger against one another; return the order's state."""
        order = Order.objects.get(pk=self.order.pk)
        application = Application.objects.get(pk=order.application_id)
        assert application.state == ENDS[order.state]
        assert application.site is not None
        is_paid = order.state == OrderState.PAID
        assert application.site.taken == PaymentEvent.objects.filter(order=order).count() == is_paid  # seat ⇔ paid
        assert LedgerLine.objects.aggregate(rest=Sum("amount_fen"))["rest"] == 0
        require_books_in_order()
        return str(order.state)


@pytest.fixture
def owing(stage: tuple[Cast, World]) -> Owing:
    cast, world = stage
    with frozen_at(NOW):
        order = opened(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff)
    assert len(entry_for_opening(order.amount_fen)) == LedgerLine.objects.filter(order=order).count()
    return Owing(order)


def play(owing: Owing, tier: Tier, acts: Callable[[Order], list[Callable[[], object]]], *, share: int = 1) -> set[str]:
    """Play this race for its rounds (or a share), whoever stands in front by lot; return the ends that were seen."""
    ends: set[str] = set()
    with Contest(4) as contest:
        for _ in range(tier[Measure.RACE_ROUNDS] // share):
            racing = acts(owing.again())
            tier.random.shuffle(racing)
            contest.race(racing)
            ends.add(owing.require_one_end())
    return ends


def state_after_paying(order: Order, reference: str, *, by: Staff) -> str:
    return pay(order, by=by, reference=reference).state


def test_paying_lapsing_and_withdrawing_at_the_deadline_have_one_end(
    stage: tuple[Cast, World], owing: Owing, tier: Tier
) -> None:
    cast, _ = stage

    def acts(order: Order) -> list[Callable[[], object]]:
        return [
            partial(pay, order, by=cast.gu.staff, reference=order.number, now=LAST_SECOND),
            partial(pay, order, by=cast.gu.staff, reference=f"{order.number}B", now=LAST_SECOND),
            partial(actions.lapse_orders, now=PAYMENT_CLOSES),
            partial(actions.withdraw_and_cancel, application_id=order.application_id, by=cast.lin.candidate, now=NOW),
        ]

    assert len(play(owing, tier, acts)) > 1, "one contender won every round: no race was run"


def test_paying_and_lapsing_at_the_deadline_never_both_happen(
    stage: tuple[Cast, World], owing: Owing, tier: Tier
) -> None:
    cast, _ = stage

    def acts(order: Order) -> list[Callable[[], object]]:
        return [
            partial(pay, order, by=cast.gu.staff, reference=order.number, now=LAST_SECOND),
            partial(actions.lapse_orders, now=PAYMENT_CLOSES),
        ]

    assert play(owing, tier, acts, share=10) <= {OrderState.PAID, OrderState.LAPSED}


def test_withdrawing_and_paying_never_both_happen(stage: tuple[Cast, World], owing: Owing, tier: Tier) -> None:
    cast, _ = stage

    def acts(order: Order) -> list[Callable[[], object]]:
        return [
            partial(pay, order, by=cast.gu.staff, reference=order.number),
            partial(actions.withdraw_and_cancel, application_id=order.application_id, by=cast.lin.candidate, now=NOW),
        ]

    assert play(owing, tier, acts, share=10) <= {OrderState.PAID, OrderState.CANCELLED}


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


def test_without_the_lock_an_order_lapses_and_is_paid(owing: Owing) -> None:
    """The twin of the deadline: both look, both see it owed, and each goes on with what it saw."""
    order = owing.again()
    both_have_looked = Barrier(2)

    def close_after_looking(state: OrderState) -> bool:
        seen = Order.objects.get(pk=order.pk)
        both_have_looked.wait(timeout=20)
        if seen.state != OrderState.OWED:
            return False
        if state is OrderState.PAID:
            PaymentEvent.objects.create(
                order=seen, gateway="counter", reference="NO1", amount_fen=seen.amount_fen, at=LAST_SECOND
            )
        else:
            Application.objects.filter(pk=seen.application_id).update(state=ApplicationState.LAPSED)
        Order.objects.filter(pk=seen.pk).update(state=state)
        return True

    acts = [partial(close_after_looking, state) for state in (OrderState.PAID, OrderState.LAPSED)]
    assert together(*acts) == [True, True]
    with pytest.raises(AssertionError):
        owing.require_one_end()


def test_opening_by_four_at_once_opens_one_order(stage: tuple[Cast, World]) -> None:
    cast, world = stage
    application = approved(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff)
    outcomes = together(*[lambda: actions.open_order(application.pk, now=NOW)] * 4)
    assert outcomes == [Order.objects.get()] * 4
