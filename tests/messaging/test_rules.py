"""Which way a message goes, and how long sending is tried."""

from datetime import timedelta

import pytest

from jinbang.messaging import rules
from jinbang.messaging.states import Channel, MessageKind
from tests.cast import NOW


@pytest.mark.parametrize(
    "has_phone,has_email,channel",
    [
        (True, True, Channel.SMS),
        (True, False, Channel.SMS),
        (False, True, Channel.EMAIL),
        (False, False, Channel.INBOX),
    ],
)
def test_a_telephone_comes_before_an_address_and_an_address_before_the_inbox_alone(
    *, has_phone: bool, has_email: bool, channel: Channel
) -> None:
    assert rules.channel_for(MessageKind.PAID, has_phone=has_phone, has_email=has_email) is channel


def test_an_approval_rings_no_telephone_because_the_notice_of_the_fee_follows_at_once() -> None:
    assert rules.channel_for(MessageKind.APPROVED, has_phone=True, has_email=True) is Channel.INBOX
    assert rules.channel_for(MessageKind.FEE_DUE, has_phone=True, has_email=True) is Channel.SMS


def test_sending_is_tried_eight_times_over_about_four_hours() -> None:
    at, attempts = NOW, 0
    while rules.has_attempts_left(attempts := attempts + 1):
        at = rules.next_attempt(attempts, at)
    assert attempts == rules.ATTEMPTS_MOST
    assert timedelta(hours=4) < at - NOW < timedelta(hours=5)
