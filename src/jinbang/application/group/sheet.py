"""Reading and writing sheets (CSV, XLSX). Pure: bytes in, text cells out, and the other way round.

Bytes are capped before anything is read, a workbook's unpacked size before it is opened, rows and cells while reading.
Cells are text whatever they were. What is written is safe to open in a spreadsheet: a cell that looks like a formula
gets an apostrophe in front (OWASP, CSV injection).
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final, TypeAlias

from python_calamine import CalamineError, CalamineWorkbook

from jinbang.application.group.errors import SheetTooLarge, SheetUnreadable

MEGABYTE: Final = 1024 * 1024
MEGABYTES_MAX: Final = 5
UNPACKED_MAX: Final = 60 * MEGABYTE
ROWS_MAX: Final = 1_000
COLUMNS_MAX: Final = 40
CELL_LENGTH_MAX: Final = 400
ENCODINGS: Final = ("utf-8-sig", "gb18030")
_XLSX_START: Final = b"PK\x03\x04"
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
Cell: TypeAlias = str | int | float | bool | date | datetime | time | timedelta


def read_sheet(raw: bytes) -> list[list[str]]:
    """Return the rows of the first sheet as text, empty rows left out. Refuses what is too large or no sheet."""
    if len(raw) > MEGABYTES_MAX * MEGABYTE:
        raise _too_large()
    rows = _workbook(raw) if raw.startswith(_XLSX_START) else _csv(raw)
    kept = [[cell.strip() for cell in row] for row in rows]
    kept = [row for row in kept if any(row)]
    if not kept:
        raise SheetUnreadable
    return kept


def _too_large() -> SheetTooLarge:
    return SheetTooLarge(megabytes_max=MEGABYTES_MAX, rows_max=ROWS_MAX)


def _workbook(raw: bytes) -> list[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            if sum(part.file_size for part in packed.infolist()) > UNPACKED_MAX:
                raise _too_large()
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(raw)).get_sheet_by_index(0)
        if sheet.height > ROWS_MAX + 1 or sheet.width > COLUMNS_MAX:
            raise _too_large()
        return [[_text(cell) for cell in row] for row in sheet.to_python()]
    except (CalamineError, zipfile.BadZipFile, IndexError, OSError) as error:
        raise SheetUnreadable from error


def _text(cell: Cell) -> str:
    """Return a cell as somebody would have typed it: 3.0 is 3, a day is 2018-07-01."""
    match cell:
        case bool():
            return str(cell)
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime():
            return cell.date().isoformat()
        case date():
            return cell.isoformat()
        case _:
            return str(cell)


def _csv(raw: bytes) -> list[list[str]]:
    if b"\x00" in raw:
        raise SheetUnreadable
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(_decoded(raw), newline=""), strict=True):
            if len(rows) > ROWS_MAX or len(row) > COLUMNS_MAX:
                raise _too_large()
            rows.append(row)
    except csv.Error as error:
        raise SheetUnreadable from error
    return rows


def _decoded(raw: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SheetUnreadable


def write_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Return a CSV file in UTF-8 with a byte-order mark, which spreadsheets read as Chinese, its formulas disarmed."""
    written = io.StringIO(newline="")
    csv.writer(written).writerows([disarmed(cell) for cell in row] for row in rows)
    return written.getvalue().encode("utf-8-sig")


def disarmed(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell
