"""The fast reader of marks against the obvious one: the same answer to every line, on good and hostile files.

The obvious reader goes line by line with Python's own `csv`; the fast one by columns. What they say is compared
in full: every fault in order, every mark, the control totals, who was seen.
"""

from contextlib import suppress
from enum import IntEnum
from random import Random
from typing import Any

import polars as pl
import pytest

from jinbang.catalogue.check import find_programme_in_files
from jinbang.kernel.errors import DomainError
from jinbang.results import marks_columns, marks_file
from jinbang.results.errors import TableEncodingUnclear
from jinbang.results.marks_file import (
    Encoding,
    Expected,
    FaultKind,
    MarksFile,
    Roster,
    heading_of,
    read_marks,
)
from jinbang.results.marks_lines import Heading
from jinbang.results.states import Coverage
from jinbang.results.tables import Table
from tests.hostile import mutated_bytes
from tests.tiers import Measure, Tier

DRAW = Random(4)  # noqa: S311  # test cases
FULL = {"basics": 10_000, "practice": 12_000}
HEADINGS = {
    heading_of(name): code for name, code in (("基础（一）", "basics"), ("basics", "basics"), ("实务", "practice"))
}
SENIOR = {heading_of(name): code for name, code in (("基础（一）", "basics"), ("高级实务", "practice"))}


def people(count: int) -> dict[str, Expected]:
    """Return a roster of several kinds: levels with names of their own, absent ones, one subject only."""
    found = {}
    for number in range(count):
        headings = SENIOR if number % 5 == 4 else HEADINGS
        full = {"basics": 10_000} if number % 7 == 3 else FULL
        absent = frozenset({"practice"} if number % 3 == 2 and len(full) > 1 else ())
        found[f"T{number:04d}"] = Expected(f"e{number}", f"考生{chr(0x4E00 + number)}", full, headings, absent)
    return found


