"""The bursar's desk, and everybody who has no business there."""

import pytest
from django.test import Client

from jinbang.audit.submission import new_submission_key
from jinbang.kernel.clock import frozen_at
from jinbang.payment.models import Order, PaymentEvent
from jinbang.payment.states import OrderState
from tests.application.world import World
from tests.cast import LIN_NUMBER, Cast, client_of
from tests.payment.world import PAYMENT_CLOSES, approved, opened, pay, require_books_in_order

pytestmark = pytest.mark.django_db

COUNTER = "/desk/payment/"
DAY = "/desk/payment/day/"


def keyed(**fields: object) -> dict[str, object]:
    return {"submission_key": new_submission_key(), **fields}


def test_finds_by_name_and_opens_what_is_not_open_yet(cast: Cast, world: World) -> None:
    approved(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff)
    page = client_of(cast.gu).get(COUNTER, {"q": "林晓"})
    assert Order.objects.get().number in page.text
    assert "¥130.00" in page.text


@pytest.mark.parametrize("typed", [LIN_NUMBER, LIN_NUMBER.lower(), " 林 晓 "])
def test_what_people_type_differently_is_understood(cast: Cast, world: World, typed: str) -> None:
    order = opened(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff)
    assert order.number in client_of(cast.gu).get(COUNTER, {"q": typed}).text


def test_a_mistyped_order_number_and_nobody_found_get_a_sentence(cast: Cast, world: World) -> None:
    order = opened(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff)
    client = client_of(cast.gu)
    wrong = client.get(COUNTER, {"q": order.number[:-1] + str((int(order.number[-1]) + 1) % 10)})
    assert wrong.status_code == 422
    assert "逐位核对" in wrong.text
    assert "没有找到" in client.get(COUNTER, {"q": "王五"}).text
    assert client.get(COUNTER).status_code == 200


def test_takes_the_fee_and_shows_the_receipt(cast: Cast, world: World) -> None:
    order = opened(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff)
    address, client = f"/desk/payment/orders/{order.pk}/", client_of(cast.gu)
    shown = client.get(address).text
    assert "收费入账" in shown
    assert LIN_NUMBER not in shown
    sent = keyed(reference="no 0001", amount="¥130")
    answers = [client.post(address, sent) for _ in range(2)]
    assert [answer.headers["Location"] for answer in answers] == [address, address]
    after = client.get(address).text
    assert "NO0001" in after
    assert "顾收" in after
    assert "收费入账" not in after
    assert PaymentEvent.objects.count() == 1
    require_books_in_order()


@pytest.mark.parametrize(
    "fields,sentence",
    [
        ({"reference": "NO1", "amount": "129.99"}, "¥129.99"),
        ({"reference": "NO1", "amount": "一百三"}, "请用数字填写金额"),
        ({"reference": "NO1", "amount": "130.001"}, "最多到分"),
        ({"reference": "NO1", "amount": "-130"}, "不能是负数"),
        ({"reference": "", "amount": "130"}, "票据号"),
        ({"reference": "NO1", "amount": ""}, "实收金额"),
    ],
)
def test_bad_input_gets_a_sentence_and_takes_nothing(
    cast: Cast, world: World, *, fields: dict[str, str], sentence: str
) -> None:
    order = opened(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff)
    page = client_of(cast.gu).post(f"/desk/payment/orders/{order.pk}/", keyed(**fields))
    assert page.status_code == 422
    assert sentence in page.text
    assert Order.objects.get().state == OrderState.OWED


def test_after_the_deadline_the_counter_is_told_so(cast: Cast, world: World) -> None:
    order = opened(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff)
    with frozen_at(PAYMENT_CLOSES):
        page = client_of(cast.gu).post(f"/desk/payment/orders/{order.pk}/", keyed(reference="NO1", amount="130"))
    assert page.status_code == 422
    assert page.context["refusal"].code == "window_closed"
    assert Order.objects.get().state == OrderState.OWED


def test_a_receipt_already_used_is_refused_on_the_page(cast: Cast, world: World) -> None:
    first = pay(opened(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff), by=cast.gu.staff)
    second = opened(cast.zhao.candidate, site=world.first, reviewer=cast.zhou.staff)
    client = client_of(cast.gu)
    page = client.post(f"/desk/payment/orders/{second.pk}/", keyed(reference="NO0001", amount="130"))
    assert page.context["refusal"].code == "receipt_used"
    again = client.post(f"/desk/payment/orders/{first.pk}/", keyed(reference="NO0002", amount="130"))
    assert again.context["refusal"].code == "order_already_paid"
    assert "NO0001" in again.text


def test_the_days_list_adds_up(cast: Cast, world: World) -> None:
    pay(opened(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff), by=cast.gu.staff)
    pay(opened(cast.zhao.candidate, site=world.first, reviewer=cast.zhou.staff), by=cast.gu.staff, reference="NO0002")
    client = client_of(cast.gu)
    page = client.get(DAY)
    assert "合计 2 笔" in page.text
    assert "¥260.00" in page.text
    assert "这一天没有窗口收费" in client.get(DAY, {"day": "2026-03-09"}).text
    assert "真实存在的日期" in client.get(DAY, {"day": "2026-02-30"}).text


def test_wu_the_reviewer_and_candidates_get_nothing(cast: Cast, world: World) -> None:
    order = opened(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff)
    addresses = [COUNTER, DAY, f"/desk/payment/orders/{order.pk}/"]
    for member in (cast.wu, cast.zhou, cast.lin):
        client = client_of(member)
        assert {client.get(address).status_code for address in addresses} == {403}
        paid = client.post(addresses[2], keyed(reference="NO1", amount="130"))
        assert paid.status_code == 403
    assert all("sign-in" in Client().get(address).headers["Location"] for address in addresses)
    assert Order.objects.get().state == OrderState.OWED
