"""What a candidate sees of money, and how they withdraw."""

import pytest
from django.test import Client

from jinbang.application.models import Application
from jinbang.application.states import ApplicationState
from jinbang.audit.submission import new_submission_key
from jinbang.payment.models import Order
from jinbang.payment.states import OrderState
from jinbang.sittings.models import Window
from jinbang.sittings.states import WindowKind
from tests.application.world import World, submitted
from tests.cast import Cast, client_of
from tests.payment.world import approved, opened, pay

pytestmark = pytest.mark.django_db


def keyed(**fields: object) -> dict[str, object]:
    return {"submission_key": new_submission_key(), **fields}


def test_looking_for_the_order_opens_it(cast: Cast, world: World) -> None:
    application = approved(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff)
    client = client_of(cast.lin)
    answer = client.get(f"/applications/{application.pk}/order/")
    order = Order.objects.get()
    assert answer.headers["Location"] == f"/orders/{order.pk}/"
    page = client.get(f"/orders/{order.pk}/").text
    for shown in ("待缴费", "¥65.00", "¥130.00", order.number, "2026年4月7日（星期二）24:00", world.first.name):
        assert shown in page
    assert world.last_place.name not in page, "only registration points take money"


def test_the_receipt_stands_on_the_page_once_paid(cast: Cast, world: World) -> None:
    order = pay(opened(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff), by=cast.gu.staff)
    page = client_of(cast.lin).get(f"/orders/{order.pk}/").text
    for shown in ("缴费回执", "已缴费", "NO0001", "¥130.00"):
        assert shown in page
    assert "到哪里缴费" not in page


def test_without_approval_or_announced_time_nothing_is_owed(cast: Cast, world: World) -> None:
    pk = submitted(cast.lin.candidate, site=world.first).pk
    assert client_of(cast.lin).get(f"/applications/{pk}/order/").status_code == 409
    other = approved(cast.zhao.candidate, site=world.first, reviewer=cast.zhou.staff)
    Window.objects.filter(kind=WindowKind.PAYMENT).delete()
    page = client_of(cast.zhao).get(f"/applications/{other.pk}/order/")
    assert page.status_code == 409
    assert "公布缴费时间" in page.text


def test_withdrawing_asks_first_and_then_happens_once(cast: Cast, world: World) -> None:
    order = opened(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff)
    address, client = f"/applications/{order.application_id}/withdraw/", client_of(cast.lin)
    assert "名额立即释放" in client.get(address).text
    unsure = client.post(address, keyed())
    assert unsure.status_code == 422
    assert Application.objects.get().state == ApplicationState.APPROVED
    sent = keyed(sure="on")
    for _ in range(2):
        assert "已撤回" in client.post(address, sent, follow=True).text
    assert Application.objects.get().state == ApplicationState.WITHDRAWN
    assert Order.objects.get().state == OrderState.CANCELLED
    assert client.get(address).status_code == 409


def test_what_is_paid_is_not_withdrawn(cast: Cast, world: World) -> None:
    order = pay(opened(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff), by=cast.gu.staff)
    client, withdrawing = client_of(cast.lin), f"/applications/{order.application_id}/withdraw/"
    page = client.get(withdrawing)
    assert page.status_code == 409
    assert "也不退费" in page.text
    for shown in (f"/orders/{order.pk}/", f"/applications/{order.application_id}/", "/me/"):
        assert withdrawing not in client.get(shown).text, "no link leads where nothing can be done"


def test_withdrawing_is_offered_where_it_can_be_done(cast: Cast, world: World) -> None:
    order = opened(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff)
    assert f"/applications/{order.application_id}/withdraw/" in client_of(cast.lin).get(f"/orders/{order.pk}/").text
    waiting = approved(cast.zhao.candidate, site=world.first, reviewer=cast.zhou.staff)
    assert f"/applications/{waiting.pk}/withdraw/" in client_of(cast.zhao).get("/me/").text


def test_another_candidate_and_staff_see_nothing(cast: Cast, world: World) -> None:
    order = opened(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff)
    addresses = [
        f"/orders/{order.pk}/",
        f"/applications/{order.application_id}/order/",
        f"/applications/{order.application_id}/withdraw/",
    ]
    for address in addresses:
        page = client_of(cast.zhao).get(address)
        assert page.status_code == 404
        assert order.number not in page.text
        assert client_of(cast.wu).get(address).status_code == 403
        assert "/account/login/" in Client().get(address).headers["Location"]
    assert client_of(cast.zhao).post(addresses[2], keyed(sure="on")).status_code == 404
    assert Application.objects.get().state == ApplicationState.APPROVED
