"""What may be chosen, what is missing, who may decide. No database."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from jinbang.application import rules
from jinbang.application.errors import (
    ApplicationIncomplete,
    ChoiceUnknown,
    ConditionNotMet,
    NotEditable,
    NotIndependent,
    ReasonMissing,
    SiteNotOffered,
    SubjectsIncomplete,
)
from jinbang.application.rules import Answers, Offer, SiteFacts, Task, TaskStatus
from jinbang.application.states import ApplicationState
from jinbang.catalogue.regulations import SiteChoice
from jinbang.catalogue.seeds import PROGRAMMES, read_seed, seed_files
from jinbang.kernel.clock import SHANGHAI
from jinbang.sittings.states import SitePolicy, WindowKind

SEEDS = {seed.programme.code: seed.programme for seed in map(read_seed, seed_files(PROGRAMMES))}
COST = Offer(SEEDS["cost-engineer-2"], SitePolicy.CANDIDATE)
SOCIAL = Offer(SEEDS["social-worker"], SitePolicy.CENTRE)
TODAY = date(2026, 3, 10)
REGION, OTHER_REGION = UUID(int=1), UUID(int=2)
COMPLETE = Answers(
    level_code="level-2",
    specialty_code="installation",
    track_code="full",
    condition_code="bachelor-related-1",
    education="bachelor",
    graduated_on=date(2018, 7, 1),
    work_years=1,
    employer="某公司",
    subject_codes=("basics", "practice"),
    site_id=UUID(int=9),
    has_photo=True,
)


def test_nothing_is_missing_from_a_complete_application() -> None:
    rules.require_complete(COMPLETE, COST, today=TODAY)
    assert rules.unfinished(COMPLETE, COST) == ()


@pytest.mark.parametrize(
    "task,without",
    [
        (Task.SPECIALTY, {"specialty_code": ""}),
        (Task.TRACK, {"track_code": ""}),
        (Task.CONDITION, {"condition_code": ""}),
        (Task.EDUCATION, {"education": ""}),
        (Task.EDUCATION, {"work_years": None}),
        (Task.EMPLOYER, {"employer": ""}),
        (Task.SUBJECTS, {"subject_codes": ()}),
        (Task.SITE, {"site_id": None}),
        (Task.PHOTO, {"has_photo": False}),
    ],
)
def test_names_what_is_missing(task: Task, without: dict[str, object]) -> None:
    answers = replace(COMPLETE, **without)  # type: ignore[arg-type]  # one field at a time, each of its own type
    assert rules.unfinished(answers, COST) == (task,)
    with pytest.raises(ApplicationIncomplete) as refused:
        rules.require_complete(answers, COST, today=TODAY)
    assert refused.value.fields["missing"] == (task.value,)


def test_a_group_entry_may_bring_the_photo_later() -> None:
    rules.require_complete(replace(COMPLETE, has_photo=False), COST, today=TODAY, needs_photo=False)


@pytest.mark.parametrize(
    "kind,wrong",
    [
        ("level", {"level_code": "level-9"}),
        ("specialty", {"specialty_code": "bridges"}),
        ("track", {"track_code": "by-friendship"}),
        ("condition", {"condition_code": "none-such"}),
        ("subject", {"subject_codes": ("basics", "poetry")}),
    ],
)
def test_refuses_what_the_programme_does_not_offer(kind: str, wrong: dict[str, object]) -> None:
    answers = replace(COMPLETE, **wrong)  # type: ignore[arg-type]  # one field at a time, each of its own type
    with pytest.raises(ChoiceUnknown) as refused:
        rules.require_complete(answers, COST, today=TODAY)
    assert refused.value.fields["kind"] == kind


def test_refuses_a_level_that_is_not_held_this_time() -> None:
    only_junior = replace(SOCIAL, held_levels=("junior",))
    assert [level.code for level in only_junior.levels] == ["junior"]
    with pytest.raises(ChoiceUnknown):
        rules.require_level("intermediate", only_junior)


def test_refuses_a_condition_of_another_track() -> None:
    with pytest.raises(ChoiceUnknown):
        rules.require_complete(replace(COMPLETE, condition_code="exempt-holder"), COST, today=TODAY)


def test_refuses_an_exempted_subject() -> None:
    exempt = replace(
        COMPLETE, track_code="exempt-basics", condition_code="exempt-holder", subject_codes=("basics", "practice")
    )
    with pytest.raises(ChoiceUnknown):
        rules.require_complete(exempt, COST, today=TODAY)
    rules.require_complete(replace(exempt, subject_codes=("practice",)), COST, today=TODAY)


@pytest.mark.parametrize(
    "typed,outcome",
    [
        ({"work_years": 0}, "years_short"),
        ({"education": "associate"}, "education_below"),
        ({"education": rules.NO_EDUCATION_LISTED}, "education_below"),
        ({"graduated_on": None}, "not_graduated"),
        ({"graduated_on": date(2026, 3, 11)}, "not_graduated"),
    ],
)
def test_refuses_a_condition_that_the_typed_facts_do_not_meet(typed: dict[str, object], outcome: str) -> None:
    answers = replace(COMPLETE, **typed)  # type: ignore[arg-type]  # one field at a time, each of its own type
    with pytest.raises(ConditionNotMet) as refused:
        rules.require_condition(answers, COST, today=TODAY)
    assert refused.value.fields["outcome"] == outcome


def test_a_part_of_the_subjects_will_do_where_passes_are_kept() -> None:
    assert rules.require_subjects(("practice",), answers=COMPLETE, offer=COST) == ("practice",)


def test_all_subjects_are_needed_where_they_must_be_passed_at_once() -> None:
    junior = Answers(level_code="junior")
    with pytest.raises(SubjectsIncomplete) as refused:
        rules.require_subjects(("practice",), answers=junior, offer=SOCIAL)
    assert "综合能力" in str(refused.value.fields["missing"])


def test_subjects_come_back_in_the_order_of_the_timetable() -> None:
    assert rules.require_subjects(("practice", "basics"), answers=COMPLETE, offer=COST) == ("basics", "practice")


@pytest.mark.parametrize(
    "policy,site,is_offered",
    [
        (SitePolicy.CANDIDATE, SiteFacts(REGION, is_registration_point=False), True),
        (SitePolicy.CANDIDATE, SiteFacts(OTHER_REGION, is_registration_point=True), False),
        (SitePolicy.CANDIDATE, None, False),
        (SitePolicy.POINT, SiteFacts(REGION, is_registration_point=True), True),
        (SitePolicy.POINT, SiteFacts(REGION, is_registration_point=False), False),
        (SitePolicy.CENTRE, None, True),
        (SitePolicy.CENTRE, SiteFacts(REGION, is_registration_point=True), False),
    ],
)
def test_who_decides_the_site(policy: SitePolicy, site: SiteFacts | None, *, is_offered: bool) -> None:
    if is_offered:
        rules.require_site(site, region_id=REGION, policy=policy)
    else:
        with pytest.raises(SiteNotOffered):
            rules.require_site(site, region_id=REGION, policy=policy)


def test_a_levels_own_rule_about_the_site_comes_before_the_sittings() -> None:
    level = replace(COST.programme.levels[0], site_choice=SiteChoice.CENTRE)
    offer = Offer(replace(COST.programme, levels=(level,)), SitePolicy.CANDIDATE)
    assert offer.policy_for("level-2") is SitePolicy.CENTRE
    assert Task.SITE not in rules.tasks_for(COMPLETE, offer)
    assert COST.policy_for("level-2") is SitePolicy.CANDIDATE


def test_a_new_application_shows_one_next_step() -> None:
    statuses = rules.progress(Answers(), COST)
    assert statuses[0] == (Task.LEVEL, TaskStatus.NEXT)
    assert [status for _, status in statuses].count(TaskStatus.NEXT) == 1


def test_the_declaration_is_the_last_step_and_opens_when_all_else_is_done() -> None:
    assert rules.progress(COMPLETE, COST)[-1] == (Task.DECLARATION, TaskStatus.NEXT)
    assert rules.may_open(Task.DECLARATION, answers=COMPLETE, offer=COST)
    assert not rules.may_open(Task.DECLARATION, answers=replace(COMPLETE, has_photo=False), offer=COST)


def test_what_depends_on_a_choice_waits_for_it() -> None:
    assert not rules.may_open(Task.SUBJECTS, answers=Answers(), offer=COST)
    assert rules.may_open(Task.LEVEL, answers=Answers(), offer=COST)
    chosen = Answers(level_code="level-2", specialty_code="civil", track_code="full")
    assert rules.may_open(Task.PHOTO, answers=chosen, offer=COST)
    assert rules.may_open(Task.LEVEL, answers=chosen, offer=COST)
    assert not rules.may_open(Task.SITE, answers=chosen, offer=replace(COST, site_policy=SitePolicy.CENTRE))


@pytest.mark.parametrize("state", ApplicationState)
def test_only_drafts_and_returned_applications_are_edited(state: ApplicationState) -> None:
    if state in {ApplicationState.DRAFT, ApplicationState.RETURNED}:
        rules.require_editable(state)
    else:
        with pytest.raises(NotEditable):
            rules.require_editable(state)


def test_nobody_reviews_what_they_entered() -> None:
    rules.require_independent_reviewer(entered_by_id=UUID(int=1), reviewer_id=UUID(int=2))
    rules.require_independent_reviewer(entered_by_id=None, reviewer_id=UUID(int=2))
    with pytest.raises(NotIndependent):
        rules.require_independent_reviewer(entered_by_id=UUID(int=2), reviewer_id=UUID(int=2))


@pytest.mark.parametrize("reason", ["", "  ", "\n\u3000"])
def test_refuses_a_decision_without_a_reason(reason: str) -> None:
    with pytest.raises(ReasonMissing):
        rules.require_reason(reason)


def test_returned_applications_come_back_while_reviewing_goes_on() -> None:
    returned = rules.windows_for_submitting(ApplicationState.RETURNED, is_on_site=False)
    assert returned == (WindowKind.APPLICATION, WindowKind.REVIEW)
    assert rules.windows_for_submitting(ApplicationState.DRAFT, is_on_site=False) == (WindowKind.APPLICATION,)
    assert rules.windows_for_submitting(ApplicationState.DRAFT, is_on_site=True) == (WindowKind.ON_SITE_APPLICATION,)


def is_weekday(day: date) -> bool:
    return day.weekday() < 5


@pytest.mark.parametrize(
    "now,days",
    [
        (datetime(2026, 3, 10, 9, tzinfo=SHANGHAI), 2),  # Tuesday
        (datetime(2026, 3, 12, 23, 59, tzinfo=SHANGHAI), 0),  # the last day itself
        (datetime(2026, 3, 14, 9, tzinfo=SHANGHAI), -1),  # Saturday after: Friday was missed
        (datetime(2026, 3, 16, 9, tzinfo=SHANGHAI), -2),
    ],
)
def test_the_reviewers_clock_counts_working_days(now: datetime, days: int) -> None:
    due = datetime(2026, 3, 13, tzinfo=SHANGHAI)  # the end of Thursday the 12th
    assert rules.working_days_left(now, due, is_working=is_weekday) == days
    assert (now >= due) is (days < 0)
    assert due - timedelta(seconds=1) < due
