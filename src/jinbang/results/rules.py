"""What a mark means and what a sitting comes to: pure judgments over frozen facts.

Pass marks are whole hundredths; None means the province has not published one yet, and then there is no verdict.
How long a pass counts is `validity.py`'s work; this module joins the two into one judgement with its explanation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from jinbang.catalogue.programme import Validity
from jinbang.kernel.digests import Json
from jinbang.results.states import MarkStatus, Overall, Verdict
from jinbang.results.validity import (
    Attempts,
    HeldSitting,
    Retention,
    kept_for_next,
    lapsed_subjects,
    retained_subjects,
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
    """What passes are counted over: the programme's sittings up to this one, the earlier ones sat, and the rule.

    Thousands share one, so what follows from it alone is worked out once.
    """

    sittings: tuple[HeldSitting, ...]
    earlier: Attempts
    validity: Validity
    _kept: dict[frozenset[str] | None, tuple[Retention, ...]] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def window_years(self) -> tuple[int, ...]:
        """The years whose passes count in this sitting."""
        window = window_of(self.sittings, attempts=self.earlier, validity=self.validity)
        return tuple(sorted({sitting.year for sitting in window}))

    @cached_property
    def retained(self) -> Mapping[str, int]:
        """Subject → year of the earlier passes that count in this sitting."""
        return retained_subjects(sittings=self.sittings, attempts=self.earlier, validity=self.validity)

    @cached_property
    def lapsed(self) -> Mapping[str, int]:
        """Subject → year of the earlier passes that count no longer."""
        return lapsed_subjects(sittings=self.sittings, attempts=self.earlier, validity=self.validity)

    def kept_after(self, passed: frozenset[str] | None) -> tuple[Retention, ...]:
        """Return what stays for the next year when these are passed now; None where nothing was sat."""
        if passed not in self._kept:
            here = {} if passed is None else {self.sittings[-1].code: passed}
            self._kept[passed] = kept_for_next(
                sittings=self.sittings, attempts={**self.earlier, **here}, validity=self.validity
            )
        return self._kept[passed]


@dataclass(frozen=True)
class Judgement:
    """What one person's sitting comes to, line by line, and why."""

    overall: Overall
    lines: tuple[SubjectOutcome, ...]
    explanation: Mapping[str, Json]


def judge_person(
    *,
    required: Sequence[str],
    marks: Mapping[str, SubjectMark],
    pass_marks: Mapping[str, int | None],
    history: History,
) -> Judgement:
    """Judge one person's sitting: every required subject, what it comes to, and what stays or lapses until when."""
    lines = outcome_lines(required=required, marks=marks, pass_marks=pass_marks, retained=history.retained)
    kept: tuple[Retention, ...] = ()
    if not is_complete(lines):  # whoever has everything keeps nothing for later: it has become one full pass
        kept = tuple(item for item in history.kept_after(_passed_now(lines)) if item.subject_code in required)
    overall = overall_of(lines, keeps_any=bool(kept))
    return Judgement(overall, lines, _explanation(lines, history=history, kept=kept))


def voided(marks: Mapping[str, SubjectMark]) -> dict[str, SubjectMark]:
    """Return these marks as void: a commitment found false after the examination voids every subject of the sitting."""
    return {code: SubjectMark(code, MarkStatus.VOID, None) for code in marks}


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


def overall_of(lines: Sequence[SubjectOutcome], *, keeps_any: bool) -> Overall:
    """Say what the sitting comes to.

    A withheld subject withholds the whole; a missing pass mark leaves the whole open; whoever has every required
    subject, now or retained, has passed; whoever came to none is absent; whoever keeps something has passed in part.
    """
    statuses = {line.status for line in lines if line.status is not None}
    if any(status.is_undecided for status in statuses):
        return Overall.WITHHELD
    if any(line.verdict is Verdict.AWAITING_PASS_MARK for line in lines):
        return Overall.AWAITING_PASS_MARK
    if is_complete(lines):
        return Overall.PASSED
    if statuses and statuses <= {MarkStatus.VIOLATION, MarkStatus.VOID}:
        return Overall.VOID
    if statuses == {MarkStatus.ABSENT}:
        return Overall.ABSENT
    return Overall.PARTIAL if keeps_any else Overall.FAILED


def has_sat(lines: Sequence[SubjectOutcome]) -> bool:
    """Whether the person sat anything: only then is the sitting an attempt, and uses up a resit."""
    return any(line.status not in {None, MarkStatus.ABSENT} for line in lines)


def _passed_now(lines: Sequence[SubjectOutcome]) -> frozenset[str] | None:
    """Return what was passed in this sitting, or None where nothing was sat."""
    return frozenset(line.code for line in lines if line.verdict is Verdict.PASSED) if has_sat(lines) else None


def _explanation(lines: Sequence[SubjectOutcome], *, history: History, kept: Sequence[Retention]) -> dict[str, Json]:
    """Say which rule applied over which years, what stays through when, what lapses, and what is still missing."""
    validity = history.validity
    staying = {item.subject_code for item in kept}
    missing = [line.code for line in lines if line.verdict not in SETTLED]
    counting = {line.code for line in lines if line.verdict in SETTLED}
    return {
        "shape": validity.shape.value,
        "consecutive_sittings": validity.consecutive_sittings,
        "resits": validity.resits,
        "within_months": validity.within_months,
        "proof_years": validity.proof_years,
        "window_years": list(history.window_years),
        "kept": [[item.subject_code, item.passed_year, item.counts_through_year] for item in kept],
        # Counted this time and never again: what the next sitting must pass anew.
        "lapsing": [] if is_complete(lines) else sorted(counting - staying),
        "lapsed": [[code, year] for code, year in sorted(history.lapsed.items()) if code in missing],
        "missing": missing,
    }
