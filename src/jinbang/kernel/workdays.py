"""Arithmetic of working days and of the ends of days.

Which dates are working days is not known here: `sittings` keeps the calendar and passes the question in. A period of
N working days begins on the day after the act (民法典第二百零一条: 开始的当日不计入), and a date without a time
includes the whole of that day in Asia/Shanghai.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Final

from jinbang.kernel.clock import SHANGHAI
from jinbang.kernel.errors import InvariantBroken

LONGEST_REST_DAYS: Final = 60
"""No public holiday comes near this: a calendar with such a gap is broken, and would otherwise loop to year 9999."""

_DAY: Final = timedelta(days=1)


def add_working_days(start: date, days: int, *, is_working: Callable[[date], bool]) -> date:
    """Return the working day that is the `days`-th after `start`; the start itself is not counted, 0 gives it back."""
    if days < 0:
        message = "working days are counted forwards"
        raise ValueError(message)
    reached, rest = start, 0
    while days > 0:
        reached += _DAY
        if is_working(reached):
            days, rest = days - 1, 0
            continue
        rest += 1
        if rest > LONGEST_REST_DAYS:
            message = f"no working day in {LONGEST_REST_DAYS} days before {reached.isoformat()}"
            raise InvariantBroken(message)
    return reached


def working_days_between(start: date, end: date, *, is_working: Callable[[date], bool]) -> int:
    """Return how many working days lie after `start` up to and including `end`.

    The inverse of `add_working_days`. When `end` is the earlier one, the count is negative: how many working days
    a deadline has been missed by.
    """
    if end < start:
        return -working_days_between(end, start, is_working=is_working)
    return sum(1 for offset in range(1, (end - start).days + 1) if is_working(start + offset * _DAY))


def start_of_day(day: date) -> datetime:
    """Return the first instant of this date in Asia/Shanghai."""
    return datetime.combine(day, time.min, tzinfo=SHANGHAI)


def end_of_day(day: date) -> datetime:
    """Return the instant at which this date is over: 00:00 of the next one, Asia/Shanghai (screens say 24:00)."""
    return start_of_day(day + _DAY)
