"""The reviewer's desk, and everybody who has no business there."""

from datetime import date, timedelta

import pytest
from django.test import Client

from jinbang.application import actions
from jinbang.application.models import Application
from jinbang.application.states import ApplicationState
from jinbang.audit.models import StateChange
from jinbang.audit.submission import new_submission_key
from jinbang.kernel.identity import make_resident_id
from jinbang.people import amendments
from tests.application.world import LATER, World, submitted
from tests.cast import LIN_NUMBER, NOW, Cast, client_of
from tests.people.test_amendments import wanted

pytestmark = pytest.mark.django_db

QUEUE = "/desk/application/"
SELECTED = "/desk/application/approve-selected/"


def keyed(**fields: object) -> dict[str, object]:
    return {"submission_key": new_submission_key(), **fields}


def test_the_queue_shows_the_clock_and_leads_to_the_case(cast: Cast, world: World) -> None:
    pk = submitted(cast.lin.candidate, site=world.first).pk
    page = client_of(cast.zhou).get(QUEUE)
    assert "还剩 2 个工作日" in page.text
    assert f"/desk/application/{pk}/" in page.text
    assert "林晓" in page.text


def test_an_empty_queue_says_so(cast: Cast, world: World) -> None:
    assert "没有待审核的报名" in client_of(cast.zhou).get(QUEUE).text


def test_the_case_shows_what_decides_it_and_masks_the_document(cast: Cast, world: World) -> None:
    pk = submitted(cast.lin.candidate, site=world.first).pk
    page = client_of(cast.zhou).get(f"/desk/application/{pk}/")
    assert page.status_code == 200
    for shown in ("林晓", "安装工程", "大学本科", "符合这一报考条件", "提交报名", world.first.name):
        assert shown in page.text
    assert LIN_NUMBER not in page.text
    assert f"{LIN_NUMBER[:3]}***********{LIN_NUMBER[-4:]}" in page.text


def test_what_was_submitted_keeps_the_name_and_number_it_was_made_with(cast: Cast, world: World) -> None:
    pk = submitted(cast.lin.candidate, site=world.first).pk
    number = make_resident_id("140303", date(1995, 6, 2), 12)
    asked = amendments.request_amendment(wanted(name="林后来", number=number), by=cast.lin.candidate, now=NOW)
    amendments.approve_amendment(asked.pk, by=cast.zhou.staff, now=NOW + timedelta(days=1))
    page = client_of(cast.zhou).get(f"/desk/application/{pk}/").text
    assert "林晓" in page
    assert "林后来" not in page
    assert f"***{LIN_NUMBER[-4:]}" in page
    # The twin: what is made today bears today's name.
    Application.objects.filter(pk=pk).update(submitted_at=NOW + timedelta(days=1))
    page = client_of(cast.zhou).get(f"/desk/application/{pk}/").text
    assert "林后来" in page
    assert f"***{number[-4:]}" in page


def test_approving_leads_to_the_next_case(cast: Cast, world: World) -> None:
    first = submitted(cast.lin.candidate, site=world.first).pk
    second = submitted(cast.zhao.candidate, site=world.first).pk
    client = client_of(cast.zhou)
    client.get(f"/desk/application/{first}/")
    answer = client.post(f"/desk/application/{first}/approve/", keyed(version=1))
    assert answer.headers["Location"] == f"/desk/application/{second}/"
    assert client.post(f"/desk/application/{second}/approve/", keyed(version=1)).headers["Location"] == QUEUE
    assert set(Application.objects.values_list("state", flat=True)) == {ApplicationState.APPROVED}


def test_returning_needs_a_reason_and_the_candidate_reads_it(cast: Cast, world: World) -> None:
    pk, client = submitted(cast.lin.candidate, site=world.first).pk, client_of(cast.zhou)
    address = f"/desk/application/{pk}/return/"
    for empty in ({}, {"return_reason": "other", "words": "  "}):
        page = client.post(address, keyed(version=1, **empty))
        assert page.status_code == 422
    assert "请写明原因" in page.text
    client.post(address, keyed(version=1, return_reason="photo", words="背景不是白色。"))
    application = Application.objects.get(pk=pk)
    assert application.state == ApplicationState.RETURNED
    assert application.reason.startswith("照片不符合要求")
    assert application.reason.endswith("背景不是白色。")


def test_refusing_takes_two_and_says_why(cast: Cast, world: World) -> None:
    pk, client = submitted(cast.lin.candidate, site=world.first).pk, client_of(cast.zhou)
    client.post(f"/desk/application/{pk}/refuse/", keyed(version=1, refuse_reason="education", words=""))
    application = Application.objects.get(pk=pk)
    assert (application.state, application.reason) == (ApplicationState.REFUSAL_PROPOSED, "学历不符合报考条件。")
    assert "须由其他审核人员处理" in client.get(f"/desk/application/{pk}/").text
    seen = {"version": 1, "seen_at": application.decided_at.isoformat() if application.decided_at else ""}
    assert client.post(f"/desk/application/{pk}/confirm-refusal/", keyed(**seen)).status_code == 409
    second = client_of(cast.bai)
    assert "同意，不通过" in second.get(f"/desk/application/{pk}/").text
    assert second.post(f"/desk/application/{pk}/confirm-refusal/", keyed(**seen)).status_code == 302
    refused = Application.objects.get(pk=pk)
    assert (refused.state, refused.reason) == (ApplicationState.REFUSED, "学历不符合报考条件。")


