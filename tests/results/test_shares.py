"""A release in shares: everybody stands in one of them, in order, whatever their number comes to."""

from itertools import pairwise

import pytest

from jinbang.audit.long_work import AT_ONCE
from jinbang.results import queries, shares
from jinbang.results.actions.outcomes import judge_outcomes, store_in_steps
from jinbang.results.actions.release import draft_release
from jinbang.results.models import Release
from tests.cast import NOW, Cast
from tests.results.world import OPENS, World, enrol, many_people, new_world


@pytest.fixture
def world(cast: Cast) -> World:
    return new_world(cast)


def judged(world: World, people: int) -> Release:
    if people:
        enrol(world, many_people(people))
    release = draft_release(region=world.region, opens_at=OPENS, by=world.cast.chu.staff, now=NOW)
    store_in_steps(release, judge_outcomes(release=release, now=NOW), keep=AT_ONCE)
    return release


@pytest.fixture
def of_four(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "PEOPLE_IN_SHARE", 4)


@pytest.mark.django_db
@pytest.mark.usefixtures("of_four")
@pytest.mark.parametrize(
    "people,sizes", [(0, [0]), (1, [1]), (3, [3]), (4, [4]), (5, [4, 1]), (8, [4, 4]), (9, [4, 4, 1])]
)
def test_everybody_stands_in_one_share_and_all_but_the_last_are_full(
    world: World, people: int, sizes: list[int]
) -> None:
    release = judged(world, people)
    parts = [list(share.of(release)) for share in shares.shares_of(release)]
    assert [len(part) for part in parts] == sizes
    assert [row.pk for part in parts for row in part] == [row.pk for row in queries.outcomes_of(release)]
    tickets = [row.entry.ticket_number for part in parts for row in part]
    assert all(earlier < later for earlier, later in pairwise(tickets))


def test_a_share_is_a_whole_subtree() -> None:
    """Only parts of a power of two are subtrees of RFC 6962."""
    assert shares.PEOPLE_IN_SHARE.bit_count() == 1
