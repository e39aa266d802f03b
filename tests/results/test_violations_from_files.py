"""What a file says in the place of a mark: withheld, with a case for each, until two people have dealt with it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from jinbang.results import checks
from jinbang.results.actions import marks as mark_actions
from jinbang.results.actions import release as releases
from jinbang.results.errors import ReleaseNotReady
from jinbang.results.models import ViolationCase
from jinbang.results.rules import SubjectMark
from jinbang.results.states import MarkStatus, Overall
from jinbang.results.violations import actions, queries
from jinbang.results.violations.errors import CaseHearingClosed, ServedTooEarly
from jinbang.results.violations.rules import Finding, marks_after
from jinbang.results.violations.states import CaseArticle, CaseOrigin, CaseState, Service
from jinbang.sittings import queries as sittings
from jinbang.sittings import rules as sitting_rules
from tests.cast import NOW
from tests.results.world import World, bring_in, decide, outcome_of, released, set_pass_marks, tell, validated

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_signing")]
GIVEN = {"T00001": {"basics": "雷同"}, "T00002": {"basics": "违纪", "practice": "70"}}


@pytest.fixture
def told(world: World) -> World:
    """Return the world with a file in that says 雷同 of 林 and 违纪 of 赵."""
    set_pass_marks(world)
    bring_in(world, GIVEN)
    return world


def cases() -> list[ViolationCase]:
    return list(ViolationCase.objects.order_by("line"))


def statuses(world: World, position: int) -> list[str]:
    return [line["status"] for line in outcome_of(world, position).subjects]


def violations_point(world: World) -> tuple[bool, int]:
    found = {check.code: check for check in checks.go_no_go(world.release, now=NOW)}["violations"]
    return found.is_met, found.figure


def test_each_is_a_case_with_its_file_and_line_and_withheld_until_decided(told: World) -> None:
    similar, violation = cases()
    assert [(one.origin, one.line, one.article, one.state) for one in (similar, violation)] == [
        (CaseOrigin.FILE, 2, CaseArticle.SIMILAR, CaseState.NOTED),
        (CaseOrigin.FILE, 3, "", CaseState.NOTED),
    ]
    assert "“marks.csv”第 3 行" in violation.facts
    validated(told)
    assert [outcome_of(told, position).overall for position in range(3)] == ["withheld", "withheld", "passed"]
    assert statuses(told, 0) == ["similar", "scored"]
    assert statuses(told, 1) == ["withheld", "withheld"], "no article is named yet: every subject is at stake"
    assert violations_point(told) == (False, 2)


def test_from_the_file_over_notice_and_answer_to_the_decision_and_the_mark(told: World) -> None:
    similar, violation = cases()
    validated(told)
    decide(violation, CaseArticle.SUBJECT, told.cast)
    decide(similar, CaseArticle.SIMILAR, told.cast)
    validate_again(told)
    assert [statuses(told, position) for position in (0, 1)] == [["void", "scored"], ["violation", "scored"]]
    assert [outcome_of(told, position).overall for position in (0, 1)] == ["partial", "partial"]
    assert violations_point(told) == (True, 0)


def validate_again(world: World) -> None:
    releases.validate_release(release_id=world.release.pk, by=world.cast.chu.staff, now=NOW)


def test_nobody_reads_before_the_notice_is_served_that_a_file_says_something_of_them(told: World) -> None:
    case, zhao = cases()[1], told.cast.zhao.candidate
    assert not queries.own_cases(zhao).exists()
    by = told.cast.chu.staff
    actions.charge_violation(case_id=case.pk, article=CaseArticle.SUBJECT, charge="拟认定", by=by, now=NOW)
    assert not queries.own_cases(zhao).exists()
    served = NOW.date()
    actions.notify_violation(case_id=case.pk, service=Service.IN_PERSON, served_on=served, by=by, now=NOW)
    assert list(queries.own_cases(zhao)) == [case]


def test_without_the_rule_a_violation_of_a_file_would_stand_undecided(
    told: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: outcomes judged on the marks as the file has them. The recount alone would stop them."""
    monkeypatch.setattr("jinbang.results.actions.outcomes.marks_after", lambda marks, _found: marks)
    with pytest.raises(ReleaseNotReady):
        validated(told)
    assert statuses(told, 1) == ["violation", "scored"]


