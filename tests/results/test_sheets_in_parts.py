"""A subject that is marked in weighted parts, keyed from paper part by part, and joined as those of a file are.

The 2017 counsellors' theory is 职业道德 10 % and 理论知识 90 %.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import TypeAlias

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jinbang.catalogue.programme import Subject
from jinbang.catalogue.seeds import PROGRAMMES, read_seed, seed_files
from jinbang.people.states import Role
from jinbang.results import panel, sheets
from jinbang.results.actions import sheets as keying
from jinbang.results.errors import NobodyToKey, SamePersonTwice, SheetCellWrong, SheetNotSettled, SheetOutdated
from jinbang.results.mark_rows import Expected, Kind
from jinbang.results.marks_file import read_marks
from jinbang.results.models import KeyedMark, Keying, Mark, MarkBatch, MarkSheet, ViolationCase
from jinbang.results.states import MarkStatus
from tests.cast import NOW, Cast, StaffMember
from tests.results.test_file_subjects import COUNSELLOR, SUBJECTS, standing, table, take
from tests.results.test_views_desk import ClientOf, post, text_of, url
from tests.results.world import World, enrol, many_people, new_world, with_roles
from tests.sittings.test_amendments import version_with

Texts: TypeAlias = tuple[str, str]
FIRST: Texts = ("70", "80.5")  # 70 × 0.1 + 80.5 × 0.9 = 79.45
SECOND: Texts = ("60", "60")


@cache
def theory() -> Subject:
    """Return the counsellors' theory as the catalogue has it."""
    path = next(path for path in seed_files(PROGRAMMES) if path.name.startswith(COUNSELLOR))
    return read_seed(path).programme.subject("theory", level="level-2")


# ---------------------------------------------------------------- the rule: as a file's
def as_a_sheet(texts: Texts) -> object:
    """Return what a line of a sheet becomes, or what is wrong with which part."""
    subject = theory()
    kind = Kind({"theory": subject.full_mark_hundredths}, {"theory": "theory"}, weighted={"theory": subject})
    layout = panel.Layout("theory", in_parts=subject)
    typed = {("e", at): text for at, text in enumerate(texts, start=1)}
    try:
        read = panel.read_cells(typed, lines=[panel.Line("e", "T2", kind)], layout=layout)
    except SheetCellWrong as refusal:
        return [(subject.parts[one.column - 1].code, one.fault) for one in refusal.cells]
    return panel.mark_of("e", read, layout=layout, rule=None)


def as_a_file(texts: Texts) -> object:
    """Return what the same cells become in a file, beside a line that is right."""
    subject = theory()
    headings = {"theory": "theory", subject.name: "theory"}
    known = {
        number: Expected(number, "甲", {"theory": subject.full_mark_hundredths}, headings, weighted={"theory": subject})
        for number in ("T1", "T2")
    }
    rows = [("T1", *FIRST), ("T2", *texts)]
    content = "准考证号,职业道德,理论知识\n" + "".join(f"{','.join(row)}\n" for row in rows)
    read = read_marks(content.encode(), roster=known)
    if read.faults:
        codes = {name: part.code for part in subject.parts for name in (part.name, f"theory.{part.code}")}
        order = [part.code for part in subject.parts]
        return sorted(
            ((codes[fault.column], fault.kind.value) for fault in read.faults), key=lambda one: order.index(one[0])
        )
    return next((row.status, row.mark_hundredths) for row in read.rows if row.entry_id == "T2")


CELLS = st.sampled_from(
    ["", "0", "60", "61.25", "80.5", "100", "100.01", "缺考", "-1", "违纪", "无效", "雷同", "待核查", "x", "1e2"]
)


@given(texts=st.tuples(CELLS, CELLS))
@example(texts=("缺考", "缺考"))
@example(texts=("缺考", "80"))
@example(texts=("违纪", "80"))
@example(texts=("", ""))
@settings(max_examples=400, deadline=None)
def test_a_line_of_parts_becomes_what_the_same_cells_of_a_file_become(texts: Texts) -> None:
    assert as_a_sheet(texts) == as_a_file(texts)


@pytest.mark.parametrize(
    "texts,becomes",
    [
        (FIRST, (MarkStatus.SCORED, 7_945)),
        (("缺考", "缺考"), (MarkStatus.ABSENT, None)),
        (("违纪", "80"), (MarkStatus.VIOLATION, None)),
        (("缺考", "80"), [("ethics", "part_absent")]),
        (("缺考", ""), [("theory", "mark_missing")]),
        (("100.01", "x"), [("ethics", "above_full"), ("theory", "not_a_mark")]),
    ],
)
def test_what_a_line_of_parts_becomes(texts: Texts, becomes: object) -> None:
    assert as_a_sheet(texts) == becomes


