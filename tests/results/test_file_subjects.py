"""Files of some of the subjects, of their weighted parts, and of corrections, beside what is keyed by hand."""

import hashlib
from typing import TypeAlias

import pytest

from jinbang.audit.long_work import run_next
from jinbang.results import basis, checks
from jinbang.results.actions import marks, release
from jinbang.results.actions import sheets as keying
from jinbang.results.errors import ControlTotalsDiffer, MarksFileFaulty, TableWithoutColumn
from jinbang.results.forms import AT_ONCE_BYTES_MAX
from jinbang.results.mark_rows import Declared, FaultKind
from jinbang.results.marks_file import MarksFile
from jinbang.results.models import MarkBatch
from jinbang.results.rules import SubjectMark
from jinbang.results.states import Coverage, MarkStatus
from tests.cast import NOW, Cast
from tests.results.test_views_desk import ClientOf, text_of, url
from tests.results.test_views_imports import send
from tests.results.world import OPENS, World, csv_of, enrol, many_people, new_world, outcome_of, validated

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]
COUNSELLOR = "psychological-counsellor-2017"
SUBJECTS = ("theory", "skills", "review")


@pytest.fixture
def counsellors(cast: Cast) -> World:
    """Return a region with two counsellors of level 2, each for theory, skills and the panel's review."""
    world = new_world(cast, code=COUNSELLOR, year=2017)
    enrol(world, many_people(2), subjects=SUBJECTS, level="level-2", specialty="")
    return world


Columns: TypeAlias = dict[str, str | tuple[str, ...]]


def table(world: World, **columns: str | tuple[str, ...]) -> bytes:
    """Return a file with these columns, each the same for everybody or one cell a person."""
    rows = [["准考证号", "姓名", *columns]]
    for place, entry in enumerate(world.entries):
        cells = (cell if isinstance(cell, str) else cell[place] for cell in columns.values())
        rows.append([entry.ticket_number, entry.person.name, *cells])
    return csv_of(rows).encode()


def check(world: World, content: bytes, coverage: Coverage = Coverage.WHOLE) -> MarksFile:
    return marks.check_marks(region=world.region, content=content, by=world.cast.chu.staff, coverage=coverage)


def take(world: World, content: bytes, coverage: Coverage = Coverage.WHOLE, *, reason: str = "") -> MarkBatch:
    """Stage a file and make it count, with the totals it has."""
    by, declared = world.cast.chu.staff, Declared(coverage, reason)
    batch = marks.stage_marks(region=world.region, file_name="f", content=content, by=by, now=NOW, declared=declared)
    return marks.validate_batch(batch_id=batch.pk, totals=batch.manifest, by=world.cast.wei.staff, now=NOW)


def key_review(world: World, *, by_both: bool = True) -> None:
    sheet = keying.open_sheet(
        region=world.region, level_code="level-2", subject_code="review", by=world.cast.chu.staff, now=NOW
    )
    cells = {(str(entry.pk), at): "70" for entry in world.entries for at in range(1, sheet.assessors + 1)}
    for member in (world.cast.chu, world.cast.wei) if by_both else ():
        keying.key_sheet(sheet_id=sheet.pk, typed=cells, by=member.staff, now=NOW)


def standing(world: World) -> dict[str, int | None]:
    """Return subject → the first person's mark that counts."""
    return {code: mark.mark_hundredths for code, mark in basis.current_marks(world.region)[world.entries[0].pk].items()}


def is_complete(world: World) -> bool:
    drafted = release.draft_release(region=world.region, opens_at=OPENS, by=world.cast.chu.staff, now=NOW)
    return {check.code: check.is_met for check in checks.go_no_go(drafted, now=NOW)}["marks_complete"]


# ---------------------------------------------------------------- some of the subjects
WRITTEN = {"理论知识": "70", "专业能力": "80"}


def test_a_panels_sheet_and_then_the_file(counsellors: World) -> None:
    key_review(counsellors)
    read = check(counsellors, table(counsellors, **WRITTEN))
    assert (read.fault_count, read.left) == (0, (("level-2", "review"),))
    batch = take(counsellors, table(counsellors, **WRITTEN))
    assert {name for name in batch.manifest if name.startswith("sum:")} == {"sum:level-2/theory", "sum:level-2/skills"}
    assert standing(counsellors) == {"theory": 7_000, "skills": 8_000, "review": 7_000}
    assert is_complete(counsellors)


def test_a_column_left_blank_for_the_panels_sheet_is_as_good_as_none(counsellors: World) -> None:
    key_review(counsellors, by_both=False)
    take(counsellors, table(counsellors, **WRITTEN, 综合评审=""))
    assert standing(counsellors) == {"theory": 7_000, "skills": 8_000}


def test_the_file_and_then_a_panels_sheet(counsellors: World) -> None:
    content = table(counsellors, **WRITTEN)
    with pytest.raises(TableWithoutColumn) as refusal:
        check(counsellors, content)
    assert refusal.value.fields["column"] == "综合评审"
    take(counsellors, content, Coverage.SUBJECTS)
    assert not is_complete(counsellors)
    key_review(counsellors)
    assert standing(counsellors) == {"theory": 7_000, "skills": 8_000, "review": 7_000}
    assert is_complete(counsellors)


