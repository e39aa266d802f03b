"""The draw: everybody who has paid gets a seat, once.

The whole plan is computed first, which writes nothing; then tickets and seats are stored in steps, so that nobody else
waits for the database; they count when one last step moves the plan to `drawn`. An attempt that died is followed by
one that computes the same plan again and goes on behind what is stored. If who sits has changed meanwhile (a payment
that the bank reported late), the plan is another one, and what was stored of the earlier one goes.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from jinbang.audit import actions as audit
from jinbang.audit.long_work import AT_ONCE, Steps, enqueue
from jinbang.audit.models import LongWork
from jinbang.kernel.crypto import key_ring
from jinbang.kernel.digests import Json
from jinbang.kernel.errors import InvariantBroken
from jinbang.seating import numbers, queries, rules
from jinbang.seating.errors import DrawUnderWay
from jinbang.seating.models import AdmissionTicket, Seat, SeatPlan
from jinbang.seating.queries import Officer
from jinbang.seating.rules import Drawing, Drawn, DrawnSeat, SitePlaces, Sitter
from jinbang.seating.states import PlanEvent, PlanState
from jinbang.sittings import actions as sittings_actions
from jinbang.sittings import queries as sittings
from jinbang.sittings.models import ExamRegion, Site

TICKETS_AT_ONCE: Final = 1_000


@dataclass(frozen=True)
class _Ground:
    """What a draw is made of, read and found sufficient; nothing is computed yet."""

    drawings: tuple[Drawing, ...]
    sites: Mapping[str, Site]
    rooms: Mapping[tuple[str, int], UUID]
    sessions: Mapping[tuple[str, str], UUID]
    placed: Mapping[str, int]  # people whom the centre placed, by site
    people: int


# Step 3 of docs/cycles/examination.md.
@transaction.atomic
def ask_for_draw(*, region_id: UUID, by: Officer, now: datetime) -> LongWork:
    """Have the worker draw the seats of an exam region. Whatever can be refused is refused here and now.

    Refuses an open payment window, a plan without a commitment, a second draw, nobody to seat, too few rooms or
    places, and a draw that is under way. About ten queries.
    """
    region = queries.get_region(region_id, by=by)
    plan = _plan_to_draw(region, now=now)
    people = _ground(plan, region).people
    return enqueue(
        "jinbang.seating.tasks.draw_seats",
        subject=plan,
        arguments={"region_id": str(region.pk)},
        total=people,
        by=by,
        now=now,
    )


# Step 3 of docs/cycles/examination.md.
# Step 4 of docs/cycles/examination.md.
def draw_seats(*, region_id: UUID, by: Officer, now: datetime, keep: Steps = AT_ONCE) -> SeatPlan:
    """Seat everybody who has paid and give each a ticket number. Once for each exam region, after the payment window.

    Refuses too few rooms or places, a plan without a commitment, and a second draw. About ten seconds for 20,000
    people in three sessions; no single step takes a second.
    """
    region = queries.get_region(region_id, by=by)
    plan = _plan_to_draw(region, now=now)
    ground = _ground(plan, region)
    drawn = rules.draw(_one_by_one(ground.drawings, keep=keep), rules=queries.rules_of(plan), seed=plan.seed)
    by_sitter: dict[str, list[DrawnSeat]] = defaultdict(list)
    for seat in drawn.seats:
        by_sitter[seat.sitter].append(seat)
    plan, stored = _stored_so_far(region, digest=drawn.digest, keep=keep)
    if stored is None:
        plan, stored = _begin(region, digest=drawn.digest, count=len(by_sitter), by=by, now=now, keep=keep), 0
    issued = _numbered(plan, region, by_sitter=by_sitter, ground=ground)
    for start in range(stored, len(issued), TICKETS_AT_ONCE):
        chunk = issued[start : start + TICKETS_AT_ONCE]
        reached = start + len(chunk)
        with keep.step(cursor=_cursor(plan, drawn.digest, stored=reached), done=reached, total=len(issued)):
            _store(plan, chunk, by_sitter=by_sitter, ground=ground)
    with keep.last_step():
        return _finish(plan, drawn=drawn, ground=ground, by=by, now=now)


def _plan_to_draw(region: ExamRegion, *, now: datetime) -> SeatPlan:
    """Return the plan if seats may be drawn by it now."""
    rules.require_payment_over(closes=queries.payment_closes(region), now=now)
    plan = queries.get_plan(region)
    plan.move(PlanEvent.BEGIN)  # refuses a plan that is drawn already, before any work; stored under the lock below
    return plan


def _ground(plan: SeatPlan, region: ExamRegion) -> _Ground:
    """Read what the draw is made of. Refuses what would not do for everybody. Nothing is written."""
    sitters = queries.sitters_of(region)
    rules.require_somebody(len(sitters))
    sites = {site.code: site for site in sittings.sites_of(region)}
    sitters, placed = _placed(sitters, sites=sites, seed=plan.seed)
    rooms = queries.rooms_by_site(region)
    room_rules = queries.rules_of(plan)
    timetable = queries.timetable_of(region.sitting)
    groups = rules.groups_of(sitters, timetable=timetable)
    drawings: list[Drawing] = []
    for code in sorted({group.site for group in groups}):
        here = [group for group in groups if group.site == code]
        desks = [queries.desks_of(room) for room in rooms.get(code, ())]
        allotted = rules.allot_rooms(here, rooms=desks, rules=room_rules, site_name=sites[code].name)
        drawings += [Drawing(group.label, allotted[group.label], group.examinees) for group in here]
    return _Ground(
        drawings=tuple(drawings),
        sites=sites,
        rooms={(code, room.number): room.pk for code, of_site in rooms.items() for room in of_site},
        sessions={(session.level, session.subject): UUID(session.id) for session in timetable},
        placed=placed,
        people=len(sitters),
    )


def _one_by_one(drawings: Iterable[Drawing], *, keep: Steps) -> Iterator[Drawing]:
    """Hand out the groups one by one, and say before each that the computing goes on."""
    for drawing in drawings:
        keep.renew()
        yield drawing


def _placed(
    sitters: Sequence[Sitter], *, sites: Mapping[str, Site], seed: str
) -> tuple[tuple[Sitter, ...], Mapping[str, int]]:
    """Give a site to everybody whom the centre places."""
    unplaced = [sitter.id for sitter in sitters if not sitter.site]
    if not unplaced:
        return tuple(sitters), {}
    left = [SitePlaces(code, site.capacity - site.taken) for code, site in sites.items()]
    chosen = rules.place_by_centre(unplaced, sites=left, seed=seed)
    placed = tuple(sitter if sitter.site else replace(sitter, site=chosen[sitter.id]) for sitter in sitters)
    return placed, Counter(chosen.values())


def _cursor(plan: SeatPlan, digest: str, *, stored: int) -> dict[str, Json]:
    """Return what the next attempt has to know: which attempt stored how many tickets of which plan."""
    return {"begun_at": plan.begun_at.isoformat() if plan.begun_at else "", "digest": digest, "stored": stored}


def _stored_so_far(region: ExamRegion, *, digest: str, keep: Steps) -> tuple[SeatPlan, int | None]:
    """Return how many tickets an earlier attempt has stored of this very plan; None where none has begun with it."""
    plan = queries.get_plan(region)
    plan.region = region
    stored = keep.cursor.get("stored")
    is_same = isinstance(stored, int) and dict(keep.cursor) == _cursor(plan, digest, stored=stored)
    return plan, stored if isinstance(stored, int) and is_same and plan.state == PlanState.DRAWING else None


def _begin(  # what is begun, by whom and when
    region: ExamRegion, *, digest: str, count: int, by: Officer, now: datetime, keep: Steps
) -> SeatPlan:
    """Claim the draw, clearing what a dead attempt left of another plan, and reserve its own run of serials."""
    with keep.step(cursor={"begun_at": now.isoformat(), "digest": digest, "stored": 0}, done=0, total=count):
        plan = queries.lock_plan(region)
        before = plan.state
        if before == PlanState.DRAWING:
            Seat.objects.filter(plan=plan).delete()
            AdmissionTicket.objects.filter(region=region).delete()
        plan.move(PlanEvent.BEGIN)
        queries.lock_sitting(region)
        plan.first_serial, plan.ticket_count, plan.begun_at = None, 0, now
        plan.save(update_fields=("state", "first_serial", "ticket_count", "begun_at"))  # a dead attempt's run is free
        plan.first_serial, plan.ticket_count = queries.next_serial(region), count
        plan.save(update_fields=("first_serial", "ticket_count"))
        audit.record(plan, by=by, event=PlanEvent.BEGIN, at=now, from_state=before)
    return plan


def _still_mine(plan: SeatPlan) -> None:
    """Refuse to go on when another attempt has taken the draw over."""
    current = queries.lock_plan(plan.region)
    if current.state != PlanState.DRAWING or current.begun_at != plan.begun_at:
        raise DrawUnderWay


def _numbered(
    plan: SeatPlan, region: ExamRegion, *, by_sitter: Mapping[str, Sequence[DrawnSeat]], ground: _Ground
) -> list[AdmissionTicket]:
    """Make the tickets in the order of site, room and seat, so that the numbers of a room run on."""
    sitting, issued_at = region.sitting, plan.begun_at
    if issued_at is None:
        raise InvariantBroken("a draw that stores has begun")
    key = numbers.tail_key(key_ring(), sitting_id=sitting.pk)
    beginning = numbers.prefix(year=sitting.year, authority_code=region.authority.code, sitting_code=sitting.code)
    in_order = sorted(
        by_sitter,
        key=lambda sitter: min((seat.label.split("|")[0], seat.room, seat.seat) for seat in by_sitter[sitter]),
    )
    return [
        AdmissionTicket(
            sitting=sitting,
            region=region,
            application_id=UUID(sitter),
            site=ground.sites[by_sitter[sitter][0].label.split("|")[0]],
            number=numbers.ticket_number(beginning, serial, key=key),
            issued_at=issued_at,
        )
        for serial, sitter in enumerate(in_order, plan.first_serial or 1)
    ]


def _store(
    plan: SeatPlan, tickets: Sequence[AdmissionTicket], *, by_sitter: Mapping[str, Sequence[DrawnSeat]], ground: _Ground
) -> None:
    """Store some tickets with their seats, inside a step."""
    _still_mine(plan)
    AdmissionTicket.objects.bulk_create(tickets)
    Seat.objects.bulk_create(
        [
            Seat(
                plan=plan,
                ticket=ticket,
                session_id=ground.sessions[level, subject],
                room_id=ground.rooms[site, seat.room],
                number=seat.seat,
            )
            for ticket in tickets
            for seat in by_sitter[str(ticket.application_id)]
            for site, level, subject, _specialty in (seat.label.split("|"),)
        ]
    )


def _finish(plan: SeatPlan, *, drawn: Drawn, ground: _Ground, by: Officer, now: datetime) -> SeatPlan:
    """Let everything stored count, all at once, inside the last step."""
    _still_mine(plan)
    sittings_actions.take_places({ground.sites[code]: count for code, count in ground.placed.items()})
    plan.move(PlanEvent.DRAW)
    plan.drawn_at = now
    plan.violations, plan.violations_least = drawn.violations, drawn.minimum
    plan.digest = drawn.digest
    plan.save(update_fields=("state", "drawn_at", "violations", "violations_least", "digest"))
    details: dict[str, Json] = {"tickets": plan.ticket_count, "seats": len(drawn.seats), "digest": plan.digest}
    audit.record(plan, by=by, event=PlanEvent.DRAW, at=now, from_state=PlanState.DRAWING, details=details)
    audit.record_many(AdmissionTicket.objects.filter(region=plan.region), by=by, event="issue_ticket", at=now)
    return plan