def test_each_part_has_a_full_mark_of_its_own() -> None:
    ethics, knowledge = theory().parts
    subject = replace(theory(), parts=(replace(ethics, full_mark_hundredths=2_500), knowledge))
    layout = panel.Layout("theory", in_parts=subject)
    line = panel.Line("e", "T1", Kind({"theory": 10_000}, {}))
    with pytest.raises(SheetCellWrong) as refusal:
        panel.read_cells({("e", 1): "25.5", ("e", 2): "80"}, lines=[line], layout=layout)
    assert [(one.column, one.fault) for one in refusal.value.cells] == [(1, "above_full")]
    read = panel.read_cells({("e", 1): "25", ("e", 2): "80"}, lines=[line], layout=layout)
    assert panel.mark_of("e", read, layout=layout, rule=None) == (MarkStatus.SCORED, 8_200)


# ---------------------------------------------------------------- two people, and a third
@pytest.fixture
def counsellors(cast: Cast) -> World:
    """Return a region with two counsellors of level 2."""
    world = new_world(cast, code=COUNSELLOR, year=2017)
    enrol(world, many_people(2), subjects=SUBJECTS, level="level-2", specialty="")
    return world


@pytest.fixture
def third(cast: Cast) -> StaffMember:
    return with_roles(cast.jiang, Role.MARKS_VERIFIER, at=cast.shanxi)


def opened(world: World, *, in_parts: bool = True) -> MarkSheet:
    return keying.open_sheet(
        region=world.region,
        level_code="level-2",
        subject_code="theory",
        in_parts=in_parts,
        by=world.cast.chu.staff,
        now=NOW,
    )


def cells(world: World, *lines: Texts) -> dict[panel.Cell, str]:
    return {
        (str(entry.pk), at): text
        for entry, texts in zip(world.entries, lines, strict=True)
        for at, text in enumerate(texts, start=1)
    }


def key(world: World, sheet: MarkSheet, by: StaffMember, *lines: Texts, reason: str = "") -> MarkSheet:
    typed = cells(world, *lines)
    return keying.key_sheet(sheet_id=sheet.pk, typed=typed, by=by.staff, now=NOW, reason=reason)


@pytest.mark.django_db
def test_two_who_read_the_same_parts_make_the_joined_mark_count(counsellors: World, cast: Cast) -> None:
    sheet = opened(counsellors)
    assert sheet.part_codes == ["ethics", "theory"]
    key(counsellors, sheet, cast.chu, FIRST, ("缺考", "缺考"))
    assert not Mark.objects.exists()
    key(counsellors, sheet, cast.wei, FIRST, ("-1", "缺考"))
    assert standing(counsellors) == {"theory": 7_945}
    assert set(Mark.objects.values_list("subject_code", "status")) == {("theory", "scored"), ("theory", "absent")}
    batch = MarkBatch.objects.get()
    assert (batch.state, batch.manifest["marks"], batch.manifest["sum:level-2/theory"]) == ("valid", 2, 7_945)
    assert KeyedMark.objects.count() == 2 * 2 * 2, "each part stays as each of the two has read it"


@pytest.mark.django_db
def test_who_differ_in_one_part_send_the_line_to_a_third(counsellors: World, cast: Cast, third: StaffMember) -> None:
    sheet = opened(counsellors)
    key(counsellors, sheet, cast.chu, FIRST, SECOND)
    key(counsellors, sheet, cast.wei, ("70", "80"), SECOND)
    first = str(counsellors.entries[0].pk)
    assert sheets.cells_asked(sheet, sheets.keyings_of(sheet)) == ((first, 1), (first, 2))
    with pytest.raises(SheetNotSettled):
        key(counsellors, sheet, third, ("70", "85"), SECOND)
    key(counsellors, sheet, third, FIRST, SECOND)
    assert standing(counsellors) == {"theory": 7_945}


@pytest.mark.django_db
def test_the_mark_is_shown_to_whoever_typed_it_and_nothing_is_stored(counsellors: World, cast: Cast) -> None:
    sheet = opened(counsellors)
    typed = cells(counsellors, FIRST, SECOND)
    made = keying.check_sheet(sheet_id=sheet.pk, typed=typed, by=cast.chu.staff)
    assert [number for _status, number in made.values()] == [7_945, 6_000]
    assert not Keying.objects.exists()
    key(counsellors, sheet, cast.chu, FIRST, SECOND)
    with pytest.raises(SamePersonTwice):
        keying.check_sheet(sheet_id=sheet.pk, typed=typed, by=cast.chu.staff)


@pytest.mark.django_db
def test_one_part_missed_beside_another_that_was_sat_stores_nothing(counsellors: World, cast: Cast) -> None:
    sheet = opened(counsellors)
    with pytest.raises(SheetCellWrong) as refusal:
        key(counsellors, sheet, cast.chu, FIRST, ("缺考", "80"))
    assert [(one.ticket_number, one.column, one.fault) for one in refusal.value.cells] == [("T00002", 1, "part_absent")]
    assert not Keying.objects.exists()


@pytest.mark.django_db
def test_a_violation_in_one_part_is_the_subjects_and_opens_its_case(counsellors: World, cast: Cast) -> None:
    sheet = opened(counsellors)
    for member in (cast.chu, cast.wei):
        key(counsellors, sheet, member, FIRST, ("80", "违纪"))
    assert ViolationCase.objects.get().subject_code == "theory"


