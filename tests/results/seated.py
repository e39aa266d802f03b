"""A region whose people have seats in rooms with signed records: what marks are held against."""

from collections.abc import Sequence

from jinbang.attendance.models import RoomRecord
from jinbang.attendance.states import RecordState
from jinbang.kernel.actors import SYSTEM
from jinbang.people.models import Person
from jinbang.results.actions import roster
from jinbang.results.models import RosterEntry
from jinbang.seating import actions as seating
from jinbang.seating.models import Seat
from jinbang.sittings.models import ExamRegion
from tests.cast import NOW, Cast
from tests.results.world import World
from tests.seating.world import AFTER_PAYMENT, CODE, SEED, build_world


def seat_everybody(cast: Cast, people: Sequence[Person], *, code: str = CODE) -> World:
    """Return a region of these people with seats and signed records in which everybody came, all on the roster."""
    seats = build_world(cast.shanxi, list(people), code=code)
    seating.commit_seed(region_id=seats.region.pk, by=SYSTEM, now=AFTER_PAYMENT, seed=SEED)
    seating.prepare_all_rooms(region_id=seats.region.pk, by=SYSTEM, now=AFTER_PAYMENT)
    seating.draw_seats(region_id=seats.region.pk, by=SYSTEM, now=AFTER_PAYMENT)
    roster.draw_up_roster(region=seats.region, by=cast.chu.staff, now=NOW)
    taken = Seat.objects.filter(plan__region=seats.region)
    for room, session in set(taken.values_list("room", "session")):
        RoomRecord.objects.create(room_id=room, session_id=session, expected=30, state=RecordState.CLOSED.value)
    entries = RosterEntry.objects.filter(region=seats.region).select_related("person").order_by("ticket_number")
    region = ExamRegion.objects.select_related("authority", "sitting__programme_version").get(pk=seats.region.pk)
    return World(cast, region, list(entries))


def seat_of(world: World, subject: str, position: int = 0) -> Seat:
    """Return the seat of the person at this place of the roster in one subject."""
    ticket = world.entries[position].ticket_number
    return Seat.objects.get(ticket__number=ticket, session__subject_code=subject, plan__region=world.region)


def record_of(seat: Seat) -> RoomRecord:
    """Return the record of the room in which this seat stands."""
    return RoomRecord.objects.get(room=seat.room_id, session=seat.session_id)
