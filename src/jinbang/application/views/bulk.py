"""Approving many cases together: those ticked, or all that match, always after the whole list has been shown."""

from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from jinbang.application import actions, caseload, dossier, queries, worklist
from jinbang.application.actions import BulkApproval
from jinbang.application.errors import ListChanged
from jinbang.application.review_forms import SelectionForm, filters_in
from jinbang.audit.submission import FIELD, body_of, perform_once
from jinbang.kernel import clock
from jinbang.kernel.errors import DomainError
from jinbang.people.audiences import desk_page
from jinbang.people.queries import Staff
from jinbang.people.states import Role


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(Role.REVIEWER)
def approve_selected(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Show the whole list of what was ticked, then approve it in one go."""
    versions = SelectionForm(request.POST if request.method == "POST" else request.GET).versions
    if request.method == "POST" and versions:
        return redirect(_approve_selected(request, staff, versions))
    cases = queries.cases_selected(versions, by=staff)
    context = {"lines": dossier.queue_lines(cases, now=clock.now()), "left_out": len(versions) - len(cases)}
    return render(request, "application/desk/approve_selected.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(Role.REVIEWER)
def approve_matching(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Show every case that matches the filters with the hash of the list, then begin to approve exactly that list."""
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            return redirect(_approve_matching(request, staff))
        except ListChanged as error:
            refusal = error
    listed = worklist.list_to_approve(filters_in(request.GET.dict()), by=staff, now=clock.now())
    context = {"listed": listed, "narrowed": request.GET.urlencode(), "refusal": refusal}
    return render(request, "application/desk/approve_matching.html", context, status=409 if refusal else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(Role.REVIEWER)
def run(request: HttpRequest, staff: Staff, run_id: UUID) -> HttpResponse:
    """Show how far a run of approvals has come; the worker carries it on, and so does the button."""
    found = caseload.get_run(run_id, by=staff)
    if request.method == "POST":
        actions.carry_on_run(run_id=found.pk, now=clock.now())
        return redirect("application:run", found.pk)
    left = worklist.cases_left(found, by=staff)
    return render(request, "application/desk/run.html", {"run": found, "total": len(found.cases), "left": left})


def _approve_selected(request: HttpRequest, staff: Staff, versions: Mapping[UUID, int]) -> str:
    def act() -> str:
        done = actions.approve_applications(tuple(versions), by=staff, now=clock.now(), versions=versions)
        _report(request, done)
        return resolve_url("application:queue")

    return perform_once(
        key=request.POST.get(FIELD, ""),
        account_id=staff.account_id,
        action="application.approve_selected",
        body=body_of(request.POST),
        act=act,
    )


def _approve_matching(request: HttpRequest, staff: Staff) -> str:
    def act() -> str:
        begun = actions.start_approval_run(
            filters=filters_in(request.GET.dict()),
            list_sha256=request.POST.get("list", ""),
            by=staff,
            now=clock.now(),
        )
        return resolve_url("application:run", begun.pk)

    return perform_once(
        key=request.POST.get(FIELD, ""),
        account_id=staff.account_id,
        action="application.approve_matching",
        body=body_of(request.POST),
        act=act,
    )


def _report(request: HttpRequest, done: BulkApproval) -> None:
    """Say how many were approved and, where some were left, why that may be."""
    messages.success(request, _("已通过 %(count)s 份。") % {"count": len(done.approved)})
    if done.sampled:
        messages.info(request, _("有 %(count)s 份初审通过后被抽中，等待上级确认。") % {"count": len(done.sampled)})
    if done.left:
        left = _("有 %(count)s 份没有通过：已由他人处理或领取、内容有变动、核对项有问题，或由您本人录入。请逐份查看。")
        messages.warning(request, left % {"count": len(done.left)})
