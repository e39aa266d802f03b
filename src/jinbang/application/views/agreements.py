"""What an authority lays down for its desk: reviewers keep the listed reasons, planners the terms and the tiers."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from jinbang.application import actions, agreed, worklist
from jinbang.application.review_forms import PlanForm, ReasonForm, TermsForm
from jinbang.application.reviewing import ReasonKind, Terms
from jinbang.audit.submission import submit_once
from jinbang.kernel import clock
from jinbang.people.audiences import desk_page
from jinbang.people.queries import Staff
from jinbang.people.states import Role

if TYPE_CHECKING:
    from django import forms


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(Role.REVIEWER)
def reasons(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Show the reasons that the desk lists, and add one."""
    shown = agreed.reasons_page_of(staff)
    form = ReasonForm(request.POST if request.method == "POST" else None, choices=shown.choices)
    if form.is_bound and form.is_valid():
        return redirect(_list_reason(request, staff, form))
    context = {"shown": shown, "form": form}
    return render(request, "application/desk/reasons.html", context, status=422 if form.is_bound else 200)


@require_POST
@desk_page(Role.REVIEWER)
def unlist(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Take a reason off the list of one authority."""

    def act() -> str:
        actions.unlist_reason(
            authority_id=UUID(request.POST["authority"]),
            kind=ReasonKind(request.POST["kind"]),
            code=request.POST["code"],
            programme_code=request.POST.get("programme", ""),
            by=staff,
            now=clock.now(),
        )
        messages.success(request, _("已从列表中移除。"))
        return resolve_url("application:reasons")

    typed = request.POST
    is_whole = worklist.is_id(typed.get("authority", "")) and typed.get("kind") in set(ReasonKind) and "code" in typed
    if not is_whole:
        return redirect("application:reasons")  # no button of ours sends this: nothing is taken off
    return redirect(submit_once(request, staff, action="application.unlist", act=act))


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(Role.PLANNER)
def terms(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Show the terms in force at each authority, and lay down others from a day on."""
    shown = agreed.terms_page_of(staff, today=clock.today())
    form = TermsForm(request.POST if request.method == "POST" else None, authorities=shown.authorities)
    if form.is_bound and form.is_valid():
        return redirect(_lay_down_terms(request, staff, form))
    context = {"shown": shown, "form": form}
    return render(request, "application/desk/terms.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(Role.PLANNER)
def plan(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Show in which regions a second tier samples, and lay down another plan for one."""
    shown = agreed.plans_page_of(staff)
    form = PlanForm(request.POST if request.method == "POST" else None, regions=shown.choices)
    if form.is_bound and form.is_valid():
        return redirect(_plan_review(request, staff, form))
    context = {"shown": shown, "form": form}
    return render(request, "application/desk/plan.html", context, status=422 if form.is_bound else 200)


def _list_reason(request: HttpRequest, staff: Staff, form: "forms.Form") -> str:
    def act() -> str:
        typed = form.cleaned_data
        actions.list_reason(
            authority_id=UUID(typed["authority"]),
            kind=ReasonKind(typed["kind"]),
            text=typed["text"],
            programme_code=typed["programme"],
            by=staff,
            now=clock.now(),
        )
        messages.success(request, _("已加入列表。"))
        return resolve_url("application:reasons")

    return submit_once(request, staff, action="application.list_reason", act=act)


def _lay_down_terms(request: HttpRequest, staff: Staff, form: "forms.Form") -> str:
    def act() -> str:
        typed = form.cleaned_data
        actions.lay_down_terms(
            authority_id=UUID(typed["authority"]),
            terms=Terms(typed["lease_minutes"], typed["appeal_working_days"]),
            starts_on=typed["starts_on"],
            by=staff,
            now=clock.now(),
        )
        messages.success(request, _("已保存，从生效日期起执行。"))
        return resolve_url("application:terms")

    return submit_once(request, staff, action="application.terms", act=act)


def _plan_review(request: HttpRequest, staff: Staff, form: "forms.Form") -> str:
    def act() -> str:
        typed = form.cleaned_data
        actions.plan_review(
            region_id=UUID(typed["region"]),
            tiers=int(typed["tiers"]),
            sample_percent=typed["sample_percent"],
            by=staff,
            now=clock.now(),
        )
        messages.success(request, _("已保存。抽查种子的摘要已经公布。"))
        return resolve_url("application:plan")

    return submit_once(request, staff, action="application.plan", act=act)
