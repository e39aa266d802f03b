"""The seating officer's desk, step by step, and the closed doors of everybody else."""

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from jinbang.audit import long_work
from jinbang.audit.models import LongWork
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.clock import frozen_at
from jinbang.people.models import Person
from jinbang.seating import actions, queries
from jinbang.seating.models import AdmissionTicket, Room, Seat, SeatPlan
from jinbang.seating.states import PlanState
from tests.cast import Cast
from tests.seating.world import AFTER_EXAM, AFTER_PAYMENT, WHILE_PRINTING, World

pytestmark = pytest.mark.django_db

ClientOf = Callable[..., Client]
NOBODY = UUID(int=1)


def key_of(html: str) -> str:
    found = re.search(r'name="submission_key" value="([^"]+)"', html)
    assert found is not None
    return found[1]


def test_the_whole_way_from_commitment_to_published_seed(world: World, cast: Cast, client_of: ClientOf) -> None:
    here = reverse("seating:desk_region", args=[world.region.pk])
    with frozen_at(AFTER_PAYMENT):
        client = client_of(cast.feng)
        assert here in client.get(reverse("seating:desk_regions")).content.decode()
        assert "公布种子摘要" in client.get(here).content.decode()
        form = client.get(reverse("seating:desk_commit", args=[world.region.pk])).content.decode()
        typed = {"seats_per_room": "30", "tail_policy": "own_room", "submission_key": key_of(form)}
        assert client.post(reverse("seating:desk_commit", args=[world.region.pk]), typed).status_code == 302
        key = key_of(client.get(here).content.decode())
        rooms = reverse("seating:desk_prepare", args=[world.region.pk])
        assert client.post(rooms, {"submission_key": key}).status_code == 302
        assert Room.objects.count() == 26
        key = key_of(client.get(here).content.decode())
        draw = reverse("seating:desk_draw", args=[world.region.pk])
        assert client.post(draw, {"submission_key": key}).status_code == 302
        assert client.post(draw, {"submission_key": key}).status_code == 302  # the same form again: the same draw
        waiting = client.get(here).content.decode()
        assert "等待处理" in waiting
        assert f"0 / {len(world.applications)} 人（0%）" in waiting
        assert draw not in waiting  # there is nothing more to press
        assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in waiting
        assert long_work.run_next()
        html = client.get(here).content.decode()
        assert "data-long-work" not in html
        assert SeatPlan.objects.get().digest in html
        assert "0 对（可以证明的最小值为 0 对）" in html
        assert SeatPlan.objects.get().seed not in html
    with frozen_at(AFTER_EXAM):
        client = client_of(cast.feng)
        key = key_of(client.get(here).content.decode())
        publish = reverse("seating:desk_publish", args=[world.region.pk])
        assert client.post(publish, {"submission_key": key}).status_code == 302
        assert SeatPlan.objects.get().seed in client.get(here).content.decode()
    assert SeatPlan.objects.get().state == PlanState.PUBLISHED


def test_a_commitment_is_not_made_of_nonsense(world: World, cast: Cast, client_of: ClientOf) -> None:
    with frozen_at(AFTER_PAYMENT):
        client = client_of(cast.feng)
        address = reverse("seating:desk_commit", args=[world.region.pk])
        for seats, policy in (("0", "own_room"), ("61", "own_room"), ("x", "own_room"), ("30", "x")):
            typed = {"seats_per_room": seats, "tail_policy": policy, "submission_key": "k" * 32}
            assert client.post(address, typed).status_code == 422
    assert not SeatPlan.objects.exists()


def test_a_draw_that_is_refused_says_why_at_once(world: World, cast: Cast, client_of: ClientOf) -> None:
    with frozen_at(AFTER_PAYMENT):
        typed = {"submission_key": "k" * 32}
        response = client_of(cast.feng).post(reverse("seating:desk_draw", args=[world.region.pk]), typed)
    assert response.status_code == 404  # nothing was committed to
    assert not AdmissionTicket.objects.exists()
    assert not LongWork.objects.exists()


