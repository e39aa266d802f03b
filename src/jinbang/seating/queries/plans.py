"""Exam regions, plans and rooms in scope, what a draw is made of, and what counts for later phases.

While a plan is being stored its seats and tickets do not exist for anybody.
"""

from collections import defaultdict
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Max, Q, QuerySet

from jinbang.application.models import ApplicationSubject
from jinbang.catalogue.programme import Programme
from jinbang.kernel.actors import SystemActor
from jinbang.payment.queries import paid_applications
from jinbang.people.queries import Staff, within
from jinbang.people.states import Role
from jinbang.seating.arrangement import Desks, Rules, TailPolicy
from jinbang.seating.errors import PlanNotFound
from jinbang.seating.models import AdmissionTicket, Room, Seat, SeatPlan
from jinbang.seating.rules import Sitter, Timetabled, employer_key
from jinbang.seating.states import PlanState
from jinbang.sittings import queries as sittings
from jinbang.sittings.errors import RegionNotFound, SiteNotFound
from jinbang.sittings.models import ExamRegion, Session, Site, Sitting
from jinbang.sittings.states import WindowKind

Officer = Staff | SystemActor
"""Who may seat people: a seating officer where appointed, or the program itself (rehearsal, demo world)."""

COUNTING: Final = tuple(state.value for state in PlanState if state.has_seats)


def get_region(region_id: UUID, *, by: Officer) -> ExamRegion:
    """Return an exam region in scope. Outside it, it does not exist. One query."""
    regions = ExamRegion.objects.select_related("sitting__programme_version", "sitting__owner", "authority")
    if not isinstance(by, SystemActor):
        regions = regions.filter(within(by, Role.SEATING_OFFICER, path_field="authority__path"))
    region = regions.filter(pk=region_id).first()
    if region is None:
        raise RegionNotFound(authority_code="")
    return region


def get_site(site_id: UUID, *, by: Officer) -> Site:
    """Return a site of an exam region in scope. Two queries."""
    site = Site.objects.filter(pk=site_id).first()
    if site is None:
        raise SiteNotFound
    site.region = get_region(site.region_id, by=by)
    return site


def find_plan(region: ExamRegion) -> SeatPlan | None:
    """Return the plan of an exam region, if its seed has been committed to. One query."""
    return SeatPlan.objects.filter(region=region).first()


def get_plan(region: ExamRegion) -> SeatPlan:
    """Return the plan of an exam region. Refuses one that has not committed to a seed. One query."""
    plan = find_plan(region)
    if plan is None:
        raise PlanNotFound
    return plan


def lock_plan(region: ExamRegion) -> SeatPlan:
    """Lock the plan of an exam region until the transaction ends. The caller holds the region, hence was checked."""
    plan = SeatPlan.objects.select_for_update().filter(region=region).first()
    if plan is None:
        raise PlanNotFound
    plan.region = region
    return plan


def lock_sitting(region: ExamRegion) -> Sitting:
    """Lock the sitting of an exam region: serials of its regions' tickets are given out one region at a time."""
    return Sitting.objects.select_for_update().get(pk=region.sitting_id)


def next_serial(region: ExamRegion) -> int:
    """Return the serial after all those given out in this sitting. One query; hold the sitting's lock."""
    plans = SeatPlan.objects.filter(region__sitting=region.sitting_id, first_serial__isnull=False)
    ends = (plan.first_serial + plan.ticket_count for plan in plans if plan.first_serial is not None)
    return max(ends, default=1)


def rooms_of(site: Site) -> QuerySet[Room]:
    """Return the rooms of a site by number."""
    return Room.objects.filter(site=site).order_by("number")


def rooms_by_site(region: ExamRegion) -> dict[str, list[Room]]:
    """Return the rooms of an exam region by their site's code, each in order of number. One query."""
    rooms: dict[str, list[Room]] = defaultdict(list)
    for room in Room.objects.filter(site__region=region).select_related("site").order_by("site__code", "number"):
        rooms[room.site.code].append(room)
    return rooms


def desks_of(room: Room) -> Desks:
    """Return a room as the arrangement sees it."""
    return Desks(number=room.number, rows=room.rows, columns=room.columns)


def rules_of(plan: SeatPlan) -> Rules:
    """Return the rules that were committed to together with the seed."""
    return Rules(seats_per_room=plan.seats_per_room, tail=TailPolicy(plan.tail_policy))


def payment_closes(region: ExamRegion) -> datetime | None:
    """Return when nobody can pay any more. One query."""
    window = sittings.window_of(region, WindowKind.PAYMENT)
    return window.closes if window is not None else None


def last_session_ends(region: ExamRegion) -> datetime | None:
    """Return when the last session ends. One query."""
    last: datetime | None = Session.objects.filter(sitting=region.sitting_id).aggregate(last=Max("ends"))["last"]
    return last


# ---------------------------------------------------------------- what the draw is made of


def sitters_of(region: ExamRegion) -> tuple[Sitter, ...]:
    """Return everybody who has paid in an exam region. Two queries, whatever the number."""
    subjects: dict[UUID, list[str]] = defaultdict(list)
    paid = paid_applications(region)
    for application_id, code in ApplicationSubject.objects.filter(application__in=paid).values_list(
        "application_id", "subject_code"
    ):
        subjects[application_id].append(code)
    rows = paid.order_by("id").values_list("id", "employer", "level_code", "specialty_code", "site__code")
    return tuple(
        Sitter(
            id=str(application_id),
            employer=employer_key(employer),
            level=level,
            specialty=specialty,
            subjects=tuple(sorted(subjects[application_id])),
            site=site or "",
        )
        for application_id, employer, level, specialty, site in rows
    )


def timetable_of(sitting: Sitting) -> tuple[Timetabled, ...]:
    """Return the sessions of a sitting as the draw needs them. One query."""
    programme = sitting.programme_version.programme
    return tuple(_timetabled(session, programme) for session in sittings.sessions_of(sitting))


def _timetabled(session: Session, programme: Programme) -> Timetabled:
    subject = programme.subject(session.subject_code, level=session.level_code)
    specialties = programme.level(session.level_code).specialties
    return Timetabled(
        id=str(session.pk),
        level=session.level_code,
        subject=session.subject_code,
        starts=session.starts,
        ends=session.ends,
        by_specialty=subject.by_specialty,
        papers=max(len(specialties), 1) if subject.by_specialty else 1,
    )


# ---------------------------------------------------------------- what counts


def counting_tickets() -> QuerySet[AdmissionTicket]:
    """Leave out tickets of a plan that is still being stored; those of an imported roster have no plan."""
    return AdmissionTicket.objects.filter(Q(region__seat_plan__isnull=True) | Q(region__seat_plan__state__in=COUNTING))


def tickets_in(region: ExamRegion) -> QuerySet[AdmissionTicket]:
    """Return the tickets of an exam region that count."""
    return counting_tickets().filter(region=region)


def seats_of(region: ExamRegion) -> QuerySet[Seat]:
    """Return the seats of an exam region that count."""
    return Seat.objects.filter(plan__region=region, plan__state__in=COUNTING)
