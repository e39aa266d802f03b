"""Reading a file of marks by columns: a million lines a second, with the same answers as line by line. Pure.

Only what is plainly right is taken here: a ticket on the roster that stands in one place of the file, the very name,
marks that are read and allowed. Every other line goes to `marks_lines`, which alone says what is wrong. A person
whose lines are not all plain goes there with all of them.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from jinbang.results.mark_rows import MARKS_SCHEMA, Roster, heading_of, parse_cell, sum_name, ticket_of
from jinbang.results.marks_lines import Heading
from jinbang.results.states import MarkStatus

Ints: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]
DISTINCT_MAX: Final = 100_000
_BLANK, _UNREADABLE = -1, -2
_STATUSES: Final = tuple(MarkStatus)
_FIRST_STATUS: Final = -10  # a status without a number is −10 less its place; a number is itself
_TOTAL_NAMES: Final = (*(status.value for status in MarkStatus), "zero", "marks")


@dataclass(frozen=True)
class Plain:
    """The plain lines of a file, and which lines are not plain (their places among all lines)."""

    marks: pl.DataFrame
    totals: dict[str, int]
    tickets: pl.Series
    others: Ints


@dataclass(frozen=True)
class _Cells:
    """Marks of plain lines: for each, whose it is, of which subject (its place), what it holds, on which line."""

    person: Ints
    subject: Ints
    value: Ints
    line: Ints


def read_plain(columns: pl.DataFrame, heading: Heading, *, roster: Roster) -> Plain | None:
    """Take what is plainly right. None where a column holds so many different things that nothing is gained."""
    people = roster.people.with_row_index("person")
    person = _persons(columns, heading, people)
    kinds = people["kind"].to_numpy().astype(np.int64)
    codes = tuple(dict.fromkeys(code for kind in roster.kinds for code in kind.full_marks))
    is_plain = (
        (person >= 0)
        & _ends_at_heading(columns, len(heading.cells))
        & _names_agree(columns, heading, people, person=person)
    )
    kind = np.where(person >= 0, kinds[np.maximum(person, 0)], 0) if len(kinds) else np.zeros_like(person)
    read = _long if heading.is_long else _wide
    found = read(columns, heading, roster, person=person, kind=kind, codes=codes, is_plain=is_plain)
    if found is None:
        return None
    is_plain, cells = found
    is_plain &= ~_shares_a_ticket(columns, heading, people, person=person, is_plain=is_plain)
    kept = is_plain[cells.line]
    cells = _Cells(cells.person[kept], cells.subject[kept], cells.value[kept], cells.line[kept])
    is_seen = np.zeros(people.height, dtype=np.bool_)
    is_seen[person[is_plain]] = True
    tickets = people["ticket"].filter(pl.Series(is_seen))
    levels = [one.level for one in roster.kinds]
    totals = _totals(cells, codes, levels=levels, kind=kinds[cells.person])
    return Plain(_marks(cells, people, codes), totals, tickets, np.flatnonzero(~is_plain))


def _persons(columns: pl.DataFrame, heading: Heading, people: pl.DataFrame) -> Ints:
    """Return for each line the place on the roster of the very ticket it names, −1 for any other."""
    tickets = columns.select(ticket=str(heading.ticket_at))
    same_order = tickets.height == people.height and bool((tickets["ticket"] == people["ticket"]).all())
    if same_order:  # a template of ours that was filled in and sent back
        return np.arange(people.height, dtype=np.int64)
    joined = tickets.join(people.select("ticket", "person"), on="ticket", how="left", maintain_order="left")
    return joined["person"].cast(pl.Int64).fill_null(-1).to_numpy()


def _ends_at_heading(columns: pl.DataFrame, width: int) -> Flags:
    if columns.width < width:
        return np.zeros(columns.height, dtype=np.bool_)
    past = columns.select(
        pl.all_horizontal(pl.lit(value=True), *(pl.col(name) == "" for name in columns.columns[width:]))
    )
    return np.broadcast_to(past.to_series().to_numpy(), columns.height)


def _names_agree(columns: pl.DataFrame, heading: Heading, people: pl.DataFrame, *, person: Ints) -> Flags:
    if heading.name_at is None or not people.height:
        return np.ones(columns.height, dtype=np.bool_)
    written = people["name"].gather(np.maximum(person, 0))
    return (columns[str(heading.name_at)] == written).to_numpy()


def _values(column: pl.Series) -> Ints | None:
    """Return what each cell holds, as a number. Each different cell is read once, by the reader of lines."""
    different = column.unique()
    if len(different) > DISTINCT_MAX:
        return None
    meant = [_value(cell) for cell in different.to_list()]
    return column.replace_strict(different, pl.Series(meant, dtype=pl.Int64), return_dtype=pl.Int64).to_numpy()


def _value(cell: str) -> int:
    if not cell.strip():
        return _BLANK
    read = parse_cell(cell)
    if read is None:
        return _UNREADABLE
    status, number = read
    return number if number is not None else _FIRST_STATUS - _STATUSES.index(status)


def _wide(  # all of what the columns are held against
    columns: pl.DataFrame,
    heading: Heading,
    roster: Roster,
    *,
    person: Ints,
    kind: Ints,
    codes: Sequence[str],
    is_plain: Flags,
) -> tuple[Flags, _Cells] | None:
    """Take lines of one person each: everything applied for in one column each, nothing else, nothing forbidden."""
    subject, full, barred, is_simple = _tables(roster, [heading.cells[at] for at in heading.subjects_at], codes)
    is_plain = is_plain & ~_repeated(person) & is_simple[kind]
    parts: list[_Cells] = []
    for column, at in enumerate(heading.subjects_at):
        value = _values(columns[str(at)])
        if value is None:
            return None
        is_applied = full[kind, column] >= 0
        is_plain &= np.where(is_applied, _is_allowed(value, full[kind, column], barred[kind, column]), value == _BLANK)
        line = np.flatnonzero(is_applied)
        parts.append(_Cells(person[line], subject[kind[line], column], value[line], line))
    joined = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("person", "subject", "value", "line")
    )
    return is_plain, _Cells(*joined)


def _long(  # all of what the columns are held against
    columns: pl.DataFrame,
    heading: Heading,
    roster: Roster,
    *,
    person: Ints,
    kind: Ints,
    codes: Sequence[str],
    is_plain: Flags,
) -> tuple[Flags, _Cells] | None:
    """Take lines of one mark each: each subject of a person once, none left out, nothing forbidden."""
    named = columns[str(heading.subject_at)]
    value = _values(columns[str(heading.mark_at)])
    different = named.unique()
    if value is None or len(different) > DISTINCT_MAX // 100 or not codes:
        return None
    subject_of, full, barred, _ = _tables(roster, [heading_of(cell) for cell in different.to_list()], codes)
    column = named.replace_strict(
        different, pl.Series(range(len(different)), dtype=pl.Int64), return_dtype=pl.Int64
    ).to_numpy()
    subject, highest = subject_of[kind, column], full[kind, column]
    is_plain = is_plain & (highest >= 0) & _is_allowed(value, highest, barred[kind, column])
    is_plain &= ~_repeated(np.where(is_plain, person * len(codes) + subject, -1))
    wanted = np.array([len(one.full_marks) for one in roster.kinds], dtype=np.int64)
    size = int(person.max(initial=0)) + 1
    right = np.bincount(person[is_plain], minlength=size)
    spoken_of = np.bincount(person[person >= 0], minlength=size)
    place = np.maximum(person, 0)
    is_plain &= (right[place] == wanted[kind]) & (spoken_of[place] == wanted[kind])
    line = np.arange(columns.height, dtype=np.int64)
    return is_plain, _Cells(person, subject, value, line)


def _tables(roster: Roster, headings: Sequence[str], codes: Sequence[str]) -> tuple[Ints, Ints, Flags, Flags]:
    """Return by kind and column: which subject, its full mark (−1: not applied for), whether a mark is barred.

    And by kind: whether everything applied for has one column, and not two.
    """
    shape = (len(roster.kinds), len(headings))
    subject, full = np.full(shape, -1, dtype=np.int64), np.full(shape, -1, dtype=np.int64)
    barred = np.zeros(shape, dtype=np.bool_)
    for at, kind in enumerate(roster.kinds):
        for column, heading in enumerate(headings):
            code = kind.headings.get(heading)
            if code is not None and code in kind.full_marks:
                subject[at, column], full[at, column] = codes.index(code), kind.full_marks[code]
                barred[at, column] = kind.barrier(code) is not None
    is_simple = [
        sorted(codes[place] for place in row if place >= 0) == sorted(kind.full_marks)
        for row, kind in zip(subject, roster.kinds, strict=True)
    ]
    return subject, full, barred, np.array(is_simple, dtype=np.bool_)


def _is_allowed(value: Ints, full: Ints, barred: Flags) -> Flags:
    """Whether a cell holds a mark that may stand: a status, or a number up to the full mark that no record bars."""
    return (value <= _FIRST_STATUS) | ((value >= 0) & (value <= full) & ~barred)


def _repeated(keys: Ints) -> Flags:
    """Whether a key (−1 for none) occurs more than once."""
    counted = np.bincount(keys + 1, minlength=1)
    counted[0] = 0
    return counted[keys + 1] > 1


def _shares_a_ticket(
    columns: pl.DataFrame, heading: Heading, people: pl.DataFrame, *, person: Ints, is_plain: Flags
) -> Flags:
    """Whether a line's person is also named by a line that is not plain, under the same number spelt differently."""
    others = columns[str(heading.ticket_at)].gather(np.flatnonzero(~is_plain)).unique().to_list()
    meant = pl.DataFrame({"ticket": pl.Series([ticket_of(raw) for raw in others], dtype=pl.String)})
    named = people.join(meant, on="ticket", how="semi")["person"].to_numpy()
    is_named = np.zeros(people.height + 1, dtype=np.bool_)
    is_named[named] = True
    return is_named[person]


