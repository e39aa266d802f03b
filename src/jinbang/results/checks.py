"""The go/no-go list of a release: every check by name, met or not, with its figures. Reads only.

Points that are not `is_blocking` are told and stop nobody: a pass mark may come later, a second officer too.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count

from jinbang.attendance.queries import open_records_in
from jinbang.kernel.clock import SHANGHAI
from jinbang.results import basis, queries
from jinbang.results.crosschecks import far_from_last, open_conflicts
from jinbang.results.models import MarkBatch, Outcome, Release, RosterEntry
from jinbang.results.recount import Figures
from jinbang.results.states import BatchState, Overall
from jinbang.results.violations.queries import undecided_in
from jinbang.results.warrant import SIGNATURES_NEEDED
from jinbang.seating.numbers import TAIL_DIGITS, has_default_shape

OUTCOMES: Final = "outcomes"
RECOUNT: Final = "recount"
RECOUNT_DIFFERS: Final = "recount_differs"
INSTANT: Final = "instant"
VIOLATIONS: Final = "violations"
BITS_WANTED: Final = 16  # as many as the five digits of a keyed tail have
BITS_OF_A_NAME: Final = 8  # a careful guess: the commonest full names are borne by one in some hundreds


@dataclass(frozen=True)
class Check:
    """One point of the list. `figure` is what was found, `wanted` what it is held against; both are counts."""

    code: str
    is_met: bool
    figure: int
    wanted: int
    is_blocking: bool = True


def go_no_go(release: Release, *, now: datetime) -> tuple[Check, ...]:
    """Return the list for the release's generation, in the order in which the desk reads it. About thirty queries."""
    entries = _entries_of(release)
    return (
        *_of_marks(release, entries),
        *_of_judging(release, basis.basis_hash_of(release), people=len(entries)),
        _instant_check(release, now=now),
        *_told_only(release, entries, now=now),
    )


def open_points(release: Release, *, now: datetime, is_judged: bool = True, present_basis: str = "") -> int:
    """Return how many points are open that stand in the way. About sixteen queries: nothing that stops nobody is asked.

    Before everybody has been judged, what judging makes stands in nobody's way: six queries. `present_basis` is given
    by whoever has just asked for its hash, under the same lock: it reads the whole roster.
    """
    entries = _entries_of(release)
    checks = [*_of_marks(release, entries), _instant_check(release, now=now)]
    if is_judged:
        checks += _of_judging(release, present_basis or basis.basis_hash_of(release), people=len(entries))
    return sum(not check.is_met for check in checks)


def _entries_of(release: Release) -> list[tuple[str, list[str]]]:
    """Return everybody's level and subjects."""
    return list(RosterEntry.objects.filter(region=release.region_id).values_list("level_code", "subject_codes"))


def _of_marks(release: Release, entries: Sequence[tuple[str, list[str]]]) -> tuple[Check, ...]:
    """Return what can be said of roster and marks before anybody is judged."""
    region, people = release.region, len(entries)
    expected = sum(len(codes) for _, codes in entries)
    marks = basis.counting_marks(region).values("entry_id", "subject_code").distinct().count()
    staged = MarkBatch.objects.filter(region=region, state=BatchState.STAGED.value).count()
    conflicts = open_conflicts(region)
    return (
        Check("roster", people > 0, people, max(people, 1)),
        Check("marks_complete", marks == expected, marks, expected),
        Check("nothing_staged", staged == 0, staged, 0),
        Check("conflicts", conflicts == 0, conflicts, 0),
    )


def _of_judging(release: Release, present_basis: str, *, people: int) -> tuple[Check, ...]:
    """Return what is on the list because everybody has been judged."""
    outcomes = Outcome.objects.filter(entry__region=release.region_id, generation=release.generation).count()
    is_fresh = release.basis_hash == present_basis
    return (
        Check(OUTCOMES, is_fresh and outcomes == people, outcomes if is_fresh else 0, people),
        _recount_check(Figures.on(present_basis, release.recount), people=people),
    )


def _instant_check(release: Release, *, now: datetime) -> Check:
    minutes_left = max(0, math.ceil((release.opens_at - now).total_seconds() / 60))
    return Check(INSTANT, now < release.opens_at, minutes_left, 1)


def _told_only(release: Release, entries: Sequence[tuple[str, list[str]]], *, now: datetime) -> tuple[Check, ...]:
    """Return what is told and stops nobody."""
    region = release.region
    subjects = {(level, code) for level, codes in entries for code in codes}
    settled = len(set(_with_pass_mark(release)) & subjects)
    undecided = undecided_in(region)
    unsigned = open_records_in(region).count()
    bits = bits_to_guess(queries.ticket_numbers_of(region), asks_name=region.sitting.name_required)
    far = far_from_last(region)
    units = len(queries.units_that_can_sign(release, today=now.astimezone(SHANGHAI).date()))
    return (
        Check("pass_marks", settled == len(subjects), settled, len(subjects), is_blocking=False),
        Check("signers", units >= SIGNATURES_NEEDED, units, SIGNATURES_NEEDED, is_blocking=False),
        Check(VIOLATIONS, undecided == 0, undecided, 0, is_blocking=False),
        Check("room_records", unsigned == 0, unsigned, 0, is_blocking=False),
        Check("distribution", far == 0, far, 0, is_blocking=False),
        Check("guessing", bits >= BITS_WANTED, bits, BITS_WANTED, is_blocking=False),
    )


def _recount_check(recount: Figures, *, people: int) -> Check:
    """Return the point of the two accounts. Whoever could not be compared is told on the page and stops nobody."""
    code = RECOUNT_DIFFERS if recount.differing else RECOUNT
    return Check(code, recount.agrees_for(people), recount.agreeing, people)


def bits_to_guess(numbers: Iterable[str], *, asks_name: bool) -> int:
    """Return how many bits of a ticket number somebody must guess who knows a person's document number. Pure.

    Numbers of ours end in a keyed tail. Of numbers made elsewhere only their spread counts: where one follows another,
    knowing one is knowing them all; then the name that the query asks for as well is what is left.
    """
    found = list(numbers)
    if not found:
        return 0
    if all(has_default_shape(number) for number in found):
        return int(math.log2(10**TAIL_DIGITS))
    values = [int(number) for number in found if number.isascii() and number.isdigit()]
    spread = (max(values) - min(values) + 1) / len(values) if len(values) == len(found) else 1
    return int(math.log2(max(spread, 1))) + (BITS_OF_A_NAME if asks_name else 0)


def tally(release: Release) -> dict[Overall, int]:
    """Return how many people the sitting comes to what for; for results officers only. One query."""
    rows = queries.outcomes_of(release).order_by().values_list("overall").annotate(count=Count("pk"))
    return {Overall(overall): count for overall, count in rows}


def _with_pass_mark(release: Release) -> Iterator[tuple[str, str]]:
    """Yield the (level, subject) pairs whose pass mark is known: approved here, or fixed by the programme."""
    approved = basis.pass_marks_of(release.region)
    for level in queries.programme_of(release.region).levels:
        for subject in level.subjects_in(release.region.sitting.year):
            if basis.pass_mark_for(subject, level_code=level.code, approved=approved) is not None:
                yield level.code, subject.code
