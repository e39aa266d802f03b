"""Claims, line-level review, second looks, appeals, tiers and bulk: act by act, each with its refusals."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from jinbang.application import (
    actions,
    agreed,
    casefile,
    caseload,
    dossier,
    papers,
    photo_versions,
    reviewing,
    worklist,
)
from jinbang.application.actions.attach import sealed_page
from jinbang.application.caseload import Filters
from jinbang.application.errors import (
    AlreadyDecided,
    AppealClosed,
    ApplicationNotFound,
    CaseClaimed,
    LinesNotFine,
    ListChanged,
    NotIndependent,
    PhotoSealBroken,
    ReasonMissing,
    SeedNotPublic,
)
from jinbang.application.evidence import clean_file
from jinbang.application.models import (
    Appeal,
    Application,
    Evidence,
    LineMark,
    LineRequest,
    ListedReason,
    Photo,
    SubmittedVersion,
)
from jinbang.application.photo_findings import Finding, FindingCode, Level
from jinbang.application.queries import reading_of
from jinbang.application.reviewing import LineVerdict, ReasonKind, Terms
from jinbang.application.states import ApplicationState as S
from jinbang.audit.models import StateChange
from jinbang.kernel.errors import IllegalTransition
from jinbang.people.errors import NotYours
from jinbang.people.models import IdentityDocument, Person
from jinbang.people.queries import verifications_of
from jinbang.people.verification.models import Verification
from jinbang.people.verification.queries import basis_of
from jinbang.people.verification.states import VerificationKind, VerificationState
from tests.application.world import (
    AFTER_REVIEW,
    CODE,
    LATER,
    SMALL_PHOTO,
    World,
    drawn_photo,
    refused,
    row,
    submit,
    submitted,
)
from tests.cast import NOW, Cast
from tests.results.world import many_people

pytestmark = pytest.mark.django_db

LEASE = reviewing.USUAL_TERMS.lease
Facts = dict[str, Any]
FIX, FINE, NOT_MET = LineVerdict.TO_FIX, LineVerdict.FINE, LineVerdict.NOT_MET


@pytest.fixture
def case(cast: Cast, world: World) -> Application:
    return submitted(cast.lin.candidate, site=world.first)


def now_of(case: Application) -> Application:
    return Application.objects.get(pk=case.pk)


# ---------------------------------------------------------------- claims


def test_a_claim_keeps_others_from_deciding_until_the_lease_ends(cast: Cast, case: Application) -> None:
    zhou, bai = cast.zhou.staff, cast.bai.staff
    actions.claim_case(application_id=case.pk, by=zhou, now=LATER)
    seen: Facts = {"application_id": case.pk, "version": 1}
    almost, over = LATER + LEASE - timedelta(microseconds=1), LATER + LEASE
    with pytest.raises(CaseClaimed) as told:
        actions.approve_application(**seen, by=bai, now=almost)
    assert told.value.fields == {"claimed_by": "周审", "claimed_until": over}
    with pytest.raises(CaseClaimed):
        actions.claim_case(application_id=case.pk, by=bai, now=almost)
    with pytest.raises(CaseClaimed):
        actions.mark_lines(**seen, marks={"photo": (FINE, "")}, by=bai, now=almost)
    actions.claim_case(application_id=case.pk, by=bai, now=over)
    with pytest.raises(CaseClaimed):  # the lease has gone to another: its earlier holder cannot commit
        actions.approve_application(**seen, by=zhou, now=over)
    assert actions.approve_application(**seen, by=bai, now=over).state == S.APPROVED
    assert (now_of(case).claimed_by_id, now_of(case).claimed_until) == (None, None)


def test_acting_renews_a_lease_and_putting_back_ends_it(cast: Cast, case: Application) -> None:
    zhou, bai = cast.zhou.staff, cast.bai.staff
    actions.claim_case(application_id=case.pk, by=zhou, now=LATER)
    later = LATER + timedelta(minutes=10)
    actions.mark_lines(application_id=case.pk, version=1, marks={"photo": (FINE, "")}, by=zhou, now=later)
    assert now_of(case).claimed_until == later + LEASE
    assert StateChange.objects.filter(subject_id=case.pk, event="claim").count() == 1
    actions.release_case(application_id=case.pk, by=bai, now=later)
    assert now_of(case).claimed_by_id == zhou.account_id, "nobody puts back what another holds"
    actions.release_case(application_id=case.pk, by=zhou, now=later)
    assert now_of(case).claimed_by_id is None


def test_the_next_case_is_the_most_urgent_free_one(cast: Cast, world: World) -> None:
    first = submitted(cast.lin.candidate, site=world.first)
    second = submitted(cast.zhao.candidate, site=world.first, now=NOW + timedelta(minutes=1))
    zhou, bai = cast.zhou.staff, cast.bai.staff
    assert actions.claim_next_case(by=zhou, now=LATER) == first
    assert actions.claim_next_case(by=bai, now=LATER) == second
    assert actions.claim_next_case(by=cast.shi.staff, now=LATER) is None
    assert actions.claim_next_case(by=zhou, now=LATER, after=first) is None, (
        "what was just put back is not handed out again at once"
    )
    actions.release_case(application_id=second.pk, by=bai, now=LATER)
    assert actions.claim_next_case(by=zhou, now=LATER, after=first) == second
    assert now_of(first).claimed_by_id is None
    assert actions.claim_next_case(by=zhou, now=LATER, filters=Filters(state=S.APPEALED)) is None


def test_nobody_is_given_what_they_entered_proposed_or_may_not_see(cast: Cast, world: World, case: Application) -> None:
    zhou, bai = cast.zhou.staff, cast.bai.staff
    assert actions.claim_next_case(by=cast.zheng.staff, now=LATER) is None
    actions.propose_refusal(application_id=case.pk, version=1, reason="学历不符。", by=zhou, now=LATER)
    assert actions.claim_next_case(by=zhou, now=LATER) is None
    assert actions.claim_next_case(by=bai, now=LATER) == case
    actions.enter_applications([row(cast.zhao.bound.pk, world)], by=cast.shi.staff, now=NOW)
    actions.release_case(application_id=case.pk, by=bai, now=LATER)
    assert actions.claim_next_case(by=cast.shi.staff, now=LATER) == case


def test_the_lease_is_what_the_nearest_authority_has_laid_down(cast: Cast, case: Application) -> None:
    terms: Facts = {"by": cast.qian.staff, "now": NOW, "starts_on": NOW.date()}
    actions.lay_down_terms(authority_id=cast.shanxi.pk, terms=Terms(40, 1), **terms)
    actions.lay_down_terms(authority_id=cast.nation.pk, terms=Terms(3, 9), **terms)
    tomorrow: Facts = {**terms, "starts_on": NOW.date() + timedelta(days=1)}
    actions.lay_down_terms(authority_id=cast.shanxi.pk, terms=Terms(1, 1), **tomorrow)
    assert caseload.terms_of(case.region, today=NOW.date()) == Terms(40, 1)
    claimed = actions.claim_case(application_id=case.pk, by=cast.zhou.staff, now=LATER)
    assert claimed.claimed_until == LATER + timedelta(minutes=40)
    with pytest.raises(NotYours):
        actions.lay_down_terms(authority_id=cast.shanxi.pk, terms=Terms(1, 1), **{**terms, "by": cast.zhou.staff})


# ---------------------------------------------------------------- line by line


def test_a_return_asks_for_each_line_where_it_is_put_right(cast: Cast, case: Application) -> None:
    zhou, item = cast.zhou.staff, "evidence:学历证书"
    marks = {
        item: (FIX, "扫描件看不清"),
        "education": (FIX, "与证书不一致。"),
        "work_years": (FIX, "缺证明。"),
        "identity": (FIX, "姓名"),
        "photo": (FINE, ""),
    }
    actions.mark_lines(application_id=case.pk, version=1, marks=marks, by=zhou, now=LATER)
    with pytest.raises(LinesNotFine):
        actions.approve_application(application_id=case.pk, version=1, by=zhou, now=LATER)
    actions.return_application(application_id=case.pk, version=1, reason="", by=zhou, now=LATER)
    asked = dict(LineRequest.objects.filter(application=case, version=1).values_list("line", "words"))
    assert asked == {item: "扫描件看不清", "education": "与证书不一致。缺证明。"}


def test_marks_belong_to_a_version_and_a_mark_can_be_taken_away(cast: Cast, case: Application) -> None:
    zhou = cast.zhou.staff
    actions.mark_lines(application_id=case.pk, version=1, marks={"photo": (FIX, "太暗")}, by=zhou, now=LATER)
    actions.mark_lines(application_id=case.pk, version=1, marks={"photo": (None, "")}, by=zhou, now=LATER)
    assert not LineMark.objects.exists()
    actions.mark_lines(application_id=case.pk, version=1, marks={"photo": (FIX, "太暗")}, by=zhou, now=LATER)
    actions.return_application(application_id=case.pk, version=1, reason="", by=zhou, now=LATER)
    again = submit(case.pk, by=cast.lin.candidate, now=LATER)
    assert caseload.marks_of(again) == {}
    assert actions.approve_application(application_id=case.pk, version=2, by=zhou, now=LATER).state == S.APPROVED


def test_a_resubmission_shows_line_by_line_what_it_changed(cast: Cast, case: Application) -> None:
    kept = {
        "level_code": "level-2", "specialty_code": "installation", "track_code": "full", "education": "associate",
        "condition_code": case.condition_code, "graduated_on": "2018-07-01", "work_years": 3,
        "employer": case.employer, "subject_codes": ["basics", "practice"], "site_id": str(case.site_id),
        "photo_sha256": "a" * 64, "evidence": [["学历证书", "b" * 64]],
    }  # fmt: skip
    SubmittedVersion.objects.filter(application=case, version=1).update(answers=kept)
    newer = {**kept, "education": "bachelor", "photo_sha256": "c" * 64}
    SubmittedVersion.objects.create(application=case, version=2, answers=newer, submitted_at=LATER)
    Application.objects.filter(pk=case.pk).update(version=2)
    lines = {line.code: line for line in casefile.checklist_of(reading_of(now_of(case)))}
    assert (lines["education"].value, lines["education"].before) == ("大学本科", "大学专科")
    changed = {code for code, line in lines.items() if line.has_changed}
    assert changed == {"education", "photo"}


def test_a_page_of_evidence_opens_for_its_own_desk_alone(cast: Cast, case: Application) -> None:
    page = sealed_page(clean_file(drawn_photo(300, 400)), case, item="学历证书", now=NOW)
    page.save()
    opened = papers.open_evidence_of_case(case.pk, page.pk, by=cast.zhou.staff)
    assert (opened.content[:3], opened.content_type) == (b"\xff\xd8\xff", "image/jpeg")
    assert opened.content not in bytes(Evidence.objects.get(pk=page.pk).sealed)
    with pytest.raises(ApplicationNotFound):
        papers.open_evidence_of_case(case.pk, page.pk, by=cast.zheng.staff)
    assert [(one.item, one.number) for one in casefile.pages_of(case)] == [("学历证书", 1)]


# ---------------------------------------------------------------- listed reasons


def test_a_desk_adds_to_its_list_replaces_and_takes_away(cast: Cast, case: Application) -> None:
    zhou, kind = cast.zhou.staff, ReasonKind.RETURN
    built_in = casefile.reasons_for(case)[kind]
    listed: Facts = {"authority_id": cast.shanxi.pk, "kind": kind, "by": zhou}
    actions.list_reason(**listed, text="学历证书扫描件看不清，请重新上传。", code="blurred", now=LATER)
    actions.list_reason(**listed, text="照片请用白底。", code="photo", now=LATER)
    actions.unlist_reason(**listed, code="employer", now=LATER)
    actions.list_reason(**listed, text="别的项目。", code="strange", programme_code="no-such", now=LATER)
    now_listed = casefile.reasons_for(case)[kind]
    assert list(now_listed)[-1] == "other"
    assert set(now_listed) == set(built_in) - {"employer"} | {"blurred"}
    assert now_listed["photo"] == "照片请用白底。"
    assert ListedReason.objects.count() == 4
    with pytest.raises(NotYours):
        actions.list_reason(**{**listed, "by": cast.zheng.staff}, text="山西的。", now=LATER)


# ---------------------------------------------------------------- second looks and appeals


def test_nobody_confirms_their_own_proposal_or_what_they_entered(cast: Cast, world: World, case: Application) -> None:
    zhou, bai = cast.zhou.staff, cast.bai.staff
    actions.propose_refusal(application_id=case.pk, version=1, reason="学历不符。", by=zhou, now=LATER)
    with pytest.raises(NotIndependent):
        actions.confirm_refusal(application_id=case.pk, version=1, by=zhou, now=LATER)
    with pytest.raises(NotIndependent):
        actions.send_back(application_id=case.pk, version=1, reason="再看。", by=zhou, now=LATER)
    with pytest.raises(ReasonMissing):
        actions.send_back(application_id=case.pk, version=1, reason=" ", by=bai, now=LATER)
    with pytest.raises(ApplicationNotFound):
        actions.confirm_refusal(application_id=case.pk, version=1, by=cast.zheng.staff, now=LATER)
    Application.objects.filter(pk=case.pk).update(entered_by_id=bai.account_id)
    with pytest.raises(NotIndependent):
        actions.confirm_refusal(application_id=case.pk, version=1, by=bai, now=LATER)
    assert now_of(case).state == S.REFUSAL_PROPOSED


def test_what_is_sent_back_is_decided_anew_and_an_old_page_confirms_nothing(cast: Cast, case: Application) -> None:
    zhou, bai = cast.zhou.staff, cast.bai.staff
    seen: Facts = {"application_id": case.pk, "version": 1}
    first = actions.propose_refusal(**seen, reason="学历不符。", by=zhou, now=LATER)
    back = actions.send_back(**seen, reason="证书可以核对，请再看。", by=bai, now=LATER, seen_at=first.decided_at)
    assert (back.state, back.reason) == (S.SUBMITTED, "")
    second = actions.propose_refusal(**seen, reason="年限不足。", by=zhou, now=LATER + timedelta(minutes=1))
    with pytest.raises(AlreadyDecided):
        actions.confirm_refusal(**seen, by=bai, now=LATER, seen_at=first.decided_at)
    done = actions.confirm_refusal(**seen, by=bai, now=LATER, seen_at=second.decided_at)
    assert (done.state, done.reason) == (S.REFUSED, "年限不足。")


def test_a_candidate_reads_no_proposal_and_no_word_between_colleagues(cast: Cast, case: Application) -> None:
    seen: Facts = {"application_id": case.pk, "version": 1}
    actions.claim_case(application_id=case.pk, by=cast.zhou.staff, now=LATER)
    actions.propose_refusal(**seen, reason="学历不符。", by=cast.zhou.staff, now=LATER)
    actions.send_back(**seen, reason="证书可以核对。", by=cast.bai.staff, now=LATER)
    said = dossier.timeline_of(case, names_staff=False)
    assert all(line.reason == "" and line.by == "" for line in said)
    assert [line.label for line in said][-3:] == ["提交报名", "提交复审", "复审退回，重新审核"]
    among_us = dossier.timeline_of(case, names_staff=True)
    assert {"学历不符。", "证书可以核对。"} <= {line.reason for line in among_us}


def test_an_appeal_is_decided_by_a_third_person(cast: Cast, world: World, case: Application) -> None:
    zhou, bai, shi = cast.zhou.staff, cast.bai.staff, cast.shi.staff
    refused(case, first=zhou, second=bai)
    actions.appeal_refusal(
        application_id=case.pk,
        words="学历证书可以核验。",
        pages=(clean_file(SMALL_PHOTO),),
        by=cast.lin.candidate,
        now=LATER,
    )
    assert Evidence.objects.get(application=case).item == "appeal"
    judge: Facts = {"application_id": case.pk, "version": 1, "reason": "证书已核对。", "now": LATER}
    for hand in (zhou, bai):
        for act in (actions.uphold_refusal, actions.reopen_application):
            with pytest.raises(NotIndependent):
                act(**judge, by=hand)
        assert actions.claim_next_case(by=hand, now=LATER) is None
    assert actions.claim_next_case(by=shi, now=LATER) == case
    reopened = actions.reopen_application(**judge, by=shi)
    assert (reopened.state, reopened.reason, reopened.appeal_until) == (S.SUBMITTED, "", None)
    assert (Appeal.objects.get().verdict, Appeal.objects.get().answer) == ("reopened", "证书已核对。")
    world.first.refresh_from_db()
    assert world.first.taken == 1
    assert actions.approve_application(application_id=case.pk, version=1, by=zhou, now=LATER).state == S.APPROVED


def test_an_appeal_that_is_upheld_ends_it_and_frees_the_place(cast: Cast, world: World, case: Application) -> None:
    refused(case, first=cast.zhou.staff, second=cast.bai.staff)
    lin = cast.lin.candidate
    actions.appeal_refusal(application_id=case.pk, words="有误。", by=lin, now=LATER)
    with pytest.raises(AppealClosed):
        actions.appeal_refusal(application_id=case.pk, words="有误。", by=lin, now=LATER)
    with pytest.raises(IllegalTransition):  # nobody walks away from a refusal to apply anew
        actions.withdraw_application(application_id=case.pk, by=lin, now=LATER)
    done = actions.uphold_refusal(application_id=case.pk, version=1, reason="不符。", by=cast.shi.staff, now=LATER)
    assert (done.state, done.reason) == (S.REFUSED_FINALLY, "学历不符。")
    world.first.refresh_from_db()
    assert world.first.taken == 0


def test_an_appeal_is_heard_in_its_time_alone_and_only_from_whom_it_concerns(cast: Cast, case: Application) -> None:
    lin, until = cast.lin.candidate, refused(case, first=cast.zhou.staff, second=cast.bai.staff).appeal_until
    assert until is not None
    with pytest.raises(ApplicationNotFound):
        actions.appeal_refusal(application_id=case.pk, words="有误。", by=cast.zhao.candidate, now=LATER)
    with pytest.raises(AppealClosed):
        actions.appeal_refusal(application_id=case.pk, words="有误。", by=lin, now=until)
    actions.appeal_refusal(application_id=case.pk, words="有误。", by=lin, now=until - timedelta(microseconds=1))
    assert actions.settle_refusals(now=AFTER_REVIEW + timedelta(days=90)) == 0, "an appeal is not settled by time"


@pytest.mark.parametrize("by_whom", ["zhou", "cao"])
def test_withdrawing_is_possible_while_others_still_look(cast: Cast, case: Application, by_whom: str) -> None:
    first = {"zhou": cast.zhou.staff, "cao": cast.cao.staff}[by_whom]
    if by_whom == "cao":
        plan_of_two_tiers(cast, case, share=100)
        actions.approve_application(application_id=case.pk, version=1, by=first, now=LATER)
    else:
        actions.propose_refusal(application_id=case.pk, version=1, reason="不符。", by=first, now=LATER)
    done = actions.withdraw_application(application_id=case.pk, by=cast.lin.candidate, now=LATER)
    assert done.state == S.WITHDRAWN


# ---------------------------------------------------------------- two tiers


def plan_of_two_tiers(cast: Cast, case: Application, *, share: int, seed: str = "") -> None:
    actions.plan_review(region_id=case.region_id, tiers=2, sample_percent=share, by=cast.qian.staff, now=NOW, seed=seed)


def test_what_the_sample_draws_waits_for_the_province_and_the_city_cannot_confirm_it(
    cast: Cast, case: Application
) -> None:
    seen: Facts = {"application_id": case.pk, "version": 1}
    cao, zhou = cast.cao.staff, cast.zhou.staff
    plan_of_two_tiers(cast, case, share=100)
    assert actions.approve_application(**seen, by=cao, now=LATER).state == S.SAMPLED
    with pytest.raises(NotIndependent):
        actions.confirm_approval(**seen, by=cao, now=LATER)
    assert case not in caseload.cases_on_desk(cao)
    assert case in caseload.cases_on_desk(zhou)
    actions.send_back(**seen, reason="年限证明缺公章。", by=zhou, now=LATER)
    assert actions.approve_application(**seen, by=cao, now=LATER).state == S.SAMPLED
    assert actions.confirm_approval(**seen, by=zhou, now=LATER).state == S.APPROVED


def test_what_is_not_drawn_and_what_the_province_decides_is_approved(cast: Cast, world: World) -> None:
    one = submitted(cast.lin.candidate, site=world.first)
    other = submitted(cast.zhao.candidate, site=world.first)
    plan_of_two_tiers(cast, one, share=0)
    assert actions.approve_applications((one.pk,), by=cast.cao.staff, now=LATER).approved == (one.pk,)
    plan_of_two_tiers(cast, one, share=100)
    assert actions.approve_applications((other.pk,), by=cast.zhou.staff, now=LATER).approved == (other.pk,)


def test_anybody_redoes_the_sample_when_reviewing_is_over_and_nobody_before(cast: Cast, world: World) -> None:
    people = many_people(12)
    entered = actions.enter_applications([row(one.pk, world) for one in people], by=cast.shi.staff, now=NOW)
    plan_of_two_tiers(cast, entered[0], share=40)
    ids = tuple(one.pk for one in entered)
    done = actions.approve_applications(ids, by=cast.cao.staff, now=LATER)
    assert done.sampled
    assert done.approved
    with pytest.raises(SeedNotPublic):
        agreed.sample_to_redo(CODE, "14", now=LATER)
    _sitting, (before,) = agreed.samples_of(CODE, now=LATER)
    assert before.seed == ""
    told = json.loads(json.dumps(agreed.sample_to_redo(CODE, "14", now=AFTER_REVIEW)))
    (draw,) = told["draws"]
    assert hashlib.sha256(draw["seed"].encode()).hexdigest() == draw["seed_sha256"] == before.plan.seed_commitment
    for one in draw["applications"]:  # redone from what is published alone, by other code
        digest = hashlib.sha256(f"{draw['seed']}:{one['id']}".encode()).hexdigest()
        assert (int(digest[:8], 16) * 100 < draw["share_percent"] * 2**32) == one["drawn"] == one["waited"]
    assert {one["id"] for one in draw["applications"]} == {str(pk) for pk in ids}
    page = Client().get(f"/exams/{CODE}/review-sample/")
    assert before.plan.seed_commitment in page.text
    assert before.plan.seed not in page.text


def test_a_reviewer_does_not_lay_down_what_is_looked_at_of_their_own_work(cast: Cast, case: Application) -> None:
    with pytest.raises(NotYours):
        actions.plan_review(region_id=case.region_id, tiers=1, sample_percent=0, by=cast.cao.staff, now=NOW)


# ---------------------------------------------------------------- many at once


def test_many_at_once_leave_what_another_holds_and_what_is_not_fine(cast: Cast, world: World) -> None:
    lin, zhao = (submitted(one.candidate, site=world.first) for one in (cast.lin, cast.zhao))
    actions.claim_case(application_id=lin.pk, by=cast.bai.staff, now=LATER)
    actions.mark_lines(application_id=zhao.pk, version=1, marks={"photo": (NOT_MET, "")}, by=cast.bai.staff, now=LATER)
    actions.release_case(application_id=zhao.pk, by=cast.bai.staff, now=LATER)
    done = actions.approve_applications((lin.pk, zhao.pk), by=cast.zhou.staff, now=LATER)
    assert (done.approved, done.left) == ((), (lin.pk, zhao.pk))


def test_all_that_match_are_approved_as_listed_and_another_list_is_refused(cast: Cast, world: World) -> None:
    zhou, everything = cast.zhou.staff, Filters()
    people = many_people(3)
    actions.enter_applications([row(one.pk, world) for one in people], by=cast.shi.staff, now=NOW)
    shown = worklist.list_to_approve(everything, by=zhou, now=LATER)
    assert len(shown.lines) == 3
    start: Facts = {"filters": everything, "by": zhou, "now": LATER}
    late = submitted(cast.lin.candidate, site=world.first)
    with pytest.raises(ListChanged):
        actions.start_approval_run(**start, list_sha256=shown.sha256)
    listed = worklist.list_to_approve(everything, by=zhou, now=LATER)
    run = actions.start_approval_run(**start, list_sha256=listed.sha256)
    actions.return_application(application_id=late.pk, version=1, reason="请改。", by=cast.bai.staff, now=LATER)
    assert actions.carry_on_runs(now=LATER) == 1
    assert actions.carry_on_runs(now=LATER) == 0
    run.refresh_from_db()
    assert (run.done, run.approved, run.left) == (4, 3, [str(late.pk)])
    assert run.finished_at is not None
    with pytest.raises(ApplicationNotFound):
        caseload.get_run(run.pk, by=cast.bai.staff)


def confirm(person_id: UUID, kind: VerificationKind) -> None:
    """Let a register have confirmed this, as people and documents stand today."""
    person = Person.objects.get(pk=person_id)
    document = IdentityDocument.objects.filter(person=person).values_list("number_index", flat=True).get()
    Verification.objects.create(
        person=person,
        kind=kind,
        state=VerificationState.PASSED,
        basis=basis_of(name=person.name, document=document, evidence=""),
        checked_at=NOW,
        created_at=NOW,
    )


def test_the_queue_narrows_to_what_registers_have_verified(cast: Cast, world: World) -> None:
    lin, zhao = (submitted(one.candidate, site=world.first) for one in (cast.lin, cast.zhao))
    narrowed: Facts = {"filters": Filters(verified=True), "by": cast.zhou.staff, "now": LATER}
    assert list(caseload.matching(**narrowed)) == []
    confirm(lin.person_id, VerificationKind.REAL_NAME)
    confirm(lin.person_id, VerificationKind.DEGREE)
    confirm(zhao.person_id, VerificationKind.REAL_NAME)
    assert list(caseload.matching(**narrowed)) == [lin]
    assert [caseload.is_verified(verifications_of(one.person_id)) for one in (lin, zhao)] == [True, False]


def test_the_queue_narrows_to_photos_that_a_person_should_look_at(cast: Cast, world: World) -> None:
    lin, zhao = (submitted(one.candidate, site=world.first) for one in (cast.lin, cast.zhao))
    narrowed: Facts = {"filters": Filters(doubtful_photo=True), "by": cast.zhou.staff, "now": LATER}
    for case, level in ((lin, Level.PERSON), (zhao, Level.LOOK_AGAIN)):
        finding = Finding(FindingCode.TILTED, level, measured=9.0)
        Photo.objects.filter(application=case).update(findings=[finding.facts()])
    assert list(caseload.matching(**narrowed)) == [lin]


def test_the_queue_narrows_by_place_level_state_holder_and_version(cast: Cast, world: World) -> None:
    lin = submitted(cast.lin.candidate, site=world.first)
    zhao = submitted(cast.zhao.candidate, site=world.taiyuan)
    actions.claim_case(application_id=lin.pk, by=cast.zhou.staff, now=LATER)
    Application.objects.filter(pk=zhao.pk).update(version=2)

    def found(filters: Filters) -> list[Application]:
        return list(caseload.matching(filters, by=cast.zhou.staff, now=LATER))

    assert found(Filters(city="1401")) == [zhao]
    assert found(Filters(region=str(world.region.pk), level="level-2")) == [lin, zhao]
    assert found(Filters(condition="no-such")) == []
    assert found(Filters(state=S.APPEALED)) == []
    assert found(Filters(mine=True)) == [lin]
    assert found(Filters(resubmitted=True)) == [zhao]
    assert found(Filters(overdue=True)) == []
    assert list(caseload.matching(Filters(overdue=True), by=cast.zhou.staff, now=AFTER_REVIEW)) == [lin, zhao]
    counts = caseload.counts_of(caseload.cases_on_desk(cast.zhou.staff), now=AFTER_REVIEW)
    assert (counts[S.SUBMITTED], counts["overdue"], counts["all"]) == (2, 2, 2)


# ---------------------------------------------------------------- the seal


def approve_alone(case: Application, cast: Cast) -> None:
    actions.approve_application(application_id=case.pk, version=1, by=cast.zhou.staff, now=LATER)


def approve_selected(case: Application, cast: Cast) -> None:
    actions.approve_applications((case.pk,), by=cast.zhou.staff, now=LATER)


def approve_all_that_match(case: Application, cast: Cast) -> None:
    listed = worklist.list_to_approve(Filters(), by=cast.zhou.staff, now=LATER)
    actions.start_approval_run(filters=Filters(), list_sha256=listed.sha256, by=cast.zhou.staff, now=LATER)
    actions.carry_on_runs(now=LATER)


def approve_by_two_tiers(case: Application, cast: Cast) -> None:
    actions.plan_review(region_id=case.region_id, tiers=2, sample_percent=100, by=cast.qian.staff, now=LATER)
    actions.approve_application(application_id=case.pk, version=1, by=cast.cao.staff, now=LATER)
    assert now_of(case).state == S.SAMPLED
    assert photo_versions.SEAL not in StateChange.objects.filter(subject_id=case.pk, event="sample").get().details
    actions.confirm_approval(application_id=case.pk, version=1, by=cast.zhou.staff, now=LATER)


def approve_after_an_appeal(case: Application, cast: Cast) -> None:
    refused(case, first=cast.zhou.staff, second=cast.bai.staff)
    actions.appeal_refusal(application_id=case.pk, words="有误。", by=cast.lin.candidate, now=LATER)
    actions.reopen_application(application_id=case.pk, version=1, reason="再看。", by=cast.shi.staff, now=LATER)
    approve_alone(case, cast)


@pytest.mark.parametrize(
    "approve",
    [approve_alone, approve_selected, approve_all_that_match, approve_by_two_tiers, approve_after_an_appeal],
)
def test_every_way_to_an_approval_seals_the_photo(
    cast: Cast, case: Application, approve: Callable[[Application, Cast], None]
) -> None:
    with pytest.raises(PhotoSealBroken):
        photo_versions.open_sealed_photo(case)
    approve(case, cast)
    assert now_of(case).state == S.APPROVED
    sealed = photo_versions.open_sealed_photo(now_of(case))
    assert hashlib.sha256(sealed.jpeg).hexdigest() == sealed.sha256


def test_the_photo_and_the_person_stay_whole_through_it_all(cast: Cast, case: Application) -> None:
    refused(case, first=cast.zhou.staff, second=cast.bai.staff)
    assert Photo.objects.filter(application=case).exists()
    assert Person.objects.filter(pk=case.person_id).exists()
