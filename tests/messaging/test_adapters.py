"""What leaves the program: the console without personal data, and codes that only a demo shows."""

import pytest
from pytest_django import Settings
from structlog.testing import capture_logs

from jinbang.kernel.ids import new_id
from jinbang.messaging.adapters import CODES_KEPT_MOST, ConsoleSender, Outgoing, code_sender
from jinbang.messaging.models import ShownCode
from jinbang.messaging.states import Channel, MessageKind

PHONE = "+8613800138000"
CODE = "您的验证码是 123456，10 分钟内有效。请勿告诉任何人。"


@pytest.mark.parametrize(
    "channel,said", [(Channel.SMS, "已收到报名费。"), (Channel.EMAIL, "缴费成功")], ids=["sms", "letter"]
)
def test_the_console_says_what_was_sent_and_never_to_whom(channel: Channel, said: str, settings: Settings) -> None:
    outgoing = Outgoing(
        message_id=new_id(),
        kind=MessageKind.PAID,
        channel=channel,
        address=PHONE,
        subject="缴费成功",
        text="已收到报名费。",
    )
    with capture_logs() as lines:
        ConsoleSender().send(outgoing)
    (line,) = lines
    assert line["text"] == said
    assert "13800138000" not in str(line)
    assert "13800138000" not in repr(outgoing)
    settings.JINBANG_DEMO = True
    with capture_logs() as lines:
        ConsoleSender().send(outgoing)
    assert lines == [], "a demo has its outbox"


@pytest.mark.django_db
def test_a_demo_keeps_codes_beside_a_masked_number_and_only_the_latest(settings: Settings) -> None:
    settings.JINBANG_DEMO = True
    for _ in range(CODES_KEPT_MOST + 3):
        code_sender(PHONE, CODE)
    assert ShownCode.objects.count() == CODES_KEPT_MOST
    assert set(ShownCode.objects.values_list("phone_masked", "text")) == {("+86138****8000", CODE)}


@pytest.mark.django_db
def test_anywhere_else_no_code_is_kept(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    settings.JINBANG_DEMO = False
    code_sender(PHONE, CODE)
    assert not ShownCode.objects.exists()
    assert "123456" in capsys.readouterr().out
