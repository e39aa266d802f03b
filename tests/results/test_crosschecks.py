"""Marks against room records, full marks and last year; and a noted violation that stops a plain mark from counting."""

from datetime import date

import pytest

from jinbang.attendance.models import Absence, Violation
from jinbang.attendance.states import Article
from jinbang.results import crosschecks
from jinbang.results.crosschecks import Distribution
from jinbang.results.screens.crosschecks import cross_check_screen
from tests.cast import NOW, Cast
from tests.insert_only import laid_open
from tests.results.seated import record_of, seat_everybody, seat_of
from tests.results.world import World, bring_in, enrol, many_people, new_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def seated(cast: Cast) -> World:
    """Return such a region of eight."""
    return seat_everybody(cast, [cast.lin.bound, cast.zhao.bound, *many_people(6)])


def note(world: World, article: Article, *, position: int = 0) -> None:
    seat = seat_of(world, "basics", position)
    Violation.objects.create(record=record_of(seat), seat=seat, article=article.value, facts="夹带", noted_at=NOW)


def test_marks_that_agree_with_everything_are_clean(seated: World) -> None:
    bring_in(seated)
    assert crosschecks.open_conflicts(seated.region) == 0
    assert cross_check_screen(seated.region).is_clean


def test_who_came_and_has_no_mark_is_found_and_who_stayed_away_is_not(seated: World) -> None:
    seat = seat_of(seated, "practice", 1)
    Absence.objects.create(record=record_of(seat), seat=seat, noted_at=NOW)
    found = crosschecks.cross_checks(seated.region).attended_without_mark
    assert found.count == 15
    assert (seated.entries[1].ticket_number, "practice") not in {
        (row.ticket_number, row.subject_code) for row in found.rows
    }


def test_a_mark_of_somebody_who_stayed_away_is_found(seated: World) -> None:
    bring_in(seated)
    seat = seat_of(seated, "practice", 1)
    Absence.objects.create(record=record_of(seat), seat=seat, noted_at=NOW)
    found = crosschecks.cross_checks(seated.region).marked_without_attending
    assert [(row.ticket_number, row.subject_code) for row in found.rows] == [
        (seated.entries[1].ticket_number, "practice")
    ]


def test_a_mark_above_the_full_marks_is_found_although_no_file_lets_one_in(seated: World) -> None:
    bring_in(seated)
    with laid_open():
        seated.entries[0].marks.filter(subject_code="basics").update(mark_hundredths=10_001)
    assert crosschecks.cross_checks(seated.region).above_full_marks.count == 1


def test_marks_are_spread_over_tenths_beside_the_last_sitting(cast: Cast) -> None:
    people = many_people(4)
    before, now = new_world(cast, year=2025), new_world(cast, year=2026)
    for world in (before, now):
        enrol(world, people)
    bring_in(before, {"T00001": {"basics": "100"}})
    bring_in(now, {"T00001": {"basics": "0"}, "T00002": {"basics": "缺考"}})
    found = {one.subject_code: one for one in crosschecks.distributions(now.region)}
    assert found["basics"].bands == (1, 0, 0, 0, 0, 0, 2, 0, 0, 0)
    assert found["basics"].earlier_bands == (0, 0, 0, 0, 0, 0, 3, 0, 0, 1)
    assert (found["basics"].mean_hundredths, found["basics"].earlier_mean_hundredths) == (4000, 7000)
    assert before.region.sitting.first_day < date(2026, 1, 1)


def test_who_came_by_a_signed_record_and_is_absent_in_the_file_is_found(seated: World) -> None:
    ticket = seated.entries[1].ticket_number
    bring_in(seated, {ticket: {"practice": "缺考"}})
    found = crosschecks.cross_checks(seated.region).attended_without_mark
    assert [(row.ticket_number, row.subject_code) for row in found.rows] == [(ticket, "practice")]
    assert crosschecks.open_conflicts(seated.region) == found.count == 1
    seat = seat_of(seated, "practice", 1)
    Absence.objects.create(record=record_of(seat), seat=seat, noted_at=NOW)
    assert crosschecks.open_conflicts(seated.region) == 0


def test_a_later_mark_takes_the_place_of_an_absence_and_the_other_way_round(seated: World) -> None:
    ticket = seated.entries[1].ticket_number
    bring_in(seated, {ticket: {"practice": "缺考"}})
    bring_in(seated)
    assert crosschecks.open_conflicts(seated.region) == 0
    bring_in(seated, {ticket: {"practice": "缺考", "basics": "61"}})
    assert crosschecks.open_conflicts(seated.region) == 1


@pytest.mark.parametrize(
    "bands,earlier,is_far",
    [
        ((0, 100), (0, 100), False),
        ((19, 81), (0, 100), False),
        ((20, 80), (0, 100), True),
        ((40, 160), (0, 100), True),
        ((99, 0), (0, 1_000), False),
        ((1_000, 0), (0, 99), False),
        ((100, 0), (0, 0), False),
    ],
)
def test_a_spread_is_far_where_a_fifth_of_the_people_would_have_to_change_their_tenth(
    *, bands: tuple[int, ...], earlier: tuple[int, ...], is_far: bool
) -> None:
    assert Distribution("l", "s", bands, earlier, None, None).is_far == is_far
