"""Working days against a slow, obvious oracle; ends of days on both sides of midnight."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jinbang.kernel.errors import InvariantBroken
from jinbang.kernel.workdays import (
    LONGEST_REST_DAYS,
    add_working_days,
    end_of_day,
    start_of_day,
    working_days_between,
)

# The Labour Day holiday of 2024: off 1 to 5 May, made up for on Sunday 28 April and Saturday 11 May.
OFF = {date(2024, 5, day) for day in range(1, 6)}
MADE_UP = {date(2024, 4, 28), date(2024, 5, 11)}


def is_working_in_2024(day: date) -> bool:
    return day in MADE_UP or (day.weekday() < 5 and day not in OFF)


@pytest.mark.parametrize(
    "start,days,expected",
    [
        (date(2024, 4, 26), 0, date(2024, 4, 26)),
        (date(2024, 4, 26), 1, date(2024, 4, 28)),  # Friday: the Sunday after is made up for
        (date(2024, 4, 27), 1, date(2024, 4, 28)),
        (date(2024, 4, 30), 1, date(2024, 5, 6)),  # over the holiday
        (date(2024, 5, 10), 1, date(2024, 5, 11)),  # a working Saturday
        (date(2024, 5, 10), 2, date(2024, 5, 13)),
    ],
)
def test_days_off_do_not_count_and_days_made_up_for_do(start: date, days: int, expected: date) -> None:
    assert add_working_days(start, days, is_working=is_working_in_2024) == expected
    assert working_days_between(start, expected, is_working=is_working_in_2024) == days


def calendar_of(week: frozenset[int], exceptions: frozenset[int]) -> Callable[[date], bool]:
    return lambda day: (day.weekday() in week) != (day.toordinal() % 31 in exceptions)


CALENDARS = st.builds(
    calendar_of,
    st.frozensets(st.integers(0, 6), min_size=2),
    st.frozensets(st.integers(0, 30), max_size=4),
)


@settings(deadline=None)
@given(start=st.dates(date(1990, 1, 1), date(2060, 1, 1)), days=st.integers(0, 60), is_working=CALENDARS)
def test_counting_agrees_with_the_list_of_all_working_dates(
    start: date, days: int, *, is_working: Callable[[date], bool]
) -> None:
    all_dates = [start + timedelta(days=offset) for offset in range(1, 700)]
    working = [start, *filter(is_working, all_dates)]
    reached = add_working_days(start, days, is_working=is_working)
    assert reached == working[days]
    assert working_days_between(start, reached, is_working=is_working) == days
    assert working_days_between(reached, start, is_working=is_working) == -days


def test_a_missed_deadline_is_counted_in_working_days_too() -> None:
    assert working_days_between(date(2024, 5, 7), date(2024, 4, 30), is_working=is_working_in_2024) == -2


def test_counting_backwards_is_a_fault() -> None:
    with pytest.raises(ValueError, match="forwards"):
        add_working_days(date(2024, 5, 7), -1, is_working=is_working_in_2024)


@pytest.mark.parametrize("rest,broken", [(LONGEST_REST_DAYS, False), (LONGEST_REST_DAYS + 1, True)])
def test_a_calendar_without_working_days_is_a_fault_and_not_an_endless_loop(rest: int, *, broken: bool) -> None:
    start = date(2024, 1, 1)
    first = start + timedelta(days=rest + 1)
    if broken:
        with pytest.raises(InvariantBroken):
            add_working_days(start, 1, is_working=lambda day: day >= first)
    else:
        assert add_working_days(start, 1, is_working=lambda day: day >= first) == first


def test_the_whole_of_a_day_without_a_time_is_included() -> None:
    shanghai = ZoneInfo("Asia/Shanghai")
    closes = end_of_day(date(2024, 4, 7))
    assert closes == datetime(2024, 4, 8, tzinfo=shanghai)
    assert datetime(2024, 4, 7, 23, 59, 59, 999999, tzinfo=shanghai) < closes
    assert start_of_day(date(2024, 4, 7)) == datetime(2024, 4, 7, tzinfo=shanghai)
    assert closes.utcoffset() == timedelta(hours=8)


def test_a_day_of_the_summer_time_of_1986_still_ends_at_its_midnight() -> None:
    assert end_of_day(date(1986, 5, 4)) - start_of_day(date(1986, 5, 4)) == timedelta(days=1)
    assert end_of_day(date(1986, 5, 4)).hour == 0
