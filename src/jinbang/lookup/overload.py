"""Admission: how much a process takes on at once, and the small page for what it does not.

An event loop answers everything that arrived since its last turn, one after the other, so the length of a turn is how
long people wait. A turn may spend so much time on answers; what arrives beyond it is refused at once with a page that
keeps what was typed, the solved challenge included, and asks again by itself. Nothing is queued, so nothing grows, and
the next turn begins afresh. The more have been told to come back, the longer the time over which they are spread: those
who ask again must not be what keeps the node busy. Pure but for the random wait.
"""

import secrets
from collections.abc import Callable, Mapping
from typing import Final

from jinbang.kernel.digests import Json
from jinbang.lookup.errors import FormRefused
from jinbang.lookup.exchange import Request, read_form
from jinbang.lookup.pages import Page, columns
from jinbang.lookup.query_form import text
from jinbang.lookup.words import _

TURN_SECONDS: Final = 0.25
RETRY_SECONDS_LEAST: Final = 3
RETRY_SECONDS_MOST: Final = 20
RETRY_SECONDS_LONGEST: Final = 120
SHARE_FOR_RETURNS: Final = 0.5  # of what this process can answer; the rest is for those who come for the first time


class Admission:
    """Admits what arrives in a turn of the loop until its time is used up. One per process."""

    def __init__(self, *, seconds: float = TURN_SECONDS) -> None:
        """Begin between two turns."""
        self._seconds = seconds
        self._until = 0.0
        self._in_turn = False
        self._admitted = 1
        self._returns_until = 0.0
        self.refused = 0

    def admits(self, now: float, at_next_turn: Callable[[Callable[[], None]], object]) -> bool:
        """Whether a request that is looked at now (monotonic seconds) is answered in full in this turn."""
        if not self._in_turn:
            self._in_turn = True
            self._until = now + self._seconds
            self._admitted = 1
            at_next_turn(self._end_turn)
            return True
        if now < self._until:
            self._admitted += 1
            return True
        self.refused += 1
        return False

    def wait(self, now: float) -> int:
        """Return after how many seconds somebody who is refused now is to ask again, at random.

        From `RETRY_SECONDS_LEAST` to `RETRY_SECONDS_MOST`, or as much later as it takes to answer everybody refused
        before at `SHARE_FOR_RETURNS` of the rate of this turn. Past `RETRY_SECONDS_LONGEST` there is no order any more.
        """
        cost = self._seconds / self._admitted
        self._returns_until = max(self._returns_until, now) + cost / SHARE_FOR_RETURNS
        latest = max(RETRY_SECONDS_MOST, int(self._returns_until - now))
        earliest = latest - RETRY_SECONDS_MOST + RETRY_SECONDS_LEAST
        if latest > RETRY_SECONDS_LONGEST:
            earliest, latest = RETRY_SECONDS_LEAST, RETRY_SECONDS_LONGEST
        return earliest + secrets.randbelow(latest - earliest + 1)

    def _end_turn(self) -> None:
        self._in_turn = False


def retry_page(request: Request, *, seconds: int) -> Page:
    """Return the page of a node that is busy: 503, when to ask again, and the form as it was filled in.

    Without script a page that was only looked at reloads by itself, a form has its button.
    """
    is_query = request.method == "POST"
    again = _filled_form(request, seconds) if is_query else _reload(request)
    sentence = _(
        "您填写的内容已经保留，{seconds} 秒后会自动重新提交；如果没有，请按“现在重试”。请不要关闭本页。"
    ).format(seconds=seconds)
    waiting = _("{seconds} 秒后会自动重试，请不要关闭本页。").format(seconds=seconds)
    main = (
        f'<h1 class="jb-title">{_("查询的人很多，请稍等")}</h1>'
        f'<p class="govuk-body" role="status">{sentence if is_query else waiting}</p>{again}'
    )
    facts: Mapping[str, Json] = {"outcome": "busy", "code": "node_busy", "retry_after_seconds": seconds}
    refresh = () if is_query else (("refresh", str(seconds)),)
    return Page(_("查询的人很多，请稍等"), columns(main), facts, 503, (("retry-after", str(seconds)), *refresh))


def _reload(request: Request) -> str:
    return f'<p class="govuk-body"><a class="govuk-link" href="{text(request.path)}">{_("现在重试")}</a></p>'


def _filled_form(request: Request, seconds: int) -> str:
    """Return the same form with every field hidden; an unreadable one comes back empty."""
    try:
        fields = read_form(request)
    except FormRefused:
        fields = {}
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{text(value)}">' for name, value in fields.items() if value
    )
    return (
        f'<form class="jb-retry" method="post" action="{text(request.path)}" data-retry-seconds="{seconds}">{hidden}'
        f'<button type="submit" class="govuk-button">{_("现在重试")}</button></form>'
    )
