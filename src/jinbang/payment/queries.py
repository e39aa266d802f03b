"""Reads of orders and of the day's takings. A candidate holds their own orders, a bursar those in their scope.

`seating` asks here who has paid.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet, Sum
from django.utils.functional import Promise

from jinbang.application import labels as application_labels
from jinbang.application.models import Application
from jinbang.application.queries import applications_in_scope, applications_of
from jinbang.application.states import TRANSITIONS, ApplicationEvent, ApplicationState
from jinbang.audit import queries as audit
from jinbang.kernel.actors import ActorKind
from jinbang.kernel.identity import guess_kind
from jinbang.kernel.names import normalise_name
from jinbang.kernel.states import advance
from jinbang.kernel.workdays import end_of_day, start_of_day
from jinbang.payment import labels, rules
from jinbang.payment.errors import OrderNotFound, PaidNotWithdrawable
from jinbang.payment.models import LedgerLine, Order, PaymentEvent
from jinbang.payment.rules import NextStep
from jinbang.payment.states import LedgerAccount, OrderState
from jinbang.people.queries import Candidate, Staff, find_person_by_document
from jinbang.people.states import Role
from jinbang.sittings import queries as sittings
from jinbang.sittings.models import ExamRegion, Site, Window
from jinbang.sittings.states import WindowKind

COUNTER: Final = "counter"
FOUND_MAX: Final = 50

_WHOLE: Final = ("application__person", "application__region__authority", "application__sitting__programme_version")


# ---------------------------------------------------------------- the candidate's own


def get_own_order(order_id: UUID, *, by: Candidate) -> Order:
    """Return the candidate's own order. Another's does not exist for them."""
    order = Order.objects.filter(pk=order_id, application__in=applications_of(by)).select_related(*_WHOLE).first()
    if order is None:
        raise OrderNotFound
    return order


def find_order_of(application: Application) -> Order | None:
    """Return the order of an application somebody was already allowed to hold; None before it is opened."""
    return Order.objects.filter(application=application).select_related(*_WHOLE).first()


@dataclass(frozen=True)
class Journey:
    """One application of a candidate with its order and the one next step."""

    application: Application
    order: Order | None
    step: NextStep


def journeys_of(by: Candidate) -> tuple[Journey, ...]:
    """Return everything the candidate has applied for, newest first, each with its next step. Two queries."""
    applications = list(applications_of(by))
    orders = {order.application_id: order for order in Order.objects.filter(application__in=applications)}
    return tuple(
        Journey(application, order, step_of(application, order))
        for application in applications
        for order in (orders.get(application.pk),)
    )


def step_of(application: Application, order: Order | None) -> NextStep:
    """Return the next step of an application and its order."""
    return rules.next_step(ApplicationState(application.state), OrderState(order.state) if order else None)


@dataclass(frozen=True)
class Line:
    """One line of an order as it is read: the subject's name and its fee."""

    name: str
    fee_fen: int


def require_withdrawable(application: Application) -> None:
    """Refuse, before anybody is asked to confirm, what is paid or has come to its end."""
    order = find_order_of(application)
    if order is not None and order.state == OrderState.PAID:
        raise PaidNotWithdrawable(number=order.number)
    advance(TRANSITIONS, ApplicationState(application.state), ApplicationEvent.WITHDRAW)


def lines_of(order: Order) -> tuple[Line, ...]:
    """Return the lines of an order under the subjects' names, in the order of the timetable. One query."""
    application = order.application
    fees = dict(order.lines.values_list("subject_code", "fee_fen"))
    subjects = application.sitting.programme_version.programme.subjects_for(
        level=application.level_code, specialty=application.specialty_code or None, track=application.track_code
    )
    return tuple(Line(subject.name, fees[subject.code]) for subject in subjects if subject.code in fees)


def find_payment_of(order: Order) -> PaymentEvent | None:
    """Return the payment that settled an order, if it is paid."""
    return order.events.order_by("at", "id").first()


def counters_of(region: ExamRegion) -> QuerySet[Site]:
    """Return the registration points of a region, where fees are taken."""
    return Site.objects.filter(region=region, is_registration_point=True).order_by("code")


def payment_window_of(region: ExamRegion) -> Window | None:
    """Return the window of payment as it stands, extensions included."""
    return sittings.window_of(region, WindowKind.PAYMENT)


# ---------------------------------------------------------------- the bursar's desk


def orders_in_scope(by: Staff) -> QuerySet[Order]:
    """Return the orders of applications at or below a place where this person is bursar."""
    return Order.objects.filter(application__in=applications_in_scope(by, Role.BURSAR)).select_related(*_WHOLE)


def get_order(order_id: UUID, *, by: Staff) -> Order:
    """Return one order in the bursar's scope. Outside it, it does not exist."""
    order = orders_in_scope(by).filter(pk=order_id).first()
    if order is None:
        raise OrderNotFound
    return order


