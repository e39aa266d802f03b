"""What a mark means and what a sitting comes to: pure judgments over frozen facts.

Pass marks are whole hundredths; None means the province has not published one yet, and then there is no verdict.
How long a pass counts is `validity.py`'s work; this module joins the two into one judgement with its explanation.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final, TypeAlias

from jinbang.catalogue.programme import Subject
from jinbang.catalogue.rules import weighted_mark
from jinbang.catalogue.validity import Validity
from jinbang.kernel.digests import Json
from jinbang.results.states import ChangeCause, MarkStatus, Overall, Verdict, YearStatus
from jinbang.results.validity import (
    Attempt,
    Attempts,
    HeldSitting,
    Retention,
    kept_for_next,
    lapsed_subjects,
    passed_in,
    retained_subjects,
    standing_with_here,
    window_of,
)

SETTLED: Final = frozenset({Verdict.PASSED, Verdict.RETAINED, Verdict.EXEMPT})
"""The verdicts under which nothing more is to be done for a subject."""


@dataclass(frozen=True)
class SubjectMark:
    """One subject's mark as it stands: a number exactly where something was scored."""

    subject_code: str
    status: MarkStatus
    mark_hundredths: int | None


@dataclass(frozen=True)
class SubjectOutcome:
    """One line of a result: the mark, the pass mark it was held against, and the verdict.

    `status` is None where the subject was not applied for this time. `passed_year` says where a retained pass is from.
    """

    code: str
    status: MarkStatus | None
    mark_hundredths: int | None
    pass_mark_hundredths: int | None
    verdict: Verdict
    passed_year: int | None = None

    def facts(self) -> dict[str, Json]:
        """Return the line as it is stored and sealed."""
        return {
            "code": self.code,
            "status": self.status.value if self.status else None,
            "mark_hundredths": self.mark_hundredths,
            "pass_mark_hundredths": self.pass_mark_hundredths,
            "verdict": self.verdict.value,
            "passed_year": self.passed_year,
        }


@dataclass(frozen=True)
class History:
    """What passes are counted over: the programme's sittings up to this one, the earlier ones registered for, the rule.

    `source` is the id of the rule's source in the programme, "" where nobody named one; `is_verified` whether it may be
    printed as a fact. `stated` is what another system's file says of years before ours. Thousands share one history, so
    what follows from it alone is worked out once.
    """

    sittings: tuple[HeldSitting, ...]
    earlier: Attempts
    validity: Validity
    source: str = ""
    is_verified: bool = True
    stated: tuple[Retention, ...] = ()
    _kept: dict[Attempt, tuple[Retention, ...]] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def window_years(self) -> tuple[int, ...]:
        """The years whose passes count in this sitting."""
        window = window_of(self.sittings, attempts=self.earlier, validity=self.validity)
        return tuple(sorted({sitting.year for sitting in window}))

    @cached_property
    def years(self) -> tuple[tuple[int, YearStatus], ...]:
        """What each year was to this person, from the first that they were registered in to the one before this."""
        here = self.sittings[-1].year
        begun = [sitting.year for sitting in self.sittings if sitting.code in self.earlier]
        years = sorted({sitting.year for sitting in self.sittings if begun and begun[0] <= sitting.year < here})
        return tuple((year, self._status_of(year)) for year in years)

    @cached_property
    def retained(self) -> Mapping[str, int]:
        """Subject → year of the earlier passes that count in this sitting."""
        return retained_subjects(
            sittings=self.sittings, attempts=self.earlier, validity=self.validity, stated=self.stated
        )

    @cached_property
    def lapsed(self) -> Mapping[str, int]:
        """Subject → year of the earlier passes that count no longer."""
        return lapsed_subjects(
            sittings=self.sittings, attempts=self.earlier, validity=self.validity, stated=self.stated
        )

    def kept_after(self, attempt: Attempt) -> tuple[Retention, ...]:
        """Return what stays for the next year when this becomes of the present sitting."""
        if attempt not in self._kept:
            self._kept[attempt] = kept_for_next(
                sittings=self.sittings,
                attempts=self._with_here(attempt),
                validity=self.validity,
                stated=self.stated,
            )
        return self._kept[attempt]

    def standing_after(self, attempt: Attempt) -> Mapping[str, int]:
        """Return subject → year of everything that stands when this becomes of the present sitting."""
        return standing_with_here(
            sittings=self.sittings, attempts=self._with_here(attempt), validity=self.validity, stated=self.stated
        )

    def passed_here(self, attempt: Attempt) -> frozenset[str]:
        """Return what counts of the passes of the present sitting, whatever the syllabus they are of."""
        return passed_in(self.sittings[-1], attempts=self._with_here(attempt), validity=self.validity)

    def _with_here(self, attempt: Attempt) -> Attempts:
        return {**self.earlier, self.sittings[-1].code: attempt}

    def _status_of(self, year: int) -> YearStatus:
        sittings = [sitting for sitting in self.sittings if sitting.year == year]
        attempts = [self.earlier[sitting.code] for sitting in sittings if sitting.code in self.earlier]
        if any(attempt.has_sat for attempt in attempts):
            return YearStatus.SAT
        if not any(sitting.is_held for sitting in sittings):
            return YearStatus.NOT_HELD
        if attempts:
            return YearStatus.ABSENT
        over = {one.year for one in self.validity.passed_over}
        return YearStatus.PASSED_OVER if year in over else YearStatus.NOT_REGISTERED


