"""A candidate's pages about money: what is owed, by when and where; the receipt; and giving up what is not yet paid."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from jinbang.application import labels as application_labels
from jinbang.application.queries import get_own_application
from jinbang.application.states import ApplicationState
from jinbang.audit.submission import FIELD, body_of, perform_once
from jinbang.kernel import clock
from jinbang.payment import actions, commitments, labels, queries
from jinbang.payment.errors import NothingOwed
from jinbang.payment.forms import WithdrawCommitmentForm, WithdrawForm
from jinbang.payment.states import OrderState
from jinbang.people.audiences import candidate_page
from jinbang.people.queries import Candidate


@require_safe
@candidate_page
def order_of_application(_request: HttpRequest, candidate: Candidate, application_id: UUID) -> HttpResponse:
    """Lead to the order of an application, which is opened when nobody has looked for it yet."""
    application = get_own_application(application_id, by=candidate)
    order = actions.open_order(application.pk, now=clock.now())
    if order is None:
        raise NothingOwed
    return redirect("payment:order", order.pk)


@require_safe
@candidate_page
def order(request: HttpRequest, candidate: Candidate, order_id: UUID) -> HttpResponse:
    """Show what is owed, by when and where to pay; once paid, the receipt."""
    shown = queries.get_own_order(order_id, by=candidate)
    state = OrderState(shown.state)
    region = shown.application.region
    context = {
        "order": shown,
        "state": state,
        "state_label": labels.STATES[state],
        "state_colour": labels.COLOURS[state],
        "turn": labels.TURNS[state.whose_turn],
        "happens_next": labels.WHAT_HAPPENS_NEXT[state],
        "lines": queries.lines_of(shown),
        "window": queries.payment_window_of(region),
        "counters": queries.counters_of(region),
        "payment": queries.find_payment_of(shown),
    }
    return render(request, "payment/candidate/order.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@candidate_page
def withdraw(request: HttpRequest, candidate: Candidate, application_id: UUID) -> HttpResponse:
    """Ask once more, then withdraw and cancel what is owed. A second click is led where the first was."""
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        return redirect(_withdraw(request, candidate, application_id))
    application = get_own_application(application_id, by=candidate)
    queries.require_withdrawable(application)
    context = {
        "application": application,
        "state_label": application_labels.STATES[ApplicationState(application.state)],
        "form": form,
    }
    return render(request, "payment/candidate/withdraw.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@candidate_page
def withdraw_commitment(request: HttpRequest, candidate: Candidate, application_id: UUID) -> HttpResponse:
    """Ask once more, then withdraw the informed commitment; after payment it stands."""
    form = WithdrawCommitmentForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        return redirect(_withdraw_commitment(request, candidate, application_id))
    context = {"application": get_own_application(application_id, by=candidate), "form": form}
    return render(request, "payment/candidate/withdraw_commitment.html", context, status=422 if form.is_bound else 200)


def _withdraw_commitment(request: HttpRequest, candidate: Candidate, application_id: UUID) -> str:
    def act() -> str:
        commitments.withdraw_commitment_unpaid(application_id=application_id, by=candidate, now=clock.now())
        messages.success(request, _("告知承诺已撤回，请上传证明材料。"))
        return resolve_url("application:show", application_id)

    return perform_once(
        key=request.POST.get(FIELD, ""),
        account_id=candidate.account_id,
        action=f"payment.withdraw_commitment:{application_id}",
        body=body_of(request.POST),
        act=act,
    )


def _withdraw(request: HttpRequest, candidate: Candidate, application_id: UUID) -> str:
    def act() -> str:
        actions.withdraw_and_cancel(application_id=application_id, by=candidate, now=clock.now())
        messages.success(request, _("报名已撤回，所选考点的名额已释放。"))
        return resolve_url("application:show", application_id)

    return perform_once(
        key=request.POST.get(FIELD, ""),
        account_id=candidate.account_id,
        action=f"payment.withdraw:{application_id}",
        body=body_of(request.POST),
        act=act,
    )
