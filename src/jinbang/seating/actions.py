"""Writes of seating: commit to a seed, prepare rooms, draw, publish, print.

The draw is computed first and stored in short transactions, so that nobody else waits for the database; its seats and
tickets count when one last transaction moves the plan to `drawn`. A draw that died is begun anew by the next attempt.
"""

import secrets
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from jinbang.audit import actions as audit
from jinbang.kernel.crypto import key_ring
from jinbang.kernel.digests import Json
from jinbang.people.queries import Candidate, Staff
from jinbang.seating import numbers, queries, rules
from jinbang.seating.arrangement import Rules, commitment
from jinbang.seating.errors import DrawUnderWay, SeedAlreadyCommitted
from jinbang.seating.models import AdmissionTicket, Room, Seat, SeatPlan
from jinbang.seating.queries import Officer
from jinbang.seating.rules import Drawing, Drawn, DrawnSeat, SitePlaces, Sitter
from jinbang.seating.states import PlanEvent, PlanState
from jinbang.sittings import actions as sittings_actions
from jinbang.sittings import queries as sittings
from jinbang.sittings.models import ExamRegion, Site
from jinbang.sittings.states import WindowKind

TICKETS_AT_ONCE: Final = 1_000
SEED_BYTES: Final = 32
USUAL_RULES: Final = Rules()


@transaction.atomic
def commit_seed(
    *, region_id: UUID, by: Officer, now: datetime, seed: str = "", rules_of_rooms: Rules = USUAL_RULES
) -> SeatPlan:
    """Draw a random seed (or take the given one, as a rehearsal does) and make its hash public, once for ever.

    Refuses a second commitment: whoever could commit twice could choose among draws.
    """
    region = queries.get_region(region_id, by=by)
    seed = rules.require_seed(seed or secrets.token_hex(SEED_BYTES))
    try:
        with transaction.atomic():
            plan = SeatPlan.objects.create(
                region=region,
                seed=seed,
                seed_commitment=commitment(seed),
                seats_per_room=rules_of_rooms.seats_per_room,
                tail_policy=rules_of_rooms.tail.value,
                committed_at=now,
            )
    except IntegrityError as error:
        raise SeedAlreadyCommitted from error
    audit.record(plan, by=by, event="commit", at=now, details={"seed_commitment": plan.seed_commitment})
    return plan


@transaction.atomic
def prepare_rooms(*, site_id: UUID, by: Officer, now: datetime, rooms: int = 0) -> int:
    """Give a site the rooms it needs, of six rows and five columns; return how many were added. Repeating adds none.

    Without a number: as its capacity needs, and one more for each paper that is sat beside another.
    """
    site = queries.get_site(site_id, by=by)
    if not rooms:
        overlapping = rules.most_overlapping(queries.timetable_of(site.region.sitting))
        rooms = rules.rooms_needed(capacity=site.capacity, overlapping=overlapping, rules=USUAL_RULES)
    present = set(queries.rooms_of(site).values_list("number", flat=True))
    missing = [number for number in range(1, rooms + 1) if number not in present]
    Room.objects.bulk_create(
        [Room(site=site, number=number, rows=rules.ROWS, columns=rules.COLUMNS) for number in missing]
    )
    if missing:
        audit.record(site, by=by, event="prepare_rooms", at=now, details={"added": len(missing)})
    return len(missing)


@transaction.atomic
def prepare_all_rooms(*, region_id: UUID, by: Officer, now: datetime) -> int:
    """Give every site of an exam region its rooms; return how many were added."""
    region = queries.get_region(region_id, by=by)
    return sum(prepare_rooms(site_id=site.pk, by=by, now=now) for site in sittings.sites_of(region))


# ---------------------------------------------------------------- the draw


@dataclass(frozen=True)
class _Draft:
    """A computed draw, before anything is stored."""

    drawn: Drawn
    sites: Mapping[str, Site]
    rooms: Mapping[tuple[str, int], UUID]
    sessions: Mapping[tuple[str, str], UUID]
    placed: Mapping[str, int]  # people whom the centre placed, by site


def draw_seats(*, region_id: UUID, by: Officer, now: datetime) -> SeatPlan:
    """Seat everybody who has paid and give each a ticket number. Once for each exam region, after the payment window.

    Refuses too few rooms or places, a plan without a commitment, and a second draw. About ten seconds for 20,000
    people in three sessions; no single transaction takes a second.
    """
    region = queries.get_region(region_id, by=by)
    rules.require_payment_over(closes=queries.payment_closes(region), now=now)
    plan = queries.get_plan(region)
    plan.move(PlanEvent.BEGIN)  # refuses a plan that is drawn already, before any work; stored under the lock below
    draft = _computed(plan, region)
    plan = _begin(region, by=by, now=now)
    by_sitter: dict[str, list[DrawnSeat]] = defaultdict(list)
    for seat in draft.drawn.seats:
        by_sitter[seat.sitter].append(seat)
    _reserve_serials(plan, region, count=len(by_sitter))
    issued = _numbered(plan, region, by_sitter=by_sitter, draft=draft, now=now)
    for start in range(0, len(issued), TICKETS_AT_ONCE):
        _store(plan, issued[start : start + TICKETS_AT_ONCE], by_sitter=by_sitter, draft=draft)
    return _finish(plan, draft=draft, by=by, now=now)


def _computed(plan: SeatPlan, region: ExamRegion) -> _Draft:
    """Compute the whole plan; nothing is written."""
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
    return _Draft(
        drawn=rules.draw(drawings, rules=room_rules, seed=plan.seed),
        sites=sites,
        rooms={(code, room.number): room.pk for code, of_site in rooms.items() for room in of_site},
        sessions={(session.level, session.subject): UUID(session.id) for session in timetable},
        placed=placed,
    )


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


