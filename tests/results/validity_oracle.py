"""A slow and obvious second account of how long passes count, written from the sentences of the field, not from ours.

It takes one person through their sittings in the order of time. Each pass is a thing of its own that notes which years
and which resits it has been through, and is asked in each sitting whether it still lives. Nothing here is clever, and
nothing is imported but the words of the rules.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from jinbang.catalogue.validity import Validity

PASS, FAIL, ZERO, ABSENT, VIOLATION, VOID, WITHHELD = range(7)
"""What a mark came to. Only the first is a pass; only `ABSENT` is nothing sat."""


@dataclass(frozen=True)
class OracleWay:
    """A level and track: what has to be passed, what is the specialty's own, and the rule."""

    validity: Validity
    required: tuple[str, ...]
    own: frozenset[str] = frozenset()


@dataclass(frozen=True)
class OracleSitting:
    """One sitting, and the regions that held it."""

    code: str
    year: int
    month: int
    held_in: frozenset[int]


@dataclass(frozen=True)
class Sat:
    """One person's registration for a sitting: the way, the specialty, and what each subject came to."""

    way: int
    specialty: str
    marks: Mapping[str, int]


@dataclass
class Living:
    """One pass of one subject, and what it has been through."""

    way: int
    specialty: str
    subject: str
    year: int
    month: int
    years: set[int] = field(default_factory=set)
    resits: int = 0


@dataclass(frozen=True)
class Said:
    """What the oracle says of one sitting: subject → year for all that stands, and whether that is everything."""

    standing: dict[str, int]
    is_complete: bool


def oracle(
    ways: Sequence[OracleWay], sittings: Sequence[OracleSitting], taken: Mapping[str, Sat], *, region: int
) -> dict[str, Said]:
    """Take one person through all sittings and say what each one they were registered for came to."""
    said: dict[str, Said] = {}
    passes: list[Living] = []
    for sitting in sittings:
        mine = taken.get(sitting.code)
        has_sat = mine is not None and any(what != ABSENT for what in mine.marks.values())
        fresh: list[Living] = []
        if mine is not None:
            rule = ways[mine.way].validity
            passes = [one for one in passes if one.way == mine.way or not _outlasts_a_year(ways[one.way].validity)]
            passes = [one for one in passes if not _is_of_a_specialty_left(one, mine, ways[mine.way])]
            fresh = [
                Living(mine.way, mine.specialty, subject, sitting.year, sitting.month, {sitting.year})
                for subject, what in mine.marks.items()
                if what == PASS and not _is_mixed(subject, mine, year=sitting.year, rule=rule)
            ]
            alive = [one for one in passes if one.way == mine.way and _lives(one, sitting, rule)]
            standing = _translated({one.subject: one.year for one in [*alive, *fresh]}, sitting.year, rule)
            is_complete = WITHHELD not in mine.marks.values() and set(ways[mine.way].required) <= set(standing)
            said[sitting.code] = Said(standing, is_complete)
        # What this year does to the passes that there are.
        for one in passes:
            over = sitting.year in {year.year for year in ways[one.way].validity.passed_over} and mine is None
            if has_sat or (region in sitting.held_in and not over):
                one.years.add(sitting.year)
            if has_sat and mine is not None and mine.way == one.way:
                one.resits += 1
        passes = [*passes, *fresh]
        if mine is not None and said[sitting.code].is_complete:
            passes = [one for one in passes if one.way != mine.way]  # they have become a certificate
    return said


def _outlasts_a_year(rule: Validity) -> bool:
    """成绩有效期大于1年的考试."""
    if rule.same_sitting:
        return False
    return rule.resits is not None or rule.consecutive_sittings is None or rule.consecutive_sittings > 1


def _is_of_a_specialty_left(one: Living, mine: Sat, way: OracleWay) -> bool:
    return one.way == mine.way and one.subject in way.own and one.specialty != mine.specialty


def _lives(one: Living, sitting: OracleSitting, rule: Validity) -> bool:
    """Whether a pass counts in this sitting, for which the person is registered."""
    if rule.same_sitting:
        return False
    if rule.resits is not None and one.resits + 1 > rule.resits:
        return False
    if rule.within_months is not None and sitting.month - one.month > rule.within_months:
        return False
    years = rule.consecutive_sittings
    for change in reversed(rule.changes):
        if one.year < change.year and change.earlier_sittings is not None:
            years = change.earlier_sittings
    return years is None or len(one.years | {sitting.year}) <= years


def _is_mixed(subject: str, mine: Sat, *, year: int, rule: Validity) -> bool:
    """不得混报：an earlier subject sat beside the new one that it was merged into counts for nothing."""
    return any(
        subject in dict(one.earlier) and mine.marks.get(one.subject, ABSENT) != ABSENT
        for change in rule.changes
        if year >= change.year
        for one in change.equivalences
    )


def _translated(passed: dict[str, int], year: int, rule: Validity) -> dict[str, int]:
    """Put earlier subjects into the new syllabus, from its year on."""
    for change in rule.changes:
        if year < change.year:
            continue
        new = dict(passed)
        for one in change.equivalences:
            held = [passed[subject] for subject, _name in one.earlier if subject in passed]
            if one.needs_all and len(held) == len(one.earlier):
                new[one.subject] = max(new.get(one.subject, 0), min(held))
            if not one.needs_all and held:
                new[one.subject] = max(new.get(one.subject, 0), *held)
        gone = {subject for one in change.equivalences for subject, _name in one.earlier}
        passed = {subject: when for subject, when in new.items() if subject not in gone}
    return passed
