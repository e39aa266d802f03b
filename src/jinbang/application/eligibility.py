"""Which conditions fit a person, by how much the others fall short, and from when they would fit. Pure.

Judged only from what can be typed (education, day of the diploma, whole years of work); what needs eyes stays with the
reviewer. `rules` refuses by the same verdicts; the condition's page shows all of them, those that fit first.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from jinbang.catalogue.programme import Condition, Education
from jinbang.catalogue.rules import ConditionOutcome, ConditionVerdict, judge_condition


@dataclass(frozen=True)
class Background:
    """What a person holds. `education` None: none of those that a condition could ask for."""

    education: Education | None
    graduated_on: date | None
    work_years: int


class _Nearness(IntEnum):
    """The order in which conditions are shown."""

    FITS = 0
    ONLY_TIME = 1
    ONLY_A_DIPLOMA = 2
    HIGHER_EDUCATION = 3


@dataclass(frozen=True)
class Fit:
    """One condition tried for a person.

    `fits_from` is the latest day from which nothing typed would stand against them any more, if they go on working in
    the field; None where it fits already, or where no waiting helps.
    """

    condition: Condition
    verdict: ConditionVerdict
    fits_from: date | None = None

    @property
    def nearness(self) -> int:
        """Where it stands in the list."""
        match self.verdict.outcome:
            case ConditionOutcome.MEETS:
                return _Nearness.FITS
            case ConditionOutcome.YEARS_SHORT:
                return _Nearness.ONLY_TIME
            case ConditionOutcome.NOT_GRADUATED:
                return _Nearness.ONLY_TIME if self.fits_from else _Nearness.ONLY_A_DIPLOMA
            case ConditionOutcome.EDUCATION_BELOW:
                return _Nearness.HIGHER_EDUCATION


def try_conditions(conditions: Iterable[Condition], background: Background, *, today: date) -> tuple[Fit, ...]:
    """Try every condition for a person: those that fit first, then the nearest; otherwise in the notice's order."""
    fits = [_tried(condition, background, today=today) for condition in conditions]
    return tuple(sorted(fits, key=lambda fit: (fit.nearness, fit.fits_from or date.min)))


def _tried(condition: Condition, background: Background, *, today: date) -> Fit:
    verdict = judge_condition(
        condition,
        education=background.education,
        work_years=background.work_years,
        graduated_on=background.graduated_on,
        today=today,
    )
    return Fit(condition, verdict, None if verdict.is_met else _fits_from(condition, background, today=today))


def _fits_from(condition: Condition, background: Background, *, today: date) -> date | None:
    """Return the day on which both the diploma is held and the years are full; None where no waiting helps.

    Whole years were typed, so the years may be full up to a year earlier: this is the latest day.
    """
    if condition.any_of:
        days = [_fits_from(one, background, today=today) for one in condition.any_of]
        return min((day for day in days if day is not None), default=None)
    if condition.education is not None:
        has_the_level = background.education is not None and background.education.rank >= condition.education.rank
        if not has_the_level or background.graduated_on is None:
            return None
    years_full = _years_later(today, max(0, condition.work_years - background.work_years))
    diploma = background.graduated_on if condition.education is not None and background.graduated_on else today
    if condition.graduating_students and diploma > today:
        diploma = max(today, date(diploma.year, 1, 1))
    return max(years_full, diploma)


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # the 29th of February of a year that has none
        return date(day.year + years, 3, 1)
