"""A sitting to seat people in, and the same one drawn."""

import pytest

from jinbang.kernel.actors import SYSTEM
from jinbang.seating import actions
from tests.cast import Cast
from tests.replay import replayed
from tests.seating.world import AFTER_PAYMENT, SEED, World, build_world, give_photo, many_people


@pytest.fixture
def world(cast: Cast) -> World:
    """林 and 赵 first, then seventy others of ten employers, all paid, at two sites."""
    return replayed(("seating", cast.shanxi.pk), lambda: _paid(cast))


def _paid(cast: Cast) -> World:
    people = [cast.lin.bound, cast.zhao.bound, *many_people(70)]
    world = build_world(cast.shanxi, people, employers=[f"单位{i % 10}" for i in range(72)])
    give_photo(world.applications[0])
    give_photo(world.applications[1])
    return world


@pytest.fixture
def drawn(world: World) -> World:
    """Return the same, with rooms prepared and seats drawn."""
    return replayed(("drawn", world.region.pk), lambda: _drawn(world))


def _drawn(world: World) -> World:
    actions.commit_seed(region_id=world.region.pk, by=SYSTEM, now=AFTER_PAYMENT, seed=SEED)
    actions.prepare_all_rooms(region_id=world.region.pk, by=SYSTEM, now=AFTER_PAYMENT)
    actions.draw_seats(region_id=world.region.pk, by=SYSTEM, now=AFTER_PAYMENT)
    return world
