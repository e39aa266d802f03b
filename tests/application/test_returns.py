"""A return by lines: only what is asked for opens, the next submission is kept as a version, the difference is told."""

from collections.abc import Callable

import pytest

from jinbang.application import actions, dossier, queries, steps
from jinbang.application.errors import LineLocked
from jinbang.application.models import Application, LineRequest, SubmittedVersion
from jinbang.application.rules import Task, TaskStatus
from jinbang.application.states import ApplicationState
from tests.application.world import (
    GOOD_BACKGROUND,
    GOOD_CONDITION,
    World,
    demand_evidence,
    drawn_photo,
    filled,
    photographed,
    returned,
    started,
    submit,
    submitted,
    trial_of,
)
from tests.cast import NOW, Cast, client_of

pytestmark = pytest.mark.django_db

WORDS = "请填写单位全称。"


def own(cast: Cast, application: Application) -> Application:
    return queries.get_own_application(application.pk, by=cast.lin.candidate)


def test_only_the_line_asked_for_opens_and_every_other_act_is_refused(cast: Cast, world: World) -> None:
    application, by = submitted(cast.lin.candidate, site=world.first), cast.lin.candidate
    pk = application.pk
    returned(pk, {Task.EMPLOYER: WORDS}, by=cast.zhou.staff)
    actions.fill_employer(application_id=pk, employer="阳泉市第一建筑工程有限公司", by=by, now=NOW)
    acts: tuple[Callable[[], object], ...] = (
        lambda: actions.fill_level(application_id=pk, level_code="level-2", by=by, now=NOW),
        lambda: actions.fill_specialty(application_id=pk, specialty_code="civil", by=by, now=NOW),
        lambda: actions.fill_track(application_id=pk, track_code="full", by=by, now=NOW),
        lambda: actions.fill_background(application_id=pk, answer=GOOD_BACKGROUND, by=by, now=NOW),
        lambda: actions.fill_condition(application_id=pk, condition_code=GOOD_CONDITION, by=by, now=NOW),
        lambda: actions.fill_subjects(application_id=pk, subject_codes=("basics",), by=by, now=NOW),
        lambda: actions.fill_site(application_id=pk, site_id=world.taiyuan.pk, by=by, now=NOW),
        lambda: photographed(pk, by=by),
        lambda: actions.add_evidence(application_id=pk, item="学历证书", files=(), by=by, now=NOW),
    )
    for act in acts:
        with pytest.raises(LineLocked):
            act()


def test_the_same_acts_are_possible_where_the_return_names_no_line(cast: Cast, world: World) -> None:
    """The twin: without the rows nothing would be locked, so it is they that lock."""
    pk, by = submitted(cast.lin.candidate, site=world.first).pk, cast.lin.candidate
    returned(pk, {}, by=cast.zhou.staff)
    actions.fill_site(application_id=pk, site_id=world.taiyuan.pk, by=by, now=NOW)
    photographed(pk, by=by)


def test_the_list_shows_the_asked_lines_first_with_the_reviewers_words(cast: Cast, world: World) -> None:
    application = submitted(cast.lin.candidate, site=world.first)
    returned(application.pk, {Task.SPECIALTY: "专业与证书不一致。", Task.EMPLOYER: WORDS}, by=cast.zhou.staff)
    listed = steps.steps_of(queries.reading_of(own(cast, application)))
    assert [(step.task, step.status, step.words) for step in listed.asked] == [
        (Task.SPECIALTY, TaskStatus.ASKED, "专业与证书不一致。"),
        (Task.EMPLOYER, TaskStatus.ASKED, WORDS),
    ]
    assert [step.task for step in listed.opened] == [Task.SUBJECTS]
    assert {step.status for step in listed.others} == {TaskStatus.LOCKED}
    assert listed.following.task is Task.SPECIALTY
    actions.fill_specialty(application_id=application.pk, specialty_code="civil", by=cast.lin.candidate, now=NOW)
    assert steps.steps_of(queries.reading_of(own(cast, application))).following.task is Task.EMPLOYER
    actions.fill_employer(application_id=application.pk, employer="某公司", by=cast.lin.candidate, now=NOW)
    done = steps.steps_of(queries.reading_of(own(cast, application)))
    assert {step.status for step in done.asked} == {TaskStatus.CHANGED}
    assert done.following.task is Task.DECLARATION


def test_an_earlier_returns_lines_no_longer_count(cast: Cast, world: World) -> None:
    application, by = submitted(cast.lin.candidate, site=world.first), cast.lin.candidate
    returned(application.pk, {Task.EMPLOYER: WORDS}, by=cast.zhou.staff)
    submit(application.pk, by=by)
    assert queries.line_requests_of(own(cast, application)) == []
    returned(application.pk, {Task.PHOTO: "照片不清。"}, by=cast.zhou.staff, version=2)
    assert [request.line for request in queries.line_requests_of(own(cast, application))] == [Task.PHOTO]
    with pytest.raises(LineLocked):
        actions.fill_employer(application_id=application.pk, employer="某公司", by=by, now=NOW)


