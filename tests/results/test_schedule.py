"""Many releases at once: together or one after another, all of them or none."""

from datetime import timedelta

import pytest

from jinbang.people.states import Role
from jinbang.results.actions.schedule import schedule_releases
from jinbang.results.errors import NothingToSchedule, ReleaseTooLate, ResultsNotFound, WarrantChanged
from jinbang.results.models import Release
from tests.cast import NOW, Cast
from tests.results.test_views_desk import ClientOf, post, text_of, url
from tests.results.world import (
    OPENS,
    World,
    bring_in,
    enrol,
    many_people,
    new_world,
    sealed,
    set_pass_marks,
    with_roles,
)

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def later(world: World, cast: Cast) -> World:
    """Return a second sitting's region with people of its own, two months after the first."""
    other = new_world(cast, month=3)
    enrol(other, many_people(3)[1:])
    return other


def test_regions_go_out_one_after_another_in_the_order_of_their_sittings(world: World, later: World) -> None:
    ids = [later.region.pk, world.region.pk]
    for _again in range(2):  # and their instants can be set anew
        schedule_releases(region_ids=ids, first_at=OPENS, gap=HOUR, by=world.cast.chu.staff, now=NOW)
    assert (world.release.opens_at, later.release.opens_at) == (OPENS, OPENS + HOUR)
    assert Release.objects.count() == 2


def test_all_of_them_or_none(world: World, later: World, quick_signing: None) -> None:
    set_pass_marks(later)
    bring_in(later)
    sealed(later, opens_at=OPENS)
    ids, by = [world.region.pk, later.region.pk], world.cast.chu.staff
    with pytest.raises(WarrantChanged):
        schedule_releases(region_ids=ids, first_at=OPENS + HOUR, gap=HOUR, by=by, now=NOW)
    with pytest.raises(ReleaseTooLate):
        schedule_releases(region_ids=ids[:1], first_at=NOW, gap=HOUR, by=by, now=NOW)
    with pytest.raises(NothingToSchedule):
        schedule_releases(region_ids=[], first_at=OPENS, gap=HOUR, by=by, now=NOW)
    assert Release.objects.get().opens_at == OPENS


def test_nobody_sets_another_places_instant(world: World, cast: Cast) -> None:
    outsider = with_roles(cast.zheng, Role.MARKS_CLERK, at=cast.chongqing)
    for member in (outsider, cast.wu, cast.wei, cast.he):
        with pytest.raises(ResultsNotFound):
            schedule_releases(region_ids=[world.region.pk], first_at=OPENS, gap=HOUR, by=member.staff, now=NOW)


@pytest.mark.usefixtures("now")
def test_the_page_shows_every_instant_and_sets_them(world: World, later: World, client_of: ClientOf) -> None:
    client, address = client_of(world.cast.chu), url("schedule")
    given = {"day": "2026-03-12", "time": "09:00", "gap": "30"}
    assert "请至少选择一个考区" in text_of(post(client, address, given))
    chosen = {**given, "regions": [str(world.region.pk), str(later.region.pk)]}
    assert "时刻已过" in text_of(post(client, address, {**chosen, "day": "2026-03-01"}))
    assert post(client, address, chosen).status_code == 302
    shown = text_of(client.get(address))
    assert "2026-03-12 09:00" in shown
    assert "2026-03-12 09:30" in shown
    for member in (world.cast.wu, world.cast.he, world.cast.wei, world.cast.jiang):
        assert client_of(member).get(address).status_code == 403
