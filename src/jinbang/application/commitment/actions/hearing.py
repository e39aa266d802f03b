"""Checking a commitment: evidence is asked for; it is upheld, or charged, heard and decided on by a second person."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from jinbang.application.actions.leave import free_places_of
from jinbang.application.commitment import queries, rules
from jinbang.application.commitment.errors import CommitmentNotFound
from jinbang.application.commitment.models import Commitment, CommitmentCheck
from jinbang.application.commitment.states import CommitmentEvent, CommitmentState, Ground, Stage
from jinbang.application.models import Application
from jinbang.application.states import TRANSITIONS, ApplicationEvent, ApplicationState
from jinbang.audit import actions as audit
from jinbang.kernel.actors import Actor
from jinbang.kernel.clock import SHANGHAI
from jinbang.people.integrity.actions import enter_integrity_record
from jinbang.people.queries import Candidate, Staff
from jinbang.people.states import IntegrityGround
from jinbang.sittings import queries as sittings
from jinbang.sittings import rules as sitting_rules

FALSE_COMMITMENT = "false_commitment"


def open_checks(commitments: Sequence[Commitment], *, ground: Ground, by: Actor, now: datetime) -> None:
    """Question these locked commitments: their applicants are asked for evidence. Inside the caller's transaction."""
    for commitment in commitments:
        before = commitment.state
        commitment.move(CommitmentEvent.QUESTION)
        commitment.save(update_fields=("state",))
        CommitmentCheck.objects.create(commitment=commitment, ground=ground.value, opened_at=now)
        audit.record(
            commitment,
            by=by,
            event=CommitmentEvent.QUESTION,
            at=now,
            from_state=before,
            details={"ground": ground.value},
        )


@transaction.atomic
def question_commitment(*, commitment_id: UUID, by: Staff, now: datetime) -> Commitment:
    """Question one commitment outside the lot, after a report. The reviewer's scope decides."""
    commitment = queries.lock_commitment(commitment_id, by=by)
    open_checks([commitment], ground=Ground.REPORT, by=by, now=now)
    return commitment


@transaction.atomic
def uphold_commitment(*, check_id: UUID, by: Staff, now: datetime) -> CommitmentCheck:
    """Find the commitment true. Of one that was charged, a second person says so."""
    check = queries.lock_check(check_id, by=by)
    commitment = queries.lock_commitment(check.commitment_id, by=by)
    if check.charged_by_id is not None and check.defence_until is not None:
        _require_second(check, by=by, now=now)
    _close(check, commitment, CommitmentEvent.UPHOLD, by=by, now=now)
    return check


@transaction.atomic
def charge_commitment(*, check_id: UUID, charge: str, by: Staff, now: datetime) -> CommitmentCheck:
    """Tell the candidate what is held to be false, on which grounds, and until when they may answer."""
    charge = rules.require_words(charge)
    check = queries.lock_check(check_id, by=by)
    commitment = queries.lock_commitment(check.commitment_id, by=by)
    before = commitment.state
    commitment.move(CommitmentEvent.CHARGE)
    commitment.save(update_fields=("state",))
    check.charge, check.charged_by_id = charge, by.account_id
    check.defence_until = sitting_rules.review_deadline(
        now,
        working_days=_application_of(commitment).sitting.programme_version.programme.application.defence_working_days,
        is_working=sittings.workday_calendar().is_working,
    )
    check.save(update_fields=("charge", "charged_by_id", "defence_until"))
    audit.record(commitment, by=by, event=CommitmentEvent.CHARGE, at=now, from_state=before)
    return check


@transaction.atomic
def answer_charge(*, application_id: UUID, statement: str, by: Candidate, now: datetime) -> CommitmentCheck:
    """Answer a charge (陈述和申辩) within its time; a later answer within it takes the place of the earlier one."""
    check = queries.lock_own_check(application_id, by=by)
    if check.defence_until is None:
        raise CommitmentNotFound
    rules.require_still_heard(now, until=check.defence_until)
    check.statement, check.stated_at = rules.require_words(statement), now
    check.save(update_fields=("statement", "stated_at"))
    audit.record(check.commitment, by=by, event="answer", at=now, from_state=check.commitment.state)
    return check


@transaction.atomic
def find_commitment_false(*, check_id: UUID, document_number: str, by: Staff, now: datetime) -> CommitmentCheck:
    """Decide, as the second person and after the hearing, that a commitment is false, by a decision with a number.

    Before the examination the application becomes void, its place is freed and its fee is kept; afterwards `results`
    finds the marks void. Either way the person is entered in the integrity record.
    """
    document_number = rules.require_words(document_number)
    check = queries.lock_check(check_id, by=by)
    commitment = queries.lock_commitment(check.commitment_id, by=by)
    _require_second(check, by=by, now=now)
    application = _application_of(commitment)
    check.stage = rules.stage_at(now, first_day=application.sitting.first_day).value
    check.document_number, check.decided_by_id = document_number, by.account_id
    _close(check, commitment, CommitmentEvent.FIND_FALSE, by=by, now=now)
    if check.stage == Stage.BEFORE_EXAMINATION:
        _void(application, by=by, now=now)
    enter_integrity_record(
        person_id=commitment.person_id,
        authority=application.region.authority,
        ground=IntegrityGround.FALSE_COMMITMENT,
        document_number=document_number,
        starts_on=now.astimezone(SHANGHAI).date(),
        by=by,
        now=now,
    )
    return check


def _require_second(check: CommitmentCheck, *, by: Staff, now: datetime) -> None:
    if check.charged_by_id is None or check.defence_until is None:
        raise CommitmentNotFound
    rules.require_decidable(
        now,
        charged_by_id=check.charged_by_id,
        decider_id=by.account_id,
        has_answered=check.stated_at is not None,
        until=check.defence_until,
    )
    check.decided_by_id = by.account_id


def _close(check: CommitmentCheck, commitment: Commitment, event: CommitmentEvent, *, by: Staff, now: datetime) -> None:
    before = CommitmentState(commitment.state)
    commitment.move(event)
    commitment.save(update_fields=("state",))
    check.closed_at, check.decided_by_id = now, by.account_id
    check.save()
    details = {"document_number": check.document_number, "stage": check.stage} if check.document_number else {}
    audit.record(commitment, by=by, event=event, at=now, from_state=before, details=details)


def _application_of(commitment: Commitment) -> Application:
    if commitment.application is None:
        raise CommitmentNotFound
    return commitment.application


def _void(application: Application, *, by: Staff, now: datetime) -> None:
    """Void what rests on a false commitment. What has ended otherwise meanwhile stays as it ended."""
    before = ApplicationState(application.state)
    if (before, ApplicationEvent.VOID) not in TRANSITIONS:
        return
    application.move(ApplicationEvent.VOID)
    application.decided_at, application.reason = now, FALSE_COMMITMENT
    application.save(update_fields=("state", "decided_at", "reason"))
    free_places_of((application,))
    audit.record(application, by=by, event=ApplicationEvent.VOID, at=now, from_state=before, reason=FALSE_COMMITMENT)
