"""Writes of the payment phase: open what is owed, take what is paid, close what is not, all through the ledger.

One order of locks everywhere: the order, then its application, then the ledger. Whether the deadline has passed is
decided by the clock read after the lock is held, so that paying and lapsing never both happen.
"""

import secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from jinbang.application import actions as applications
from jinbang.application.models import Application
from jinbang.application.queries import get_own_application
from jinbang.application.states import ApplicationState
from jinbang.audit import actions as audit
from jinbang.kernel import clock
from jinbang.kernel.actors import SYSTEM, Actor
from jinbang.kernel.ids import new_id
from jinbang.payment import queries, rules
from jinbang.payment.errors import (
    ApplicationNotPayable,
    OrderAlreadyPaid,
    OrderNotFound,
    OrderNotPayable,
    PaidNotWithdrawable,
    ReceiptUsed,
)
from jinbang.payment.models import LedgerLine, Order, OrderLine, PaymentEvent
from jinbang.payment.rules import FeeLine, Posting
from jinbang.payment.states import OrderEvent, OrderState
from jinbang.people.queries import Candidate, Staff
from jinbang.sittings import queries as sittings
from jinbang.sittings.models import ExamRegion
from jinbang.sittings.states import WindowKind

OPENED: Final = "open"
UNPAID: Final = "unpaid"
IN_ONE_QUERY: Final = 500

Clock = Callable[[], datetime]


# ---------------------------------------------------------------- opening


# Step 9 of docs/cycles/application.md.
def open_orders(*, now: datetime, region: ExamRegion | None = None) -> int:
    """Open an order for everything approved that has none, in one region or in all. Returns how many. Safe to repeat.

    Regions whose time of payment is not announced yet wait. An extension of the window is carried over to what is
    still owed.
    """
    count = 0
    for one in [region] if region is not None else list(queries.regions_without_orders()):
        while opened := _open_some(one, now=now):
            count += opened
    for one in [region] if region is not None else list(queries.regions_with_owed_orders()):
        _carry_over_extension(one)
    return count


def open_order(application_id: UUID, *, now: datetime) -> Order | None:
    """Open the order of one approved application unless it is open; None where nothing is owed yet. Safe to repeat."""
    application = Application.objects.select_related("region__sitting").get(pk=application_id)
    _open_some(application.region, now=now, only=application_id)
    return queries.find_order_of(application)


def orders_at_counter(typed: str, *, by: Staff, now: datetime) -> tuple[queries.CounterLine, ...]:
    """Return what a counter looks for, in its scope, opening what is approved and not owed yet. Safe to repeat."""
    found = list(queries.applications_sought(typed, by=by))
    orders = queries.orders_of(found)
    for application in found:
        if application.pk not in orders and application.state == ApplicationState.APPROVED:
            _open_some(application.region, now=now, only=application.pk)
    orders = queries.orders_of(found)
    return tuple(queries.CounterLine(application, orders.get(application.pk)) for application in found)


@transaction.atomic
def _open_some(region: ExamRegion, *, now: datetime, only: UUID | None = None) -> int:
    """Open up to five hundred orders of one region in one transaction: nine queries."""
    window = queries.payment_window_of(region)
    if window is None:
        return 0
    waiting = Application.objects.filter(
        region=region, state=ApplicationState.APPROVED.value, order__isnull=True
    ).order_by("id")
    if only is not None:
        waiting = waiting.filter(pk=only)
    locked = list(waiting.select_for_update(of=("self",)).prefetch_related("subjects")[:IN_ONE_QUERY])
    # Whoever waited for the lock chose by what stood before the wait: what was opened meanwhile is seen only now.
    opened = set(Order.objects.filter(application__in=locked).values_list("application_id", flat=True))
    batch = [application for application in locked if application.pk not in opened]
    if not batch:
        return 0
    fees = sittings.fees_of(region)
    owed = {application.pk: _fees_of(application, fees) for application in batch}
    numbers = _new_numbers(len(batch), now=now)
    orders = [
        Order(
            number=number,
            application=application,
            amount_fen=rules.total(owed[application.pk]),
            due_at=window.closes,
            created_at=now,
        )
        for number, application in zip(numbers, batch, strict=True)
    ]
    Order.objects.bulk_create(orders)
    OrderLine.objects.bulk_create(
        OrderLine(order=order, subject_code=line.subject_code, fee_fen=line.fee_fen)
        for order in orders
        for line in owed[order.application_id]
    )
    _post(((order, rules.entry_for_opening(order.amount_fen)) for order in orders), at=now)
    audit.record_many(orders, by=SYSTEM, event=OPENED, at=now)
    return len(orders)


