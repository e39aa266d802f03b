"""Reading a file of marks made by another system. Pure: bytes in, rows or faults out; the database is not asked.

CSV with one line per person: the ticket number and one column per subject, headed by the subject's name or code; a
name column, where there is one, is compared. UTF-8 with or without BOM, or GB 18030; commas, tabs or semicolons. A cell
holds a number or a word. Every fault names line and column, what is wrong and what to do, and then no row is taken.
"""

import csv
import hashlib
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Final

from jinbang.kernel.names import matching_name
from jinbang.results.errors import MarksFileColumnTwice, MarksFileUnreadable, MarksFileWithoutColumn
from jinbang.results.states import MarkStatus

FILE_BYTES_MAX: Final = 64 * 1024 * 1024
FAULTS_SHOWN_MAX: Final = 200
VALUE_SHOWN_MAX: Final = 40
TICKET_HEADINGS: Final = ("准考证号", "准考证号码", "ticket_number")
NAME_HEADINGS: Final = ("姓名", "考生姓名", "name")
WORDS: Final[Mapping[str, MarkStatus]] = {
    "缺考": MarkStatus.ABSENT,
    "-1": MarkStatus.ABSENT,
    "违纪": MarkStatus.VIOLATION,
    "-2": MarkStatus.VIOLATION,
    "无效": MarkStatus.VOID,
    "成绩无效": MarkStatus.VOID,
    "-4": MarkStatus.VOID,
    "雷同": MarkStatus.WITHHELD,
    "待核查": MarkStatus.WITHHELD,
}
_DELIMITERS: Final = ",\t;"
_MARK: Final = re.compile(r"([0-9]{1,4})(?:\.([0-9]{1,2})0*)?分?")
_MANGLED: Final = re.compile(r"[0-9](\.[0-9]+)?[Ee]\+?[0-9]+")
_UTF8_CHARACTER_BYTES_MAX: Final = 4


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
    PERSON_MISSING = "person_missing"


@dataclass(frozen=True)
class Fault:
    """One thing wrong: `line` is counted as a spreadsheet does, the heading being line 1; 0 is the file as a whole."""

    line: int
    column: str
    kind: FaultKind
    value: str = ""


@dataclass(frozen=True)
class Expected:
    """What the roster expects of one ticket: the name, full marks by subject code, who was noted absent where.

    `headings` is what a column may be called (as `heading_of` writes it) → the code of the subject it means to this
    person: levels and specialties share codes under different names.
    """

    entry_id: str
    name: str
    full_marks: Mapping[str, int]
    headings: Mapping[str, str]
    absent: frozenset[str] = frozenset()


@dataclass(frozen=True)
class MarkRow:
    """One mark of the file, ready to be stored."""

    entry_id: str
    subject_code: str
    status: MarkStatus
    mark_hundredths: int | None


@dataclass(frozen=True)
class MarksFile:
    """A whole file, read: its rows if nothing is wrong, its faults if anything is, and its control totals.

    `ignored` names the columns that are neither ticket, name nor subject: they were not read.
    """

    sha256: str
    rows: tuple[MarkRow, ...]
    faults: tuple[Fault, ...]
    people: int
    fault_count: int = 0
    totals: Mapping[str, int] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()

    @property
    def is_cut(self) -> bool:
        """Whether there are more faults than are listed."""
        return self.fault_count > len(self.faults)


