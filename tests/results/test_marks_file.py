"""Reading files of marks: what is typed differently and meant rightly, every fault, wrong files, and noise."""

import random
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jinbang.kernel.errors import DomainError
from jinbang.results.errors import TableColumnTwice, TableEncodingUnclear, TableUnreadable, TableWithoutColumn
from jinbang.results.marks_file import (
    FAULTS_SHOWN_MAX,
    Expected,
    FaultKind,
    MarkRow,
    MarksFile,
    control_totals,
    heading_of,
    parse_cell,
    read_marks,
)
from jinbang.results.states import MarkStatus
from tests.results.world import csv_of

HEADINGS = {
    heading_of(name): code for name, code in {"基础（一）": "basics", "basics": "basics", "实务": "practice"}.items()
}
FULL = {"basics": 10_000, "practice": 12_000}
ROSTER = {
    "T001": Expected("e1", "林晓", FULL, HEADINGS),
    "T002": Expected("e2", "赵敏·艾山", FULL, HEADINGS, absent=frozenset({"practice"})),
    "T003": Expected("e3", "𠮷田", {"basics": 10_000}, HEADINGS),
}
GOOD = "准考证号,姓名,基础（一）,实务\nT001,林晓,86.5,60\nT002,赵敏·艾山,0,缺考\nT003,𠮷田,59,\n"


def read(text: str | bytes) -> MarksFile:
    content = text if isinstance(text, bytes) else text.encode()
    return read_marks(content, roster=ROSTER)


def kinds(text: str | bytes) -> list[FaultKind]:
    found = read(text)
    assert found.rows == ()
    return [fault.kind for fault in found.faults]


def rows_of(found: MarksFile) -> list[tuple[str, str, str, int | None]]:
    assert found.faults == ()
    return [(row.entry_id, row.subject_code, row.status.value, row.mark_hundredths) for row in found.rows]


EXPECTED_ROWS = [
    ("e1", "basics", "scored", 8650),
    ("e1", "practice", "scored", 6000),
    ("e2", "basics", "scored", 0),
    ("e2", "practice", "absent", None),
    ("e3", "basics", "scored", 5900),
]


@pytest.mark.parametrize(
    "content",
    [
        GOOD.encode(),
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.encode("gb18030"),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.replace("\n", "\r").encode(),
        GOOD.replace(",", "\t").encode(),
        GOOD.replace(",", ";").encode(),
        GOOD.replace("\n", ",,\n").encode(),
        (GOOD + "\n,,,\n").encode(),
        GOOD.replace("（一）", "(一)").encode(),
        GOOD.replace("T001", "Ｔ００１").encode(),
        GOOD.replace("86.5", "８６．５０").encode(),
        GOOD.replace("86.5", " 86.5 分 ").encode(),
        GOOD.replace("T003", " T003\t").encode(),
        GOOD.replace("缺考", "-1").encode(),
        GOOD.replace("缺考", "－1").encode(),
        GOOD.replace("缺考", "−1").encode(),
        GOOD.replace("林晓", "林 晓").encode(),
        GOOD.replace("·", "•").encode(),
        GOOD.replace("准考证号", "准 考 证 号").encode(),
        GOOD.replace("基础（一）", "basics").encode(),
        ('"' + GOOD.replace(",", '","').replace("\n", '"\n"').removesuffix('"')).encode(),
    ],
)
def test_what_is_written_differently_and_meant_rightly_is_understood(content: bytes) -> None:
    assert rows_of(read(content)) == EXPECTED_ROWS


@pytest.mark.parametrize(
    "cell,meant",
    [
        ("0", (MarkStatus.SCORED, 0)),
        ("100", (MarkStatus.SCORED, 10_000)),
        ("86.25", (MarkStatus.SCORED, 8625)),
        ("86.250", (MarkStatus.SCORED, 8625)),
        ("086", (MarkStatus.SCORED, 8600)),
        ("缺考", (MarkStatus.ABSENT, None)),
        ("-1", (MarkStatus.ABSENT, None)),
        ("违纪", (MarkStatus.VIOLATION, None)),
        ("-2", (MarkStatus.VIOLATION, None)),
        ("成绩无效", (MarkStatus.VOID, None)),
        ("-4", (MarkStatus.VOID, None)),
        ("雷同", (MarkStatus.SIMILAR, None)),
        ("待核查", (MarkStatus.WITHHELD, None)),
        ("-3", None),
        ("86.255", None),
        ("八十六", None),
        ("1e2", None),
        ("∞", None),
        ("+60", None),
        ("=60", None),
        ("6O", None),
        ("", None),
        ("٦٠", None),
    ],
)
def test_a_cell_is_a_number_with_two_decimals_or_a_word(cell: str, meant: object) -> None:
    assert parse_cell(cell) == meant


