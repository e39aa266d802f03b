"""Statistics of a release: who registered, came and passed, by subject, level, district and age band. Pure.

Each registration for a subject falls into exactly one column: passed, not passed, pass mark awaited, absent, violation,
void, withheld or similar answers. Of a level as a whole, whoever has no mark in any subject falls into the column of
the gravest reason: a violation before void, both before absent. A mark of zero is a mark and counts among those
present; the other five have none and count in no mean, no rate and no histogram. Whoever was not registered for a
subject is in none of its columns. What is kept is the published table alone: small cells have been kept back before it
is stored (`suppression`).
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import groupby
from typing import Any, Final, TypeAlias

from jinbang.kernel.digests import Json
from jinbang.results.rules import gravest_without_marks
from jinbang.results.states import MarkStatus, Overall, Verdict
from jinbang.results.suppression import Cell, Sum, kept_back

FEWEST_SHOWN: Final = 5
"""A count of fewer people than this, other than none, is kept back."""
BAND_HUNDREDTHS: Final = 1_000
"""Ten marks: the width of a band of the histogram. The last one holds the full mark as well."""
WHOLE: Final = ""
"""The sheet of a level as a whole, beside those of its subjects."""
EVERYBODY: Final = "all"


class Column(StrEnum):
    """What is counted, one of the first nine for each registration; then what they add up to."""

    PASSED = "passed"
    PARTIAL = "partial"  # of a level: some subjects passed and kept
    FAILED = "failed"
    AWAITING = "awaiting"
    ABSENT = "absent"
    VIOLATION = "violation"
    VOID = "void"
    WITHHELD = "withheld"
    SIMILAR = "similar"  # 雷同: found by a panel while marking, of a subject and so of the whole
    PRESENT = "present"
    REGISTERED = "registered"
    MARKS = "marks"  # the sum of the marks of those present, in hundredths


PRESENT_AS: Final = (Column.PASSED, Column.PARTIAL, Column.FAILED, Column.AWAITING)
NOT_JUDGED: Final = (Column.ABSENT, Column.VIOLATION, Column.VOID, Column.WITHHELD, Column.SIMILAR)
PEOPLE: Final = (*PRESENT_AS, *NOT_JUDGED, Column.PRESENT, Column.REGISTERED)

_OF_STATUS: Final[Mapping[MarkStatus, Column]] = {
    MarkStatus.ABSENT: Column.ABSENT,
    MarkStatus.VIOLATION: Column.VIOLATION,
    MarkStatus.VOID: Column.VOID,
    MarkStatus.WITHHELD: Column.WITHHELD,
    MarkStatus.SIMILAR: Column.SIMILAR,
}
_OF_VERDICT: Final[Mapping[Verdict, Column]] = {
    Verdict.PASSED: Column.PASSED,
    Verdict.PASSED_LOCALLY: Column.PASSED,
    Verdict.FAILED: Column.FAILED,
    Verdict.RETAINED: Column.FAILED,  # sat again and not reached: it is the earlier pass that counts for the person
    Verdict.AWAITING_PASS_MARK: Column.AWAITING,
}
_OF_OVERALL: Final[Mapping[Overall, Column]] = {
    Overall.PASSED: Column.PASSED,
    Overall.PASSED_LOCALLY: Column.PASSED,
    Overall.PARTIAL: Column.PARTIAL,
    Overall.FAILED: Column.FAILED,
    Overall.AWAITING_PASS_MARK: Column.AWAITING,
    Overall.ABSENT: Column.ABSENT,
    Overall.VIOLATION: Column.VIOLATION,
    Overall.VOID: Column.VOID,
    Overall.WITHHELD: Column.WITHHELD,
}


class Dimension(StrEnum):
    """By what a sheet is divided."""

    DISTRICT = "district"
    AGE = "age"


class AgeBand(StrEnum):
    """Completed years on the first day of the sitting."""

    UNDER_25 = "-24"
    UNDER_30 = "25-29"
    UNDER_35 = "30-34"
    UNDER_40 = "35-39"
    UNDER_45 = "40-44"
    UNDER_50 = "45-49"
    FROM_50 = "50-"
    UNKNOWN = "unknown"  # no birth date on record


_ENDS: Final = ((25, AgeBand.UNDER_25), (30, AgeBand.UNDER_30), (35, AgeBand.UNDER_35), (40, AgeBand.UNDER_40),
                (45, AgeBand.UNDER_45), (50, AgeBand.UNDER_50))  # fmt: skip


def age_band(born_on: date | None, *, on: date) -> AgeBand:
    """Return the band of somebody's age on a day; who was born on 29 February is a year older on 1 March."""
    if born_on is None:
        return AgeBand.UNKNOWN
    years = on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))
    return next((band for end, band in _ENDS if years < end), AgeBand.FROM_50)


