"""How long passes count: the worked examples of the field, and random histories against a slow obvious oracle.

The oracle walks forward and lets each pass live until something ends it; the program looks back from the last sitting.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jinbang.catalogue.check import find_programme_in_files
from jinbang.catalogue.programme import Validity, ValidityShape
from jinbang.results.validity import (
    HeldSitting,
    Retention,
    kept_for_next,
    lapsed_subjects,
    retained_subjects,
    window_of,
)

TWO = Validity(consecutive_sittings=2)
THREE = Validity(consecutive_sittings=3)
ONE_YEAR = Validity(consecutive_sittings=1)
LONG_TERM = Validity(consecutive_sittings=None)
SAME_SITTING = Validity(consecutive_sittings=1, same_sitting=True)
RESIT = Validity(consecutive_sittings=3, resits=1, within_months=12)


def yearly(*years: int, not_held: tuple[int, ...] = ()) -> tuple[HeldSitting, ...]:
    return tuple(HeldSitting(str(year), year, date(year, 9, 10), year not in not_held) for year in years)


def passes(**by_year: str) -> dict[str, frozenset[str]]:
    """Read y2024="ab" as subjects a and b passed in 2024; an empty text is a sitting where nothing was passed."""
    return {year.removeprefix("y"): frozenset(subjects) for year, subjects in by_year.items()}


# ---------------------------------------------------------------- the worked examples
def test_two_year_windows_slide_as_the_shaanxi_centre_explains() -> None:
    """2012、2013 为一个滚动期，2013、2014 为一个滚动期."""
    windows = [
        [sitting.year for sitting in window_of(yearly(*years), attempts={}, validity=TWO)]
        for years in ((2012,), (2012, 2013), (2012, 2013, 2014))
    ]
    assert windows == [[2012], [2012, 2013], [2013, 2014]]


def test_first_year_pass_is_void_in_the_third_year_and_second_year_passes_carry() -> None:
    """The constructors' example: one subject in year one, two in year two; year one's is void, year two's carry."""
    attempts = passes(y2021="a", y2022="bc")
    second = retained_subjects(sittings=yearly(2021, 2022), attempts=passes(y2021="a"), validity=TWO)
    third = yearly(2021, 2022, 2023)
    assert second == {"a": 2021}
    assert retained_subjects(sittings=third, attempts=attempts, validity=TWO) == {"b": 2022, "c": 2022}
    assert lapsed_subjects(sittings=third, attempts=attempts, validity=TWO) == {"a": 2021}
    kept = kept_for_next(sittings=yearly(2021, 2022), attempts=attempts, validity=TWO)
    assert kept == (Retention("b", 2022, 2023), Retention("c", 2022, 2023))


def test_a_year_not_held_in_the_region_keeps_passes_one_year_longer() -> None:
    sittings = yearly(2019, 2020, 2021, not_held=(2020,))
    assert retained_subjects(sittings=sittings, attempts=passes(y2019="a"), validity=TWO) == {"a": 2019}
    held = retained_subjects(sittings=yearly(2019, 2020, 2021), attempts=passes(y2019="a"), validity=TWO)
    assert held == {}


def test_a_year_held_and_missed_is_not_made_up_for() -> None:
    """房估 2020 to 2021: held, and the person stayed away or failed, so 2020's passes do not reach 2022."""
    sittings = yearly(2020, 2021, 2022)
    assert retained_subjects(sittings=sittings, attempts=passes(y2020="a", y2021=""), validity=TWO) == {}
    postponed = yearly(2020, 2021, 2022, not_held=(2021,))
    assert retained_subjects(sittings=postponed, attempts=passes(y2020="a"), validity=TWO) == {"a": 2020}


def test_whoever_sat_elsewhere_in_a_year_not_held_here_had_that_year() -> None:
    sittings = yearly(2019, 2020, 2021, not_held=(2020,))
    attempts = passes(y2019="a", y2020="b")
    assert retained_subjects(sittings=sittings, attempts=attempts, validity=TWO) == {"b": 2020}


def test_a_make_up_sitting_of_the_same_year_uses_up_nothing() -> None:
    sittings = (
        HeldSitting("2021", 2021, date(2021, 9, 10)),
        HeldSitting("2022", 2022, date(2022, 9, 10)),
        HeldSitting("2022-make-up", 2022, date(2023, 3, 10)),
    )
    assert retained_subjects(sittings=sittings, attempts=passes(y2021="a"), validity=TWO) == {"a": 2021}