def lock_order_by_number(number: str, *, by: Staff) -> Order:
    """Lock one order in the bursar's scope until the transaction ends."""
    order = orders_in_scope(by).filter(number=number).select_for_update(of=("self",)).first()
    if order is None:
        raise OrderNotFound
    return order


def lock_orders(numbers: Iterable[str], *, by: Staff) -> dict[str, Order]:
    """Lock many orders in the bursar's scope, in one order of ids so that two of these never deadlock."""
    orders = orders_in_scope(by).filter(number__in=list(numbers)).order_by("id")
    orders = orders.select_related(None).select_related("application__region")  # no programme for each of hundreds
    return {order.number: order for order in orders.select_for_update(of=("self",))}


def applications_sought(typed: str, *, by: Staff) -> QuerySet[Application]:
    """Return the approved applications in scope that a counter looks for: by order number, document number or name.

    What has the shape of an order number is one, and refused when a digit is wrong; what has the shape of a document
    number is that; everything else is the beginning of a name.
    """
    scope = applications_in_scope(by, Role.BURSAR).exclude(
        state__in=[state.value for state in ApplicationState if state.is_editable or state.is_on_the_desk]
    )
    compact = "".join(typed.split()).replace("-", "")
    if rules.looks_like_order_number(compact):
        return scope.filter(order__number=rules.normalise_order_number(compact))
    kind = guess_kind(typed)
    if kind is not None:
        person = find_person_by_document(kind=kind, number=typed)
        return scope.filter(person=person) if person else scope.none()
    name = normalise_name(typed)
    return scope.filter(person__name__startswith=name).order_by("-id")[:FOUND_MAX] if name else scope.none()


@dataclass(frozen=True)
class CounterLine:
    """One application found at the counter, with its order where one could be opened."""

    application: Application
    order: Order | None

    @property
    def state_label(self) -> Promise:
        """The state of the order; without one, of the application."""
        if self.order is None:
            return application_labels.STATES[ApplicationState(self.application.state)]
        return labels.STATES[OrderState(self.order.state)]


@dataclass(frozen=True)
class TimelineLine:
    """One thing that happened to an order, in words."""

    at: datetime
    label: str
    by: str
    reason: str = ""


def timeline_of(order: Order) -> tuple[TimelineLine, ...]:
    """Return what happened to an order, oldest first, as the desk reads it. One query."""
    return tuple(
        TimelineLine(
            at=change.at,
            label=str(labels.EVENTS.get(change.event, change.event)),
            by=change.actor_name if change.actor_kind == ActorKind.STAFF else "",
        )
        for change in audit.history_of(order)
    )


def orders_of(applications: Iterable[Application]) -> dict[UUID, Order]:
    """Return the orders of these applications by the application's id. One query."""
    ids = [application.pk for application in applications]
    orders = Order.objects.filter(application_id__in=ids).select_related(*_WHOLE)
    return {order.application_id: order for order in orders}


@dataclass(frozen=True)
class DayOfTakings:
    """What was taken at counters on one day within a bursar's scope."""

    day: date
    payments: tuple[PaymentEvent, ...]
    total_fen: int


def takings_of(day: date, *, by: Staff) -> DayOfTakings:
    """Return the counter payments of a day in Asia/Shanghai, in the order they came, with their sum. One query."""
    payments = tuple(
        PaymentEvent.objects.filter(
            gateway=COUNTER, at__gte=start_of_day(day), at__lt=end_of_day(day), order__in=orders_in_scope(by)
        )
        .select_related("order__application__person", "order__application__sitting")
        .order_by("at", "id")
    )
    return DayOfTakings(day, payments, sum(payment.amount_fen for payment in payments))


# ---------------------------------------------------------------- for the ledger's own checks and later phases


def balance_of(account: LedgerAccount, *, order: Order | None = None) -> int:
    """Return the balance of an account, of one order or of all, in fen. One query."""
    lines = LedgerLine.objects.filter(account=account.value)
    if order is not None:
        lines = lines.filter(order=order)
    return int(lines.aggregate(balance=Sum("amount_fen"))["balance"] or 0)


def paid_applications(region: ExamRegion) -> QuerySet[Application]:
    """Return the approved and paid applications of a region: those who get a seat."""
    return Application.objects.filter(
        region=region, state=ApplicationState.APPROVED.value, order__state=OrderState.PAID.value
    )


def regions_without_orders() -> QuerySet[ExamRegion]:
    """Return the regions in which something approved has no order yet. One query."""
    waiting = Application.objects.filter(state=ApplicationState.APPROVED.value, order__isnull=True)
    return ExamRegion.objects.filter(pk__in=waiting.values("region_id")).select_related("sitting")


def regions_with_owed_orders() -> QuerySet[ExamRegion]:
    """Return the regions in which something is owed. One query."""
    owing = Order.objects.filter(state=OrderState.OWED.value)
    return ExamRegion.objects.filter(pk__in=owing.values("application__region_id")).select_related("sitting")


def is_over(window: Window | None, now: datetime) -> bool:
    """Whether the time of payment has passed; not while none is announced."""
    return window is not None and now >= window.closes