def test_a_draw_that_the_worker_was_refused_says_why_on_the_same_page(
    world: World, cast: Cast, client_of: ClientOf
) -> None:
    here = reverse("seating:desk_region", args=[world.region.pk])
    with frozen_at(AFTER_PAYMENT):
        actions.commit_seed(region_id=world.region.pk, by=SYSTEM, now=AFTER_PAYMENT)
        actions.prepare_all_rooms(region_id=world.region.pk, by=SYSTEM, now=AFTER_PAYMENT)
        actions.ask_for_draw(region_id=world.region.pk, by=cast.feng.staff, now=AFTER_PAYMENT)
        Room.objects.all().delete()  # somebody was quicker
        long_work.run_next()
        html = client_of(cast.feng).get(here).content.decode()
    assert "第1考点还没有考场。请先点击“按容量准备考场”，再编排座位。" in html
    assert "轮到您" in html
    assert "按容量准备考场</button>" in html
    assert reverse("seating:desk_draw", args=[world.region.pk]) in html  # and there is a way on


def test_a_room_is_shown_as_it_stands_and_printed(drawn: World, cast: Cast, client_of: ClientOf) -> None:
    seat = Seat.objects.select_related("ticket__application__person").earliest("room__number", "number")
    places = [seat.room_id, seat.session_id]
    with frozen_at(WHILE_PRINTING):
        client = client_of(cast.feng)
        html = client.get(reverse("seating:desk_room", args=places)).content.decode()
        pdf = client.get(reverse("seating:desk_room_pdf", args=places))
    assert seat.ticket.application.person.name in html
    assert reverse("seating:desk_ticket_pdf", args=[seat.ticket_id]) in html
    assert pdf.content.startswith(b"%PDF-")


def test_a_ticket_is_handed_out_at_the_counter(drawn: World, cast: Cast, client_of: ClientOf) -> None:
    ticket = queries.tickets_of(cast.lin.candidate).get()
    with frozen_at(WHILE_PRINTING):
        pdf = client_of(cast.feng).get(reverse("seating:desk_ticket_pdf", args=[ticket.pk]))
    assert pdf.content.startswith(b"%PDF-")


def test_names_that_cannot_be_printed_wait_in_a_list(drawn: World, cast: Cast, client_of: ClientOf) -> None:
    address = reverse("seating:desk_names", args=[drawn.region.pk])
    with frozen_at(WHILE_PRINTING):
        client = client_of(cast.feng)
        assert "没有无法打印的姓名" in client.get(address).content.decode()
        Person.objects.filter(pk=cast.lin.bound.pk).update(name="林\U0003fffd")
        assert "U+3FFFD" in client.get(address).content.decode()


def addresses(drawn: World) -> list[str]:
    seat = Seat.objects.earliest("room__number", "number")
    region = [drawn.region.pk]
    return [
        reverse("seating:desk_region", args=region),
        reverse("seating:desk_commit", args=region),
        reverse("seating:desk_names", args=region),
        reverse("seating:desk_room", args=[seat.room_id, seat.session_id]),
        reverse("seating:desk_room_pdf", args=[seat.room_id, seat.session_id]),
        reverse("seating:desk_ticket_pdf", args=[seat.ticket_id]),
    ]


def test_wu_may_do_nothing(drawn: World, cast: Cast, client_of: ClientOf) -> None:
    posts = [reverse(f"seating:desk_{verb}", args=[drawn.region.pk]) for verb in ("prepare", "draw", "publish")]
    with frozen_at(WHILE_PRINTING):
        client = client_of(cast.wu)
        for address in [reverse("seating:desk_regions"), *addresses(drawn)]:
            assert client.get(address).status_code == 403, address
        for address in posts:
            assert client.post(address).status_code == 403, address
            assert client_of(cast.lin).post(address).status_code == 403, address
            assert Client().post(address).status_code == 302, address
    assert SeatPlan.objects.get().state == PlanState.DRAWN


def test_an_officer_of_elsewhere_finds_nothing(drawn: World, cast: Cast, client_of: ClientOf) -> None:
    held = cast.feng.account.appointments.get()
    held.authority = cast.chongqing
    held.save()
    with frozen_at(WHILE_PRINTING):
        client = client_of(cast.feng)
        for address in addresses(drawn):
            assert client.get(address).status_code == 404, address
        assert client.get(reverse("seating:desk_region", args=[NOBODY])).status_code == 404
