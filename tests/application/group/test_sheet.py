"""Sheets as they come: encodings, caps, and cells that would be formulas. No database."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date

import openpyxl
import pytest

from jinbang.application.group import sheet
from jinbang.application.group.errors import SheetTooLarge, SheetUnreadable
from jinbang.application.group.sheet import disarmed, read_sheet, write_csv

TEXT = "姓名,证件号码\r\n林晓,110\r\n\r\n"


def workbook(*rows: Sequence[object]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_reads_chinese_however_it_was_saved(encoding: str) -> None:
    assert read_sheet(TEXT.encode(encoding)) == [["姓名", "证件号码"], ["林晓", "110"]]


def test_reads_a_workbook_as_text() -> None:
    raw = workbook(["姓名", "日期", "年限"], ["林晓", date(2018, 7, 1), 4], [None, None, None], ["赵敏", "x", 3.5])
    assert read_sheet(raw) == [["姓名", "日期", "年限"], ["林晓", "2018-07-01", "4"], ["赵敏", "x", "3.5"]]


@pytest.mark.parametrize("raw", [b"", b"\x00\x01", b"\xff\xff\xff\x80", b"PK\x03\x04broken", b",,\r\n"])
def test_refuses_what_is_no_sheet(raw: bytes) -> None:
    with pytest.raises(SheetUnreadable):
        read_sheet(raw)


@pytest.mark.parametrize("rows,columns,fits", [(1_001, 2, True), (1_002, 2, False), (2, 40, True), (2, 41, False)])
def test_counts_rows_and_columns(rows: int, columns: int, *, fits: bool) -> None:
    raw = b"\r\n".join([b",".join([b"a"] * columns)] * rows)
    book = workbook(*[["a"] * columns] * rows)
    for one in (raw, book):
        if fits:
            assert len(read_sheet(one)) == rows
        else:
            with pytest.raises(SheetTooLarge):
                read_sheet(one)


def test_refuses_too_many_bytes_before_reading_and_a_workbook_that_unpacks_to_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(SheetTooLarge):
        read_sheet(b"a" * (5 * sheet.MEGABYTE + 1))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/worksheets/sheet1.xml", b"0" * (sheet.UNPACKED_MAX + 1))
    assert len(packed.getvalue()) < sheet.MEGABYTE
    with pytest.raises(SheetTooLarge):
        read_sheet(packed.getvalue())


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "＝1"])
def test_no_cell_that_we_write_is_a_formula(cell: str) -> None:
    assert disarmed(cell) == f"'{cell}"
    assert f"'{cell}" in write_csv([[cell]]).decode("utf-8-sig")


def test_what_we_write_we_read() -> None:
    assert read_sheet(write_csv([["姓名", "考点"], ["林晓", "01"]])) == [["姓名", "考点"], ["林晓", "01"]]