@dataclass(frozen=True)
class Judgement:
    """What one person's sitting comes to, line by line, and why.

    `earlier` are the subjects of the syllabus before that were sat: what they have become stands among the lines.
    """

    overall: Overall
    lines: tuple[SubjectOutcome, ...]
    explanation: Mapping[str, Json]
    earlier: tuple[SubjectOutcome, ...] = ()


def judge_person(
    *,
    required: Sequence[str],
    marks: Mapping[str, SubjectMark],
    pass_marks: Mapping[str, int | None],
    history: History,
) -> Judgement:
    """Judge one person's sitting: every required subject, what it comes to, and what stays or lapses until when."""
    attempt = attempt_of(marks, pass_marks=pass_marks)
    standing = history.retained
    if not marks.keys() <= set(required):  # an earlier subject was sat, and stands for one of the new syllabus
        standing = history.standing_after(attempt)
    lines = outcome_lines(required=required, marks=marks, pass_marks=pass_marks, retained=standing)
    kept: tuple[Retention, ...] = ()
    if not is_complete(lines):  # whoever has everything keeps nothing for later: it has become one full pass
        kept = tuple(item for item in history.kept_after(attempt) if item.subject_code in required)
    earlier = _earlier_lines(attempt, required=required, marks=marks, pass_marks=pass_marks, history=history)
    overall = overall_of(lines, earlier=earlier, keeps_any=bool(kept))
    return Judgement(overall, lines, _explanation(lines, history=history, kept=kept), earlier)


def _earlier_lines(
    attempt: Attempt,
    *,
    required: Sequence[str],
    marks: Mapping[str, SubjectMark],
    pass_marks: Mapping[str, int | None],
    history: History,
) -> tuple[SubjectOutcome, ...]:
    """Return a line for each subject of the earlier syllabus that was sat: it has a mark, and passes for later years.

    Sat beside the new subject that it was merged into, it counts for nothing.
    """
    sat = {code: mark for code, mark in marks.items() if code not in required}
    counting = history.passed_here(attempt) if sat else frozenset()
    return tuple(
        replace(line, verdict=Verdict.NONE) if line.verdict is Verdict.PASSED and line.code not in counting else line
        for line in outcome_lines(required=sorted(sat), marks=sat, pass_marks=pass_marks, retained={})
    )


def attempt_of(marks: Mapping[str, SubjectMark], *, pass_marks: Mapping[str, int | None]) -> Attempt:
    """Return what becomes of the sitting for later ones: what was sat, of whatever came of it, and what was passed."""
    verdicts = {code: judge_subject(mark, pass_mark_hundredths=pass_marks.get(code)) for code, mark in marks.items()}
    return Attempt(
        passed=frozenset(code for code, verdict in verdicts.items() if verdict is Verdict.PASSED),
        sat=frozenset(code for code, mark in marks.items() if mark.status is not MarkStatus.ABSENT),
    )


def voided(marks: Mapping[str, SubjectMark]) -> dict[str, SubjectMark]:
    """Return these marks as void: a commitment found false after the examination voids every subject of the sitting."""
    return {code: SubjectMark(code, MarkStatus.VOID, None) for code in marks}


