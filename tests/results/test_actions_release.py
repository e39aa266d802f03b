"""A release from draft to released: two people, one hash, and every way in which it must not happen."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from jinbang.audit import actions as audit
from jinbang.audit.models import StateChange
from jinbang.kernel.errors import IllegalTransition
from jinbang.people.states import Role
from jinbang.results import description
from jinbang.results.actions import marks, roster
from jinbang.results.actions import release as actions
from jinbang.results.actions.outcomes import JudgedOutcomes, judge_outcomes
from jinbang.results.actions.roster import Standing
from jinbang.results.errors import (
    NoOfficerKey,
    ReleaseNotDue,
    ReleaseNotReady,
    ReleaseTooLate,
    ResultsNotFound,
    SamePersonTwice,
    SameUnitTwice,
    WarrantChanged,
    WarrantNotApproved,
)
from jinbang.results.models import Outcome, Release, WarrantSignature
from jinbang.results.states import Overall
from jinbang.results.warrant import hash_of
from jinbang.sittings import amendments
from jinbang.sittings.amendments import Order
from tests.cast import NOW, Cast
from tests.results.conftest import give_plain_key
from tests.results.world import (
    OPENS,
    World,
    approved,
    bring_in,
    enrol,
    many_people,
    new_sitting,
    outcome_of,
    released,
    sealed,
    set_pass_mark,
    set_pass_marks,
    signed,
    stage,
    validated,
    with_roles,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_signing")]
SECOND = timedelta(seconds=1)


@pytest.fixture
def ready(world: World) -> World:
    """Return the same region with its pass marks, and marks that count."""
    set_pass_marks(world)
    bring_in(world, {"T00002": {"basics": "59"}, "T00003": {"basics": "缺考", "practice": "缺考"}})
    return world


# ---------------------------------------------------------------- draft and validate
def test_a_release_is_drafted_for_an_instant_ahead_and_its_instant_can_be_moved(world: World, cast: Cast) -> None:
    for opens_at in (NOW, NOW - SECOND):
        with pytest.raises(ReleaseTooLate):
            actions.draft_release(region=world.region, opens_at=opens_at, by=cast.chu.staff, now=NOW)
    first = actions.draft_release(region=world.region, opens_at=NOW + SECOND, by=cast.chu.staff, now=NOW)
    again = actions.draft_release(region=world.region, opens_at=OPENS, by=cast.chu.staff, now=NOW)
    assert (first.pk, again.opens_at, Release.objects.count()) == (again.pk, OPENS, 1)


def test_validation_judges_everybody_on_the_roster(ready: World) -> None:
    release = validated(ready)
    assert release.state == "validated"
    assert [outcome_of(ready, position).overall for position in range(3)] == ["passed", "partial", "absent"]


def test_validation_refuses_while_a_point_is_open_and_changes_nothing(world: World, cast: Cast) -> None:
    drafted = actions.draft_release(region=world.region, opens_at=OPENS, by=cast.chu.staff, now=NOW)
    with pytest.raises(ReleaseNotReady) as refusal:
        actions.validate_release(release_id=drafted.pk, by=cast.chu.staff, now=NOW)
    assert refusal.value.fields == {"open_points": 1}  # no marks
    assert (world.release.state, Outcome.objects.count()) == ("draft", 0)


def test_a_file_still_waiting_for_its_second_person_holds_validation_up(ready: World, cast: Cast) -> None:
    stage(ready, {"T00001": {"basics": "1"}})
    with pytest.raises(ReleaseNotReady):
        validated(ready)


def test_somebody_new_on_the_roster_holds_validation_up(ready: World) -> None:
    enrol(ready, many_people(2)[1:])
    with pytest.raises(ReleaseNotReady):
        validated(ready)


def changing(world: World, times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let somebody approve another pass mark while everybody is being judged, so many times."""
    marks_to_come = iter(range(6100, 6100 + times))

    def meanwhile(**given: Any) -> JudgedOutcomes:  # noqa: ANN401  # the arguments of what it stands before
        judged = judge_outcomes(**given)
        if (mark := next(marks_to_come, None)) is not None:
            set_pass_mark(world, "basics", mark)
        return judged

    monkeypatch.setattr(actions, "judge_outcomes", meanwhile)


