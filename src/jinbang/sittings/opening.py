"""When a registration point takes people: its opening hours on working days, and the next time it is open. Pure.

Hours are kept as they are typed, "09:00-12:00 13:30-17:00": a working day has them, any other day has none. `queries`
brings the calendar and the window in which people may come at all.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Final

from jinbang.kernel.clock import SHANGHAI
from jinbang.sittings.errors import HoursUnclear

HOURS_LONGEST: Final = 64
DAYS_LOOKED_AHEAD: Final = 30  # the longest rest there is takes nine days
_SPAN: Final = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")
_AS_TYPED: Final = str.maketrans({"：": ":", **dict.fromkeys("—–～~至", "-"), **dict.fromkeys("、，,", " ")})


@dataclass(frozen=True)
class OpenSpan:
    """One stretch of a day in which a point is open, half-open."""

    opens: datetime
    closes: datetime

    def is_now(self, now: datetime) -> bool:
        """Whether this instant lies inside."""
        return self.opens <= now < self.closes


def parse_hours(typed: str) -> tuple[tuple[time, time], ...]:
    """Return the stretches of a working day in their order; none for an empty text.

    Refuses what is no hour, a stretch that ends before it begins, and two that overlap.
    """
    spans = []
    for word in typed.translate(_AS_TYPED).split():
        found = _SPAN.fullmatch(word)
        if found is None:
            raise HoursUnclear(typed=word)
        first, second, third, fourth = map(int, found.groups())
        try:
            spans.append((time(first, second), time(third, fourth)))
        except ValueError as error:
            raise HoursUnclear(typed=word) from error
    ends = [instant for span in spans for instant in span]
    if any(later <= earlier for earlier, later in pairwise(ends)):
        raise HoursUnclear(typed=typed.strip())
    return tuple(spans)


def tidy_hours(typed: str) -> str:
    """Return the one form in which hours are kept: `09:00-12:00 13:30-17:00`."""
    return " ".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in parse_hours(typed))


def next_open(
    hours: str, *, now: datetime, opens: datetime, closes: datetime, is_working: Callable[[date], bool]
) -> OpenSpan | None:
    """Return the stretch that runs now, or else the next one, inside a window; None when there is none any more."""
    spans, day = parse_hours(hours), max(now, opens).astimezone(SHANGHAI).date()
    for ahead in range(DAYS_LOOKED_AHEAD):
        on = day + timedelta(days=ahead)
        if not is_working(on):
            continue
        for start, end in spans:
            span = OpenSpan(
                max(datetime.combine(on, start, SHANGHAI), opens), min(datetime.combine(on, end, SHANGHAI), closes)
            )
            if span.opens < span.closes and now < span.closes:
                return span
    return None
