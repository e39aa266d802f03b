"""The rules of `validity` over whole columns: millions of people judged sitting by sitting. Pure, and free of Django.

`validity` looks back from one sitting and explains one person; this walks forward and only says what stands and who is
complete. A person is a number from 0, a subject a column, a way (level and track) a block of columns: passes of one way
never count in another. Every pass is stored as the reading of the person's own clock at which it ends; the clock runs
on in every year that the person uses up. What files of other systems state runs on no clock: it counts through a year.
Both forms are held against one slow oracle that is written apart, and `recount` holds each release against both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from jinbang.catalogue.validity import SyllabusChange, Validity
from jinbang.results.states import MarkStatus

Flags: TypeAlias = npt.NDArray[np.bool_]
Numbers: TypeAlias = npt.NDArray[np.integer]
_Clock: TypeAlias = npt.NDArray[np.uint8]

_NEVER: Final = 255  # the reading at which a pass for ever ends; a clock runs one a year and does not come so far
NO_PASS_MARK: Final = np.iinfo(np.int32).max
"""What a mark must reach where no pass mark is published yet: no mark does."""
STATUSES: Final = tuple(MarkStatus)
"""The status of a mark as the number that stands in a column."""


@dataclass(frozen=True)
class Way:
    """A level and track: the rule on its passes, the columns a full pass needs, and those that are a specialty's own.

    `subjects` names the columns, the earlier subjects of a changed syllabus behind the present ones.
    """

    validity: Validity
    subjects: tuple[str, ...]
    required: frozenset[str]
    own: frozenset[str] = frozenset()

    def columns_of(self, codes: Sequence[str] | frozenset[str]) -> list[int]:
        """Return the columns of some subjects."""
        return [self.subjects.index(code) for code in codes if code in self.subjects]


@dataclass(frozen=True)
class SittingColumns:
    """One sitting: who was registered in which way, and their marks, one row for each.

    `held` is one flag for everybody or one for each person: whether their region held it. `way`, `specialty` and
    `completed` are aligned with `registered`; None: the first way, no specialties, and whoever is judged complete. A
    way that is none of the ledger's is a number below 0: whoever comes to it leaves the others. `completed` says who
    became complete where that has been released: a fact, whatever the rules say by now. Rows: `person`, `subject`
    (column of the person's way), `mark` in hundredths, `status` as a number of `STATUSES`, and `pass_mark`, which the
    mark must reach (`NO_PASS_MARK` while none is published).
    """

    year: int
    month: int
    held: bool | Flags
    registered: Numbers
    person: Numbers
    subject: Numbers
    mark: Numbers
    status: Numbers
    pass_mark: Numbers
    way: Numbers | None = None
    specialty: Numbers | None = None
    completed: Flags | None = None

    def passed(self) -> Flags:
        """Return for each row whether it is a pass: a number, and at or above the pass mark."""
        passed: Flags = (self.status == _SCORED) & (self.mark >= self.pass_mark)
        return passed


_SCORED: Final = STATUSES.index(MarkStatus.SCORED)
_ABSENT: Final = STATUSES.index(MarkStatus.ABSENT)
_UNDECIDED: Final = [place for place, status in enumerate(STATUSES) if status.is_undecided]


@dataclass(frozen=True)
class StatedColumns:
    """Passes of years before ours as files of other systems state them, one row for each, on no clock of ours.

    `way`: of the ledger's. `through`: the last year in which it counts.
    """

    person: Numbers
    way: Numbers
    subject: Numbers
    specialty: Numbers
    through: Numbers


_NOTHING: Final = np.zeros(0, np.int64)
NOTHING_STATED: Final = StatedColumns(_NOTHING, _NOTHING, _NOTHING, _NOTHING, _NOTHING)
_NOT_HERE: Final = np.iinfo(np.int64).min  # the way of whoever is not registered in a sitting


@dataclass(frozen=True)
class JudgedColumns:
    """What a sitting came to, aligned with its `registered`: who has everything, and which columns stand now.

    `passed` are the columns that were passed in this very sitting and count.
    """

    complete: Flags
    standing: Flags
    passed: Flags


class Ledger:
    """What stands of everybody's passes, after the sittings that were entered, in the order of time."""

    def __init__(self, ways: Sequence[Way], *, people: int, stated: StatedColumns = NOTHING_STATED) -> None:
        """Begin with nothing passed but what is stated. All ways have the same number of columns."""
        self._ways = tuple(ways)
        if len({len(way.subjects) for way in self._ways}) != 1:
            raise ValueError("ways of one ledger differ in their columns")
        self._stated, self._still_stated = stated, np.ones(len(stated.person), np.bool_)
        self._width = len(self._ways[0].subjects)
        shape = (people, self._width)
        self._ends: list[_Clock] = [np.zeros(shape, np.uint8) for _ in self._ways]
        self._people = people
        self._clock: list[_Clock] = [np.zeros(people, np.uint8) for _ in self._ways]
        self._counted: list[Flags] = [np.zeros(people, np.bool_) for _ in self._ways]
        self._year = -1
        self._counts_resits = any(way.validity.resits is not None for way in self._ways)
        self._counts_months = any(way.validity.within_months is not None for way in self._ways)
        none = (0, 0)
        self._tries: _Clock = np.zeros((people, len(self._ways)) if self._counts_resits else none, np.uint8)
        self._last_try = [np.zeros(shape if self._counts_resits else none, np.uint8) for _ in self._ways]
        self._last_month = [np.zeros(shape if self._counts_months else none, np.int32) for _ in self._ways]
        self._branch: npt.NDArray[np.int16] = np.full((people, len(self._ways)), -1, np.int16)

    def enter(self, sitting: SittingColumns) -> JudgedColumns:
        """Judge everybody registered in this sitting, then take down what stays of it."""
        if sitting.year != self._year:
            self._year = sitting.year
            for counted in self._counted:
                counted[:] = False
        self._begin_anew(sitting)
        now, sat, withheld = self._rows(sitting)
        judged = self._judge(sitting, now=now, withheld=withheld)
        self._run_clocks(sitting, sat=sat)
        self._take_down(sitting, now=now, sat=sat)
        self._end_completed(sitting, judged.complete if sitting.completed is None else sitting.completed)
        return judged

    def kept(self, sitting: SittingColumns) -> Flags:
        """Return which columns will count in a sitting of the next year that comes as soon as it can.

        Of everybody registered in the sitting that was entered last, with nothing passed since.
        """
        standing = np.zeros((len(sitting.registered), self._width), np.bool_)
        for number, way in enumerate(self._ways):
            here = self._place_of(sitting, number)
            people = sitting.registered[here]
            reading = self._clock[number][people] + np.uint8(1)
            found = self._alive(people, number=number, month=sitting.month + 1, reading=reading)
            self._count_stated(found, people, number=number, year=sitting.year + 1)
            self._translate(found, way=way, year=sitting.year + 1)
            standing[here] = found
        return standing

    def _end_completed(self, sitting: SittingColumns, complete: Flags) -> None:
        """End what has become one full pass: of the way, and whatever is stated."""
        for number in range(len(self._ways)):
            mine = complete if sitting.way is None else complete & (sitting.way == number)
            self._ends[number][sitting.registered[mine]] = 0
        done = np.zeros(self._people, np.bool_)
        done[sitting.registered[complete]] = True
        self._still_stated &= ~done[self._stated.person]

    # ---------------------------------------------------------------- another way, another specialty
    def _begin_anew(self, sitting: SittingColumns) -> None:
        """Drop what a change of level or track ends, and the own subjects of a specialty that was left."""
        for number, way in enumerate(self._ways):
            here = self._of_way(sitting, number)
            if sitting.way is not None and way.validity.outlasts_a_year:
                self._ends[number][sitting.registered[~here]] = 0
            if sitting.specialty is None or not way.own:
                continue
            people, branch = sitting.registered[here], sitting.specialty[here]
            left = people[(self._branch[people, number] != branch) & (self._branch[people, number] >= 0)]
            self._branch[people, number] = branch
            for column in way.columns_of(way.own):
                self._ends[number][left, column] = 0
        if len(self._stated.person):
            self._end_stated(sitting)

    def _end_stated(self, sitting: SittingColumns) -> None:
        """Drop the same of what is stated."""
        stated = self._stated
        way_now = np.full(self._people, _NOT_HERE)
        way_now[sitting.registered] = 0 if sitting.way is None else sitting.way
        now = way_now[stated.person]
        lasts = np.array([way.validity.outlasts_a_year for way in self._ways])
        ended = (now != _NOT_HERE) & (now != stated.way) & lasts[stated.way]
        if sitting.specialty is not None:
            specialty_now = np.zeros(self._people, np.int64)
            specialty_now[sitting.registered] = sitting.specialty
            own = np.array([[code in way.own for code in way.subjects] for way in self._ways])
            other = specialty_now[stated.person] != stated.specialty
            ended |= (now == stated.way) & own[stated.way, stated.subject] & other
        self._still_stated &= ~ended

    def _of_way(self, sitting: SittingColumns, number: int) -> Flags:
        if sitting.way is None:
            return np.full(len(sitting.registered), number == 0)
        return np.asarray(sitting.way == number)

    def _place_of(self, sitting: SittingColumns, number: int) -> Flags | slice:
        """Return where those of a way stand among the registered: all of them at once where there is but one way."""
        if sitting.way is None:
            return slice(None) if number == 0 else slice(0)
        return self._of_way(sitting, number)

    # ---------------------------------------------------------------- the rows
    def _rows(self, sitting: SittingColumns) -> tuple[Flags, Flags, Flags]:
        """Return, for each person: which columns were passed now, whether anything was sat, whether any is withheld."""
        people = self._people
        flat = sitting.person * np.intp(self._width) + sitting.subject
        now = np.zeros((people, self._width), np.bool_)
        now.reshape(-1)[flat[sitting.passed()]] = True
        sat = np.zeros(people, np.bool_)
        sat[sitting.person[sitting.status != _ABSENT]] = True
        withheld = np.zeros(people, np.bool_)
        held_back = sitting.person[np.isin(sitting.status, _UNDECIDED)]
        withheld[held_back] = True
        self._drop_mixed(sitting, now)
        return now, sat, withheld

    def _drop_mixed(self, sitting: SittingColumns, now: Flags) -> None:
        """Take away an earlier subject that was sat beside the new one it stands for: the new one counts."""
        for number, way in enumerate(self._ways):
            for one in (one for change in self._begun(way, sitting.year) for one in change.equivalences):
                rows = (sitting.subject == way.subjects.index(one.subject)) & (sitting.status != _ABSENT)
                both = np.zeros(len(now), np.bool_)
                both[sitting.person[rows]] = True
                both &= self._registered_flags(sitting, number)
                for column in way.columns_of(one.earlier_codes):
                    now[both, column] = False

    def _registered_flags(self, sitting: SittingColumns, number: int) -> Flags:
        flags = np.zeros(self._people, np.bool_)
        flags[sitting.registered[self._of_way(sitting, number)]] = True
        return flags

    def _begun(self, way: Way, year: int) -> tuple[SyllabusChange, ...]:
        return tuple(change for change in way.validity.changes if year >= change.year)

    # ---------------------------------------------------------------- judging
    def _judge(self, sitting: SittingColumns, *, now: Flags, withheld: Flags) -> JudgedColumns:
        """Say what stands of everybody registered: earlier passes that reach this sitting, and those made in it."""
        count = len(sitting.registered)
        standing = np.zeros((count, self._width), np.bool_)
        passed = np.zeros((count, self._width), np.bool_)
        complete = np.zeros(count, np.bool_)
        for number, way in enumerate(self._ways):
            here = self._place_of(sitting, number)
            people = sitting.registered[here]
            if not len(people):
                continue
            # The present year is used up for whoever is judged in it.
            reading = self._clock[number][people] + ~self._counted[number][people]
            passed[here] = here_now = now[people]
            found = self._alive(people, number=number, month=sitting.month, reading=reading) | here_now
            self._count_stated(found, people, number=number, year=sitting.year)
            self._translate(found, way=way, year=sitting.year)
            standing[here] = found
            complete[here] = (
                np.logical_and.reduce([found[:, column] for column in way.columns_of(way.required)]) & ~withheld[people]
            )
        return JudgedColumns(complete, standing, passed)

    def _alive(self, people: Numbers, *, number: int, month: int, reading: _Clock) -> Flags:
        """Return which earlier passes count in a sitting that these people sit when their clocks read so."""
        validity = self._ways[number].validity
        alive: Flags = self._ends[number][people] > reading[:, None]
        if validity.resits is not None:
            used = self._tries[people, number, None] - self._last_try[number][people] + 1
            alive &= used <= validity.resits
        if validity.within_months is not None:
            alive &= month - self._last_month[number][people] <= validity.within_months
        return alive

    def _count_stated(self, found: Flags, people: Numbers, *, number: int, year: int) -> None:
        """Let what is stated count through its year, in place."""
        stated = self._stated
        rows = np.flatnonzero(self._still_stated & (stated.way == number) & (stated.through >= year))
        if not len(rows):
            return
        place = np.full(self._people, -1, np.int64)
        place[people] = np.arange(len(people))
        where = place[stated.person[rows]]
        found[where[where >= 0], stated.subject[rows][where >= 0]] = True

    def _translate(self, found: Flags, *, way: Way, year: int) -> None:
        """Let earlier passes stand for the subjects of the syllabus of this year, in place."""
        for change in self._begun(way, year):
            for one in change.equivalences:
                earlier = [found[:, column] for column in way.columns_of(one.earlier_codes)]
                join = np.logical_and if one.needs_all else np.logical_or
                found[:, way.subjects.index(one.subject)] |= join.reduce(earlier)
            for one in change.equivalences:
                found[:, way.columns_of(one.earlier_codes)] = False

    # ---------------------------------------------------------------- taking down
    def _run_clocks(self, sitting: SittingColumns, *, sat: Flags) -> None:
        """Let the clock of everybody who uses up this year run on, once a year."""
        held: Flags = np.broadcast_to(np.asarray(sitting.held), sat.shape)
        for number, way in enumerate(self._ways):
            uses = held
            if any(over.year == sitting.year for over in way.validity.passed_over):
                registered = np.zeros(len(sat), np.bool_)
                registered[sitting.registered] = True
                uses = held & registered
            new = (uses | sat) & ~self._counted[number]
            self._clock[number] += new
            self._counted[number] |= new

    def _take_down(self, sitting: SittingColumns, *, now: Flags, sat: Flags) -> None:
        """Store every pass of this sitting as the reading at which it ends."""
        for number, way in enumerate(self._ways):
            people = sitting.registered if sitting.way is None else sitting.registered[self._of_way(sitting, number)]
            if self._counts_resits:
                self._tries[people[sat[people]], number] += 1
            span = way.validity.sittings_for(sitting.year)
            if way.validity.same_sitting or not len(people):
                continue
            end = (
                np.full(len(people), _NEVER, np.uint8) if span is None else self._clock[number][people] + np.uint8(span)
            )
            passed = now[people]
            # A pass ends at its reading, anything else at nought: a pass that lives longer stays.
            self._ends[number][people] = np.maximum(self._ends[number][people], passed * end[:, None])
            if self._counts_resits:
                tries, last = self._tries[people, number, None], self._last_try[number]
                last[people] = np.where(passed, tries, last[people])
            if self._counts_months:
                months = self._last_month[number]
                months[people] = np.where(passed, sitting.month, months[people])
