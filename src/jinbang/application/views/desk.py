"""The reviewer's desk: the queue by deadline, taking the next case, deciding it, and the second look at a decision."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jinbang.application import actions, casefile, caseload, labels, queries, worklist
from jinbang.application.casefile import Line
from jinbang.application.errors import AlreadyDecided, CaseClaimed, LinesNotFine, NotIndependent
from jinbang.application.review_forms import CaseForm, DecisionForm, FilterForm, RevealForm, WordsForm, filters_in
from jinbang.application.reviewing import ReasonKind
from jinbang.application.states import ApplicationEvent
from jinbang.audit.submission import submit_once
from jinbang.kernel import clock
from jinbang.kernel.errors import DomainError
from jinbang.people.actions import reveal_document
from jinbang.people.audiences import desk_page
from jinbang.people.queries import Staff
from jinbang.people.states import Role

if TYPE_CHECKING:
    from jinbang.application.models import Application

ON_ONE_PAGE: Final = 50
Act = Callable[..., object]

SECOND_LOOKS: Final[Mapping[str, Act]] = {
    "confirm-refusal": actions.confirm_refusal,
    "confirm-approval": actions.confirm_approval,
    "send-back": actions.send_back,
    "uphold": actions.uphold_refusal,
    "reopen": actions.reopen_application,
}
SAYS_WHY: Final = frozenset({"send-back", "uphold", "reopen"})
OF_AN_APPEAL: Final = frozenset({"uphold", "reopen"})
SAID: Final[Mapping[str, str]] = {
    "confirm-refusal": ApplicationEvent.REFUSE.value,
    "confirm-approval": ApplicationEvent.APPROVE.value,
    "send-back": ApplicationEvent.SEND_BACK.value,
    "uphold": ApplicationEvent.UPHOLD.value,
    "reopen": ApplicationEvent.REOPEN.value,
}
REASON_OF: Final[Mapping[ApplicationEvent, ReasonKind]] = {
    ApplicationEvent.RETURN: ReasonKind.RETURN,
    ApplicationEvent.PROPOSE_REFUSAL: ReasonKind.REFUSE,
}
CAME_SECOND: Final = (AlreadyDecided, CaseClaimed, NotIndependent)


@require_safe
@desk_page(Role.REVIEWER)
def queue(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Show what waits for a reviewer, the earliest deadline first, narrowed as the address says."""
    now, filters = clock.now(), filters_in(request.GET.dict())
    cases = caseload.matching(filters, by=staff, now=now)
    page = Paginator(cases, ON_ONE_PAGE).get_page(request.GET.get("page"))
    holders = caseload.names_of(case.claimed_by_id for case in page.object_list)
    context = {
        "page": page,
        "lines": worklist.queue_rows(page.object_list, holders=holders, by=staff, now=now),
        "counts": worklist.queue_counts(staff, now=now),
        "filters": filters,
        "form": FilterForm(request.GET, choices=caseload.choices_for(staff)),
        "narrowed": request.GET.urlencode(),
    }
    return render(request, "application/desk/queue.html", context)


