"""From what stands on a sheet to one mark: a panel's marks averaged by the programme's rule, keyings compared. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from jinbang.catalogue.regulations import PanelRule
from jinbang.results.errors import SheetCellWrong, WrongCell
from jinbang.results.mark_rows import FaultKind, Kind, parse_cell
from jinbang.results.states import MarkStatus

Cell: TypeAlias = tuple[str, int]
"""Whose mark (the roster entry's id), and of which assessor; 0 where there is no panel."""
Read: TypeAlias = tuple[MarkStatus, int | None]
_HUNDREDTHS_DIGITS = 2


@dataclass(frozen=True)
class Line:
    """One person on a sheet: whose line it is, and what they have in common with others."""

    entry_id: str
    ticket_number: str
    kind: Kind


def average(marks: Sequence[int], *, rule: PanelRule) -> int:
    """Return the mean in hundredths of what is left when the highest and lowest have gone, rounded half up.

    Whole numbers all the way: no binary fraction decides whether somebody passes.
    """
    left = sorted(marks)[rule.drop_lowest : len(marks) - rule.drop_highest]
    step: int = 10 ** (_HUNDREDTHS_DIGITS - rule.decimals)
    total = sum(left)
    return (2 * total + len(left) * step) // (2 * len(left) * step) * step


def read_cells(
    typed: Mapping[Cell, str], *, lines: Sequence[Line], subject_code: str, assessors: int
) -> dict[Cell, Read]:
    """Read everything that one person typed from a sheet. Refuses what cannot stand, naming every such cell.

    A status (缺考 and the like) fills the whole line: the panel's other cells are then empty or say the same.
    """
    read: dict[Cell, Read] = {}
    wrong: list[WrongCell] = []
    for line in lines:
        cells = [(line.entry_id, at) for at in (range(1, assessors + 1) if assessors else (0,))]
        texts = [typed.get(cell, "").strip() for cell in cells]
        found = [parse_cell(text) if text else None for text in texts]
        status = next((one for one in found if one is not None and one[0] is not MarkStatus.SCORED), None)
        if (
            status is not None
            and all(one in {None, status} for one in found)
            and not any(text and one is None for text, one in zip(texts, found, strict=True))
        ):
            found = [status for _ in cells]
        for cell, text, one in zip(cells, texts, found, strict=True):
            fault = _fault(
                text, one, line=line, subject_code=subject_code, is_mixed=status is not None and one != status
            )
            if fault is not None:
                wrong.append(WrongCell(line.ticket_number, cell[1], fault.value))
            elif one is not None:
                read[cell] = one
    if wrong:
        raise SheetCellWrong(cells=wrong)
    return read


def _fault(text: str, read: Read | None, *, line: Line, subject_code: str, is_mixed: bool) -> FaultKind | None:
    if read is None:
        return FaultKind.NOT_A_MARK if text else FaultKind.MARK_MISSING
    if is_mixed:
        return FaultKind.MARK_TWICE
    if read[1] is not None and read[1] > line.kind.full_marks[subject_code]:
        return FaultKind.ABOVE_FULL
    return line.kind.barrier(subject_code) if read[0] is MarkStatus.SCORED else None


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


def mark_of(entry_id: str, cells: Mapping[Cell, Read], *, assessors: int, rule: PanelRule | None) -> Read:
    """Return one person's mark out of the settled cells of their line."""
    if not assessors:
        return cells[entry_id, 0]
    found = [cells[entry_id, at] for at in range(1, assessors + 1)]
    if found[0][1] is None:
        return found[0]
    plain = PanelRule(assessors)
    return MarkStatus.SCORED, average([mark for _, mark in found if mark is not None], rule=rule or plain)
