"""Which way a message goes and how long sending is tried. Pure; holds no personal data, only whether there is any."""

from datetime import datetime, timedelta
from typing import Final

from jinbang.messaging.states import Channel, MessageKind

ATTEMPTS_MOST: Final = 8
"""With the waits below: the last attempt comes about four hours after the first."""

TAKEN_MOST: Final = timedelta(minutes=10)
"""Who has had a message for longer than this without saying anything is taken to have died."""

INBOX_ONLY: Final = frozenset({MessageKind.APPROVED})
"""The notice of what to pay follows an approval at once and says that it was approved: one text message, not two."""


def channel_for(kind: MessageKind, *, has_phone: bool, has_email: bool) -> Channel:
    """Return how this person hears of it: by text message, else by e-mail, else in the inbox only."""
    if kind in INBOX_ONLY:
        return Channel.INBOX
    if has_phone:
        return Channel.SMS
    return Channel.EMAIL if has_email else Channel.INBOX


def has_attempts_left(attempts: int) -> bool:
    """Whether sending is tried again after this many attempts."""
    return attempts < ATTEMPTS_MOST


def next_attempt(attempts: int, now: datetime) -> datetime:
    """Return when sending is tried again: each wait is twice the one before, beginning with two minutes."""
    return now + timedelta(minutes=2**attempts)