def _fees_of(application: Application, fees: Mapping[tuple[str, str], int]) -> tuple[FeeLine, ...]:
    codes = sorted(subject.subject_code for subject in application.subjects.all())
    return rules.fee_owed(level_code=application.level_code, subject_codes=codes, fees=fees)


def _new_numbers(count: int, *, now: datetime) -> list[str]:
    """Draw numbers that nobody has: random, so that one's own tells nothing about the others."""
    day = now.astimezone(clock.SHANGHAI).date()
    numbers: set[str] = set()
    while len(numbers) < count:
        drawn = {
            rules.order_number(day, secrets.randbelow(10**rules.SERIAL_DIGITS)) for _ in range(count - len(numbers))
        }
        numbers |= drawn - set(Order.objects.filter(number__in=drawn).values_list("number", flat=True))
    return sorted(numbers)


def _carry_over_extension(region: ExamRegion) -> None:
    window = queries.payment_window_of(region)
    if window is not None:
        owed = Order.objects.filter(application__region=region, state=OrderState.OWED.value)
        owed.exclude(due_at=window.closes).update(due_at=window.closes)


# ---------------------------------------------------------------- paying


@dataclass(frozen=True)
class PaymentWord:
    """What a gateway or a counter says: this reference paid this sum for this order."""

    gateway: str
    reference: str
    amount_fen: int


@dataclass(frozen=True)
class CounterReceipt:
    """One line of a counter's day: the order and the number of the receipt given out for exactly what it owes."""

    order_number: str
    reference: str


# Step 10 of docs/cycles/application.md.
@transaction.atomic
def take_counter_payment(
    *, order_number: str, reference: str, amount_fen: int, by: Staff, read_clock: Clock = clock.now
) -> Order:
    """Enter a fee taken at the counter. Entering the same receipt for the same order and sum again changes nothing.

    Refuses another sum than the one owed, a receipt used for something else, an order that lapsed or is paid, and any
    time outside the window of payment.
    """
    number = rules.normalise_order_number(order_number)
    word = PaymentWord(queries.COUNTER, rules.normalise_receipt(reference), amount_fen)
    order = queries.lock_order_by_number(number, by=by)
    return apply_payment_event(order, word, by=by, now=read_clock())


# Step 10 of docs/cycles/application.md.
@transaction.atomic
def apply_payment_event(order: Order, word: PaymentWord, *, by: Actor, now: datetime) -> Order:
    """Let one word about a locked order take effect exactly once. Every gateway's word comes through here."""
    if _was_heard(order, word):
        return order
    state = OrderState(order.state)
    if state is OrderState.PAID:
        paid_by = queries.find_payment_of(order)
        raise OrderAlreadyPaid(number=order.number, reference=paid_by.reference if paid_by else "")
    if state.is_final:
        raise OrderNotPayable(number=order.number, state=state)
    _require_approved(order)
    rules.require_amount(owed_fen=order.amount_fen, given_fen=word.amount_fen)
    sittings.require_open(order.application.region, WindowKind.PAYMENT, now=now)
    _hear(order, word, now=now)
    order.move(OrderEvent.PAY)
    order.paid_at = now
    order.save(update_fields=("state", "paid_at"))
    _post([(order, rules.entry_for_payment(order.amount_fen))], at=now)
    audit.record(
        order,
        by=by,
        event=OrderEvent.PAY,
        at=now,
        from_state=state,
        details={"gateway": word.gateway, "reference": word.reference, "amount_fen": word.amount_fen},
    )
    return order


