"""From the first page to a decision, act by act, each with its refusals."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from jinbang.application import actions, queries
from jinbang.application.declaration import CURRENT_DECLARATION, DECLARATIONS
from jinbang.application.errors import (
    AlreadyApplied,
    AlreadyDecided,
    ApplicationIncomplete,
    ApplicationNotFound,
    ChoiceUnknown,
    ConditionNotMet,
    DeclarationNotAccepted,
    NotEditable,
    NotIndependent,
    OnSiteOnly,
    ReasonMissing,
    SiteNotOffered,
)
from jinbang.application.models import Application
from jinbang.application.rules import Task
from jinbang.application.states import ApplicationState
from jinbang.audit.queries import history_of
from jinbang.kernel.clock import SHANGHAI
from jinbang.kernel.errors import IllegalTransition
from jinbang.people.errors import IdentityNotBound
from jinbang.sittings.errors import RegionNotFound, SiteFull, SiteNotFound, SittingNotFound, WindowClosed
from jinbang.sittings.models import Site
from tests.application.world import (
    AFTER_CLOSE,
    AFTER_REVIEW,
    CODE,
    GOOD_BACKGROUND,
    GOOD_CONDITION,
    LATER,
    World,
    filled,
    refused,
    started,
    submit,
    submitted,
)
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db


def taken(site: Site) -> int:
    return Site.objects.get(pk=site.pk).taken


def events_of(application: Application) -> list[str]:
    return [change.event for change in history_of(application)]


# ---------------------------------------------------------------- starting


def test_starts_a_draft_with_the_only_level_chosen(cast: Cast, world: World) -> None:
    application = started(cast.lin.candidate)
    assert application.state == ApplicationState.DRAFT
    assert application.level_code == "level-2"
    assert events_of(application) == ["start"]


def test_refuses_second_application_for_same_sitting(cast: Cast, world: World) -> None:
    started(cast.lin.candidate)
    with pytest.raises(AlreadyApplied):
        started(cast.lin.candidate)
    assert Application.objects.count() == 1


def test_a_withdrawn_application_leaves_room_for_another(cast: Cast, world: World) -> None:
    first = started(cast.lin.candidate)
    actions.withdraw_application(application_id=first.pk, by=cast.lin.candidate, now=NOW)
    assert started(cast.lin.candidate).pk != first.pk


def test_refuses_to_start_outside_the_window(cast: Cast, world: World) -> None:
    with pytest.raises(WindowClosed):
        started(cast.lin.candidate, now=AFTER_CLOSE)


def test_refuses_an_account_without_an_identity(cast: Cast, world: World) -> None:
    with pytest.raises(IdentityNotBound):
        started(cast.sun.candidate)


def test_refuses_unknown_sittings_and_regions(cast: Cast, world: World) -> None:
    with pytest.raises(SittingNotFound):
        actions.start_application(sitting_code="none", authority_code="14", by=cast.lin.candidate, now=NOW)
    with pytest.raises(RegionNotFound):
        actions.start_application(sitting_code=CODE, authority_code="50", by=cast.lin.candidate, now=NOW)


def test_refuses_online_what_is_applied_for_on_site_only(cast: Cast, world: World) -> None:
    version = world.sitting.programme_version
    content = {**version.content, "application": {**version.content["application"], "on_site_only": True}}
    type(version).objects.filter(pk=version.pk).update(content=content)
    with pytest.raises(OnSiteOnly):
        started(cast.lin.candidate)


# ---------------------------------------------------------------- filling in


def test_every_answer_is_saved_at_once(cast: Cast, world: World) -> None:
    application = filled(cast.lin.candidate, site=world.first)
    answers = queries.answers_of(queries.get_own_application(application.pk, by=cast.lin.candidate))
    assert answers.specialty_code == "installation"
    assert answers.subject_codes == ("basics", "practice")
    assert answers.work_years == GOOD_BACKGROUND.work_years
    assert answers.site_id == world.first.pk
    assert answers.has_photo


def test_choosing_a_site_takes_a_place_and_changing_it_frees_the_old_one(cast: Cast, world: World) -> None:
    application = filled(cast.lin.candidate, site=world.first)
    assert (taken(world.first), taken(world.taiyuan)) == (1, 0)
    actions.fill_site(application_id=application.pk, site_id=world.taiyuan.pk, by=cast.lin.candidate, now=NOW)
    actions.fill_site(application_id=application.pk, site_id=world.taiyuan.pk, by=cast.lin.candidate, now=NOW)
    assert (taken(world.first), taken(world.taiyuan)) == (0, 1)


def test_a_full_site_is_refused_and_the_old_place_kept(cast: Cast, world: World) -> None:
    filled(cast.zhao.candidate, site=world.last_place)
    mine = filled(cast.lin.candidate, site=world.first)
    with pytest.raises(SiteFull):
        actions.fill_site(application_id=mine.pk, site_id=world.last_place.pk, by=cast.lin.candidate, now=NOW)
    mine.refresh_from_db()
    assert mine.site_id == world.first.pk
    assert (taken(world.first), taken(world.last_place)) == (1, 1)


def test_refuses_a_site_that_is_not_of_the_region(cast: Cast, world: World) -> None:
    application = started(cast.lin.candidate)
    with pytest.raises(SiteNotFound):
        actions.fill_site(application_id=application.pk, site_id=uuid4(), by=cast.lin.candidate, now=NOW)


def test_no_site_is_chosen_where_the_centre_places(cast: Cast, world: World) -> None:
    application = started(cast.lin.candidate)
    type(world.sitting).objects.filter(pk=world.sitting.pk).update(site_policy="centre")
    with pytest.raises(SiteNotOffered):
        actions.fill_site(application_id=application.pk, site_id=world.first.pk, by=cast.lin.candidate, now=NOW)
    assert taken(world.first) == 0


def test_another_track_clears_what_rested_on_the_first(cast: Cast, world: World) -> None:
    application = filled(cast.lin.candidate, site=world.first, commits=False)
    actions.fill_track(application_id=application.pk, track_code="exempt-basics", by=cast.lin.candidate, now=NOW)
    answers = queries.answers_of(queries.get_own_application(application.pk, by=cast.lin.candidate))
    assert (answers.condition_code, answers.subject_codes) == ("", ())
    assert answers.site_id == world.first.pk


def test_refuses_choices_that_are_not_offered(cast: Cast, world: World) -> None:
    pk, by = started(cast.lin.candidate).pk, cast.lin.candidate
    with pytest.raises(ChoiceUnknown):
        actions.fill_level(application_id=pk, level_code="level-1", by=by, now=NOW)
    with pytest.raises(ChoiceUnknown):
        actions.fill_specialty(application_id=pk, specialty_code="", by=by, now=NOW)
    with pytest.raises(ChoiceUnknown):
        actions.fill_subjects(application_id=pk, subject_codes=(), by=by, now=NOW)


def test_refuses_a_condition_that_the_years_do_not_meet(cast: Cast, world: World) -> None:
    pk, by = started(cast.lin.candidate).pk, cast.lin.candidate
    actions.fill_background(application_id=pk, answer=replace(GOOD_BACKGROUND, work_years=0), by=by, now=NOW)
    with pytest.raises(ConditionNotMet):
        actions.fill_condition(application_id=pk, condition_code=GOOD_CONDITION, by=by, now=NOW)
    assert Application.objects.get(pk=pk).condition_code == ""


def test_other_years_clear_a_condition_that_they_no_longer_meet_and_leave_one_that_they_do(
    cast: Cast, world: World
) -> None:
    pk, by = filled(cast.lin.candidate, site=world.first).pk, cast.lin.candidate
    actions.fill_background(application_id=pk, answer=replace(GOOD_BACKGROUND, work_years=1), by=by, now=NOW)
    assert Application.objects.get(pk=pk).condition_code == GOOD_CONDITION
    actions.fill_background(application_id=pk, answer=replace(GOOD_BACKGROUND, work_years=0), by=by, now=NOW)
    assert Application.objects.get(pk=pk).condition_code == ""


def test_nothing_is_filled_in_after_the_window(cast: Cast, world: World) -> None:
    application = started(cast.lin.candidate)
    with pytest.raises(WindowClosed):
        actions.fill_site(application_id=application.pk, site_id=world.first.pk, by=cast.lin.candidate, now=AFTER_CLOSE)
    assert taken(world.first) == 0


def test_another_persons_application_does_not_exist(cast: Cast, world: World) -> None:
    pk = filled(cast.lin.candidate, site=world.first).pk
    zhao = cast.zhao.candidate
    with pytest.raises(ApplicationNotFound):
        actions.fill_site(application_id=pk, site_id=world.taiyuan.pk, by=zhao, now=NOW)
    with pytest.raises(ApplicationNotFound):
        submit(pk, by=zhao)
    with pytest.raises(ApplicationNotFound):
        actions.withdraw_application(application_id=pk, by=zhao, now=NOW)


# ---------------------------------------------------------------- submitting


def test_submitting_locks_and_keeps_the_declaration(cast: Cast, world: World) -> None:
    application = submitted(cast.lin.candidate, site=world.first)
    assert application.state == ApplicationState.SUBMITTED
    assert DECLARATIONS[application.declaration_version].sha256 == application.declaration_hash
    change = history_of(application).last()
    assert change is not None
    assert change.details["declaration_sha256"] == CURRENT_DECLARATION.sha256
    with pytest.raises(NotEditable):
        actions.fill_track(application_id=application.pk, track_code="full", by=cast.lin.candidate, now=NOW)


def test_the_review_is_due_at_the_end_of_the_second_working_day(cast: Cast, world: World) -> None:
    application = submitted(cast.lin.candidate, site=world.first)  # Tuesday, 10 March
    assert application.review_due_at is not None
    assert application.review_due_at.astimezone(SHANGHAI).isoformat() == "2026-03-13T00:00:00+08:00"


def test_refuses_to_submit_what_is_incomplete(cast: Cast, world: World) -> None:
    application = started(cast.lin.candidate)
    with pytest.raises(ApplicationIncomplete) as refused:
        submit(application.pk, by=cast.lin.candidate)
    assert refused.value.fields["missing"] == (
        Task.SPECIALTY,
        Task.TRACK,
        Task.EDUCATION,
        Task.CONDITION,
        Task.SUBJECTS,
        Task.EMPLOYER,
        Task.SITE,
        Task.PHOTO,
        Task.COMMITMENT,
    )


def test_refuses_another_wording_of_the_declaration(cast: Cast, world: World) -> None:
    application = filled(cast.lin.candidate, site=world.first)
    with pytest.raises(DeclarationNotAccepted):
        actions.submit_application(
            application_id=application.pk, declaration_version="2025-1", by=cast.lin.candidate, now=NOW
        )


def test_refuses_to_submit_at_the_instant_the_window_closes(cast: Cast, world: World) -> None:
    application = filled(cast.lin.candidate, site=world.first)
    with pytest.raises(WindowClosed):
        submit(application.pk, by=cast.lin.candidate, now=AFTER_CLOSE)


def test_submits_in_the_last_second(cast: Cast, world: World) -> None:
    application = filled(cast.lin.candidate, site=world.first)
    last_second = AFTER_CLOSE.replace(day=20, hour=23, minute=59, second=59)
    assert submit(application.pk, by=cast.lin.candidate, now=last_second).state == ApplicationState.SUBMITTED


def test_submitting_costs_few_statements(
    cast: Cast, world: World, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    application = filled(cast.lin.candidate, site=world.first)
    with django_assert_max_num_queries(15):  # type: ignore[operator]  # pytest-django types it as a fixture
        submit(application.pk, by=cast.lin.candidate)


# ---------------------------------------------------------------- reviewing


def test_approves_and_says_by_whom(cast: Cast, world: World) -> None:
    application = submitted(cast.lin.candidate, site=world.first)
    approved = actions.approve_application(application_id=application.pk, version=1, by=cast.zhou.staff, now=LATER)
    assert approved.state == ApplicationState.APPROVED
    assert approved.decided_at == LATER
    decision = queries.last_decision(approved)
    assert decision is not None
    assert (decision.event, decision.actor_name) == ("approve", "周审")


def test_a_returned_application_is_corrected_and_comes_back_as_the_next_version(cast: Cast, world: World) -> None:
    pk = submitted(cast.lin.candidate, site=world.first).pk
    returned = actions.return_application(
        application_id=pk, version=1, reason=" 请填写单位全称。 ", by=cast.zhou.staff, now=LATER
    )
    assert (returned.state, returned.reason) == (ApplicationState.RETURNED, "请填写单位全称。")
    actions.fill_employer(application_id=pk, employer="阳泉市第一建筑工程有限公司", by=cast.lin.candidate, now=LATER)
    again = submit(pk, by=cast.lin.candidate, now=LATER)
    assert (again.version, again.reason) == (2, "")
    with pytest.raises(AlreadyDecided):
        actions.approve_application(application_id=pk, version=1, by=cast.zhou.staff, now=LATER)
    assert actions.approve_application(application_id=pk, version=2, by=cast.zhou.staff, now=LATER).version == 2


def test_what_was_returned_comes_back_after_the_application_window_while_reviewing_goes_on(
    cast: Cast, world: World
) -> None:
    pk = submitted(cast.lin.candidate, site=world.first).pk
    actions.return_application(application_id=pk, version=1, reason="请改。", by=cast.zhou.staff, now=LATER)
    assert submit(pk, by=cast.lin.candidate, now=AFTER_CLOSE).state == ApplicationState.SUBMITTED


def test_a_refusal_keeps_its_place_until_it_is_final_and_nobody_starts_anew(cast: Cast, world: World) -> None:
    application = submitted(cast.lin.candidate, site=world.first)
    pk = application.pk
    assert refused(application, first=cast.zhou.staff, second=cast.bai.staff).state == ApplicationState.REFUSED
    assert taken(world.first) == 1
    with pytest.raises(IllegalTransition):
        actions.withdraw_application(application_id=pk, by=cast.lin.candidate, now=LATER)
    until = Application.objects.get(pk=pk).appeal_until
    assert until is not None
    assert actions.settle_refusals(now=until - timedelta(microseconds=1)) == 0
    assert actions.settle_refusals(now=until) == 1
    assert actions.settle_refusals(now=until) == 0
    assert taken(world.first) == 0
    with pytest.raises(AlreadyApplied):
        started(cast.lin.candidate)


@pytest.mark.parametrize("act", [actions.return_application, actions.propose_refusal])
def test_refuses_a_decision_that_tells_the_candidate_nothing(cast: Cast, world: World, act: object) -> None:
    pk = submitted(cast.lin.candidate, site=world.first).pk
    with pytest.raises(ReasonMissing):
        act(application_id=pk, version=1, reason=" ", by=cast.zhou.staff, now=LATER)  # type: ignore[operator]  # one of two actions
    assert Application.objects.get(pk=pk).state == ApplicationState.SUBMITTED


def test_the_second_reviewer_is_told_the_first_ones_decision(cast: Cast, world: World) -> None:
    pk = submitted(cast.lin.candidate, site=world.first).pk
    actions.return_application(application_id=pk, version=1, reason="照片不清。", by=cast.zhou.staff, now=LATER)
    with pytest.raises(AlreadyDecided) as refused:
        actions.approve_application(application_id=pk, version=1, by=cast.zhou.staff, now=LATER)
    assert refused.value.fields == {
        "state": "returned",
        "decided_by": "周审",
        "decided_at": LATER,
        "reason": "照片不清。",
    }


def test_a_reviewer_of_another_province_does_not_find_the_case(cast: Cast, world: World) -> None:
    pk = submitted(cast.lin.candidate, site=world.first).pk
    for stranger in (cast.zheng.staff, cast.wu.staff, cast.gu.staff):
        with pytest.raises(ApplicationNotFound):
            actions.approve_application(application_id=pk, version=1, by=stranger, now=LATER)


def test_nobody_reviews_what_they_entered_themselves(cast: Cast, world: World) -> None:
    pk = submitted(cast.lin.candidate, site=world.first).pk
    Application.objects.filter(pk=pk).update(entered_by_id=cast.zhou.account.pk)
    with pytest.raises(NotIndependent):
        actions.approve_application(application_id=pk, version=1, by=cast.zhou.staff, now=LATER)
    done = actions.approve_applications((pk,), by=cast.zhou.staff, now=LATER)
    assert (done.approved, done.left) == ((), (pk,))


def test_approving_many_leaves_and_names_what_somebody_else_decided(cast: Cast, world: World) -> None:
    lin = submitted(cast.lin.candidate, site=world.first).pk
    zhao = submitted(cast.zhao.candidate, site=world.first).pk
    actions.return_application(application_id=zhao, version=1, reason="请改。", by=cast.zhou.staff, now=LATER)
    done = actions.approve_applications((lin, zhao), by=cast.zhou.staff, now=LATER)
    assert (done.approved, done.left) == ((lin,), (zhao,))
    assert Application.objects.get(pk=lin).state == ApplicationState.APPROVED
    assert Application.objects.get(pk=zhao).state == ApplicationState.RETURNED
    assert events_of(Application.objects.get(pk=lin))[-1] == "approve"


def test_approving_many_leaves_what_was_submitted_anew_since_the_preview(cast: Cast, world: World) -> None:
    pk = submitted(cast.lin.candidate, site=world.first).pk
    actions.return_application(application_id=pk, version=1, reason="请改。", by=cast.zhou.staff, now=LATER)
    submit(pk, by=cast.lin.candidate, now=LATER)
    assert actions.approve_applications((pk,), by=cast.zhou.staff, now=LATER, versions={pk: 1}).left == (pk,)
    assert actions.approve_applications((pk,), by=cast.zhou.staff, now=LATER, versions={pk: 2}).approved == (pk,)


# ---------------------------------------------------------------- leaving


def test_withdrawing_frees_the_place_once(cast: Cast, world: World) -> None:
    pk = submitted(cast.lin.candidate, site=world.first).pk
    actions.withdraw_application(application_id=pk, by=cast.lin.candidate, now=LATER)
    assert taken(world.first) == 0
    with pytest.raises(IllegalTransition):
        actions.withdraw_application(application_id=pk, by=cast.lin.candidate, now=LATER)
    assert taken(world.first) == 0


def test_lapsing_frees_places_and_leaves_alone_what_has_moved_on(cast: Cast, world: World) -> None:
    lin = submitted(cast.lin.candidate, site=world.first).pk
    zhao = submitted(cast.zhao.candidate, site=world.first).pk
    actions.approve_application(application_id=lin, version=1, by=cast.zhou.staff, now=LATER)
    assert actions.lapse_applications((lin, zhao), now=LATER, reason="unpaid") == 1
    assert actions.lapse_application(application_id=lin, now=LATER) is False
    assert taken(world.first) == 1
    assert Application.objects.get(pk=lin).state == ApplicationState.LAPSED
    assert Application.objects.get(pk=zhao).state == ApplicationState.SUBMITTED


def test_what_was_returned_and_never_came_back_lapses_when_reviewing_ends(cast: Cast, world: World) -> None:
    pk = submitted(cast.lin.candidate, site=world.first).pk
    actions.return_application(application_id=pk, version=1, reason="请改。", by=cast.zhou.staff, now=LATER)
    assert actions.lapse_returned_applications(now=AFTER_CLOSE) == 0
    assert actions.lapse_returned_applications(now=AFTER_REVIEW) == 1
    assert actions.lapse_returned_applications(now=AFTER_REVIEW) == 0
    assert taken(world.first) == 0


def test_places_taken_are_the_applications_that_hold_one(cast: Cast, world: World) -> None:
    submitted(cast.lin.candidate, site=world.first)
    other = filled(cast.zhao.candidate, site=world.first)
    actions.withdraw_application(application_id=other.pk, by=cast.zhao.candidate, now=NOW)
    filled(cast.zhao.candidate, site=world.taiyuan)
    for site in Site.objects.all():
        holding = Application.objects.filter(site=site, state__in=queries.HOLDING_A_PLACE).count()
        assert site.taken == holding, site.name
