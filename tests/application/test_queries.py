"""Who may hold an application, and what the desk and the candidate read of it."""

from datetime import timedelta

import pytest

from jinbang.application import actions, dossier, queries
from jinbang.application.errors import ApplicationIncomplete, ApplicationNotFound, NotEditable
from jinbang.application.rules import Task
from jinbang.people.states import Role
from tests.application.world import LATER, World, filled, started, submitted
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db


def test_the_queue_shows_the_earliest_deadline_first_and_only_what_awaits(cast: Cast, world: World) -> None:
    lin = submitted(cast.lin.candidate, site=world.first, now=NOW + timedelta(days=1))
    zhao = submitted(cast.zhao.candidate, site=world.first)
    assert [case.pk for case in queries.applications_awaiting_review(cast.zhou.staff)] == [zhao.pk, lin.pk]
    actions.approve_application(application_id=zhao.pk, version=1, by=cast.zhou.staff, now=LATER)
    assert [case.pk for case in queries.applications_awaiting_review(cast.zhou.staff)] == [lin.pk]


def test_scope_is_the_region_or_the_site(cast: Cast, world: World) -> None:
    pk = submitted(cast.lin.candidate, site=world.first).pk
    assert queries.get_case(pk, by=cast.zhou.staff).pk == pk
    for stranger in (cast.zheng.staff, cast.wu.staff):
        with pytest.raises(ApplicationNotFound):
            queries.get_case(pk, by=stranger)
    assert queries.applications_in_scope(cast.gu.staff, Role.BURSAR).filter(pk=pk).exists()
    assert not queries.applications_in_scope(cast.gu.staff).filter(pk=pk).exists()


def test_a_draft_is_nobodys_but_the_candidates(cast: Cast, world: World) -> None:
    pk = filled(cast.lin.candidate, site=world.first).pk
    with pytest.raises(ApplicationNotFound):
        queries.get_case(pk, by=cast.zhou.staff)


def test_a_page_opens_only_when_it_is_its_turn(cast: Cast, world: World) -> None:
    pk = started(cast.lin.candidate).pk
    with pytest.raises(ApplicationIncomplete):
        queries.get_page(pk, Task.DECLARATION, by=cast.lin.candidate)
    assert queries.get_page(pk, Task.SPECIALTY, by=cast.lin.candidate).application.pk == pk
    with pytest.raises(ApplicationNotFound):
        queries.get_page(pk, Task.SPECIALTY, by=cast.zhao.candidate)


def test_no_page_opens_once_it_is_submitted(cast: Cast, world: World) -> None:
    pk = submitted(cast.lin.candidate, site=world.first).pk
    with pytest.raises(NotEditable):
        queries.get_page(pk, Task.PHOTO, by=cast.lin.candidate)


def test_the_summary_names_everything_in_words(cast: Cast, world: World) -> None:
    application = queries.get_own_application(filled(cast.lin.candidate, site=world.first).pk, by=cast.lin.candidate)
    told = {str(line.label): line.value for line in dossier.summary_of(queries.reading_of(application))}
    assert told["考区"] == "山西省"
    assert told["专业"] == "安装工程"
    assert told["报考方式"] == "考全科"
    assert told["学历"] == "大学本科"
    assert told["毕业日期"] == "2018年7月1日"
    assert "、" in told["科目"]
    assert world.first.address in told["考点"]


def test_a_draft_with_nothing_chosen_has_a_summary_too(cast: Cast, world: World) -> None:
    application = queries.get_own_application(started(cast.lin.candidate).pk, by=cast.lin.candidate)
    assert [str(line.label) for line in dossier.summary_of(queries.reading_of(application))] == ["考区", "级别"]
    assert dossier.verdict_of(queries.reading_of(application), now=NOW) == ""


def test_the_candidate_does_not_learn_which_colleague_decided(cast: Cast, world: World) -> None:
    pk = submitted(cast.lin.candidate, site=world.first).pk
    actions.return_application(application_id=pk, version=1, reason="照片不清。", by=cast.zhou.staff, now=LATER)
    case = queries.get_case(pk, by=cast.zhou.staff)
    assert [line.by for line in dossier.timeline_of(case, names_staff=True)][-1] == "周审"
    mine = dossier.timeline_of(case, names_staff=False)
    assert {line.by for line in mine} == {""}
    assert mine[-1].reason == "照片不清。"


def test_the_queue_costs_the_same_for_one_and_for_many(
    cast: Cast, world: World, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    submitted(cast.lin.candidate, site=world.first)
    submitted(cast.zhao.candidate, site=world.first)
    with django_assert_num_queries(2):  # type: ignore[operator]  # pytest-django types it as a fixture
        lines = dossier.queue_lines(queries.applications_awaiting_review(cast.zhou.staff), now=NOW)
    assert [line.clock for line in lines] == ["还剩 2 个工作日"] * 2
