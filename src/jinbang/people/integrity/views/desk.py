"""The desk's list of integrity records, for auditors and reviewers within their scope; entering and lifting one."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from jinbang.audit.submission import submit_once
from jinbang.kernel import clock
from jinbang.kernel.errors import DomainError
from jinbang.kernel.identity import DocumentKind
from jinbang.people.audiences import desk_page
from jinbang.people.errors import NameDiffers
from jinbang.people.integrity import actions, labels, queries
from jinbang.people.integrity.actions import WrittenDecision
from jinbang.people.integrity.errors import (
    AlreadyLifted,
    AlreadyOnRecord,
    LiftedTooEarly,
    RecordEndsOtherwise,
    RecordHasNoEnd,
)
from jinbang.people.integrity.forms import DecisionForm, LiftingForm
from jinbang.people.queries import Staff
from jinbang.people.states import IntegrityGround, Role

ON_ONE_PAGE = 50


@require_safe
@desk_page(Role.AUDITOR, Role.REVIEWER)
def records(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Show what authorities in scope have entered, newest first, and what still counts."""
    page = Paginator(queries.records_in_scope(staff), ON_ONE_PAGE).get_page(request.GET.get("page"))
    lines = [
        (line, labels.ground_label(line.record.ground))
        for line in queries.lines_of(list(page.object_list), by=staff, on=clock.today())
    ]
    context = {"page": page, "lines": lines, "can_enter": Role.REVIEWER in staff.roles}
    return render(request, "people/desk/integrity_records.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(Role.REVIEWER)
def enter(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Enter what was decided in writing, from the paper."""
    authorities = queries.authorities_entering(staff)
    form = DecisionForm(request.POST if request.method == "POST" else None, authorities=authorities)
    refusal: DomainError | None = None
    if form.is_bound and form.is_valid():
        try:
            return redirect(_enter(request, staff, form))
        except NameDiffers:
            form.add_error("name", _("这个证件号码登记的是另一个姓名，请对照决定书和证件核对。"))
        except (AlreadyOnRecord, RecordEndsOtherwise, RecordHasNoEnd) as error:
            refusal = error
    context = {"form": form, "refusal": refusal}
    return render(request, "people/desk/integrity_enter.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(Role.REVIEWER)
def lift(request: HttpRequest, staff: Staff, record_id: UUID) -> HttpResponse:
    """Lift one record by a decision with a number."""
    record = queries.get_record(record_id, by=staff)
    form = LiftingForm(request.POST if request.method == "POST" else None)
    refusal: DomainError | None = None
    if form.is_bound and form.is_valid():
        try:
            return redirect(_lift(request, staff, record_id, form))
        except (AlreadyLifted, LiftedTooEarly) as error:
            refusal = error
    context = {"record": record, "ground": labels.ground_label(record.ground), "form": form, "refusal": refusal}
    return render(request, "people/desk/integrity_lift.html", context, status=422 if form.is_bound else 200)


def _enter(request: HttpRequest, staff: Staff, form: DecisionForm) -> str:
    typed = dict(form.cleaned_data)
    authority_id = UUID(typed.pop("authority"))
    kind, ground = DocumentKind(typed.pop("kind")), IntegrityGround(typed.pop("ground"))

    def act() -> str:
        decision = WrittenDecision(kind=kind, ground=ground, **typed)
        actions.enter_decision(decision=decision, authority_id=authority_id, by=staff, now=clock.now())
        messages.success(request, _("已登记。记录期内，这个人不适用告知承诺。"))
        return resolve_url("people:integrity_records")

    return submit_once(request, staff, action="people.enter_decision", act=act)


def _lift(request: HttpRequest, staff: Staff, record_id: UUID, form: LiftingForm) -> str:
    def act() -> str:
        actions.lift_integrity_record(
            record_id=record_id,
            document_number=form.cleaned_data["document_number"],
            lifted_on=form.cleaned_data["lifted_on"],
            by=staff,
            now=clock.now(),
        )
        messages.success(request, _("已登记撤销，这条记录自所填日期起不再计入。"))
        return resolve_url("people:integrity_records")

    return submit_once(request, staff, action=f"people.lift_record:{record_id}", act=act)
