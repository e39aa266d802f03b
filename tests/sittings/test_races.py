"""Popular sites are not oversold when everybody comes at once; the twin shows that without the defence they are."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from jinbang.sittings import actions, queries
from jinbang.sittings.errors import SiteFull
from jinbang.sittings.models import Site
from tests.cast import build_authorities
from tests.sittings.plans import publish

pytestmark = pytest.mark.django_db(transaction=True)

CONTENDERS = 8
ROUNDS = 4


@pytest.fixture
def popular() -> Site:
    build_authorities()
    return queries.sites_of(queries.get_region(publish(), "14"))[0]


def contend(site: Site, act: Callable[[Site, Barrier], None]) -> int:
    """Let everybody start together and return how many were told that they have a place."""
    barrier = Barrier(CONTENDERS)

    def contender(_number: int) -> bool:
        try:
            act(site, barrier)
        except SiteFull:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(CONTENDERS) as pool:
        return sum(pool.map(contender, range(CONTENDERS)))


def take_safely(site: Site, barrier: Barrier) -> None:
    barrier.wait(timeout=20)
    with transaction.atomic():
        actions.take_place(site)


def take_after_looking(site: Site, barrier: Barrier) -> None:
    """Look, then write what was seen plus one: the defence left out."""
    seen = Site.objects.get(pk=site.pk)
    barrier.wait(timeout=20)
    if seen.places_left < 1:
        raise SiteFull(site=seen.name)
    Site.objects.filter(pk=site.pk).update(taken=seen.taken + 1)


@pytest.mark.parametrize("capacity", [1, 5])
def test_no_place_is_sold_twice_however_many_come_at_once(popular: Site, capacity: int) -> None:
    Site.objects.filter(pk=popular.pk).update(capacity=capacity)
    for _round in range(ROUNDS):
        Site.objects.filter(pk=popular.pk).update(taken=0)
        assert contend(popular, take_safely) == capacity
        popular.refresh_from_db()
        assert popular.taken == capacity


def test_looking_first_and_writing_afterwards_does_sell_twice(popular: Site) -> None:
    Site.objects.filter(pk=popular.pk).update(capacity=1)
    assert contend(popular, take_after_looking) == CONTENDERS
    popular.refresh_from_db()
    assert popular.taken == 1
