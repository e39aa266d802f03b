"""The arithmetic of the review desk: how long a decision took in working hours, and the middle of many. Pure.

A working day counts from nine to five: eight hours, the noon hour among them, so that two working days are sixteen
hours wherever an authority rests. What was submitted on a holiday begins to count on the next working morning.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from statistics import median
from typing import Final
from uuid import UUID

from jinbang.application.states import ApplicationEvent
from jinbang.kernel.clock import SHANGHAI

OPENS: Final = time(9)
CLOSES: Final = time(17)
_HOUR: Final = timedelta(hours=1)

STARTS: Final = frozenset({ApplicationEvent.SUBMIT.value, ApplicationEvent.REOPEN.value})
ENDS: Final = frozenset(
    {
        ApplicationEvent.APPROVE.value,
        ApplicationEvent.SAMPLE.value,
        ApplicationEvent.RETURN.value,
        ApplicationEvent.PROPOSE_REFUSAL.value,
    }
)
"""What ends the wait of a candidate for a first answer; second looks are work of their own."""


@dataclass(frozen=True)
class Step:
    """One thing that happened to one case."""

    case: UUID
    event: str
    at: datetime


def working_hours(start: datetime, end: datetime, *, is_working: Callable[[date], bool]) -> float:
    """Return the hours between two instants that lie in working days from nine to five; 0 when they are reversed."""
    begins, ends = start.astimezone(SHANGHAI), end.astimezone(SHANGHAI)
    total = timedelta(0)
    for offset in range((ends.date() - begins.date()).days + 1):
        day = begins.date() + timedelta(days=offset)
        if is_working(day):
            opens, closes = (datetime.combine(day, hour, tzinfo=SHANGHAI) for hour in (OPENS, CLOSES))
            total += max(timedelta(0), min(ends, closes) - max(begins, opens))
    return total / _HOUR


def waits(steps: Iterable[Step], *, since: datetime) -> list[tuple[datetime, datetime]]:
    """Return the wait that each first answer since an instant has ended: from the submission before it until then."""
    by_case: dict[UUID, list[Step]] = {}
    for step in steps:
        by_case.setdefault(step.case, []).append(step)
    found = []
    for case in by_case.values():
        relevant = sorted((one for one in case if one.event in STARTS | ENDS), key=lambda one: one.at)
        found += [
            (before.at, after.at)
            for before, after in pairwise(relevant)
            if before.event in STARTS and after.event in ENDS and after.at >= since
        ]
    return found


def median_hours(ended: Sequence[tuple[datetime, datetime]], *, is_working: Callable[[date], bool]) -> float | None:
    """Return the middle of these waits in working hours, to a tenth; None where nothing was decided."""
    hours = [working_hours(start, end, is_working=is_working) for start, end in ended]
    return round(median(hours), 1) if hours else None


def by_day(moments: Iterable[datetime], days: Sequence[date]) -> list[int]:
    """Return how many of these moments fall on each of these days in Shanghai."""
    counted = dict.fromkeys(days, 0)
    for moment in moments:
        day = moment.astimezone(SHANGHAI).date()
        if day in counted:
            counted[day] += 1
    return list(counted.values())


def in_order(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return what was counted, the most frequent first; alike ones by name."""
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
