"""A candidate's own page shows what they applied for, whose turn it is and the next step; nobody else's."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from jinbang.application import actions as applications
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.clock import frozen_at
from jinbang.portal.queries import ExamCard, exams_of
from jinbang.results.models import Release
from jinbang.results.states import ReleaseState
from jinbang.seating import actions as seating
from tests.application.world import World, build_world, started, submitted
from tests.cast import NOW, CandidateMember, Cast
from tests.insert_only import RELEASES, laid_open
from tests.payment.world import opened, pay
from tests.seating import world as seats

SignIn = Callable[[Any], Client]


@pytest.fixture
def world(cast: Cast) -> World:
    """One sitting that people apply for."""
    return build_world(cast)


def card_of(member: CandidateMember, *, at: datetime = NOW) -> ExamCard:
    [card] = exams_of(member.candidate, now=at)
    return card


def address_of(card: ExamCard) -> str:
    return card.action.url if card.action else ""


def test_whoever_has_applied_for_nothing_is_led_to_the_exams(cast: Cast, client_of: SignIn) -> None:
    html = client_of(cast.lin).get("/me/").content.decode()
    assert "您还没有报名任何考试" in html
    assert 'href="/exams/"' in html


def test_whoever_is_bound_to_nobody_is_led_to_say_who_they_are(cast: Cast, client_of: SignIn) -> None:
    html = client_of(cast.sun).get("/me/").content.decode()
    assert 'href="/me/identity/"' in html


def test_a_draft_is_the_candidates_turn(cast: Cast, world: World) -> None:
    application = started(cast.lin.candidate)
    card = card_of(cast.lin)
    assert card.is_yours
    assert address_of(card) == f"/applications/{application.pk}/tasks/"


def test_what_is_submitted_waits_for_the_reviewer(cast: Cast, world: World) -> None:
    submitted(cast.lin.candidate, site=world.first)
    card = card_of(cast.lin)
    assert not card.is_yours
    assert card.action is None
    assert str(card.turn) == "现在轮到审核人员"


def test_what_was_returned_is_to_be_corrected(cast: Cast, world: World) -> None:
    pk = submitted(cast.lin.candidate, site=world.first).pk
    applications.return_application(application_id=pk, version=1, reason="照片不清楚", by=cast.zhou.staff, now=NOW)
    card = card_of(cast.lin)
    assert card.is_yours
    assert address_of(card) == f"/applications/{pk}/tasks/"


def test_an_order_is_to_be_paid_and_then_nothing_is(cast: Cast, world: World) -> None:
    order = opened(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff)
    card = card_of(cast.lin)
    assert card.is_yours
    assert address_of(card) == f"/orders/{order.pk}/"
    pay(order, by=cast.gu.staff)
    paid = card_of(cast.lin)
    assert not paid.is_yours
    assert str(paid.state) == "已缴费"
    assert f"/orders/{order.pk}/" in [link.url for link in paid.links]


def test_another_persons_application_is_not_shown(cast: Cast, world: World, client_of: SignIn) -> None:
    submitted(cast.lin.candidate, site=world.first)
    assert exams_of(cast.zhao.candidate, now=NOW) == ()
    assert world.sitting.name not in client_of(cast.zhao).get("/me/").content.decode()


@pytest.fixture
def seated(cast: Cast) -> seats.World:
    """林 and 赵 paid, drawn and published."""
    world = seats.build_world(cast.shanxi, [cast.lin.bound, cast.zhao.bound])
    at = seats.AFTER_PAYMENT
    seating.commit_seed(region_id=world.region.pk, by=SYSTEM, now=at, seed=seats.SEED)
    seating.prepare_all_rooms(region_id=world.region.pk, by=SYSTEM, now=at)
    seating.draw_seats(region_id=world.region.pk, by=SYSTEM, now=at)
    return world


@pytest.mark.usefixtures("seated")
@pytest.mark.parametrize(
    "at, is_open", [(seats.BEFORE_PRINTING, False), (seats.WHILE_PRINTING, True), (seats.AFTER_PRINTING, False)]
)
def test_a_ticket_is_to_be_printed_in_its_window(cast: Cast, at: datetime, is_open: bool) -> None:  # noqa: FBT001  # a case of the table
    card = card_of(cast.lin, at=at)
    assert card.is_yours is is_open
    assert address_of(card).startswith("/me/tickets/") is is_open
    assert any(link.url.startswith("/me/tickets/") for link in card.links) is not is_open


@pytest.mark.parametrize("is_out", [True, False])
def test_results_are_to_be_opened_once_they_are_released(cast: Cast, seated: seats.World, is_out: bool) -> None:  # noqa: FBT001  # a case of the table
    at = seats.AFTER_EXAM
    state = ReleaseState.RELEASED if is_out else ReleaseState.ARMED
    released = at if is_out else None
    with laid_open(RELEASES):
        Release.objects.create(code="out", region=seated.region, opens_at=at, released_at=released, state=state.value)
    assert (address_of(card_of(cast.lin, at=at)) == "/me/results/release/out/") is is_out


def test_the_page_costs_few_queries(
    cast: Cast, seated: seats.World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(5):
        exams_of(cast.lin.candidate, now=seats.WHILE_PRINTING)


def test_the_page_shows_the_next_step(cast: Cast, world: World, client_of: SignIn) -> None:
    order = opened(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff)
    html = client_of(cast.lin).get("/me/").content.decode()
    assert "现在轮到您" in html
    assert f'href="/orders/{order.pk}/"' in html
    assert "no-store" in client_of(cast.lin).get("/me/")["Cache-Control"]


def test_strangers_sign_in_first_and_staff_are_told_so(cast: Cast, client: Client, client_of: SignIn) -> None:
    assert client.get("/me/")["Location"] == "/account/login/?next=/me/"
    assert client_of(cast.wu).get("/me/").status_code == 403


def test_the_page_is_of_its_own_instant(cast: Cast, seated: seats.World, client_of: SignIn) -> None:
    with frozen_at(seats.WHILE_PRINTING):
        assert "打印准考证" in client_of(cast.lin).get("/me/").content.decode()
