"""Stating diplomas, starting checks anew, settling by hand, and asking, which is the worker's: nobody waits for it."""

from datetime import datetime
from typing import Final
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction

from jinbang.audit import actions as audit
from jinbang.kernel.actors import SYSTEM, Actor
from jinbang.kernel.crypto import key_ring, seal
from jinbang.kernel.digests import Json
from jinbang.kernel.ids import new_id
from jinbang.people import queries as people
from jinbang.people.errors import ReasonMissing
from jinbang.people.models import Person
from jinbang.people.queries import Candidate, Staff
from jinbang.people.verification import queries, rules
from jinbang.people.verification.adapters import Question, VerificationProvider, VerificationUnavailable, provider
from jinbang.people.verification.errors import DiplomaStated
from jinbang.people.verification.models import Verification
from jinbang.people.verification.states import Reason, VerificationEvent, VerificationKind, VerificationState

OPENED_AT_ONCE: Final = 200
ASKED_AT_ONCE: Final = 20
BY_HAND: Final = "staff"
_ASKED: Final = ("state", "reason", "due_at", "attempts", "question", "asked_at", "checked_at", "checked_by")
log = structlog.get_logger(__name__)


# ---------------------------------------------------------------- what a candidate does
# Step 3 of docs/cycles/application.md.
@transaction.atomic
def state_diploma(*, kind: VerificationKind, number: str, school: str, by: Candidate, now: datetime) -> Verification:
    """Add a diploma or a degree to be checked. Refuses a sixth of its kind, and a number that stands already."""
    person = people.lock_person(by.require_person())
    stated = Verification.objects.filter(person=person, kind=kind.value).count()
    rules.require_room(kind, stated=stated)
    row = Verification(person=person, kind=kind.value, school=school, created_at=now)
    _write_evidence(row, number=number, now=now)
    _save(row, is_new=True)
    audit.record(row, by=by, event="diploma_stated", at=now, details={"kind": kind.value})
    return row


@transaction.atomic
def change_diploma(*, verification_id: UUID, number: str, school: str, by: Candidate, now: datetime) -> Verification:
    """Correct a diploma that is not verified yet; its check starts anew, and an answer on its way is dropped."""
    person = people.lock_person(by.require_person())
    row = queries.lock_own(person.pk, verification_id=verification_id)
    before = VerificationState(row.state)
    rules.require_editable(before)
    row.person, row.school = person, school
    _start_anew(row, number=number, now=now)
    _save(row, is_new=False)
    audit.record(row, by=by, event="diploma_changed", at=now, from_state=before)
    return row


@transaction.atomic
def restart_verifications(*, person_id: UUID, by: Actor, now: datetime) -> int:
    """Start every check of a person anew: what changes a name or a document calls this. Returns how many there are."""
    person = people.lock_person(person_id)
    rows = list(Verification.objects.select_for_update().filter(person=person))
    for row in rows:
        before, row.person = VerificationState(row.state), person
        _start_anew(row, number=None, now=now)
        row.save()
        audit.record(row, by=by, event=VerificationEvent.RENEW, at=now, from_state=before)
    return len(rows)


# ---------------------------------------------------------------- what a person at the desk does
# Step 3 of docs/cycles/application.md.
@transaction.atomic
def settle_verification(
    *, person_id: UUID, verification_id: UUID, verdict: VerificationEvent, words: str, by: Staff, now: datetime
) -> Verification:
    """Settle by hand what a register could not, from the originals: passed or failed, with words for the history.

    Whoever calls this has checked that the person stands in the reviewer's scope. Refuses without words, and a check
    that is not a person's to settle any more: it counts for the name, document and number of this instant.
    """
    if not words.strip():
        raise ReasonMissing
    row = queries.lock_own(people.lock_person(person_id).pk, verification_id=verification_id)
    before = VerificationState(row.state)
    rules.require_for_person(before)
    row.move(verdict)
    row.reason, row.checked_at, row.checked_by, row.basis = Reason.LOOKED_AT.value, now, BY_HAND, _basis(row)
    row.save(update_fields=("state", "reason", "checked_at", "checked_by", "basis"))
    details: dict[str, Json] = {"kind": row.kind, "by_hand": True}
    audit.record(row, by=by, event=verdict, at=now, from_state=before, reason=words.strip(), details=details)
    return row


# ---------------------------------------------------------------- what the worker does
def open_verifications(*, now: datetime) -> int:
    """Begin to check the real name of every candidate with an account. Returns how many were begun. Safe to repeat."""
    count = 0
    for person in queries.people_unchecked(limit=OPENED_AT_ONCE):
        row = Verification(person=person, kind=VerificationKind.REAL_NAME.value, created_at=now, due_at=now)
        row.basis = _basis(row)
        try:
            with transaction.atomic():
                row.save(force_insert=True)
                audit.record(row, by=SYSTEM, event="verification_begun", at=now)
        except IntegrityError:
            continue  # another worker was quicker
        count += 1
    return count


