"""Popular sites are not oversold when everybody comes at once; the twin shows that without the defence they are.

Each place that somebody was told they have leaves a row, in the transaction that takes it, so that the counter is held
against rows and not against itself. What a round takes is given back for the next.
"""

from collections import Counter
from collections.abc import Callable
from functools import partial
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import OperationalError, connection, transaction
from django.db.models import F

from jinbang.audit.models import StateChange
from jinbang.sittings import actions, queries
from jinbang.sittings.errors import SiteFull
from jinbang.sittings.models import Site
from tests.cast import NOW, build_authorities
from tests.racing import Contest
from tests.sittings.plans import publish
from tests.tiers import Measure, Tier

pytestmark = pytest.mark.django_db(transaction=True)
CAPACITIES = (1, 5)
SELDOM = 20


@pytest.fixture
def popular() -> Site:
    build_authorities()
    return queries.sites_of(queries.get_region(publish(), "14"))[0]


def contenders_of(tier: Tier) -> int:
    """Return how many come at once. SQLite lets one write and the others sleep: more of them only sleep longer."""
    return tier[Measure.QUEUING_WRITERS if connection.vendor == "sqlite" else Measure.CONTENDERS]


def leave_row(site: Site, *, client: int) -> None:
    StateChange.objects.create(
        at=NOW, actor_kind=f"client {client}", subject_kind="a place", subject_id=site.pk, event="taken"
    )


def rows_of(site: Site) -> int:
    return StateChange.objects.filter(subject_kind="a place", subject_id=site.pk).count()


@transaction.atomic
def take_safely(site: Site, *, client: int) -> bool:
    actions.take_place(site)
    leave_row(site, client=client)
    return True


def take_after_looking(site: Site, *, both_have_looked: Barrier) -> bool:
    """Look, then write what was seen plus one: the defence left out."""
    seen = Site.objects.get(pk=site.pk)
    both_have_looked.wait(timeout=20)
    if seen.places_left < 1:
        raise SiteFull(site=seen.name)
    Site.objects.filter(pk=site.pk).update(taken=seen.taken + 1)
    return True


def test_no_place_is_sold_twice_however_many_come_at_once(popular: Site, tier: Tier) -> None:
    contenders = contenders_of(tier)
    with Contest(contenders) as contest:
        for number in range(tier[Measure.RACE_ROUNDS]):
            capacity = CAPACITIES[number % len(CAPACITIES)]
            Site.objects.filter(pk=popular.pk).update(capacity=capacity, taken=0)
            StateChange.objects.filter(subject_kind="a place").delete()
            told = contest.race([partial(take_safely, popular, client=client) for client in range(contenders)])
            assert told.count(True) == capacity
            assert sum(isinstance(one, SiteFull) for one in told) == contenders - capacity
            popular.refresh_from_db()
            assert popular.taken == rows_of(popular) == capacity


def test_looking_first_and_writing_afterwards_does_sell_twice(popular: Site, tier: Tier) -> None:
    contenders = contenders_of(tier)
    Site.objects.filter(pk=popular.pk).update(capacity=1)
    barrier = Barrier(contenders)
    with Contest(contenders) as contest:
        told = contest.race([partial(take_after_looking, popular, both_have_looked=barrier)] * contenders)
    assert told.count(True) == contenders
    popular.refresh_from_db()
    assert popular.taken == 1


def test_a_crowd_that_books_and_gives_back_leaves_no_place_oversold_or_forgotten(popular: Site, tier: Tier) -> None:
    """What is left of the bookings after the rounds above, at sites of 1, 5 and 400 places, and some given back."""
    capacities = {popular: 1, sibling(popular, "91"): 5, sibling(popular, "92"): 400}
    for site, capacity in capacities.items():
        Site.objects.filter(pk=site.pk).update(capacity=capacity, taken=0)
    clients = contenders_of(tier)
    each = -(-tier[Measure.BOOKINGS] // tier[Measure.CONTENDERS]) - tier[Measure.RACE_ROUNDS]
    journeys = [tier.random.choices(list(capacities), k=each) for _ in range(clients)]
    with Contest(clients) as contest:
        told = contest.race([partial(book, journeys[client], client=client) for client in range(clients)])
    held: Counter[Site] = Counter()
    for one in told:
        assert isinstance(one, Counter)
        held.update(one)
    for site, capacity in capacities.items():
        site.refresh_from_db()
        assert site.taken == rows_of(site) == held[site] <= capacity
        while site.taken < capacity:  # none undersold: what was given back can be taken, to the last place
            take_safely(site, client=-1)
            site.refresh_from_db()
        with pytest.raises(SiteFull):
            take_safely(site, client=-1)
        assert rows_of(site) == capacity


def sibling(site: Site, code: str) -> Site:
    """Return another site beside this one."""
    other = Site.objects.get(pk=site.pk)
    other.pk, other.code, other._state.adding = uuid4(), code, True
    other.save()
    return other


def book(journey: list[Site], *, client: int) -> Counter[Site]:
    """Try a place at each site of the journey, now and then give one back; return what is still held."""
    held: Counter[Site] = Counter()
    for number, site in enumerate(journey):
        try:
            if held[site] and number % SELDOM == 0:
                held[site] -= give_back(site, client=client)
            else:
                held[site] += take_safely(site, client=client)
        except SiteFull:
            continue
        except OperationalError:  # SQLite lets somebody starve in so long a queue of writers: a fault, without effect
            assert connection.vendor == "sqlite"
    return held


@transaction.atomic
def give_back(site: Site, *, client: int) -> bool:
    mine = StateChange.objects.filter(actor_kind=f"client {client}", subject_kind="a place", subject_id=site.pk)
    assert StateChange.objects.filter(pk=mine.order_by("id").values("id")[:1].get()["id"]).delete()[0] == 1
    actions.free_place(site)
    return True


def test_without_the_condition_a_crowd_oversells(popular: Site, tier: Tier, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: the same UPDATE without its condition. What stops it then is the check constraint of the table."""

    def take_unconditionally(site: Site) -> None:
        Site.objects.filter(pk=site.pk).update(taken=F("taken") + 1)

    monkeypatch.setattr(actions, "take_place", take_unconditionally)
    contenders = contenders_of(tier)
    # The table's own constraint is the second defence: it is given room, so that the first is seen to be missing.
    Site.objects.filter(pk=popular.pk).update(capacity=contenders, taken=contenders - 1)
    acts: list[Callable[[], bool]] = [partial(take_safely, popular, client=client) for client in range(contenders)]
    with Contest(contenders) as contest, pytest.raises(Exception, match="sittings_no_place_too_many"):
        contest.race(acts)
