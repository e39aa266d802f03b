"""Reading tables that other systems made: CSV, XLSX and DBF. Pure: bytes in, text cells with their line numbers out.

What the columns mean is the business of `marks_file` and `roster_file`. An encoding is never guessed in silence: it is
told by a byte-order mark, by whoever uploads the file, or by a first line that reads as a table's in exactly one of the
two; otherwise the file is refused until somebody says which it is.
"""

import csv
import hashlib
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Final, TypeAlias

import numpy as np
import polars as pl
from python_calamine import CalamineError, CalamineWorkbook

from jinbang.results import dbf
from jinbang.results.errors import TableEncodingUnclear, TableUnreadable

FILE_BYTES_MAX: Final = 256 * 1024 * 1024
UNPACKED_BYTES_MAX: Final = 1024 * 1024 * 1024
CELL_CHARACTERS_MAX: Final = 131_072
_HEADING_CHARACTERS_MAX: Final = 262_144
_DELIMITERS: Final = ",\t;"
_UTF8_CHARACTER_BYTES_MAX: Final = 4
_BOM: Final = b"\xef\xbb\xbf"
_XLSX_START: Final = b"PK\x03\x04"
_NEWLINE, _RETURN, _QUOTE = 10, 13, 34
_Cell: TypeAlias = str | int | float | bool | date | datetime | time | timedelta


class Encoding(StrEnum):
    """How the characters of a file are written, or that its format says so itself."""

    UTF_8 = "utf-8"
    GB_18030 = "gb18030"
    WORKBOOK = "xlsx"


