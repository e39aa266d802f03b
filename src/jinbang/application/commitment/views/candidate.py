"""The candidate's pages: read and answer, and, once a commitment is being checked, show evidence and be heard."""

from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jinbang.application import queries as applications
from jinbang.application import steps
from jinbang.application.commitment import actions, labels, queries
from jinbang.application.commitment.actions.evidence import show_evidence
from jinbang.application.commitment.errors import CommitmentNotFound, CommitmentTextChanged, HearingClosed
from jinbang.application.commitment.facts import facts_of, find_commitment
from jinbang.application.commitment.forms import SIGN, AnswerForm, ScanForm, StatementForm
from jinbang.application.commitment.states import CommitmentState
from jinbang.application.commitment.text import CURRENT_COMMITMENT
from jinbang.application.evidence import UNREADABLE, CleanFile, clean_file
from jinbang.application.states import ApplicationState
from jinbang.audit.submission import submit_once
from jinbang.kernel import clock
from jinbang.kernel.errors import DomainError
from jinbang.people.audiences import candidate_page
from jinbang.people.queries import Candidate

if TYPE_CHECKING:
    from jinbang.application.models import Application

CORRECTABLE: Final = (CommitmentTextChanged,)


@require_http_methods(["GET", "HEAD", "POST"])
@candidate_page
def commitment(request: HttpRequest, candidate: Candidate, application_id: UUID) -> HttpResponse:
    """Show the wording with what it entails, and take the answer; once answered, show where it stands."""
    form = AnswerForm(request.POST if request.method == "POST" else None)
    refusal: DomainError | None = None
    if form.is_bound and form.is_valid():
        try:
            return redirect(_answer(request, candidate, application_id, form))
        except CORRECTABLE as error:
            refusal = error
    application = applications.get_own_application(application_id, by=candidate)
    context = {"text": CURRENT_COMMITMENT, "form": form, "refusal": refusal, **_answerable(application)}
    return render(request, "application/candidate/commitment.html", context, status=422 if form.is_bound else 200)


@require_safe
@candidate_page
def check(request: HttpRequest, candidate: Candidate, application_id: UUID) -> HttpResponse:
    """Show the check of one's commitment: what is asked for, what is charged, what was decided."""
    return _check_page(request, candidate, application_id)


@require_POST
@candidate_page
def evidence(request: HttpRequest, candidate: Candidate, application_id: UUID) -> HttpResponse:
    """Take a scanned paper for the check."""
    form = ScanForm(request.POST, request.FILES)
    refusal: DomainError | None = None
    if form.is_valid():
        try:
            return redirect(_show(request, candidate, application_id, clean_file(form.cleaned_data["scan"].read())))
        except UNREADABLE as error:
            refusal = error
    return _check_page(request, candidate, application_id, scan_form=form, refusal=refusal, status=422)


@require_POST
@candidate_page
def answer_charge(request: HttpRequest, candidate: Candidate, application_id: UUID) -> HttpResponse:
    """Take the answer to a charge."""
    form = StatementForm(request.POST)
    refusal: DomainError | None = None
    if form.is_valid():
        try:
            return redirect(_state(request, candidate, application_id, form.cleaned_data["statement"]))
        except HearingClosed as error:
            refusal = error
    return _check_page(request, candidate, application_id, statement_form=form, refusal=refusal, status=422)


def _answerable(application: "Application") -> dict[str, object]:
    facts = facts_of(application, today=clock.today())
    return {
        "application": application,
        "answered": find_commitment(application),
        "can_answer": ApplicationState(application.state).is_editable,
        "has_chosen": queries.has_chosen(application),
        "obstacle": labels.OBSTACLES[facts.obstacle] if facts.obstacle else "",
        **_standing(facts.state),
    }


def _standing(state: CommitmentState | None) -> dict[str, object]:
    if state is None:
        return {}
    return {
        "state": state,
        "state_label": labels.STATES[state],
        "state_colour": labels.COLOURS[state],
        "turn": labels.TURNS[state.whose_turn],
        "happens_next": labels.WHAT_HAPPENS_NEXT[state],
        "is_checked": queries.is_checked(state),
        "can_withdraw": state is CommitmentState.SIGNED,
    }


def _check_page(
    request: HttpRequest,
    candidate: Candidate,
    application_id: UUID,
    *,
    scan_form: ScanForm | None = None,
    statement_form: StatementForm | None = None,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    found = queries.find_own_check(application_id, by=candidate)
    if found is None or found.commitment.application is None:
        raise CommitmentNotFound
    context = {
        "application": found.commitment.application,
        "check": found,
        "shown": queries.evidence_of(found),
        "asked": queries.items_asked(found),
        "scan_form": scan_form or ScanForm(),
        "statement_form": statement_form or StatementForm(initial={"statement": found.statement}),
        "can_answer": queries.can_answer(found, now=clock.now()),
        "stage_label": labels.stage_label(found.stage),
        "refusal": refusal,
        **_standing(CommitmentState(found.commitment.state)),
    }
    return render(request, "application/candidate/commitment_check.html", context, status=status)


def _answer(request: HttpRequest, candidate: Candidate, application_id: UUID, form: AnswerForm) -> str:
    def act() -> str:
        if form.cleaned_data["answer"] == SIGN:
            actions.sign_commitment(
                application_id=application_id,
                text_version=form.cleaned_data["version"],
                by=candidate,
                now=clock.now(),
            )
            messages.success(request, _("告知承诺书已签署。"))
        else:
            actions.decline_commitment(application_id=application_id, by=candidate, now=clock.now())
        return steps.onwards(application_id, by=candidate)

    return submit_once(request, candidate, action=f"application.commitment:{application_id}", act=act)


def _show(request: HttpRequest, candidate: Candidate, application_id: UUID, file: CleanFile) -> str:
    def act() -> str:
        show_evidence(application_id=application_id, file=file, by=candidate, now=clock.now())
        messages.success(request, _("材料已收到。"))
        return resolve_url("application:commitment_check", application_id)

    body = {"scan": file.sha256}
    return submit_once(request, candidate, action=f"application.show_evidence:{application_id}", act=act, content=body)


def _state(request: HttpRequest, candidate: Candidate, application_id: UUID, statement: str) -> str:
    def act() -> str:
        actions.answer_charge(application_id=application_id, statement=statement, by=candidate, now=clock.now())
        messages.success(request, _("您的陈述申辩已收到，规定时间内可以修改。"))
        return resolve_url("application:commitment_check", application_id)

    return submit_once(request, candidate, action=f"application.answer_charge:{application_id}", act=act)
