"""What a programme decides by itself: whether a person meets a condition, and what weighted parts add up to.

A condition is judged only from what can be typed: education, years, the day of the diploma. What needs eyes (the major,
the certificate, the papers) stays with the reviewer. Application shows the verdict while the form is filled in, and
judges again when it is submitted. Parts that a file of marks brings are put together here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from math import floor
from typing import Final

from jinbang.catalogue.errors import PartMarksWrong
from jinbang.catalogue.programme import Condition, Education, Rounding, Subject

PERCENT_TOTAL: Final = 100


class ConditionOutcome(StrEnum):
    """What can be said about a person and a condition."""

    MEETS = "meets"
    EDUCATION_BELOW = "education_below"
    NOT_GRADUATED = "not_graduated"
    YEARS_SHORT = "years_short"


_FURTHER: Final = {
    ConditionOutcome.MEETS: 0,
    ConditionOutcome.YEARS_SHORT: 1,
    ConditionOutcome.NOT_GRADUATED: 2,
    ConditionOutcome.EDUCATION_BELOW: 3,
}


@dataclass(frozen=True)
class ConditionVerdict:
    """The judgment with the number its sentence needs: how many years are missing."""

    outcome: ConditionOutcome
    years_short: int = 0

    @property
    def is_met(self) -> bool:
        """Whether nothing that can be judged stands against the person."""
        return self.outcome is ConditionOutcome.MEETS


def judge_condition(
    condition: Condition, *, education: Education | None, work_years: int, graduated_on: date | None, today: date
) -> ConditionVerdict:
    """Judge one condition. Years are whole years in its `work_field`, counted by the notice's own end date.

    `education` None: below every education known here. `graduated_on` None: the diploma is not held yet. A diploma of
    this very year suffices where the condition admits graduating students (应届毕业生). Higher education meets a
    condition that asks for a lower one. Where any of several will do, the verdict is that of the nearest.
    """
    if condition.any_of:
        verdicts = (
            judge_condition(one, education=education, work_years=work_years, graduated_on=graduated_on, today=today)
            for one in condition.any_of
        )
        return min(verdicts, key=lambda verdict: (_FURTHER[verdict.outcome], verdict.years_short))
    if condition.education is not None:
        if education is None or education.rank < condition.education.rank:
            return ConditionVerdict(ConditionOutcome.EDUCATION_BELOW)
        if not _has_diploma(condition, graduated_on=graduated_on, today=today):
            return ConditionVerdict(ConditionOutcome.NOT_GRADUATED)
    if work_years < condition.work_years:
        return ConditionVerdict(ConditionOutcome.YEARS_SHORT, years_short=condition.work_years - work_years)
    return ConditionVerdict(ConditionOutcome.MEETS)


def is_eligible(
    condition: Condition, *, education: Education | None, work_years: int, graduated_on: date | None, today: date
) -> bool:
    """Whether the condition is met as far as typed facts can show."""
    return judge_condition(
        condition, education=education, work_years=work_years, graduated_on=graduated_on, today=today
    ).is_met


def _has_diploma(condition: Condition, *, graduated_on: date | None, today: date) -> bool:
    if graduated_on is None:
        return False
    return graduated_on <= today or (condition.graduating_students and graduated_on.year == today.year)


def weighted_mark(subject: Subject, part_marks: Mapping[str, int]) -> int:
    """Return a subject's mark (hundredths) made of the marks of its parts, all of them, by their weights.

    Each part counts by the share of its own full mark that was reached; the sum is exact, and rounded once, at the
    end, as the subject says: the 2017 counsellors' theory is a tenth ethics and nine tenths theory. Refuses a subject
    without parts, a part that is missing or unknown, and a mark above the part's full mark.
    """
    parts = {part.code: part for part in subject.parts}
    if not parts or part_marks.keys() != parts.keys():
        raise PartMarksWrong(subject=subject.code, part=", ".join(sorted(parts.keys() ^ part_marks.keys())))
    exact = Fraction(0)
    for code, mark in part_marks.items():
        if not 0 <= mark <= parts[code].full_mark_hundredths:
            raise PartMarksWrong(subject=subject.code, part=code)
        exact += Fraction(mark * parts[code].weight_percent, parts[code].full_mark_hundredths)
    steps = exact * subject.full_mark_hundredths / PERCENT_TOTAL / subject.mark_step_hundredths
    half = Fraction(1, 2) if subject.rounding is Rounding.HALF_UP else Fraction(0)
    return floor(steps + half) * subject.mark_step_hundredths
