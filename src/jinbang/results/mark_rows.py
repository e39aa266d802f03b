"""What a file of marks is made of: rows, faults, what a roster expects, and how one cell is read. Pure.

`marks_lines` reads a file line by line in the obvious way, `marks_columns` reads the same file by columns; both use
what stands here, and `marks_file` is the door to both.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Final, Generic, Self, TypeVar

import polars as pl

from jinbang.catalogue.programme import Subject
from jinbang.kernel.names import matching_name
from jinbang.results.states import Coverage, MarkStatus
from jinbang.results.tables import Encoding

FAULTS_SHOWN_MAX: Final = 200
VALUE_SHOWN_MAX: Final = 40
TICKET_HEADINGS: Final = ("准考证号", "准考证号码", "ticket_number")
NAME_HEADINGS: Final = ("姓名", "考生姓名", "name")
SUBJECT_HEADINGS: Final = ("科目", "科目名称", "科目代码", "考试科目", "subject")
MARK_HEADINGS: Final = ("成绩", "分数", "得分", "mark")
WORDS: Final[Mapping[str, MarkStatus]] = {
    "缺考": MarkStatus.ABSENT,
    "-1": MarkStatus.ABSENT,
    "违纪": MarkStatus.VIOLATION,
    "-2": MarkStatus.VIOLATION,
    "无效": MarkStatus.VOID,
    "成绩无效": MarkStatus.VOID,
    "-4": MarkStatus.VOID,
    "雷同": MarkStatus.SIMILAR,
    "待核查": MarkStatus.WITHHELD,
}
PART_MARK: Final = "."
_MARK: Final = re.compile(r"([0-9]{1,4})(?:\.([0-9]{1,2})0*)?分?")
_MANGLED: Final = re.compile(r"[0-9](\.[0-9]+)?[Ee]\+?[0-9]+")


@dataclass(frozen=True, slots=True)
class Declared:
    """What whoever brings a file of marks says of it: how much it holds, and why it takes the place of others."""

    coverage: Coverage = Coverage.WHOLE
    reason: str = ""


NOTHING_DECLARED: Final = Declared()


class FaultKind(StrEnum):
    """What can be wrong with a cell or a line. The desk has a sentence for each."""

    COLUMNS = "columns"
    UNKNOWN_TICKET = "unknown_ticket"
    MANGLED_TICKET = "mangled_ticket"
    TICKET_TWICE = "ticket_twice"
    NAME_DIFFERS = "name_differs"
    MARK_MISSING = "mark_missing"
    MARK_TWICE = "mark_twice"
    NOT_A_MARK = "not_a_mark"
    ABOVE_FULL = "above_full"
    NOT_APPLIED = "not_applied"
    ABSENT_BUT_SCORED = "absent_but_scored"
    PART_ABSENT = "part_absent"
    PERSON_MISSING = "person_missing"


AnyFault = TypeVar("AnyFault")


class Answered(Generic[AnyFault]):
    """A file read to its end: everything that is wrong with it, of which a page lists the first two hundred."""

    faults: tuple[AnyFault, ...]

    @property
    def fault_count(self) -> int:
        """How many things are wrong."""
        return len(self.faults)

    @property
    def shown(self) -> tuple[AnyFault, ...]:
        """The first two hundred."""
        return self.faults[:FAULTS_SHOWN_MAX]

    @property
    def is_cut(self) -> bool:
        """Whether there are more faults than are shown."""
        return self.fault_count > FAULTS_SHOWN_MAX


@dataclass(frozen=True)
class Fault:
    """One thing wrong: `line` is counted as a spreadsheet does, the heading being line 1; 0 is the file as a whole."""

    line: int
    column: str
    kind: FaultKind
    value: str = ""


@dataclass(frozen=True)
class Kind:
    """What people of one kind have in common: level, specialty, track, subjects applied for, what the rooms noted.

    `full_marks` are hundredths by subject applied for. `headings` is what a column may be called (as `heading_of`
    writes it) → the code of the subject it means to them: levels and specialties share codes under different names.
    `absent` are the subjects for which a room record notes an empty seat. `weighted` are the subjects that a file may
    bring in parts, by code; `elsewhere` are those that it may leave out, because they come by another way.
    """

    full_marks: Mapping[str, int]
    headings: Mapping[str, str]
    absent: frozenset[str] = frozenset()
    level: str = ""
    weighted: Mapping[str, Subject] = field(default_factory=dict)
    elsewhere: frozenset[str] = frozenset()

    def part_headings(self, code: str) -> dict[str, str]:
        """Return what a column of a part of this subject may be called → the code under which the part is read."""
        parts = self.weighted[code].parts
        return {heading_of(name): part_code(code, part.code) for part in parts for name in (part.name, part.code)}

    def barrier(self, code: str) -> "FaultKind | None":
        """Return why a plain mark in this subject cannot stand, if the room's record says otherwise."""
        return FaultKind.ABSENT_BUT_SCORED if code in self.absent else None