def test_a_single_pass_of_the_counsellors_is_kept_a_year_with_one_resit() -> None:
    sittings = (
        HeldSitting("m17", 2017, date(2017, 5, 20)),
        HeldSitting("n17", 2017, date(2017, 11, 18)),
        HeldSitting("m18", 2018, date(2018, 5, 20)),
        HeldSitting("n18", 2018, date(2018, 11, 17)),
    )
    first = {"m17": frozenset("a")}
    assert kept_for_next(sittings=sittings[:1], attempts=first, validity=RESIT) == (Retention("a", 2017, 2018),)
    # The resit may be November's or next May's…
    assert retained_subjects(sittings=sittings[:2], attempts=first, validity=RESIT) == {"a": 2017}
    assert retained_subjects(sittings=sittings[:3], attempts=first, validity=RESIT) == {"a": 2017}
    # …but not both, and a year and a half later it is over.
    failed = {**first, "n17": frozenset[str]()}
    assert retained_subjects(sittings=sittings[:2], attempts=failed, validity=RESIT) == {"a": 2017}
    assert kept_for_next(sittings=sittings[:2], attempts=failed, validity=RESIT) == ()
    assert retained_subjects(sittings=sittings[:3], attempts=failed, validity=RESIT) == {}
    assert retained_subjects(sittings=sittings, attempts=first, validity=RESIT) == {}


@pytest.mark.parametrize(
    "code,level,track,shape",
    [
        ("social-worker", "junior", None, ValidityShape.ONE_YEAR),
        ("social-worker", "intermediate", None, ValidityShape.ROLLING),
        ("social-worker", "senior", None, ValidityShape.PROOF),
        ("constructor-1", "level-1", None, ValidityShape.ROLLING),
        ("constructor-1", "level-1", "exempt-two", ValidityShape.ONE_YEAR),
        ("software-qualification", "senior", None, ValidityShape.SAME_SITTING),
        ("psychological-counsellor-2017", "level-2", None, ValidityShape.ONE_RESIT),
    ],
)
def test_what_is_kept_of_a_partial_pass_in_each_shape_of_the_catalogue(
    *, code: str, level: str, track: str | None, shape: ValidityShape
) -> None:
    validity = find_programme_in_files(code).validity_for(level=level, track=track)
    assert validity.shape is shape
    kept = kept_for_next(sittings=yearly(2026), attempts=passes(y2026="a"), validity=validity)
    through = {
        ValidityShape.ONE_YEAR: None,
        ValidityShape.SAME_SITTING: None,
        ValidityShape.ROLLING: 2027,
        ValidityShape.ONE_RESIT: 2027,
    }
    if shape is ValidityShape.PROOF:
        assert kept == (Retention("a", 2026, None),)
    elif through[shape] is None:
        assert kept == ()
    else:
        assert kept == (Retention("a", 2026, through[shape]),)


def test_exempted_subjects_shorten_the_window() -> None:
    programme = find_programme_in_files("safety-engineer-intermediate")
    level = programme.levels[0].code
    lengths = [
        programme.validity_for(level=level, track=track).consecutive_sittings
        for track in (None, "exempt-one", "exempt-two")
    ]
    assert lengths == [4, 3, 2]


def test_passes_of_two_sittings_of_one_year_join_unless_the_rule_asks_for_one_sitting() -> None:
    sittings = (HeldSitting("spring", 2026, date(2026, 5, 23)), HeldSitting("autumn", 2026, date(2026, 11, 7)))
    attempts = {"spring": frozenset("a")}
    assert retained_subjects(sittings=sittings, attempts=attempts, validity=ONE_YEAR) == {"a": 2026}
    assert retained_subjects(sittings=sittings, attempts=attempts, validity=SAME_SITTING) == {}


def test_an_absence_uses_up_no_resit_and_passes_for_ever_stay() -> None:
    sittings = yearly(2026, 2027)
    assert kept_for_next(sittings=sittings[:1], attempts=passes(y2026="a"), validity=LONG_TERM)[0] == Retention(
        "a", 2026, None
    )
    many = yearly(*range(2000, 2030))
    assert retained_subjects(sittings=many, attempts=passes(y2000="a"), validity=LONG_TERM) == {"a": 2000}


def test_through_year_counts_the_years_not_held_as_none() -> None:
    sittings = yearly(2024, 2025, not_held=(2025,))
    assert kept_for_next(sittings=sittings, attempts=passes(y2024="a"), validity=THREE) == (Retention("a", 2024, 2027),)


# ---------------------------------------------------------------- the oracle
FOR_EVER = 10**6


@dataclass
class Life:
    """One pass of one subject, and what is left of it."""

    subject: str
    year: int
    month: int
    years_left: int
    resits_left: int

    def grow_older(self, *, is_new_year: bool, is_sat: bool) -> None:
        """Use up a year when another begins, and a resit when something is sat."""
        self.years_left -= is_new_year
        self.resits_left -= is_sat

    def is_alive(self, month: int, validity: Validity) -> bool:
        """Whether nothing of it is used up."""
        in_time = validity.within_months is None or month - self.month <= validity.within_months
        return in_time and self.years_left >= 0 and self.resits_left >= 0


