"""The pages of the review desk: claims, the checklist, the second look, bulk, figures, agreements, and appeals."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from jinbang.application import actions, workload
from jinbang.application.models import Application, ApprovalRun, LineRequest, ListedReason, ReviewPlan, ReviewTerms
from jinbang.application.states import ApplicationState as S
from jinbang.audit.models import StateChange
from jinbang.audit.submission import new_submission_key
from jinbang.portal.assets import SERVED
from tests.application.world import CODE, LATER, SMALL_PHOTO, World, refused, submitted
from tests.cast import LIN_NUMBER, Cast, StaffMember, client_of

pytestmark = pytest.mark.django_db

QUEUE = "/desk/application/"


def keyed(**fields: object) -> dict[str, object]:
    return {"submission_key": new_submission_key(), **fields}


@pytest.fixture
def case(cast: Cast, world: World) -> Application:
    return submitted(cast.lin.candidate, site=world.first)


def at(case: Application, word: str = "") -> str:
    return f"{QUEUE}{case.pk}/{word}{'/' if word else ''}"


def typed(page: str, **marks: str) -> dict[str, object]:
    """Return the hidden list of lines of a page, and marks by the code of a line."""
    start = page.index('name="lines" value="') + len('name="lines" value="')
    lines = page[start : page.index('"', start)].split("|")
    fields: dict[str, object] = {"version": 1, "lines": "|".join(lines)}
    for code, verdict in marks.items():
        kind, _, words = verdict.partition(" ")
        fields |= {f"verdict-{lines.index(code) + 1}": kind, f"words-{lines.index(code) + 1}": words}
    return fields


def test_taking_the_next_case_shows_it_as_ones_own_and_to_others_as_taken(cast: Cast, case: Application) -> None:
    zhou, bai = client_of(cast.zhou), client_of(cast.bai)
    assert zhou.post(f"{QUEUE}next/").headers["Location"] == at(case)
    assert "您已领取" in zhou.get(at(case)).text
    page = bai.get(at(case)).text
    assert "周审正在审核" in page
    assert "data-decide" not in page
    assert "周审领取" in bai.get(QUEUE).text
    assert bai.post(at(case, "claim")).status_code == 409
    answer = bai.post(at(case, "approve"), keyed(version=1))
    assert answer.status_code == 409
    assert "周审正在审核" in answer.text
    assert bai.post(f"{QUEUE}next/", follow=True).text.count("没有可以领取的下一份了") == 1
    assert zhou.post(at(case, "release")).status_code == 302
    assert bai.post(at(case, "claim")).headers["Location"] == at(case)


def test_the_checklist_is_kept_and_leads_to_a_return_line_by_line(cast: Cast, case: Application) -> None:
    client = client_of(cast.zhou)
    sent = typed(client.get(at(case)).text, photo="to_fix 背景不是白色", education="fine")
    assert client.post(at(case, "lines"), keyed(**sent)).headers["Location"] == at(case)
    page = client.get(at(case)).text
    assert "背景不是白色" in page
    assert client.post(at(case, "approve"), keyed(**sent)).status_code == 422
    assert client.post(at(case, "return"), keyed(**sent)).status_code == 302
    assert Application.objects.get(pk=case.pk).reason == "照片：背景不是白色。"
    assert LineRequest.objects.get().words == "背景不是白色"


def test_a_checklist_of_another_list_ticks_nothing(cast: Cast, case: Application) -> None:
    client = client_of(cast.zhou)
    sent = {**typed(client.get(at(case)).text, photo="not_met x"), "lines": "photo|site"}
    assert client.post(at(case, "approve"), keyed(**sent)).status_code == 302
    assert Application.objects.get(pk=case.pk).state == S.APPROVED


def test_filters_and_their_case_go_along(cast: Cast, case: Application) -> None:
    client = client_of(cast.zhou)
    assert "林晓" in client.get(QUEUE, {"level": "level-2", "state": "submitted", "region": "nonsense"}).text
    page = client.get(QUEUE, {"resubmitted": "on"})
    assert "没有符合筛选条件的报名" in page.text
    assert client.post(f"{QUEUE}next/?level=level-2").headers["Location"] == f"{at(case)}?level=level-2"


def test_the_document_number_is_shown_once_to_who_says_why(cast: Cast, case: Application) -> None:
    client = client_of(cast.zhou)
    assert client.post(at(case, "document"), {"purpose": " "}).status_code == 422
    page = client.post(at(case, "document"), {"purpose": "核对证件"})
    assert LIN_NUMBER in page.text
    assert LIN_NUMBER not in client.get(at(case)).text
    revealed = StateChange.objects.get(event="document_revealed")
    assert (revealed.actor_name, revealed.reason) == ("周审", "核对证件")
    assert client_of(cast.zheng).post(at(case, "document"), {"purpose": "核对证件"}).status_code == 404


def test_a_second_reviewer_sends_back_with_words(cast: Cast, case: Application) -> None:
    actions.propose_refusal(application_id=case.pk, version=1, reason="不符。", by=cast.zhou.staff, now=LATER)
    client = client_of(cast.bai)
    assert client.post(at(case, "send-back"), keyed(version=1)).status_code == 422
    assert client.post(at(case, "send-back"), keyed(version=1, words="请再核对。")).status_code == 302
    assert Application.objects.get(pk=case.pk).state == S.SUBMITTED


def test_a_candidate_appeals_and_reads_what_became_of_it(cast: Cast, case: Application) -> None:
    lin, address = client_of(cast.lin), f"/applications/{case.pk}/appeal/"
    assert "提交申诉" not in lin.get(address).text
    refused(case, first=cast.zhou.staff, second=cast.bai.staff)
    shown = lin.get(f"/applications/{case.pk}/").text
    assert "申诉截止时间" in shown
    assert "撤回这次报名" not in shown
    assert "学历不符" in lin.get(address).text
    assert lin.post(address, keyed(words=" ")).status_code == 422
    bad = SimpleUploadedFile("证明.jpg", b"MZ\x90", content_type="image/jpeg")
    assert lin.post(address, keyed(words="证书可以核验。", proof=bad)).status_code == 422
    good = SimpleUploadedFile("证明.jpg", SMALL_PHOTO, content_type="image/jpeg")
    assert lin.post(address, keyed(words="证书可以核验。", proof=good)).headers["Location"] == address
    page = lin.get(address).text
    assert "申诉处理中" in page
    assert "裁定最迟" in page
    judge = client_of(cast.shi)
    assert "证书可以核验。" in judge.get(at(case)).text
    assert judge.post(at(case, "uphold"), keyed(version=1, words="证书与条件不符。")).status_code == 302
    assert "申诉不成立" in lin.get(address).text
    assert "证书与条件不符。" in lin.get(address).text
    assert client_of(cast.zhao).get(address).status_code == 404


def test_everything_that_matches_is_listed_confirmed_and_carried_on(cast: Cast, case: Application) -> None:
    client, address = client_of(cast.zhou), f"{QUEUE}approve-matching/"
    page = client.get(address).text
    assert "确认通过这 1 份" in page
    start = page.index('name="list" value="') + len('name="list" value="')
    listed = page[start : start + 64]
    assert client.post(address, keyed(list="0" * 64)).status_code == 409
    progress = client.post(address, keyed(list=listed)).headers["Location"]
    assert "已处理 0 份，共 1 份" in client.get(progress).text
    assert client.post(progress).status_code == 302
    assert "已全部处理完" in client.get(progress).text
    assert ApprovalRun.objects.get().approved == 1
    assert client_of(cast.bai).get(progress).status_code == 404


def test_the_figures_say_what_waits_and_why_cases_went_back(cast: Cast, world: World, case: Application) -> None:
    other = submitted(cast.zhao.candidate, site=world.first)
    seen: dict[str, Any] = {"version": 1, "by": cast.zhou.staff, "now": LATER}
    actions.return_application(application_id=case.pk, reason="照片不清。", reason_code="photo", **seen)
    actions.propose_refusal(application_id=other.pk, reason="不符。", reason_code="education", **seen)
    figures = workload.figures_of(cast.zhou.staff, days=7, now=LATER)
    assert (figures.waiting, figures.overdue, figures.decided, figures.median_hours) == (1, 0, 2, 1.0)
    tables = {table.name: table.rows for table in figures.tables}
    assert tables["returned"] == [("照片不符合要求，请上传本人近期免冠正面照片。", 1)]
    assert tables["refused"] == [("学历不符合报考条件。", 1)]
    assert tables["load"] == [("周审", 2)]
    assert workload.figures_of(cast.zheng.staff, days=7, now=LATER).waiting == 0
    page = client_of(cast.han).get(f"{QUEUE}statistics/?days=7").text
    assert "用时中位数" in page
    assert 'type="application/json"' in page
    assert "echarts.js" in SERVED


def test_a_reviewer_keeps_the_list_and_a_planner_the_terms_and_tiers(cast: Cast, world: World) -> None:
    zhou, qian = client_of(cast.zhou), client_of(cast.qian)
    fields = {"kind": "return", "text": "学历证书看不清。", "programme": "", "authority": str(cast.shanxi.pk)}
    assert zhou.post(f"{QUEUE}reasons/", keyed(**{**fields, "text": ""})).status_code == 422
    assert zhou.post(f"{QUEUE}reasons/", keyed(**fields), follow=True).text.count("学历证书看不清。") >= 1
    listed = ListedReason.objects.get()
    gone = {"authority": str(cast.shanxi.pk), "kind": "return", "code": listed.code, "programme": ""}
    assert "还没有。在下面添加" in zhou.post(f"{QUEUE}reasons/unlist/", keyed(**gone), follow=True).text
    elsewhere = keyed(**{**fields, "authority": str(cast.chongqing.pk)})
    assert zhou.post(f"{QUEUE}reasons/", elsewhere).status_code == 422
    terms = {"authority": str(cast.shanxi.pk), "starts_on": "2026-03-10", "lease_minutes": 20}
    answer = qian.post(f"{QUEUE}terms/", keyed(**terms, appeal_working_days=3), follow=True)
    assert "已保存" in answer.text
    assert ReviewTerms.objects.get().lease_minutes == 20
    plan = {"region": str(world.region.pk), "tiers": "2", "sample_percent": 20}
    page = qian.post(f"{QUEUE}plan/", keyed(**plan), follow=True).text
    assert ReviewPlan.objects.get().seed_commitment in page
    assert ReviewPlan.objects.get().seed not in page
    for address in ("terms", "plan"):
        assert {client_of(one).get(f"{QUEUE}{address}/").status_code for one in (cast.zhou, cast.wu)} == {403}


def test_the_sample_is_everybodys_and_its_file_waits_for_the_end(cast: Cast, case: Application) -> None:
    actions.plan_review(region_id=case.region_id, tiers=2, sample_percent=10, by=cast.qian.staff, now=LATER)
    assert Client().get(f"/exams/{CODE}/review-sample/").status_code == 200
    assert Client().get(f"/exams/{CODE}/review-sample/14.json").status_code == 409
    assert Client().get("/exams/no-such/review-sample/").status_code == 404


@pytest.mark.parametrize("name", ["wu", "gu"])
def test_whoever_has_no_business_here_gets_nothing(cast: Cast, case: Application, name: str) -> None:
    member: StaffMember = getattr(cast, name)
    client = client_of(member)
    assert client.get(f"/applications/{case.pk}/appeal/").status_code == 403
    for word in ("statistics", "reasons", "terms", "plan"):
        assert client.get(f"{QUEUE}{word}/").status_code == 403


def test_a_case_is_read_once_for_its_page(
    cast: Cast, case: Application, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = client_of(cast.zhou)
    with django_assert_max_num_queries(26):
        assert client.get(at(case)).status_code == 200