def joined_mark(subject: Subject, parts: Mapping[str, SubjectMark]) -> SubjectMark:
    """Return the mark of a subject that is marked in weighted parts.

    One part's violation, void or withholding is the whole subject's, in this order; a number needs all parts. Refuses a
    part missed beside others that were sat: what that means is for people to say, not for arithmetic.
    """
    found = {part.status for part in parts.values()}
    for status in (MarkStatus.VIOLATION, MarkStatus.VOID, MarkStatus.SIMILAR, MarkStatus.WITHHELD):
        if status in found:
            return SubjectMark(subject.code, status, None)
    if found == {MarkStatus.ABSENT}:
        return SubjectMark(subject.code, MarkStatus.ABSENT, None)
    numbers = {code: part.mark_hundredths for code, part in parts.items() if part.mark_hundredths is not None}
    return SubjectMark(subject.code, MarkStatus.SCORED, weighted_mark(subject, numbers))


def judge_subject(mark: SubjectMark, *, pass_mark_hundredths: int | None) -> Verdict:
    """Judge one mark. At the pass mark is passed; without a pass mark nothing is said."""
    if mark.status is not MarkStatus.SCORED or mark.mark_hundredths is None:
        return Verdict.NONE
    if pass_mark_hundredths is None:
        return Verdict.AWAITING_PASS_MARK
    return Verdict.PASSED if mark.mark_hundredths >= pass_mark_hundredths else Verdict.FAILED


def outcome_lines(
    *,
    required: Sequence[str],
    marks: Mapping[str, SubjectMark],
    pass_marks: Mapping[str, int | None],
    retained: Mapping[str, int],
) -> tuple[SubjectOutcome, ...]:
    """Return one line for each required subject: sat now, retained from an earlier year, or neither.

    A pass still counting is not lost by sitting the subject again.
    """
    lines = []
    for code in required:
        mark = marks.get(code)
        pass_mark = pass_marks.get(code)
        verdict = judge_subject(mark, pass_mark_hundredths=pass_mark) if mark else Verdict.NONE
        year = None
        if verdict is not Verdict.PASSED and code in retained:
            verdict, year = Verdict.RETAINED, retained[code]
        status, number = (mark.status, mark.mark_hundredths) if mark else (None, None)
        lines.append(SubjectOutcome(code, status, number, pass_mark, verdict, year))
    return tuple(lines)


def is_complete(lines: Sequence[SubjectOutcome]) -> bool:
    """Whether every required subject is passed, now or still, and nothing that was sat is withheld."""
    withheld = any(line.status is not None and line.status.is_undecided for line in lines)
    return not withheld and all(line.verdict in SETTLED for line in lines)


def overall_of(lines: Sequence[SubjectOutcome], *, keeps_any: bool, earlier: Sequence[SubjectOutcome] = ()) -> Overall:
    """Say what the sitting comes to. `earlier` were sat as well, and complete nothing but what they have become.

    A withheld subject withholds the whole; a missing pass mark leaves the whole open; whoever has every required
    subject, now or retained, has passed; whoever has no mark in any subject is what the gravest of their statuses says;
    whoever keeps something has passed in part.
    """
    statuses = {line.status for line in (*lines, *earlier) if line.status is not None}
    if any(status.is_undecided for status in statuses):
        return Overall.WITHHELD
    if any(line.verdict is Verdict.AWAITING_PASS_MARK for line in (*lines, *earlier)):
        return Overall.AWAITING_PASS_MARK
    if is_complete(lines):
        return Overall.PASSED
    if (gravest := gravest_without_marks(statuses)) is not None:
        return _UNMARKED[gravest]
    return Overall.PARTIAL if keeps_any else Overall.FAILED


_UNMARKED: Final[Mapping[MarkStatus, Overall]] = {
    MarkStatus.VIOLATION: Overall.VIOLATION,
    MarkStatus.VOID: Overall.VOID,
    MarkStatus.ABSENT: Overall.ABSENT,
}


def gravest_without_marks(statuses: Iterable[MarkStatus]) -> MarkStatus | None:
    """Return what stands for somebody none of whose subjects was marked: a violation before void, both before absent.

    None: something was marked, is undecided, or nothing was applied for.
    """
    found = set(statuses)
    return next((one for one in _UNMARKED if one in found), None) if found <= _UNMARKED.keys() else None


