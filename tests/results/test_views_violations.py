"""The pages about violations: who gets in, what the candidate reads and may answer, what the desk may do when."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from jinbang.people.states import Role
from jinbang.results.models import ViolationCase
from jinbang.results.violations import actions
from jinbang.results.violations.states import CaseArticle, Service
from tests.cast import NOW, Cast
from tests.cast import client_of as session_of
from tests.results.test_reports import text_of as printed
from tests.results.test_views_desk import ClientOf, post, text_of, url
from tests.results.world import World, bring_in, set_pass_marks, tell, with_roles

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]


@pytest.fixture
def case(world: World) -> ViolationCase:
    """Return 林's case, whose answers were found like 赵's."""
    set_pass_marks(world)
    bring_in(world)
    first, _second = actions.note_similar_answers(
        region=world.region,
        subject_code="basics",
        tickets=["T00001", "T00002"],
        facts="错题 38 道相同",
        by=world.cast.chu.staff,
        now=NOW,
    )
    return first


def addresses(case: ViolationCase) -> dict[str, tuple[str, str]]:
    return {
        "violations": ("GET", url("violations")),
        "violation": ("GET", url("violation", case.pk)),
        "violation-notice": ("GET", url("violation-notice", case.pk)),
        "violation-decision": ("GET", url("violation-decision", case.pk)),
        "similar-answers": ("GET", url("similar-answers", case.entry.region_id)),
        **{
            name: ("POST", url(name, case.pk))
            for name in (
                "charge-violation",
                "notify-violation",
                "enter-paper-defence",
                "find-violation",
                "drop-violation",
                "serve-decision",
                "overturn-decision",
            )
        },
    }


def status(client: Client, method: str, address: str) -> int:
    return client.get(address).status_code if method == "GET" else post(client, address, {"reason": "x"}).status_code


def test_wu_other_roles_and_candidates_get_in_nowhere(case: ViolationCase, cast: Cast, client_of: ClientOf) -> None:
    for member in (cast.wu, cast.zhou, cast.he, cast.jiang, cast.chen, cast.han):
        refused = {name: status(client_of(member), *where) for name, where in addresses(case).items()}
        assert set(refused.values()) == {403}, (member.account.username, refused)
    for name, where in addresses(case).items():
        assert status(session_of(cast.lin), *where) == 403, name
        assert status(Client(), *where) == 302, name
    assert ViolationCase.objects.get(pk=case.pk).state == "noted"


def test_the_same_role_elsewhere_finds_nothing_here(case: ViolationCase, cast: Cast, client_of: ClientOf) -> None:
    outsider = with_roles(cast.zheng, Role.MARKS_CLERK, Role.MARKS_VERIFIER, at=cast.chongqing)
    found = {name: status(client_of(outsider), *where) for name, where in addresses(case).items()}
    assert found.pop("violations") == 200
    assert case.entry.ticket_number not in text_of(client_of(outsider).get(url("violations")))
    assert client_of(outsider).get(url("violation", case.pk)).status_code == 404


def test_one_case_goes_from_the_note_to_service_over_the_pages(
    case: ViolationCase, cast: Cast, client_of: Callable[..., Client]
) -> None:
    chu, wei, lin = client_of(cast.chu), client_of(cast.wei), client_of(cast.lin)
    own = reverse("results:own-violation", args=[case.pk])
    shown = text_of(lin.get(own))
    assert "错题 38 道相同" not in shown, "what was noted is read once it is a charge"
    assert "正在核实" in shown
    charge = {"article": CaseArticle.SIMILAR.value, "charge": "拟认定基础知识科目雷同"}
    assert post(chu, url("charge-violation", case.pk), charge).status_code == 302
    shown = text_of(lin.get(own))
    assert "拟认定基础知识科目雷同" not in shown, "what is held is read once the notice is served"
    assert "告知书已拟定，待送达" in shown
    late = {"service": "by_post", "served_on": (NOW - timedelta(days=1)).date().isoformat()}
    assert "送达日期不对" in text_of(post(chu, url("notify-violation", case.pk), late))
    given = {"service": "by_post", "served_on": NOW.date().isoformat()}
    assert post(chu, url("notify-violation", case.pk), given).status_code == 302
    assert "由另一人作出决定" in text_of(chu.get(url("violation", case.pk)))
    assert "还没有陈述申辩" in text_of(wei.get(url("violation", case.pk)))
    shown = text_of(lin.get(own))
    assert "拟认定基础知识科目雷同" in shown
    assert "还剩" in shown
    assert "第十一条" in shown
    assert "违纪违规处理" in text_of(lin.get(reverse("portal:my_exams")))
    decision = {"article": CaseArticle.SIMILAR.value, "document_number": "晋人考处〔2026〕3号"}
    assert "陈述申辩期未满" in text_of(post(wei, url("find-violation", case.pk), decision))
    answer = post(lin, reverse("results:state-defence", args=[case.pk]), {"statement": "我没有抄袭"})
    assert answer.status_code == 302
    assert "我没有抄袭" in text_of(wei.get(url("violation", case.pk)))
    assert "须由另一个人办理" in text_of(post(chu, url("find-violation", case.pk), decision))
    assert post(wei, url("find-violation", case.pk), decision).status_code == 302
    served = {"service": "by_post", "served_on": NOW.date().isoformat()}
    assert post(chu, url("serve-decision", case.pk), served).status_code == 302
    shown = text_of(lin.get(own))
    assert "晋人考处〔2026〕3号" in shown
    assert "邮寄送达" in shown
    assert 'name="statement"' not in shown
    assert "储" not in shown.split("<main")[1], "no officer's name"


def test_a_defence_on_paper_is_entered_at_the_desk_and_seen_by_whoever_handed_it_in(
    case: ViolationCase, cast: Cast, client_of: Callable[..., Client]
) -> None:
    chu, wei, lin = client_of(cast.chu), client_of(cast.wei), client_of(cast.lin)
    page, address = url("violation", case.pk), url("enter-paper-defence", case.pk)
    assert address not in text_of(chu.get(page))
    charge = {"article": CaseArticle.SIMILAR.value, "charge": "拟认定雷同"}
    post(chu, url("charge-violation", case.pk), charge)
    post(chu, url("notify-violation", case.pk), {"service": "in_person", "served_on": NOW.date().isoformat()})
    given = {"statement": "书面：我没有抄袭", "received_on": NOW.date().isoformat(), "scan": "档2026-118"}
    assert address in text_of(wei.get(page))
    assert post(wei, address, {**given, "scan": ""}).status_code == 422
    refused = post(wei, address, {**given, "received_on": "2026-03-01"})
    assert refused.status_code == 409
    assert "收到日期不对" in text_of(refused)
    assert post(wei, address, given).status_code == 302
    shown = text_of(wei.get(page))
    assert "书面提交，2026年3月10日收到，扫描件编号 档2026-118" in shown
    assert "登记书面陈述申辩" in shown.split("办理记录")[1]
    assert "书面陈述申辩已经收到" in text_of(lin.get(reverse("results:own-violation", args=[case.pk])))
    post(lin, reverse("results:state-defence", args=[case.pk]), {"statement": "补充"})
    assert address not in text_of(wei.get(page))
    assert "不能用书面意见替换" in text_of(post(wei, address, given))


def test_a_case_is_its_own_persons_alone(case: ViolationCase, cast: Cast, client_of: Callable[..., Client]) -> None:
    def answers(client: Client) -> set[int]:
        page: HttpResponseBase = client.get(reverse("results:own-violation", args=[case.pk]))
        stated = post(client, reverse("results:state-defence", args=[case.pk]), {"statement": "x"})
        return {page.status_code, stated.status_code}

    assert answers(client_of(cast.zhao)) == {404}
    assert answers(client_of(cast.chu)) == {403}
    assert answers(Client()) == {302}
    lin, zhao = (text_of(client_of(one).get(reverse("results:own-violations"))) for one in (cast.lin, cast.zhao))
    assert lin.count("jb-card__title") == zhao.count("jb-card__title") == 1


def test_similar_answers_are_entered_over_their_page_and_faulty_ones_say_what_is_wrong(
    case: ViolationCase, world: World, client_of: ClientOf
) -> None:
    chu, address = client_of(world.cast.chu), url("similar-answers", world.region.pk)
    given = {"subject": "practice", "tickets": "T00001\nT00003", "facts": "主观题文字相同"}
    assert "名册里没有这些准考证号" in text_of(post(chu, address, {**given, "tickets": "T00001 T7"}))
    assert "雷同至少涉及两个人" in text_of(post(chu, address, {**given, "tickets": "T00001"}))
    assert "已经登记过" in text_of(post(chu, address, {**given, "subject": "basics"}))
    assert post(chu, address, given).status_code == 302
    shown = text_of(chu.get(url("violations")))
    assert shown.count("待告知") == 4
    assert "有 3 人的成绩因尚未作出处理决定而暂不公布" in text_of(chu.get(url("region", world.region.pk)))


@pytest.mark.parametrize("typed", ["T00001、T00003", "Ｔ０００01，T00003；", " T00001 ,\r\nT00003"])
def test_tickets_are_told_apart_however_they_were_typed(
    case: ViolationCase, world: World, client_of: ClientOf, *, typed: str
) -> None:
    chu, before = client_of(world.cast.chu), ViolationCase.objects.count()
    given = {"subject": "practice", "tickets": typed, "facts": "主观题文字相同"}
    entered = post(chu, url("similar-answers", world.region.pk), given)
    assert (entered.status_code, ViolationCase.objects.count()) == (302, before + 2)
    assert "已登记 2 人" in text_of(chu.get(entered["Location"]))


def test_the_queue_says_which_file_and_line_a_case_comes_from_and_the_article_is_chosen(
    world: World, cast: Cast, client_of: ClientOf
) -> None:
    set_pass_marks(world)
    bring_in(world, {"T00002": {"basics": "违纪"}})
    found, chu = ViolationCase.objects.get(), client_of(cast.chu)
    assert "marks.csv，第 3 行" in text_of(chu.get(url("violations")))
    shown = text_of(chu.get(url("violation", found.pk)))
    assert "marks.csv，第 3 行" in shown
    assert "核实以后确定" in shown
    assert post(chu, url("charge-violation", found.pk), {"article": "", "charge": "拟认定"}).status_code == 422
    assert (
        post(chu, url("charge-violation", found.pk), {"article": "article_10", "charge": "拟认定"}).status_code == 302
    )
    assert "第十条：提供虚假证明材料，按第七条处理" in text_of(chu.get(url("violation", found.pk)))
    actions.drop_violation(case_id=found.pk, reason="x", by=cast.wei.staff, now=NOW)
    assert "补交并生效以前仍显示为“待核查”" in text_of(chu.get(url("violation", found.pk)))
    assert "marks.csv" not in text_of(session_of(cast.zhao).get(reverse("results:own-violation", args=[found.pk])))


def test_notice_and_decision_are_printed_from_when_they_are_written(
    *, case: ViolationCase, cast: Cast, client_of: ClientOf, tmp_path: Path, settings: Settings
) -> None:
    settings.JINBANG_DEMO, chu = True, client_of(cast.chu)
    notice, decision = url("violation-notice", case.pk), url("violation-decision", case.pk)
    assert [chu.get(one).status_code for one in (notice, decision)] == [404, 404]
    tell(case, CaseArticle.SIMILAR, by=cast.chu)
    assert [chu.get(one).status_code for one in (notice, decision)] == [200, 404]
    words = printed(chu.get(notice).content, tmp_path).replace(" ", "")
    for said in ("违纪违规处理告知书", "拟认定的事实", "第十一条", "陈述和申辩", "送达回证", "T00001", "演"):
        assert said in words, said
    assert "行政复议" not in words
    actions.enter_paper_defence(
        case_id=case.pk, statement="不是", received_on=NOW.date(), scan="档1", by=cast.chu.staff, now=NOW
    )
    number = "晋人考处〔2026〕3号"
    actions.find_violation(
        case_id=case.pk, article=CaseArticle.SIMILAR, document_number=number, by=cast.wei.staff, now=NOW
    )
    assert [chu.get(one).status_code for one in (notice, decision)] == [200, 200]
    words = printed(chu.get(decision).content, tmp_path).replace(" ", "")
    for said in ("违纪违规处理决定书", number, "第十一条", "听取了您的陈述和申辩", "行政复议", "行政诉讼", "演"):
        assert said in words, said


COPY = "副本，内容与送达的告知书相同。直接送达，2026年3月10日送达。"


COPY_OF_DECISION = "副本，内容与送达的处理决定书相同。邮寄送达，2026年3月10日送达。"


def decision_of(client: Client, case: ViolationCase, folder: Path) -> str:
    return printed(client.get(url("violation-decision", case.pk)).content, folder).replace(" ", "").replace("\n", "")


def words_of(client: Client, case: ViolationCase, folder: Path) -> str:
    return printed(client.get(url("violation-notice", case.pk)).content, folder).replace(" ", "").replace("\n", "")


def test_a_copy_says_what_was_served_whatever_was_decided_or_has_changed(
    *, case: ViolationCase, cast: Cast, client_of: ClientOf, tmp_path: Path
) -> None:
    chu, page = client_of(cast.chu), url("violation", case.pk)
    by, now = cast.chu.staff, NOW
    actions.charge_violation(case_id=case.pk, article=CaseArticle.SITTING, charge="拟认定的事实", by=by, now=now)
    served = words_of(chu, case, tmp_path)
    assert "第七条" in served
    assert "副本" not in served
    actions.notify_violation(case_id=case.pk, service=Service.IN_PERSON, served_on=now.date(), by=by, now=now)
    assert "下载告知书副本" in text_of(chu.get(page))
    actions.enter_paper_defence(
        case_id=case.pk, statement="不是", received_on=NOW.date(), scan="档1", by=cast.chu.staff, now=NOW
    )
    actions.find_violation(
        case_id=case.pk, article=CaseArticle.SUBJECT, document_number="晋1号", by=cast.wei.staff, now=NOW
    )
    decided = decision_of(chu, case, tmp_path)
    type(cast.shanxi).objects.update(phone="9999", organisation="新名称")
    type(case.entry.person).objects.update(name="改名")
    version = type(case.entry.sitting.programme_version).objects.get(pk=case.entry.sitting.programme_version_id)
    type(version).objects.filter(pk=version.pk).update(
        content={**version.content, "application": {**version.content["application"], "defence_working_days": 99}}
    )
    assert "下载告知书副本" in text_of(chu.get(page))
    copy = words_of(chu, case, tmp_path)
    assert COPY in copy
    assert copy.replace(COPY, "") == served
    actions.serve_decision(case_id=case.pk, service=Service.BY_POST, served_on=NOW.date(), by=cast.chu.staff, now=NOW)
    assert words_of(chu, case, tmp_path) == copy
    assert "下载处理决定书副本" in text_of(chu.get(page))
    assert "第六条" in decided
    again = decision_of(chu, case, tmp_path)
    assert COPY_OF_DECISION in again
    assert again.replace(COPY_OF_DECISION, "") == decided


def test_a_notice_that_was_never_served_is_not_copied(case: ViolationCase, cast: Cast, client_of: ClientOf) -> None:
    by = cast.chu.staff
    actions.charge_violation(case_id=case.pk, article=CaseArticle.SIMILAR, charge="拟认定", by=by, now=NOW)
    actions.drop_violation(case_id=case.pk, reason="甄别有误", by=cast.wei.staff, now=NOW)
    chu = client_of(cast.chu)
    assert chu.get(url("violation-notice", case.pk)).status_code == 404
    assert "下载告知书" not in text_of(chu.get(url("violation", case.pk)))


def test_a_notice_that_was_served_is_copied_where_the_case_was_dropped(
    *, case: ViolationCase, cast: Cast, client_of: ClientOf, tmp_path: Path
) -> None:
    tell(case, CaseArticle.SIMILAR, by=cast.chu)
    actions.drop_violation(case_id=case.pk, reason="甄别有误", by=cast.wei.staff, now=NOW)
    assert COPY in words_of(client_of(cast.chu), case, tmp_path)


def test_whoever_decides_is_offered_what_was_told_and_a_graver_article_is_told_anew(
    *, case: ViolationCase, cast: Cast, client_of: ClientOf
) -> None:
    chu, wei, page = client_of(cast.chu), client_of(cast.wei), url("violation", case.pk)
    tell(case, CaseArticle.SUBJECT, by=cast.chu)
    actions.enter_paper_defence(
        case_id=case.pk, statement="不是我", received_on=NOW.date(), scan="档1", by=cast.chu.staff, now=NOW
    )
    offered = text_of(wei.get(page)).partition("find/")[2].partition("</form>")[0]
    assert "第六条：" in offered
    assert "第七条" not in offered
    graver = {"article": "article_7", "document_number": "晋1号"}
    refused = post(wei, url("find-violation", case.pk), graver)
    assert (refused.status_code, "没有告知过考生这一条款" in text_of(refused)) == (409, True)
    charge = {"article": "article_7", "charge": "还传递了答案"}
    assert post(chu, url("charge-violation", case.pk), charge).status_code == 302
    shown = text_of(wei.get(page))
    for said in ("先前送达的告知书", "不是我", "还传递了答案", "告知书已拟定，待送达", "重新拟定告知书"):
        assert said in shown, said
    served = {"service": "in_person", "served_on": NOW.date().isoformat()}
    assert post(chu, url("notify-violation", case.pk), served).status_code == 302
    early = post(wei, url("find-violation", case.pk), graver)
    assert (early.status_code, "陈述申辩期未满" in text_of(early)) == (409, True)
    assert "不是我" in text_of(session_of(cast.lin).get(reverse("results:own-violation", args=[case.pk])))
