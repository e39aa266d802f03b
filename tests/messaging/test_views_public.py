"""The outbox of a demo, which exists nowhere else."""

import pytest
from django.test import Client
from pytest_django import Settings

from jinbang.messaging import actions
from jinbang.messaging.adapters import code_sender
from tests.application.world import World
from tests.cast import NOW, Cast, client_of
from tests.messaging.world import Recorder, entered

pytestmark = pytest.mark.django_db
OUTBOX = "/outbox/"


@pytest.fixture
def demo(settings: Settings) -> None:
    settings.JINBANG_DEMO = True


def test_does_not_exist_outside_a_demo(client: Client, settings: Settings, cast: Cast) -> None:
    settings.JINBANG_DEMO = False
    for visitor in (client, client_of(cast.lin), client_of(cast.wu), client_of(cast.han)):
        assert visitor.get(OUTBOX).status_code == 404


@pytest.mark.usefixtures("demo")
def test_shows_messages_and_codes_newest_first_with_masked_numbers(client: Client, cast: Cast, world: World) -> None:
    entered(world, cast.lin.bound)
    actions.collect_messages(NOW)
    actions.deliver_messages(NOW, Recorder())
    code_sender(cast.lin.phone, "您的验证码是 123456，10 分钟内有效。请勿告诉任何人。")
    answer = client.get(OUTBOX)
    page = answer.text
    assert page.index("123456") < page.index("报名已提交")
    assert "+86138****8000" in page
    assert "13800138000" not in page
    assert cast.lin.bound.name not in page
    assert "已发送" in page
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.usefixtures("demo")
def test_says_so_when_nothing_went_out(client: Client) -> None:
    assert "还没有发出任何消息" in client.get(OUTBOX).text
