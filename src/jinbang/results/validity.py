"""How long a passed subject counts, explained year by year. Pure.

"滚动期以连续的考试次数计算": a window is a sliding set of consecutive examination years of the programme, not of
calendar days (Shaanxi examination centre, two-year rolling: 2012 and 2013 are one window, 2013 and 2014 the next). A
second sitting or a make-up of the same year uses up nothing. A year that the person's region did not hold is passed
over, which keeps passes a year longer (顺延), unless the person sat it elsewhere. Where a notice says so, a held year
is passed over as well for whoever was not registered in it; an absence uses it up. "当年有效" is a window of one year.

A pass that is kept for one resit counts until the resit has been sat, and no longer than `within_months` (whole months,
so that a May examination reaches the next May's whatever the days). An absence sits nothing and uses up no resit.

Under a new syllabus earlier passes stand for new subjects as its table says, each on the clock it was passed under.
Which registrations belong to one history, where another level or track begins anew, says `own_attempts`.
`ledger` holds the same rules for millions of people at once; a slow oracle of the tests checks both.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, TypeAlias

from jinbang.catalogue.programme import is_whole_level
from jinbang.catalogue.validity import SyllabusChange, Validity

MONTHS: Final = 12
_FOR_EVER: Final = 10**6  # a year that never comes
_A_MONTH_LATER: Final = timedelta(days=32)  # from the first of a month, always in the next one


@dataclass(frozen=True)
class HeldSitting:
    """One sitting of the programme: its examination year, its first day, and whether the person's region held it."""

    code: str
    year: int
    first_day: date
    is_held: bool = True


@dataclass(frozen=True)
class Attempt:
    """What became of a sitting that a person was registered for. Nothing sat: absent from everything.

    A zero, a violation, a void or a withheld mark is something sat, and nothing passed.
    """

    passed: frozenset[str] = frozenset()
    sat: frozenset[str] = frozenset()

    @property
    def has_sat(self) -> bool:
        """Whether anything was sat: only then a resit is used up, or a year that one's own region did not hold."""
        return bool(self.sat)


Attempts: TypeAlias = Mapping[str, Attempt]
"""Sitting code → what became of it, one entry for each sitting that the person was registered for."""

ABSENT: Final = Attempt()


@dataclass(frozen=True)
class Registration:
    """One sitting that a person was registered for, before it is known which later ones it counts for.

    `is_complete`: with it every subject was passed, so that its passes and those before have become a certificate.
    """

    code: str
    level: str
    track: str
    specialty: str
    attempt: Attempt
    is_complete: bool = False


@dataclass(frozen=True)
class Retention:
    """A passed subject that still counts: from which year, and through which year at the latest (None: for ever)."""

    subject_code: str
    passed_year: int
    counts_through_year: int | None


def one_spelling(track_code: str) -> str:
    """Return the code of a track; the whole level has several spellings and one meaning."""
    return "" if is_whole_level(track_code) else track_code


@dataclass(frozen=True)
class StatedPass:
    """A pass of a year before ours, as another system's file states it with the last year in which it counts."""

    level: str
    track: str
    specialty: str
    retention: Retention


def own_stated(
    stated: Sequence[StatedPass],
    registrations: Sequence[Registration],
    *,
    level: str,
    track: str,
    specialty: str,
    own: frozenset[str],
    lasts: bool,
) -> tuple[Retention, ...]:
    """Return what of a person's file counts for one who is now registered in this way: it ends as our own passes do.

    A registration in another way, or a level completed since, ends all of it; another specialty its `own` subjects.
    """
    ways = {(one.level, one.track) for one in registrations}
    if any(one.is_complete for one in registrations) or (lasts and ways - {(level, track)}):
        return ()
    branches = {one.specialty for one in registrations if (one.level, one.track) == (level, track)} | {specialty}
    return tuple(
        one.retention
        for one in stated
        if (one.level, one.track) == (level, track)
        and (one.retention.subject_code not in own or branches == {one.specialty})
    )


