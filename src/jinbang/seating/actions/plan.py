"""What stands before and after the draw: commit to a seed, prepare rooms, publish the seed."""

import secrets
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from jinbang.audit import actions as audit
from jinbang.seating import queries, rules
from jinbang.seating.arrangement import Rules, commitment
from jinbang.seating.errors import SeedAlreadyCommitted
from jinbang.seating.models import Room, SeatPlan
from jinbang.seating.queries import Officer
from jinbang.seating.states import PlanEvent
from jinbang.sittings import queries as sittings

SEED_BYTES: Final = 32
USUAL_RULES: Final = Rules()


# Step 1 of docs/cycles/examination.md.
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


# Step 2 of docs/cycles/examination.md.
@transaction.atomic
def prepare_all_rooms(*, region_id: UUID, by: Officer, now: datetime) -> int:
    """Give every site of an exam region its rooms; return how many were added."""
    region = queries.get_region(region_id, by=by)
    return sum(prepare_rooms(site_id=site.pk, by=by, now=now) for site in sittings.sites_of(region))


# Step 9 of docs/cycles/examination.md.
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