def test_a_blank_column_that_nothing_else_brings_is_missing_for_everybody(counsellors: World) -> None:
    read = check(counsellors, table(counsellors, **WRITTEN, 综合评审=""))
    assert [(fault.column, fault.kind) for fault in read.faults] == [("review", FaultKind.MARK_MISSING)] * 2


def test_two_files_by_subject_in_either_order(cast: Cast) -> None:
    for turn, order in enumerate((("理论知识", "专业能力"), ("专业能力", "理论知识"))):
        world = new_world(cast, code=COUNSELLOR, year=2017, month=1 + turn)
        enrol(world, many_people(2), subjects=("theory", "skills"), level="level-2", specialty="")
        first, second = ({name: WRITTEN[name]} for name in order)
        take(world, table(world, **first), Coverage.SUBJECTS)
        take(world, table(world, **second))  # what counts already need not be said
        assert standing(world) == {"theory": 7_000, "skills": 8_000}
        assert is_complete(world)


def test_everybody_who_applied_for_a_subject_of_the_file_stands_in_it(counsellors: World) -> None:
    enrol(counsellors, many_people(4)[2:], subjects=("review",), level="level-2", specialty="")
    content = table(counsellors, 理论知识=("70", "70", "", ""), 专业能力=("80", "80", "", "")).decode()
    lines = content.splitlines(keepends=True)
    without_reviewed = "".join(lines[:3])
    assert check(counsellors, without_reviewed.encode(), Coverage.SUBJECTS).fault_count == 0
    without_second = "".join(lines[:2]).encode()
    faults = check(counsellors, without_second, Coverage.SUBJECTS).faults
    assert [(fault.kind, fault.value) for fault in faults] == [(FaultKind.PERSON_MISSING, "T00002")]


def test_one_mark_is_corrected_without_the_whole_file(counsellors: World) -> None:
    take(counsellors, table(counsellors, **WRITTEN, 综合评审="75"))
    content = "准考证号,理论知识,专业能力\nT00001,,81\n".encode()
    with pytest.raises(MarksFileFaulty):
        take(counsellors, content)
    batch = take(counsellors, content, Coverage.CORRECTIONS, reason="登分有误")
    assert (batch.manifest["people"], batch.manifest["marks"], batch.manifest["sum:level-2/skills"]) == (1, 1, 8_100)
    assert standing(counsellors) == {"theory": 7_000, "skills": 8_100, "review": 7_500}
    assert is_complete(counsellors)


def test_corrections_of_nothing_are_no_file(counsellors: World) -> None:
    read = check(counsellors, "准考证号,理论知识\nT00001,\n".encode(), Coverage.CORRECTIONS)
    assert [fault.kind for fault in read.faults] == [FaultKind.MARK_MISSING]


# ---------------------------------------------------------------- parts
PARTS = {"职业道德": "70", "理论知识": "80.5", "技能选择": "61", "案例问答": "60"}