# Step 3 of docs/cycles/application.md.
def look_at_due(*, now: datetime, whom: VerificationProvider | None = None) -> int:
    """Ask about what is due, a few at a time, and write down what it came to. Returns how many were answered.

    The first that is not answered ends the round: a service that is down is not asked twenty times.
    """
    asked, answered = whom or provider(), 0
    for verification_id in queries.due(now, limit=ASKED_AT_ONCE):
        question = prepare_question(verification_id=verification_id, now=now)
        if question is None:
            continue
        try:
            verdict = asked.ask(question, now=now)
        except VerificationUnavailable as fault:
            log.warning("verification_unavailable", verification=str(verification_id), fault=str(fault))
            apply_silence(verification_id=verification_id, question_id=question.id, now=now)
            break
        answered += apply_verdict(
            verification_id=verification_id, question_id=question.id, verdict=verdict, by_whom=asked.name, now=now
        )
    return answered


@transaction.atomic
def prepare_question(*, verification_id: UUID, now: datetime) -> Question | None:
    """Write down that a check is being asked about, before it is. None when another worker has it.

    A question that was never answered keeps its id: whoever is asked can tell that it is the same.
    """
    row = Verification.objects.select_for_update().select_related("person").get(pk=verification_id)
    is_free = row.asked_at is None or row.asked_at <= now - rules.LEASE
    if VerificationState(row.state) is not VerificationState.NOT_CHECKED or not is_free:
        return None
    question_id = row.question or new_id()
    row.question, row.asked_at, row.basis = question_id, now, _basis(row)
    row.save(update_fields=("question", "asked_at", "basis"))
    return _question(row, question_id)


@transaction.atomic
def apply_verdict(
    *, verification_id: UUID, question_id: UUID, verdict: rules.Verdict, by_whom: str, now: datetime
) -> bool:
    """Take an answer into account, once: one to a question that is not open any more changes nothing."""
    row = _lock_asked(verification_id, question_id)
    if row is None:
        return False
    if row.basis != _basis(row):  # what was asked about has changed under way: the answer is about somebody else
        row.question, row.asked_at, row.due_at = None, None, now
        row.save(update_fields=_ASKED)
        return False
    row.checked_at, row.checked_by, row.question = now, by_whom, None
    _settle(row, rules.after_answer(verdict, now=now), now=now)
    return True


@transaction.atomic
def apply_silence(*, verification_id: UUID, question_id: UUID, now: datetime) -> bool:
    """Note that nobody answered: later again, at last a person. The question stays the same one."""
    row = _lock_asked(verification_id, question_id)
    if row is None:
        return False
    _settle(row, rules.after_silence(row.attempts, now=now), now=now)
    return True


def _lock_asked(verification_id: UUID, question_id: UUID) -> Verification | None:
    rows = Verification.objects.select_for_update().filter(pk=verification_id, question=question_id)
    return rows.filter(state=VerificationState.NOT_CHECKED.value).first()


def _settle(row: Verification, standing: rules.Standing, *, now: datetime) -> None:
    before = VerificationState(row.state)
    row.reason, row.due_at = standing.verdict.reason.value, standing.due_at
    row.attempts, row.asked_at = standing.attempts, None
    if standing.verdict.event is not None:
        row.question = None
        row.move(standing.verdict.event)
        details = {"kind": row.kind, "reason": row.reason}
        row.save(update_fields=_ASKED)
        audit.record(row, by=SYSTEM, event=standing.verdict.event, at=now, from_state=before, details=details)
        return
    row.save(update_fields=_ASKED)


# ---------------------------------------------------------------- rows
def _start_anew(row: Verification, *, number: str | None, now: datetime) -> None:
    """Forget every answer and every question on its way."""
    if VerificationState(row.state) is not VerificationState.NOT_CHECKED:
        row.move(VerificationEvent.RENEW)
    row.reason, row.attempts, row.question, row.asked_at = "", 0, None, None
    row.checked_at, row.checked_by, row.due_at = None, "", now
    if number is not None:
        _write_evidence(row, number=number, now=now)
    row.basis = _basis(row)


def _write_evidence(row: Verification, *, number: str, now: datetime) -> None:
    person = row.person
    place = people.place_of(row, "evidence_sealed")
    row.evidence_sealed = seal(bytes(person.wrapped_key), number.encode(), aad=place, ring=key_ring())
    row.evidence_index = queries.evidence_index(VerificationKind(row.kind), number=number)
    row.basis, row.due_at = _basis(row), now


def _save(row: Verification, *, is_new: bool) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=is_new)
    except IntegrityError as error:
        raise DiplomaStated from error


def _basis(row: Verification) -> str:
    document = people.get_document_of(row.person)
    return queries.basis_of(name=row.person.name, document=document.number_index, evidence=row.evidence_index)


def _question(row: Verification, question_id: UUID) -> Question:
    person: Person = row.person
    number = people.document_number_of(person)
    statement = rules.Statement(person.name, number.kind, number.number, sex=person.sex, born_on=person.born_on)
    diploma = queries.diploma_number_of(row)
    return Question(question_id, VerificationKind(row.kind), statement, diploma_number=diploma, school=row.school)