def test_a_case_that_is_dropped_leaves_the_subject_withheld_until_there_is_a_mark(told: World) -> None:
    for case in cases():
        actions.drop_violation(case_id=case.pk, reason="甄别有误", by=told.cast.wei.staff, now=NOW)
    validated(told)
    assert [statuses(told, position) for position in (0, 1)] == [["similar", "scored"], ["withheld", "scored"]]
    assert violations_point(told) == (False, 2)
    bring_in(told, {"T00001": {"basics": "61"}, "T00002": {"basics": "62"}})
    validate_again(told)
    assert [outcome_of(told, position).overall for position in (0, 1)] == [Overall.PASSED, Overall.PASSED]
    assert violations_point(told) == (True, 0)


def test_a_mark_with_a_case_opens_no_second_one_and_a_file_taken_back_ends_those_it_opened(told: World) -> None:
    batch = bring_in(told, {**GIVEN, "T00003": {"practice": "违纪"}})
    assert len(cases()) == 3
    tell(cases()[1], CaseArticle.SUBJECT, by=told.cast.chu)
    mark_actions.discard_batch(batch_id=batch.pk, reason="错误的文件", by=told.cast.chu.staff, now=NOW)
    assert [one.state for one in cases()] == [CaseState.NOTED, CaseState.NOTIFIED, CaseState.DROPPED]
    first = told.region.mark_batches.exclude(pk=batch.pk).get()
    mark_actions.discard_batch(batch_id=first.pk, reason="错误的文件", by=told.cast.chu.staff, now=NOW)
    assert [one.state for one in cases()] == [CaseState.DROPPED, CaseState.NOTIFIED, CaseState.DROPPED]


def test_a_violation_in_everything_is_a_violation_and_not_void(world: World) -> None:
    set_pass_marks(world)
    bring_in(
        world, {"T00001": {"basics": "违纪", "practice": "违纪"}, "T00002": {"basics": "缺考", "practice": "违纪"}}
    )
    for case in cases():
        decide(case, CaseArticle.SUBJECT, world.cast)
    released(world)
    assert [outcome_of(world, position).overall for position in (0, 1)] == [Overall.VIOLATION, Overall.VIOLATION]


def test_false_documents_are_handled_as_article_7(told: World) -> None:
    decide(cases()[1], CaseArticle.FALSE_PROOF, told.cast)
    validated(told)
    assert statuses(told, 1) == ["violation", "void"]
    assert told.entries[1].person.integrity_records.get().ground == "article_10"


def test_the_time_to_answer_runs_from_the_day_of_service_and_nothing_is_served_before_it_is_written(
    told: World,
) -> None:
    case, later = cases()[1], NOW + timedelta(days=6)
    by, day = told.cast.chu.staff, (NOW + timedelta(days=3)).date()
    actions.charge_violation(case_id=case.pk, article=CaseArticle.SUBJECT, charge="拟认定", by=by, now=NOW)
    for wrong in (NOW.date() - timedelta(days=1), later.date() + timedelta(days=1)):
        with pytest.raises(ServedTooEarly):
            actions.notify_violation(case_id=case.pk, service=Service.BY_POST, served_on=wrong, by=by, now=later)
    case = actions.notify_violation(case_id=case.pk, service=Service.BY_POST, served_on=day, by=by, now=later)
    assert (case.notice_service, case.notice_served_on) == (Service.BY_POST, day)
    working_days = case.entry.sitting.programme_version.programme.application.defence_working_days
    calendar = sittings.workday_calendar()
    assert case.defence_until == sitting_rules.review_deadline(
        NOW + timedelta(days=3), working_days=working_days, is_working=calendar.is_working
    )
    with pytest.raises(CaseHearingClosed):
        actions.state_defence(case_id=case.pk, statement="x", by=told.cast.zhao.candidate, now=case.defence_until)
    with pytest.raises(IntegrityError), transaction.atomic():
        ViolationCase.objects.filter(pk=case.pk).update(notice_service="")


def test_no_article_is_decided_under_that_nobody_named(told: World) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ViolationCase.objects.filter(pk=cases()[1].pk).update(state=CaseState.FOUND.value)


@pytest.mark.parametrize("article", [None, *CaseArticle])
def test_an_undecided_violation_shows_no_mark_of_its_subject(article: CaseArticle | None) -> None:
    marks = {
        "basics": SubjectMark("basics", MarkStatus.VIOLATION, None),
        "practice": SubjectMark("practice", MarkStatus.SCORED, 7000),
    }
    after = marks_after(marks, [Finding("basics", article, is_decided=False)])
    assert after["basics"].status is MarkStatus.WITHHELD
    stakes_all = article is None or article.voids_sitting
    assert (after["practice"].status is MarkStatus.WITHHELD) == stakes_all
