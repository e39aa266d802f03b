"""Reads of room records: a clerk of one city holds the records of its sites, and what the pages cost."""

import pytest
from pytest_django import DjangoAssertNumQueries

from jinbang.attendance import queries
from jinbang.attendance.errors import RecordNotFound
from jinbang.attendance.models import RoomRecord
from jinbang.kernel.actors import SYSTEM
from jinbang.people.actions import appoint
from jinbang.people.queries import get_staff
from jinbang.people.states import Role
from tests.attendance.test_actions import EVENING
from tests.cast import NOW, SINCE, Cast
from tests.seating.world import World

pytestmark = pytest.mark.django_db


def test_a_clerk_of_one_city_holds_the_records_of_its_sites_alone(opened: World, cast: Cast) -> None:
    site = opened.region.sites.earliest("code")
    site.authority = cast.yangquan
    site.save()
    appoint(
        account=cast.wu.account,
        authority=cast.yangquan,
        role=Role.ROOM_CLERK,
        unit="考务科",
        starts_on=SINCE,
        by=SYSTEM,
        now=NOW,
    )
    clerk = get_staff(cast.wu.account, today=NOW.date())
    region = queries.get_region(opened.region.pk, by=clerk)
    assert {record.room.site_id for record in queries.records_of(region, by=clerk)} == {site.pk}
    assert {line.site_id for line in queries.progress_of(region, by=clerk)} == {site.pk}
    other = RoomRecord.objects.exclude(room__site=site).earliest("id")
    with pytest.raises(RecordNotFound):
        queries.get_record(other.pk, by=clerk)
    assert [(line.region.pk, line.records) for line in queries.regions_of(clerk)] == [(region.pk, 4)]


def test_progress_adds_up(opened: World, cast: Cast) -> None:
    lines = queries.progress_of(queries.get_region(opened.region.pk, by=cast.chen.staff), by=cast.chen.staff)
    assert sum(line.expected for line in lines) == 2 * len(opened.applications)
    assert [(line.records, line.closed, line.absent) for line in lines] == [(2, 0, 0)] * 4


def test_what_the_pages_cost(
    *, record: RoomRecord, opened: World, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    found = queries.get_record(record.pk, by=cast.chen.staff)
    with django_assert_num_queries(4):
        queries.page_of(found, now=EVENING)
    region = queries.get_region(opened.region.pk, by=cast.chen.staff)
    with django_assert_num_queries(2):
        queries.progress_of(region, by=cast.chen.staff)
    with django_assert_num_queries(2):
        queries.regions_of(cast.chen.staff)
