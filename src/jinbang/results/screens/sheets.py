"""The list of sheets that wait, and one sheet as the next person types it: empty cells, and nobody else's marks."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from jinbang.kernel.errors import DomainError
from jinbang.people.queries import Staff
from jinbang.results import labels, panel, queries, sheets
from jinbang.results.errors import SheetCellWrong
from jinbang.results.mark_rows import FaultKind
from jinbang.results.models import MarkSheet
from jinbang.results.sheets import OpenSheet
from jinbang.sittings.models import ExamRegion

CELL = "cell"


@dataclass(frozen=True)
class SheetRow:
    """A sheet in the list, and whether this officer may key it now."""

    sheet: MarkSheet
    people: int
    state: str
    may_key: bool


@dataclass(frozen=True)
class CellField:
    """One cell to be typed: its field's name, what it is called, what was typed, and what is wrong with it."""

    name: str
    label: str
    value: str
    fault: Promise | str


@dataclass(frozen=True)
class SheetLine:
    """One person's line."""

    ticket_number: str
    cells: tuple[CellField, ...]


@dataclass(frozen=True)
class KeyingScreen:
    """A sheet to be typed: whose turn it is, and the lines asked for."""

    sheet: MarkSheet
    subject: str
    full_mark: str
    turn: int
    is_own: bool
    lines: tuple[SheetLine, ...]
    columns: tuple[str, ...]
    rule: str


def sheet_rows(region: ExamRegion, *, by: Staff) -> list[SheetRow]:
    """Return the sheets that wait for somebody. Two queries."""
    return [
        SheetRow(one.sheet, len(one.sheet.entry_ids), _turn_of(one), not one.is_mine)
        for one in sheets.open_sheets(region, by=by)
    ]


def keying_screen(
    sheet: MarkSheet, *, by: Staff, typed: Mapping[panel.Cell, str] | None = None, refusal: DomainError | None = None
) -> KeyingScreen:
    """Gather the page of one sheet for the next person."""
    programme = queries.programme_of(sheet.batch.region)
    subject = programme.subject(sheet.subject_code, level=sheet.level_code)
    keyings = sheets.keyings_of(sheet)
    asked = sheets.cells_asked(sheet, keyings)
    lines = {line.entry_id: line.ticket_number for line in sheets.lines_of(sheet)}
    entries = list(dict.fromkeys(entry for entry, _at in asked))
    columns = tuple(_("评委 %d") % at for at in range(1, sheet.assessors + 1)) or (_("成绩"),)
    cells = refusal.cells if isinstance(refusal, SheetCellWrong) else ()
    wrong = {(one.ticket_number, one.column): labels.FAULTS[FaultKind(one.fault)] for one in cells}
    return KeyingScreen(
        sheet=sheet,
        subject=subject.name,
        full_mark=labels.format_mark(subject.full_mark_hundredths),
        turn=len(keyings) + 1,
        is_own=any(one.keyed_by == by.account_id for one in keyings),
        lines=tuple(
            SheetLine(
                lines[entry],
                tuple(
                    _cell(entry, at, ticket=lines[entry], column=column, typed=typed or {}, wrong=wrong)
                    for (at, column) in zip(_assessors(sheet), columns, strict=True)
                ),
            )
            for entry in entries
        ),
        columns=columns,
        rule=_rule(sheet, drop=(subject.panel.drop_highest, subject.panel.drop_lowest) if subject.panel else None),
    )


def cells_typed(posted: Mapping[str, str]) -> dict[panel.Cell, str]:
    """Return the cells of a form that was sent, by whose and which they are."""
    found = {}
    for name in posted:
        prefix, _, rest = name.partition("-")
        entry, _, at = rest.rpartition("-")
        if prefix == CELL and at.isdecimal():
            found[entry, int(at)] = posted[name][:20]
    return found


def _assessors(sheet: MarkSheet) -> tuple[int, ...]:
    return tuple(range(1, sheet.assessors + 1)) or (0,)


def _cell(  # a cell is its place, its names, and what came of it
    entry: str,
    at: int,
    *,
    ticket: str,
    column: str,
    typed: Mapping[panel.Cell, str],
    wrong: Mapping[tuple[str, int], Promise],
) -> CellField:
    return CellField(
        f"{CELL}-{entry}-{at}", f"{ticket} {column}", typed.get((entry, at), ""), wrong.get((ticket, at), "")
    )


def _turn_of(one: OpenSheet) -> str:
    return {1: _("等待第一人录入"), 2: _("等待第二人录入")}.get(one.turn, _("两人录入不一致，等待第三人"))


def _rule(sheet: MarkSheet, *, drop: tuple[int, int] | None) -> str:
    if not sheet.assessors:
        return ""
    if drop is None or drop == (0, 0):
        return _("取全部评委分数的平均。")
    return _("去掉 %(highest)d 个最高分、%(lowest)d 个最低分后取平均。") % {"highest": drop[0], "lowest": drop[1]}
