"""Which subjects a file of marks brings: all, some, or the parts that some are made of. Pure.

A file is read against the roster as far as the file goes: what it may leave out is taken off the roster, and a subject
that it brings in parts is replaced by its parts, so that both readers see nothing but columns. The parts are joined
when everything has been read, by the programme's weights.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import polars as pl

from jinbang.catalogue.errors import PartMarksWrong
from jinbang.catalogue.programme import Programme
from jinbang.results.mark_rows import (
    MARKS_SCHEMA,
    PART_MARK,
    Fault,
    FaultKind,
    Kind,
    Roster,
    heading_of,
    part_code,
)
from jinbang.results.marks_lines import Heading
from jinbang.results.rules import SubjectMark, joined_mark
from jinbang.results.states import Coverage, MarkStatus
from jinbang.results.tables import Table

_DIFFERENT_MAX: Final = 1_000
"""More different names of subjects than this are no names of subjects."""


def as_brought(
    table: Table, heading: Heading, *, roster: Roster, coverage: Coverage, columns: pl.DataFrame | None
) -> tuple[Heading, Roster]:
    """Return heading and roster as far as this file goes. Looks into the file only where that can say anything."""
    if coverage is Coverage.WHOLE and not any(kind.weighted or kind.elsewhere for kind in roster.kinds):
        return heading, roster
    named = _named_in_columns(columns, heading) if columns is not None else _named_in_lines(table, heading)
    named = named & roster.headings or frozenset(heading.cells)  # where nothing is filled in, every column was meant
    may_leave = coverage is not Coverage.WHOLE
    kinds = tuple(_brought(kind, named, may_leave=may_leave) for kind in roster.kinds)
    told = replace(roster, kinds=kinds)
    meant = {name for kind in kinds for name in kind.headings}  # a sum beside its parts is not read
    subjects_at = tuple(at for at in heading.subjects_at if heading.cells[at] in meant)
    return replace(heading, subjects_at=subjects_at), told


def left_out(roster: Roster, told: Roster) -> tuple[tuple[str, str], ...]:
    """Return the (level, subject) pairs that somebody applied for and this file does not bring."""
    pairs = (
        (kind.level, code)
        for kind, brought in zip(roster.kinds, told.kinds, strict=True)
        for code in kind.full_marks
        if code not in brought.full_marks and code not in _in_parts(brought)
    )
    return tuple(dict.fromkeys(pairs))


def joined_subjects(told: Roster) -> tuple[tuple[str, str], ...]:
    """Return the (level, subject) pairs that this file brings in parts."""
    return tuple(dict.fromkeys((kind.level, code) for kind in told.kinds for code in sorted(_in_parts(kind))))


def joined_parts(marks: pl.DataFrame, *, told: Roster) -> tuple[pl.DataFrame, tuple[Fault, ...]]:
    """Return the marks with every subject that came in parts joined to one, and what cannot be joined."""
    is_part = pl.col("subject_code").str.contains(PART_MARK, literal=True)
    people = told.people.select("entry_id", "kind")
    rows = marks.filter(is_part).join(people, on="entry_id").sort("line", "entry_id", "subject_code")
    found: dict[tuple[str, str, int], dict[str, SubjectMark]] = {}
    lines: dict[tuple[str, str, int], int] = {}
    for entry, code, status, number, line, kind in rows.select(*MARKS_SCHEMA, "kind").iter_rows():
        subject, part = code.split(PART_MARK)
        found.setdefault((entry, subject, kind), {})[part] = SubjectMark(part, MarkStatus(status), number)
        lines.setdefault((entry, subject, kind), line)
    joined, faults = [], []
    for (entry, code, kind), parts in found.items():
        subject, line = told.kinds[kind].weighted[code], lines[entry, code, kind]
        if len(parts) < len(subject.parts):
            continue  # the reader has named the part that is missing
        try:
            mark = joined_mark(subject, parts)
        except PartMarksWrong:  # one part missed beside others that were sat
            faults += [
                Fault(line, part_code(code, part.subject_code), FaultKind.PART_ABSENT)
                for part in parts.values()
                if part.status is MarkStatus.ABSENT
            ]
        else:
            joined.append((entry, code, mark.status.value, mark.mark_hundredths, line))
    frame = pl.DataFrame(joined, schema=MARKS_SCHEMA, orient="row")
    return pl.concat([marks.filter(~is_part), frame]), tuple(faults)


def counts_of(marks: pl.DataFrame) -> dict[str, int]:
    """Return how many marks there are, of each status, and zeros: what a manifest counts of whole subjects."""
    counted = {status.value: 0 for status in MarkStatus} | dict(marks["status"].value_counts().iter_rows())
    return {**counted, "marks": marks.height, "zero": int((marks["mark_hundredths"] == 0).sum())}


def names_in_files(programme: Programme) -> dict[str, str]:
    """Return code → name of every subject, of every part and of every earlier subject, as faults speak of them."""
    names: dict[str, list[str]] = {}
    for _level, code, name in _spoken_of(programme):
        if name not in names.setdefault(code, []):
            names[code].append(name)
    return {code: " / ".join(found) for code, found in names.items()}


def names_of_sums(programme: Programme) -> dict[str, str]:
    """Return level/subject → name of whatever a manifest has a sum of, in the programme's order."""
    levels = {level.code: level.name for level in programme.levels}
    return {
        f"{level}/{code}": f"{levels[level]} · {name}" if len(levels) > 1 else name
        for level, code, name in _spoken_of(programme)
    }


