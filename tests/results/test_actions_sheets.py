"""Marks by hand: two people apart, a third for what differs, and nothing that counts before they agree."""

import pytest

from jinbang.people.states import Role
from jinbang.results import basis, queries, sheets
from jinbang.results.actions import marks
from jinbang.results.actions import sheets as keying
from jinbang.results.errors import (
    MarksSealed,
    NobodyToKey,
    ReasonMissing,
    ResultsNotFound,
    SamePersonTwice,
    SheetCellWrong,
    SheetNotSettled,
)
from jinbang.results.models import Mark, MarkBatch, MarkSheet
from tests.cast import NOW, Cast, StaffMember
from tests.results.world import World, bring_in, sealed, set_pass_marks, validated, with_roles

pytestmark = pytest.mark.django_db


@pytest.fixture
def third(cast: Cast) -> StaffMember:
    return with_roles(cast.jiang, Role.MARKS_VERIFIER, at=cast.shanxi)


def opened(world: World, subject: str = "practice") -> MarkSheet:
    return keying.open_sheet(
        region=world.region, level_code="level-2", subject_code=subject, by=world.cast.chu.staff, now=NOW
    )


def key(world: World, sheet: MarkSheet, by: StaffMember, *typed: str) -> MarkSheet:
    cells = {(str(entry.pk), 0): text for entry, text in zip(world.entries, typed, strict=True)}
    return keying.key_sheet(sheet_id=sheet.pk, typed=cells, by=by.staff, now=NOW)


def counting(world: World) -> dict[str, object]:
    found = basis.current_marks(world.region)
    return {
        entry.ticket_number: (mark.status.value, mark.mark_hundredths)
        for entry in world.entries
        if (mark := found.get(entry.pk, {}).get("practice"))
    }


def test_two_who_read_the_same_make_the_sheet_count(world: World, cast: Cast) -> None:
    sheet = opened(world)
    key(world, sheet, cast.chu, "60", "0", "缺考")
    assert counting(world) == {}
    key(world, sheet, cast.wei, "60.0", "0", "-1")
    assert counting(world) == {"T00001": ("scored", 6000), "T00002": ("scored", 0), "T00003": ("absent", None)}
    batch = MarkBatch.objects.get()
    assert (batch.state, batch.manifest["marks"], batch.manifest["zero"]) == ("valid", 3, 1)
    assert set(Mark.objects.values_list("by", flat=True)) == {cast.chu.account.pk}


def test_nobody_keys_a_sheet_twice_and_no_key_no_marks(world: World, cast: Cast) -> None:
    sheet = opened(world)
    key(world, sheet, cast.chu, "60", "0", "缺考")
    with pytest.raises(SamePersonTwice):
        key(world, sheet, cast.chu, "60", "0", "缺考")
    assert counting(world) == {}


def test_what_differs_goes_to_a_third_who_types_those_lines_only(world: World, cast: Cast, third: StaffMember) -> None:
    sheet = opened(world)
    key(world, sheet, cast.chu, "60", "0", "缺考")
    key(world, sheet, cast.wei, "90", "0", "缺考")
    assert counting(world) == {}
    asked = sheets.cells_asked(sheet, sheets.keyings_of(sheet))
    assert asked == ((str(world.entries[0].pk), 0),)
    with pytest.raises(SamePersonTwice):
        key(world, sheet, cast.wei, "90", "", "")
    with pytest.raises(SheetNotSettled):
        key(world, sheet, third, "69", "", "")
    assert counting(world) == {}
    key(world, sheet, third, "90", "", "")
    assert counting(world)["T00001"] == ("scored", 9000)


def test_whoever_keyed_is_an_author_and_may_not_sign(world: World, cast: Cast, third: StaffMember) -> None:
    sheet = opened(world)
    key(world, sheet, cast.chu, "60", "0", "缺考")
    key(world, sheet, cast.wei, "90", "0", "缺考")
    key(world, sheet, third, "60", "", "")
    other = opened(world, "basics")
    key(world, other, cast.chu, "60", "0", "缺考")
    key(world, other, cast.wei, "60", "0", "缺考")
    release = validated(world)
    assert {str(one.account.pk) for one in (cast.chu, cast.wei, third)} <= queries.authors_of(release)


@pytest.mark.parametrize("typed", [("x", "0", "0"), ("", "0", "0"), ("120.01", "0", "0")])
def test_a_cell_that_cannot_stand_stores_nothing(world: World, cast: Cast, typed: tuple[str, ...]) -> None:
    sheet = opened(world)
    with pytest.raises(SheetCellWrong):
        key(world, sheet, cast.chu, *typed)
    assert sheets.keyings_of(sheet) == []


def test_a_sheet_is_not_verified_by_totals_and_is_taken_back_like_a_file(world: World, cast: Cast) -> None:
    sheet = opened(world)
    with pytest.raises(ResultsNotFound):
        marks.validate_batch(batch_id=sheet.batch_id, totals={}, by=cast.wei.staff, now=NOW)
    with pytest.raises(NobodyToKey):
        opened(world)
    marks.discard_batch(batch_id=sheet.batch_id, reason="拿错表", by=cast.chu.staff, now=NOW)
    with pytest.raises(ResultsNotFound):
        key(world, sheet, cast.chu, "60", "0", "缺考")
    assert opened(world).pk != sheet.pk


def test_sealed_results_take_no_sheet(world: World, cast: Cast) -> None:
    for subject in ("basics", "practice"):
        sheet = opened(world, subject)
        key(world, sheet, cast.chu, "60", "0", "缺考")
        key(world, sheet, cast.wei, "60", "0", "缺考")
    set_pass_marks(world)
    sealed(world)
    with pytest.raises(MarksSealed):
        opened(world)


def test_a_stranger_has_no_sheet(world: World, cast: Cast) -> None:
    sheet = opened(world)
    for stranger in (cast.wu, cast.he):
        with pytest.raises(ResultsNotFound):
            key(world, sheet, stranger, "60", "0", "缺考")


def test_a_sheet_whose_people_got_a_mark_meanwhile_says_why_it_takes_its_place(world: World, cast: Cast) -> None:
    sheet = opened(world)
    key(world, sheet, cast.chu, "61", "0", "缺考")
    bring_in(world)
    with pytest.raises(ReasonMissing):
        key(world, sheet, cast.wei, "61", "0", "缺考")
    assert counting(world)["T00001"] == ("scored", 6000), "nothing of it is stored"
    cells = {(str(entry.pk), 0): text for entry, text in zip(world.entries, ("61", "0", "缺考"), strict=True)}
    keying.key_sheet(sheet_id=sheet.pk, typed=cells, reason="以纸面为准", by=cast.wei.staff, now=NOW)
    assert counting(world)["T00001"] == ("scored", 6100)
    assert set(Mark.objects.filter(batch=sheet.batch).values_list("reason", flat=True)) == {"以纸面为准"}