@dataclass(frozen=True)
class Table:
    """A table as it was read. Cells are as they stand in the file; line 1 is the heading, as spreadsheets count.

    `text` is set for what is separated by `delimiter`, `rows` for what came out of a workbook or a DBF file.
    """

    sha256: str
    encoding: Encoding
    is_told: bool  # by a byte-order mark, by the format or by a person, and not by what the first line reads as
    text: str = field(default="", repr=False)
    delimiter: str = ","
    rows: Sequence[Sequence[str]] = field(default=(), repr=False)

    @property
    def heading(self) -> list[str]:
        """The cells of the first line. Reads no more than that of a large file."""
        if self.rows:
            return list(self.rows[0])
        try:
            return next(
                csv.reader(io.StringIO(self.text[:_HEADING_CHARACTERS_MAX], newline=""), delimiter=self.delimiter), []
            )
        except csv.Error as error:
            raise TableUnreadable from error

    def lines(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each line that is not blank, with its number. Refuses what cannot be made out, as an open quote."""
        for number, cells in enumerate(self._records(), start=1):
            if number == 1 or any(cell.strip() for cell in cells):
                yield number, cells

    def _records(self) -> Iterator[list[str]]:
        if self.rows:
            yield from (list(row) for row in self.rows)
            return
        try:
            yield from csv.reader(io.StringIO(self.text, newline=""), delimiter=self.delimiter)
        except csv.Error as error:
            raise TableUnreadable from error

    @cached_property
    def columns(self) -> pl.DataFrame | None:
        """The lines below the heading in columns named "0", "1"…, row i being line i + 2; None for an irregular table.

        Regular is: no quotes, no blank lines, as many delimiters in every line as in the first. Then splitting at
        delimiters means what the reader of tables means, and a hundred times as fast.
        """
        if self.rows:
            return _in_columns(self.rows)
        content = self.text.encode()
        width = _regular_width(content, delimiter=ord(self.delimiter))
        if width is None:
            return None
        return pl.read_csv(
            content,
            has_header=False,
            skip_rows=1,
            separator=self.delimiter,
            quote_char=None,
            schema={str(at): pl.String for at in range(width)},
            empty_string_is_null=False,
            extra_columns="raise",
            missing_columns="raise",
        )


def read_table(content: bytes, *, encoding: Encoding | None = None, knows: Callable[[str], bool]) -> Table:
    """Read a file. `encoding` is what a person said; `knows` says whether a cell of the first line is an expected one.

    Refuses what is empty, too large or no table, and what reads as a table in two encodings or in none.
    """
    if not content.strip() or len(content) > FILE_BYTES_MAX:
        raise TableUnreadable
    sha256 = hashlib.sha256(content).hexdigest()
    if content.startswith(_XLSX_START):
        return Table(sha256, Encoding.WORKBOOK, is_told=True, rows=_workbook(content))
    if dbf.is_dbf(content):
        return _dbf_table(content, sha256=sha256, encoding=encoding, knows=knows)
    if b"\x00" in content:
        raise TableUnreadable
    text, found, is_told = decoded(content, encoding=encoding, knows=knows)
    return Table(sha256, found, is_told, text=text, delimiter=_delimiter_of(text))


def head_of(content: bytes) -> bytes:
    """Return the first lines of a text file, which tell its columns however large it is; of any other file nothing."""
    if content.startswith(_XLSX_START) or dbf.is_dbf(content) or b"\x00" in content[:_HEADING_CHARACTERS_MAX]:
        return b""
    end = content.find(b"\n", min(len(content), _HEADING_CHARACTERS_MAX))
    return content if end < 0 else content[: end + 1]


def decoded(content: bytes, *, encoding: Encoding | None, knows: Callable[[str], bool]) -> tuple[str, Encoding, bool]:
    """Return the text, its encoding, and whether that was told. Refuses bytes that are no text, or unclear text."""
    if content.startswith(_BOM):
        if encoding is Encoding.GB_18030:
            raise TableUnreadable
        return _as(content, Encoding.UTF_8), Encoding.UTF_8, True
    if encoding is not None:
        return _as(content, encoding), encoding, True
    if content.isascii():
        return content.decode("ascii"), Encoding.UTF_8, True
    readings = _readings(content)
    if not readings:
        raise TableUnreadable
    likely = [one for one in readings if _knows_heading(readings[one], knows)]
    if len(likely) != 1:
        if list(readings) == [Encoding.UTF_8] or (not likely and not _first_line(content).isascii()):
            likely = [next(iter(readings))]  # the heading, which is shown, says that this is no such table
        else:
            raise TableEncodingUnclear
    return readings[likely[0]], likely[0], False


def _readings(content: bytes) -> dict[Encoding, str]:
    """Return every encoding in which the bytes are text."""
    found: dict[Encoding, str] = {}
    try:
        found[Encoding.UTF_8] = content.decode("utf-8")
    except UnicodeDecodeError as error:
        # UTF-8 up to its last character is a file cut short, not one in GB 18030 that happens to look like it.
        if error.start > len(content) - _UTF8_CHARACTER_BYTES_MAX and not content[: error.start].isascii():
            raise TableUnreadable from error
    try:
        # Where the first line alone is no text, reading all of a large file says nothing more.
        _first_line(content).decode("gb18030")
        found[Encoding.GB_18030] = content.decode("gb18030")
    except UnicodeDecodeError:
        pass
    return found


def _as(content: bytes, encoding: Encoding) -> str:
    try:
        return content.decode("utf-8-sig" if encoding is Encoding.UTF_8 else encoding.value)
    except (UnicodeDecodeError, LookupError) as error:
        raise TableUnreadable from error


def _knows_heading(text: str, knows: Callable[[str], bool]) -> bool:
    """Whether a cell of the first line that is not plain ASCII is an expected one: only such a cell tells encodings."""
    first = text[:_HEADING_CHARACTERS_MAX].split("\n", 1)[0].split("\r", 1)[0]
    cells = first.replace('"', "").split(_delimiter_of(first))
    return any(not cell.isascii() and knows(cell) for cell in cells)


def _first_line(content: bytes) -> bytes:
    end = content.find(b"\n")
    return content if end < 0 else content[:end]


def _delimiter_of(text: str) -> str:
    first = text[:_HEADING_CHARACTERS_MAX].split("\n", 1)[0]
    return max(_DELIMITERS, key=first.count)


def _regular_width(content: bytes, *, delimiter: int) -> int | None:
    """Return the number of columns of a regular table, None for any other. Looks at every byte, a few times, fast."""
    raw = np.frombuffer(content, dtype=np.uint8)
    if raw.size == 0 or raw[-1] != _NEWLINE or _QUOTE in content:
        return None
    returns = np.flatnonzero(raw == _RETURN)
    if returns.size and not bool((raw[returns + 1] == _NEWLINE).all()):
        return None
    ends = np.flatnonzero(raw == _NEWLINE)
    places = np.flatnonzero(raw == delimiter)
    if ends.size < 2 or places.size % ends.size:  # noqa: PLR2004  # a heading and something below it
        return None
    width = places.size // ends.size
    starts = np.concatenate((np.zeros(1, dtype=np.int64), ends[:-1] + 1))
    if int((ends - starts).max()) >= CELL_CHARACTERS_MAX or width == 0:
        return None
    table = places.reshape(ends.size, width)  # as many delimiters a line as in the first, if each lies in its own line
    if bool((table[:, 0] >= starts).all()) and bool((table[:, -1] < ends).all()):
        return width + 1
    return None


def _in_columns(rows: Sequence[Sequence[str]]) -> pl.DataFrame | None:
    body = rows[1:]
    if not body or any(len(row) != len(rows[0]) for row in body):
        return None
    return pl.DataFrame({str(at): [row[at] for row in body] for at in range(len(rows[0]))}, schema_overrides=None)


# ---------------------------------------------------------------- workbooks and DBF files


def _workbook(content: bytes) -> list[list[str]]:
    """Return the first sheet. Refuses a workbook that unpacks to more than a gigabyte before unpacking it."""
    if _unpacked_bytes(content) > UNPACKED_BYTES_MAX:
        raise TableUnreadable
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False)
    except (CalamineError, OverflowError) as error:  # the reader's own, and a duration longer than Python counts
        raise TableUnreadable from error
    return _require_rows([[_text(cell) for cell in row] for row in rows])


def _unpacked_bytes(content: bytes) -> int:
    """Return how large an archive says its parts are. Reads the list of parts and nothing else."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return sum(part.file_size for part in packed.infolist())
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError) as error:  # damaged, newer, or misnamed parts
        raise TableUnreadable from error