def _explanation(lines: Sequence[SubjectOutcome], *, history: History, kept: Sequence[Retention]) -> dict[str, Json]:
    """Say which rule of which source applied over which years, what stays, what lapses, and what would complete it."""
    validity = history.validity
    staying = {item.subject_code for item in kept}
    missing = [line.code for line in lines if line.verdict not in SETTLED]
    counting = {line.code for line in lines if line.verdict in SETTLED}
    required = [line.code for line in lines]
    return {
        "shape": validity.shape.value,
        "consecutive_sittings": validity.consecutive_sittings,
        "resits": validity.resits,
        "within_months": validity.within_months,
        "proof_years": validity.proof_years,
        "source": history.source,
        "is_verified": history.is_verified,
        "years": [[year, status.value] for year, status in history.years],
        "window_years": list(history.window_years),
        "kept": [[item.subject_code, item.passed_year, item.counts_through_year] for item in kept],
        # Counted this time and never again: what the next sitting must pass anew.
        "lapsing": [] if is_complete(lines) else sorted(counting - staying),
        "lapsed": [[code, year] for code, year in sorted(history.lapsed.items()) if code in missing],
        "missing": missing,
        "completes": [] if is_complete(lines) else [list(way) for way in completing_ways(required, kept=kept)],
    }


def completing_ways(required: Sequence[str], *, kept: Sequence[Retention]) -> tuple[tuple[int | None, list[Json]], ...]:
    """Return what would complete the level: until which year which subjects suffice, in the order of the years.

    The last one is what it takes when nothing is kept any more, or what is left where something is kept for ever; its
    year is None.
    """
    ways: list[tuple[int | None, list[Json]]] = []
    standing = {item.subject_code: item.counts_through_year for item in kept}
    for year in sorted({end for end in standing.values() if end is not None}):
        alive = {code for code, end in standing.items() if end is None or end >= year}
        ways.append((year, [code for code in required if code not in alive]))
    for_ever = {code for code, end in standing.items() if end is None}
    ways.append((None, [code for code in required if code not in for_ever]))
    return tuple(ways)


_RULE_FACTS: Final = ("shape", "consecutive_sittings", "resits", "within_months", "proof_years", "source")


@dataclass(frozen=True)
class Difference:
    """What has become of one person's outcome: verdicts that changed as [code, before, after], and why."""

    from_overall: str
    to_overall: str
    subjects: tuple[tuple[str, str, str], ...]
    causes: tuple[ChangeCause, ...]


Facts: TypeAlias = tuple[str, Sequence[Mapping[str, Any]], Mapping[str, Any]]
"""An outcome as it is stored: overall, lines, explanation."""


def difference_between(before: Facts | None, after: Facts) -> Difference | None:
    """Compare two stored outcomes of one person; None where nothing about them has changed.

    The cause is read off what differs: a mark, a pass mark, the rule itself, or else what earlier sittings left.
    """
    if before is None:
        lines = tuple((str(line["code"]), "", str(line["verdict"])) for line in after[1])
        return Difference("", after[0], lines, (ChangeCause.NEW,))
    if before == after:
        return None
    old, new = ({str(line["code"]): line for line in facts[1]} for facts in (before, after))
    pairs = [(code, old.get(code, {}), new.get(code, {})) for code in dict.fromkeys([*old, *new])]
    found = {
        ChangeCause.MARK: any(_differ(was, now, "status", "mark_hundredths") for _, was, now in pairs),
        ChangeCause.PASS_MARK: any(_differ(was, now, "pass_mark_hundredths") for _, was, now in pairs),
        ChangeCause.RULE: old.keys() != new.keys() or _differ(before[2], after[2], *_RULE_FACTS),
    }
    causes = tuple(cause for cause, is_so in found.items() if is_so) or (ChangeCause.EARLIER,)
    verdicts = ((code, str(was.get("verdict", "")), str(now.get("verdict", ""))) for code, was, now in pairs)
    return Difference(before[0], after[0], tuple(one for one in verdicts if one[1] != one[2]), causes)


def _differ(was: Mapping[str, Any], now: Mapping[str, Any], *names: str) -> bool:
    return any(was.get(name) != now.get(name) for name in names)
