"""The list of sheets that wait, and one sheet as the next person types it: empty cells, and nobody else's marks."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from jinbang.catalogue.programme import SubjectPart
from jinbang.kernel.errors import DomainError
from jinbang.people.queries import Staff
from jinbang.results import labels, panel, queries, sheets
from jinbang.results.errors import SheetCellWrong
from jinbang.results.mark_rows import FaultKind
from jinbang.results.models import MarkSheet
from jinbang.results.screens.imports import joined_said, parts_said
from jinbang.results.screens.regions import subject_choices
from jinbang.results.sheets import OpenSheet
from jinbang.results.states import BatchState
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
    """One cell to be typed: its field's name, column and label, what was typed, and what is wrong with it."""

    name: str
    column: str
    label: str
    value: str
    fault: Promise | str


@dataclass(frozen=True)
class SheetLine:
    """One person's line."""

    ticket_number: str
    cells: tuple[CellField, ...]
    joined: str  # the mark that the parts make, once they have been read; empty otherwise


@dataclass(frozen=True)
class KeyingScreen:
    """A sheet to be typed: whose turn it is, and the lines asked for."""

    sheet: MarkSheet
    subject: str
    full_mark: str
    turn: int
    is_own: bool
    is_in_parts: bool
    is_joined: bool
    lines: tuple[SheetLine, ...]
    columns: tuple[str, ...]
    rule: str


def sheet_rows(region: ExamRegion, *, by: Staff) -> list[SheetRow]:
    """Return the sheets that wait for somebody. Two queries."""
    return [
        SheetRow(one.sheet, len(one.sheet.entry_ids), _turn_of(one), not one.is_mine)
        for one in sheets.open_sheets(region, by=by)
    ]


def sheet_choices(region: ExamRegion) -> list[tuple[str, str]]:
    """Return what a sheet may be opened for: each subject, and each that is marked in parts with its parts as well."""
    programme = queries.programme_of(region)
    choices = []
    for value, label in subject_choices(region):
        choices.append((value, label))
        level, code = value.split("/")
        if parts := programme.subject(code, level=level).parts:
            said = _("%(subject)s：按分项录入（%(parts)s）") % {"subject": label, "parts": parts_said(parts)}
            choices.append((f"{value}/parts", said))
    return choices


def keyed_said(sheet: MarkSheet) -> str:
    """Say what has come of a sheet with what somebody has just typed. One query."""
    if sheet.batch.state == BatchState.VALID.value:
        return _("录入一致，这张表的成绩已经生效。")
    if len(sheets.keyings_of(sheet)) > 1:
        return _("已存。与第一遍不一致，等待第三人照纸面录入不一致的行。")
    return _("已存，等待第二人录入。")


def keying_screen(
    sheet: MarkSheet,
    *,
    by: Staff,
    typed: Mapping[panel.Cell, str],
    joined: Mapping[str, panel.Read] | None = None,
    refusal: DomainError | None = None,
) -> KeyingScreen:
    """Gather the page of one sheet for the next person: to be typed, or with what the parts are joined to."""
    programme = queries.programme_of(sheet.batch.region)
    subject = programme.subject(sheet.subject_code, level=sheet.level_code)
    keyings = sheets.keyings_of(sheet)
    tickets = {line.entry_id: line.ticket_number for line in sheets.lines_of(sheet)}
    entries = dict.fromkeys(entry for entry, _at in sheets.cells_asked(sheet, keyings))
    layout = sheets.layout_of(sheet)
    columns = _columns(layout)
    cells = refusal.cells if isinstance(refusal, SheetCellWrong) else ()
    wrong = {(one.ticket_number, one.column): labels.SHEET_FAULTS[FaultKind(one.fault)] for one in cells}
    return KeyingScreen(
        sheet=sheet,
        subject=subject.name,
        full_mark=labels.format_mark(subject.full_mark_hundredths),
        turn=len(keyings) + 1,
        is_own=any(one.keyed_by == by.account_id for one in keyings),
        is_in_parts=layout.in_parts is not None,
        is_joined=joined is not None,
        lines=tuple(
            SheetLine(
                tickets[entry],
                tuple(
                    _cell(entry, at, ticket=tickets[entry], column=column, typed=typed, wrong=wrong)
                    for at, column in columns
                ),
                _mark_said(joined[entry]) if joined else "",
            )
            for entry in entries
        ),
        columns=tuple(column for _at, column in columns),
        rule=_rule(layout, drop=(subject.panel.drop_highest, subject.panel.drop_lowest) if subject.panel else None),
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


def _columns(layout: panel.Layout) -> list[tuple[int, str]]:
    """Return each column's place and what it is called."""
    if layout.in_parts:
        names = [_part_said(part) for part in layout.in_parts.parts]
    elif layout.assessors:
        names = [_("评委 %d") % at for at in layout.columns]
    else:
        names = [_("成绩")]
    return list(zip(layout.columns, names, strict=True))


def _part_said(part: SubjectPart) -> str:
    full = labels.format_mark(part.full_mark_hundredths)
    return _("%(name)s（满分 %(full)s）") % {"name": part.name, "full": full}


def _mark_said(mark: panel.Read) -> str:
    status, number = mark
    return labels.format_mark(number) if number is not None else str(labels.MARK_STATUSES[status])


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
        f"{CELL}-{entry}-{at}", column, f"{ticket} {column}", typed.get((entry, at), ""), wrong.get((ticket, at), "")
    )


def _turn_of(one: OpenSheet) -> str:
    return {1: _("等待第一人录入"), 2: _("等待第二人录入")}.get(one.turn, _("两人录入不一致，等待第三人"))


def _rule(layout: panel.Layout, *, drop: tuple[int, int] | None) -> str:
    if layout.in_parts:
        return joined_said(layout.in_parts, name=layout.in_parts.name)
    if not layout.assessors:
        return ""
    if drop is None or drop == (0, 0):
        return _("取全部评委分数的平均。")
    return _("去掉 %(highest)d 个最高分、%(lowest)d 个最低分后取平均。") % {"highest": drop[0], "lowest": drop[1]}
