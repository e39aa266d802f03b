"""Reads of room records. A room clerk holds the records of the regions, or of the sites, in their scope.

`results` reads who was absent and what was noted through the querysets at the end: only signed records count.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from jinbang.attendance import labels
from jinbang.attendance.errors import RecordNotFound, ViolationNotFound
from jinbang.attendance.models import Absence, RoomRecord, Violation
from jinbang.attendance.states import TRANSITIONS, RecordState
from jinbang.audit.queries import history_of
from jinbang.kernel.actors import SystemActor
from jinbang.kernel.states import events_from
from jinbang.people.queries import Staff, within
from jinbang.people.states import Role
from jinbang.seating.models import Seat
from jinbang.seating.queries import Happened, history_lines, seats_of
from jinbang.sittings.errors import RegionNotFound
from jinbang.sittings.models import ExamRegion, Site

Place = tuple[UUID, UUID]
"""A room and a session."""

Clerk = Staff | SystemActor
"""Who may keep room records: a room clerk where appointed, or the program itself (rehearsal, demo world)."""

_WHOLE = ("room__site__region__sitting__programme_version", "room__site__region__authority", "session")


# ---------------------------------------------------------------- the desk


@dataclass(frozen=True)
class RegionProgress:
    """An exam region on the clerk's list: how many of its records are signed."""

    region: ExamRegion
    records: int
    closed: int


def regions_of(by: Staff) -> tuple[RegionProgress, ...]:
    """Return the exam regions in which this person keeps records, latest first. Two queries."""
    regions = list(
        ExamRegion.objects.filter(_regions_within(by), is_held=True)
        .select_related("sitting", "authority")
        .distinct()
        .order_by("-sitting__first_day", "sitting__code", "authority__code")
    )
    counts = {
        region_id: (records, closed)
        for region_id, records, closed in _records_within(by)
        .filter(room__site__region__in=regions)
        .values_list("room__site__region_id")
        .annotate(records=Count("id"), closed=Count("id", filter=Q(state=RecordState.CLOSED.value)))
    }
    return tuple(RegionProgress(region, *counts.get(region.pk, (0, 0))) for region in regions)


def get_region(region_id: UUID, *, by: Clerk) -> ExamRegion:
    """Return an exam region in scope, as a whole or by one of its sites. Outside it, it does not exist. One query."""
    regions = ExamRegion.objects.select_related("sitting__programme_version", "authority")
    if not isinstance(by, SystemActor):
        regions = regions.filter(_regions_within(by)).distinct()
    region = regions.filter(pk=region_id).first()
    if region is None:
        raise RegionNotFound(authority_code="")
    return region


def is_seated(region: ExamRegion) -> bool:
    """Whether people have seats here: a record is opened for each room in which some do. One query."""
    return seats_of(region).exists()


@dataclass(frozen=True)
class SiteProgress:
    """A site in one session: how many of its rooms are signed off, and how many people were absent there."""

    site_id: UUID
    site: str
    session_id: UUID
    level: str
    subject: str
    starts: datetime
    ends: datetime
    records: int
    closed: int
    expected: int
    absent: int


def progress_of(region: ExamRegion, *, by: Staff) -> tuple[SiteProgress, ...]:
    """Return the progress of an exam region by session and site, within scope. Two queries."""
    programme = region.sitting.programme_version.programme
    absences = dict(
        Absence.objects.filter(record__in=_records_within(by).filter(room__site__region=region))
        .values_list("record_id")
        .annotate(Count("id"))
    )
    lines: dict[tuple[UUID, UUID], list[RoomRecord]] = {}
    for record in records_of(region, by=by):
        lines.setdefault((record.session_id, record.room.site_id), []).append(record)
    return tuple(
        SiteProgress(
            site_id=site_id,
            site=records[0].room.site.name,
            session_id=session_id,
            level=programme.level(records[0].session.level_code).name,
            subject=programme.subject(records[0].session.subject_code, level=records[0].session.level_code).name,
            starts=records[0].session.starts,
            ends=records[0].session.ends,
            records=len(records),
            closed=sum(record.state == RecordState.CLOSED for record in records),
            expected=sum(record.expected for record in records),
            absent=sum(absences.get(record.pk, 0) for record in records),
        )
        for (session_id, site_id), records in lines.items()
    )


def records_of(region: ExamRegion, *, by: Clerk) -> QuerySet[RoomRecord]:
    """Return the records of an exam region in scope, by time, site and room."""
    records = RoomRecord.objects.all() if isinstance(by, SystemActor) else _records_within(by)
    return (
        records.filter(room__site__region=region)
        .select_related("room__site", "session")
        .order_by("session__starts", "session__level_code", "room__site__code", "room__number")
    )


def records_to_close(by: Staff, *, now: datetime) -> QuerySet[RoomRecord]:
    """Return the records in scope that wait to be signed off: their session is over."""
    return _records_within(by).filter(state=RecordState.OPEN.value, session__ends__lte=now)


def get_record(record_id: UUID, *, by: Clerk) -> RoomRecord:
    """Return a record in scope. Outside it, it does not exist. One query."""
    return _found(_scoped(by).filter(pk=record_id).select_related(*_WHOLE))


def lock_record(record_id: UUID, *, by: Clerk) -> RoomRecord:
    """Lock a record in scope until the transaction ends."""
    return _found(_scoped(by).filter(pk=record_id).select_related(*_WHOLE).select_for_update(of=("self",)))


def lock_records(places: Collection[Place], *, by: Clerk) -> dict[Place, RoomRecord]:
    """Lock the records of many rooms and sessions in scope, in one order of ids. Refuses one outside, or not opened."""
    rows = _scoped(by).filter(_among(places)).select_related("session").order_by("id")
    found = {(record.room_id, record.session_id): record for record in rows.select_for_update(of=("self",))}
    wanted = {place: found[place] for place in places if place in found}
    if len(wanted) != len(set(places)):
        raise RecordNotFound
    return wanted


