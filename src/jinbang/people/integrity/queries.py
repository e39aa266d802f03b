"""Reads of the integrity record. It counts wherever a person applies; the desk reads what its authorities entered."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from jinbang.people.integrity import rules
from jinbang.people.integrity.errors import IntegrityRecordNotFound
from jinbang.people.integrity.rules import Entry
from jinbang.people.models import Authority, IntegrityRecord
from jinbang.people.queries import Staff, within
from jinbang.people.states import Role

READERS = (Role.AUDITOR, Role.REVIEWER)
_WHOLE = ("person", "authority", "lifting")


def entry_of(record: IntegrityRecord) -> Entry:
    """Return what the rules ask about a record. One query where its lifting is not loaded."""
    lifting = getattr(record, "lifting", None)
    return Entry(record.starts_on, record.ends_on, lifting.lifted_on if lifting is not None else None)


def records_in_force(person_id: UUID, *, on: date) -> tuple[IntegrityRecord, ...]:
    """Return a person's records that count on a day, whoever entered them, oldest first. One query."""
    records = IntegrityRecord.objects.filter(person_id=person_id).select_related("authority", "lifting").order_by("id")
    return tuple(record for record in records if rules.is_in_force(entry_of(record), on=on))


def is_on_record(person_id: UUID, *, on: date) -> bool:
    """Whether any record of this person counts on a day. One query."""
    return bool(records_in_force(person_id, on=on))


def people_on_record(person_ids: Collection[UUID], *, on: date) -> frozenset[UUID]:
    """Return those of these persons of whom a record counts on a day. One query."""
    records = IntegrityRecord.objects.filter(person_id__in=person_ids).select_related("lifting")
    return frozenset(record.person_id for record in records if rules.is_in_force(entry_of(record), on=on))


def records_in_scope(by: Staff, *roles: Role) -> QuerySet[IntegrityRecord]:
    """Return what authorities at or below this person's places have entered, newest first. One query."""
    scope = within(by, *(roles or READERS), path_field="authority__path")
    return IntegrityRecord.objects.filter(scope).select_related(*_WHOLE).order_by("-id")


def authorities_entering(by: Staff) -> QuerySet[Authority]:
    """Return the authorities at which this person reviews, whose decisions they may enter. One query."""
    held = [one.authority_id for one in by.appointments if one.role is Role.REVIEWER]
    return Authority.objects.filter(pk__in=held).order_by("code")


def get_authority_entering(authority_id: UUID, *, by: Staff) -> Authority:
    """Return one of them. Another authority does not exist for whoever enters."""
    authority = authorities_entering(by).filter(pk=authority_id).first()
    if authority is None:
        raise IntegrityRecordNotFound
    return authority


def get_record(record_id: UUID, *, by: Staff) -> IntegrityRecord:
    """Return one record in scope. Another authority's does not exist for them."""
    return _one(records_in_scope(by).filter(pk=record_id))


def lock_record(record_id: UUID, *, by: Staff) -> IntegrityRecord:
    """Lock a record that this person, who reviews there, may lift."""
    return _one(records_in_scope(by, Role.REVIEWER).filter(pk=record_id).select_for_update(of=("self",)))


def _one(records: QuerySet[IntegrityRecord]) -> IntegrityRecord:
    record = records.first()
    if record is None:
        raise IntegrityRecordNotFound
    return record


@dataclass(frozen=True)
class RecordLine:
    """One record as the desk's list shows it."""

    record: IntegrityRecord
    counts: bool
    can_lift: bool


def lines_of(records: Collection[IntegrityRecord], *, by: Staff, on: date) -> tuple[RecordLine, ...]:
    """Return these records with whether each counts today and whether this reader may lift it. No query."""
    return tuple(
        RecordLine(
            record,
            counts=rules.is_in_force(entry_of(record), on=on),
            can_lift=entry_of(record).lifted_on is None and by.holds(Role.REVIEWER, record.authority.path),
        )
        for record in records
    )