def test_a_counsellors_parts_become_the_marks_that_count(counsellors: World) -> None:
    """职业道德 10 % and 理论知识 90 %, 技能选择 60 % and 案例问答 40 %: read, checked, joined and judged."""
    content = table(counsellors, **PARTS, 综合评审="75")
    read = check(counsellors, content)
    assert (read.fault_count, read.left) == (0, ())
    assert read.joined == (("level-2", "skills"), ("level-2", "theory"))
    counts = {status.value: 0 for status in MarkStatus}
    paper: dict[str, int | str] = {
        **counts,
        "people": 2,
        "marks": 6,
        "scored": 6,
        "zero": 0,
        "sum:level-2/theory.ethics": 14_000,
        "sum:level-2/theory.theory": 16_100,
        "sum:level-2/skills.choice": 12_200,
        "sum:level-2/skills.cases": 12_000,
        "sum:level-2/review": 15_000,
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    batch = marks.stage_marks(
        region=counsellors.region, file_name="f", content=content, by=counsellors.cast.chu.staff, now=NOW
    )
    wei = counsellors.cast.wei.staff
    with pytest.raises(ControlTotalsDiffer):
        marks.validate_batch(batch_id=batch.pk, totals={**paper, "sum:level-2/skills.cases": 12_100}, by=wei, now=NOW)
    marks.validate_batch(batch_id=batch.pk, totals=paper, by=wei, now=NOW)
    # 70 × 0.1 + 80.5 × 0.9 = 79.45, 61 × 0.6 + 60 × 0.4 = 60.6
    assert standing(counsellors) == {"theory": 7_945, "skills": 6_060, "review": 7_500}
    validated(counsellors)
    assert outcome_of(counsellors).overall == "passed"


def test_a_part_that_is_missing_or_out_of_range_is_named(counsellors: World) -> None:
    given: Columns = {**PARTS, "案例问答": ("100.5", ""), "综合评审": "75"}
    faults = check(counsellors, table(counsellors, **given)).faults
    assert [(fault.line, fault.column, fault.kind) for fault in faults] == [
        (2, "案例问答", FaultKind.ABOVE_FULL),
        (3, "skills.cases", FaultKind.MARK_MISSING),
    ]
    with pytest.raises(TableWithoutColumn) as refusal:
        check(counsellors, table(counsellors, 职业道德="70", 专业能力="60", 综合评审="75"))
    assert refusal.value.fields["column"] == "理论知识"


def test_a_part_missed_beside_one_that_was_sat_is_for_people_to_say(counsellors: World) -> None:
    given: Columns = {**PARTS, "职业道德": ("缺考", "缺考"), "理论知识": ("80", "缺考"), "综合评审": "75"}
    read = check(counsellors, table(counsellors, **given))
    assert [(f.line, f.column, f.kind) for f in read.faults] == [(2, "theory.ethics", FaultKind.PART_ABSENT)]
    assert not read.rows


def test_a_status_of_a_part_is_counted_once_for_the_subject(counsellors: World) -> None:
    given: Columns = {**PARTS, "职业道德": ("违纪", "0"), "理论知识": ("80", "0"), "综合评审": "75"}
    batch = take(counsellors, table(counsellors, **given))
    assert [batch.manifest[name] for name in ("marks", "violation", "zero", "scored")] == [6, 1, 1, 5]
    first = basis.current_marks(counsellors.region)[counsellors.entries[0].pk]["theory"]
    assert first == SubjectMark("theory", MarkStatus.VIOLATION, None)


def test_a_subject_that_is_called_as_one_of_its_parts_is_the_subject_when_it_stands_alone(counsellors: World) -> None:
    take(counsellors, table(counsellors, **WRITTEN, 综合评审="75"))
    assert standing(counsellors)["theory"] == 7_000


def test_a_sum_beside_its_parts_is_told_and_not_read(counsellors: World) -> None:
    read = check(counsellors, table(counsellors, **PARTS, 专业能力="99", 综合评审="75"))
    assert (read.fault_count, read.ignored) == (0, ("专业能力",))
    assert {row.mark_hundredths for row in read.rows if row.subject_code == "skills"} == {6_060}


# ---------------------------------------------------------------- sums by level
def test_what_two_levels_swap_does_not_cancel_out(cast: Cast) -> None:
    """Levels share the codes of their subjects: with one sum for both, this swap would be the same manifest."""
    world = new_world(cast, code="social-worker")
    pair = many_people(2)
    for person, level in zip(pair, ("junior", "intermediate"), strict=True):
        enrol(world, [person], subjects=("comprehensive", "practice"), level=level, specialty="")
    content, swapped = (
        f"准考证号,comprehensive,practice\nT00001,{one},60\nT00002,{other},60\n"
        for one, other in (("55", "90"), ("90", "55"))
    )
    right, wrong = (check(world, text.encode()).totals for text in (content, swapped))
    assert right != wrong
    assert right["sum:junior/comprehensive"] == 5_500

    def by_code(totals: object) -> int:
        assert isinstance(totals, dict)
        return sum(value for name, value in totals.items() if name.endswith("/comprehensive"))

    assert by_code(right) == by_code(wrong), "the twin: over all levels the swap cannot be seen"


# ---------------------------------------------------------------- on the desk
def test_the_dry_run_says_what_is_not_in_the_file_and_how_parts_are_joined(
    counsellors: World, client_of: ClientOf
) -> None:
    client = client_of(counsellors.cast.chu)
    address = url("stage-marks", counsellors.region.pk)
    content = table(counsellors, **PARTS, 备注="甲")
    refused = send(client, address, content, dry_run="on")
    assert refused.status_code == 422
    assert "缺少必需的列" in text_of(refused)
    assert 'value="备注"' in text_of(refused), "it is asked what this column is"
    assert "means_1" not in text_of(refused), "and of nothing that is known"
    shown = text_of(send(client, address, content, dry_run="on", coverage="subjects"))
    assert "核对过，没有存" in shown
    assert "这个文件里没有：二级（心理咨询师） · 综合评审。" in shown
    assert "专业能力由技能选择 60%、案例问答 40%合成，四舍五入到 0.01 分。" in shown
    assert "以下各列没有读取：备注。" in shown
    assert "60.6" not in shown


def test_a_large_file_of_some_subjects_is_read_in_as_it_was_said_to_be(counsellors: World, client_of: ClientOf) -> None:
    content = table(counsellors, **PARTS) + b"\r\n" * (AT_ONCE_BYTES_MAX // 2)
    response = send(
        client_of(counsellors.cast.chu), url("stage-marks", counsellors.region.pk), content, coverage="subjects"
    )
    assert response.status_code == 302
    assert run_next()
    totals = MarkBatch.objects.get().manifest
    assert (totals["marks"], totals["sum:level-2/skills.cases"]) == (4, 12_000)
    shown = text_of(client_of(counsellors.cast.wei).get(url("batch", MarkBatch.objects.get().pk)))
    assert "二级（心理咨询师） · 专业能力（案例问答）" in shown
