"""The candidate's own answer: sign, decline, and withdraw again while that is possible."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from jinbang.application import queries as applications
from jinbang.application import rules as application_rules
from jinbang.application.commitment import facts, queries, rules
from jinbang.application.commitment.errors import (
    CommitmentAnswered,
    CommitmentNotWithdrawable,
    CommitmentTextChanged,
    CommitmentTooEarly,
)
from jinbang.application.commitment.models import Commitment
from jinbang.application.commitment.states import CommitmentEvent, CommitmentState
from jinbang.application.commitment.text import CURRENT_COMMITMENT
from jinbang.application.models import Application, LineRequest
from jinbang.application.rules import EVIDENCE_LINE, Task
from jinbang.application.states import TRANSITIONS, ApplicationEvent, ApplicationState
from jinbang.audit import actions as audit
from jinbang.kernel.clock import SHANGHAI
from jinbang.people.queries import Candidate
from jinbang.sittings import queries as sittings
from jinbang.sittings.states import WindowKind

COMMITMENT_WITHDRAWN: Final = "commitment_withdrawn"


# Step 6 of docs/cycles/application.md.
@transaction.atomic
def sign_commitment(*, application_id: UUID, text_version: str, by: Candidate, now: datetime) -> Commitment:
    """Sign for one's own application. Keeps version and hash of the wording, and the instant.

    Refuses whoever cannot sign, another wording than the one in force, a second answer, and to answer before level,
    specialty and track are chosen: they decide who may sign.
    """
    if text_version != CURRENT_COMMITMENT.version:
        raise CommitmentTextChanged(version=CURRENT_COMMITMENT.version)
    application = _lock_editable(application_id, by=by, now=now)
    _require_available(application, now=now)
    return _answer(application, CommitmentEvent.SIGN, by=by, now=now)


# Step 6 of docs/cycles/application.md.
@transaction.atomic
def decline_commitment(*, application_id: UUID, by: Candidate, now: datetime) -> Commitment:
    """Decline: evidence and a check by hand instead, for this programme all year. Refuses a second answer."""
    application = _lock_editable(application_id, by=by, now=now)
    _require_available(application, now=now)
    return _answer(application, CommitmentEvent.DECLINE, by=by, now=now)


def _require_available(application: Application, *, now: datetime) -> None:
    rules.require_available(facts.facts_of(application, today=now.astimezone(SHANGHAI).date()).obstacle)


def _lock_editable(application_id: UUID, *, by: Candidate, now: datetime) -> Application:
    application = applications.lock_own_application(application_id, by=by)
    applications.require_may_edit(application, Task.COMMITMENT)
    applications.require_open_for(application, now=now)
    if not queries.has_chosen(application):
        raise CommitmentTooEarly
    answered = facts.find_commitment(application)
    if answered is not None:
        raise CommitmentAnswered(state=CommitmentState(answered.state))
    return application


def _answer(application: Application, event: CommitmentEvent, *, by: Candidate, now: datetime) -> Commitment:
    commitment = Commitment(
        person_id=application.person_id,
        application=application,
        programme_code=application.sitting.programme_version.programme.code,
        year=application.sitting.year,
        text_version=CURRENT_COMMITMENT.version,
        text_hash=CURRENT_COMMITMENT.sha256,
        answered_at=now,
    )
    commitment.move(event)
    try:
        with transaction.atomic():
            commitment.save(force_insert=True)
    except IntegrityError as error:
        raise CommitmentAnswered(state=CommitmentState(commitment.state)) from error
    audit.record(
        commitment,
        by=by,
        event=event,
        at=now,
        from_state=CommitmentState.OPEN,
        details={"text": CURRENT_COMMITMENT.version, "text_sha256": CURRENT_COMMITMENT.sha256},
    )
    return commitment


@transaction.atomic
def withdraw_commitment(*, application_id: UUID, by: Candidate, now: datetime) -> Commitment:
    """Withdraw one's commitment before the window closes. Whether the fee is paid, `payment` has looked at first.

    What was already submitted comes back to the candidate, with the lines of its evidence asked for.
    """
    application = applications.lock_own_application(application_id, by=by)
    commitment = queries.lock_own_commitment(application_id, by=by)
    state = CommitmentState(commitment.state)
    if state is not CommitmentState.SIGNED or not _can_send_back(ApplicationState(application.state)):
        raise CommitmentNotWithdrawable(state=state)
    kind = WindowKind.ON_SITE_APPLICATION if application.is_on_site else WindowKind.APPLICATION
    sittings.require_open(application.region, kind, now=now)
    commitment.move(CommitmentEvent.WITHDRAW)
    commitment.withdrawn_at = now
    commitment.save(update_fields=("state", "withdrawn_at"))
    audit.record(commitment, by=by, event=CommitmentEvent.WITHDRAW, at=now, from_state=state)
    _send_back(application, by=by, now=now)
    return commitment


def _can_send_back(state: ApplicationState) -> bool:
    return state.is_editable or (state, ApplicationEvent.ASK_EVIDENCE) in TRANSITIONS


def _send_back(application: Application, *, by: Candidate, now: datetime) -> None:
    """Return what was submitted: without the commitment it has to show its evidence."""
    before = ApplicationState(application.state)
    if before is ApplicationState.DRAFT:
        return
    if before is ApplicationState.RETURNED:
        _ask_for_evidence(application, besides=applications.line_requests_of(application))
        return
    application.move(ApplicationEvent.ASK_EVIDENCE)
    application.decided_at, application.reason = now, COMMITMENT_WITHDRAWN
    application.save(update_fields=("state", "decided_at", "reason"))
    _ask_for_evidence(application)
    audit.record(
        application, by=by, event=ApplicationEvent.ASK_EVIDENCE, at=now, from_state=before, reason=COMMITMENT_WITHDRAWN
    )


def _ask_for_evidence(application: Application, *, besides: Sequence[LineRequest] = ()) -> None:
    """Unlock every item of evidence beside what a return asks for; one that names no line has unlocked them all."""
    if application.state == ApplicationState.RETURNED and application.reason != COMMITMENT_WITHDRAWN and not besides:
        return
    needed = application_rules.evidence_items(
        applications.answers_of(application), applications.offer_of(application.sitting)
    )
    asked = {request.line for request in besides}
    LineRequest.objects.bulk_create(
        LineRequest(application=application, version=application.version, line=f"{EVIDENCE_LINE}{item}", words=item)
        for item in needed
        if f"{EVIDENCE_LINE}{item}" not in asked
    )
