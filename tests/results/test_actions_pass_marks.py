"""Pass marks: proposed by one, approved by another, never under a sealed release."""

import pytest

from jinbang.audit.models import StateChange
from jinbang.kernel.errors import IllegalTransition
from jinbang.results import basis
from jinbang.results.actions import pass_marks
from jinbang.results.actions import release as releases
from jinbang.results.errors import MarksSealed, PassMarkOutOfRange, ResultsNotFound, SamePersonTwice
from jinbang.results.models import PassMark
from tests.cast import NOW, Cast, StaffMember
from tests.results.world import World, bring_in, released, sealed, set_pass_mark, set_pass_marks

pytestmark = pytest.mark.django_db


def propose(world: World, mark: int = 6000, *, by: StaffMember | None = None) -> PassMark:
    return pass_marks.propose_pass_mark(
        region=world.region,
        level_code="level-2",
        subject_code="basics",
        mark_hundredths=mark,
        document_number="晋人社厅函〔2026〕31号",
        by=(by or world.cast.jiang).staff,
        now=NOW,
    )


def test_a_proposal_counts_only_once_another_officer_has_approved_it(world: World, cast: Cast) -> None:
    proposed = propose(world, 5800)
    assert basis.pass_marks_of(world.region) == {}
    with pytest.raises(SamePersonTwice):
        pass_marks.approve_pass_mark(pass_mark_id=proposed.pk, by=cast.jiang.staff, now=NOW)
    pass_marks.approve_pass_mark(pass_mark_id=proposed.pk, by=cast.shen.staff, now=NOW)
    assert basis.pass_marks_of(world.region) == {("level-2", "basics"): 5800}


def test_a_later_approval_replaces_an_earlier_one_and_both_rows_stay(world: World) -> None:
    set_pass_mark(world, "basics", 6000)
    set_pass_mark(world, "basics", 5500)
    assert basis.pass_marks_of(world.region) == {("level-2", "basics"): 5500}
    assert PassMark.objects.count() == 2


def test_the_regions_own_row_comes_before_the_sittings_whenever_it_was_approved(world: World) -> None:
    set_pass_mark(world, "basics", 5500)
    PassMark.objects.create(
        sitting=world.region.sitting,
        level_code="level-2",
        subject_code="basics",
        mark_hundredths=6000,
        document_number="人社厅函〔2026〕1号",
        proposed_at=NOW,
        approved_at=NOW,
        state="approved",
    )
    assert basis.pass_marks_of(world.region) == {("level-2", "basics"): 5500}


@pytest.mark.parametrize("mark,is_taken", [(0, False), (1, True), (10_000, True), (10_001, False), (-1, False)])
def test_a_pass_mark_lies_above_nothing_and_not_above_the_full_mark(world: World, mark: int, *, is_taken: bool) -> None:
    if is_taken:
        assert propose(world, mark).mark_hundredths == mark
    else:
        with pytest.raises(PassMarkOutOfRange) as refusal:
            propose(world, mark)
        assert refusal.value.fields == {"subject": "建设工程造价管理基础知识", "full_mark": "100"}


def test_a_rejected_proposal_stays_with_its_reason_and_can_no_longer_be_approved(world: World, cast: Cast) -> None:
    proposed = propose(world)
    pass_marks.reject_pass_mark(pass_mark_id=proposed.pk, reason="文件号有误", by=cast.shen.staff, now=NOW)
    assert StateChange.objects.get(subject_id=proposed.pk, event="reject").reason == "文件号有误"
    with pytest.raises(IllegalTransition):
        pass_marks.approve_pass_mark(pass_mark_id=proposed.pk, by=cast.shen.staff, now=NOW)
    assert basis.pass_marks_of(world.region) == {}


def test_nobody_but_a_pass_mark_officer_of_the_scope_proposes_or_decides(world: World, cast: Cast) -> None:
    for member in (cast.wu, cast.chu, cast.wei, cast.he, cast.zheng):
        with pytest.raises(ResultsNotFound):
            propose(world, by=member)
    proposed = propose(world)
    for member in (cast.wu, cast.chu, cast.he):
        with pytest.raises(ResultsNotFound):
            pass_marks.approve_pass_mark(pass_mark_id=proposed.pk, by=member.staff, now=NOW)


def test_under_a_sealed_release_no_pass_mark_changes(world: World, cast: Cast) -> None:
    set_pass_marks(world)
    bring_in(world)
    waiting = propose(world, 9000)
    ready = sealed(world)
    with pytest.raises(MarksSealed):
        pass_marks.approve_pass_mark(pass_mark_id=waiting.pk, by=cast.shen.staff, now=NOW)
    releases.reopen_release(release_id=ready.pk, reason="等合格标准", by=cast.he.staff, now=NOW)
    pass_marks.approve_pass_mark(pass_mark_id=waiting.pk, by=cast.shen.staff, now=NOW)
    assert basis.pass_marks_of(world.region)["level-2", "basics"] == 9000


def test_after_the_release_a_pass_mark_may_still_come(world: World) -> None:
    bring_in(world)
    released(world)
    set_pass_mark(world, "basics", 6000)
    assert basis.pass_marks_of(world.region) == {("level-2", "basics"): 6000}