def own_attempts(
    registrations: Sequence[Registration], *, level: str, track: str, specialty: str, own: frozenset[str], lasts: bool
) -> dict[str, Attempt]:
    """Return what counts of a person's registrations, in time order, for one who is now registered in this way.

    Another level or track makes a new candidate where passes outlast a year (`lasts`), also for whoever comes back
    ("更改了报考级别，一律按新考生进行处理", 人考中心函〔2010〕45号). Another specialty keeps what is common and gives
    up its `own` subjects. Whatever made the level complete counts towards nothing else.
    """
    found: dict[str, Attempt] = {}
    branch = specialty
    for one in registrations:
        if (one.level, one.track) != (level, track):
            if lasts:
                found = {}
            continue
        if one.specialty != branch:
            found = _without(found, own)
            branch = one.specialty
        if one.is_complete:
            found = {}
        else:
            found[one.code] = one.attempt
    return found if branch == specialty else _without(found, own)


def _without(attempts: Attempts, own: frozenset[str]) -> dict[str, Attempt]:
    return {code: replace(attempt, passed=attempt.passed - own) for code, attempt in attempts.items()}


def window_of(sittings: Sequence[HeldSitting], *, attempts: Attempts, validity: Validity) -> tuple[HeldSitting, ...]:
    """Return the sittings whose passes count in the last of those given, itself included, in time order."""
    here = sittings[-1]
    if validity.same_sitting:
        return (here,)
    open_to = _open_to(sittings, attempts=attempts, validity=validity)
    return tuple(
        sitting
        for sitting in open_to
        if _is_within_years(sitting, open_to=open_to, validity=validity)
        and _is_within_months(sitting, here=here, validity=validity)
        and _has_resit_left(sitting, sittings=sittings, attempts=attempts, validity=validity)
    )


def retained_subjects(
    *, sittings: Sequence[HeldSitting], attempts: Attempts, validity: Validity, stated: Sequence[Retention] = ()
) -> dict[str, int]:
    """Return subject → year for earlier passes that still count in the last sitting, from the latest pass of each.

    `stated` are those of years before ours: each counts through the year that is stated, whatever our sittings were.
    """
    here = sittings[-1]
    retained = _years_of(_counting(stated, year=here.year))
    for sitting in window_of(sittings, attempts=attempts, validity=validity):
        if sitting is not here:
            retained.update(dict.fromkeys(passed_in(sitting, attempts=attempts, validity=validity), sitting.year))
    return _under_syllabus_of(here.year, retained, validity=validity)


def lapsed_subjects(
    *, sittings: Sequence[HeldSitting], attempts: Attempts, validity: Validity, stated: Sequence[Retention] = ()
) -> dict[str, int]:
    """Return subject → year for earlier passes that count no longer and were not passed again since."""
    counting = {sitting.code for sitting in window_of(sittings, attempts=attempts, validity=validity)}
    ever = _years_of(stated)
    alive = _years_of(_counting(stated, year=sittings[-1].year))
    for sitting in sittings[:-1]:
        for subject in passed_in(sitting, attempts=attempts, validity=validity):
            ever[subject] = sitting.year
            if sitting.code in counting:
                alive[subject] = sitting.year
    year = sittings[-1].year
    standing = _under_syllabus_of(year, alive, validity=validity)
    once = _under_syllabus_of(year, ever, validity=validity)
    return {subject: passed for subject, passed in once.items() if subject not in standing}


def kept_for_next(
    *, sittings: Sequence[HeldSitting], attempts: Attempts, validity: Validity, stated: Sequence[Retention] = ()
) -> tuple[Retention, ...]:
    """Return what will count in a sitting of the year after the last one's, and through which year at the latest.

    `attempts` includes the last sitting, if the person was registered there. Every further year is taken as held, and
    as one in which the person is registered.
    """
    here = sittings[-1]
    following = (*sittings, next_year_of(here))
    kept = retained_subjects(sittings=following, attempts=attempts, validity=validity, stated=stated)
    if not kept:
        return ()
    ends = _ends(following, attempts=attempts, validity=validity, stated=stated)
    return tuple(Retention(subject, year, ends[subject]) for subject, year in sorted(kept.items()))