@pytest.mark.django_db
def test_whoever_stands_on_a_sheet_of_parts_stands_on_no_other(counsellors: World) -> None:
    opened(counsellors)
    with pytest.raises(NobodyToKey):
        opened(counsellors, in_parts=False)


@pytest.mark.django_db
def test_the_same_subject_is_keyed_as_a_whole_where_the_paper_has_one_mark(counsellors: World, cast: Cast) -> None:
    sheet = opened(counsellors, in_parts=False)
    assert sheet.part_codes == []
    typed = {(str(entry.pk), 0): "79.45" for entry in counsellors.entries}
    for member in (cast.chu, cast.wei):
        keying.key_sheet(sheet_id=sheet.pk, typed=typed, by=member.staff, now=NOW)
    assert standing(counsellors) == {"theory": 7_945}


@pytest.mark.django_db
def test_a_sheet_of_other_parts_than_the_rule_has_now_is_taken_back(
    counsellors: World, cast: Cast, client_of: ClientOf
) -> None:
    sheet = opened(counsellors)
    sitting = counsellors.region.sitting
    level = sitting.programme_version.content["levels"][1]
    others = [{**one, "parts": []} if one["code"] == "theory" else one for one in level["subjects"]]
    sitting.programme_version = version_with(sitting, place=1, subjects=others)
    sitting.save(update_fields=("programme_version",))
    with pytest.raises(SheetOutdated):
        key(counsellors, sheet, cast.chu, FIRST, SECOND)
    shown = client_of(cast.chu).get(url("sheet", sheet.pk))
    assert (shown.status_code, "请撤回这张表" in text_of(shown)) == (409, True)


# ---------------------------------------------------------------- the pages
def fields(world: World, *lines: Texts) -> Mapping[str, str]:
    return {f"cell-{entry}-{at}": text for (entry, at), text in cells(world, *lines).items()}


@pytest.mark.django_db
@pytest.mark.usefixtures("now")
def test_parts_are_typed_looked_at_as_one_mark_and_then_stored(
    counsellors: World, cast: Cast, client_of: ClientOf
) -> None:
    client, page = client_of(cast.chu), url("sheets", counsellors.region.pk)
    assert "按分项录入（职业道德 10%、理论知识 90%）" in text_of(client.get(page))
    address = post(client, page, {"subject": "level-2/theory/parts"})["Location"]
    sheet = MarkSheet.objects.get()
    assert (address, sheet.part_codes) == (url("sheet", sheet.pk), ["ethics", "theory"])
    shown = text_of(client.get(address))
    assert "职业道德（满分 100）" in shown
    assert "职业道德 10%、理论知识 90%合成" in shown
    typed = fields(counsellors, FIRST, SECOND)
    looked_at = post(client, address, typed)
    assert (looked_at.status_code, "79.45" in text_of(looked_at)) == (200, True)
    assert not Keying.objects.exists()
    again = text_of(post(client, address, {**typed, "edit": "1"}))
    assert 'value="80.5"' in again
    assert "79.45" not in again
    assert post(client, address, {**typed, "confirmed": "1"}).status_code == 302
    second = client_of(cast.wei)
    for foreign in ("79.45", "80.5"):
        assert foreign not in text_of(second.get(address))
    post(second, address, {**typed, "confirmed": "1"})
    assert standing(counsellors) == {"theory": 7_945}


@pytest.mark.django_db
@pytest.mark.usefixtures("now")
def test_what_is_wrong_with_parts_is_said_before_anything_is_joined(
    counsellors: World, cast: Cast, client_of: ClientOf
) -> None:
    sheet = opened(counsellors)
    wrong = post(client_of(cast.chu), url("sheet", sheet.pk), fields(counsellors, ("缺考", "80"), ("101", "x")))
    shown = text_of(wrong)
    assert wrong.status_code == 422
    assert "有 3 格有误" in shown
    for sentence in ("合不成一科的成绩", "分项录入的，是这个分项的满分", "读不出分数"):
        assert sentence in shown
    assert "合成的成绩" not in shown


@pytest.mark.django_db
@pytest.mark.usefixtures("now")
def test_a_sheet_of_parts_asks_why_where_a_file_has_been_quicker(
    counsellors: World, cast: Cast, client_of: ClientOf
) -> None:
    sheet = opened(counsellors)
    key(counsellors, sheet, cast.chu, FIRST, SECOND)
    take(counsellors, table(counsellors, 理论知识="70", 专业能力="80", 综合评审="75"))
    client, address = client_of(cast.wei), url("sheet", sheet.pk)
    typed = {**fields(counsellors, FIRST, SECOND), "confirmed": "1"}
    asked = post(client, address, typed)
    assert (asked.status_code, 'name="reason"' in text_of(asked), "79.45" in text_of(asked)) == (422, True, True)
    assert post(client, address, {**typed, "reason": "以纸面为准"}).status_code == 302
    assert standing(counsellors)["theory"] == 7_945
