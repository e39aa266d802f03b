"""How long passes count: the worked examples of the field, one test for each, in both forms of the rules where it fits.

Random lives against an oracle stand in `test_validity_oracle`.
"""

from datetime import date

import pytest

from jinbang.catalogue.check import find_programme_in_files
from jinbang.catalogue.validity import Validity, ValidityShape
from jinbang.results.validity import (
    Attempt,
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


def passes(**by_year: str) -> dict[str, Attempt]:
    """Read y2024="ab" as a and b passed in 2024, "" as a failure in something, "-" as an absence from everything."""
    return {year.removeprefix("y"): attempt(subjects) for year, subjects in by_year.items()}


def attempt(subjects: str) -> Attempt:
    """Read "ab" as a and b passed, "" as a failure in something, "-" as an absence from everything."""
    passed = frozenset(subjects.removeprefix("-"))
    return Attempt() if subjects == "-" else Attempt(passed, passed | {"other"})


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
    first = {"m17": attempt("a")}
    assert kept_for_next(sittings=sittings[:1], attempts=first, validity=RESIT) == (Retention("a", 2017, 2018),)
    # The resit may be November's or next May's…
    assert retained_subjects(sittings=sittings[:2], attempts=first, validity=RESIT) == {"a": 2017}
    assert retained_subjects(sittings=sittings[:3], attempts=first, validity=RESIT) == {"a": 2017}
    # …but not both, and a year and a half later it is over.
    failed = {**first, "n17": attempt("")}
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
    attempts = {"spring": attempt("a")}
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