# ---------------------------------------------------------------- counting


@dataclass(frozen=True)
class Registrant:
    """What is counted of one person: where from, how old, and what is out of theirs."""

    level: str
    district: str
    age: AgeBand
    overall: Overall
    subjects: Iterable[Mapping[str, Any]]  # lines of an outcome
    is_void: bool  # a commitment found false since: nothing of this sitting counts


Counts: TypeAlias = dict[tuple[str, str, str], Counter[Column]]


@dataclass
class Tally:
    """Everything counted so far: by (level, subject), then by (dimension, group) and column."""

    counts: dict[tuple[str, str], dict[tuple[str, str], Counter[Column]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(Counter))
    )
    bands: dict[tuple[str, str], Counter[int]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, one: Registrant, *, full_marks: Mapping[tuple[str, str], int]) -> None:
        """Count one person in the sheet of the level and of each subject registered for."""
        self._count(one, WHOLE, column_of_whole(one), mark=None)
        for line in one.subjects:
            if line["status"] is None:  # exempt, or retained from an earlier sitting: not registered for it
                continue
            column = Column.VOID if one.is_void else column_of(line)
            mark = line["mark_hundredths"] if column in PRESENT_AS else None
            self._count(one, line["code"], column, mark=mark)
            if mark is not None:
                sheet = (one.level, line["code"])
                self.bands[sheet][band_of(mark, full_mark=full_marks[sheet])] += 1

    def _count(self, one: Registrant, subject: str, column: Column, *, mark: int | None) -> None:
        sheet = self.counts[one.level, subject]
        for group in ((EVERYBODY, ""), (Dimension.DISTRICT, one.district), (Dimension.AGE, one.age.value)):
            counted = sheet[group]
            counted[column] += 1
            counted[Column.REGISTERED] += 1
            if column in PRESENT_AS:
                counted[Column.PRESENT] += 1
                counted[Column.MARKS] += mark or 0


def column_of_whole(one: Registrant) -> Column:
    """Return the column of somebody's result as a whole: what is withheld for similar answers is counted as those.

    Nobody is present who has no mark in any subject, whatever is kept from earlier years: the gravest status counts.
    """
    if one.is_void:
        return Column.VOID
    statuses = {MarkStatus(line["status"]) for line in one.subjects if line["status"] is not None}
    if (gravest := gravest_without_marks(statuses)) is not None:
        return _OF_STATUS[gravest]
    is_similar = MarkStatus.SIMILAR in statuses
    return Column.SIMILAR if is_similar and one.overall is Overall.WITHHELD else _OF_OVERALL[one.overall]


def column_of(line: Mapping[str, Any]) -> Column:
    """Return the column of one subject's line of an outcome that somebody was registered for."""
    status = MarkStatus(line["status"])
    return _OF_VERDICT[Verdict(line["verdict"])] if status is MarkStatus.SCORED else _OF_STATUS[status]


