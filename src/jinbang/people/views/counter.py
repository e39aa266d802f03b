"""The counter: somebody shows their document and gets a new telephone bound, by two members of staff."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from jinbang.audit.submission import submit_once
from jinbang.kernel import clock
from jinbang.kernel.errors import DomainError
from jinbang.kernel.identity import DocumentKind
from jinbang.people import labels, rebinding
from jinbang.people import profile as profiles
from jinbang.people.adapters import AccountAdapter
from jinbang.people.audiences import candidate_page, desk_page
from jinbang.people.errors import (
    CodeOver,
    CodesUsedUp,
    CodeTooSoon,
    CodeWrong,
    ContactTaken,
    NotIndependentHere,
    OriginalNotSeen,
    PersonNotFound,
    RebindingOpen,
)
from jinbang.people.forms import CodeForm
from jinbang.people.forms.record import CounterForm, RebindingForm
from jinbang.people.queries import Candidate, Staff
from jinbang.people.states import Role

AT_THE_COUNTER = "jinbang_at_the_counter"
methods = require_http_methods(["GET", "HEAD", "POST"])


@methods
@desk_page(Role.REGISTRAR)
def look_up(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Take the document on the counter, and show what is under way."""
    form, refusal = CounterForm(request.POST or None), None
    if form.is_bound and form.is_valid():
        kind = DocumentKind(form.cleaned_data["kind"])
        try:
            found = rebinding.find_at_counter(kind=kind, number=form.cleaned_data["number"], by=staff, now=clock.now())
            request.session[AT_THE_COUNTER] = {"person": str(found.pk), "kind": kind.value}
            return redirect("people:start_rebinding")
        except PersonNotFound as error:
            refusal = error
    under_way = [labels.Standing.of(row) for row in rebinding.open_rebindings(staff)]
    context = {"form": form, "refusal": refusal, "under_way": under_way}
    return render(request, "people/desk/counter.html", context, status=422 if form.is_bound else 200)


@methods
@desk_page(Role.REGISTRAR)
def start(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Show who it is, masked; take the new telephone and that the original was seen."""
    at_counter = request.session.get(AT_THE_COUNTER)
    if at_counter is None:
        return redirect("people:counter")
    visitor = profiles.visitor_of(UUID(at_counter["person"]))
    form, refusal = RebindingForm(request.POST or None), None
    if form.is_bound and form.is_valid():
        try:
            return redirect(_start(request, staff, visitor, form))
        except (OriginalNotSeen, CodeTooSoon, CodesUsedUp, ContactTaken, RebindingOpen) as error:
            refusal = error
    context = {"form": form, "refusal": refusal, "visitor": visitor, "kind": at_counter["kind"]}
    return render(request, "people/desk/start_rebinding.html", context, status=422 if form.is_bound else 200)


def _start(request: HttpRequest, staff: Staff, visitor: profiles.Visitor, form: RebindingForm) -> str:
    def act() -> str:
        begun = rebinding.start(
            person=visitor.person,
            phone=form.cleaned_data["phone"],
            kind=DocumentKind(request.session[AT_THE_COUNTER]["kind"]),
            is_seen=form.cleaned_data["is_seen"],
            network=AccountAdapter(request).get_client_ip(request),
            by=staff,
            now=clock.now(),
        )
        return resolve_url("people:rebinding", begun.pk)

    return submit_once(request, staff, action="people.start_rebinding", act=act)


@methods
@desk_page(Role.REGISTRAR)
def show(request: HttpRequest, staff: Staff, rebinding_id: UUID) -> HttpResponse:
    """Show where it stands; take the code that the new telephone has received."""
    row = rebinding.get_rebinding(rebinding_id, by=staff)
    form, refusal = CodeForm(request.POST or None), None
    if form.is_bound and form.is_valid():
        try:
            rebinding.prove(rebinding_id, form.cleaned_data["code"], by=staff, now=clock.now())
            return redirect("people:rebinding", rebinding_id)
        except (CodeWrong, CodeOver) as error:
            refusal = error
    return _shown(request, staff, row, form, refusal)


def _shown(
    request: HttpRequest,
    staff: Staff,
    row: Any,  # noqa: ANN401  # a rebinding: views import no models
    form: CodeForm,
    refusal: DomainError | None = None,
) -> HttpResponse:
    context = {"case": profiles.rebinding_case(row, by=staff), "form": form, "refusal": refusal}
    return render(request, "people/desk/rebinding.html", context, status=422 if form.is_bound or refusal else 200)


@require_POST
@desk_page(Role.REGISTRAR)
def confirm(request: HttpRequest, staff: Staff, rebinding_id: UUID) -> HttpResponse:
    """Bind the new telephone, as the second who has looked."""

    def act() -> str:
        rebinding.confirm(rebinding_id, by=staff, now=clock.now())
        messages.success(request, _("已换绑。请告诉本人用新手机收验证码登录，并重设密码。"))
        return resolve_url("people:counter")

    try:
        return redirect(submit_once(request, staff, action=f"people.confirm_rebinding:{rebinding_id}", act=act))
    except (NotIndependentHere, ContactTaken) as error:
        row = rebinding.get_rebinding(rebinding_id, by=staff)
        return _shown(request, staff, row, CodeForm(), error)


@require_POST
@desk_page(Role.REGISTRAR)
def stop(request: HttpRequest, staff: Staff, rebinding_id: UUID) -> HttpResponse:
    """Stop it at the counter."""

    def act() -> str:
        rebinding.stop(rebinding_id, by=staff, now=clock.now())
        messages.success(request, _("已停止，原来的手机不变。"))
        return resolve_url("people:counter")

    return redirect(submit_once(request, staff, action=f"people.stop_rebinding:{rebinding_id}", act=act))


@require_POST
@candidate_page
def stop_own(request: HttpRequest, candidate: Candidate, rebinding_id: UUID) -> HttpResponse:
    """Stop what somebody else began with one's document."""

    def act() -> str:
        rebinding.stop_own(rebinding_id, by=candidate, now=clock.now())
        messages.success(request, _("已停止换绑。请到报名点说明情况，并修改密码。"))
        return resolve_url("people:profile")

    return redirect(submit_once(request, candidate, action=f"people.stop_own:{rebinding_id}", act=act))