@dataclass(frozen=True)
class Expected:
    """What the roster expects of one ticket: whose it is, and the fields of its `Kind`."""

    entry_id: str
    name: str
    full_marks: Mapping[str, int]
    headings: Mapping[str, str]
    absent: frozenset[str] = frozenset()
    level: str = ""
    weighted: Mapping[str, Subject] = field(default_factory=dict)
    elsewhere: frozenset[str] = frozenset()

    @classmethod
    def of(cls, entry_id: str, name: str, *, kind: Kind) -> Self:
        """Return what is expected of somebody of a kind."""
        fields = (kind.full_marks, kind.headings, kind.absent, kind.level, kind.weighted, kind.elsewhere)
        return cls(entry_id, name, *fields)

    @property
    def kind(self) -> Kind:
        """What this person has in common with many."""
        return Kind(self.full_marks, self.headings, self.absent, self.level, self.weighted, self.elsewhere)


@dataclass(frozen=True)
class Roster:
    """A roster in columns: ticket (as `ticket_of` writes it), name, entry_id, and kind, the place in `kinds`."""

    people: pl.DataFrame
    kinds: tuple[Kind, ...]

    @classmethod
    def of(cls, expected: Mapping[str, Expected]) -> Self:
        """Return a roster given as ticket → what is expected."""
        places: dict[tuple[object, ...], int] = {}
        kinds: list[Kind] = []
        columns: dict[str, list[str]] = {"ticket": [], "name": [], "entry_id": []}
        numbers: list[int] = []
        for ticket, one in expected.items():
            key = (
                tuple(one.full_marks.items()),
                id(one.headings),
                one.absent,
                one.level,
                id(one.weighted),
                one.elsewhere,
            )
            if key not in places:
                places[key] = len(kinds)
                kinds.append(one.kind)
            for name, value in (("ticket", ticket_of(ticket)), ("name", one.name), ("entry_id", one.entry_id)):
                columns[name].append(value)
            numbers.append(places[key])
        text = {name: pl.Series(values, dtype=pl.String) for name, values in columns.items()}
        return cls(pl.DataFrame({**text, "kind": pl.Series(numbers, dtype=pl.UInt32)}), tuple(kinds))

    @cached_property
    def headings(self) -> frozenset[str]:
        """Everything a column of a subject, or of a part of one, may be called, to anybody."""
        parts = (name for kind in self.kinds for code in kind.weighted for name in kind.part_headings(code))
        return frozenset(name for kind in self.kinds for name in kind.headings).union(parts)

    def expected(self, tickets: Iterable[str] | None = None) -> dict[str, Expected]:
        """Return ticket → what is expected, of these tickets or of all."""
        people = self.people
        if tickets is not None:
            people = people.join(
                pl.DataFrame({"ticket": pl.Series(list(tickets), dtype=pl.String)}), on="ticket", how="semi"
            )
        found = {}
        for ticket, name, entry_id, number in people.select("ticket", "name", "entry_id", "kind").iter_rows():
            found[ticket] = Expected.of(entry_id, name, kind=self.kinds[number])
        return found


@dataclass(frozen=True)
class MarkRow:
    """One mark of the file, ready to be stored."""

    entry_id: str
    subject_code: str
    status: MarkStatus
    mark_hundredths: int | None


