"""Tables of other systems: workbooks and DBF files, held against libraries that write them; what is cut or too much."""

import io
import zipfile
from pathlib import Path
from random import Random

import dbf as dbf_library
import openpyxl
import pytest

from jinbang.kernel.errors import DomainError
from jinbang.results import dbf
from jinbang.results.errors import TableEncodingUnclear, TableUnreadable
from jinbang.results.marks_file import Expected, read_marks
from jinbang.results.tables import Encoding, Table, read_table
from tests.hostile import mutated_bytes

ROSTER = {
    "260101": Expected("e1", "林晓", {"basics": 10_000}, {"基础": "basics", "basics": "basics"}),
    "260102": Expected("e2", "赵敏", {"basics": 10_000}, {"基础": "basics", "basics": "basics"}),
}


def table(content: bytes, *, encoding: Encoding | None = None) -> Table:
    return read_table(content, encoding=encoding, knows=lambda cell: cell in {"准考证号", "姓名", "基础"})


def workbook(rows: list[list[object]]) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def dbf_file(folder: Path, rows: list[tuple[str, str, float]], *, delete: int | None = None) -> bytes:
    """Return a file written by the library `dbf`, which shares nothing with the reader under test."""
    path = folder / "marks.dbf"
    made = dbf_library.Table(
        str(path), "ticket_num C(14); name C(20); basics N(6,2); born D", codepage="cp936", dbf_type="db3"
    )
    made.open(dbf_library.READ_WRITE)
    for ticket, name, mark in rows:
        made.append((ticket, name, mark, dbf_library.Date(1990, 2, 3)))
    if delete is not None:
        dbf_library.delete(made[delete])
    made.close()
    return path.read_bytes()


def test_a_workbook_reads_as_what_somebody_typed() -> None:
    content = workbook([["准考证号", "姓名", "基础"], [260101, "林晓", 86.5], ["260102", "赵敏", "缺考"]])
    found = read_marks(content, roster=ROSTER)
    assert (found.fault_count, found.encoding) == (0, Encoding.WORKBOOK)
    assert [row.mark_hundredths for row in found.rows] == [8650, None]


def test_the_line_of_a_workbook_is_that_of_the_spreadsheet() -> None:
    content = workbook([["准考证号", "姓名", "基础"], [], [260101, "林晓", 860], ["260102", "赵敏", "缺考"]])
    assert [fault.line for fault in read_marks(content, roster=ROSTER).faults] == [3]


def test_a_dbf_file_reads_in_chinese_without_its_deleted_records(tmp_path: Path) -> None:
    content = dbf_file(tmp_path, [("260101", "林晓", 86.5), ("260102", "赵敏", 0), ("260103", "旧", 1)], delete=2)
    with pytest.raises(TableEncodingUnclear):
        read_marks(content, roster=ROSTER, names={"TICKET_NUM": "准考证号"})
    found = read_marks(
        content,
        roster=ROSTER,
        names={"TICKET_NUM": "准考证号", "NAME": "姓名", "BASICS": "基础"},
        encoding=Encoding.GB_18030,
    )
    assert found.faults == ()
    assert [row.mark_hundredths for row in found.rows] == [8650, 0]
    assert found.ignored == ("BORN",)


def test_a_dbf_file_cut_anywhere_is_refused(tmp_path: Path) -> None:
    content = dbf_file(tmp_path, [("260101", "林晓", 86.5), ("260102", "赵敏", 0)])
    assert len(dbf.read(content)) == 3
    for size in range(len(content) - 60, len(content) - 1):
        with pytest.raises(TableUnreadable):
            table(content[:size], encoding=Encoding.GB_18030)


def test_damaged_files_raise_nothing_but_refusals(tmp_path: Path) -> None:
    draw = Random(7)  # noqa: S311  # which bytes are damaged
    good = [dbf_file(tmp_path, [("260101", "林晓", 86.5)]), workbook([["准考证号", "基础"], [260101, 86.5]])]
    read = 0
    for base in good:
        for _ in range(400):
            content = bytearray(base)
            for _ in range(draw.randint(1, 4)):
                content[draw.randrange(len(content))] = draw.randrange(256)
            try:
                read += bool(list(table(bytes(content), encoding=Encoding.GB_18030).lines()))
            except DomainError:
                continue
    assert read > 50


@pytest.mark.parametrize("serial", ["1e300", "1e15", "inf", "abc"])
def test_a_workbook_with_a_duration_that_is_none_is_refused(serial: str) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"] = 45_000
    sheet["A1"].number_format = "[h]:mm:ss"
    plain, changed = io.BytesIO(), io.BytesIO()
    book.save(plain)
    with zipfile.ZipFile(plain) as packed, zipfile.ZipFile(changed, "w") as other:
        for name in packed.namelist():
            other.writestr(name, packed.read(name).replace(b">45000<", f">{serial}<".encode()))
    with pytest.raises(TableUnreadable):
        table(changed.getvalue())


def test_a_workbook_that_unpacks_to_too_much_is_refused_unopened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jinbang.results.tables.UNPACKED_BYTES_MAX", 10_000)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 20_000)
    with pytest.raises(TableUnreadable):
        table(out.getvalue())


def test_a_table_in_columns_is_the_same_table_or_none() -> None:
    text = "准考证号,姓名\n1,甲\n2,乙\n"
    for content in mutated_bytes([text.encode()] * 3, random=Random(3), count=2_000):  # noqa: S311  # test cases
        try:
            found = table(content)
            lines = dict(found.lines())
        except DomainError:
            continue
        if found.columns is not None:
            rows = {at + 2: list(row) for at, row in enumerate(found.columns.rows())}
            assert {number: row for number, row in rows.items() if any(cell.strip() for cell in row)} == {
                number: row for number, row in lines.items() if number > 1
            }, content
