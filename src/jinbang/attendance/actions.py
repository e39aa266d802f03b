"""Writes of the attendance phase: open the records, note who stayed away and what was seen, sign off, reopen.

What is entered comes from the signed paper. Only a closed record counts for the results.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from jinbang.attendance import queries, rules
from jinbang.attendance.errors import NoSeatsDrawn
from jinbang.attendance.models import Absence, RoomRecord, Violation
from jinbang.attendance.queries import Clerk
from jinbang.attendance.states import Article, RecordEvent, RecordState
from jinbang.audit import actions as audit

ROWS_AT_ONCE: Final = 2_000
RECORDS_AT_ONCE: Final = 200
NOTED: Final = "note"
"""Happens to a violation when the record that holds it is signed off for the first time."""


# Step 7 of docs/cycles/examination.md.
@transaction.atomic
def open_room_records(*, region_id: UUID, by: Clerk, now: datetime) -> int:
    """Open a record for every room and session that has seats; return how many were added. Repeating adds none.

    Refuses an exam region whose seats are not drawn.
    """
    region = queries.get_region(region_id, by=by)
    rooms = queries.rooms_in_use(region)
    if not rooms:
        raise NoSeatsDrawn
    present = set(RoomRecord.objects.filter(room__site__region=region).values_list("room_id", "session_id"))
    missing = [
        RoomRecord(room_id=room_id, session_id=session_id, expected=expected)
        for room_id, session_id, expected in rooms
        if (room_id, session_id) not in present
    ]
    RoomRecord.objects.bulk_create(missing, batch_size=ROWS_AT_ONCE)
    if missing:
        audit.record(region, by=by, event="open_records", at=now, details={"added": len(missing)})
    return len(missing)


# Step 7 of docs/cycles/examination.md.
@transaction.atomic
def note_absences(*, record_id: UUID, seats: Collection[int], by: Clerk, now: datetime) -> RoomRecord:
    """Let exactly these seats count as empty: what was ticked before and is not now is taken back.

    Refuses a signed record, a session that has not begun, a seat nobody was to sit at, and one noted as violating.
    """
    record = _lock_open(record_id, by=by, now=now)
    present = {seat.number: seat for seat in queries.seats_in(record)}
    rules.require_seats(seats, present=present)
    violating = record.violations.values_list("seat__number", flat=True)
    rules.require_apart(absent=seats, violating=violating)
    wanted = {present[number].pk for number in seats}
    known = set(record.absences.values_list("seat_id", flat=True))
    record.absences.filter(seat_id__in=known - wanted).delete()
    Absence.objects.bulk_create([Absence(record=record, seat_id=seat, noted_at=now) for seat in wanted - known])
    record.absent = len(wanted)
    record.save(update_fields=("absent",))
    audit.record(record, by=by, event="note_absences", at=now, details={"seats": sorted(set(seats))})
    return record


# Step 7 of docs/cycles/examination.md.
@transaction.atomic
def note_violation(  # a violation is where, under which article, and what was seen
    *, record_id: UUID, seat: int, article: Article, facts: str, by: Clerk, now: datetime
) -> Violation:
    """Note what was seen at one seat. The facts stay in the record; the history names only seat and article."""
    record = _lock_open(record_id, by=by, now=now)
    facts = rules.require_facts(facts)
    present = {one.number: one for one in queries.seats_in(record)}
    rules.require_seats([seat], present=present)
    rules.require_apart(absent=record.absences.values_list("seat__number", flat=True), violating=[seat])
    violation = Violation.objects.create(
        record=record, seat=present[seat], article=article.value, facts=facts, noted_at=now
    )
    details = {"seat": seat, "article": article.value}
    audit.record(record, by=by, event="note_violation", at=now, details=details)
    return violation


@transaction.atomic
def remove_violation(*, record_id: UUID, violation_id: UUID, by: Clerk, now: datetime) -> RoomRecord:
    """Take back what was entered by mistake, while the record is open. That it was there stays in the history."""
    record = _lock_open(record_id, by=by, now=now)
    violation = queries.get_violation(violation_id, record=record)
    details = {"article": violation.article}
    violation.delete()
    audit.record(record, by=by, event="remove_violation", at=now, details=details)
    return record


# Step 8 of docs/cycles/examination.md.
@transaction.atomic
def close_record(*, record_id: UUID, by: Clerk, now: datetime) -> RoomRecord:
    """Sign a record off: from now on its absences and violations count, and the people concerned hear of them."""
    record = queries.lock_record(record_id, by=by)
    rules.require_begun(starts=record.session.starts, now=now)
    before = record.state
    record.move(RecordEvent.CLOSE)
    record.closed_at = now
    record.save(update_fields=("state", "closed_at"))
    audit.record(record, by=by, event=RecordEvent.CLOSE, at=now, from_state=before, details={"absent": record.absent})
    audit.record_many(queries.violations_untold(record), by=by, event=NOTED, at=now)
    return record


# Step 8 of docs/cycles/examination.md.
@transaction.atomic
def reopen_record(*, record_id: UUID, reason: str, by: Clerk, now: datetime) -> RoomRecord:
    """Open a signed record again, with a reason that stays in its history."""
    record = queries.lock_record(record_id, by=by)
    reason = rules.require_reason(reason)
    before = record.state
    record.move(RecordEvent.REOPEN)
    record.closed_at = None
    record.save(update_fields=("state", "closed_at"))
    audit.record(record, by=by, event=RecordEvent.REOPEN, at=now, from_state=before, reason=reason)
    return record


def _lock_open(record_id: UUID, *, by: Clerk, now: datetime) -> RoomRecord:
    record = queries.lock_record(record_id, by=by)
    rules.require_open(RecordState(record.state))
    rules.require_begun(starts=record.session.starts, now=now)
    return record


# ---------------------------------------------------------------- many at once


@dataclass(frozen=True)
class NotedViolation:
    """A violation as the paper says it. The facts are personal data and stay out of the representation."""

    seat: int
    article: Article | str
    facts: str = field(repr=False)


@dataclass(frozen=True)
class RoomEntry:
    """What the paper of one room in one session says."""

    room_id: UUID
    session_id: UUID
    absent: Collection[int] = ()
    violations: Sequence[NotedViolation] = ()

    @property
    def place(self) -> tuple[UUID, UUID]:
        """Room and session, which name the record."""
        return self.room_id, self.session_id


def enter_room_records(entries: Sequence[RoomEntry], *, by: Clerk, now: datetime) -> int:
    """Enter and sign off many open, empty records, under the rules of a single one; return how many.

    Two hundred to a transaction: what is refused leaves the earlier ones signed.
    """
    for start in range(0, len(entries), RECORDS_AT_ONCE):
        _enter(entries[start : start + RECORDS_AT_ONCE], by=by, now=now)
    return len(entries)


@transaction.atomic
def _enter(entries: Sequence[RoomEntry], *, by: Clerk, now: datetime) -> None:
    records = queries.lock_records([entry.place for entry in entries], by=by)
    seats = queries.seat_ids_in([entry.place for entry in entries])
    absences: list[Absence] = []
    violations: list[Violation] = []
    for entry in entries:
        record, present = records[entry.place], seats[entry.place]
        _require_entry(entry, record=record, present=present, now=now)
        absences += [Absence(record=record, seat_id=present[number], noted_at=now) for number in sorted(entry.absent)]
        violations += [
            Violation(
                record=record,
                seat_id=present[noted.seat],
                article=Article(noted.article).value,
                facts=rules.require_facts(noted.facts),
                noted_at=now,
            )
            for noted in entry.violations
        ]
        record.absent, record.closed_at = len(set(entry.absent)), now
        record.move(RecordEvent.CLOSE)
    Absence.objects.bulk_create(absences)
    Violation.objects.bulk_create(violations)
    RoomRecord.objects.bulk_update(records.values(), ("absent", "closed_at", "state"))
    audit.record_many(records.values(), by=by, event=RecordEvent.CLOSE, at=now, from_state=RecordState.OPEN)
    audit.record_many(violations, by=by, event=NOTED, at=now)


def _require_entry(entry: RoomEntry, *, record: RoomRecord, present: Mapping[int, UUID], now: datetime) -> None:
    violating = [noted.seat for noted in entry.violations]
    rules.require_open(RecordState(record.state))
    rules.require_begun(starts=record.session.starts, now=now)
    rules.require_seats([*entry.absent, *violating], present=present)
    rules.require_apart(absent=entry.absent, violating=violating)
