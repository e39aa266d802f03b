"""Reads of seating: who sees what, and how many questions a page asks the database."""

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from jinbang.kernel import clock
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.clock import frozen_at
from jinbang.seating import actions, queries
from jinbang.seating.errors import RoomNotFound
from jinbang.seating.models import AdmissionTicket, Seat
from jinbang.sittings.errors import RegionNotFound
from tests.cast import Cast
from tests.seating.world import (
    AFTER_PAYMENT,
    AFTER_PRINTING,
    BEFORE_PRINTING,
    WHILE_PRINTING,
    World,
    build_world,
    give_photo,
    many_people,
)

pytestmark = pytest.mark.django_db


def test_the_number_shows_from_the_opening_of_the_window_and_stays_after_it(drawn: World, cast: Cast) -> None:
    ticket = queries.tickets_of(cast.lin.candidate).get()
    shown = [queries.own_ticket(ticket, now=now) for now in (BEFORE_PRINTING, WHILE_PRINTING, AFTER_PRINTING)]
    assert [own.has_opened for own in shown] == [False, True, True]
    assert [own.is_open for own in shown] == [False, True, False]


def test_the_window_is_half_open(drawn: World, cast: Cast) -> None:
    ticket = queries.tickets_of(cast.lin.candidate).get()
    window = queries.own_ticket(ticket, now=WHILE_PRINTING).window
    assert window is not None
    moments = (window.opens - timedelta(seconds=1), window.opens, window.closes - timedelta(seconds=1), window.closes)
    assert [queries.own_ticket(ticket, now=now).is_open for now in moments] == [False, True, True, False]


def test_a_ticket_shows_its_seats_in_the_order_of_time_under_the_names_of_the_subjects(
    drawn: World, cast: Cast
) -> None:
    own = queries.own_ticket(queries.tickets_of(cast.lin.candidate).get(), now=WHILE_PRINTING)
    assert [line.subject for line in own.lines] == [
        "建设工程造价管理基础知识",
        "建设工程计量与计价实务（安装工程）",
    ]


def test_an_imported_ticket_without_a_plan_is_found_too(world: World, cast: Cast) -> None:
    AdmissionTicket.objects.create(
        sitting=world.sitting,
        region=world.region,
        application=world.applications[0],
        site=world.region.sites.earliest("code"),
        number="ZJ-0001/7",
        issued_at=AFTER_PAYMENT,
    )
    own = queries.own_ticket(queries.tickets_of(cast.lin.candidate).get(), now=AFTER_PRINTING)
    assert own.ticket.number == "ZJ-0001/7"
    assert own.lines == ()


def test_nobody_opens_a_room_of_another_region_or_an_empty_one(drawn: World, cast: Cast) -> None:
    seat = Seat.objects.select_related("room").earliest("room__number")
    found = queries.get_room_list(seat.room_id, seat.session_id, by=cast.feng.staff, now=WHILE_PRINTING)
    assert [one.number for one in found.seats] == list(range(1, len(found.seats) + 1))
    for stranger in (cast.wu.staff, cast.zheng.staff):
        with pytest.raises(RegionNotFound):
            queries.get_room_list(seat.room_id, seat.session_id, by=stranger, now=WHILE_PRINTING)
    with pytest.raises(RoomNotFound):
        queries.get_room_list(seat.pk, seat.session_id, by=cast.feng.staff, now=WHILE_PRINTING)


def test_a_seating_officer_sees_only_regions_in_scope(drawn: World, cast: Cast) -> None:
    build_world(cast.chongqing, [], code="cq")
    assert [region.authority.code for region in queries.regions_of(cast.feng.staff)] == ["14"]
    assert not queries.regions_of(cast.wu.staff).exists()


def test_what_the_pages_cost(drawn: World, cast: Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    ticket = queries.tickets_of(cast.lin.candidate).get()
    with django_assert_num_queries(2):
        queries.own_ticket(ticket, now=WHILE_PRINTING)
    with django_assert_num_queries(5):
        queries.contents_of(ticket)
    region = queries.get_region(drawn.region.pk, by=cast.feng.staff)
    with frozen_at(WHILE_PRINTING), django_assert_num_queries(10):
        queries.desk_of(region, now=clock.now())


def test_the_draw_of_ten_times_as_many_people_asks_hardly_more(
    cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    world = build_world(cast.shanxi, many_people(600), capacities=(600,))
    give_photo(world.applications[0])
    actions.commit_seed(region_id=world.region.pk, by=SYSTEM, now=AFTER_PAYMENT)
    actions.prepare_all_rooms(region_id=world.region.pk, by=SYSTEM, now=AFTER_PAYMENT)
    with django_assert_max_num_queries(60):
        actions.draw_seats(region_id=world.region.pk, by=SYSTEM, now=AFTER_PAYMENT)