def _was_heard(order: Order, word: PaymentWord) -> bool:
    """Whether this very word has been heard before. Refuses a reference that once said something else."""
    heard = PaymentEvent.objects.filter(gateway=word.gateway, reference=word.reference).select_related("order").first()
    if heard is None:
        return False
    if heard.order_id != order.pk or heard.amount_fen != word.amount_fen:
        raise ReceiptUsed(reference=word.reference, number=heard.order.number)
    return True


def _hear(order: Order, word: PaymentWord, *, now: datetime) -> None:
    """Keep the word as it came. The constraint decides between two orders that claim one receipt at one instant."""
    try:
        with transaction.atomic():
            PaymentEvent.objects.create(
                order=order, gateway=word.gateway, reference=word.reference, amount_fen=word.amount_fen, at=now
            )
    except IntegrityError as error:
        raise ReceiptUsed(reference=word.reference, number="") from error


# Step 10 of docs/cycles/application.md.
def take_counter_payments(receipts: Sequence[CounterReceipt], *, by: Staff, read_clock: Clock = clock.now) -> int:
    """Enter many counter payments, each of exactly what its order owes; all or none of each five hundred.

    Returns how many orders became paid; receipts entered before count as done. Refuses like `take_counter_payment`.
    """
    return sum(
        _take_some(receipts[start : start + IN_ONE_QUERY], by=by, read_clock=read_clock)
        for start in range(0, len(receipts), IN_ONE_QUERY)
    )


@transaction.atomic
def _take_some(receipts: Sequence[CounterReceipt], *, by: Staff, read_clock: Clock) -> int:
    """Lock, check and pay: nine queries, and two for each region."""
    numbers = [rules.normalise_order_number(receipt.order_number) for receipt in receipts]
    orders = queries.lock_orders(numbers, by=by)
    now = read_clock()
    references = [rules.normalise_receipt(receipt.reference) for receipt in receipts]
    heard = {
        event.reference: event
        for event in PaymentEvent.objects.filter(gateway=queries.COUNTER, reference__in=references)
    }
    paying: dict[UUID, tuple[Order, PaymentEvent]] = {}
    for number, reference in zip(numbers, references, strict=True):
        order = orders.get(number)
        if order is None:
            raise OrderNotFound
        before = heard.get(reference)
        if before is not None:
            if before.order_id != order.pk:
                raise ReceiptUsed(reference=reference, number=number)
            continue
        event = PaymentEvent(
            order=order, gateway=queries.COUNTER, reference=reference, amount_fen=order.amount_fen, at=now
        )
        _require_owed(order, paid_in_this_list=order.pk in paying)
        _require_approved(order)
        paying[order.pk], heard[reference] = (order, event), event
    _require_windows((order for order, _ in paying.values()), now=now)
    return _settle(tuple(paying.values()), by=by, now=now)


def _require_owed(order: Order, *, paid_in_this_list: bool) -> None:
    state = OrderState(order.state)
    if state is OrderState.PAID or paid_in_this_list:
        raise OrderAlreadyPaid(number=order.number, reference="")
    if state.is_final:
        raise OrderNotPayable(number=order.number, state=state)


def _require_approved(order: Order) -> None:
    """Refuse money for an application that has gone back to review, or has become void, since its order was opened."""
    state = ApplicationState(order.application.state)
    if state is not ApplicationState.APPROVED:
        raise ApplicationNotPayable(state=state)


def _require_windows(orders: Iterable[Order], *, now: datetime) -> None:
    regions = {order.application.region_id: order.application.region for order in orders}
    for region in regions.values():
        sittings.require_open(region, WindowKind.PAYMENT, now=now)