def slow_retained(
    sittings: tuple[HeldSitting, ...], attempts: Mapping[str, frozenset[str]], validity: Validity
) -> dict[str, int]:
    """Walk through the sittings one by one; every pass lives until its years, months or resits are used up."""
    if validity.same_sitting:
        return {}
    lives: list[Life] = []
    year_now = None
    for sitting in sittings:
        is_last = sitting is sittings[-1]
        is_sat = sitting.code in attempts or is_last
        if not (sitting.is_held or is_sat):
            continue
        month = sitting.first_day.year * 12 + sitting.first_day.month
        for life in lives:
            life.grow_older(is_new_year=sitting.year != year_now, is_sat=is_sat)
        lives = [life for life in lives if life.is_alive(month, validity)]
        year_now = sitting.year
        if not is_last:
            left = FOR_EVER if validity.consecutive_sittings is None else validity.consecutive_sittings - 1
            resits = FOR_EVER if validity.resits is None else validity.resits
            lives += [Life(subject, sitting.year, month, left, resits) for subject in attempts.get(sitting.code, ())]
    return {life.subject: life.year for life in lives}


validities = st.one_of(
    st.builds(Validity, consecutive_sittings=st.one_of(st.none(), st.integers(1, 8))),
    st.just(SAME_SITTING),
    st.builds(
        Validity,
        consecutive_sittings=st.integers(1, 4),
        resits=st.one_of(st.none(), st.integers(0, 2)),
        within_months=st.one_of(st.none(), st.integers(1, 30)),
    ),
)


@st.composite
def histories(draw: st.DrawFn) -> tuple[tuple[HeldSitting, ...], dict[str, frozenset[str]]]:
    months = draw(st.lists(st.integers(1, 14), min_size=1, max_size=9))
    month, sittings = 2010 * 12, []
    for number, step in enumerate(months):
        month += step
        day = date(month // 12, month % 12 + 1, draw(st.integers(1, 28)))
        sittings.append(HeldSitting(f"s{number}", day.year, day, draw(st.booleans()) or draw(st.booleans())))
    attempts = {
        sitting.code: draw(st.frozensets(st.sampled_from("abcd")))
        for sitting in sittings
        if draw(st.booleans()) or draw(st.booleans())
    }
    return tuple(sittings), attempts


@given(history=histories(), validity=validities)
@settings(max_examples=1_500, deadline=None)
def test_retained_subjects_agree_with_the_slow_oracle(
    history: tuple[tuple[HeldSitting, ...], dict[str, frozenset[str]]], validity: Validity
) -> None:
    sittings, attempts = history
    retained = retained_subjects(sittings=sittings, attempts=attempts, validity=validity)
    assert retained == slow_retained(sittings, attempts, validity)
    lapsed = lapsed_subjects(sittings=sittings, attempts=attempts, validity=validity)
    ever = {subject for sitting in sittings[:-1] for subject in attempts.get(sitting.code, ())}
    assert set(retained) | set(lapsed) == ever
    assert not set(retained) & set(lapsed)


@given(history=histories(), validity=validities)
@settings(max_examples=1_000, deadline=None)
def test_what_is_kept_is_what_the_oracle_finds_in_the_next_years_sitting(
    history: tuple[tuple[HeldSitting, ...], dict[str, frozenset[str]]], validity: Validity
) -> None:
    sittings, attempts = history
    last = sittings[-1]
    month = last.first_day.year * 12 + last.first_day.month  # the month after it, counted from nought
    following = HeldSitting("next", last.year + 1, date(month // 12, month % 12 + 1, 1))
    expected = slow_retained((*sittings, following), attempts, validity)
    kept = kept_for_next(sittings=sittings, attempts=attempts, validity=validity)
    assert {item.subject_code: item.passed_year for item in kept} == expected


@given(history=histories(), span=st.integers(2, 6))
@settings(max_examples=500, deadline=None)
def test_a_rolling_pass_counts_in_the_last_year_it_is_said_to_and_in_no_later_one(
    history: tuple[tuple[HeldSitting, ...], dict[str, frozenset[str]]], span: int
) -> None:
    sittings, attempts = history
    validity = Validity(consecutive_sittings=span)
    for item in kept_for_next(sittings=sittings, attempts=attempts, validity=validity):
        assert item.counts_through_year is not None
        last = sittings[-1].year
        for year in range(last + 1, item.counts_through_year + 2):
            ahead = tuple(HeldSitting(f"y{y}", y, date(y, 12, 28)) for y in range(last + 1, year + 1))
            alive = slow_retained((*sittings, *ahead), attempts, validity)
            assert (alive.get(item.subject_code) == item.passed_year) == (year <= item.counts_through_year)