@transaction.atomic
def _begin(region: ExamRegion, *, by: Officer, now: datetime) -> SeatPlan:
    """Claim the draw, clearing what a dead attempt left behind."""
    plan = queries.lock_plan(region)
    if plan.state == PlanState.DRAWING:
        rules.require_no_draw_under_way(begun_at=plan.begun_at, now=now)
        Seat.objects.filter(plan=plan).delete()
        AdmissionTicket.objects.filter(region=region).delete()
    before = plan.state
    plan.move(PlanEvent.BEGIN)
    plan.begun_at = now
    plan.save(update_fields=("state", "begun_at"))
    audit.record(plan, by=by, event=PlanEvent.BEGIN, at=now, from_state=before)
    return plan


@transaction.atomic
def _reserve_serials(plan: SeatPlan, region: ExamRegion, *, count: int) -> None:
    """Give the plan its own run of serials within the sitting."""
    _still_mine(plan)
    queries.lock_sitting(region)
    plan.first_serial, plan.ticket_count = None, 0
    plan.save(update_fields=("first_serial", "ticket_count"))  # what a dead attempt had reserved is free again
    plan.first_serial, plan.ticket_count = queries.next_serial(region), count
    plan.save(update_fields=("first_serial", "ticket_count"))


def _still_mine(plan: SeatPlan) -> None:
    """Refuse to go on when another attempt has taken the draw over."""
    current = queries.lock_plan(plan.region)
    if current.state != PlanState.DRAWING or current.begun_at != plan.begun_at:
        raise DrawUnderWay


def _numbered(
    plan: SeatPlan, region: ExamRegion, *, by_sitter: Mapping[str, Sequence[DrawnSeat]], draft: _Draft, now: datetime
) -> list[AdmissionTicket]:
    """Make the tickets in the order of site, room and seat, so that the numbers of a room run on."""
    sitting = region.sitting
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
            site=draft.sites[by_sitter[sitter][0].label.split("|")[0]],
            number=numbers.ticket_number(beginning, serial, key=key),
            issued_at=now,
        )
        for serial, sitter in enumerate(in_order, plan.first_serial or 1)
    ]


@transaction.atomic
def _store(
    plan: SeatPlan, tickets: Sequence[AdmissionTicket], *, by_sitter: Mapping[str, Sequence[DrawnSeat]], draft: _Draft
) -> None:
    """Store some tickets with their seats."""
    _still_mine(plan)
    AdmissionTicket.objects.bulk_create(tickets)
    Seat.objects.bulk_create(
        [
            Seat(
                plan=plan,
                ticket=ticket,
                session_id=draft.sessions[level, subject],
                room_id=draft.rooms[site, seat.room],
                number=seat.seat,
            )
            for ticket in tickets
            for seat in by_sitter[str(ticket.application_id)]
            for site, level, subject, _specialty in (seat.label.split("|"),)
        ]
    )


@transaction.atomic
def _finish(plan: SeatPlan, *, draft: _Draft, by: Officer, now: datetime) -> SeatPlan:
    """Let everything stored count, all at once."""
    _still_mine(plan)
    sittings_actions.take_places({draft.sites[code]: count for code, count in draft.placed.items()})
    plan.move(PlanEvent.DRAW)
    plan.drawn_at = now
    plan.violations, plan.violations_least = draft.drawn.violations, draft.drawn.minimum
    plan.digest = draft.drawn.digest
    plan.save(update_fields=("state", "drawn_at", "violations", "violations_least", "digest"))
    details: dict[str, Json] = {"tickets": plan.ticket_count, "seats": len(draft.drawn.seats), "digest": plan.digest}
    audit.record(plan, by=by, event=PlanEvent.DRAW, at=now, from_state=PlanState.DRAWING, details=details)
    audit.record_many(AdmissionTicket.objects.filter(region=plan.region), by=by, event="issue_ticket", at=now)
    return plan


@transaction.atomic
def publish_plan(*, region_id: UUID, by: Officer, now: datetime) -> SeatPlan:
    """Show the seed to everybody, once the last session has ended. From then on anyone can redo the draw."""
    region = queries.get_region(region_id, by=by)
    plan = queries.lock_plan(region)
    rules.require_examination_over(ends=queries.last_session_ends(region), now=now)
    before = plan.state
    plan.move(PlanEvent.PUBLISH)
    plan.published_at = now
    plan.save(update_fields=("state", "published_at"))
    audit.record(plan, by=by, event=PlanEvent.PUBLISH, at=now, from_state=before, details={"seed": plan.seed})
    return plan


# ---------------------------------------------------------------- printing


@transaction.atomic
def print_ticket(*, ticket_id: UUID, by: Candidate, now: datetime) -> queries.TicketContents:
    """Open a candidate's own ticket for printing, again at will within the window. Notes the first time."""
    ticket = queries.get_own_ticket(ticket_id, by=by)
    return _printed(ticket, by=by, now=now)


@transaction.atomic
def print_ticket_at_counter(*, ticket_id: UUID, by: Staff, now: datetime) -> queries.TicketContents:
    """Open a ticket for somebody who collects it at the counter, against document and payment list, in the window."""
    ticket = queries.get_ticket(ticket_id, by=by)
    return _printed(ticket, by=by, now=now)


def _printed(ticket: AdmissionTicket, *, by: Candidate | Staff, now: datetime) -> queries.TicketContents:
    sittings.require_open(ticket.region, WindowKind.TICKET_PRINTING, now=now)
    first = AdmissionTicket.objects.filter(pk=ticket.pk, first_printed_at__isnull=True).update(first_printed_at=now)
    if first:
        audit.record(ticket, by=by, event="print_ticket", at=now)
    return queries.contents_of(ticket)