def _settle(paying: Collection[tuple[Order, PaymentEvent]], *, by: Staff, now: datetime) -> int:
    orders = [order for order, _ in paying]
    PaymentEvent.objects.bulk_create(event for _, event in paying)
    for order in orders:
        order.move(OrderEvent.PAY)
        order.paid_at = now
    Order.objects.filter(pk__in=[order.pk for order in orders]).update(state=OrderState.PAID.value, paid_at=now)
    _post(((order, rules.entry_for_payment(order.amount_fen)) for order in orders), at=now)
    audit.record_many(
        orders, by=by, event=OrderEvent.PAY, at=now, from_state=OrderState.OWED, details={"gateway": queries.COUNTER}
    )
    return len(orders)


# ---------------------------------------------------------------- closing what is unpaid


# Step 11 of docs/cycles/application.md.
def lapse_orders(*, now: datetime) -> int:
    """Let everything lapse that is unpaid when the window of its region has closed. Returns how many. Safe to repeat.

    The application lapses with the order and its place is freed: unpaid at the deadline counts as given up.
    """
    count = 0
    for region in queries.regions_with_owed_orders():
        while queries.is_over(queries.payment_window_of(region), now) and (lapsed := _lapse_some(region, now=now)):
            count += lapsed
    return count


@transaction.atomic
def _lapse_some(region: ExamRegion, *, now: datetime) -> int:
    owed = Order.objects.filter(application__region=region, state=OrderState.OWED.value).order_by("id")
    orders = list(owed.select_for_update(of=("self",))[:IN_ONE_QUERY])
    if orders:
        _close(orders, OrderEvent.LAPSE, by=SYSTEM, now=now)
        applications.lapse_applications([order.application_id for order in orders], now=now, reason=UNPAID)
    return len(orders)


# Step 11 of docs/cycles/application.md.
@transaction.atomic
def withdraw_and_cancel(*, application_id: UUID, by: Candidate, now: datetime) -> Application:
    """Withdraw one's own application and cancel what it owes. Refuses once it is paid: then nothing is refunded.

    The order is locked before the application, as everywhere; one opened in between is found after the lock.
    """
    application = get_own_application(application_id, by=by)
    _cancel_order_of(application, by=by, now=now)
    application = applications.withdraw_application(application_id=application_id, by=by, now=now)
    _cancel_order_of(application, by=by, now=now)
    return application


@transaction.atomic
def cancel_void_orders(*, now: datetime) -> int:
    """Cancel what is owed for applications that have become void; what was paid is kept. Safe to repeat."""
    owed = Order.objects.filter(application__state=ApplicationState.VOIDED.value, state=OrderState.OWED.value)
    orders = list(owed.order_by("id").select_for_update(of=("self",))[:IN_ONE_QUERY])
    if orders:
        _close(orders, OrderEvent.CANCEL, by=SYSTEM, now=now)
    return len(orders)


def _cancel_order_of(application: Application, *, by: Candidate, now: datetime) -> None:
    order = Order.objects.filter(application=application).select_for_update().first()
    if order is None or order.state == OrderState.CANCELLED:
        return
    if order.state == OrderState.PAID:
        raise PaidNotWithdrawable(number=order.number)
    _close([order], OrderEvent.CANCEL, by=by, now=now)


def _close(orders: Sequence[Order], event: OrderEvent, *, by: Actor, now: datetime) -> None:
    """Move owed orders to an unpaid end and take back what was booked."""
    for order in orders:
        order.move(event)
    Order.objects.filter(pk__in=[order.pk for order in orders]).update(state=orders[0].state)
    _post(((order, rules.entry_for_reversal(order.amount_fen)) for order in orders), at=now)
    audit.record_many(orders, by=by, event=event, at=now, from_state=OrderState.OWED)


# ---------------------------------------------------------------- the ledger


def _post(entries: Iterable[tuple[Order, tuple[Posting, ...]]], *, at: datetime) -> None:
    """Append entries to the ledger. One that does not add up to zero stops everything."""
    lines: list[LedgerLine] = []
    for order, postings in entries:
        rules.require_balanced(postings)
        entry_id = new_id()
        lines += [
            LedgerLine(
                entry_id=entry_id, order=order, account=posting.account.value, amount_fen=posting.amount_fen, at=at
            )
            for posting in postings
        ]
    LedgerLine.objects.bulk_create(lines)