def cell(one: Expected, code: str, draw: Random) -> str:
    if code in one.absent:
        return "缺考"
    return draw.choice(
        ["违纪", "待核查", "-2", str(draw.randint(0, one.full_marks[code] // 100)), "86.5", "0", "缺考", "成绩无效"]
    )


NOTE = "三组收齐并复核无误"
"""Stands in a column that nobody reads, what is changed in it changes nothing."""


def wide(roster: dict[str, Expected], draw: Random) -> bytes:
    lines = ["准考证号,姓名,基础（一）,实务,高级实务,备注"]
    for ticket, one in roster.items():
        practice = cell(one, "practice", draw) if "practice" in one.full_marks else ""
        pair = ("", practice) if one.headings is SENIOR else (practice, "")
        lines.append(",".join((ticket, one.name, cell(one, "basics", draw), *pair, NOTE)))
    return ("\n".join(lines) + "\n").encode()


def long(roster: dict[str, Expected], draw: Random) -> bytes:
    lines = [("姓名", "准考证号", "科目", "成绩", "备注")]
    for ticket, one in roster.items():
        names = {code: name for name, code in one.headings.items()}
        lines += [(one.name, ticket, names[code], cell(one, code, draw), NOTE) for code in one.full_marks]
    draw.shuffle(body := lines[1:])
    return ("\r\n".join("\t".join(line) for line in [lines[0], *body]) + "\r\n").encode()


IMPOSSIBLE = {wide: FaultKind.MARK_TWICE, long: FaultKind.TICKET_TWICE}
"""What a heading of this shape cannot lead to: the one has no subject twice, the other has everybody more than once."""


class Said(IntEnum):
    """The places of what is said of a file that was read."""

    FAULTS = 0
    FAULT_COUNT = 1
    PEOPLE = 2
    TOTALS = 3
    ROWS = 4
    IGNORED = 5
    ENCODING = 6
    LEFT = 7
    JOINED = 8


def answer(
    content: bytes,
    roster: dict[str, Expected] | Roster,
    *,
    by_columns: bool,
    coverage: Coverage = Coverage.WHOLE,
) -> tuple[Any, ...]:
    """Return all that is said of a file, or the refusal."""
    try:
        found = read_marks(content, roster=roster, coverage=coverage, by_columns=by_columns)
    except DomainError as refusal:
        return type(refusal), refusal.fields
    return said(found)


def said(found: MarksFile) -> tuple[Any, ...]:
    totals = {name: count for name, count in found.totals.items() if count}
    rows = sorted((row.entry_id, row.subject_code, row.status, row.mark_hundredths) for row in found.rows)
    said_of_file = (found.ignored, found.encoding, found.left, found.joined)
    return found.faults, found.fault_count, found.people, totals, rows, *said_of_file


@pytest.mark.parametrize("shape", [wide, long])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_good_file_is_taken_whole_by_both_and_hardly_a_line_needs_the_obvious_one(
    shape: object, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    roster = people(400)
    content = shape(roster, DRAW).decode().encode(encoding)  # type: ignore[operator]  # one of the two above
    fast, slow = (answer(content, roster, by_columns=columns) for columns in (True, False))
    assert fast == slow
    found = read_marks(content, roster=roster)
    assert found.fault_count == 0
    assert len(found.rows) == sum(len(one.full_marks) for one in roster.values())
    took: list[marks_columns.Plain | None] = []

    def read_plain(columns: pl.DataFrame, heading: Heading, *, roster: Roster) -> marks_columns.Plain | None:
        took.append(marks_columns.read_plain(columns, heading, roster=roster))
        return took[-1]

    monkeypatch.setattr(marks_file, "read_plain", read_plain)
    answer(content, roster, by_columns=True)
    assert took[0] is not None
    assert len(took[0].others) == 0


@pytest.mark.parametrize("shape", [wide, long])
def test_both_say_the_same_of_hostile_files(shape: object, tier: Tier) -> None:
    roster = people(6)
    known = Roster.of(roster)
    good = [shape(roster, tier.random) for _ in range(6)]  # type: ignore[operator]  # one of the two above
    faulty = taken = 0
    for content in mutated_bytes(good, random=tier.random, count=tier[Measure.BAD_INPUTS] // 4):
        with suppress(UnicodeDecodeError):
            content = content.decode().encode(tier.random.choice(["utf-8", "gb18030"]))  # noqa: PLW2901  # the same text
        fast, slow = (answer(content, known, by_columns=columns) for columns in (True, False))
        assert fast == slow, content
        if len(fast) == len(Said):
            taken += fast[Said.FAULT_COUNT] == 0
            faulty += fast[Said.FAULT_COUNT] > 0
    assert taken > 20, "hardly anything was ever accepted: the promise was not tried"
    assert faulty > 500


def change(content: bytes, draw: Random) -> bytes:  # noqa: C901  # a list of mistakes
    """Return the file with one to four lines made wrong in the ways of honest people."""
    lines = content.decode().splitlines()
    separator = "\t" if "\t" in lines[0] else ","
    for _ in range(draw.randint(1, 4)):
        at = draw.randrange(1, len(lines))
        cells = lines[at].split(separator)
        place = draw.randrange(4)
        if len(cells) < 4:
            continue
        match draw.randrange(9):
            case 0:
                lines.insert(draw.randrange(1, len(lines)), lines[at])
                continue
            case 1:
                del lines[at]
                continue
            case 2:
                cells[place] = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in cells[place])
            case 3:
                cells[place] = f" {cells[place]}\u3000"
            case 4:
                cells[place] = draw.choice(
                    ["", "60", "75.5", "120", "120.01", "100.01", "-3", "86.255", "违纪", "\x1c", "\u200b"]
                )
            case 5:
                cells = lines[draw.randrange(1, len(lines))].split(separator)
            case 6:
                cells = ["" for _ in cells]
            case 7:
                other = lines[draw.randrange(1, len(lines))].split(separator)
                cells[place] = other[place]
            case _:
                cells.append(draw.choice(["", "x"]))
        lines[at] = separator.join(cells)
    return ("\n".join(lines) + draw.choice(["\n", "", "\r\n"])).encode()


@pytest.mark.parametrize("shape", [wide, long])
def test_both_say_the_same_of_the_mistakes_of_honest_people(shape: object, tier: Tier) -> None:
    roster = people(14)
    known = Roster.of(roster)
    kinds: set[FaultKind] = set()
    for _ in range(tier[Measure.BAD_INPUTS] // 20):
        content = change(shape(roster, tier.random), tier.random)  # type: ignore[operator]  # one of the two above
        fast, slow = (answer(content, known, by_columns=columns) for columns in (True, False))
        assert fast == slow, content
        if len(fast) == len(Said):
            kinds |= {fault.kind for fault in fast[Said.FAULTS]}
    others = {FaultKind.MANGLED_TICKET, FaultKind.PART_ABSENT, IMPOSSIBLE[shape]}  # type: ignore[index]  # one of the two
    assert kinds >= set(FaultKind) - others


# ---------------------------------------------------------------- files of some subjects, and of parts
def counsellors(count: int) -> dict[str, Expected]:
    """Return a roster whose theory and skills are weighted parts, and whose review may come by another way."""
    subjects = find_programme_in_files("psychological-counsellor-2017").subjects_for(level="level-2")
    headings = {name: one.code for one in subjects for name in (one.code, one.name)}
    weighted = {one.code: one for one in subjects if one.parts}
    found = {}
    for number in range(count):
        full = {one.code: one.full_mark_hundredths for one in subjects if number % 5 or one.code == "review"}
        absent = frozenset({"skills"} if number % 3 == 2 and number % 5 else ())
        elsewhere = frozenset({"review"})
        name = f"考生{chr(0x4E00 + number)}"
        found[f"T{number:04d}"] = Expected(
            f"e{number}", name, full, headings, absent, level="level-2", weighted=weighted, elsewhere=elsewhere
        )
    return found


def cells_in_parts(one: Expected, draw: Random, *, with_review: bool) -> dict[str, str]:
    cells = {"综合评审": "70"} if with_review else {}
    if "theory" in one.full_marks:
        skills = {"技能选择": "缺考", "案例问答": "缺考"} if one.absent else {"技能选择": "80", "案例问答": "60.5"}
        ethics = draw.choice(["70", "违纪", "0", "缺考"])
        cells |= {"职业道德": ethics, "理论知识": "缺考" if ethics == "缺考" else "80", **skills}
    return cells


def wide_in_parts(roster: dict[str, Expected], draw: Random) -> bytes:
    columns = [*draw.choice([(), ("综合评审",)]), "职业道德", "理论知识", "技能选择", "案例问答"]
    with_review = draw.random() < 0.5
    lines = [["准考证号", *columns]]
    for ticket, one in roster.items():
        cells = cells_in_parts(one, draw, with_review=with_review)
        lines.append([ticket, *(cells.get(column, "") for column in columns)])
    return ("\n".join(map(",".join, lines)) + "\n").encode()


def long_in_parts(roster: dict[str, Expected], draw: Random) -> bytes:
    with_review = draw.random() < 0.5
    lines = [
        f"{ticket},{name},{text},{NOTE}"
        for ticket, one in roster.items()
        for name, text in cells_in_parts(one, draw, with_review=with_review).items()
    ]
    draw.shuffle(lines)
    return ("\n".join(["准考证号,科目,成绩,备注", *lines]) + "\n").encode()


@pytest.mark.parametrize("shape", [wide_in_parts, long_in_parts])
def test_both_say_the_same_of_files_of_some_subjects_and_of_parts(shape: object, tier: Tier) -> None:
    roster = counsellors(9)
    known = Roster.of(roster)
    kinds: set[FaultKind] = set()
    taken = left = joined = 0
    for turn in range(tier[Measure.BAD_INPUTS] // 20):
        content = shape(roster, tier.random)  # type: ignore[operator]  # one of the two above
        if turn % 3:
            content = change(content, tier.random)
        coverage = tier.random.choice(list(Coverage))
        fast, slow = (answer(content, known, by_columns=columns, coverage=coverage) for columns in (True, False))
        assert fast == slow, (coverage, content)
        if len(fast) == len(Said):
            kinds |= {fault.kind for fault in fast[Said.FAULTS]}
            taken += fast[Said.FAULT_COUNT] == 0
            left += bool(fast[Said.LEFT])
            joined += bool(fast[Said.JOINED])
    assert min(taken, left, joined) > 20, "hardly anything was ever accepted: the promise was not tried"
    assert kinds >= {FaultKind.PART_ABSENT, FaultKind.MARK_MISSING, FaultKind.ABSENT_BUT_SCORED}


def test_the_twin_a_fast_reader_that_keeps_a_line_spelt_twice_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the look for one number spelt two ways away: the person then counts twice, and the readers differ."""
    roster = people(3)
    content = wide(roster, DRAW).decode()
    content += content.splitlines()[1].replace("T0000", "Ｔ００００") + "\n"
    assert Table("", Encoding.UTF_8, is_told=True, text=content).columns is not None
    assert answer(content.encode(), roster, by_columns=True) == answer(content.encode(), roster, by_columns=False)
    monkeypatch.setattr(marks_columns, "_shares_a_ticket", lambda *_given, person, is_plain: (person < -1) & is_plain)
    assert answer(content.encode(), roster, by_columns=True) != answer(content.encode(), roster, by_columns=False)


# ---------------------------------------------------------------- encodings and columns under other names
def test_a_file_that_reads_in_two_encodings_is_refused_until_somebody_says_which() -> None:
    """模式 in GB 18030 is valid UTF-8 as well; headings in plain letters cannot tell."""
    roster = {"T1": Expected("e1", "模式", {"basics": 10_000}, {"basics": "basics"})}
    content = "ticket_number,name,basics\nT1,模式,60\n".encode("gb18030")
    content.decode("utf-8")
    with pytest.raises(TableEncodingUnclear):
        read_marks(content, roster=roster)
    told = read_marks(content, roster=roster, encoding=Encoding.GB_18030)
    assert (told.fault_count, told.is_told) == (0, True)
    assert [fault.kind for fault in read_marks(content, roster=roster, encoding=Encoding.UTF_8).faults] == [
        FaultKind.NAME_DIFFERS
    ]


def test_what_the_first_line_told_is_said() -> None:
    roster = {"T1": Expected("e1", "模式", {"basics": 10_000}, {"basics": "basics"})}
    found = read_marks("准考证号,姓名,basics\nT1,模式,60\n".encode("gb18030"), roster=roster)
    assert (found.fault_count, found.encoding, found.is_told) == (0, Encoding.GB_18030, False)


def test_columns_under_other_names_are_read_as_they_were_said_to_be() -> None:
    roster = people(2)
    content = "考号,科一,科二\nT0000,60,70\nT0001,61,71\n".encode()
    names = {"考号": "准考证号", "科一": "基础（一）", "科二": "实务"}
    found = read_marks(content, roster=roster, names=names)
    assert found.fault_count == 0
    assert [row.mark_hundredths for row in found.rows] == [6000, 7000, 6100, 7100]
