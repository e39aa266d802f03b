"""The planner's desk: every change is read before it is made, made once, and out of reach for everybody else."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from jinbang.kernel.actors import SYSTEM
from jinbang.people import actions as people
from jinbang.people.states import Role
from jinbang.sittings import queries
from jinbang.sittings.models import ExamRegion, Notice, Site, Sitting, Window
from jinbang.sittings.states import SittingState, WindowKind
from tests.cast import NOW, SINCE, Cast, client_of
from tests.sittings.plans import NATIONAL, PDF, SHANXI, create, publish
from tests.sittings.test_actions import LATER

pytestmark = pytest.mark.django_db

KEY = "k" * 24
PAGES = (
    "desk_sitting",
    "desk_extend_window",
    "desk_add_site",
    "desk_issue_notice",
    "desk_reminders",
    "desk_publish",
    "desk_close",
    "desk_cancel",
)


def at(name: str, sitting: Sitting) -> str:
    return reverse(f"sittings:{name}", args=[sitting.code])


@pytest.fixture
def planner(cast: Cast) -> Client:
    """钱, who plans for the whole nation."""
    return client_of(cast.qian)


def post(client: Client, where: str, /, **fields: Any) -> Any:  # noqa: ANN401  # what the test client takes and gives
    return client.post(where, {"submission_key": KEY, **fields})


def extension(**changes: str) -> dict[str, str]:
    told = {
        "kind": "application",
        "region": "all",
        "closes_on": "2026-03-27",
        "closes_at": "",
        "reason": "系统访问量大",
        "title": "关于延长报名时间的公告",
        "document_number": "",
        "body": "报名延长。",
    }
    return {**told, **changes}


def site_fields(region: ExamRegion, /, **changes: str) -> dict[str, str]:
    told = {"region": str(region.pk), "code": "09", "name": "第九中学", "address": "学院路9号", "capacity": "300"}
    return {**told, **changes}


# ---------------------------------------------------------------- who gets in


@pytest.mark.parametrize("name", PAGES)
def test_wu_gets_onto_no_page_of_the_planners_desk(cast: Cast, name: str) -> None:
    sitting = publish()
    wu = client_of(cast.wu)
    assert wu.get(at(name, sitting)).status_code == 403
    assert wu.post(at(name, sitting), {"submission_key": KEY}).status_code in {403, 405}
    assert wu.get(reverse("sittings:desk_sitting_list")).status_code == 403
    sitting.refresh_from_db()
    assert sitting.state == SittingState.PUBLISHED


@pytest.mark.parametrize("name", PAGES)
def test_whoever_has_not_signed_in_is_sent_to_the_sign_in_page(cast: Cast, client: Client, name: str) -> None:
    response = client.get(at(name, publish()))
    assert response.status_code == 302
    assert urlsplit(response["Location"]).path == reverse("people:staff_sign_in")


@pytest.mark.parametrize("name", PAGES)
def test_a_planner_of_another_province_finds_nothing(cast: Cast, name: str) -> None:
    people.appoint(
        account=cast.wu.account,
        authority=cast.chongqing,
        role=Role.PLANNER,
        unit="计划处",
        starts_on=SINCE,
        by=SYSTEM,
        now=NOW,
    )
    assert client_of(cast.wu).get(at(name, publish())).status_code == 404


@pytest.mark.parametrize("name", ["desk_reminders", "desk_publish", "desk_close", "desk_cancel"])
def test_whoever_runs_only_a_region_does_not_decide_about_the_sitting(cast: Cast, name: str) -> None:
    people.appoint(
        account=cast.wu.account,
        authority=cast.chongqing,
        role=Role.PLANNER,
        unit="计划处",
        starts_on=SINCE,
        by=SYSTEM,
        now=NOW,
    )
    sitting = publish(NATIONAL)
    wu = client_of(cast.wu)
    assert wu.get(at("desk_sitting", sitting)).status_code == 200
    assert wu.get(at(name, sitting)).status_code == 404
    assert post(wu, at(name, sitting), reason="无").status_code == 404


# ---------------------------------------------------------------- reading


def test_the_desk_lists_sittings_and_shows_every_version_with_its_author(cast: Cast, planner: Client) -> None:
    sitting = publish()
    assert sitting.name in planner.get(reverse("sittings:desk_sitting_list")).content.decode()
    post(planner, at("desk_extend_window", sitting), confirmed="1", **extension())
    text = planner.get(at("desk_sitting", sitting)).content.decode()
    for shown in ("已被取代", "新建", "钱划", "系统访问量大", "2026年3月27日（星期五）24:00", "第01中学"):
        assert shown in text


def test_a_draft_lists_what_is_missing(cast: Cast, planner: Client) -> None:
    text = planner.get(at("desk_sitting", create(replace(SHANXI, fees=())))).content.decode()
    assert "科目“建设工程计量与计价实务”还没有收费标准，请补充。" in text


# ---------------------------------------------------------------- extending a window


def test_an_extension_is_previewed_and_changes_nothing_until_confirmed(cast: Cast, planner: Client) -> None:
    sitting = publish(NATIONAL)
    response = post(planner, at("desk_extend_window", sitting), **extension())
    text = response.content.decode()
    assert response.status_code == 200
    for shown in ("2026年3月20日（星期五）24:00", "2026年3月27日（星期五）24:00", "考生会看到", "重庆市"):
        assert shown in text
    assert Window.objects.filter(version=2).count() == Notice.objects.count() == 0


def test_a_confirmed_extension_is_made_once_however_often_it_is_sent(cast: Cast, planner: Client) -> None:
    sitting = publish()
    fields = extension(closes_on="２０２６年３月２７日")
    for _again in range(2):
        response = post(planner, at("desk_extend_window", sitting), confirmed="1", **fields)
        assert (response.status_code, response["Location"]) == (302, at("desk_sitting", sitting))
    assert [window.closes for window in Window.objects.filter(version=2)] == [LATER]


def test_going_back_keeps_what_was_typed(cast: Cast, planner: Client) -> None:
    response = post(planner, at("desk_extend_window", publish()), edit="1", **extension())
    assert response.status_code == 200
    assert 'value="系统访问量大"' in response.content.decode()


def test_a_time_closes_at_that_minute(cast: Cast, planner: Client) -> None:
    sitting = publish()
    post(planner, at("desk_extend_window", sitting), confirmed="1", **extension(closes_at="１６：００"))
    window = queries.windows_of_sitting(sitting)[WindowKind.APPLICATION]
    assert window.closes.isoformat() == "2026-03-27T08:00:00+00:00"


@pytest.mark.parametrize(
    "wrong,said",
    [
        ({"closes_on": "明天"}, "请按 2017-04-07 的形式填写日期"),
        ({"closes_on": ""}, "请填写日期"),
        ({"closes_at": "下午"}, "请按 16:00 的形式填写时刻"),
        ({"reason": " "}, "请填写原因"),
        ({"title": ""}, "请填写公告标题"),
        ({"body": ""}, "请填写公告正文"),
        ({"kind": "holiday"}, "请从列出的选项里选择"),
        ({"closes_on": "2026-03-20"}, ""),
        ({"kind": "recheck"}, ""),
    ],
)
def test_a_bad_extension_gets_a_sentence_and_changes_nothing(  # noqa: PLR0917  # fixtures, and the columns of the table
    cast: Cast, planner: Client, wrong: dict[str, str], said: str
) -> None:
    response = post(planner, at("desk_extend_window", publish()), confirmed="1", **extension(**wrong))
    assert response.status_code == 422
    assert said in response.content.decode()
    assert "govuk-error-summary" in response.content.decode()
    assert not Window.objects.filter(version=2).exists()


def test_a_region_is_extended_alone(cast: Cast, planner: Client) -> None:
    sitting = publish(NATIONAL)
    region = queries.get_region(sitting, "14")
    post(planner, at("desk_extend_window", sitting), confirmed="1", **extension(region=str(region.pk)))
    own = queries.window_of(region, WindowKind.APPLICATION)
    assert own is not None
    assert (own.region_id, own.closes) == (region.pk, LATER)


# ---------------------------------------------------------------- sites and notices


def test_a_site_is_added_once(cast: Cast, planner: Client) -> None:
    sitting = publish()
    fields = site_fields(queries.get_region(sitting, "14"))
    for _again in range(2):
        assert post(planner, at("desk_add_site", sitting), **fields).status_code == 302
    assert Site.objects.get(code="09").capacity == 300


@pytest.mark.parametrize(
    "wrong,said",
    [
        ({"code": "第九"}, "考点代码只能是"),
        ({"code": "01"}, "01"),
        ({"capacity": "0"}, "至少为 1"),
        ({"capacity": "三百"}, "请填写整数"),
        ({"capacity": "1000000"}, "是否多写了 0"),
        ({"name": ""}, "请填写考点名称"),
        ({"address": ""}, "请填写考生能找到的详细地址"),
        ({"region": "elsewhere"}, "请从列出的选项里选择"),
    ],
)
def test_a_bad_site_gets_a_sentence_and_is_not_added(  # noqa: PLR0917  # fixtures, and the columns of the table
    cast: Cast, planner: Client, wrong: dict[str, str], said: str
) -> None:
    sitting = publish()
    count = Site.objects.count()
    response = post(planner, at("desk_add_site", sitting), **site_fields(queries.get_region(sitting, "14"), **wrong))
    assert response.status_code == 422
    assert said in response.content.decode()
    assert Site.objects.count() == count


def notice_fields(*files: tuple[str, bytes]) -> dict[str, Any]:
    uploads = [SimpleUploadedFile(name, content) for name, content in files]
    return {
        "kind": "formal",
        "title": "补充公告",
        "document_number": "",
        "body": "请查看附件。",
        "attachments": uploads,
    }


def test_a_notice_is_issued_once_with_all_its_files(cast: Cast, planner: Client) -> None:
    sitting = publish(NATIONAL)
    for _again in range(2):
        fields = notice_fields(("时间.pdf", PDF), ("考点.pdf", PDF + b"2"))
        assert post(planner, at("desk_issue_notice", sitting), **fields).status_code == 302
    notice = Notice.objects.get()
    assert [file.file_name for file in notice.attachments.order_by("order")] == ["时间.pdf", "考点.pdf"]


def test_the_same_form_with_another_file_is_refused(cast: Cast, planner: Client) -> None:
    sitting = publish(NATIONAL)
    post(planner, at("desk_issue_notice", sitting), **notice_fields(("a.pdf", PDF)))
    response = post(planner, at("desk_issue_notice", sitting), **notice_fields(("a.pdf", PDF + b"changed")))
    assert response.status_code == 422
    assert Notice.objects.count() == 1


def test_a_file_that_is_not_what_it_says_is_refused_with_nothing_stored(cast: Cast, planner: Client) -> None:
    sitting = publish(NATIONAL)
    response = post(
        planner, at("desk_issue_notice", sitting), **notice_fields(("a.pdf", PDF), ("page.pdf", b"<html></html>"))
    )
    assert response.status_code == 422
    assert "page.pdf" in response.content.decode()
    assert Notice.objects.count() == 0


# ---------------------------------------------------------------- publish, close, cancel


def test_a_complete_draft_is_published_and_one_with_gaps_is_not(cast: Cast, planner: Client) -> None:
    complete, with_gaps = create(), create(replace(NATIONAL, fees=()))
    assert planner.get(at("desk_publish", complete)).status_code == 200
    assert post(planner, at("desk_publish", complete)).status_code == 302
    complete.refresh_from_db()
    assert complete.state == SittingState.PUBLISHED
    response = planner.post(at("desk_publish", with_gaps), {"submission_key": "j" * 24})
    assert response.status_code == 422
    assert "还没有收费标准" in response.content.decode()


def test_the_owner_says_whether_forgotten_ticket_numbers_are_sent(cast: Cast, planner: Client) -> None:
    sitting, said = publish(), []
    for position, answer in enumerate(("yes", "no"), start=1):
        key = str(position) * 24
        assert (
            planner.post(at("desk_reminders", sitting), {"submission_key": key, "are_sent": answer}).status_code == 302
        )
        said.append(planner.get(at("desk_sitting", sitting)).content.decode())
        sitting.refresh_from_db()
        assert sitting.sends_ticket_numbers is (answer == "yes")
        checked = planner.get(at("desk_reminders", sitting)).content.decode().split(f'value="{answer}"')[1]
        assert "checked" in checked[: checked.index(">")]
    on, off = said
    assert "已开通：忘了准考证号的考生" in on
    assert "没有开通：忘了准考证号的考生" in off
    assert ("开通短信找回准考证号" in on, "停用短信找回准考证号" in off) == (True, True)
    assert post(planner, at("desk_reminders", sitting)).status_code == 422


def test_a_sitting_is_closed_once(cast: Cast, planner: Client) -> None:
    sitting = publish()
    assert post(planner, at("desk_close", sitting)).status_code == 302
    sitting.refresh_from_db()
    assert sitting.state == SittingState.CLOSED
    again = planner.post(at("desk_close", sitting), {"submission_key": "j" * 24})
    assert again.status_code == 409


def test_a_sitting_is_cancelled_only_with_a_reason(cast: Cast, planner: Client) -> None:
    sitting = publish()
    refused = post(planner, at("desk_cancel", sitting), reason="")
    assert refused.status_code == 422
    assert "请填写取消的原因" in refused.content.decode()
    assert post(planner, at("desk_cancel", sitting), reason="不可抗力").status_code == 302
    sitting.refresh_from_db()
    assert sitting.state == SittingState.CANCELLED