@pytest.mark.parametrize(
    "change,line,kind",
    [
        (lambda text: text.replace("T001", "T009"), 2, FaultKind.UNKNOWN_TICKET),
        (lambda text: text.replace("T001", "1.40123E+17"), 2, FaultKind.MANGLED_TICKET),
        (lambda text: text.replace("T002,赵敏·艾山", "T001,林晓"), 3, FaultKind.TICKET_TWICE),
        (lambda text: text.replace("林晓", "林小"), 2, FaultKind.NAME_DIFFERS),
        (lambda text: text.replace("林晓", ""), 2, FaultKind.NAME_DIFFERS),
        (lambda text: text.replace("86.5", ""), 2, FaultKind.MARK_MISSING),
        (lambda text: text.replace("86.5", "/"), 2, FaultKind.NOT_A_MARK),
        (lambda text: text.replace("86.5", "100.01"), 2, FaultKind.ABOVE_FULL),
        (lambda text: text.replace("86.5,60", "86.5,120.01"), 2, FaultKind.ABOVE_FULL),
        (lambda text: text.replace("59,", "59,60"), 4, FaultKind.NOT_APPLIED),
        (lambda text: text.replace("缺考", "60"), 3, FaultKind.ABSENT_BUT_SCORED),
        (lambda text: text.replace("缺考", "0"), 3, FaultKind.ABSENT_BUT_SCORED),
        (lambda text: text.replace("T003,𠮷田,59,\n", ""), 0, FaultKind.PERSON_MISSING),
        (lambda text: text.replace("86.5,60", "86.5"), 2, FaultKind.COLUMNS),
        (lambda text: text.replace("86.5,60", "86.5,60,70"), 2, FaultKind.COLUMNS),
        (lambda text: text[:-9], 4, FaultKind.COLUMNS),
    ],
)
def test_each_fault_names_its_line_and_no_row_is_taken(
    change: Callable[[str], str], line: int, kind: FaultKind
) -> None:
    found = read(change(GOOD))
    assert found.rows == ()
    assert (line, kind) in [(fault.line, fault.kind) for fault in found.faults]


def test_the_full_mark_itself_is_a_mark() -> None:
    assert read(GOOD.replace("86.5", "100")).fault_count == 0


def test_two_columns_for_one_subject_are_refused_or_named() -> None:
    with pytest.raises(TableColumnTwice):
        read(GOOD.replace("实务", "基础（一）"))
    with pytest.raises(TableColumnTwice):
        read(GOOD.replace("姓名", "准考证号"))
    both = "准考证号,基础（一）,basics,实务\nT001,86,87,60\nT002,0,,缺考\nT003,59,,\n"
    assert kinds(both) == [FaultKind.MARK_TWICE]


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace("准考证号", "编号"),
        GOOD.replace("基础（一）", "甲"),
        GOOD.replace("实务", "乙"),
        GOOD.replace("基础（一）", "甲").replace("实务", "乙"),
        "没有表头",
    ],
)
def test_a_missing_column_is_named_with_what_was_found(text: str) -> None:
    with pytest.raises(TableWithoutColumn) as refusal:
        read(text)
    assert refusal.value.fields["column"]
    assert refusal.value.fields["found"]


def test_a_subject_that_has_no_column_is_one_refusal_and_not_a_fault_for_each_person() -> None:
    with pytest.raises(TableWithoutColumn) as refusal:
        read("准考证号,姓名,基础（一）\nT001,林晓,86.5\nT002,赵敏·艾山,0\nT003,𠮷田,59\n")
    assert refusal.value.fields == {"column": "实务", "found": "准考证号、姓名、基础(一)"}


def test_a_subject_that_nobody_applied_for_needs_no_column() -> None:
    only = {"T003": ROSTER["T003"]}
    assert read_marks("准考证号,基础（一）\nT003,59\n".encode(), roster=only).fault_count == 0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"  \r\n\t ",
        GOOD.encode("utf-16"),
        b"PK\x03\x04\x14\x00\x06\x00",
        GOOD.encode()[: GOOD.encode().index("𠮷".encode()) + 2],
        b"\xef\xbb\xbf" + GOOD.encode("gb18030"),
        GOOD.encode("gb18030")[: GOOD.encode("gb18030").index("𠮷".encode("gb18030")) + 1],
        pytest.param(("准考证号,basics,实务\nT001," + "9" * 200_000).encode(), id="an endless cell"),
    ],
)
def test_what_is_no_table_is_refused_whole(content: bytes) -> None:
    with pytest.raises(TableUnreadable):
        read(content)