def test_each_submission_is_kept_and_the_difference_is_told_on_both_sides(cast: Cast, world: World) -> None:
    application, by = submitted(cast.lin.candidate, site=world.first), cast.lin.candidate
    pk = application.pk
    assert dossier.differences_of(own(cast, application)) == ()
    returned(pk, {}, by=cast.zhou.staff)
    actions.fill_employer(application_id=pk, employer="阳泉市第二建筑工程公司", by=by, now=NOW)
    actions.fill_subjects(application_id=pk, subject_codes=("practice",), by=by, now=NOW)
    actions.fill_site(application_id=pk, site_id=world.taiyuan.pk, by=by, now=NOW)
    photographed(pk, by=by, trial=trial_of(drawn_photo(400, 560)))
    submit(pk, by=by)
    assert list(SubmittedVersion.objects.order_by("version").values_list("version", flat=True)) == [1, 2]
    changed = [one.line for one in queries.differences(own(cast, application))]
    assert changed == [Task.SUBJECTS, Task.EMPLOYER, Task.SITE, Task.PHOTO]
    told = {str(line.label): (line.before, line.after) for line in dossier.differences_of(own(cast, application))}
    assert told["工作单位"] == ("阳泉市第一建筑工程公司", "阳泉市第二建筑工程公司")
    assert world.first.name in told["考点"][0]
    assert world.taiyuan.name in told["考点"][1]
    assert "照片" in told
    assert set(told) == {"科目", "工作单位", "考点", "照片"}


def test_a_resubmission_that_changes_nothing_makes_no_difference(cast: Cast, world: World) -> None:
    application = submitted(cast.lin.candidate, site=world.first)
    returned(application.pk, {}, by=cast.zhou.staff)
    submit(application.pk, by=cast.lin.candidate)
    assert queries.differences(own(cast, application)) == ()


def test_pages_of_locked_lines_say_so_and_the_asked_one_opens(cast: Cast, world: World) -> None:
    pk, client = submitted(cast.lin.candidate, site=world.first).pk, client_of(cast.lin)
    returned(pk, {Task.EMPLOYER: WORDS}, by=cast.zhou.staff)
    tasks = client.get(f"/applications/{pk}/tasks/").text
    assert WORDS in tasks
    assert "下一步：工作单位" in tasks
    assert client.get(f"/applications/{pk}/employer/").status_code == 200
    for part in ("level", "specialty", "track", "education", "condition", "subjects", "site", "photo"):
        page = client.get(f"/applications/{pk}/{part}/")
        assert page.status_code == 409, part
        assert "没有要求修改这一项" in page.text
    declaration = client.get(f"/applications/{pk}/declaration/").text
    assert declaration.count("修改<span") == 1


def test_a_return_may_ask_for_one_paper_where_none_was_demanded(cast: Cast, world: World) -> None:
    application = submitted(cast.lin.candidate, site=world.first)
    returned(application.pk, {"evidence:学历证书": "请上传毕业证书。"}, by=cast.zhou.staff)
    listed = steps.steps_of(queries.reading_of(own(cast, application)))
    assert [(step.item, step.words) for step in listed.asked] == [("学历证书", "请上传毕业证书。")]
    page = client_of(cast.lin).get(f"/applications/{application.pk}/{listed.following.path}")
    assert "请上传毕业证书。" in page.text


def test_rows_of_another_application_unlock_nothing(cast: Cast, world: World) -> None:
    mine, other = submitted(cast.lin.candidate, site=world.first), submitted(cast.zhao.candidate, site=world.first)
    returned(mine.pk, {Task.EMPLOYER: WORDS}, by=cast.zhou.staff)
    LineRequest.objects.create(application=other, version=1, line=Task.PHOTO, words="照片")
    with pytest.raises(LineLocked):
        photographed(mine.pk, by=cast.lin.candidate)


def test_a_draft_is_never_locked_by_lines(cast: Cast, world: World) -> None:
    application = started(cast.lin.candidate)
    LineRequest.objects.create(application=application, version=1, line=Task.PHOTO, words="照片")
    assert steps.steps_of(queries.reading_of(own(cast, application))).asked == ()
    assert application.state == ApplicationState.DRAFT


def test_submitting_with_evidence_costs_few_statements(
    cast: Cast, world: World, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    from tests.application.test_evidence_pages import give  # the papers that this world asks for

    demand_evidence(world)
    application, by = filled(cast.lin.candidate, site=world.first), cast.lin.candidate
    give(application, by=by)
    submit(application.pk, by=by)
    returned(application.pk, {Task.EMPLOYER: WORDS}, by=cast.zhou.staff)
    actions.fill_employer(application_id=application.pk, employer="某公司", by=by, now=NOW)
    with django_assert_max_num_queries(15):  # type: ignore[operator]  # pytest-django types it as a fixture
        submit(application.pk, by=by)
