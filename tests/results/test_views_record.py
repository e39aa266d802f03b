"""The candidate's own years: what is out and nothing else; zero, absence, violation and void stay apart."""

import re
from datetime import datetime

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jinbang.kernel.clock import SHANGHAI, frozen_at
from jinbang.people.queries import document_number_of
from jinbang.results import basis
from jinbang.results.actions import handover, pass_marks, recompute, release
from jinbang.results.actions.pass_marks import Whom
from jinbang.results.models import Outcome, OutcomeChange, RosterEntry
from jinbang.results.states import Reach
from tests.cast import NOW, Cast, client_of
from tests.results.test_queries import FAILED, PASSED_BASICS, PASSED_PRACTICE, season
from tests.results.world import (
    OPENS,
    World,
    bring_in,
    csv_of,
    enrol,
    new_sitting,
    new_world,
    outcome_of,
    released,
    set_pass_mark,
    set_pass_marks,
    validated,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now", "quick_signing")]


def page(member: object) -> str:
    response = client_of(member).get(reverse("results:record"))  # type: ignore[arg-type]  # a member of the cast
    assert isinstance(response, HttpResponse)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def at(year: int, month: int = 6) -> datetime:
    return datetime(year, month, 1, 9, tzinfo=SHANGHAI)


def test_says_what_counts_until_when_and_what_would_complete_it(cast: Cast) -> None:
    season(cast, 2026, PASSED_BASICS)
    text = page(cast.lin)
    assert "还差 1 科。" in text
    assert "2026 年度通过" in text
    assert "计入 2027 年度，之后失效" in text
    assert "2027 年度及以前" in text
    assert "须在连续 2 次考试（按年度）内通过全部应试科目" in text
    assert "依据：" in text


def test_a_year_nobody_registered_in_uses_up_a_pass_without_any_result_of_theirs(cast: Cast) -> None:
    season(cast, 2024, PASSED_BASICS)
    new_sitting(cast.shanxi, year=2025).regions.create(authority=cast.shanxi)
    with frozen_at(at(2025)):
        text = page(cast.lin)
    assert "未报名，计入年限" in text
    assert "已经失效：建设工程造价管理基础知识（2024 年度通过）" in text
    assert "还差 2 科。" in text


def test_a_pass_that_was_good_for_its_own_year_alone_is_not_called_lapsed_in_that_year(cast: Cast) -> None:
    world = new_world(cast, code="social-worker")
    enrol(world, [cast.lin.bound], subjects=("comprehensive", "practice"), level="junior", specialty="")
    bring_in(world, {"T00001": {"comprehensive": "缺考"}})
    released(world)
    text = page(cast.lin)
    assert "不计入以后的考试：社会工作实务（初级）（2026 年度通过）" in text
    assert "已经失效" not in text
    new_sitting(cast.shanxi, code="social-worker", year=2027).regions.create(authority=cast.shanxi)
    with frozen_at(at(2027)):
        assert "已经失效：社会工作实务（初级）（2026 年度通过）" in page(cast.lin)


def test_a_year_not_held_here_is_named_and_keeps_the_pass(cast: Cast) -> None:
    season(cast, 2024, PASSED_BASICS)
    new_sitting(cast.shanxi, year=2025).regions.create(authority=cast.shanxi, is_held=False)
    with frozen_at(at(2025)):
        text = page(cast.lin)
    assert "本考区未举行，不计入年限" in text
    assert "计入 2026 年度，之后失效" in text


def stated_elsewhere(cast: Cast, *, subject: str = "basics", through: str = "2028") -> World:
    """Bring in what another system's file states of 林: a subject passed in the year before."""
    world = new_world(cast)
    number = document_number_of(cast.lin.bound, on=NOW.date()).number
    heading = ["姓名", "证件号码", "专业", "合格科目", "合格年度", "有效至"]
    content = csv_of([heading, [cast.lin.bound.name, number, "安装工程", subject, "2025", through]]).encode()
    handover.import_handover(region=world.region, content=content, by=cast.chu.staff, now=NOW)
    enrol(world, [cast.lin.bound], subjects=("practice",))
    set_pass_marks(world)
    return world


def test_what_another_systems_file_states_counts_on_the_page_as_it_was_judged(cast: Cast) -> None:
    world = stated_elsewhere(cast)
    bring_in(world, {"T00001": {"practice": "50"}})
    released(world)
    assert outcome_of(world).validity["kept"] == [["basics", 2025, 2028]]
    text = page(cast.lin)
    assert "还差 1 科。" in text
    assert "可计入至 2028 年度" in text
    assert "其他系统移交的合格记录" in text
    ways = re.findall(r"<dt[^>]*>\s*([^<]*年度及以前|在一次考试内|再往后)\s*</dt>\s*<dd[^>]*>([^<]*)", text)
    said = {(when.strip(), what.strip()) for when, what in ways}
    assert ("2028 年度及以前", "通过 建设工程计量与计价实务（安装工程）") in said


def test_what_a_file_states_counts_before_any_result_of_ours_is_out(cast: Cast) -> None:
    world = stated_elsewhere(cast, through="2026")
    bring_in(world, {"T00001": {"practice": "50"}})
    validated(world)
    text = page(cast.lin)
    assert "2025 年度通过" in text
    assert "计入 2026 年度，之后失效" in text


def test_what_a_file_states_and_has_ended_is_named_as_lapsed(cast: Cast) -> None:
    world = stated_elsewhere(cast, through="2026")
    bring_in(world, {"T00001": {"practice": "50"}})
    released(world)
    text = page(cast.lin)
    assert "还差 2 科。" in text
    assert "已经失效：建设工程造价管理基础知识（2025 年度通过）" in text


def test_whoever_has_everything_is_told_so_and_of_nothing_to_do(cast: Cast) -> None:
    season(cast, 2025, PASSED_BASICS)
    season(cast, 2026, PASSED_PRACTICE)
    text = page(cast.lin)
    assert "已全部合格（2026 年度）。" in text
    assert "2025 年度已合格，仍计入" in text
    assert "怎样才算全部通过" not in text


def test_whoever_passed_by_a_districts_line_only_reads_where_it_is_good_for_and_what_is_missing_elsewhere(
    cast: Cast,
) -> None:
    world = new_world(cast)
    enrol(world, [cast.lin.bound])
    RosterEntry.objects.filter(region=world.region).update(district="140311")
    set_pass_marks(world)
    line = pass_marks.propose_pass_mark(
        region=world.region,
        level_code="level-2",
        subject_code="basics",
        mark_hundredths=5000,
        document_number="晋人社厅函〔2026〕32号",
        whom=Whom(Reach.DISTRICT, "140311"),
        by=cast.jiang.staff,
        now=NOW,
    )
    pass_marks.approve_pass_mark(pass_mark_id=line.pk, by=cast.shen.staff, now=NOW)
    bring_in(world, {"T00001": {"basics": "50", "practice": "60"}})
    released(world)
    text = page(cast.lin)
    assert "已按单独划线合格（2026 年度）。" in text
    assert "证书只在规定的地区内有效。要取得各地都有效的证书，按统一的合格标准还差 1 科。" in text
    assert "按单独划线合格：证书只在规定的地区内有效，没有达到统一标准的科目不保留到以后的考试。" in text
    kept = re.findall(r'jb-standing__name">([^<]*)', text)
    assert kept == ["建设工程计量与计价实务（安装工程）"], "what was passed by the common line stays, and nothing else"


@pytest.mark.parametrize(
    "code,says",
    [
        ("economist", "成绩合格证明 5 年内有效（起止日期以证明为准），其间还须通过高级经济师职称评审，才能取得证书。"),
        ("social-worker", "成绩合格证明有有效期，以证明和当年公告为准；其间还须通过高级社会工作师专家评审"),
    ],
)
def test_whoever_has_a_proof_of_marks_reads_how_long_it_is_good_for_and_what_is_still_to_come(
    cast: Cast, code: str, says: str
) -> None:
    world = new_world(cast, code=code)
    shape = world.region.sitting.programme_version.programme.level("senior")
    specialty = shape.specialties[0].code if shape.specialties else ""
    enrol(world, [cast.lin.bound], subjects=("practice",), level="senior", specialty=specialty)
    bring_in(world)
    released(world)
    text = page(cast.lin)
    assert "已全部合格（2026 年度）。" in text
    assert says in text
    assert ("尚未核对原文" in text) == (code == "social-worker")


@pytest.mark.parametrize(
    "cell,words,row",
    [
        ("0", "0 分", "failed"),
        ("缺考", "缺考", "absent"),
        ("违纪", "违纪", "violation"),
        ("成绩无效", "成绩无效", "void"),
        ("待核查", "待核查", "withheld"),
    ],
)
def test_zero_absent_violation_void_and_withheld_never_look_alike(
    *, cast: Cast, cell: str, words: str, row: str
) -> None:
    season(cast, 2026, {"T00001": {"basics": cell, "practice": "60"}})
    text = page(cast.lin)
    rows = re.findall(r'jb-marks__row--(\w+)"> <span class="jb-marks__name">[^<]*</span> <span[^>]*>([^<]*)', text)
    assert (row, words) in {(tone, mark.strip()) for tone, mark in rows}
    others = {"0 分", "缺考", "违纪", "成绩无效", "待核查"} - {words}
    assert not any(other == mark.strip() for other in others for _tone, mark in rows)


def test_absent_from_everything_and_not_registered_are_two_things(cast: Cast) -> None:
    season(cast, 2024, PASSED_BASICS)
    season(cast, 2025, {"T00001": {"basics": "缺考", "practice": "缺考"}})
    new_sitting(cast.shanxi, year=2026).regions.create(authority=cast.shanxi)
    with frozen_at(at(2026, 12)):
        text = page(cast.lin)
    assert "报名后缺考，计入年限" in text
    assert "未报名，计入年限" in text


def test_a_change_of_track_is_a_new_candidate_here_as_well(cast: Cast) -> None:
    season(cast, 2025, PASSED_PRACTICE)
    season(cast, 2026, {"T00001": {"practice": "59"}}, subjects=("practice",), track="exempt-basics")
    text = page(cast.lin)
    assert "还算数的科目" not in text
    assert "还差 1 科。" in text


def test_what_is_not_out_is_named_as_not_out_whatever_it_is(cast: Cast) -> None:
    season(cast, 2025, PASSED_BASICS)
    season(cast, 2026, PASSED_PRACTICE, is_out=False)
    text = page(cast.lin)
    assert "2026 年度的成绩还没有公布。" in text
    assert "成绩未公布" in text
    assert "计入 2026 年度，之后失效" in text
    assert "已全部合格" not in text


def _page_before_release(cast: Cast, marks: dict[str, dict[str, str]]) -> str:
    season(cast, 2026, marks, is_out=False)
    return re.sub(r'nonce-[^"\']*|value="[^"]*"', "", page(cast.lin))


def test_two_worlds_that_differ_in_marks_alone_show_one_page_before_the_release(cast: Cast) -> None:
    seen = []
    for marks in (PASSED_PRACTICE, FAILED, {"T00001": {"basics": "缺考", "practice": "违纪"}}):
        with transaction.atomic():
            season(cast, 2025, PASSED_BASICS)
            seen.append(_page_before_release(cast, marks))
            transaction.set_rollback(True)
    assert seen[0] == seen[1] == seen[2]


def test_the_twin_a_page_that_reads_unreleased_outcomes_would_differ(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(basis, "outcomes_that_are_out", Outcome.objects.all)
    seen = []
    for marks in (PASSED_PRACTICE, FAILED):
        with transaction.atomic():
            seen.append(_page_before_release(cast, marks))
            transaction.set_rollback(True)
    assert seen[0] != seen[1]


def test_a_correction_shows_when_it_is_out_and_not_before(cast: Cast) -> None:
    world = season(cast, 2026, PASSED_BASICS)
    release.correct_release(
        release_id=world.release.pk, opens_at=OPENS.replace(day=20), reason="错登", by=cast.chu.staff, now=OPENS
    )
    bring_in(world, FAILED)
    validated(world, opens_at=OPENS.replace(day=20), now=OPENS)
    assert "还差 1 科。" in page(cast.lin)
    released(world, opens_at=OPENS.replace(day=20), now=OPENS)
    assert "还差 2 科。" in page(cast.lin)


def test_each_sees_their_own_and_whoever_has_none_is_told_so(cast: Cast) -> None:
    season(cast, 2026, PASSED_BASICS)
    assert "还没有您的成绩" in page(cast.zhao)
    assert "建设工程造价" not in page(cast.zhao)


def test_somebody_bound_to_nobody_and_somebody_not_signed_in_are_led_away(cast: Cast) -> None:
    assert client_of(cast.sun).get(reverse("results:record")).status_code == 302
    assert Client().get(reverse("results:record")).status_code == 302
    assert client_of(cast.wu).get(reverse("results:record")).status_code == 403


def test_ten_years_take_as_many_queries_as_two(cast: Cast) -> None:
    season(cast, 2025, FAILED)
    season(cast, 2026, PASSED_BASICS)
    client = client_of(cast.lin)
    client.get(reverse("results:record"))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("results:record"))
    for year in (2021, 2022, 2023):
        season(cast, year, FAILED)
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("results:record"))
    assert len(many) == len(few) <= 15