def read_marks(content: bytes, *, roster: Mapping[str, Expected], whole: bool = True) -> MarksFile:
    """Read a file against the roster, ticket number → what is expected. `whole` asks that everybody stands in it.

    Refuses what is no table, and a first line without the columns that must be there; all else is a fault of a row.
    """
    lines = _lines(decode(content))
    heading = [heading_of(cell) for cell in next(lines, [])]
    while heading and not heading[-1]:
        heading.pop()  # spreadsheets leave empty columns behind
    subjects = {name for expected in roster.values() for name in expected.headings}
    reader = _Reader(heading=heading, subjects=subjects, roster={ticket_of(key): row for key, row in roster.items()})
    if whole:
        reader.require_every_subject()
    for number, cells in enumerate(lines, start=2):
        if any(cell.strip() for cell in cells):
            reader.take(number, cells)
    if whole:
        reader.require_everybody()
    return MarksFile(
        sha256=hashlib.sha256(content).hexdigest(),
        rows=tuple(reader.rows) if not reader.faults else (),
        faults=tuple(reader.faults[:FAULTS_SHOWN_MAX]),
        fault_count=len(reader.faults),
        people=len(reader.seen),
        totals=control_totals(reader.rows, people=len(reader.seen)),
        ignored=reader.ignored,
    )


def decode(content: bytes) -> str:
    """Return the text of a file in UTF-8 (with or without BOM) or GB 18030. Refuses everything else."""
    if not content.strip() or len(content) > FILE_BYTES_MAX or b"\x00" in content:
        raise MarksFileUnreadable
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # UTF-8 up to its last character is a file cut short, not one in GB 18030 that happens to look like it.
        is_cut = error.start > len(content) - _UTF8_CHARACTER_BYTES_MAX and not content[: error.start].isascii()
        if is_cut or content.startswith(b"\xef\xbb\xbf"):
            raise MarksFileUnreadable from error
    try:
        return content.decode("gb18030")
    except UnicodeDecodeError as error:
        raise MarksFileUnreadable from error


def heading_of(cell: str) -> str:
    """Return the form in which headings are compared: brackets and letters may be full-width, spaces do not count."""
    return "".join(unicodedata.normalize("NFKC", cell).split())


def ticket_of(cell: str) -> str:
    """Return the form in which ticket numbers are compared: full-width digits and spaces are a way of typing."""
    if cell.isascii() and cell.isalnum():
        return cell
    return "".join(unicodedata.normalize("NFKC", cell).split())


def control_totals(rows: Iterable[MarkRow], *, people: int) -> dict[str, int]:
    """Return the manifest: people, marks, the sum per subject in hundredths, the count of each status and of zeros."""
    totals: Counter[str] = Counter({"people": people, "marks": 0, "zero": 0})
    totals.update({status.value: 0 for status in MarkStatus})
    for row in rows:
        totals["marks"] += 1
        totals[row.status.value] += 1
        if row.mark_hundredths is not None:
            totals[f"sum:{row.subject_code}"] += row.mark_hundredths
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


def _lines(text: str) -> Iterator[list[str]]:
    """Yield the cells of each line. Refuses what the reader of tables cannot make out, an open quote above all."""
    first = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error as error:
        raise MarksFileUnreadable from error