def band_of(mark: int, *, full_mark: int) -> int:
    """Return the number, from 0, of the ten-mark band that a mark in hundredths falls into."""
    return min(mark // BAND_HUNDREDTHS, max(0, (full_mark - 1) // BAND_HUNDREDTHS))


# ---------------------------------------------------------------- what is published


@dataclass(frozen=True)
class Figures:
    """One row of a published table. A count is None where it is kept back, and absent where the question has no sense.

    A level as a whole has no marks, and a subject is not passed in part.
    """

    group: str
    counts: Mapping[Column, int | None]

    def __getitem__(self, column: Column) -> int | None:
        """Return a count; None: kept back. Only of a column that the sheet has."""
        return self.counts[column]

    @property
    def pass_rate(self) -> float | None:
        """The share of those present who passed, in per cent; None where a part is kept back or nobody is judged."""
        present, passed, awaiting = self[Column.PRESENT], self[Column.PASSED], self[Column.AWAITING]
        if not present or passed is None or awaiting != 0:
            return None
        return 100 * passed / present

    @property
    def mean_hundredths(self) -> int | None:
        """The mean of the marks of those present; None where a part is kept back or nobody was present."""
        present, marks = self[Column.PRESENT], self.counts.get(Column.MARKS)
        return round(marks / present) if present and marks is not None else None


@dataclass(frozen=True)
class Band:
    """A band of the histogram: from a mark up to another (hundredths). Neighbours may have been joined."""

    begins: int
    ends: int
    people: int


@dataclass(frozen=True)
class Sheet:
    """The published figures of one level or of one of its subjects."""

    level: str
    subject: str  # WHOLE: of the level
    full_mark_hundredths: int | None
    everybody: Figures
    by_district: tuple[Figures, ...]
    by_age: tuple[Figures, ...]
    histogram: tuple[Band, ...]  # empty: kept back, or nobody was present

    @property
    def is_whole(self) -> bool:
        """Whether this is the sheet of the level as a whole."""
        return self.subject == WHOLE

    def facts(self) -> dict[str, Json]:
        """Return the sheet in plain values, as it is stored."""
        return {
            "level": self.level,
            "subject": self.subject,
            "full_mark_hundredths": self.full_mark_hundredths,
            "everybody": _stored(self.everybody),
            "by_district": [_stored(row) for row in self.by_district],
            "by_age": [_stored(row) for row in self.by_age],
            "histogram": [[band.begins, band.ends, band.people] for band in self.histogram],
        }


def sheet_of(facts: Mapping[str, Any]) -> Sheet:
    """Return the sheet that was stored as these facts."""
    return Sheet(
        level=facts["level"],
        subject=facts["subject"],
        full_mark_hundredths=facts["full_mark_hundredths"],
        everybody=_read(facts["everybody"]),
        by_district=tuple(_read(row) for row in facts["by_district"]),
        by_age=tuple(_read(row) for row in facts["by_age"]),
        histogram=tuple(Band(*row) for row in facts["histogram"]),
    )


def _stored(figures: Figures) -> dict[str, Json]:
    return {"group": figures.group, **{column.value: count for column, count in figures.counts.items()}}


def _read(row: Mapping[str, Any]) -> Figures:
    return Figures(row["group"], {column: row[column.value] for column in Column if column.value in row})


def sheets_of(
    tally: Tally, *, full_marks: Mapping[tuple[str, str], int], fewest: int = FEWEST_SHOWN
) -> tuple[Sheet, ...]:
    """Return what may be published of what was counted: levels and subjects in order, small cells kept back."""
    order = {sheet: number for number, sheet in enumerate(full_marks)}
    levels = list(dict.fromkeys(level for level, _subject in full_marks))

    def place(sheet: tuple[str, str]) -> tuple[int, int]:
        return levels.index(sheet[0]), -1 if sheet[1] == WHOLE else order[sheet]

    return tuple(
        _sheet(sheet, tally, full_marks=full_marks, fewest=fewest) for sheet in sorted(tally.counts, key=place)
    )


def _sheet(sheet: tuple[str, str], tally: Tally, *, full_marks: Mapping[tuple[str, str], int], fewest: int) -> Sheet:
    counts, full_mark = tally.counts[sheet], full_marks.get(sheet)
    values = values_of(counts)
    small = small_cells(values, fewest=fewest)
    hidden = kept_back(values, sums=sums_of(counts), small=small, cost=lambda cell: _cost(cell, values))

    def figures(dimension: str, group: str) -> Figures:
        without = Column.MARKS if sheet[1] == WHOLE else Column.PARTIAL
        cells = {column: (dimension, group, column.value) for column in Column if column is not without}
        return Figures(group, {column: None if cell in hidden else values[cell] for column, cell in cells.items()})

    everybody = figures(EVERYBODY, "")
    is_open = all(everybody.counts.get(column, 0) is not None for column in (*PRESENT_AS, Column.PRESENT, Column.MARKS))
    return Sheet(
        level=sheet[0],
        subject=sheet[1],
        full_mark_hundredths=full_mark,
        everybody=everybody,
        by_district=tuple(figures(*one) for one in sorted(counts) if one[0] == Dimension.DISTRICT),
        by_age=tuple(figures(Dimension.AGE, band.value) for band in AgeBand if (Dimension.AGE, band.value) in counts),
        histogram=joined_bands(tally.bands[sheet], full_mark=full_mark, fewest=fewest) if full_mark and is_open else (),
    )


def values_of(counts: Mapping[tuple[str, str], Mapping[Column, int]]) -> dict[Cell, int]:
    """Return every cell of one sheet: (dimension, group, column) → count."""
    return {
        (dimension, group, column.value): counted.get(column, 0)
        for (dimension, group), counted in counts.items()
        for column in Column
    }


def small_cells(values: Mapping[Cell, int], *, fewest: int) -> frozenset[Cell]:
    """Return the cells that count somebody and too few, and the sums of marks of too few people."""
    return frozenset(
        (dimension, group, column)
        for dimension, group, column in values
        if 0 < values[dimension, group, Column.PRESENT if column == Column.MARKS else column] < fewest
        and values[dimension, group, column] > 0
    )


def sums_of(counts: Collection[tuple[str, str]]) -> list[Sum]:
    """Return what adds up in one sheet, and everybody who reads it knows: along each row and down each division."""
    sums = []
    for group in sorted(counts):
        sums.append(Sum((*group, Column.PRESENT.value), tuple((*group, column.value) for column in PRESENT_AS)))
        parts = tuple((*group, column.value) for column in (Column.PRESENT, *NOT_JUDGED))
        sums.append(Sum((*group, Column.REGISTERED.value), parts))
    for dimension in Dimension:
        groups = sorted(group for group in counts if group[0] == dimension)
        sums += [
            Sum((EVERYBODY, "", column.value), tuple((*group, column.value) for group in groups)) for column in Column
        ]
    return sums


def _cost(cell: Cell, values: Mapping[Cell, int]) -> tuple[int, ...]:
    """Order cover: cells of groups before those of everybody, reasons for no mark before marks, small before large."""
    dimension, _group, column = cell
    weight = {Column.REGISTERED: 2, Column.PRESENT: 1}.get(Column(column), 0)
    return int(dimension == EVERYBODY), weight, values[cell]


def joined_bands(bands: Mapping[int, int], *, full_mark: int, fewest: int) -> tuple[Band, ...]:
    """Return the histogram, neighbours joined from below until each band counts nobody or enough.

    What is left over at the top is joined to the band below it. Fewer people than `fewest` in all: none is shown.
    """
    last = band_of(full_mark, full_mark=full_mark)
    if sum(bands.values()) < fewest:
        return ()
    found: list[Band] = []
    begins, people = 0, 0
    for number in range(last + 1):
        people += bands.get(number, 0)
        ends = full_mark if number == last else (number + 1) * BAND_HUNDREDTHS
        if 0 < people < fewest:
            continue
        found.append(Band(begins, ends, people))
        begins, people = ends, 0
    while people and found:  # too few at the top
        below = found.pop()
        begins, people = below.begins, people + below.people
        if people >= fewest:
            found.append(Band(begins, full_mark, people))
            people = 0
    return tuple(found)


def levels_of(sheets: Iterable[Sheet]) -> Iterator[tuple[str, tuple[Sheet, ...]]]:
    """Yield each level's code with its sheets, the level as a whole first."""
    for level, group in groupby(sheets, key=lambda sheet: sheet.level):
        yield level, tuple(group)
