"""What results print: statistics as a PDF and a workbook, the report a candidate holds. Data in, bytes out.

Fonts and compilers are those of `seating.documents`, once in a process.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Final

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from jinbang.application.group.sheet import disarmed
from jinbang.results.paper_labels import REPORT, REPORT_KINDS, REPORT_NOTES, STATISTICS
from jinbang.results.report_contents import ReportContents
from jinbang.results.reports import shown_code
from jinbang.results.screens.statistics import Chapter, StatisticsScreen, Table
from jinbang.seating.documents import compiled, qr_svg, require_printable
from jinbang.sittings.labels import moment

HERE: Final = Path(__file__).resolve().parent
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NO_SHEET_NAME: Final = re.compile(r"[\[\]:*?/\\']")
_SHEET_NAME_MOST: Final = 31
_WIDTHS: Final = (24, 12)


def download(content: bytes, *, kind: str, name: str) -> HttpResponse:
    """Return a file to be kept under this name, which says nothing of a person."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=kind, headers=headers)


# ---------------------------------------------------------------- statistics
def statistics_pdf(screen: StatisticsScreen, *, at: datetime) -> bytes:
    """Return every table on A4, landscape."""
    given = {
        "words": {key: str(word) for key, word in STATISTICS.items()},
        "author": screen.author.organisation or screen.author.name,
        "sitting": screen.sitting.name,
        "region": screen.place,
        "counted": _counted(screen),
        "notes": list(screen.notes),
        "summaries": [_printed(table) for table in screen.summaries],
        "chapters": [
            {"name": chapter.name, "tables": [_printed(table) for table in chapter.tables]}
            for chapter in screen.chapters
        ],
    }
    return compiled(HERE / "statistics.typ", given, at=at)


def _printed(table: Table) -> dict[str, object]:
    rows = [[row.name, *(value.text for value in row.values)] for row in table.rows]
    return {"caption": table.caption, "columns": list(table.columns), "rows": rows}


def _counted(screen: StatisticsScreen) -> str:
    when = moment(screen.counted_at) if screen.counted_at else ""
    return _("统计时间：%(when)s（北京时间）") % {"when": when}


def statistics_xlsx(screen: StatisticsScreen) -> bytes:
    """Return a workbook: a first sheet for each level's summary and the notes, then one for each level and subject."""
    book = Workbook()
    first = book.active
    first.title = str(STATISTICS["title"])
    first.append([disarmed(screen.heading)])
    first["A1"].font = Font(size=14, bold=True)
    first.append([_counted(screen)])
    for table in screen.summaries:
        _write(first, table)
    first.append([])
    for note in screen.notes:
        first.append([note])
    taken = {first.title}
    for chapter in screen.chapters:
        sheet = book.create_sheet(_sheet_name(chapter, taken))
        sheet.append([disarmed(chapter.name)])
        sheet["A1"].font = Font(size=14, bold=True)
        for table in chapter.tables:
            _write(sheet, table)
    for sheet in book.worksheets:
        for number in range(1, sheet.max_column + 1):
            sheet.column_dimensions[get_column_letter(number)].width = _WIDTHS[number > 1]
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _write(sheet: Worksheet, table: Table) -> None:
    sheet.append([])
    sheet.append([disarmed(table.caption)])
    sheet.cell(sheet.max_row, 1).font = Font(bold=True)
    sheet.append(list(table.columns))
    for cell in sheet[sheet.max_row]:
        cell.font = Font(bold=True)
    for row in table.rows:
        sheet.append(
            [disarmed(row.name), *(value.text if value.number is None else value.number for value in row.values)]
        )
        for cell in sheet[sheet.max_row][1:]:
            cell.alignment = Alignment(horizontal="right")


def _sheet_name(chapter: Chapter, taken: set[str]) -> str:
    """Return a name that a workbook takes and that no other sheet of it bears."""
    plain = _NO_SHEET_NAME.sub(" ", chapter.name)
    name = next(name for name in _names(plain) if name not in taken)
    taken.add(name)
    return name


def _names(plain: str) -> Iterator[str]:
    yield plain[:_SHEET_NAME_MOST]
    number = 1
    while True:
        number += 1
        end = f" {number}"
        yield plain[: _SHEET_NAME_MOST - len(end)] + end


# ---------------------------------------------------------------- the report
def report_pdf(contents: ReportContents, *, code: str, at: datetime) -> bytes:
    """Return the report on A4, not signed yet. Refuses, with `UnprintableName`, a name no font covers."""
    require_printable(contents.person.name)
    holder = contents.holder
    page = settings.JINBANG_PUBLIC_URL + reverse("results:verify-report")
    given = {
        "words": {key: str(word) for key, word in REPORT.items()},
        "title": str(REPORT_KINDS[contents.kind]),
        "author": contents.authority,
        "phone": contents.phone,
        "facts": [
            [str(REPORT["name"]), holder["name"]],
            [holder["document_kind"], contents.document_number],
        ],
        "years": [
            {**year, "ticket_number": number}
            for year, number in zip(contents.years, contents.ticket_numbers, strict=True)
        ],
        "code": shown_code(code),
        "page": page,
        # The code stands behind the number sign, which no browser sends: it reaches no log on the way.
        "qr": qr_svg(f"{page}#{code}"),
        "issued": _("签发时间：%(when)s（北京时间）") % {"when": moment(at)},
        "notes": [str(note) for note in REPORT_NOTES],
    }
    return compiled(HERE / "report.typ", given, at=at)