@require_POST
@desk_page(Role.REVIEWER)
def take_next(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Take the most urgent free case of the narrowed queue; from a case that is left undecided, the one behind it."""
    left = request.GET.get("after", "")
    after = queries.get_case(UUID(left), by=staff) if worklist.is_id(left) else None
    return redirect(_next_case(request, staff, after=after))


@require_safe
@desk_page(Role.REVIEWER)
def case(request: HttpRequest, staff: Staff, application_id: UUID) -> HttpResponse:
    """Show one case with everything that decides it."""
    return _case_page(request, staff, queries.get_case(application_id, by=staff))


@require_POST
@desk_page(Role.REVIEWER)
def hold(request: HttpRequest, staff: Staff, application_id: UUID, holds: bool) -> HttpResponse:  # noqa: FBT001  # Django passes by name
    """Take this case on one's table, or put it back."""
    act: Act = actions.claim_case if holds else actions.release_case
    try:
        act(application_id=application_id, by=staff, now=clock.now())
    except CaseClaimed as refusal:
        return _case_page(request, staff, queries.get_case(application_id, by=staff), refusal=refusal, status=409)
    return redirect(_address(request, application_id))


@require_POST
@desk_page(Role.REVIEWER)
def decide(
    request: HttpRequest, staff: Staff, application_id: UUID, event: ApplicationEvent | None = None
) -> HttpResponse:
    """Keep the checklist and, by the button pressed, decide and go on to the next case. Who comes second is told."""
    application = queries.get_case(application_id, by=staff)
    form = _case_form(application, casefile.checklist_of(queries.reading_of(application)), typed=request.POST)
    kind = REASON_OF.get(event) if event else None
    if not form.is_valid() or (kind and not form.require_words_for(kind)):
        return _case_page(request, staff, application, form=form, status=422)
    try:
        address = _decide(request, staff, application, event, form)
    except LinesNotFine as refusal:
        return _case_page(request, staff, application, form=form, refusal=refusal, status=422)
    except CAME_SECOND as refusal:
        return _second(request, staff, application, tried=str(event or "lines"), refusal=refusal)
    return redirect(_next_case(request, staff, after=application) if event else address)


@require_POST
@desk_page(Role.REVIEWER)
def look_again(request: HttpRequest, staff: Staff, application_id: UUID, look: str) -> HttpResponse:
    """Confirm what a colleague proposed or approved, send it back, or decide an appeal; then go on to the next case."""
    application = queries.get_case(application_id, by=staff)
    form = (WordsForm if look in SAYS_WHY else DecisionForm)(request.POST, auto_id="look_%s")
    if not form.is_valid():
        return _case_page(request, staff, application, words=form, status=422)
    try:
        _look_again(request, staff, application, look, form)
    except CAME_SECOND as refusal:
        return _second(request, staff, application, tried=look, refusal=refusal)
    return redirect(_next_case(request, staff, after=application))


@require_POST
@desk_page(Role.REVIEWER)
def document(request: HttpRequest, staff: Staff, application_id: UUID) -> HttpResponse:
    """Show the document number in full, once, after writing down who asked and why."""
    application = queries.get_case(application_id, by=staff)
    form = RevealForm(request.POST)
    if not form.is_valid():
        return _case_page(request, staff, application, reveal=form, status=422)
    number = reveal_document(
        person_id=application.person_id, by=staff, reason=form.cleaned_data["purpose"], now=clock.now()
    )
    return _case_page(request, staff, application, number=number.number)


# ---------------------------------------------------------------- the page


def _case_form(application: "Application", lines: Sequence[Line], *, typed: QueryDict | None = None) -> CaseForm:
    return CaseForm(
        typed,
        lines=lines,
        reasons=casefile.reasons_for(application),
        initial={"version": application.version},
    )


def _case_page(
    request: HttpRequest,
    staff: Staff,
    application: "Application",
    *,
    refusal: DomainError | None = None,
    status: int = 200,
    **forms: object,
) -> HttpResponse:
    file = casefile.open_case(application, by=staff, now=clock.now())
    first = {"version": application.version, "seen_at": file.seen_at}
    context = {
        "file": file,
        "application": application,
        "refusal": refusal,
        "narrowed": request.GET.urlencode(),
        "form": forms.get("form") or _case_form(application, file.lines),
        "look": DecisionForm(initial=first, auto_id="confirm_%s"),
        "words": forms.get("words") or WordsForm(initial=first, auto_id="look_%s"),
        "reveal": forms.get("reveal") or RevealForm(),
        "number": forms.get("number", ""),
    }
    return render(request, "application/desk/case.html", context, status=status)


def _second(
    request: HttpRequest, staff: Staff, application: "Application", *, tried: str, refusal: DomainError
) -> HttpResponse:
    """Show the winner's decision to whoever came second, whose attempt is written down too."""
    actions.note_lost_attempt(application_id=application.pk, tried=tried, by=staff, now=clock.now())
    return _case_page(request, staff, queries.get_case(application.pk, by=staff), refusal=refusal, status=409)


def _address(request: HttpRequest, application_id: UUID) -> str:
    query = request.GET.copy()
    query.pop("after", None)
    return resolve_url("application:case", application_id) + (f"?{query.urlencode()}" if query else "")


def _next_case(request: HttpRequest, staff: Staff, *, after: "Application | None") -> str:
    """Take the next case and return its address; the queue's, with a word, where there is none."""
    filters = filters_in(request.GET.dict())
    following = actions.claim_next_case(by=staff, now=clock.now(), filters=filters, after=after)
    if following is not None:
        return _address(request, following.pk)
    messages.info(request, _("没有可以领取的下一份了。"))
    return resolve_url("application:queue") + (f"?{request.GET.urlencode()}" if filters.is_narrow else "")


# ---------------------------------------------------------------- the deeds


def _decide(
    request: HttpRequest, staff: Staff, application: "Application", event: ApplicationEvent | None, form: CaseForm
) -> str:
    def act() -> str:
        seen = {"application_id": application.pk, "version": form.cleaned_data["version"]}
        if form.marks:
            actions.mark_lines(**seen, marks=form.marks, by=staff, now=clock.now())
        if event is None:
            messages.success(request, _("核对情况已保存。"))
        else:
            _act(event, form, by=staff, **seen)
            _say(request, application, event.value)
        return _address(request, application.pk)

    return submit_once(request, staff, action=f"application.{event or 'lines'}:{application.pk}", act=act)


def _act(event: ApplicationEvent, form: CaseForm, *, by: Staff, application_id: UUID, version: int) -> None:
    if event is ApplicationEvent.APPROVE:
        actions.approve_application(application_id=application_id, version=version, by=by, now=clock.now())
        return
    kind = REASON_OF[event]
    act: Act = actions.return_application if kind is ReasonKind.RETURN else actions.propose_refusal
    act(
        application_id=application_id,
        version=version,
        reason=form.reason(kind),
        reason_code=form.code(kind),
        by=by,
        now=clock.now(),
    )


def _look_again(request: HttpRequest, staff: Staff, application: "Application", look: str, form: DecisionForm) -> None:
    def act() -> str:
        told = {"reason": form.cleaned_data["words"]} if look in SAYS_WHY else {}
        seen = {} if look in OF_AN_APPEAL else {"seen_at": form.cleaned_data["seen_at"]}
        SECOND_LOOKS[look](
            application_id=application.pk,
            version=form.cleaned_data["version"],
            by=staff,
            now=clock.now(),
            **told,
            **seen,
        )
        _say(request, application, SAID[look])
        return _address(request, application.pk)

    submit_once(request, staff, action=f"application.{look}:{application.pk}", act=act)


def _say(request: HttpRequest, application: "Application", event: str) -> None:
    said = {"name": application.applicant_name, "decision": str(labels.EVENTS[event])}
    messages.success(request, _("%(name)s：%(decision)s。") % said)