def test_what_was_judged_before_a_change_is_judged_again(
    ready: World, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    changing(ready, 1, monkeypatch)
    validated(ready)
    assert outcome_of(ready).overall == "partial"


def test_what_will_not_stand_still_is_not_validated(ready: World, monkeypatch: pytest.MonkeyPatch) -> None:
    changing(ready, 9, monkeypatch)
    with pytest.raises(WarrantChanged):
        validated(ready)
    assert (ready.release.state, ready.release.basis_hash) == ("draft", "")


# ---------------------------------------------------------------- seal
def test_the_warrant_says_whose_results_how_many_against_what_and_when(ready: World) -> None:
    release = sealed(ready)
    assert release.warrant_hash == hash_of(release.warrant)
    assert release.warrant["row_count"] == 3
    assert datetime.fromisoformat(release.warrant["opens_at"]) == OPENS
    assert release.warrant["pass_mark_hash"] != "not-yet"
    assert release.warrant["environment"] == "production"


def test_marks_without_a_pass_mark_are_sealed_as_not_yet(world: World) -> None:
    bring_in(world)
    release = sealed(world)
    assert release.warrant["pass_mark_hash"] == "not-yet"
    assert {outcome_of(world, position).overall for position in range(3)} == {Overall.AWAITING_PASS_MARK.value}


def test_the_same_contents_sealed_twice_have_two_hashes(ready: World, cast: Cast) -> None:
    first = sealed(ready)
    actions.reopen_release(release_id=first.pk, reason="再来", by=cast.he.staff, now=NOW)
    second = sealed(ready)
    assert first.warrant["marks_root"] == second.warrant["marks_root"]
    assert first.warrant_hash != second.warrant_hash


def test_nothing_is_sealed_for_an_instant_that_has_come(ready: World, cast: Cast) -> None:
    release = validated(ready)
    for now in (OPENS, OPENS + SECOND):
        with pytest.raises(ReleaseTooLate):
            actions.seal_release(release_id=release.pk, by=cast.chu.staff, now=now)
    actions.seal_release(release_id=release.pk, by=cast.chu.staff, now=OPENS - SECOND)


@pytest.mark.parametrize("change", ["marks", "pass_mark", "roster"])
def test_outcomes_judged_before_a_change_cannot_be_sealed_until_they_are_judged_again(
    ready: World, cast: Cast, change: str
) -> None:
    release = validated(ready)
    if change == "marks":
        bring_in(ready, {"T00001": {"basics": "10"}})
    elif change == "pass_mark":
        set_pass_mark(ready, "basics", 9000)
    else:
        enrol(ready, many_people(2)[1:])
        bring_in(ready)
    with pytest.raises(ReleaseNotReady):
        actions.seal_release(release_id=release.pk, by=cast.chu.staff, now=NOW)
    actions.validate_release(release_id=release.pk, by=cast.chu.staff, now=NOW)
    actions.seal_release(release_id=release.pk, by=cast.chu.staff, now=NOW)
    assert description.is_as_sealed(ready.release)


# ---------------------------------------------------------------- sign
def test_two_officers_of_two_units_approve_and_one_does_not(ready: World, cast: Cast) -> None:
    release = sealed(ready)
    assert signed(release, cast.he).state == "sealed"
    done = signed(release, cast.lyu)
    assert done.state == "approved"
    assert [row.unit for row in WarrantSignature.objects.order_by("signed_at", "id")] == ["考务处", "信息处"]


def test_nobody_signs_twice_and_no_unit_does(ready: World, cast: Cast) -> None:
    release = sealed(ready)
    signed(release, cast.he)
    with pytest.raises(SamePersonTwice):
        signed(release, cast.he)
    colleague = with_roles(cast.feng, Role.RELEASE_OFFICER, at=cast.shanxi, unit="考务处")
    give_plain_key(colleague)
    with pytest.raises(SameUnitTwice):
        signed(release, colleague)
    assert ready.release.state == "sealed"


@pytest.mark.parametrize("name", ["chu", "wei", "jiang", "shen"])
def test_whoever_made_what_is_released_does_not_sign_it(ready: World, cast: Cast, name: str) -> None:
    author = with_roles(getattr(cast, name), Role.RELEASE_OFFICER, at=cast.shanxi, unit="第三处")
    give_plain_key(author)
    release = sealed(ready)
    with pytest.raises(SamePersonTwice):
        signed(release, author)


def test_whoever_sealed_or_took_back_a_file_is_an_author_too(ready: World, cast: Cast) -> None:
    sealer = with_roles(cast.he, Role.MARKS_CLERK, at=cast.shanxi)
    discarder = with_roles(cast.lyu, Role.MARKS_CLERK, at=cast.shanxi)
    wrong = stage(ready, {"T00001": {"basics": "1"}})
    marks.discard_batch(batch_id=wrong.pk, reason="错", by=discarder.staff, now=NOW)
    release = validated(ready)
    done = actions.seal_release(release_id=release.pk, by=sealer.staff, now=NOW)
    for member in (sealer, discarder):
        with pytest.raises(SamePersonTwice):
            signed(done, member)


@pytest.mark.parametrize("change", ["correct", "strike", "year not held", "other rule"])
def test_whoever_changed_a_row_a_year_or_the_rule_is_an_author_too(ready: World, cast: Cast, change: str) -> None:
    """Each of these can make somebody pass who would not have, or the other way round."""
    he = with_roles(cast.he, Role.MARKS_CLERK, Role.PLANNER, at=cast.shanxi)
    entry = ready.entries[0]
    if change == "correct":
        to = replace(Standing.of(entry), district="140311")
        roster.correct_entry(entry_id=entry.pk, to=to, reason="错登", by=he.staff, now=NOW)
    elif change == "strike":
        (extra,) = enrol(ready, many_people(2)[1:])
        roster.strike_entry(entry_id=extra.pk, reason="重复", by=he.staff, now=NOW)
    elif change == "year not held":
        before = new_sitting(cast.shanxi, year=2025).regions.create(authority=cast.shanxi)
        order = Order("晋人社厅函〔2026〕9号", "未举行")
        amendments.note_holding(region_id=before.pk, is_held=False, order=order, by=he.staff, now=NOW)
    else:
        audit.record(ready.region.sitting, by=he.staff, event=amendments.ADOPTED, at=NOW)
    release = sealed(ready)
    with pytest.raises(SamePersonTwice):
        signed(release, cast.he)
    assert signed(release, cast.lyu).state == "sealed", "whoever had no part in it signs"


def test_what_was_on_the_screen_is_what_is_signed(ready: World, cast: Cast) -> None:
    old = sealed(ready)
    actions.reopen_release(release_id=old.pk, reason="更正", by=cast.lyu.staff, now=NOW)
    with pytest.raises(WarrantChanged):
        signed(old, cast.he)
    new = sealed(ready)
    with pytest.raises(WarrantChanged):
        signed(old, cast.he)
    signed(new, cast.he)


def test_a_missing_key_and_a_past_instant_are_refused(ready: World, cast: Cast) -> None:
    release = sealed(ready)
    with pytest.raises(NoOfficerKey):
        signed(release, with_roles(cast.han, Role.RELEASE_OFFICER, at=cast.shanxi, unit="监察室"))
    with pytest.raises(ReleaseTooLate):
        signed(release, cast.he, now=OPENS)
    for member in (cast.wu, cast.zhou, cast.zheng):
        with pytest.raises(ResultsNotFound):
            signed(release, member)
    assert not WarrantSignature.objects.exists()


# ---------------------------------------------------------------- arm, release
def test_an_approved_release_is_armed_and_released_at_its_instant_and_not_before(ready: World) -> None:
    release = approved(ready)
    actions.arm_release(release_id=release.pk, now=NOW)
    with pytest.raises(ReleaseNotDue):
        actions.release_results(release_id=release.pk, now=OPENS - SECOND)
    done = actions.release_results(release_id=release.pk, now=OPENS)
    assert (done.state, done.released_at) == ("released", OPENS)
    with pytest.raises(IllegalTransition):
        actions.release_results(release_id=release.pk, now=OPENS)


def test_nothing_is_armed_or_released_from_a_flag_alone(ready: World, cast: Cast) -> None:
    """Somebody writes the state into the table by hand: the signatures are asked all the same."""
    release = sealed(ready)
    signed(release, cast.he)
    Release.objects.update(state="approved")
    with pytest.raises(WarrantNotApproved):
        actions.arm_release(release_id=release.pk, now=NOW)
    Release.objects.update(state="armed")
    with pytest.raises(WarrantNotApproved):
        actions.release_results(release_id=release.pk, now=OPENS)


def test_a_forged_signature_and_a_key_nobody_enrolled_count_for_nothing(ready: World, cast: Cast) -> None:
    release = sealed(ready)
    signed(release, cast.he)
    row = WarrantSignature.objects.get()
    row.pk, row.officer_id, row.unit = None, cast.lyu.account.pk, "信息处"
    WarrantSignature(
        release=release,
        warrant_hash=row.warrant_hash,
        officer_id=cast.lyu.account.pk,
        officer_name="吕布",
        unit="信息处",
        public_key=row.public_key,  # 何's key and 何's signature under 吕's name
        signature=row.signature,
        signed_at=NOW,
    ).save()
    Release.objects.update(state="approved")
    with pytest.raises(WarrantNotApproved):
        actions.arm_release(release_id=release.pk, now=NOW)


@pytest.mark.parametrize("what", ["a mark", "a verdict", "one person more", "one person less", "T", "the description"])
def test_what_was_changed_behind_the_programs_back_is_found_before_it_is_armed(ready: World, what: str) -> None:
    release = approved(ready)
    first = outcome_of(ready)
    if what == "a mark":
        first.subjects[0]["mark_hundredths"] += 1
        first.save()
    elif what == "a verdict":
        Outcome.objects.filter(pk=outcome_of(ready, 1).pk).update(overall="passed")
    elif what == "one person more":
        extra = enrol(ready, many_people(2)[1:])[0]
        Outcome.objects.create(entry=extra, generation=1, overall="passed", subjects=[], computed_at=NOW)
    elif what == "one person less":
        first.delete()
    elif what == "T":
        Release.objects.update(opens_at=NOW + SECOND)
    else:
        Release.objects.update(warrant={**release.warrant, "row_count": 2})
    with pytest.raises(WarrantChanged):
        actions.arm_release(release_id=release.pk, now=NOW)
    assert ready.release.state == "approved"


# ---------------------------------------------------------------- stop, correct
def test_the_emergency_stop_works_until_the_instant_and_voids_every_signature(ready: World, cast: Cast) -> None:
    release = approved(ready)
    actions.arm_release(release_id=release.pk, now=NOW)
    with pytest.raises(ReleaseTooLate):
        actions.reopen_release(release_id=release.pk, reason="晚了", by=cast.he.staff, now=OPENS)
    stopped = actions.reopen_release(release_id=release.pk, reason="名单有误", by=cast.he.staff, now=OPENS - SECOND)
    assert (stopped.state, stopped.warrant, stopped.warrant_hash) == ("draft", {}, "")
    assert StateChange.objects.get(subject_id=release.pk, event="reopen").reason == "名单有误"
    again = sealed(ready)
    assert again.state == "sealed"
    Release.objects.update(state="approved")
    with pytest.raises(WarrantNotApproved):  # the old signatures are still in the table
        actions.arm_release(release_id=release.pk, now=NOW)


def test_what_is_out_is_not_taken_back_only_corrected_by_a_new_generation(ready: World, cast: Cast) -> None:
    release = released(ready)
    with pytest.raises(IllegalTransition):
        actions.reopen_release(release_id=release.pk, reason="撤", by=cast.he.staff, now=OPENS)
    later = OPENS + timedelta(days=3)
    actions.correct_release(release_id=release.pk, opens_at=later, reason="漏登", by=cast.chu.staff, now=OPENS)
    bring_in(ready, {"T00001": {"basics": "99"}})
    done = released(ready, opens_at=later, now=OPENS)
    assert (done.generation, done.state, done.released_at) == (2, "released", later)
    assert outcome_of(ready).subjects[0]["mark_hundredths"] == 6000
    assert outcome_of(ready, generation=2).subjects[0]["mark_hundredths"] == 9900


def test_a_pass_mark_that_comes_later_is_a_generation_of_its_own(world: World, cast: Cast) -> None:
    bring_in(world)
    release = released(world)
    set_pass_marks(world)
    later = OPENS + timedelta(days=3)
    actions.correct_release(release_id=release.pk, opens_at=later, reason="公布合格标准", by=cast.chu.staff, now=OPENS)
    released(world, opens_at=later, now=OPENS)
    assert [outcome_of(world, generation=n).overall for n in (1, 2)] == ["awaiting_pass_mark", "passed"]


def test_every_step_is_in_the_history_with_its_actor(ready: World) -> None:
    release = released(ready)
    history = StateChange.objects.filter(subject_id=release.pk).order_by("id")
    assert [(row.event, row.actor_name, row.to_state) for row in history] == [
        ("draft", "褚录", "draft"),
        ("validate", "褚录", "validated"),
        ("seal", "褚录", "sealed"),
        ("sign", "何发", "sealed"),
        ("sign", "吕布", "sealed"),
        ("approve", "吕布", "approved"),
        ("arm", "system", "armed"),
        ("release", "system", "released"),
    ]


def test_the_clerks_steps_are_the_clerks_and_the_officers_the_officers(ready: World, cast: Cast) -> None:
    release = validated(ready)
    for member in (cast.wu, cast.wei, cast.he, cast.jiang, cast.zheng):
        with pytest.raises(ResultsNotFound):
            actions.seal_release(release_id=release.pk, by=member.staff, now=NOW)
        with pytest.raises(ResultsNotFound):
            actions.draft_release(region=ready.region, opens_at=OPENS, by=member.staff, now=NOW)
    for member in (cast.wu, cast.chu, cast.wei, cast.jiang):
        with pytest.raises(ResultsNotFound):
            actions.reopen_release(release_id=release.pk, reason="x", by=member.staff, now=NOW)