# ---------------------------------------------------------------- the desk's page of differences
@pytest.fixture
def changed(world: World) -> World:
    """Return a region whose pass mark has gone down since everybody was judged."""
    set_pass_marks(world)
    bring_in(world, {"T00002": {"basics": "59"}})
    validated(world)
    set_pass_mark(world, "basics", 5900)
    recompute.recompute_outcomes(release_id=world.release.pk, now=NOW)
    return world


def test_the_desk_sees_who_changed_from_what_to_what_and_why(changed: World, cast: Cast) -> None:
    response = client_of(cast.jiang).get(reverse("results:changes", args=[changed.release.pk]))
    text = response.content.decode()
    assert "3 人有变化" in text
    assert "部分科目合格 → 合格" in text
    assert "建设工程造价管理基础知识：不合格 → 合格" in text
    assert "合格标准变动" in text


def test_only_results_officers_of_the_region_see_differences(changed: World, cast: Cast) -> None:
    address = reverse("results:changes", args=[changed.release.pk])
    for member in (cast.wu, cast.zhou, cast.gu):
        assert client_of(member).get(address).status_code in {403, 404}
    assert client_of(cast.lin).get(address).status_code == 403
    assert client_of(cast.chu).get(address).status_code == 200


def test_the_page_says_when_nothing_was_judged_anew_and_when_nobody_changed(world: World, cast: Cast) -> None:
    set_pass_marks(world)
    bring_in(world)
    validated(world)
    address = reverse("results:changes", args=[world.release.pk])
    assert "还没有重新计算过" in client_of(cast.chu).get(address).content.decode()
    bring_in(world, {"T00001": {"basics": "60.00"}})
    recompute.recompute_outcomes(release_id=world.release.pk, now=NOW)
    assert not OutcomeChange.objects.exists()
    assert "没有人的结论发生变化" in client_of(cast.chu).get(address).content.decode()
