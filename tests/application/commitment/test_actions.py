"""Signing, declining, withdrawing; the lot; and a charge from the notice to the decision."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from jinbang.application import actions as applications
from jinbang.application.commitment import actions, queries
from jinbang.application.commitment.actions import hearing
from jinbang.application.commitment.errors import (
    CommitmentAnswered,
    CommitmentInTheWay,
    CommitmentNotFound,
    CommitmentNotWithdrawable,
    CommitmentTextChanged,
    CommitmentTooEarly,
    CommitmentUnavailable,
    HearingClosed,
    HearingOpen,
    SampleCommitted,
    SampleDrawn,
    SampleNotCommitted,
    SampleSeedLate,
    SampleTooEarly,
    SecondPersonNeeded,
)
from jinbang.application.commitment.facts import CommitmentFacts, facts_of, require_standing
from jinbang.application.commitment.models import Commitment, CommitmentCheck, CommitmentSample
from jinbang.application.commitment.rules import seed_commitment
from jinbang.application.commitment.states import CommitmentState, Obstacle
from jinbang.application.commitment.text import CURRENT_COMMITMENT
from jinbang.application.errors import AlreadyDecided, AppealClosed, ApplicationNotFound
from jinbang.application.models import Application, LineRequest
from jinbang.application.states import TRANSITIONS, ApplicationEvent, ApplicationState
from jinbang.audit.models import StateChange
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.clock import SHANGHAI
from jinbang.people import actions as people
from jinbang.people.integrity.actions import enter_integrity_record
from jinbang.people.models import IntegrityRecord
from jinbang.people.queries import Candidate, Staff, get_staff
from jinbang.people.states import IntegrityGround, Role
from jinbang.sittings.actions import extend_window
from jinbang.sittings.errors import WindowClosed
from jinbang.sittings.models import Site
from tests.application.world import AFTER_CLOSE, LATER, World, chosen, filled, refused, row, started, submit
from tests.cast import NOW, SINCE, Cast, StaffMember

pytestmark = pytest.mark.django_db
SEED = "5f" * 32


def sign(application_id: UUID, *, by: Candidate, now: datetime = NOW) -> Commitment:
    return actions.sign_commitment(
        application_id=application_id, text_version=CURRENT_COMMITMENT.version, by=by, now=now
    )


def facts_on(application: Application, *, now: datetime) -> CommitmentFacts:
    return facts_of(application, today=now.astimezone(SHANGHAI).date())


def record(cast: Cast) -> IntegrityRecord:
    return enter_integrity_record(
        person_id=cast.lin.bound.pk,
        authority=cast.chongqing,
        ground=IntegrityGround.ARTICLE_7,
        document_number="渝考处〔2025〕1号",
        starts_on=SINCE,
        by=SYSTEM,
        now=NOW,
    )


def second_reviewer(cast: Cast) -> Staff:
    return made_reviewer(cast, cast.wu)


def third_reviewer(cast: Cast) -> Staff:
    return made_reviewer(cast, cast.han)


def made_reviewer(cast: Cast, member: StaffMember) -> Staff:
    people.appoint(
        account=member.account,
        authority=cast.shanxi,
        role=Role.REVIEWER,
        unit="监察室",
        starts_on=SINCE,
        by=SYSTEM,
        now=NOW,
    )
    return get_staff(member.account, today=NOW.date())


# ---------------------------------------------------------------- the answer


def test_signing_keeps_wording_hash_and_instant(cast: Cast, world: World) -> None:
    application = chosen(cast.lin.candidate)
    commitment = sign(application.pk, by=cast.lin.candidate)
    assert (commitment.text_version, commitment.text_hash) == (CURRENT_COMMITMENT.version, CURRENT_COMMITMENT.sha256)
    assert commitment.answered_at == NOW
    facts = facts_on(application, now=NOW)
    assert facts.has_answer
    assert facts.is_under_commitment
    change = StateChange.objects.get(subject_id=commitment.pk)
    assert change.details["text_sha256"] == CURRENT_COMMITMENT.sha256


def test_another_wording_than_the_one_in_force_is_refused(cast: Cast, world: World) -> None:
    application = chosen(cast.lin.candidate)
    with pytest.raises(CommitmentTextChanged):
        actions.sign_commitment(application_id=application.pk, text_version="2019-1", by=cast.lin.candidate, now=NOW)


def test_nobody_signs_for_another(cast: Cast, world: World) -> None:
    application = chosen(cast.lin.candidate)
    with pytest.raises(ApplicationNotFound):
        sign(application.pk, by=cast.zhao.candidate)


def test_a_question_is_answered_once(cast: Cast, world: World) -> None:
    application = chosen(cast.lin.candidate)
    sign(application.pk, by=cast.lin.candidate)
    with pytest.raises(CommitmentAnswered):
        actions.decline_commitment(application_id=application.pk, by=cast.lin.candidate, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():  # the database holds it too
        Commitment.objects.create(
            person=cast.lin.bound, application=application, programme_code="x", year=2026, answered_at=NOW
        )


@pytest.mark.parametrize("how", ["decline", "withdraw"])
def test_what_was_declined_or_withdrawn_is_gone_for_the_year_even_in_a_new_application(
    cast: Cast, world: World, how: str
) -> None:
    by, application = cast.lin.candidate, chosen(cast.lin.candidate)
    if how == "decline":
        actions.decline_commitment(application_id=application.pk, by=by, now=NOW)
    else:
        sign(application.pk, by=by)
        actions.withdraw_commitment(application_id=application.pk, by=by, now=NOW)
    applications.withdraw_application(application_id=application.pk, by=by, now=NOW)
    again = chosen(by, now=LATER)
    assert facts_on(again, now=LATER).obstacle is Obstacle.SPENT
    with pytest.raises(CommitmentUnavailable):
        sign(again.pk, by=by, now=LATER)


def test_a_signed_one_can_be_signed_again_in_a_new_application(cast: Cast, world: World) -> None:
    by, application = cast.lin.candidate, chosen(cast.lin.candidate)
    sign(application.pk, by=by)
    applications.withdraw_application(application_id=application.pk, by=by, now=NOW)
    again = chosen(by, now=LATER)
    assert sign(again.pk, by=by, now=LATER).state == CommitmentState.SIGNED


def test_whoever_is_on_record_gives_evidence(cast: Cast, world: World) -> None:
    record(cast)
    application = chosen(cast.lin.candidate)
    facts = facts_on(application, now=NOW)
    assert (facts.obstacle, facts.has_answer, facts.is_under_commitment) == (Obstacle.ON_RECORD, True, False)
    with pytest.raises(CommitmentUnavailable):
        sign(application.pk, by=cast.lin.candidate)


def test_whoever_comes_on_record_after_signing_does_not_submit_on_it(cast: Cast, world: World) -> None:
    application = filled(cast.lin.candidate, site=world.first, commits=False)
    sign(application.pk, by=cast.lin.candidate)
    record(cast)
    with pytest.raises(CommitmentUnavailable):
        submit(application.pk, by=cast.lin.candidate)


def test_exempted_people_are_checked_by_hand_where_the_notice_says_so(cast: Cast, world: World) -> None:
    by, application = cast.lin.candidate, started(cast.lin.candidate)
    applications.fill_specialty(application_id=application.pk, specialty_code="installation", by=by, now=NOW)
    track = world.sitting.programme_version.programme.level("level-2").tracks[0].code
    applications.fill_track(application_id=application.pk, track_code=track, by=by, now=NOW)
    with pytest.raises(CommitmentUnavailable):
        sign(application.pk, by=by)


def test_nobody_answers_before_it_is_known_who_may_sign(cast: Cast, world: World) -> None:
    by, application = cast.lin.candidate, started(cast.lin.candidate)
    applications.fill_specialty(application_id=application.pk, specialty_code="installation", by=by, now=NOW)
    with pytest.raises(CommitmentTooEarly):
        actions.decline_commitment(application_id=application.pk, by=by, now=NOW)
    with pytest.raises(CommitmentTooEarly):
        sign(application.pk, by=by)
    applications.fill_track(application_id=application.pk, track_code="full", by=by, now=NOW)
    assert sign(application.pk, by=by).state == CommitmentState.SIGNED


def test_signed_too_early_the_exempted_would_be_told_at_submitting_only(
    cast: Cast, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    by, application = cast.lin.candidate, started(cast.lin.candidate)
    track = world.sitting.programme_version.programme.level("level-2").tracks[0].code
    monkeypatch.setattr(queries, "has_chosen", lambda _application: True)
    sign(application.pk, by=by)
    monkeypatch.setattr("jinbang.application.actions.fill.require_standing", lambda _facts: None)
    applications.fill_track(application_id=application.pk, track_code=track, by=by, now=NOW)
    with pytest.raises(CommitmentInTheWay):
        require_standing(facts_on(Application.objects.get(), now=NOW))


# ---------------------------------------------------------------- withdrawing


def test_withdrawing_sends_back_what_was_submitted_with_its_evidence_asked_for(cast: Cast, world: World) -> None:
    application = filled(cast.lin.candidate, site=world.first, commits=False)
    sign(application.pk, by=cast.lin.candidate)
    submit(application.pk, by=cast.lin.candidate)
    actions.withdraw_commitment(application_id=application.pk, by=cast.lin.candidate, now=LATER)
    application.refresh_from_db()
    assert application.state == ApplicationState.RETURNED
    lines = set(LineRequest.objects.filter(application=application).values_list("line", flat=True))
    assert lines
    assert all(line.startswith("evidence:") for line in lines)
    assert not facts_on(application, now=LATER).is_under_commitment


def test_an_approved_one_can_still_withdraw_before_the_window_closes(cast: Cast, world: World) -> None:
    application = submitted_under_commitment(cast, world)
    applications.approve_application(application_id=application.pk, version=1, by=cast.zhou.staff, now=NOW)
    actions.withdraw_commitment(application_id=application.pk, by=cast.lin.candidate, now=LATER)
    application.refresh_from_db()
    assert application.state == ApplicationState.RETURNED


def test_the_window_decides_and_an_extension_counts_at_once(cast: Cast, world: World) -> None:
    application = chosen(cast.lin.candidate)
    sign(application.pk, by=cast.lin.candidate)
    with pytest.raises(WindowClosed):
        actions.withdraw_commitment(application_id=application.pk, by=cast.lin.candidate, now=AFTER_CLOSE)
    extend_application_window(cast, world)
    actions.withdraw_commitment(application_id=application.pk, by=cast.lin.candidate, now=AFTER_CLOSE)
    assert facts_on(application, now=AFTER_CLOSE).state is CommitmentState.WITHDRAWN


def test_a_commitment_under_check_is_not_withdrawn(cast: Cast, world: World) -> None:
    application = submitted_under_commitment(cast, world)
    actions.question_commitment(commitment_id=Commitment.objects.get().pk, by=cast.zhou.staff, now=NOW)
    with pytest.raises(CommitmentNotWithdrawable):
        actions.withdraw_commitment(application_id=application.pk, by=cast.lin.candidate, now=LATER)


def extend_application_window(cast: Cast, world: World, *, days: int = 3) -> None:
    from jinbang.sittings.plan import NoticePlan
    from jinbang.sittings.states import NoticeKind, WindowKind

    extend_window(
        sitting_id=world.sitting.pk,
        region_id=None,
        kind=WindowKind.APPLICATION,
        closes=AFTER_CLOSE + timedelta(days=days),
        reason="系统故障",
        notice=NoticePlan(kind=NoticeKind.EXTENSION, title="延期公告", body="报名延期。"),
        by=cast.qian.staff,
        now=NOW,
    )


def submitted_under_commitment(cast: Cast, world: World) -> Application:
    application = filled(cast.lin.candidate, site=world.first, commits=False)
    sign(application.pk, by=cast.lin.candidate)
    return submit(application.pk, by=cast.lin.candidate)


# ---------------------------------------------------------------- the lot


def test_a_seed_is_committed_to_in_time_and_once(cast: Cast, world: World) -> None:
    by = cast.zhou.staff
    with pytest.raises(SampleSeedLate):
        actions.commit_sample_seed(region_id=world.region.pk, by=by, now=AFTER_CLOSE)
    sample = actions.commit_sample_seed(region_id=world.region.pk, by=by, now=NOW, seed=SEED)
    assert sample.seed_commitment == seed_commitment(SEED)
    with pytest.raises(SampleCommitted):
        actions.commit_sample_seed(region_id=world.region.pk, by=by, now=NOW)
    assert SEED not in str(list(StateChange.objects.values_list("details", flat=True)))


def test_the_lot_questions_those_under_commitment_once_nobody_can_apply(cast: Cast, world: World) -> None:
    application = submitted_under_commitment(cast, world)
    applications.enter_applications([row(cast.zhao.bound.pk, world)], by=SYSTEM, now=NOW)  # not under commitment
    by = cast.zhou.staff
    with pytest.raises(SampleNotCommitted):
        actions.draw_commitment_sample(region_id=world.region.pk, by=by, now=AFTER_CLOSE)
    actions.commit_sample_seed(region_id=world.region.pk, by=by, now=NOW, seed=SEED)
    with pytest.raises(SampleTooEarly):
        actions.draw_commitment_sample(region_id=world.region.pk, by=by, now=AFTER_CLOSE - timedelta(microseconds=1))
    sample = actions.draw_commitment_sample(region_id=world.region.pk, by=by, now=AFTER_CLOSE)
    assert (sample.population, sample.drawn) == (1, 1)
    assert CommitmentCheck.objects.get().commitment.application_id == application.pk
    with pytest.raises(SampleDrawn):
        actions.draw_commitment_sample(region_id=world.region.pk, by=by, now=AFTER_CLOSE)


def test_an_extension_moves_the_draw(cast: Cast, world: World) -> None:
    actions.commit_sample_seed(region_id=world.region.pk, by=cast.zhou.staff, now=NOW, seed=SEED)
    extend_application_window(cast, world)
    with pytest.raises(SampleTooEarly):
        actions.draw_commitment_sample(region_id=world.region.pk, by=cast.zhou.staff, now=AFTER_CLOSE)


def test_another_provinces_reviewer_neither_commits_nor_draws(cast: Cast, world: World) -> None:
    for act in (actions.commit_sample_seed, actions.draw_commitment_sample):
        with pytest.raises(CommitmentNotFound):
            act(region_id=world.region.pk, by=cast.zheng.staff, now=NOW)
    assert not CommitmentSample.objects.exists()


# ---------------------------------------------------------------- a charge


def charged(cast: Cast, world: World, *, now: datetime = NOW) -> CommitmentCheck:
    submitted_under_commitment(cast, world)
    commitment = actions.question_commitment(commitment_id=Commitment.objects.get().pk, by=cast.zhou.staff, now=now)
    return actions.charge_commitment(
        check_id=commitment.checks.get().pk, charge="毕业证书编号查无此证。", by=cast.zhou.staff, now=now
    )


def test_the_one_charged_is_heard_and_a_second_person_decides(cast: Cast, world: World) -> None:
    check, second = charged(cast, world), second_reviewer(cast)

    def decide(by: Staff) -> None:
        actions.find_commitment_false(check_id=check.pk, document_number="晋人考处〔2026〕3号", by=by, now=LATER)

    assert check.defence_until == datetime(2026, 3, 18, tzinfo=NOW.tzinfo)  # five working days after 10 March
    with pytest.raises(HearingOpen):
        decide(second)
    actions.answer_charge(
        application_id=Application.objects.get().pk, statement="证书换发过。", by=cast.lin.candidate, now=LATER
    )
    with pytest.raises(SecondPersonNeeded):
        decide(cast.zhou.staff)
    decide(second)
    application = Application.objects.get()
    assert application.state == ApplicationState.VOIDED
    assert Site.objects.get(pk=world.first.pk).taken == 0
    entry = IntegrityRecord.objects.get()
    assert (entry.person_id, entry.ground) == (cast.lin.bound.pk, IntegrityGround.FALSE_COMMITMENT)
    assert entry.document_number == "晋人考处〔2026〕3号"


def refused_under_charge(cast: Cast, world: World) -> tuple[CommitmentCheck, Application]:
    """Return the charge against an application that was refused for another reason, and can still be appealed."""
    check = charged(cast, world)
    return check, refused(Application.objects.get(), first=cast.zhou.staff, second=second_reviewer(cast))


def appealed(cast: Cast) -> None:
    pk = Application.objects.get().pk
    applications.appeal_refusal(application_id=pk, words="专业对口。", by=cast.lin.candidate, now=LATER)


def found_false(cast: Cast, check: CommitmentCheck) -> Application:
    """Decide on the charge when the time to answer is over, as the second person."""
    second, until = get_staff(cast.wu.account, today=NOW.date()), check.defence_until
    assert until is not None
    actions.find_commitment_false(check_id=check.pk, document_number="晋人考处〔2026〕4号", by=second, now=until)
    return Application.objects.get()


def test_what_was_refused_becomes_void_too_and_no_appeal_leads_back(cast: Cast, world: World) -> None:
    check, _ = refused_under_charge(cast, world)
    application = found_false(cast, check)
    assert (application.state, application.reason) == (ApplicationState.VOIDED, "false_commitment")
    assert Site.objects.get(pk=world.first.pk).taken == 0
    with pytest.raises(AppealClosed):
        appealed(cast)


def test_an_appeal_that_waits_becomes_void_too_and_nobody_reopens_it(cast: Cast, world: World) -> None:
    check, _ = refused_under_charge(cast, world)
    appealed(cast)
    application = found_false(cast, check)
    assert application.state == ApplicationState.VOIDED
    assert Site.objects.get(pk=world.first.pk).taken == 0
    with pytest.raises(AlreadyDecided):
        applications.reopen_application(
            application_id=application.pk, version=1, reason="申诉有理", by=third_reviewer(cast), now=LATER
        )


@pytest.mark.parametrize("found", ["before the appeal", "after it"])
def test_left_standing_the_refusal_would_let_an_appeal_bring_a_false_commitment_back(  # noqa: PLR0917  # fixtures come by name
    cast: Cast, world: World, monkeypatch: pytest.MonkeyPatch, found: str
) -> None:
    ends = {key: to for key, to in TRANSITIONS.items() if key[1] is not ApplicationEvent.VOID}
    monkeypatch.setattr(hearing, "TRANSITIONS", ends)
    check, _ = refused_under_charge(cast, world)
    if found == "after it":
        appealed(cast)
    application = found_false(cast, check)
    if found == "before the appeal":
        appealed(cast)
    applications.reopen_application(
        application_id=application.pk, version=1, reason="申诉有理", by=third_reviewer(cast), now=LATER
    )
    assert Application.objects.get().state == ApplicationState.SUBMITTED
    assert Commitment.objects.get().state == CommitmentState.FALSE


def test_the_database_too_refuses_one_person_for_both(cast: Cast, world: World) -> None:
    check = charged(cast, world)
    with pytest.raises(IntegrityError), transaction.atomic():
        CommitmentCheck.objects.filter(pk=check.pk).update(decided_by_id=check.charged_by_id)


def test_after_the_examination_the_application_stands_and_results_find_the_marks_void(cast: Cast, world: World) -> None:
    after = datetime(2026, 6, 1, 10, tzinfo=NOW.tzinfo)
    check, second = charged(cast, world, now=after), second_reviewer(cast)
    assert check.defence_until is not None
    actions.find_commitment_false(check_id=check.pk, document_number="x〔2026〕9号", by=second, now=check.defence_until)
    assert Application.objects.get().state == ApplicationState.SUBMITTED
    assert list(queries.false_findings()) == [check]


def test_a_second_person_can_also_acquit(cast: Cast, world: World) -> None:
    check, second = charged(cast, world), second_reviewer(cast)
    until = check.defence_until
    assert until is not None
    with pytest.raises(SecondPersonNeeded):
        actions.uphold_commitment(check_id=check.pk, by=cast.zhou.staff, now=until)
    actions.uphold_commitment(check_id=check.pk, by=second, now=until)
    assert Commitment.objects.get().state == CommitmentState.UPHELD
    assert not IntegrityRecord.objects.exists()


def test_what_the_evidence_shows_to_be_true_ends_the_check(cast: Cast, world: World) -> None:
    submitted_under_commitment(cast, world)
    commitment = actions.question_commitment(commitment_id=Commitment.objects.get().pk, by=cast.zhou.staff, now=NOW)
    actions.uphold_commitment(check_id=commitment.checks.get().pk, by=cast.zhou.staff, now=NOW)
    assert CommitmentCheck.objects.get().closed_at == NOW


def test_an_answer_comes_in_time(cast: Cast, world: World) -> None:
    check = charged(cast, world)
    until = check.defence_until
    assert until is not None
    with pytest.raises(HearingClosed):
        actions.answer_charge(
            application_id=Application.objects.get().pk, statement="迟了", by=cast.lin.candidate, now=until
        )
