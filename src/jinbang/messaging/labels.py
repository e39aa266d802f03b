"""The words on screens for the messaging phase: ways out, states, instants as short as a text message needs them.

Holds no personal data and decides nothing.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinbang.kernel.clock import SHANGHAI
from jinbang.messaging.states import Channel, MessageState
from jinbang.sittings.labels import PROVISIONAL
from jinbang.sittings.rules import is_end_of_day

CHANNELS: Final[Mapping[Channel, Promise]] = {
    Channel.SMS: gettext_lazy("短信"),
    Channel.EMAIL: gettext_lazy("电子邮件"),
    Channel.INBOX: gettext_lazy("站内消息"),
}

STATES: Final[Mapping[MessageState, Promise]] = {
    MessageState.WAITING: gettext_lazy("待发送"),
    MessageState.SENDING: gettext_lazy("发送中"),
    MessageState.SENT: gettext_lazy("已发送"),
    MessageState.KEPT: gettext_lazy("仅站内保存"),
    MessageState.FAILED: gettext_lazy("发送失败，可在站内查看"),
}


def short_moment(instant: datetime, *, closing: bool = False) -> str:
    """Return an instant in few characters: 4月7日09:00; a closing one at 00:00 is 24:00 of the day before."""
    local = instant.astimezone(SHANGHAI)
    is_midnight = closing and is_end_of_day(instant)
    shown = local - timedelta(days=1) if is_midnight else local
    return _("%(month)s月%(day)s日%(time)s") % {
        "month": shown.month,
        "day": shown.day,
        "time": "24:00" if is_midnight else f"{shown:%H:%M}",
    }


def short_deadline(closes: datetime, *, is_provisional: bool) -> str:
    """Return a deadline that was counted in working days: 10月24日24:00, and （暂定） where it may still move."""
    return short_moment(closes, closing=True) + (str(PROVISIONAL) if is_provisional else "")
