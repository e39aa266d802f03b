"""Opening hours as people type them, and the next time a point is open: on working days, inside its window."""

from datetime import date, datetime, time

import pytest

from jinbang.kernel.clock import SHANGHAI
from jinbang.sittings.errors import HoursUnclear
from jinbang.sittings.opening import OpenSpan, next_open, parse_hours, tidy_hours
from jinbang.sittings.workdays import WorkdayCalendar

HOURS = "09:00-12:00 13:30-17:00"
CALENDAR = WorkdayCalendar({date(2026, 3, 18): False, date(2026, 3, 21): True})  # a Wednesday off, a Saturday worked


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    "typed", [HOURS, "9:00-12:00、13:30-17:00", "09：00～12：00，13：30—17：00", " 09:00至12:00  13:30-17:00 "]
)
def test_hours_are_kept_in_one_form_however_they_are_typed(typed: str) -> None:
    assert tidy_hours(typed) == HOURS
    assert parse_hours(typed)[1] == (time(13, 30), time(17))


def test_no_hours_are_no_hours() -> None:
    assert (tidy_hours("  "), parse_hours("")) == ("", ())


@pytest.mark.parametrize(
    "typed", ["上午", "09:00", "25:00-26:00", "12:00-09:00", "09:00-09:00", "09:00-12:00 11:00-17:00", "9-12"]
)
def test_what_cannot_be_read_or_does_not_follow_is_refused(typed: str) -> None:
    with pytest.raises(HoursUnclear):
        parse_hours(typed)


@pytest.mark.parametrize(
    "now,opens,closes",
    [
        (at(10, 8, 59), at(10, 9), at(10, 12)),  # before it opens
        (at(10, 9), at(10, 9), at(10, 12)),  # as it opens
        (at(10, 12), at(10, 13, 30), at(10, 17)),  # as it closes for lunch
        (at(10, 17), at(11, 9), at(11, 12)),  # in the evening
        (at(13, 17), at(16, 9), at(16, 12)),  # over a weekend
        (at(17, 18), at(19, 9), at(19, 12)),  # over a day off
        (at(20, 18), at(21, 9), at(21, 12)),  # into a Saturday that is worked
        (at(1, 8), at(9, 10), at(9, 12)),  # before the window opens, in the middle of a morning
        (at(23, 13), at(23, 13, 30), at(23, 15)),  # the window closes in the afternoon
    ],
)
def test_the_next_time_it_is_open(now: datetime, opens: datetime, closes: datetime) -> None:
    found = next_open(HOURS, now=now, opens=at(9, 10), closes=at(23, 15), is_working=CALENDAR.is_working)
    assert found == OpenSpan(opens, closes)
    assert found.is_now(now) is (opens <= now < closes)


@pytest.mark.parametrize("hours,now", [(HOURS, at(23, 15)), ("", at(10, 9))])
def test_none_when_the_window_is_over_or_no_hours_are_told(hours: str, now: datetime) -> None:
    assert next_open(hours, now=now, opens=at(9, 10), closes=at(23, 15), is_working=CALENDAR.is_working) is None
