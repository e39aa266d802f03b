"""Admission: how much a process takes on at once, and the small page for what it does not.

An event loop answers everything that arrived since its last turn, one after the other, so the length of a turn is how
long people wait. A turn may spend so much time on answers; what arrives beyond it is refused at once with a page that
keeps what was typed, the solved challenge included, and asks again by itself. Nothing is queued, so nothing grows, and
the next turn begins afresh. Pure but for the random wait.
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


class Admission:
    """Admits what arrives in a turn of the loop until its time is used up. One per process."""

    def __init__(self, *, seconds: float = TURN_SECONDS) -> None:
        """Begin between two turns."""
        self._seconds = seconds
        self._until = 0.0
        self._in_turn = False
        self.refused = 0

    def admits(self, now: float, at_next_turn: Callable[[Callable[[], None]], object]) -> bool:
        """Whether a request that is looked at now (monotonic seconds) is answered in full in this turn."""
        if not self._in_turn:
            self._in_turn = True
            self._until = now + self._seconds
            at_next_turn(self._end_turn)
            return True
        if now < self._until:
            return True
        self.refused += 1
        return False

    def _end_turn(self) -> None:
        self._in_turn = False


def retry_page(request: Request) -> Page:
    """Return the page of a node that is busy: 503, when to ask again, and the form as it was filled in.

    The wait is random between `RETRY_SECONDS_LEAST` and `RETRY_SECONDS_MOST`, so that those refused together do not
    come back together. Without script a page that was only looked at reloads by itself, a form has its button.
    """
    seconds = RETRY_SECONDS_LEAST + secrets.randbelow(RETRY_SECONDS_MOST - RETRY_SECONDS_LEAST + 1)
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
