"""The only clock. Actions read it once, after their lock is held; rules are given the time and never ask.

Tests and rehearsals set it, the demo shifts it to the instant its world was built. All instants are aware; dates
that people read are in Asia/Shanghai.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")

_set_to: ContextVar[datetime | None] = ContextVar("jinbang_clock", default=None)
_shift: timedelta = timedelta(0)


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    set_to = _set_to.get()
    return set_to if set_to is not None else datetime.now(UTC) + _shift


def today() -> date:
    """Return the present date in Asia/Shanghai."""
    return now().astimezone(SHANGHAI).date()


def shift_clock(by: timedelta) -> None:
    """Move the clock of this whole process, as the demo does when it starts. Not for tests: see `frozen_at`."""
    global _shift  # noqa: PLW0603  # one process has one clock; the alternative is a settings read on every call
    _shift = by


@contextmanager
def frozen_at(instant: datetime) -> Iterator[datetime]:
    """Hold the clock at an aware instant for the length of a `with` block (tests, rehearsals), and hand it over."""
    if instant.tzinfo is None:
        message = "an instant needs a time zone"
        raise ValueError(message)
    token = _set_to.set(instant.astimezone(UTC))
    try:
        yield instant
    finally:
        _set_to.reset(token)
