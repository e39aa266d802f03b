"""A case that was dropped may leave its subject without a mark: whose it is, what is missing, and the way there."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jinbang.results import checks, sheets
from jinbang.results.actions import release as releases
from jinbang.results.actions import sheets as keying
from jinbang.results.models import ViolationCase
from jinbang.results.states import MarkSource
from jinbang.results.violations import actions, queries
from jinbang.results.violations.screens import case_rows
from jinbang.results.violations.states import CaseArticle
from tests.cast import NOW, Cast
from tests.results.test_views_desk import ClientOf, text_of, url
from tests.results.world import World, bring_in, decide, sealed, set_pass_marks, validated

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now", "quick_signing")]
GIVEN = {"T00001": {"basics": "雷同"}, "T00002": {"basics": "违纪", "practice": "70"}}
MARKED = {"T00001": {"basics": "61"}, "T00002": {"basics": "62"}}


@pytest.fixture
def told(world: World) -> World:
    """Return the world with a file in that says 雷同 of 林 and 违纪 of 赵."""
    set_pass_marks(world)
    bring_in(world, GIVEN)
    return world


def drop(case: ViolationCase, cast: Cast) -> ViolationCase:
    return actions.drop_violation(case_id=case.pk, reason="甄别有误", by=cast.wei.staff, now=NOW)


def dropped(world: World) -> list[ViolationCase]:
    return [drop(case, world.cast) for case in ViolationCase.objects.order_by("line")]


def to_come(world: World) -> list[tuple[str, str]]:
    return [(one.entry.ticket_number, one.subject_code) for one in queries.marks_to_come(world.region)]


# ---------------------------------------------------------------- what is missing
def test_a_dropped_case_waits_until_its_subject_has_a_mark(told: World, cast: Cast) -> None:
    assert to_come(told) == [], "as long as the cases stand, they are what is waited for"
    cases = dropped(told)
    assert to_come(told) == [("T00001", "basics"), ("T00002", "basics")]
    assert queries.subjects_to_come(cases) == {case.pk: MarkSource.FILE for case in cases}
    assert set(queries.cases_waiting(cast.chu.staff)) == set(cases)
    bring_in(told, MARKED)
    assert to_come(told) == []
    assert queries.subjects_to_come(cases) == {}
    assert not queries.cases_waiting(cast.chu.staff).exists()


def test_a_dropped_case_without_a_mark_stands_before_those_that_are_over(told: World, cast: Cast) -> None:
    first, second = ViolationCase.objects.order_by("line")
    drop(second, cast)
    assert list(queries.cases_in_scope(cast.chu.staff)) == [first, second]
    bring_in(told, {"T00001": {"basics": "雷同"}, "T00002": {"basics": "62"}})
    drop(first, cast)
    ViolationCase.objects.filter(pk=second.pk).update(opened_at=first.opened_at.replace(year=2020))
    assert list(queries.cases_in_scope(cast.chu.staff)) == [first, second], "the older one is over"


def test_nothing_is_to_come_where_a_case_stands_or_one_has_voided_the_sitting(told: World, cast: Cast) -> None:
    similar, violation = dropped(told)
    again = ViolationCase.objects.create(
        entry=similar.entry, subject_code="basics", origin="marking", facts="又发现", opened_at=NOW
    )
    assert to_come(told) == [("T00002", "basics")]
    other = ViolationCase.objects.create(
        entry=violation.entry, subject_code="practice", origin="marking", facts="代考", opened_at=NOW
    )
    assert to_come(told) == [("T00002", "basics")], "another subject's, and undecided"
    decide(other, CaseArticle.SITTING, cast)
    assert to_come(told) == []
    drop(again, cast)
    assert to_come(told) == [("T00001", "basics")]


def test_a_case_of_another_origin_leaves_the_same_behind(world: World, cast: Cast) -> None:
    """雷同 was entered by hand before the file said so: the file opens no second case."""
    set_pass_marks(world)
    first, _second = actions.note_similar_answers(
        region=world.region,
        subject_code="basics",
        tickets=["T00001", "T00002"],
        facts="错题相同",
        by=cast.chu.staff,
        now=NOW,
    )
    bring_in(world, {"T00001": {"basics": "雷同"}})
    drop(first, cast)
    assert to_come(world) == [("T00001", "basics")]


# ---------------------------------------------------------------- where it is said, and the one next step
def test_the_case_says_what_is_missing_and_leads_the_clerk_to_a_correction(
    told: World, cast: Cast, client_of: ClientOf
) -> None:
    case = dropped(told)[1]
    door = url("stage-marks", told.region.pk) + "?coverage=corrections"
    for page in (url("violation", case.pk), url("violations")):
        shown = text_of(client_of(cast.chu).get(page))
        assert "还没有分数" in shown or "还缺分数" in shown
        assert f'href="{door}"' in shown
    form = text_of(client_of(cast.chu).get(door))
    assert re.search(r'value="corrections"[^>]* checked', form)
    verifiers = text_of(client_of(cast.wei).get(url("violation", case.pk)))
    assert "分数由成绩录入岗补交" in verifiers
    assert door not in verifiers
    bring_in(told, MARKED)
    for page in (url("violation", case.pk), url("violations")):
        shown = text_of(client_of(cast.chu).get(page))
        assert "还没有分数" not in shown
        assert "还缺分数" not in shown


def test_sealed_results_are_stopped_first(told: World, cast: Cast, client_of: ClientOf) -> None:
    case = dropped(told)[0]
    release = sealed(told)
    shown = text_of(client_of(cast.chu).get(url("violation", case.pk)))
    assert "先在发布页停止发布" in shown
    assert f'href="{url("release", release.pk)}"' in shown


def without_mark(world: World) -> list[str]:
    found = sheets.entries_without_mark(world.region, level_code="level-2", subject_code="basics")
    return [entry.ticket_number for entry in found]


def keyed(world: World, cast: Cast, text: str) -> None:
    """Open a sheet for whoever has no mark, and let two people read the same off it."""
    sheet = keying.open_sheet(
        region=world.region, level_code="level-2", subject_code="basics", by=cast.chu.staff, now=NOW
    )
    typed = {(entry, 0): text for entry in sheet.entry_ids}
    for member in (cast.chu, cast.wei):
        keying.key_sheet(sheet_id=sheet.pk, typed=typed, by=member.staff, now=NOW, reason="以纸面为准")


def test_a_sheet_is_opened_for_whoever_has_no_mark_any_more(told: World, cast: Cast, client_of: ClientOf) -> None:
    drop(ViolationCase.objects.order_by("line")[1], cast)
    assert without_mark(told) == ["T00002"], "the other one's case stands"
    keyed(told, cast, "违纪")
    assert without_mark(told) == []
    later = drop(ViolationCase.objects.latest("opened_at", "id"), cast)
    assert queries.subjects_to_come([later]) == {later.pk: MarkSource.HAND}
    shown = text_of(client_of(cast.chu).get(url("violation", later.pk)))
    assert f'href="{url("sheets", told.region.pk)}"' in shown
    keyed(told, cast, "62")
    assert queries.subjects_to_come([later]) == {}


def test_the_list_before_a_release_names_whose_mark_is_missing(told: World, cast: Cast, client_of: ClientOf) -> None:
    cases = dropped(told)
    release = validated(told)
    page = url("release", release.pk)
    shown = text_of(client_of(cast.chu).get(page))
    assert "不予处理或者撤销决定以后还缺分数的：" in shown
    for case in cases:
        assert f'href="{url("violation", case.pk)}">{case.entry.ticket_number} {case.entry.person.name}</a>' in shown
    officers = text_of(client_of(cast.he).get(page))
    assert "T00001 林晓" in officers
    assert url("violation", cases[0].pk) not in officers, "who deals with no case has none to open"
    bring_in(told, MARKED)
    releases.validate_release(release_id=release.pk, by=cast.chu.staff, now=NOW)
    assert "还缺分数的" not in text_of(client_of(cast.chu).get(page))
    assert {one.code: one.is_met for one in checks.go_no_go(release, now=NOW)}["violations"]


def test_a_list_of_cases_costs_one_query_more(told: World, cast: Cast) -> None:
    dropped(told)
    cases = list(queries.cases_in_scope(cast.chu.staff))
    with CaptureQueriesContext(
        connection,
    ) as seen:
        case_rows(cases, by=cast.chu.staff, now=NOW)
    assert len(seen) == 1
