"""From what stands on a sheet to one mark: a panel's marks averaged, parts joined, as the programme says. Pure.

Keyings are compared here as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from jinbang.catalogue.errors import PartMarksWrong
from jinbang.catalogue.programme import Subject
from jinbang.catalogue.regulations import PanelRule
from jinbang.results.errors import SheetCellWrong, WrongCell
from jinbang.results.mark_rows import FaultKind, Kind, parse_cell
from jinbang.results.rules import SubjectMark, joined_mark
from jinbang.results.states import MarkStatus

Cell: TypeAlias = tuple[str, int]
"""Whose mark (the roster entry's id), and in which column of the sheet."""
Read: TypeAlias = tuple[MarkStatus, int | None]
_HUNDREDTHS_DIGITS = 2


@dataclass(frozen=True)
class Line:
    """One person on a sheet: whose line it is, and what they have in common with others."""

    entry_id: str
    ticket_number: str
    kind: Kind


@dataclass(frozen=True)
class Layout:
    """What the columns of a sheet are: one mark a person, those of so many assessors, or of the parts of `in_parts`."""

    subject_code: str
    assessors: int = 0
    in_parts: Subject | None = None

    @property
    def columns(self) -> tuple[int, ...]:
        """The places of the columns: 0 where there is but one, else counted from 1."""
        count = len(self.in_parts.parts) if self.in_parts else self.assessors
        return tuple(range(1, count + 1)) or (0,)

    def full_mark_in(self, column: int, *, kind: Kind) -> int:
        """Return the most that a cell of this column may hold, in hundredths."""
        if self.in_parts:
            return self.in_parts.parts[column - 1].full_mark_hundredths
        return kind.full_marks[self.subject_code]


def average(marks: Sequence[int], *, rule: PanelRule) -> int:
    """Return the mean in hundredths of what is left when the highest and lowest have gone, rounded half up.

    Whole numbers all the way: no binary fraction decides whether somebody passes.
    """
    left = sorted(marks)[rule.drop_lowest : len(marks) - rule.drop_highest]
    step: int = 10 ** (_HUNDREDTHS_DIGITS - rule.decimals)
    total = sum(left)
    return (2 * total + len(left) * step) // (2 * len(left) * step) * step


def read_cells(typed: Mapping[Cell, str], *, lines: Sequence[Line], layout: Layout) -> dict[Cell, Read]:
    """Read everything that one person typed from a sheet. Refuses what cannot stand, naming every such cell.

    On a panel's sheet a status (缺考 and the like) fills the whole line: the other cells are then empty or say it too.
    Parts are read each by itself, as in a file: none is left empty, and none is missed beside others that were sat.
    """
    read: dict[Cell, Read] = {}
    wrong: list[WrongCell] = []
    for line in lines:
        cells = [(line.entry_id, at) for at in layout.columns]
        texts = [typed.get(cell, "").strip() for cell in cells]
        found = [parse_cell(text) if text else None for text in texts]
        status = None if layout.in_parts else _status_in(found)
        if status is not None and _fills_the_line(status, texts, found):
            found = [status for _ in cells]
        faults = [
            _fault(text, one, line=line, layout=layout, column=cell[1], is_mixed=status is not None and one != status)
            for cell, text, one in zip(cells, texts, found, strict=True)
        ]
        right = {cell: one for cell, one in zip(cells, found, strict=True) if one is not None}
        if layout.in_parts and not any(faults) and not _join(line.entry_id, right, subject=layout.in_parts):
            faults = [FaultKind.PART_ABSENT if one[0] is MarkStatus.ABSENT else None for one in right.values()]
        wrong += [
            WrongCell(line.ticket_number, cell[1], fault.value)
            for cell, fault in zip(cells, faults, strict=True)
            if fault is not None
        ]
        read |= right
    if wrong:
        raise SheetCellWrong(cells=wrong)
    return read


def _status_in(found: Sequence[Read | None]) -> Read | None:
    return next((one for one in found if one is not None and one[0] is not MarkStatus.SCORED), None)


def _fills_the_line(status: Read, texts: Sequence[str], found: Sequence[Read | None]) -> bool:
    is_read = all(one is not None or not text for text, one in zip(texts, found, strict=True))
    return is_read and all(one in {None, status} for one in found)


def _fault(  # a cell, and what it is held against
    text: str, read: Read | None, *, line: Line, layout: Layout, column: int, is_mixed: bool
) -> FaultKind | None:
    if read is None:
        return FaultKind.NOT_A_MARK if text else FaultKind.MARK_MISSING
    if is_mixed:
        return FaultKind.MARK_TWICE
    if read[1] is not None and read[1] > layout.full_mark_in(column, kind=line.kind):
        return FaultKind.ABOVE_FULL
    return line.kind.barrier(layout.subject_code) if read[0] is MarkStatus.SCORED else None


def _join(entry_id: str, cells: Mapping[Cell, Read], *, subject: Subject) -> Read | None:
    """Return the mark that the parts of one line make, as those of a file do; None where one of them was missed."""
    parts = {part.code: SubjectMark(part.code, *cells[entry_id, at]) for at, part in enumerate(subject.parts, start=1)}
    try:
        mark = joined_mark(subject, parts)
    except PartMarksWrong:
        return None
    return mark.status, mark.mark_hundredths


def differing(first: Mapping[Cell, Read], second: Mapping[Cell, Read]) -> tuple[Cell, ...]:
    """Return the cells that two people read differently, in the order of the sheet."""
    return tuple(cell for cell in first if first[cell] != second.get(cell))


def agreed(
    first: Mapping[Cell, Read], second: Mapping[Cell, Read], *, third: Mapping[Cell, Read]
) -> dict[Cell, Read] | None:
    """Return what two of three read; None where the third has read something of their own, so that nobody agrees."""
    settled = {}
    for cell in first:
        if first[cell] == second[cell]:
            settled[cell] = first[cell]
        elif third.get(cell) in {first[cell], second[cell]}:
            settled[cell] = third[cell]
        else:
            return None
    return settled


def mark_of(entry_id: str, cells: Mapping[Cell, Read], *, layout: Layout, rule: PanelRule | None) -> Read:
    """Return one person's mark out of the settled cells of their line."""
    if layout.in_parts:
        joined = _join(entry_id, cells, subject=layout.in_parts)
        assert joined is not None  # noqa: S101  # every line was read whole by whoever typed it
        return joined
    found = [cells[entry_id, at] for at in layout.columns]
    if not layout.assessors or found[0][1] is None:
        return found[0]
    plain = PanelRule(layout.assessors)
    return MarkStatus.SCORED, average([mark for _, mark in found if mark is not None], rule=rule or plain)
