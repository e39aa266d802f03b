"""Drawing up a roster: everybody who holds an admission ticket, with the subjects applied for; handing it out.

And correcting it, as long as the results are not sealed: one row after the other, each with its reason.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from jinbang.audit import actions as audit
from jinbang.catalogue.errors import ProgrammePartUnknown
from jinbang.kernel.digests import Json
from jinbang.people.queries import Staff
from jinbang.people.states import Role
from jinbang.results import queries, roster_rows
from jinbang.results.actions.marks import require_marks_taken
from jinbang.results.errors import EntryHasMarks, MarksSealed, RosterEmpty, SubjectsDoNotFit
from jinbang.results.models import Outcome, OutcomeChange, RosterEntry
from jinbang.results.states import ReleaseState
from jinbang.results.validity import one_spelling
from jinbang.seating.models import AdmissionTicket
from jinbang.seating.states import PlanState
from jinbang.sittings.models import ExamRegion

ROWS_AT_ONCE = 2_000


@dataclass(frozen=True)
class Standing:
    """What stands on the roster of one person beside who they are and their ticket."""

    level_code: str
    specialty_code: str
    track_code: str
    subject_codes: tuple[str, ...]
    district: str

    @classmethod
    def of(cls, entry: RosterEntry) -> "Standing":
        """Return what stands there now."""
        return cls(
            entry.level_code,
            entry.specialty_code,
            entry.track_code,
            tuple(sorted(entry.subject_codes)),
            entry.district,
        )

    @property
    def way(self) -> tuple[str, str, str]:
        """The level, specialty and track: what a subject's code means depends on them."""
        return (self.level_code, self.specialty_code, one_spelling(self.track_code))


# Step 1 of docs/cycles/release.md.
@transaction.atomic
def draw_up_roster(*, region: ExamRegion, by: Staff, now: datetime) -> int:
    """Put every ticket of the region that is not on the roster yet onto it; return how many were added.

    Repeating it adds only what came since, and nobody who was struck off. Refuses a region without a single ticket, and
    one whose results are sealed.
    """
    region = queries.lock_region(region.pk, by=by, role=Role.MARKS_CLERK)
    release = queries.lock_release_of(region.pk)
    if release is not None and not ReleaseState(release.state).takes_marks:
        raise MarksSealed(release=release.code)
    tickets = (
        AdmissionTicket.objects.filter(
            region=region,
            region__seat_plan__state__in=[state.value for state in PlanState if state.has_seats],
            application__roster_entry__isnull=True,
        )
        .select_related("application", "site__authority")
        .prefetch_related("application__subjects")
        .order_by("number")
    )
    struck = roster_rows.applications_struck(region)
    entries = [_entry(ticket, region=region) for ticket in tickets if str(ticket.application_id) not in struck]
    if not entries and not RosterEntry.objects.filter(region=region).exists():
        raise RosterEmpty
    RosterEntry.objects.bulk_create(entries, batch_size=ROWS_AT_ONCE)
    audit.record(region, by=by, event=queries.DRAWN_UP, at=now, details={"added": len(entries)})
    return len(entries)


def note_roster_handed_out(*, region: ExamRegion, people: int, by: Staff, now: datetime) -> None:
    """Write down, before its first byte leaves, that the roster was handed out, and how many people stand on it."""
    audit.record(region, by=by, event="hand_out_roster", at=now, details={"people": people})


# Step 1 of docs/cycles/release.md.
@transaction.atomic
def correct_entry(*, entry_id: UUID, to: Standing, reason: str, by: Staff, now: datetime) -> RosterEntry:
    """Put right what stands on the roster of one person. Whatever was judged before is stale, and judged again.

    Refuses sealed results, subjects that do not fit, and a correction that would leave a mark, a sheet or a case
    without its subject. The same again changes nothing.
    """
    entry = _lock(entry_id, by=by)
    _require_fitting(entry, to)
    before = Standing.of(entry)
    if to == before:
        return entry
    recorded = roster_rows.subjects_recorded(entry)
    orphans = recorded - set(to.subject_codes) if to.way == before.way else recorded
    if orphans:
        raise EntryHasMarks(subjects=_named(entry, orphans))
    for name, value in asdict(to).items():
        setattr(entry, name, list(value) if isinstance(value, tuple) else value)
    entry.save(update_fields=tuple(asdict(to)))
    details: dict[str, Json] = {"from": _facts(before), "to": _facts(to)}
    audit.record(entry, by=by, event=roster_rows.CORRECTED, at=now, reason=reason, details=details)
    return entry


# Step 1 of docs/cycles/release.md.
@transaction.atomic
def strike_entry(*, entry_id: UUID, reason: str, by: Staff, now: datetime) -> None:
    """Take one person off the roster, who does not belong there. Drawing it up again does not bring them back.

    Refuses sealed results, and somebody of whom anything was ever recorded.
    """
    entry = _lock(entry_id, by=by)
    if roster_rows.has_traces(entry):
        raise EntryHasMarks(subjects=_named(entry, entry.subject_codes))
    details: dict[str, Json] = {"region": str(entry.region_id)}
    if entry.application_id is not None:
        details["application"] = str(entry.application_id)
    audit.record(entry, by=by, event=roster_rows.STRUCK, at=now, reason=reason, details=details)
    OutcomeChange.objects.filter(entry=entry).delete()
    Outcome.objects.filter(entry=entry).delete()  # without a mark nothing of theirs was ever sealed
    entry.delete()


def _lock(entry_id: UUID, *, by: Staff) -> RosterEntry:
    """Lock the region's release before the row, as sealing does. Refuses sealed results."""
    region = roster_rows.get_entry(entry_id, by=by).region
    queries.lock_region(region.pk, by=by, role=Role.MARKS_CLERK)
    require_marks_taken(region.pk)
    return roster_rows.lock_entry(entry_id, by=by)


def _require_fitting(entry: RosterEntry, to: Standing) -> None:
    programme = queries.programme_of(entry.region)
    try:
        own = programme.subjects_for(level=to.level_code, specialty=to.specialty_code, track=to.track_code)
    except ProgrammePartUnknown as error:
        raise SubjectsDoNotFit from error
    needs_specialty = bool(programme.level(to.level_code).specialties) and not to.specialty_code
    if needs_specialty or not to.subject_codes or not set(to.subject_codes) <= {subject.code for subject in own}:
        raise SubjectsDoNotFit


def _facts(standing: Standing) -> dict[str, Json]:
    return {**asdict(standing), "subject_codes": list(standing.subject_codes)}


def _named(entry: RosterEntry, codes: Iterable[str]) -> str:
    return "、".join(queries.subject_name(entry, code) for code in sorted(codes))


def _entry(ticket: AdmissionTicket, *, region: ExamRegion) -> RosterEntry:
    application = ticket.application
    return RosterEntry(
        sitting=region.sitting,
        region=region,
        person_id=application.person_id,
        application=application,
        ticket_number=ticket.number,
        level_code=application.level_code,
        specialty_code=application.specialty_code,
        track_code=application.track_code,
        district=ticket.site.authority.code,
        subject_codes=sorted(subject.subject_code for subject in application.subjects.all()),
    )