def seat_ids_in(places: Collection[Place]) -> dict[Place, dict[int, UUID]]:
    """Return number → seat of many rooms and sessions. One query."""
    seats: dict[Place, dict[int, UUID]] = defaultdict(dict)
    rows = Seat.objects.filter(_among(places)).values_list("id", "number", "room_id", "session_id")
    for seat_id, number, room_id, session_id in rows:
        seats[room_id, session_id][number] = seat_id
    return seats


def _among(places: Collection[Place]) -> Q:
    """Filter by rooms and by sessions: a superset, of which the callers take what they asked for."""
    return Q(room__in={room for room, _ in places}, session__in={session for _, session in places})


def violations_untold(record: RoomRecord) -> list[Violation]:
    """Return the violations of a record whose people have not heard of them: it is signed off for the first time."""
    return [violation for violation in record.violations.order_by("id") if not history_of(violation).exists()]


@dataclass(frozen=True)
class SeatLine:
    """One seat of a record, with what was noted of it."""

    seat: Seat
    is_absent: bool
    violations: tuple[Violation, ...]


@dataclass(frozen=True)
class RecordPage:
    """Everything a record's page shows, and which of its buttons there are."""

    record: RoomRecord
    subject: str
    lines: tuple[SeatLine, ...]
    events: tuple[str, ...]
    is_begun: bool
    history: tuple[Happened, ...]

    @property
    def absent(self) -> int:
        """How many seats stayed empty."""
        return sum(line.is_absent for line in self.lines)

    @property
    def noted(self) -> tuple[SeatLine, ...]:
        """The seats of which a violation was noted."""
        return tuple(line for line in self.lines if line.violations)


def page_of(record: RoomRecord, *, now: datetime) -> RecordPage:
    """Return a record as its page shows it. Four queries."""
    session = record.session
    programme = record.room.site.region.sitting.programme_version.programme
    absent = set(record.absences.values_list("seat_id", flat=True))
    violations: dict[UUID, list[Violation]] = {}
    for violation in record.violations.order_by("noted_at", "id"):
        violations.setdefault(violation.seat_id, []).append(violation)
    return RecordPage(
        record=record,
        subject=programme.subject(session.subject_code, level=session.level_code).name,
        lines=tuple(SeatLine(seat, seat.pk in absent, tuple(violations.get(seat.pk, ()))) for seat in seats_in(record)),
        events=tuple(event.value for event in events_from(TRANSITIONS, RecordState(record.state))),
        is_begun=now >= session.starts,
        history=history_lines(history_of(record), labels.EVENTS),
    )


def seats_in(record: RoomRecord) -> QuerySet[Seat]:
    """Return the seats that a record is about, by number, with who was to sit there."""
    return (
        Seat.objects.filter(room=record.room_id, session=record.session_id)
        .select_related("ticket__application__person")
        .order_by("number")
    )


def get_violation(violation_id: UUID, *, record: RoomRecord) -> Violation:
    """Return a violation that this record notes."""
    violation = Violation.objects.filter(pk=violation_id, record=record).first()
    if violation is None:
        raise ViolationNotFound
    return violation


def rooms_in_use(region: ExamRegion) -> list[tuple[UUID, UUID, int]]:
    """Return every room and session with seats, and how many. One query."""
    rows = seats_of(region).values_list("room_id", "session_id").annotate(expected=Count("id"))
    return [(room_id, session_id, expected) for room_id, session_id, expected in rows]


def _found(records: QuerySet[RoomRecord]) -> RoomRecord:
    record = records.first()
    if record is None:
        raise RecordNotFound
    return record


def _scoped(by: Clerk) -> QuerySet[RoomRecord]:
    return RoomRecord.objects.all() if isinstance(by, SystemActor) else _records_within(by)


def _records_within(by: Staff) -> QuerySet[RoomRecord]:
    return RoomRecord.objects.filter(
        within(by, Role.ROOM_CLERK, path_field="room__site__region__authority__path")
        | within(by, Role.ROOM_CLERK, path_field="room__site__authority__path")
    )


def _regions_within(by: Staff) -> Q:
    here = within(by, Role.ROOM_CLERK, path_field="authority__path")
    sites = Site.objects.filter(within(by, Role.ROOM_CLERK, path_field="authority__path"))
    return here | Q(pk__in=sites.values("region_id"))


# ---------------------------------------------------------------- for later phases


def absences_in(region: ExamRegion) -> QuerySet[Absence]:
    """Return who was absent according to signed records."""
    return Absence.objects.filter(record__room__site__region=region, record__state=RecordState.CLOSED.value)


def violations_in(region: ExamRegion) -> QuerySet[Violation]:
    """Return what was noted according to signed records."""
    return Violation.objects.filter(record__room__site__region=region, record__state=RecordState.CLOSED.value)


def open_records_in(region: ExamRegion) -> QuerySet[RoomRecord]:
    """Return the records that nobody has signed off yet: marks should wait for them."""
    return RoomRecord.objects.filter(room__site__region=region, state=RecordState.OPEN.value)


def exceptions_of(region: ExamRegion) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Return ticket number → subjects absent from, and ticket number → subjects with a violation. Two queries.

    According to signed records only.
    """
    absent: dict[str, set[str]] = defaultdict(set)
    noted: dict[str, set[str]] = defaultdict(set)
    for rows, found in ((absences_in(region), absent), (violations_in(region), noted)):
        for number, subject in rows.values_list("seat__ticket__number", "seat__session__subject_code"):
            found[number].add(subject)
    return absent, noted