class _Reader:
    """Collects rows and faults line by line."""

    def __init__(self, *, heading: Sequence[str], subjects: set[str], roster: Mapping[str, Expected]) -> None:
        """Find the columns. Refuses a heading without ticket or subject, and one that has a column twice."""
        self.heading = heading
        self.roster = roster
        self.rows: list[MarkRow] = []
        self.faults: list[Fault] = []
        self.seen: set[str] = set()
        ticket_at = self._place_of(TICKET_HEADINGS)
        if ticket_at is None:
            raise MarksFileWithoutColumn(column=TICKET_HEADINGS[0], found="、".join(filter(None, heading)))
        self.ticket_at = ticket_at
        self.name_at = self._place_of(NAME_HEADINGS)
        self.subjects_at = [at for at, cell in enumerate(heading) if cell in subjects]
        if not self.subjects_at:
            raise MarksFileWithoutColumn(column="、".join(sorted(subjects)), found="、".join(filter(None, heading)))
        known = {self.ticket_at, self.name_at, *self.subjects_at}
        for at in self.subjects_at:
            self._require_once(heading[at])
        self.ignored = tuple(cell for at, cell in enumerate(heading) if cell and at not in known)

    def _place_of(self, names: Sequence[str]) -> int | None:
        places = [at for at, cell in enumerate(self.heading) if cell in names]
        if len(places) > 1:
            raise MarksFileColumnTwice(column=self.heading[places[1]])
        return places[0] if places else None

    def _require_once(self, cell: str) -> None:
        if self.heading.count(cell) > 1:
            raise MarksFileColumnTwice(column=cell)

    def require_every_subject(self) -> None:
        """Refuse a heading in which somebody's subject has no column at all: one sentence, not a fault per person."""
        there: dict[int, set[str]] = {}  # people of one level and specialty share one mapping of headings
        for expected in self.roster.values():
            names = expected.headings
            if id(names) not in there:
                there[id(names)] = {code for name, code in names.items() if name in self.heading}
            for code in sorted(expected.full_marks.keys() - there[id(names)]):
                column = next((name for name, meant in names.items() if meant == code and name != code), code)
                raise MarksFileWithoutColumn(column=column, found="、".join(filter(None, self.heading)))

    def take(self, line: int, cells: Sequence[str]) -> None:
        """Take one line, or note what is wrong with it. Empty cells past the last heading are no fault."""
        width = len(self.heading)
        if len(cells) < width or any(cell.strip() for cell in cells[width:]):
            self.faults.append(Fault(line, "", FaultKind.COLUMNS, f"{len(cells)}/{width}"))
            return
        number = ticket_of(cells[self.ticket_at])
        expected = self.roster.get(number)
        if expected is None or number in self.seen:
            self._note(line, self.ticket_at, _ticket_fault(number, is_seen=number in self.seen), raw=number)
            return
        self.seen.add(number)
        if self.name_at is not None and not _is_same_name(cells[self.name_at], expected.name):
            self._note(line, self.name_at, FaultKind.NAME_DIFFERS, raw=cells[self.name_at])
        taken: set[str] = set()
        for at in self.subjects_at:
            if cells[at].strip():
                self._take_cell(line, at, cells[at], expected=expected, taken=taken)
        for code in sorted(set(expected.full_marks) - taken):
            self.faults.append(Fault(line, code, FaultKind.MARK_MISSING))

    def _take_cell(self, line: int, at: int, raw: str, *, expected: Expected, taken: set[str]) -> None:
        """Take one cell that holds something; `taken` collects the subjects spoken of, rightly or wrongly."""
        note: Callable[[FaultKind], None] = lambda kind: self._note(line, at, kind, raw=raw)  # noqa: E731  # a closure over three values, used below only
        code = expected.headings.get(self.heading[at])
        if code is None or code not in expected.full_marks:
            note(FaultKind.NOT_APPLIED)
            return
        cell = parse_cell(raw)
        if code in taken:
            note(FaultKind.MARK_TWICE)
        elif cell is None:
            note(FaultKind.NOT_A_MARK)
        elif cell[1] is not None and cell[1] > expected.full_marks[code]:
            note(FaultKind.ABOVE_FULL)
        elif cell[0] is MarkStatus.SCORED and code in expected.absent:
            note(FaultKind.ABSENT_BUT_SCORED)
        else:
            self.rows.append(MarkRow(expected.entry_id, code, *cell))
        taken.add(code)

    def require_everybody(self) -> None:
        """Note whoever is on the roster and not in the file."""
        for number in sorted(set(self.roster) - self.seen):
            self._note(0, self.ticket_at, FaultKind.PERSON_MISSING, raw=number)

    def _note(self, line: int, at: int, kind: FaultKind, *, raw: str) -> None:
        self.faults.append(Fault(line, self.heading[at], kind, raw.strip()[:VALUE_SHOWN_MAX]))


def _ticket_fault(number: str, *, is_seen: bool) -> FaultKind:
    if is_seen:
        return FaultKind.TICKET_TWICE
    return FaultKind.MANGLED_TICKET if _MANGLED.fullmatch(number) else FaultKind.UNKNOWN_TICKET


def _is_same_name(written: str, name: str) -> bool:
    return written == name or matching_name(written) == matching_name(name)
