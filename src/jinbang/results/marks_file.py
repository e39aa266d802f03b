"""Reading a file of marks made by another system. Pure: bytes in, marks or faults out; the database is not asked.

CSV, XLSX or DBF. Wide: one line per person, one column per subject, headed by the subject's name or code. Long: one
line per mark, with a column for the subject. A name column, where there is one, is compared. A cell holds a number or a
word. Every fault names line and column, what is wrong and what to do, and then no row is taken.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import polars as pl

from jinbang.results.file_subjects import as_brought, counts_of, joined_parts, joined_subjects, left_out
from jinbang.results.mark_rows import (
    FAULTS_SHOWN_MAX,
    MARK_HEADINGS,
    MARKS_SCHEMA,
    NAME_HEADINGS,
    SUBJECT_HEADINGS,
    TICKET_HEADINGS,
    Expected,
    Fault,
    FaultKind,
    Kind,
    MarkRow,
    MarksFile,
    Roster,
    control_totals,
    heading_of,
    parse_cell,
    ticket_of,
)
from jinbang.results.marks_columns import Plain, read_plain
from jinbang.results.marks_lines import Heading, LineReader, heading_from, missing_people, require_every_subject
from jinbang.results.states import Coverage
from jinbang.results.tables import Encoding, Table, read_table

__all__ = (
    "FAULTS_SHOWN_MAX",
    "Encoding",
    "Expected",
    "Fault",
    "FaultKind",
    "Kind",
    "MarkRow",
    "MarksFile",
    "Roster",
    "control_totals",
    "heading_of",
    "parse_cell",
    "read_marks",
    "ticket_of",
)
OUR_HEADINGS: Final = (*TICKET_HEADINGS, *NAME_HEADINGS, *SUBJECT_HEADINGS, *MARK_HEADINGS)


def read_marks(  # the file, what it is held against, and what a person has said about it
    content: bytes,
    *,
    roster: Mapping[str, Expected] | Roster,
    coverage: Coverage = Coverage.WHOLE,
    names: Mapping[str, str] | None = None,
    encoding: Encoding | None = None,
    by_columns: bool = True,
) -> MarksFile:
    """Read a file against the roster, as far as its `coverage` says; `names` renames its columns.

    Refuses what is no table, and a first line without the columns that must be there; all else is a fault of a row.
    `by_columns` changes how fast it goes, and nothing else.
    """
    known = roster if isinstance(roster, Roster) else Roster.of(roster)
    renamed = {heading_of(given): heading_of(ours) for given, ours in (names or {}).items()}
    expected_names = {*known.headings, *OUR_HEADINGS, *renamed}
    table = read_table(content, encoding=encoding, knows=lambda cell: heading_of(cell) in expected_names)
    heading = heading_from(table.heading, roster=known, names=renamed)
    columns = table.columns if by_columns else None
    heading, told = as_brought(table, heading, roster=known, coverage=coverage, columns=columns)
    require_every_subject(heading, roster=told)
    needs_all = coverage is not Coverage.CORRECTIONS
    plain = read_plain(columns, heading, roster=told) if columns is not None else None
    if columns is None or plain is None:
        reader, plain = _read_lines(table, heading, told, needs_all=needs_all), None
    else:
        reader = _read_others(columns, plain, heading=heading, roster=told, needs_all=needs_all)
    found = _gathered(table, reader, plain, heading=heading, roster=told, whole=needs_all)
    return replace(found, left=left_out(known, told))


def _read_lines(table: Table, heading: Heading, roster: Roster, *, needs_all: bool) -> LineReader:
    reader = LineReader(heading, roster.expected(), needs_all=needs_all)
    for number, cells in table.lines():
        if number > 1:
            reader.take(number, cells)
    reader.finish()
    return reader


def _read_others(
    columns: pl.DataFrame, plain: Plain, *, heading: Heading, roster: Roster, needs_all: bool
) -> LineReader:
    """Read what the columns could not take, in the order of the file."""
    lines: Sequence[Sequence[str]] = columns[plain.others].rows()
    tickets = {ticket_of(cells[heading.ticket_at]) for cells in lines if len(cells) > heading.ticket_at}
    reader = LineReader(heading, roster.expected(tickets), needs_all=needs_all)
    for place, cells in zip(plain.others.tolist(), lines, strict=True):
        if any(cell.strip() for cell in cells):
            reader.take(place + 2, cells)
    reader.finish()
    return reader


def _gathered(  # two readings of one file put together
    table: Table, reader: LineReader, plain: Plain | None, *, heading: Heading, roster: Roster, whole: bool
) -> MarksFile:
    seen = pl.Series(list(reader.seen), dtype=pl.String)
    if plain is not None:
        seen = pl.concat([plain.tickets, seen])
    faults = reader.faults
    if whole and len(seen) < roster.people.height:
        concerned = [number for number, kind in enumerate(roster.kinds) if kind.full_marks]
        left = roster.people.filter(pl.col("kind").is_in(concerned))
        left = left.join(seen.to_frame("ticket"), on="ticket", how="anti")
        faults = [*faults, *missing_people(heading, left["ticket"].to_list())]
    rows = zip(reader.row_levels, reader.rows, strict=True)
    counted: Counter[str] = Counter(control_totals(rows, people=len(seen)))
    counted.update(plain.totals if plain else {})
    totals = dict(counted)
    marks = _frame(reader)
    if plain is not None:
        marks = pl.concat([plain.marks, marks])
    if joined := joined_subjects(roster):
        marks, unjoined = joined_parts(marks, told=roster)
        faults = [*faults, *unjoined]
        totals |= counts_of(marks)  # counts are of subjects, as they are stored; sums are of what the file holds
    if not marks.height and not faults:
        faults = [Fault(0, "", FaultKind.MARK_MISSING)]
    return MarksFile(
        sha256=table.sha256,
        marks=marks if not faults else marks.clear(),
        faults=tuple(faults),
        people=len(seen),
        totals=totals,
        ignored=heading.ignored,
        encoding=table.encoding,
        is_told=table.is_told,
        joined=joined,
    )


def _frame(reader: LineReader) -> pl.DataFrame:
    columns: dict[str, list[object]] = {
        "entry_id": [row.entry_id for row in reader.rows],
        "subject_code": [row.subject_code for row in reader.rows],
        "status": [row.status.value for row in reader.rows],
        "mark_hundredths": [row.mark_hundredths for row in reader.rows],
        "line": list(reader.row_lines),
    }
    return pl.DataFrame(columns, schema=MARKS_SCHEMA)
