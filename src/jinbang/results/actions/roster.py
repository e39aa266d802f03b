"""Drawing up a roster: everybody who holds an admission ticket, with the subjects applied for; and handing it out."""

from datetime import datetime

from django.db import transaction

from jinbang.audit import actions as audit
from jinbang.people.queries import Staff
from jinbang.people.states import Role
from jinbang.results import queries
from jinbang.results.errors import MarksSealed, RosterEmpty
from jinbang.results.models import RosterEntry
from jinbang.results.states import ReleaseState
from jinbang.seating.models import AdmissionTicket
from jinbang.seating.states import PlanState
from jinbang.sittings.models import ExamRegion

ROWS_AT_ONCE = 2_000


# Step 1 of docs/cycles/release.md.
@transaction.atomic
def draw_up_roster(*, region: ExamRegion, by: Staff, now: datetime) -> int:
    """Put every ticket of the region that is not on the roster yet onto it; return how many were added.

    Repeating it adds only what came since. Refuses a region without a single ticket, and one whose results are sealed.
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
    entries = [_entry(ticket, region=region) for ticket in tickets]
    if not entries and not RosterEntry.objects.filter(region=region).exists():
        raise RosterEmpty
    RosterEntry.objects.bulk_create(entries, batch_size=ROWS_AT_ONCE)
    audit.record(region, by=by, event=queries.DRAWN_UP, at=now, details={"added": len(entries)})
    return len(entries)


def note_roster_handed_out(*, region: ExamRegion, people: int, by: Staff, now: datetime) -> None:
    """Write down, before its first byte leaves, that the roster was handed out, and how many people stand on it."""
    audit.record(region, by=by, event="hand_out_roster", at=now, details={"people": people})


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
