"""The bursar's desk: find what somebody owes, take the fee, and the day's list with its sum."""

from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from jinbang.application.dossier import masked_document_of
from jinbang.audit.submission import FIELD, body_of, perform_once
from jinbang.kernel import clock
from jinbang.kernel.errors import DomainError
from jinbang.kernel.money import format_fen
from jinbang.payment import actions, labels, queries
from jinbang.payment import counter as counter_orders
from jinbang.payment.errors import (
    AmountMismatch,
    OrderAlreadyPaid,
    OrderNotPayable,
    OrderNumberMistyped,
    ReceiptUsed,
)
from jinbang.payment.forms import CounterPaymentForm, DayForm, SearchForm
from jinbang.payment.states import OrderState
from jinbang.people.audiences import desk_page
from jinbang.people.queries import Staff
from jinbang.people.states import Role
from jinbang.sittings.errors import WindowClosed

if TYPE_CHECKING:
    from jinbang.payment.models import Order

CORRECTABLE: Final = (AmountMismatch, OrderAlreadyPaid, OrderNotPayable, ReceiptUsed, WindowClosed)


@require_safe
@desk_page(Role.BURSAR)
def counter(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Find by order number, document number or name; what is approved and not yet owed is opened on the way."""
    form = SearchForm(request.GET or None)
    typed = form.cleaned_data["q"].strip() if form.is_valid() else ""
    refusal: DomainError | None = None
    found: tuple[queries.CounterLine, ...] = ()
    try:
        found = actions.orders_at_counter(typed, by=staff, now=clock.now()) if typed else ()
    except OrderNumberMistyped as error:
        refusal = error
    context = {"form": form, "typed": typed, "found": found, "refusal": refusal, "found_max": queries.FOUND_MAX}
    return render(request, "payment/desk/counter.html", context, status=422 if refusal else 200)


@require_safe
@desk_page(Role.BURSAR)
def order_at_counter(request: HttpRequest, staff: Staff, application_id: UUID) -> HttpResponse:
    """Lead from an application that was just approved on site to what it owes, opened on the way."""
    return redirect(
        "payment:desk_order", counter_orders.get_order_at_counter(application_id, by=staff, now=clock.now()).pk
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(Role.BURSAR)
def order(request: HttpRequest, staff: Staff, order_id: UUID) -> HttpResponse:
    """Show one order and take its fee."""
    shown = queries.get_order(order_id, by=staff)
    form = CounterPaymentForm(request.POST if request.method == "POST" else None)
    refusal: DomainError | None = None
    if form.is_bound and form.is_valid():
        try:
            return redirect(_take(request, staff, shown, form))
        except CORRECTABLE as error:
            refusal = error
            shown = queries.get_order(order_id, by=staff)
    context = {**_order_context(shown), "form": form, "refusal": refusal}
    return render(request, "payment/desk/order.html", context, status=422 if form.is_bound else 200)


@require_safe
@desk_page(Role.BURSAR)
def day(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Show what was taken on a day, receipt by receipt, with the sum."""
    form = DayForm(request.GET or None)
    takings = queries.takings_of(form.day_or(clock.today()), by=staff)
    return render(request, "payment/desk/day.html", {"form": form, "takings": takings})


def _order_context(shown: "Order") -> dict[str, object]:
    state = OrderState(shown.state)
    return {
        "order": shown,
        "can_take": not state.is_final,
        "state_label": labels.STATES[state],
        "state_colour": labels.COLOURS[state],
        "lines": queries.lines_of(shown),
        "document": masked_document_of(shown.application),
        "window": queries.payment_window_of(shown.application.region),
        "payment": queries.find_payment_of(shown),
        "timeline": queries.timeline_of(shown),
    }


def _take(request: HttpRequest, staff: Staff, shown: "Order", form: CounterPaymentForm) -> str:
    def act() -> str:
        paid = actions.take_counter_payment(
            order_number=shown.number,
            reference=form.cleaned_data["reference"],
            amount_fen=form.cleaned_data["amount"],
            by=staff,
        )
        said = {"name": shown.application.applicant_name, "amount": format_fen(paid.amount_fen)}
        messages.success(request, _("%(name)s 的 %(amount)s 已入账。") % said)
        return resolve_url("payment:desk_order", paid.pk)

    return perform_once(
        key=request.POST.get(FIELD, ""),
        account_id=staff.account_id,
        action=f"payment.take:{shown.pk}",
        body=body_of(request.POST),
        act=act,
    )
