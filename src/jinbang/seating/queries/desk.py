"""What the seating officer's pages show: exam regions, sites with their rooms, the people of a room."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils.functional import Promise

from jinbang.audit.models import LongWork, StateChange
from jinbang.audit.queries import history_of, latest_work_on
from jinbang.audit.states import WorkState
from jinbang.kernel.actors import ActorKind
from jinbang.kernel.states import events_from
from jinbang.payment.queries import paid_applications
from jinbang.people.queries import Staff, within
from jinbang.people.states import Role
from jinbang.seating import labels
from jinbang.seating.errors import RoomNotFound
from jinbang.seating.models import AdmissionTicket, Room, Seat, SeatPlan
from jinbang.seating.queries.plans import (
    COUNTING,
    Officer,
    find_plan,
    get_region,
    last_session_ends,
    payment_closes,
    seats_of,
)
from jinbang.seating.states import TRANSITIONS, PlanState
from jinbang.sittings import queries as sittings
from jinbang.sittings.models import ExamRegion, Session, Site
from jinbang.sittings.states import WindowKind


def regions_of(by: Staff) -> QuerySet[ExamRegion]:
    """Return the held exam regions in which this person seats people, latest first. One query."""
    return (
        ExamRegion.objects.filter(within(by, Role.SEATING_OFFICER, path_field="authority__path"), is_held=True)
        .select_related("sitting", "authority", "seat_plan")
        .annotate(people=Count("tickets"))
        .order_by("-sitting__first_day", "sitting__code", "authority__code")
    )


@dataclass(frozen=True)
class Happened:
    """One thing that happened, in words."""

    at: datetime
    label: str
    by: str
    reason: str


def history_lines(changes: Iterable[StateChange], words: Mapping[str, Promise]) -> tuple[Happened, ...]:
    """Return what happened as the desk reads it; a candidate is never named."""
    return tuple(
        Happened(
            at=change.at,
            label=str(words.get(change.event, change.event)),
            by=change.actor_name if change.actor_kind == ActorKind.STAFF else "",
            reason=change.reason,
        )
        for change in changes
    )


@dataclass(frozen=True)
class SiteLine:
    """A site on the desk's page."""

    site: Site
    rooms: int
    desks: int
    paid: int
    seated: int


def site_lines(region: ExamRegion) -> tuple[SiteLine, ...]:
    """Return the sites of an exam region with rooms, paid applications and those seated there. Four queries."""
    paid = dict(paid_applications(region).values_list("site_id").annotate(Count("id")))
    seated = dict(AdmissionTicket.objects.filter(region=region).values_list("site_id").annotate(Count("id")))
    rooms: dict[UUID, list[int]] = defaultdict(list)
    for site_id, rows, columns in Room.objects.filter(site__region=region).values_list("site_id", "rows", "columns"):
        rooms[site_id].append(rows * columns)
    return tuple(
        SiteLine(site, len(rooms[site.pk]), sum(rooms[site.pk]), paid.get(site.pk, 0), seated.get(site.pk, 0))
        for site in sittings.sites_of(region)
    )


@dataclass(frozen=True)
class RoomLine:
    """A room in one session, as a list shows it."""

    room_id: UUID
    session_id: UUID
    site: str
    number: int
    level: str
    subject: str
    starts: datetime
    ends: datetime
    people: int


def room_lines(region: ExamRegion) -> tuple[RoomLine, ...]:
    """Return every room of every session with its number of people, by time, site and room. One query."""
    programme = region.sitting.programme_version.programme
    rows = (
        seats_of(region)
        .values_list(
            "room_id", "session_id", "room__site__name", "room__number", "session__level_code",
            "session__subject_code", "session__starts", "session__ends", "room__site__code",
        )
        .annotate(people=Count("id"))
        .order_by("session__starts", "session__level_code", "room__site__code", "room__number")
    )  # fmt: skip
    return tuple(
        RoomLine(
            room_id=room_id,
            session_id=session_id,
            site=site,
            number=number,
            level=programme.level(level).name,
            subject=programme.subject(subject, level=level).name,
            starts=starts,
            ends=ends,
            people=people,
        )
        for room_id, session_id, site, number, level, subject, starts, ends, _code, people in rows
    )


@dataclass(frozen=True)
class RoomList:
    """The people of one room in one session, by seat."""

    room: Room
    session: Session
    region: ExamRegion
    subject: str
    seats: tuple[Seat, ...]
    is_printing: bool  # tickets may be printed at the counter now


def get_room_list(room_id: UUID, session_id: UUID, *, by: Officer, now: datetime) -> RoomList:
    """Return who sits where in one room in one session of an exam region in scope. Three queries."""
    seats = tuple(
        Seat.objects.filter(room=room_id, session=session_id, plan__state__in=COUNTING)
        .select_related("room__site", "session", "ticket__application__person")
        .order_by("number")
    )
    if not seats:
        raise RoomNotFound
    room, session = seats[0].room, seats[0].session
    region = get_region(room.site.region_id, by=by)
    subject = region.sitting.programme_version.programme.subject(session.subject_code, level=session.level_code)
    is_printing = sittings.is_open(sittings.window_of(region, WindowKind.TICKET_PRINTING), now)
    return RoomList(room, session, region, subject.name, seats, is_printing)


@dataclass(frozen=True)
class RegionDesk:
    """Everything the officer's page of an exam region shows, and which of its buttons there are."""

    region: ExamRegion
    plan: SeatPlan | None
    sites: tuple[SiteLine, ...]
    rooms: tuple[RoomLine, ...]
    paid: int
    closes: datetime | None
    ends: datetime | None
    events: tuple[str, ...]
    is_payment_over: bool
    is_examination_over: bool
    can_prepare: bool
    work: LongWork | None  # the draw that was last asked for, while it has something to tell
    history: tuple[Happened, ...]


def desk_of(region: ExamRegion, *, now: datetime) -> RegionDesk:
    """Return an exam region as the officer's page shows it. Ten queries, whatever the number of people."""
    plan = find_plan(region)
    work = latest_work_on(plan) if plan is not None and not PlanState(plan.state).has_seats else None
    closes, ends = payment_closes(region), last_session_ends(region)
    sites = site_lines(region)
    return RegionDesk(
        region=region,
        plan=plan,
        sites=sites,
        rooms=room_lines(region),
        paid=paid_applications(region).count(),
        closes=closes,
        ends=ends,
        events=_events(plan, work),
        is_payment_over=closes is None or now >= closes,
        is_examination_over=ends is None or now >= ends,
        can_prepare=(plan is None or not PlanState(plan.state).has_seats) and not _is_under_way(work),
        work=work,
        history=history_lines(history_of(plan), labels.EVENTS) if plan else (),
    )


def _events(plan: SeatPlan | None, work: LongWork | None) -> tuple[str, ...]:
    """Return what the page offers: nothing while the worker draws."""
    if plan is None or _is_under_way(work):
        return ()
    return tuple(event.value for event in events_from(TRANSITIONS, PlanState(plan.state)))


def _is_under_way(work: LongWork | None) -> bool:
    return work is not None and not WorkState(work.state).is_final