def _marks(cells: _Cells, people: pl.DataFrame, codes: Sequence[str]) -> pl.DataFrame:
    status = np.where(cells.value >= 0, _STATUSES.index(MarkStatus.SCORED), _FIRST_STATUS - cells.value)
    number = pl.Series(cells.value, dtype=pl.Int64)
    return pl.DataFrame(
        {
            "entry_id": people["entry_id"].gather(cells.person),
            "subject_code": pl.Series(list(codes), dtype=pl.String).gather(cells.subject),
            "status": pl.Series([status.value for status in _STATUSES], dtype=pl.String).gather(status),
            "mark_hundredths": pl.select(pl.when(number >= 0).then(number)).to_series(),
            "line": pl.Series(cells.line + 2, dtype=pl.Int64),
        }
    ).cast(MARKS_SCHEMA)  # type: ignore[arg-type]  # types of polars, by name of column


def _totals(cells: _Cells, codes: Sequence[str], *, levels: Sequence[str], kind: Ints) -> dict[str, int]:
    totals: Counter[str] = Counter(dict.fromkeys(_TOTAL_NAMES, 0))
    scored = cells.value >= 0
    totals["marks"], totals["zero"] = len(cells.value), int((cells.value == 0).sum())
    for place, status in enumerate(_STATUSES):
        totals[status.value] = int((cells.value == _FIRST_STATUS - place).sum())
    totals[MarkStatus.SCORED.value] = int(scored.sum())
    key = (kind * len(codes) + cells.subject)[scored]
    size = len(levels) * len(codes)
    sums = np.bincount(key, weights=cells.value[scored], minlength=size)  # exact: far below 2⁵³
    for place in np.flatnonzero(np.bincount(key, minlength=size)).tolist():
        totals[sum_name(levels[place // len(codes)], codes[place % len(codes)])] += int(sums[place])
    return dict(totals)