def standing_with_here(
    *, sittings: Sequence[HeldSitting], attempts: Attempts, validity: Validity, stated: Sequence[Retention] = ()
) -> dict[str, int]:
    """Return subject → year of everything that stands once the last sitting is over, its own passes included.

    Only a year in which earlier subjects are still sat beside the new ones needs it.
    """
    standing = _years_of(_counting(stated, year=sittings[-1].year))
    for sitting in window_of(sittings, attempts=attempts, validity=validity):
        standing.update(dict.fromkeys(passed_in(sitting, attempts=attempts, validity=validity), sitting.year))
    return _under_syllabus_of(sittings[-1].year, standing, validity=validity)


def next_year_of(here: HeldSitting) -> HeldSitting:
    """Return a sitting of the year after, taken to come as soon as it can."""
    return HeldSitting("", here.year + 1, (here.first_day.replace(day=1) + _A_MONTH_LATER).replace(day=1))


def _open_to(sittings: Sequence[HeldSitting], *, attempts: Attempts, validity: Validity) -> list[HeldSitting]:
    """Return the sittings of the years that a person used up, the last one always included."""
    over = {one.year for one in validity.passed_over}
    return [
        sitting
        for sitting in sittings
        if sitting is sittings[-1]
        or (sitting.code in attempts and attempts[sitting.code].has_sat)
        or (sitting.is_held and (sitting.year not in over or sitting.code in attempts))
    ]


def passed_in(sitting: HeldSitting, *, attempts: Attempts, validity: Validity) -> frozenset[str]:
    """Return what was passed there and counts: an earlier subject sat beside the new one it stands for does not."""
    attempt = attempts.get(sitting.code, ABSENT)
    passed = attempt.passed
    for change in validity.changes:
        if sitting.year >= change.year:
            passed -= _mixed(attempt.sat, change)
    return passed


def _mixed(sat: frozenset[str], change: SyllabusChange) -> frozenset[str]:
    return frozenset(
        code for one in change.equivalences if one.subject in sat for code in one.earlier_codes if code in sat
    )


def translated(stated: Sequence[Retention], *, year: int, validity: Validity) -> tuple[Retention, ...]:
    """Return what is stated of earlier years as the syllabus of a year has it, as far as it counts in that year."""
    counting = _counting(stated, year=year)
    ends = _ends_under(year, _ends_stated(counting), validity)
    years = _under_syllabus_of(year, _years_of(counting), validity=validity)
    return tuple(Retention(code, passed, ends[code]) for code, passed in sorted(years.items()))


def _counting(stated: Sequence[Retention], *, year: int) -> list[Retention]:
    return [one for one in stated if one.counts_through_year is None or one.counts_through_year >= year]


def _years_of(stated: Sequence[Retention]) -> dict[str, int]:
    """Return subject → year, of each subject the latest."""
    return {one.subject_code: one.passed_year for one in sorted(stated, key=lambda one: one.passed_year)}


def _under_syllabus_of(year: int, passed: Mapping[str, int], *, validity: Validity) -> dict[str, int]:
    """Return subject → year as the syllabus of a year has them: earlier passes stand for the new subjects.

    Where all of several are needed, the earliest of them says from when the whole is; a pass of the new subject itself
    stands if it is the later one.
    """
    found = dict(passed)
    for change in validity.changes:
        if year < change.year:
            continue
        for one in change.equivalences:
            years = [found[code] for code in one.earlier_codes if code in found]
            if years and (len(years) == len(one.earlier) or not one.needs_all):
                stands = min(years) if one.needs_all else max(years)
                found[one.subject] = max(stands, found.get(one.subject, stands))
        for one in change.equivalences:
            for code in one.earlier_codes:
                found.pop(code, None)
    return found