@dataclass(frozen=True)
class MarksFile(Answered[Fault]):
    """A whole file, read: its marks if nothing is wrong, its faults if anything is, and its control totals.

    `marks` has a row for each mark: entry_id, subject_code, status, mark_hundredths, line; none where there are faults.
    `ignored` names the columns that are neither ticket, name nor subject: they were not read. `lines` is how many lines
    below the heading were answered, `encoding` what they were read as, `is_told` whether file or person said so.
    `left` are the (level, subject) pairs that are not in the file, `joined` those that were made of their parts.
    """

    sha256: str
    faults: tuple[Fault, ...]
    people: int
    marks: pl.DataFrame = field(repr=False, compare=False)
    totals: Mapping[str, int] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    encoding: Encoding = Encoding.UTF_8
    is_told: bool = True
    lines: int = 0
    left: tuple[tuple[str, str], ...] = ()
    joined: tuple[tuple[str, str], ...] = ()

    @cached_property
    def rows(self) -> tuple[MarkRow, ...]:
        """The marks as rows, in the order of the file."""
        columns = ("entry_id", "subject_code", "status", "mark_hundredths")
        rows = self.marks.sort("line", maintain_order=True).select(columns).iter_rows()
        return tuple(MarkRow(entry, code, MarkStatus(status), number) for entry, code, status, number in rows)


MARKS_SCHEMA: Final = {
    "entry_id": pl.String,
    "subject_code": pl.String,
    "status": pl.String,
    "mark_hundredths": pl.Int32,
    "line": pl.Int64,
}


def heading_of(cell: str) -> str:
    """Return the form in which headings are compared: brackets and letters may be full-width, spaces do not count."""
    return "".join(unicodedata.normalize("NFKC", cell).split())


def ticket_of(cell: str) -> str:
    """Return the form in which ticket numbers are compared: full-width digits and spaces are a way of typing."""
    if cell.isascii() and cell.isalnum():
        return cell
    return "".join(unicodedata.normalize("NFKC", cell).split())


def part_code(subject: str, part: str) -> str:
    """Return the code under which a part of a subject is read."""
    return f"{subject}{PART_MARK}{part}"


def sum_name(level: str, subject: str) -> str:
    """Return what a subject's sum is called in a manifest. Levels share codes: what they swap must not cancel out."""
    return f"sum:{level}/{subject}"


def control_totals(rows: Iterable[tuple[str, MarkRow]], *, people: int) -> dict[str, int]:
    """Return the manifest of marks with the level of each: people, marks, the count of each status and of zeros.

    And the sum in hundredths of each level's subject.
    """
    totals: Counter[str] = Counter({"people": people, "marks": 0, "zero": 0})
    totals.update({status.value: 0 for status in MarkStatus})
    for level, row in rows:
        totals["marks"] += 1
        totals[row.status.value] += 1
        if row.mark_hundredths is not None:
            totals[sum_name(level, row.subject_code)] += row.mark_hundredths
            totals["zero"] += row.mark_hundredths == 0
    return dict(totals)


@lru_cache(maxsize=16_384)
def parse_cell(raw: str) -> tuple[MarkStatus, int | None] | None:
    """Read one cell: a word, a code, or a number with at most two decimals. None where it is neither."""
    text = "".join(unicodedata.normalize("NFKC", raw).split()).replace("\u2212", "-").replace("\u2013", "-")
    if text in WORDS:
        return WORDS[text], None
    found = _MARK.fullmatch(text)
    if found is None:
        return None
    return MarkStatus.SCORED, int(Decimal(f"{found[1]}.{found[2] or 0}") * 100)


def ticket_fault(number: str, *, is_seen: bool) -> FaultKind:
    """Say what is wrong with a ticket number that is not taken."""
    if is_seen:
        return FaultKind.TICKET_TWICE
    return FaultKind.MANGLED_TICKET if _MANGLED.fullmatch(number) else FaultKind.UNKNOWN_TICKET


def is_same_name(written: str, name: str) -> bool:
    """Whether a name of the file is the roster's, spelt another way at most."""
    return written == name or matching_name(written) == matching_name(name)
