"""复算: everybody of a release judged a second time, by columns, and held against what is stored. Pure.

`rules` and `validity` judge one person at a time and explain; here `ledger` walks through the same years for everybody
at once, and what comes of it is written out line by line as an outcome is. The two share no judgement: a fault in
either shows as a difference, and a release with one is not sealed. Compared are status, mark, pass mark and verdict of
every line, the overall outcome and what is kept for the next year. Not compared is the explanation: from which year an
earlier pass is, and until which year it counts. `recount_rows` reads what this is given.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from jinbang.kernel.digests import Json
from jinbang.results.ledger import (
    NO_PASS_MARK,
    STATUSES,
    Flags,
    JudgedColumns,
    Ledger,
    Numbers,
    SittingColumns,
    StatedColumns,
    Way,
)
from jinbang.results.states import MarkStatus, NotCompared, Overall, RecountPoint, Verdict
from jinbang.results.violations.states import CaseArticle

OVERALLS: Final = tuple(Overall)
VERDICTS: Final = tuple(Verdict)
"""Outcome and verdict as the numbers that stand in columns."""
NOTHING: Final = -1
"""No status: not sat. No overall outcome: nobody has judged this person. No mark: there is a status in its place."""
UNKNOWN: Final = -2
"""A word of a stored outcome that is none of ours."""
NO_LINES: Final = 0

_SCORED, _ABSENT, _VIOLATION, _VOID, _WITHHELD, _SIMILAR = (
    STATUSES.index(one)
    for one in (
        MarkStatus.SCORED,
        MarkStatus.ABSENT,
        MarkStatus.VIOLATION,
        MarkStatus.VOID,
        MarkStatus.WITHHELD,
        MarkStatus.SIMILAR,
    )
)
_UNDECIDED: Final = [place for place, status in enumerate(STATUSES) if status.is_undecided]
_VERDICT: Final[Mapping[Verdict, int]] = {verdict: place for place, verdict in enumerate(VERDICTS)}
_OVERALL: Final[Mapping[Overall, int]] = {overall: place for place, overall in enumerate(OVERALLS)}


@dataclass(frozen=True)
class Held:
    """What is held against somebody while marks are judged. `subject` is a column; no article may be any."""

    subject: int
    article: CaseArticle | None
    is_decided: bool

    @property
    def concerns_sitting(self) -> bool:
        """Whether every subject is at stake."""
        return self.article is None or self.article.voids_sitting


@dataclass(frozen=True)
class Rows:
    """Everything that a release is recounted from. People, ways and columns are numbers.

    `present` has a row for each mark of the release's sitting as the files have it; `registered` is everybody.
    `pass_marks` stands by way and column. `lines` are the separately drawn ones, by group and column, `line_of` says
    of each person which group is theirs: `NO_LINES`, whose row no mark reaches, is nobody's district.
    """

    ways: tuple[Way, ...]
    stated: StatedColumns
    earlier: tuple[SittingColumns, ...]
    present: SittingColumns
    pass_marks: Numbers
    lines: Numbers
    line_of: Numbers
    held: Mapping[int, Sequence[Held]] = field(default_factory=dict)  # by person
    false: tuple[int, ...] = ()  # people whose commitment was found false: every mark of theirs is void


@dataclass(frozen=True)
class Account:
    """What is said of everybody: `overall` for each person, the rest by person and column."""

    overall: Numbers
    seen: Flags  # there is a line
    status: Numbers
    mark: Numbers
    pass_mark: Numbers
    verdict: Numbers
    kept: Flags

    @classmethod
    def empty(cls, people: int, width: int) -> "Account":
        """Return an account in which nobody has been judged yet."""
        shape = (people, width)
        return cls(
            overall=np.full(people, NOTHING, np.int8),
            seen=np.zeros(shape, np.bool_),
            status=np.full(shape, NOTHING, np.int8),
            mark=np.full(shape, NOTHING, np.int32),
            pass_mark=np.full(shape, NO_PASS_MARK, np.int32),
            verdict=np.full(shape, _VERDICT[Verdict.NONE], np.int8),
            kept=np.zeros(shape, np.bool_),
        )


# ---------------------------------------------------------------- the second account
def recounted(rows: Rows) -> Account:
    """Judge everybody by columns, through all years up to the present sitting."""
    people = len(rows.present.registered)
    if not people:
        return Account.empty(0, rows.pass_marks.shape[1])
    width = rows.pass_marks.shape[1]
    way = np.zeros(people, np.int64) if rows.present.way is None else rows.present.way
    account = Account.empty(people, width)
    _write_marks(rows, account)
    account.pass_mark[:] = rows.pass_marks[way]
    required: Flags = np.array([[code in one.required for code in one.subjects] for one in rows.ways])[way]
    account.seen[:] = required | (account.status != NOTHING)
    present = _as_it_counts(rows.present, account)
    ledger = Ledger(rows.ways, people=people, stated=rows.stated)
    for sitting in rows.earlier:
        ledger.enter(sitting)
    judged = ledger.enter(present)
    _write_verdicts(account, judged, required=required)
    undecided = np.isin(account.status, _UNDECIDED)
    has_all: Flags = np.all(~required | judged.standing, axis=1)
    has_all &= ~np.any(required & undecided, axis=1)
    account.kept[:] = ledger.kept(present) & required & ~has_all[:, None]
    account.overall[:] = _overalls(account, complete=judged.complete)
    _write_local(account, rows, required=required)
    return account


def _write_marks(rows: Rows, account: Account) -> None:
    """Write down status and mark of everybody, after whatever is held against them. Of several rows the last counts."""
    present, status = rows.present, account.status
    status[present.person, present.subject] = present.status
    account.mark[present.person, present.subject] = present.mark
    given = {person: status[person].copy() for person in rows.held}
    status[status == _VIOLATION] = _WITHHELD
    for person, found in rows.held.items():
        _hold(status[person], given[person], found)
    for person in rows.false:
        status[person][status[person] != NOTHING] = _VOID
    account.mark[status != _SCORED] = NOTHING


def _hold(status: Numbers, was: Numbers, found: Sequence[Held]) -> None:
    """Let what is held against one person have its effect, in place: withheld while undecided, then as it was found.

    人社部令第31号: a violation is the subject's and, under Articles 7, 8 and 10, voids the rest of the sitting as well;
    similar answers void the subject.
    """
    for one in found:
        if not one.is_decided:
            if one.concerns_sitting:
                status[was != NOTHING] = _WITHHELD
            status[one.subject] = _WITHHELD
    status[was == _SIMILAR] = _SIMILAR
    if any(one.is_decided and one.concerns_sitting for one in found):
        status[was != NOTHING] = _VOID
    for one in found:
        if one.is_decided:
            status[one.subject] = _VOID if one.article is CaseArticle.SIMILAR else _VIOLATION


def _as_it_counts(present: SittingColumns, account: Account) -> SittingColumns:
    """Return the present sitting with one row for each line that has a mark or a status in its place."""
    person, subject = np.nonzero(account.status != NOTHING)
    return SittingColumns(
        year=present.year,
        month=present.month,
        held=present.held,
        registered=present.registered,
        person=person,
        subject=subject,
        mark=account.mark[person, subject],
        status=account.status[person, subject],
        pass_mark=account.pass_mark[person, subject],
        way=present.way,
        specialty=present.specialty,
    )


def _write_verdicts(account: Account, judged: JudgedColumns, *, required: Flags) -> None:
    scored, is_awaited = account.status == _SCORED, account.pass_mark == NO_PASS_MARK
    account.verdict[scored & is_awaited] = _VERDICT[Verdict.AWAITING_PASS_MARK]
    account.verdict[scored & ~is_awaited & (account.mark < account.pass_mark)] = _VERDICT[Verdict.FAILED]
    account.verdict[judged.passed] = _VERDICT[Verdict.PASSED]
    account.verdict[required & judged.standing & ~judged.passed] = _VERDICT[Verdict.RETAINED]


def _overalls(account: Account, *, complete: Flags) -> Numbers:
    """Return what each person's lines come to. The first that holds, holds."""
    status = account.status
    undecided = np.isin(status, _UNDECIDED).any(axis=1)
    unmarked = (status != NOTHING).any(axis=1) & ~(status == _SCORED).any(axis=1)
    cases = [
        (undecided, Overall.WITHHELD),
        ((account.verdict == _VERDICT[Verdict.AWAITING_PASS_MARK]).any(axis=1), Overall.AWAITING_PASS_MARK),
        (complete, Overall.PASSED),
        (unmarked & (status == _VIOLATION).any(axis=1), Overall.VIOLATION),
        (unmarked & (status == _VOID).any(axis=1), Overall.VOID),
        (unmarked, Overall.ABSENT),
        (account.kept.any(axis=1), Overall.PARTIAL),
    ]
    return np.select(
        [holds for holds, _overall in cases],
        [_OVERALL[overall] for _holds, overall in cases],
        default=_OVERALL[Overall.FAILED],
    )


