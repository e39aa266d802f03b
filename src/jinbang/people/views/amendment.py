"""Changing a name or a document on record: the candidate asks, a reviewer decides."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jinbang.audit.submission import submit_once
from jinbang.kernel import clock
from jinbang.kernel.identity import DocumentKind
from jinbang.people import amendments as requests
from jinbang.people import labels
from jinbang.people import profile as profiles
from jinbang.people.amendments import Wanted
from jinbang.people.audiences import candidate_page, desk_page
from jinbang.people.errors import AmendmentOpen, NothingToAmend, PaperUnreadable
from jinbang.people.forms.record import AmendmentForm, RefusalForm
from jinbang.people.queries import Candidate, Staff
from jinbang.people.states import Role

ON_ONE_PAGE = 50


# ---------------------------------------------------------------- the candidate
@require_safe
@candidate_page
def amendments(request: HttpRequest, candidate: Candidate) -> HttpResponse:
    """Show one's own requests, and where each stands."""
    found = [labels.Standing.of(row) for row in requests.amendments_of(candidate)]
    context = {"found": found, "may_ask": not any(one.is_open for one in found)}
    return render(request, "people/candidate/amendments.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@candidate_page
def ask(request: HttpRequest, candidate: Candidate) -> HttpResponse:
    """Ask for another name or document."""
    sent = request.method == "POST"
    form = AmendmentForm(
        request.POST if sent else None,
        request.FILES if sent else None,
        authorities=[(one.code, one.name) for one in requests.provinces()],
        initial={"name": candidate.name},
    )
    refusal = None
    if sent and form.is_valid():
        try:
            return redirect(_ask(request, candidate, form))
        except (NothingToAmend, AmendmentOpen, PaperUnreadable) as error:
            refusal = error
    context = {"form": form, "refusal": refusal, "profile": profiles.profile_of(candidate)}
    return render(request, "people/candidate/ask_amendment.html", context, status=422 if sent else 200)


def _ask(request: HttpRequest, candidate: Candidate, form: AmendmentForm) -> str:
    def act() -> str:
        wanted = Wanted(
            name=form.cleaned_data["name"],
            kind=DocumentKind(form.cleaned_data["kind"]),
            number=form.cleaned_data["number"],
            evidence=form.cleaned_data["evidence"].read(),
            authority_code=form.cleaned_data["authority"],
        )
        requests.request_amendment(wanted, by=candidate, now=clock.now())
        messages.success(request, _("申请已提交，两个工作日内会有审核结果。"))
        return resolve_url("people:amendments")

    return submit_once(request, candidate, action="people.ask_amendment", act=act)


@require_POST
@candidate_page
def withdraw(request: HttpRequest, candidate: Candidate, amendment_id: UUID) -> HttpResponse:
    """Take one's own request back."""

    def act() -> str:
        requests.withdraw_amendment(amendment_id, by=candidate, now=clock.now())
        messages.success(request, _("申请已撤回。"))
        return resolve_url("people:amendments")

    return redirect(submit_once(request, candidate, action=f"people.withdraw_amendment:{amendment_id}", act=act))


# ---------------------------------------------------------------- the reviewer
@require_safe
@desk_page(Role.REVIEWER)
def queue(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Show what awaits review, the earliest deadline first."""
    page = Paginator(requests.amendments_awaiting(staff), ON_ONE_PAGE).get_page(request.GET.get("page"))
    return render(request, "people/desk/amendments.html", {"page": page, "now": clock.now()})


@require_safe
@desk_page(Role.REVIEWER)
def case(request: HttpRequest, staff: Staff, amendment_id: UUID) -> HttpResponse:
    """Show one request: old and new side by side, the evidence, and the decision."""
    return _case(request, staff, amendment_id, RefusalForm())


def _case(request: HttpRequest, staff: Staff, amendment_id: UUID, form: RefusalForm) -> HttpResponse:
    amendment = requests.get_amendment(amendment_id, by=staff)
    context = {
        "standing": labels.Standing.of(amendment),
        "comparison": profiles.comparison_of(amendment),
        "form": form,
    }
    return render(request, "people/desk/amendment.html", context, status=422 if form.is_bound else 200)


@require_safe
@desk_page(Role.REVIEWER)
def evidence(_request: HttpRequest, staff: Staff, amendment_id: UUID) -> HttpResponse:
    """Serve the scan to a reviewer in whose scope it lies; that it was opened is written down first."""
    return HttpResponse(requests.open_evidence(amendment_id, by=staff, now=clock.now()), content_type="image/jpeg")


@require_POST
@desk_page(Role.REVIEWER)
def approve(request: HttpRequest, staff: Staff, amendment_id: UUID) -> HttpResponse:
    """Change the record as asked."""

    def act() -> str:
        requests.approve_amendment(amendment_id, by=staff, now=clock.now())
        messages.success(request, _("已变更，以前的报名、准考证和成绩保持原样。"))
        return resolve_url("people:amendment_queue")

    return redirect(submit_once(request, staff, action=f"people.approve_amendment:{amendment_id}", act=act))


@require_POST
@desk_page(Role.REVIEWER)
def refuse(request: HttpRequest, staff: Staff, amendment_id: UUID) -> HttpResponse:
    """Leave the record as it is, with a reason."""
    form = RefusalForm(request.POST)
    if not form.is_valid():
        return _case(request, staff, amendment_id, form)

    def act() -> str:
        requests.refuse_amendment(amendment_id, reason=form.cleaned_data["reason"], by=staff, now=clock.now())
        messages.success(request, _("已退回，考生会看到原因。"))
        return resolve_url("people:amendment_queue")

    return redirect(submit_once(request, staff, action=f"people.refuse_amendment:{amendment_id}", act=act))