def test_whoever_comes_second_is_told_the_first_decision(cast: Cast, world: World) -> None:
    pk, client = submitted(cast.lin.candidate, site=world.first).pk, client_of(cast.zhou)
    actions.return_application(application_id=pk, version=1, reason="照片不清。", by=cast.zhou.staff, now=LATER)
    page = client.post(f"/desk/application/{pk}/approve/", keyed(version=1))
    assert page.status_code == 409
    assert "周审" in page.text
    assert "已退回" in page.text
    lost = StateChange.objects.get(subject_id=pk, event="lost")
    assert (lost.actor_name, lost.details) == ("周审", {"tried": "approve"})
    assert Application.objects.get(pk=pk).state == ApplicationState.RETURNED


def test_a_decision_sent_twice_counts_once(cast: Cast, world: World) -> None:
    pk, client = submitted(cast.lin.candidate, site=world.first).pk, client_of(cast.zhou)
    sent = keyed(version=1)
    answers = [client.post(f"/desk/application/{pk}/approve/", sent) for _ in range(2)]
    assert [answer.headers["Location"] for answer in answers] == [QUEUE, QUEUE]


def test_the_selected_are_shown_before_they_are_approved(cast: Cast, world: World) -> None:
    lin = submitted(cast.lin.candidate, site=world.first).pk
    zhao = submitted(cast.zhao.candidate, site=world.first).pk
    client = client_of(cast.zhou)
    preview = client.get(SELECTED, {"case": [f"{lin}:1", f"{zhao}:1", "nonsense"]})
    assert "林晓" in preview.text
    assert "确认通过这 2 份" in preview.text
    assert Application.objects.filter(state=ApplicationState.APPROVED).count() == 0
    actions.return_application(application_id=zhao, version=1, reason="请改。", by=cast.zhou.staff, now=LATER)
    answer = client.post(SELECTED, keyed(case=[f"{lin}:1", f"{zhao}:1"]), follow=True)
    assert "已通过 1 份" in answer.text
    assert "有 1 份没有通过" in answer.text
    assert Application.objects.get(pk=lin).state == ApplicationState.APPROVED


def test_nothing_selected_says_so(cast: Cast, world: World) -> None:
    client = client_of(cast.zhou)
    assert "没有选择任何" in client.get(SELECTED).text
    assert client.post(SELECTED, keyed()).status_code == 200


def test_the_photo_is_for_the_reviewer_of_the_place(cast: Cast, world: World) -> None:
    pk = submitted(cast.lin.candidate, site=world.first).pk
    picture = client_of(cast.zhou).get(f"/desk/application/{pk}/photo.jpg")
    assert picture.content.startswith(b"\xff\xd8\xff")
    assert "no-store" in picture.headers["Cache-Control"]
    assert client_of(cast.zheng).get(f"/desk/application/{pk}/photo.jpg").status_code == 404


def test_a_reviewer_of_another_province_finds_nothing(cast: Cast, world: World) -> None:
    pk, client = submitted(cast.lin.candidate, site=world.first).pk, client_of(cast.zheng)
    assert "林晓" not in client.get(QUEUE).text
    assert client.get(f"/desk/application/{pk}/").status_code == 404
    assert client.post(f"/desk/application/{pk}/approve/", keyed(version=1)).status_code == 404
    assert Application.objects.get(pk=pk).state == ApplicationState.SUBMITTED


def test_wu_the_bursar_and_candidates_get_nothing(cast: Cast, world: World) -> None:
    pk = submitted(cast.lin.candidate, site=world.first).pk
    case = f"/desk/application/{pk}/"
    pages = ("", "approve-selected/", "approve-matching/", "statistics/", "reasons/", f"runs/{pk}/")
    addresses = [f"{QUEUE}{page}" for page in pages]
    addresses += [case, f"{case}photo.jpg", f"{case}evidence/{pk}"]
    words = ("approve", "return", "refuse", "lines", "claim", "release", "document", "confirm-refusal")
    decisions = [f"{case}{word}/" for word in (*words, "confirm-approval", "send-back", "uphold", "reopen")]
    decisions += [f"{QUEUE}next/", f"{QUEUE}reasons/unlist/"]
    for member in (cast.wu, cast.gu, cast.lin):
        client = client_of(member)
        assert {client.get(address).status_code for address in addresses} == {403}
        assert {client.post(address, keyed(version=1)).status_code for address in decisions} == {403}
    assert all("sign-in" in Client().get(address).headers["Location"] for address in addresses)
    assert Application.objects.get(pk=pk).state == ApplicationState.SUBMITTED