def _ends(
    following: Sequence[HeldSitting], *, attempts: Attempts, validity: Validity, stated: Sequence[Retention]
) -> Mapping[str, int | None]:
    """Return, for each subject that counts in the last sitting, the last year in which it does; None: for ever.

    One that rests on all of several earlier subjects ends with the first of them to end, any other with the last pass.
    """
    last = _last_years(following, attempts=attempts, validity=validity)
    ends = _ends_stated(_counting(stated, year=following[-1].year))
    for sitting in window_of(following, attempts=attempts, validity=validity):
        for subject in passed_in(sitting, attempts=attempts, validity=validity):
            ends[subject] = max(ends.get(subject, 0), last.get(sitting.code, _FOR_EVER))
    return _ends_under(following[-1].year, ends, validity)


def _ends_stated(stated: Sequence[Retention]) -> dict[str, int]:
    ends: dict[str, int] = {}
    for one in stated:
        ends[one.subject_code] = max(ends.get(one.subject_code, 0), one.counts_through_year or _FOR_EVER)
    return ends


def _ends_under(year: int, found: Mapping[str, int], validity: Validity) -> Mapping[str, int | None]:
    """Return these ends as the syllabus of a year has them."""
    ends = dict(found)
    for change in validity.changes:
        for one in change.equivalences if year >= change.year else ():
            earlier = [ends[code] for code in one.earlier_codes if code in ends]
            if earlier and (len(earlier) == len(one.earlier) or not one.needs_all):
                stands = min(earlier) if one.needs_all else max(earlier)
                ends[one.subject] = max(stands, ends.get(one.subject, 0))
    return {subject: None if end == _FOR_EVER else end for subject, end in ends.items()}


def _is_within_years(sitting: HeldSitting, *, open_to: Sequence[HeldSitting], validity: Validity) -> bool:
    span = validity.sittings_for(sitting.year)
    return span is None or len(set(_years_from(sitting.year, open_to))) <= span


def _years_from(year: int, sittings: Sequence[HeldSitting]) -> Iterator[int]:
    return (sitting.year for sitting in sittings if sitting.year >= year)


def _is_within_months(sitting: HeldSitting, *, here: HeldSitting, validity: Validity) -> bool:
    if validity.within_months is None:
        return True
    return month_of(here) - month_of(sitting) <= validity.within_months


def month_of(sitting: HeldSitting) -> int:
    """Return the month of a sitting as one running number."""
    return sitting.first_day.year * MONTHS + sitting.first_day.month


def _has_resit_left(
    sitting: HeldSitting, *, sittings: Sequence[HeldSitting], attempts: Attempts, validity: Validity
) -> bool:
    if validity.resits is None:
        return True
    # The last sitting is the one that a pass would count in: it is sat, whatever is known of it yet.
    between = sittings[sittings.index(sitting) + 1 : -1]
    used = sum(other.code in attempts and attempts[other.code].has_sat for other in between)
    return used + (sitting is not sittings[-1]) <= validity.resits


def _last_years(following: Sequence[HeldSitting], *, attempts: Attempts, validity: Validity) -> dict[str, int]:
    """Return, for the passes of each sitting, the last year in which it counts; one without an end is left out.

    The last of these sittings has not been yet: it uses up nothing, and all years from it on are taken as held.
    """
    before = following[-1].year - 1
    open_to = _open_to(following, attempts=attempts, validity=validity)[:-1]
    last: dict[str, int] = {}
    for sitting in open_to:
        ends = []
        span = validity.sittings_for(sitting.year)
        if span is not None:
            ends.append(before + span - len(set(_years_from(sitting.year, open_to))))
        if validity.within_months is not None:
            ends.append((month_of(sitting) - 1 + validity.within_months) // MONTHS)
        if ends:
            last[sitting.code] = min(ends)
    return last
