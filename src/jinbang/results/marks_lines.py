"""Reading a file of marks line by line, in the obvious way. Pure. What a line means is decided here and nowhere else.

`marks_columns` takes the plain lines of a large file faster and hands everything else to these readers; tests hold the
two against each other.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from jinbang.results.errors import TableColumnTwice, TableWithoutColumn
from jinbang.results.mark_rows import (
    MARK_HEADINGS,
    NAME_HEADINGS,
    PART_MARK,
    SUBJECT_HEADINGS,
    TICKET_HEADINGS,
    VALUE_SHOWN_MAX,
    Expected,
    Fault,
    FaultKind,
    MarkRow,
    Roster,
    heading_of,
    is_same_name,
    parse_cell,
    ticket_fault,
    ticket_of,
)
from jinbang.results.states import MarkStatus


@dataclass(frozen=True)
class Heading:
    """The columns of a file by their places. Wide: a line a person. Long: a line a mark, with `subject_at`."""

    cells: tuple[str, ...]
    ticket_at: int
    name_at: int | None
    subjects_at: tuple[int, ...]
    subject_at: int | None = None
    mark_at: int | None = None
    found: str = ""  # the first line as the file has it, for whoever looks for a column

    @property
    def is_long(self) -> bool:
        """Whether each line holds one mark."""
        return self.subject_at is not None

    @property
    def ignored(self) -> tuple[str, ...]:
        """The columns that are not read."""
        known = {self.ticket_at, self.name_at, self.subject_at, self.mark_at, *self.subjects_at}
        return tuple(cell for at, cell in enumerate(self.cells) if cell and at not in known)


def heading_from(line: Sequence[str], *, roster: Roster, names: Mapping[str, str]) -> Heading:
    """Find the columns. `names` says what a column of this file is called here, where the file calls it otherwise.

    Refuses a heading without ticket or marks, and one that has a column twice.
    """
    found = "、".join(filter(None, map(heading_of, line)))
    cells = [names.get(cell, cell) for cell in map(heading_of, line)]
    while cells and not cells[-1]:
        cells.pop()  # spreadsheets leave empty columns behind
    ticket_at = _place_of(TICKET_HEADINGS, cells, found=found)
    if ticket_at is None:
        raise TableWithoutColumn(column=TICKET_HEADINGS[0], found=found)
    subjects_at = tuple(at for at, cell in enumerate(cells) if cell in roster.headings)
    for at in subjects_at:
        if cells.count(cells[at]) > 1:
            raise TableColumnTwice(column=cells[at], found=found)
    name_at = _place_of(NAME_HEADINGS, cells, found=found)
    if subjects_at:
        return Heading(tuple(cells), ticket_at, name_at, subjects_at, found=found)
    subject_at, mark_at = (_place_of(names_, cells, found=found) for names_ in (SUBJECT_HEADINGS, MARK_HEADINGS))
    if subject_at is None or mark_at is None:
        raise TableWithoutColumn(column="、".join(sorted(roster.headings)), found=found)
    return Heading(tuple(cells), ticket_at, name_at, (), subject_at, mark_at, found)


def require_every_subject(heading: Heading, *, roster: Roster) -> None:
    """Refuse a wide heading in which somebody's subject has no column: one sentence, not a fault for each person."""
    if heading.is_long:
        return
    there = set(heading.cells)
    for kind in roster.kinds:
        have = {code for name, code in kind.headings.items() if name in there}
        for code in sorted(kind.full_marks.keys() - have):
            column = next((name for name, meant in kind.headings.items() if meant == code and name != code), code)
            raise TableWithoutColumn(column=column, found=heading.found)


def _place_of(names: Sequence[str], cells: Sequence[str], *, found: str) -> int | None:
    places = [at for at, cell in enumerate(cells) if cell in names]
    if len(places) > 1:
        raise TableColumnTwice(column=cells[places[1]], found=found)
    return places[0] if places else None


