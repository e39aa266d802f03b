"""Which days are worked: our own rows first, then the announced holidays and 调休 days, then the weekend rule. Pure.

The announced days come from `chinesecalendar`, which knows the years the State Council has announced and no other:
this is the one module that reads it. A later year follows the weekend rule and is provisional until it is announced.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from chinese_calendar import constants

WEEKDAYS_WORKED: Final = 5

ANNOUNCED_REST: Final[Mapping[date, str]] = dict(constants.holidays)
ANNOUNCED_WORK: Final[Mapping[date, str]] = dict(constants.workdays)
ANNOUNCED_YEARS: Final[frozenset[int]] = frozenset(day.year for day in ANNOUNCED_REST)


@dataclass(frozen=True)
class AnnouncedDay:
    """A day that differs from, or confirms, the weekend rule."""

    day: date
    is_working: bool
    name: str


@dataclass(frozen=True)
class WorkdayCalendar:
    """The answer to "is this day worked?", with the rows an authority has laid over what was announced."""

    rows: Mapping[date, bool] = field(default_factory=dict)

    def is_working(self, day: date) -> bool:
        """Return whether this day is a working day: row, else announced day, else Monday to Friday."""
        if day in self.rows:
            return self.rows[day]
        if day in ANNOUNCED_WORK:
            return True
        return day not in ANNOUNCED_REST and day.weekday() < WEEKDAYS_WORKED

    def is_provisional(self, day: date) -> bool:
        """Return whether the answer rests on the weekend rule alone, its year not being announced yet."""
        return day not in self.rows and day.year not in ANNOUNCED_YEARS


def announced_days(year: int) -> tuple[AnnouncedDay, ...]:
    """Return the announced days of a year in order; empty for a year nobody has announced."""
    named = [(day, False, name) for day, name in ANNOUNCED_REST.items()]
    named += [(day, True, name) for day, name in ANNOUNCED_WORK.items()]
    days = (AnnouncedDay(day, is_working=worked, name=_chinese(name)) for day, worked, name in named)
    return tuple(sorted((day for day in days if day.day.year == year), key=lambda day: day.day))


_CHINESE: Final[Mapping[str, str]] = {holiday.value: holiday.chinese for holiday in constants.Holiday}


def _chinese(name: str) -> str:
    return _CHINESE.get(name, name)