def _write_local(account: Account, rows: Rows, *, required: Flags) -> None:
    """Let whoever reaches the lines of their district in every subject of this sitting pass there."""
    line = rows.lines[rows.line_of]
    open_to_it = np.isin(account.overall, [_OVERALL[Overall.PARTIAL], _OVERALL[Overall.FAILED]])
    passed = account.verdict == _VERDICT[Verdict.PASSED]
    reached = (account.status == _SCORED) & (account.mark >= line)
    there = open_to_it & (rows.line_of != NO_LINES) & (~required | passed | reached).all(axis=1)
    lines = there[:, None] & required & ~passed
    account.verdict[lines] = _VERDICT[Verdict.PASSED_LOCALLY]
    account.pass_mark[lines] = line[lines]
    account.overall[there] = _OVERALL[Overall.PASSED_LOCALLY]


# ---------------------------------------------------------------- the two held against each other
@dataclass(frozen=True)
class Comparison:
    """The stored account held against the second one: whom it was made for, and the people in whom they differ."""

    compared: int
    not_compared: Mapping[NotCompared, int]
    differing: Numbers
    stored: Account
    second: Account

    def points_of(self, person: int) -> Iterator[tuple[RecountPoint, int, int, int]]:
        """Yield in what the two differ about a person: the point, the column, and the two values as numbers.

        What has no column, or no value that may stand anywhere else than in a result, has `NOTHING` there.
        """
        stored, second = self.stored, self.second
        if stored.overall[person] != second.overall[person]:
            yield RecountPoint.OVERALL, NOTHING, int(stored.overall[person]), int(second.overall[person])
        for point, apart in _apart(stored, second, slice(person, person + 1)).items():
            for column in np.flatnonzero(apart[0]):
                if point is RecountPoint.VERDICT:
                    yield point, int(column), int(stored.verdict[person, column]), int(second.verdict[person, column])
                else:
                    yield point, int(column), NOTHING, NOTHING


