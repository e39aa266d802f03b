"""The reviewer's desk: the queue by deadline, one case, and many cases approved together."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jinbang.application import actions, dossier, labels, photo_report, queries
from jinbang.application.actions import BulkApproval
from jinbang.application.errors import AlreadyDecided, NotIndependent
from jinbang.application.forms import DecisionForm, ReasonedDecisionForm, SelectionForm
from jinbang.application.labels import REFUSAL_REASONS, RETURN_REASONS
from jinbang.application.states import ApplicationEvent, ApplicationState
from jinbang.audit.submission import FIELD, body_of, perform_once
from jinbang.kernel import clock
from jinbang.kernel.errors import DomainError
from jinbang.people.audiences import desk_page
from jinbang.people.queries import Staff
from jinbang.people.states import Role

if TYPE_CHECKING:
    from jinbang.application.models import Application

ON_ONE_PAGE: Final = 50

Forms = dict[ApplicationEvent, DecisionForm]
Decide = Callable[..., object]

DECIDE: Final[Mapping[ApplicationEvent, Decide]] = {
    ApplicationEvent.APPROVE: actions.approve_application,
    ApplicationEvent.RETURN: actions.return_application,
    ApplicationEvent.REFUSE: actions.refuse_application,
}


@require_safe
@desk_page(Role.REVIEWER)
def queue(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Show what awaits review, the earliest deadline first."""
    page = Paginator(queries.applications_awaiting_review(staff), ON_ONE_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "lines": dossier.queue_lines(page.object_list, now=clock.now())}
    return render(request, "application/desk/queue.html", context)


@require_safe
@desk_page(Role.REVIEWER)
def case(request: HttpRequest, staff: Staff, application_id: UUID) -> HttpResponse:
    """Show one case with everything that decides it."""
    application = queries.get_case(application_id, by=staff)
    return _case_page(request, staff, application, _forms(application))


@require_POST
@desk_page(Role.REVIEWER)
def decide(request: HttpRequest, staff: Staff, application_id: UUID, event: ApplicationEvent) -> HttpResponse:
    """Decide one case and go on to the next. Whoever comes second sees what the first decided."""
    application = queries.get_case(application_id, by=staff)
    forms = _forms(application, posted=event, data=request.POST)
    if not forms[event].is_valid():
        return _case_page(request, staff, application, forms, status=422)
    try:
        return redirect(_decide(request, staff, application, event, forms[event]))
    except (AlreadyDecided, NotIndependent) as refusal:
        now_standing = queries.get_case(application_id, by=staff)
        return _case_page(request, staff, now_standing, _forms(now_standing), refusal=refusal, status=409)


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


def _forms(
    application: "Application", *, posted: ApplicationEvent | None = None, data: Mapping[str, Any] | None = None
) -> Forms:
    """Return the three forms of a case; the one that was sent keeps what was typed."""
    initial = {"version": application.version}

    def sent(event: ApplicationEvent) -> Mapping[str, Any] | None:
        return data if event is posted else None

    return {
        ApplicationEvent.APPROVE: DecisionForm(sent(ApplicationEvent.APPROVE), initial=initial, auto_id="approve_%s"),
        ApplicationEvent.RETURN: ReasonedDecisionForm(
            sent(ApplicationEvent.RETURN), reasons=RETURN_REASONS, initial=initial, auto_id="return_%s"
        ),
        ApplicationEvent.REFUSE: ReasonedDecisionForm(
            sent(ApplicationEvent.REFUSE), reasons=REFUSAL_REASONS, initial=initial, auto_id="refuse_%s"
        ),
    }


def _case_page(
    request: HttpRequest,
    staff: Staff,
    application: "Application",
    forms: Forms,
    *,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    state, now = ApplicationState(application.state), clock.now()
    context = {
        "application": application,
        "state_label": labels.STATES[state],
        "state_colour": labels.COLOURS[state],
        "can_decide": state is ApplicationState.SUBMITTED,
        "line": next(iter(dossier.queue_lines((application,), now=now)), None),
        "document": dossier.masked_document_of(application),
        "summary": dossier.summary_of(application),
        "verdict": dossier.verdict_of(application, now=now),
        "evidence": dossier.evidence_for(application),
        "photo": photo_report.photo_of_case(application, by=staff, now=now),
        "timeline": dossier.timeline_of(application, names_staff=True),
        "following": queries.find_next_case(staff, after=application),
        "approve_form": forms[ApplicationEvent.APPROVE],
        "return_form": forms[ApplicationEvent.RETURN],
        "refuse_form": forms[ApplicationEvent.REFUSE],
        "refusal": refusal,
    }
    return render(request, "application/desk/case.html", context, status=status)


def _decide(
    request: HttpRequest, staff: Staff, application: "Application", event: ApplicationEvent, form: DecisionForm
) -> str:
    def act() -> str:
        reason = {"reason": form.reason} if isinstance(form, ReasonedDecisionForm) else {}
        DECIDE[event](
            application_id=application.pk,
            version=form.cleaned_data["version"],
            by=staff,
            now=clock.now(),
            **reason,
        )
        following = queries.find_next_case(staff, after=application)
        messages.success(request, _("%(name)s：%(decision)s。") % _said(application, event))
        return resolve_url("application:case", following.pk) if following else resolve_url("application:queue")

    return perform_once(
        key=request.POST.get(FIELD, ""),
        account_id=staff.account_id,
        action=f"application.{event}:{application.pk}",
        body=body_of(request.POST),
        act=act,
    )


def _said(application: "Application", event: ApplicationEvent) -> dict[str, str]:
    return {"name": application.applicant_name, "decision": str(labels.EVENTS[event])}


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


def _report(request: HttpRequest, done: BulkApproval) -> None:
    """Say how many were approved and, where some were left, why that may be."""
    messages.success(request, _("已通过 %(count)s 份。") % {"count": len(done.approved)})
    if done.left:
        left = _("有 %(count)s 份没有通过：已由其他审核人员处理、内容有变动，或由您本人录入。请逐份查看。")
        messages.warning(request, left % {"count": len(done.left)})
