"""Entering somebody in the integrity record, and lifting a record. Both are rows; nothing is ever altered."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from jinbang.audit import actions as audit
from jinbang.kernel.actors import Actor
from jinbang.kernel.identity import DocumentKind
from jinbang.people.actions import register_person
from jinbang.people.errors import ReasonMissing
from jinbang.people.integrity import queries, rules
from jinbang.people.integrity.errors import AlreadyLifted, AlreadyOnRecord, LiftedTooEarly
from jinbang.people.models import Authority, IntegrityLifting, IntegrityRecord
from jinbang.people.queries import Staff
from jinbang.people.states import IntegrityGround

ENTERED = "integrity_entered"
LIFTED = "integrity_lifted"


@transaction.atomic
def enter_integrity_record(
    *,
    person_id: UUID,
    authority: Authority,
    ground: IntegrityGround,
    document_number: str,
    starts_on: date,
    by: Actor,
    now: datetime,
) -> IntegrityRecord:
    """Enter a person under a ground; how long it counts follows from the ground. Refuses the same decision twice.

    Whoever calls this has decided the case by two people already: this writes down what they decided.
    """
    if not document_number.strip():
        raise ReasonMissing
    try:
        with transaction.atomic():
            record = IntegrityRecord.objects.create(
                person_id=person_id,
                authority=authority,
                ground=ground.value,
                document_number=document_number.strip(),
                starts_on=starts_on,
                ends_on=rules.last_day_of(ground, starts_on=starts_on),
                recorded_at=now,
            )
    except IntegrityError as error:
        raise AlreadyOnRecord(document_number=document_number.strip()) from error
    audit.record(record, by=by, event=ENTERED, at=now, details=_details(record))
    return record


@dataclass(frozen=True)
class WrittenDecision:
    """What a written decision (处理决定书) says: about whom, on which ground, from when until when."""

    name: str = field(repr=False)
    kind: DocumentKind
    number: str = field(repr=False)
    ground: IntegrityGround
    document_number: str
    starts_on: date
    ends_on: date | None  # none for a long-term one


@transaction.atomic
def enter_decision(*, decision: WrittenDecision, authority_id: UUID, by: Staff, now: datetime) -> IntegrityRecord:
    """Enter, by hand, what an authority decided in writing, for the person whom the document names.

    The decision itself is not made here: facts, hearing and service (人社部令第31号) lie before it, so that one person
    writes it down. Somebody who never signed up is registered by it: the record counts from their first application.
    Refuses an authority at which this person does not review, another name than the one on record, and a period that
    its article does not give.
    """
    authority = queries.get_authority_entering(authority_id, by=by)
    rules.require_last_day(decision.ground, starts_on=decision.starts_on, ends_on=decision.ends_on)
    person = register_person(name=decision.name, kind=decision.kind, number=decision.number, by=by, now=now)
    return enter_integrity_record(
        person_id=person.pk,
        authority=authority,
        ground=decision.ground,
        document_number=decision.document_number,
        starts_on=decision.starts_on,
        by=by,
        now=now,
    )


@transaction.atomic
def lift_integrity_record(
    *, record_id: UUID, document_number: str, lifted_on: date, by: Staff, now: datetime
) -> IntegrityRecord:
    """Lift a record from a day on, by a decision with a number. Refuses a second time, and a day before its first."""
    record = queries.lock_record(record_id, by=by)
    if queries.entry_of(record).lifted_on is not None:
        raise AlreadyLifted
    if lifted_on < record.starts_on:
        raise LiftedTooEarly(starts_on=record.starts_on)
    IntegrityLifting.objects.create(
        record=record, document_number=document_number.strip(), lifted_on=lifted_on, recorded_at=now
    )
    details = {"document_number": document_number.strip(), "lifted_on": lifted_on.isoformat()}
    audit.record(record, by=by, event=LIFTED, at=now, details=details)
    return record


def lift_overturned_record(
    *, person_id: UUID, overturned: str, document_number: str, lifted_on: date, by: Actor, now: datetime
) -> IntegrityRecord | None:
    """Lift the record that a decision entered, where that decision itself was overturned; None where nothing stands.

    Part of overturning it, in its transaction: whoever calls this was let decide there. One that was lifted already
    stays lifted from the earlier day.
    """
    record = IntegrityRecord.objects.select_for_update().filter(person=person_id, document_number=overturned).first()
    if record is None or queries.entry_of(record).lifted_on is not None:
        return None
    IntegrityLifting.objects.create(
        record=record, document_number=document_number, lifted_on=lifted_on, recorded_at=now
    )
    details = {"document_number": document_number, "lifted_on": lifted_on.isoformat()}
    audit.record(record, by=by, event=LIFTED, at=now, details=details)
    return record


def _details(record: IntegrityRecord) -> dict[str, str]:
    return {
        "ground": record.ground,
        "document_number": record.document_number,
        "starts_on": record.starts_on.isoformat(),
        "ends_on": record.ends_on.isoformat() if record.ends_on else "",
    }