def compared(stored: Account, second: Account) -> Comparison:
    """Hold two accounts of the same people against each other. Whoever is not judged in the first is not compared."""
    is_judged = stored.overall != NOTHING
    differs = stored.overall != second.overall
    for apart in _apart(stored, second, slice(None)).values():
        differs |= apart.any(axis=1)
    return Comparison(
        compared=int(is_judged.sum()),
        not_compared={NotCompared.NOT_JUDGED: int((~is_judged).sum())},
        differing=np.flatnonzero(differs & is_judged),
        stored=stored,
        second=second,
    )


def _apart(stored: Account, second: Account, people: slice) -> dict[RecountPoint, Flags]:
    """Return by point where the lines of some people differ."""
    both = stored.seen[people] & second.seen[people]
    return {
        RecountPoint.LINES: stored.seen[people] != second.seen[people],
        RecountPoint.STATUS: both & (stored.status[people] != second.status[people]),
        RecountPoint.MARK: both & (stored.mark[people] != second.mark[people]),
        RecountPoint.PASS_MARK: both & (stored.pass_mark[people] != second.pass_mark[people]),
        RecountPoint.VERDICT: both & (stored.verdict[people] != second.verdict[people]),
        RecountPoint.KEPT: stored.kept[people] != second.kept[people],
    }


# ---------------------------------------------------------------- what is kept of it
@dataclass(frozen=True)
class Apart:
    """One point in which the two differ about a person: its subject, and the words of both where they may be told."""

    point: RecountPoint
    subject_code: str
    stored: str
    second: str


@dataclass(frozen=True)
class Figures:
    """What a recount came to, as it is kept beside the basis that it holds for.

    `shown` has the first of those who differ, by roster entry. Nothing in it grows with marks while the two agree.
    """

    basis: str = ""
    people: int = 0
    compared: int = 0
    not_compared: Mapping[NotCompared, int] = field(default_factory=dict)
    differing: int = 0
    shown: tuple[tuple[str, tuple[Apart, ...]], ...] = ()

    @classmethod
    def on(cls, basis: str, kept: Mapping[str, Any] | None) -> "Figures":
        """Return what was kept, if it holds for this basis, else that nothing has been recounted."""
        if kept is None or kept["basis"] != basis:
            return cls()
        shown = tuple(
            (entry, tuple(Apart(RecountPoint(point), *words) for point, *words in points))
            for entry, points in kept["shown"]
        )
        not_compared = {NotCompared(reason): count for reason, count in kept["not_compared"].items()}
        return cls(**{**kept, "not_compared": not_compared, "shown": shown})

    def facts(self) -> dict[str, Json]:
        """Return it as it is stored."""
        return {
            "basis": self.basis,
            "people": self.people,
            "compared": self.compared,
            "not_compared": {reason.value: count for reason, count in self.not_compared.items()},
            "differing": self.differing,
            "shown": [
                [entry, [[one.point.value, one.subject_code, one.stored, one.second] for one in points]]
                for entry, points in self.shown
            ],
        }

    @property
    def is_made(self) -> bool:
        """Whether a recount was made on this basis."""
        return bool(self.basis)

    @property
    def agreeing(self) -> int:
        """For how many people the two agree."""
        return self.compared - self.differing

    def agrees_for(self, people: int) -> bool:
        """Whether a recount of so many people found nobody in whom the two differ."""
        return self.is_made and self.people == people and not self.differing