def test_a_file_too_large_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jinbang.results.tables.FILE_BYTES_MAX", 20)
    with pytest.raises(TableUnreadable):
        read(GOOD)


def test_an_open_quote_swallows_nothing_silently() -> None:
    assert FaultKind.PERSON_MISSING in kinds(GOOD.replace("林晓", '"林晓'))


def test_columns_that_are_no_subject_are_named_and_not_read() -> None:
    found = read("序号,准考证号,基础（一）,实务,备注\n1,T001,60,60,好\n2,T002,60,缺考,\n3,T003,60,,\n")
    assert found.faults == ()
    assert found.ignored == ("序号", "备注")


def test_levels_that_share_a_code_read_their_own_column_only() -> None:
    junior = {heading_of("实务（初级）"): "practice"}
    senior = {heading_of("实务（高级）"): "practice"}
    roster = {
        "J1": Expected("j", "甲", {"practice": 10_000}, junior),
        "S1": Expected("s", "乙", {"practice": 10_000}, senior),
    }
    good = "准考证号,实务（初级）,实务（高级）\nJ1,60,\nS1,,70\n"
    assert [row.mark_hundredths for row in read_marks(good.encode(), roster=roster).rows] == [6000, 7000]
    crossed = "准考证号,实务（初级）,实务（高级）\nJ1,,60\nS1,70,\n"
    found = [fault.kind for fault in read_marks(crossed.encode(), roster=roster).faults]
    assert found == [FaultKind.NOT_APPLIED, FaultKind.MARK_MISSING] * 2


def test_of_a_very_faulty_file_two_hundred_faults_are_listed_and_all_are_counted() -> None:
    text = "准考证号,basics,实务\n" + "X,60,60\n" * 500
    found = read(text)
    assert found.fault_count == 503
    assert (len(found.faults), len(found.shown)) == (503, FAULTS_SHOWN_MAX)
    assert found.is_cut


def test_control_totals_keep_zero_and_every_status_apart() -> None:
    rows = [
        MarkRow("a", "x", MarkStatus.SCORED, 0),
        MarkRow("b", "x", MarkStatus.SCORED, 6000),
        MarkRow("d", "x", MarkStatus.SCORED, 50),
        MarkRow("c", "x", MarkStatus.ABSENT, None),
        MarkRow("a", "y", MarkStatus.VIOLATION, None),
        MarkRow("b", "y", MarkStatus.VOID, None),
        MarkRow("c", "y", MarkStatus.WITHHELD, None),
        MarkRow("c", "z", MarkStatus.SIMILAR, None),
    ]
    with_levels = zip(("junior", "junior", "senior", *["junior"] * 5), rows, strict=True)
    assert control_totals(with_levels, people=3) == {
        "people": 3,
        "marks": 8,
        "zero": 1,
        "scored": 3,
        "absent": 1,
        "violation": 1,
        "void": 1,
        "withheld": 1,
        "similar": 1,
        "sum:junior/x": 6000,
        "sum:senior/x": 50,
    }


# ---------------------------------------------------------------- honest people, wrong file
def honest_file(count: int, *, seed: int) -> tuple[dict[str, Expected], list[list[str]]]:
    """Return a roster and a right file for it, marks drawn at random."""
    draw = random.Random(seed)  # noqa: S311  # made-up marks
    roster = {
        f"T{seed}{number:03d}": Expected(f"e{number}", f"考生{chr(0x4E00 + number)}", FULL, HEADINGS)
        for number in range(count)
    }
    table = [["准考证号", "姓名", "basics", "实务"]]
    for number, row in roster.items():
        table.append([number, row.name, str(draw.randint(0, 100)), draw.choice(["缺考", str(draw.randint(0, 120))])])
    return roster, table


def drop_a_line(table: list[list[str]], draw: random.Random) -> None:
    del table[draw.randrange(1, len(table))]


def double_a_line(table: list[list[str]], draw: random.Random) -> None:
    table.append(list(table[draw.randrange(1, len(table))]))


def join_off_by_one(table: list[list[str]], draw: random.Random) -> None:
    tickets = [row[0] for row in table[1:]]
    for row, ticket in zip(table[1:], [*tickets[1:], tickets[0]], strict=True):
        row[0] = ticket