def _spoken_of(programme: Programme) -> Iterator[tuple[str, str, str]]:
    for level in programme.levels:
        for subject in level.subjects:
            yield level.code, subject.code, subject.name
            for part in subject.parts:
                yield level.code, part_code(subject.code, part.code), f"{subject.name}（{part.name}）"
        for code, name in level.earlier_names().items():
            yield level.code, code, name


def _brought(kind: Kind, named: frozenset[str], *, may_leave: bool) -> Kind:
    """Return what a kind of people has in a file that names these columns or subjects."""
    full_marks, headings, absent = dict(kind.full_marks), dict(kind.headings), set(kind.absent)
    weighted = {}
    for code in kind.full_marks:
        names = kind.part_headings(code) if code in kind.weighted else {}
        if not named & names.keys() - kind.headings.keys():  # "理论知识" alone is the subject, beside "职业道德" a part
            continue
        weighted[code] = kind.weighted[code]
        full = {part_code(code, part.code): part.full_mark_hundredths for part in kind.weighted[code].parts}
        full_marks = {**{other: most for other, most in full_marks.items() if other != code}, **full}
        headings = {**{name: meant for name, meant in headings.items() if meant != code}, **names}
        if code in absent:
            absent |= full.keys()
    brought = {headings[name] for name in named if name in headings}
    left = {code for code in full_marks if code not in brought and (may_leave or code in kind.elsewhere)}
    left = {code for code in left if PART_MARK not in code}  # a subject comes with all of its parts
    full_marks = {code: most for code, most in full_marks.items() if code not in left}
    return replace(kind, full_marks=full_marks, headings=headings, absent=frozenset(absent), weighted=weighted)


def _in_parts(kind: Kind) -> set[str]:
    return {code.split(PART_MARK)[0] for code in kind.full_marks if PART_MARK in code}


def _named_in_columns(columns: pl.DataFrame, heading: Heading) -> frozenset[str]:
    """Return the headings of columns that hold anything, or the subjects that lines name."""
    if heading.is_long:
        different = columns[str(heading.subject_at)].unique()
        return frozenset(map(heading_of, different)) if len(different) <= _DIFFERENT_MAX else frozenset()
    filled = (at for at in heading.subjects_at if any(cell.strip() for cell in columns[str(at)]))
    return frozenset(heading.cells[at] for at in filled)


def _named_in_lines(table: Table, heading: Heading) -> frozenset[str]:
    found: set[str] = set()
    for number, cells in table.lines():
        if number == 1:
            continue
        if heading.subject_at is not None:
            found.update(map(heading_of, cells[heading.subject_at : heading.subject_at + 1]))
        else:
            found.update(heading.cells[at] for at in heading.subjects_at if at < len(cells) and cells[at].strip())
    return frozenset(found) if len(found) <= _DIFFERENT_MAX else frozenset()
