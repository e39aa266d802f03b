"""How long a passed subject counts, explained year by year. Pure.

"滚动期以连续的考试次数计算": a window is a sliding set of consecutive examination years of the programme, not of
calendar days (Shaanxi examination centre, two-year rolling: 2012 and 2013 are one window, 2013 and 2014 the next). A
second sitting or a make-up of the same year uses up nothing. A year that the person's region did not hold is passed
over, which keeps passes a year longer (顺延), unless the person sat it elsewhere. "当年有效" is a window of one year.

A pass that is kept for one resit counts until the resit has been sat, and no longer than `within_months` (whole months,
so that a May examination reaches the next May's whatever the days). An absence sits nothing and uses up no resit.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, TypeAlias

from jinbang.catalogue.programme import Validity

MONTHS: Final = 12
_A_MONTH_LATER: Final = timedelta(days=32)  # from the first of a month, always in the next one


@dataclass(frozen=True)
class HeldSitting:
    """One sitting of the programme: its examination year, its first day, and whether the person's region held it."""

    code: str
    year: int
    first_day: date
    is_held: bool = True


Attempts: TypeAlias = Mapping[str, frozenset[str]]
"""Sitting code → subjects passed there, one entry for each sitting of which the person sat anything at all."""


@dataclass(frozen=True)
class Retention:
    """A passed subject that still counts: from which year, and through which year at the latest (None: for ever)."""

    subject_code: str
    passed_year: int
    counts_through_year: int | None


def window_of(sittings: Sequence[HeldSitting], *, attempts: Attempts, validity: Validity) -> tuple[HeldSitting, ...]:
    """Return the sittings whose passes count in the last of those given, itself included, in time order."""
    here = sittings[-1]
    if validity.same_sitting:
        return (here,)
    open_to = [sitting for sitting in sittings if sitting.is_held or sitting.code in attempts or sitting is here]
    return tuple(
        sitting
        for sitting in open_to
        if _is_within_years(sitting, open_to=open_to, validity=validity)
        and _is_within_months(sitting, here=here, validity=validity)
        and _has_resit_left(sitting, sittings=sittings, attempts=attempts, validity=validity)
    )


def retained_subjects(*, sittings: Sequence[HeldSitting], attempts: Attempts, validity: Validity) -> dict[str, int]:
    """Return subject → year for earlier passes that still count in the last sitting, from the latest pass of each."""
    here = sittings[-1]
    retained: dict[str, int] = {}
    for sitting in window_of(sittings, attempts=attempts, validity=validity):
        if sitting is not here:
            retained.update(dict.fromkeys(attempts.get(sitting.code, ()), sitting.year))
    return retained


def lapsed_subjects(*, sittings: Sequence[HeldSitting], attempts: Attempts, validity: Validity) -> dict[str, int]:
    """Return subject → year for earlier passes that count no longer and were not passed again since."""
    counting = {sitting.code for sitting in window_of(sittings, attempts=attempts, validity=validity)}
    lapsed: dict[str, int] = {}
    for sitting in sittings[:-1]:
        for subject in attempts.get(sitting.code, ()):
            if sitting.code in counting:
                lapsed.pop(subject, None)
            else:
                lapsed[subject] = sitting.year
    return lapsed


def kept_for_next(*, sittings: Sequence[HeldSitting], attempts: Attempts, validity: Validity) -> tuple[Retention, ...]:
    """Return what will count in a sitting of the year after the last one's, and through which year at the latest.

    `attempts` includes the last sitting, if anything was sat there. Every further year is taken as held.
    """
    here = sittings[-1]
    # The following sitting is taken to come as soon as it can.
    following = HeldSitting("", here.year + 1, (here.first_day.replace(day=1) + _A_MONTH_LATER).replace(day=1))
    kept = retained_subjects(sittings=(*sittings, following), attempts=attempts, validity=validity)
    through = _last_years(sittings, attempts=attempts, validity=validity)
    return tuple(Retention(subject, year, through.get(year)) for subject, year in sorted(kept.items()))


def _is_within_years(sitting: HeldSitting, *, open_to: Sequence[HeldSitting], validity: Validity) -> bool:
    if validity.consecutive_sittings is None:
        return True
    return len(set(_years_from(sitting.year, open_to))) <= validity.consecutive_sittings


def _years_from(year: int, sittings: Sequence[HeldSitting]) -> Iterator[int]:
    return (sitting.year for sitting in sittings if sitting.year >= year)


def _is_within_months(sitting: HeldSitting, *, here: HeldSitting, validity: Validity) -> bool:
    if validity.within_months is None:
        return True
    return _month(here) - _month(sitting) <= validity.within_months


def _month(sitting: HeldSitting) -> int:
    return sitting.first_day.year * MONTHS + sitting.first_day.month


def _has_resit_left(
    sitting: HeldSitting, *, sittings: Sequence[HeldSitting], attempts: Attempts, validity: Validity
) -> bool:
    if validity.resits is None:
        return True
    # The last sitting is the one that a pass would count in: it is sat, whatever is known of it yet.
    between = sittings[sittings.index(sitting) + 1 : -1]
    used = sum(other.code in attempts for other in between) + (sitting is not sittings[-1])
    return used <= validity.resits


def _last_years(sittings: Sequence[HeldSitting], *, attempts: Attempts, validity: Validity) -> dict[int, int]:
    """Return, for each year of a pass, the last year in which it counts; a year that never ends is left out."""
    here = sittings[-1]
    open_to = [sitting for sitting in sittings if sitting.is_held or sitting.code in attempts]
    last: dict[int, int] = {}
    for sitting in open_to:
        ends = []
        if validity.consecutive_sittings is not None:
            used = len(set(_years_from(sitting.year, open_to)))
            ends.append(here.year + validity.consecutive_sittings - used)
        if validity.within_months is not None:
            ends.append((_month(sitting) - 1 + validity.within_months) // MONTHS)
        if ends:
            last[sitting.year] = min(ends)
    return last
