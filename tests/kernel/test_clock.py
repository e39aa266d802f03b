"""The only clock: it can be held, it shifts as a whole, and dates are those of Shanghai."""

from datetime import UTC, date, datetime, timedelta

import pytest

from jinbang.kernel import clock


def test_a_held_clock_stands_still_and_goes_on_afterwards() -> None:
    instant = datetime(2024, 4, 7, 12, tzinfo=clock.SHANGHAI)
    with clock.frozen_at(instant):
        assert clock.now() == clock.now() == instant
    assert clock.now() > instant


@pytest.mark.parametrize("hour,expected", [(15, date(2024, 4, 7)), (16, date(2024, 4, 8))])
def test_the_date_changes_at_midnight_in_shanghai(hour: int, expected: date) -> None:
    with clock.frozen_at(datetime(2024, 4, 7, hour, tzinfo=UTC)):
        assert clock.today() == expected


def test_an_instant_without_a_zone_is_not_an_instant() -> None:
    naive = datetime(2024, 4, 7, tzinfo=UTC).replace(tzinfo=None)
    with pytest.raises(ValueError, match="time zone"), clock.frozen_at(naive):
        pass


def test_the_demo_clock_runs_on_from_where_it_was_set() -> None:
    clock.shift_clock(timedelta(days=-1000))
    try:
        assert abs(datetime.now(UTC) - timedelta(days=1000) - clock.now()) < timedelta(minutes=1)
    finally:
        clock.shift_clock(timedelta(0))