class LineReader:
    """Collects marks and faults line by line. `expected` must know every ticket that its lines may name rightly."""

    def __init__(self, heading: Heading, expected: Mapping[str, Expected], *, needs_all: bool = True) -> None:
        """Begin with nothing seen. Unless it `needs_all`, a blank cell says nothing of its subject."""
        self.heading = heading
        self.expected = expected
        self.needs_all = needs_all
        self.rows: list[MarkRow] = []
        self.row_levels: list[str] = []
        self.row_lines: list[int] = []
        self.faults: list[Fault] = []
        self.seen: dict[str, int] = {}  # ticket → the first line that names it
        self._taken: dict[str, set[str]] = {}  # of a long file: what each ticket has spoken of, rightly or wrongly

    def take(self, line: int, cells: Sequence[str]) -> None:
        """Take one line, or note what is wrong with it. Empty cells past the last heading are no fault."""
        width = len(self.heading.cells)
        if len(cells) < width or any(cell.strip() for cell in cells[width:]):
            self.faults.append(Fault(line, "", FaultKind.COLUMNS, f"{len(cells)}/{width}"))
            return
        number = ticket_of(cells[self.heading.ticket_at])
        expected = self.expected.get(number)
        is_again = number in self.seen and not self.heading.is_long
        if expected is None or is_again:
            self._note(line, self.heading.ticket_at, ticket_fault(number, is_seen=is_again), raw=number)
            return
        self.seen.setdefault(number, line)
        name_at = self.heading.name_at
        if name_at is not None and not is_same_name(cells[name_at], expected.name):
            self._note(line, name_at, FaultKind.NAME_DIFFERS, raw=cells[name_at])
        if self.heading.is_long:
            self._take_one(line, cells, expected=expected, taken=self._taken.setdefault(number, set()))
        else:
            self._take_all(line, cells, expected=expected)

    def finish(self) -> None:
        """Note what a long file has left out of the people it names."""
        for number, line in self.seen.items():
            if self.heading.is_long:
                self._note_missing(line, self.expected[number], taken=self._taken[number])

    def _take_all(self, line: int, cells: Sequence[str], *, expected: Expected) -> None:
        taken: set[str] = set()
        for at in self.heading.subjects_at:
            if cells[at].strip():
                self._take_cell(
                    line,
                    at,
                    cells[at],
                    code=self._code(self.heading.cells[at], expected),
                    taken=taken,
                    expected=expected,
                )
        self._note_missing(line, expected, taken=taken)

    def _take_one(self, line: int, cells: Sequence[str], *, expected: Expected, taken: set[str]) -> None:
        subject_at, mark_at = self.heading.subject_at, self.heading.mark_at
        assert subject_at is not None  # noqa: S101  # a long heading has both; this tells the type checker
        assert mark_at is not None  # noqa: S101  # the same
        code = self._code(heading_of(cells[subject_at]), expected)
        if code is None:
            self._note(line, subject_at, FaultKind.NOT_APPLIED, raw=cells[subject_at])
        elif cells[mark_at].strip():
            self._take_cell(line, mark_at, cells[mark_at], code=code, taken=taken, expected=expected)

    def _code(self, heading: str, expected: Expected) -> str | None:
        code = expected.headings.get(heading)
        return code if code in expected.full_marks else None

    def _take_cell(  # where it stands, what it holds, and what is known of whose it is
        self, line: int, at: int, raw: str, *, code: str | None, taken: set[str], expected: Expected
    ) -> None:
        """Take one cell that holds something; `taken` collects the subjects spoken of, rightly or wrongly."""
        if code is None:
            self._note(line, at, FaultKind.NOT_APPLIED, raw=raw)
            return
        fault = _fault_of(raw, code=code, is_taken=code in taken, expected=expected)
        if fault is not None:
            self._note(line, at, fault, raw=raw)
        else:
            cell = parse_cell(raw)
            assert cell is not None  # noqa: S101  # it has no fault
            self.rows.append(MarkRow(expected.entry_id, code, *cell))
            self.row_levels.append(expected.level)
            self.row_lines.append(line)
        taken.add(code)

    def _note_missing(self, line: int, expected: Expected, *, taken: set[str]) -> None:
        begun = {code.split(PART_MARK)[0] for code in taken if PART_MARK in code}
        for code in sorted(set(expected.full_marks) - taken):
            if self.needs_all or code.split(PART_MARK)[0] in begun:
                self.faults.append(Fault(line, code, FaultKind.MARK_MISSING))

    def _note(self, line: int, at: int, kind: FaultKind, *, raw: str) -> None:
        self.faults.append(Fault(line, self.heading.cells[at], kind, raw.strip()[:VALUE_SHOWN_MAX]))


def missing_people(heading: Heading, tickets: Sequence[str]) -> Iterator[Fault]:
    """Yield a fault of the whole file for each of these tickets, which stand on the roster and not in the file."""
    for number in sorted(tickets):
        yield Fault(0, heading.cells[heading.ticket_at], FaultKind.PERSON_MISSING, number[:VALUE_SHOWN_MAX])


def _fault_of(raw: str, *, code: str, is_taken: bool, expected: Expected) -> FaultKind | None:
    cell = parse_cell(raw)
    if is_taken:
        return FaultKind.MARK_TWICE
    if cell is None:
        return FaultKind.NOT_A_MARK
    if cell[1] is not None and cell[1] > expected.full_marks[code]:
        return FaultKind.ABOVE_FULL
    return expected.kind.barrier(code) if cell[0] is MarkStatus.SCORED else None
