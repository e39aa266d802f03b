"""Which days are worked: rows before what was announced, what was announced before the weekend rule."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinbang.sittings.workdays import ANNOUNCED_YEARS, WorkdayCalendar, announced_days


@pytest.mark.parametrize(
    "day,is_working",
    [
        (date(2017, 3, 31), True),
        (date(2017, 4, 1), True),  # a Saturday worked for Qingming
        (date(2017, 4, 2), False),
        (date(2017, 4, 4), False),  # a Tuesday of rest
        (date(2017, 4, 5), True),
        (date(2026, 1, 4), True),  # a Sunday worked for the New Year
        (date(2026, 10, 1), False),
        (date(2026, 10, 10), True),
        (date(2026, 10, 11), False),
    ],
)
def test_announced_rest_and_worked_weekends_are_known(day: date, is_working: bool) -> None:  # noqa: FBT001  # a column of the table
    calendar = WorkdayCalendar()
    assert calendar.is_working(day) is is_working
    assert not calendar.is_provisional(day)


@given(day=st.dates(date(max(ANNOUNCED_YEARS) + 1, 1, 1), date(2100, 12, 31)))
def test_a_year_not_announced_follows_the_weekend_rule_and_is_provisional(day: date) -> None:
    calendar = WorkdayCalendar()
    assert calendar.is_working(day) is (day.isoweekday() <= 5)
    assert calendar.is_provisional(day)


def test_a_row_comes_before_everything_and_is_not_provisional() -> None:
    holiday, far = date(2026, 10, 1), date(2099, 1, 1)
    calendar = WorkdayCalendar({holiday: True, far: False})
    assert calendar.is_working(holiday)
    assert not calendar.is_working(far)
    assert not calendar.is_provisional(far)
    assert calendar.is_provisional(date(2099, 1, 2))


def test_announced_days_come_in_order_with_their_chinese_names() -> None:
    days = announced_days(2017)
    assert [found.day for found in days] == sorted(found.day for found in days)
    assert {found.name for found in days} >= {"元旦", "春节", "清明", "国庆节"}
    assert announced_days(max(ANNOUNCED_YEARS) + 1) == ()