def _text(cell: _Cell) -> str:
    """Return a cell as somebody would have typed it: 3.0 is 3, 86.5 is 86.5, a day is 2018-07-01."""
    match cell:
        case bool():
            return str(cell)
        case float() if cell.is_integer() and abs(cell) < 1e15:  # noqa: PLR2004  # beyond, digits have been lost
            return str(int(cell))
        case datetime():
            return cell.date().isoformat()
        case date():
            return cell.isoformat()
        case _:
            return str(cell)


def _dbf_table(content: bytes, *, sha256: str, encoding: Encoding | None, knows: Callable[[str], bool]) -> Table:
    """Read a DBF file. Its language byte seldom tells the truth, so the encoding is settled as that of a CSV file."""
    raw = dbf.read(content)
    head = b"\n".join(b",".join(row) for row in raw)
    found, is_told = (encoding, True) if encoding else decoded(head, encoding=None, knows=knows)[1:]
    assert found is not None  # noqa: S101  # one of the two branches has set it; this tells the type checker
    try:
        rows = [[cell.decode(found.value).strip() for cell in row] for row in raw]
    except (UnicodeDecodeError, LookupError) as error:
        raise TableUnreadable from error
    return Table(sha256, found, is_told, rows=_require_rows(rows))


def _require_rows(rows: Iterable[Sequence[str]]) -> list[list[str]]:
    found = [list(row) for row in rows]
    if not found or not any(cell.strip() for cell in found[0]):
        raise TableUnreadable
    return found
