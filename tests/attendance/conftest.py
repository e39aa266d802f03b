"""A sitting with its seats drawn, and a record opened for every room and session."""

import pytest

from jinbang.attendance import actions
from jinbang.attendance.models import RoomRecord
from jinbang.kernel.actors import SYSTEM
from jinbang.seating import actions as seating
from tests.cast import Cast
from tests.replay import replayed
from tests.seating.world import AFTER_PAYMENT, SEED, World, build_world, many_people


@pytest.fixture
def drawn(cast: Cast) -> World:
    """林 and sixty-five others at two sites, seated."""
    return replayed(("attendance", cast.shanxi.pk), lambda: _drawn(cast))


def _drawn(cast: Cast) -> World:
    world = build_world(cast.shanxi, [cast.lin.bound, *many_people(65)])
    seating.commit_seed(region_id=world.region.pk, by=SYSTEM, now=AFTER_PAYMENT, seed=SEED)
    seating.prepare_all_rooms(region_id=world.region.pk, by=SYSTEM, now=AFTER_PAYMENT)
    seating.draw_seats(region_id=world.region.pk, by=SYSTEM, now=AFTER_PAYMENT)
    return world


@pytest.fixture
def opened(drawn: World) -> World:
    """Return the same, with every record opened."""
    actions.open_room_records(region_id=drawn.region.pk, by=SYSTEM, now=AFTER_PAYMENT)
    return drawn


@pytest.fixture
def record(opened: World) -> RoomRecord:
    """Return the record of the first room of the first site in the morning: thirty people."""
    return RoomRecord.objects.select_related("session", "room__site").earliest(
        "session__starts", "room__site__code", "room__number"
    )