def swap_columns(table: list[list[str]], draw: random.Random) -> None:
    table[0][2], table[0][3] = table[0][3], table[0][2]


def shift_cells(table: list[list[str]], draw: random.Random) -> None:
    row = table[draw.randrange(1, len(table))]
    row[2:] = ["", row[2]]


def blank_a_cell(table: list[list[str]], draw: random.Random) -> None:
    table[draw.randrange(1, len(table))][draw.choice([2, 3])] = draw.choice(["", "null", "NaN", "#N/A", "None"])


def absent_as_nought(table: list[list[str]], draw: random.Random) -> None:
    for row in table[1:]:
        row[3] = row[3].replace("缺考", "0")


def change_a_mark(table: list[list[str]], draw: random.Random) -> None:
    row = table[draw.randrange(1, len(table))]
    row[2] = str((int(row[2]) + draw.randint(1, 100)) % 101)


def another_years_file(table: list[list[str]], draw: random.Random) -> None:
    for row in table[1:]:
        row[0] = row[0].replace("T", "T9")


MUTATIONS = (
    drop_a_line,
    double_a_line,
    join_off_by_one,
    swap_columns,
    shift_cells,
    blank_a_cell,
    absent_as_nought,
    change_a_mark,
    another_years_file,
)


def read_or_refused(content: bytes, roster: dict[str, Expected]) -> MarksFile | None:
    """Return what the reader makes of a file, and nothing of one that it refuses whole."""
    try:
        return read_marks(content, roster=roster)
    except DomainError:
        return None


def is_stopped(found: MarksFile | None, paper: dict[str, int]) -> bool:
    """Whether the file is refused, or its control totals are not those of the paper that came with the right one."""
    return found is None or found.fault_count > 0 or dict(found.totals) != paper


def test_five_hundred_wrong_files_are_all_stopped_before_they_count() -> None:
    passed_the_reader = 0
    for seed in range(500):
        roster, table = honest_file(12, seed=seed)
        honest = read_marks(csv_of(table).encode(), roster=roster)
        paper = dict(honest.totals)
        assert not is_stopped(honest, paper)
        mutation = MUTATIONS[seed % len(MUTATIONS)]
        before = [list(row) for row in table]
        mutation(table, random.Random(seed))  # noqa: S311  # which line is hit
        if table == before:
            continue
        found = read_or_refused(csv_of(table).encode(), roster)
        assert is_stopped(found, paper), (seed, mutation.__name__)
        passed_the_reader += found is not None and found.fault_count == 0
    # The twin: with the second person left out, the faultless ones among the wrong files would have counted.
    assert passed_the_reader > 50


@pytest.mark.parametrize("size", range(1, len(GOOD.encode()) - 1, 3))
def test_a_file_cut_anywhere_is_stopped(size: int) -> None:
    paper = dict(read(GOOD).totals)
    assert is_stopped(read_or_refused(GOOD.encode()[:size], ROSTER), paper)


# ---------------------------------------------------------------- noise
cells = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["准考证号", "姓名", "basics", "实务", "T001", "林晓", "60", "缺考", '"', "=1+1", "\u2028", "\x85"]
    ),
)
tables = st.lists(st.lists(cells, max_size=6), max_size=8).map(lambda rows: "\n".join(",".join(row) for row in rows))


@given(content=st.one_of(st.binary(max_size=400), tables.map(lambda text: text.encode("utf-8", "replace"))))
@example(content=b'\xef\xbb\xbf"')
@example(content="准考证号,实务\r\r\nT001,\r60".encode())
@settings(max_examples=2_000, deadline=None)
def test_noise_raises_nothing_but_refusals(content: bytes) -> None:
    try:
        found = read(content)
    except (TableUnreadable, TableEncodingUnclear, TableWithoutColumn, TableColumnTwice):
        return
    assert (found.rows == ()) or found.fault_count == 0
    assert found.fault_count >= len(found.faults)


@given(
    damage=st.lists(st.tuples(st.integers(0, len(GOOD.encode()) - 1), st.integers(0, 255)), min_size=1, max_size=3),
)
@settings(max_examples=1_500, deadline=None)
def test_a_damaged_file_raises_nothing_but_refusals_and_is_never_half_taken(damage: list[tuple[int, int]]) -> None:
    content = bytearray(GOOD.encode())
    for place, byte in damage:
        content[place] = byte
    try:
        found = read(bytes(content))
    except (TableUnreadable, TableEncodingUnclear, TableWithoutColumn, TableColumnTwice):
        return
    assert len(found.rows) == (0 if found.fault_count else 5)
