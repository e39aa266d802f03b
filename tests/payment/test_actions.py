"""Opening, paying, lapsing, cancelling: each once, each through the ledger."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from jinbang.application.errors import ApplicationNotFound
from jinbang.application.models import Application
from jinbang.application.states import ApplicationState
from jinbang.audit.queries import history_of
from jinbang.kernel.errors import IllegalTransition
from jinbang.payment import actions, queries
from jinbang.payment.actions import CounterReceipt
from jinbang.payment.errors import (
    AmountMismatch,
    OrderAlreadyPaid,
    OrderNotFound,
    OrderNotPayable,
    OrderNumberMistyped,
    PaidNotWithdrawable,
    ReceiptUsed,
)
from jinbang.payment.models import LedgerLine, Order, PaymentEvent
from jinbang.payment.rules import NextStep
from jinbang.payment.states import LedgerAccount, OrderState
from jinbang.people.errors import NotYours
from jinbang.sittings.errors import WindowClosed
from jinbang.sittings.models import Site, Window
from jinbang.sittings.states import WindowKind
from tests.application.world import World, submitted
from tests.cast import LIN_NUMBER, NOW, Cast
from tests.payment.world import LAST_SECOND, OWED_FEN, PAYMENT_CLOSES, approved, opened, pay, require_books_in_order

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _books_in_order(db: None) -> Iterator[None]:
    """Check the books after every test of this module."""
    yield
    require_books_in_order()


# ---------------------------------------------------------------- opening


def test_opens_an_order_for_what_was_approved_and_for_nothing_else(cast: Cast, world: World) -> None:
    application = approved(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff)
    submitted(cast.zhao.candidate, site=world.first)
    assert actions.open_orders(now=NOW) == 1
    assert actions.open_orders(now=NOW) == 0
    order = Order.objects.get()
    assert (order.application_id, order.amount_fen, order.due_at) == (application.pk, OWED_FEN, PAYMENT_CLOSES)
    assert order.lines.count() == 2
    assert [change.event for change in history_of(order)] == ["open"]


def test_opening_one_twice_gives_the_same_order(cast: Cast, world: World) -> None:
    application = approved(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff)
    first = actions.open_order(application.pk, now=NOW)
    assert first == actions.open_order(application.pk, now=NOW)
    assert Order.objects.count() == 1


def test_opens_nothing_while_the_time_of_payment_is_not_announced(cast: Cast, world: World) -> None:
    application = approved(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff)
    Window.objects.filter(kind=WindowKind.PAYMENT).delete()
    assert actions.open_order(application.pk, now=NOW) is None
    assert actions.open_orders(now=NOW) == 0
    (journey,) = queries.journeys_of(cast.lin.candidate)
    assert journey.step is NextStep.AWAIT_ORDER


def test_opens_nothing_for_what_is_not_approved(cast: Cast, world: World) -> None:
    assert actions.open_order(submitted(cast.lin.candidate, site=world.first).pk, now=NOW) is None


def test_an_extension_reaches_what_is_still_owed(cast: Cast, world: World) -> None:
    order = opened(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff)
    later = PAYMENT_CLOSES + timedelta(days=3)
    Window.objects.filter(kind=WindowKind.PAYMENT).update(closes=later)
    actions.open_orders(now=NOW)
    order.refresh_from_db()
    assert order.due_at == later
    assert actions.lapse_orders(now=PAYMENT_CLOSES) == 0
    assert pay(order, by=cast.gu.staff, now=PAYMENT_CLOSES).state == OrderState.PAID


# ---------------------------------------------------------------- paying


def test_takes_exactly_what_is_owed(cast: Cast, world: World) -> None:
    order = pay(opened(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff), by=cast.gu.staff)
    assert (order.state, order.paid_at) == (OrderState.PAID, NOW)
    assert queries.balance_of(LedgerAccount.CASH_COUNTER) == OWED_FEN
    assert queries.balance_of(LedgerAccount.RECEIVABLE, order=order) == 0
    assert list(queries.paid_applications(world.region)) == [order.application]
    (journey,) = queries.journeys_of(cast.lin.candidate)
    assert journey.step is NextStep.AWAIT_TICKET


def test_the_same_receipt_again_changes_nothing(cast: Cast, world: World) -> None:
    order = opened(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff)
    for reference in ("no 0001", "ＮＯ0001", "NO0001"):
        assert pay(order, by=cast.gu.staff, reference=reference).state == OrderState.PAID
    assert PaymentEvent.objects.count() == 1
    assert LedgerLine.objects.count() == 4


@pytest.mark.parametrize("fen", [OWED_FEN - 1, OWED_FEN + 1, 0, OWED_FEN * 100])
def test_refuses_another_sum_and_keeps_nothing_of_it(cast: Cast, world: World, fen: int) -> None:
    order = opened(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff)
    with pytest.raises(AmountMismatch):
        pay(order, by=cast.gu.staff, fen=fen)
    order.refresh_from_db()
    assert order.state == OrderState.OWED
    assert PaymentEvent.objects.count() == 0


def test_refuses_a_second_receipt_for_what_is_paid(cast: Cast, world: World) -> None:
    order = pay(opened(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff), by=cast.gu.staff)
    with pytest.raises(OrderAlreadyPaid) as refused:
        pay(order, by=cast.gu.staff, reference="NO0002")
    assert refused.value.fields["reference"] == "NO0001"


def test_refuses_a_receipt_that_paid_something_else(cast: Cast, world: World) -> None:
    first = pay(opened(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff), by=cast.gu.staff)
    second = opened(cast.zhao.candidate, site=world.first, reviewer=cast.zhou.staff)
    with pytest.raises(ReceiptUsed) as refused:
        pay(second, by=cast.gu.staff)
    assert refused.value.fields["number"] == first.number


def test_refuses_a_mistyped_number_and_an_order_out_of_scope(cast: Cast, world: World) -> None:
    order = opened(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff)
    wrong = order.number[:-1] + str((int(order.number[-1]) + 1) % 10)
    with pytest.raises(OrderNumberMistyped):
        actions.take_counter_payment(order_number=wrong, reference="NO1", amount_fen=OWED_FEN, by=cast.gu.staff)
    for stranger in (cast.wu.staff, cast.zhou.staff, cast.zheng.staff):
        with pytest.raises((OrderNotFound, NotYours)):
            pay(order, by=stranger)


def test_the_deadline_counts_to_the_second(cast: Cast, world: World) -> None:
    order = opened(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff)
    with pytest.raises(WindowClosed):
        pay(order, by=cast.gu.staff, now=PAYMENT_CLOSES)
    assert pay(order, by=cast.gu.staff, now=LAST_SECOND).state == OrderState.PAID


def test_many_receipts_at_once_and_once_more(cast: Cast, world: World) -> None:
    orders = [
        opened(one, site=world.first, reviewer=cast.zhou.staff) for one in (cast.lin.candidate, cast.zhao.candidate)
    ]
    receipts = [CounterReceipt(order.number, f"NO{number}") for number, order in enumerate(orders)]
    assert actions.take_counter_payments(receipts, by=cast.gu.staff, read_clock=lambda: NOW) == 2
    assert actions.take_counter_payments(receipts, by=cast.gu.staff, read_clock=lambda: NOW) == 0
    assert queries.balance_of(LedgerAccount.CASH_COUNTER) == 2 * OWED_FEN


def test_one_bad_receipt_among_many_takes_none(cast: Cast, world: World) -> None:
    order = opened(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff)
    other = opened(cast.zhao.candidate, site=world.first, reviewer=cast.zhou.staff)
    good, twice = CounterReceipt(order.number, "NO1"), CounterReceipt(order.number, "NO2")
    shared = CounterReceipt(other.number, "NO1")
    for receipts, refusal in (([good, twice], OrderAlreadyPaid), ([good, shared], ReceiptUsed)):
        with pytest.raises(refusal):
            actions.take_counter_payments(receipts, by=cast.gu.staff, read_clock=lambda: NOW)
    with pytest.raises(WindowClosed):
        actions.take_counter_payments([good], by=cast.gu.staff, read_clock=lambda: PAYMENT_CLOSES)
    with pytest.raises(OrderNotFound):
        actions.take_counter_payments([good], by=cast.wu.staff, read_clock=lambda: NOW)
    assert PaymentEvent.objects.count() == 0


# ---------------------------------------------------------------- closing


def test_unpaid_at_the_deadline_counts_as_given_up(cast: Cast, world: World) -> None:
    unpaid = opened(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff)
    paid = pay(opened(cast.zhao.candidate, site=world.first, reviewer=cast.zhou.staff), by=cast.gu.staff)
    assert actions.lapse_orders(now=LAST_SECOND) == 0
    assert actions.lapse_orders(now=PAYMENT_CLOSES) == 1
    assert actions.lapse_orders(now=PAYMENT_CLOSES) == 0
    unpaid.refresh_from_db()
    paid.refresh_from_db()
    assert (unpaid.state, paid.state) == (OrderState.LAPSED, OrderState.PAID)
    assert Application.objects.get(order=unpaid).state == ApplicationState.LAPSED
    assert Application.objects.get(order=paid).state == ApplicationState.APPROVED
    assert Site.objects.get(pk=world.first.pk).taken == 1


def test_what_lapsed_is_not_paid_even_when_the_window_is_extended_afterwards(cast: Cast, world: World) -> None:
    order = opened(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff)
    actions.lapse_orders(now=PAYMENT_CLOSES)
    Window.objects.filter(kind=WindowKind.PAYMENT).update(closes=PAYMENT_CLOSES + timedelta(days=3))
    with pytest.raises(OrderNotPayable):
        pay(order, by=cast.gu.staff, now=PAYMENT_CLOSES)


def test_withdrawing_cancels_what_is_owed_and_frees_the_place(cast: Cast, world: World) -> None:
    order = opened(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff)
    actions.withdraw_and_cancel(application_id=order.application_id, by=cast.lin.candidate, now=NOW)
    order.refresh_from_db()
    assert order.state == OrderState.CANCELLED
    assert Application.objects.get().state == ApplicationState.WITHDRAWN
    assert Site.objects.get(pk=world.first.pk).taken == 0
    with pytest.raises(OrderNotPayable):
        pay(order, by=cast.gu.staff)


def test_withdraws_what_has_no_order_yet(cast: Cast, world: World) -> None:
    pk = submitted(cast.lin.candidate, site=world.first).pk
    withdrawn = actions.withdraw_and_cancel(application_id=pk, by=cast.lin.candidate, now=NOW)
    assert withdrawn.state == ApplicationState.WITHDRAWN
    with pytest.raises(IllegalTransition):
        actions.withdraw_and_cancel(application_id=pk, by=cast.lin.candidate, now=NOW)


def test_what_is_paid_is_not_withdrawn(cast: Cast, world: World) -> None:
    order = pay(opened(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff), by=cast.gu.staff)
    with pytest.raises(PaidNotWithdrawable):
        actions.withdraw_and_cancel(application_id=order.application_id, by=cast.lin.candidate, now=NOW)
    assert Application.objects.get().state == ApplicationState.APPROVED


def test_another_persons_order_does_not_exist(cast: Cast, world: World) -> None:
    order = opened(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff)
    assert queries.get_own_order(order.pk, by=cast.lin.candidate) == order
    with pytest.raises(OrderNotFound):
        queries.get_own_order(order.pk, by=cast.zhao.candidate)
    with pytest.raises(ApplicationNotFound):
        actions.withdraw_and_cancel(application_id=order.application_id, by=cast.zhao.candidate, now=NOW)


# ---------------------------------------------------------------- the counter's search and the day's list


def test_the_counter_finds_by_order_number_document_and_name(cast: Cast, world: World) -> None:
    order = opened(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff)
    opened(cast.zhao.candidate, site=world.first, reviewer=cast.zhou.staff)
    spaced = f"{order.number[:6]} {order.number[6:]}"
    for typed in (order.number, spaced, LIN_NUMBER, LIN_NUMBER.lower(), "林", "林晓"):
        (line,) = actions.orders_at_counter(typed, by=cast.gu.staff, now=NOW)
        assert line.order == order, typed
    assert actions.orders_at_counter("林", by=cast.wu.staff, now=NOW) == ()
    assert actions.orders_at_counter("王", by=cast.gu.staff, now=NOW) == ()
    with pytest.raises(OrderNumberMistyped):
        actions.orders_at_counter(order.number[:-1] + str((int(order.number[-1]) + 1) % 10), by=cast.gu.staff, now=NOW)


def test_looking_for_somebody_opens_their_order(cast: Cast, world: World) -> None:
    approved(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff)
    (line,) = actions.orders_at_counter("林晓", by=cast.gu.staff, now=NOW)
    assert line.order is not None
    assert line.order.amount_fen == OWED_FEN


def test_the_days_list_holds_the_days_payments_and_their_sum(cast: Cast, world: World) -> None:
    pay(opened(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff), by=cast.gu.staff)
    tomorrow = NOW + timedelta(days=1)
    second = opened(cast.zhao.candidate, site=world.first, reviewer=cast.zhou.staff)
    pay(second, by=cast.gu.staff, reference="NO2", now=tomorrow)
    today = queries.takings_of(NOW.date(), by=cast.gu.staff)
    assert ([payment.reference for payment in today.payments], today.total_fen) == (["NO0001"], OWED_FEN)
    assert queries.takings_of(NOW.date(), by=cast.wu.staff).total_fen == 0
