"""Pages for everybody: they show what is open and what comes next, at a fixed cost, and give files safely."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar
from pytest_django import DjangoAssertNumQueries

from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.clock import frozen_at
from jinbang.sittings import actions, queries
from jinbang.sittings.models import Sitting, Window
from jinbang.sittings.states import WindowKind
from tests.cast import NOW, Cast
from tests.sittings.plans import NATIONAL, PDF, SHANXI, at, create, publish
from tests.sittings.test_actions import LATER, extend

pytestmark = pytest.mark.django_db

EXAMS = "/exams/"


def page_of(sitting: Sitting, query: str = "") -> str:
    return f"/exams/{sitting.code}/{query}"


def text_of(client: Client, address: str, *, when: datetime = NOW) -> str:
    with frozen_at(when):
        response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


# ---------------------------------------------------------------- the list


def test_the_list_says_whose_turn_it_is_what_is_open_and_what_comes_next(cast: Cast, client: Client) -> None:
    sitting = publish()
    text = text_of(client, EXAMS)
    assert sitting.name in text
    assert "轮到考生" in text
    assert "2026年3月20日（星期五）24:00截止" in text
    assert "接下来：打印准考证，2026年5月8日（星期五）00:00开始" in text


def test_the_list_shows_no_draft(cast: Cast, client: Client) -> None:
    assert create().name not in text_of(client, EXAMS)


def test_the_list_is_filtered_and_does_not_mind_nonsense(cast: Cast, client: Client) -> None:
    own, national = publish(), publish(NATIONAL)
    assert own.name not in text_of(client, f"{EXAMS}?region=50")
    assert national.name in text_of(client, f"{EXAMS}?region=50&year=2026")
    assert own.name in text_of(client, f"{EXAMS}?year=soon&region=%00x")
    assert "共 1 项考试" in text_of(client, f"{EXAMS}?region=50")


def test_the_list_costs_five_queries_whatever_its_length(
    cast: Cast, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(4):
        publish(replace(NATIONAL, code=f"cn-{number}"))
    with django_assert_num_queries(5):
        client.get(EXAMS)


# ---------------------------------------------------------------- one exam


def test_an_exam_shows_its_calendar_sites_prices_and_notices(cast: Cast, client: Client) -> None:
    sitting = publish()
    text = text_of(client, page_of(sitting))
    for shown in (
        "2026年4月7日（星期二）24:00",
        "建设工程造价管理基础知识",
        "¥65.00",
        "余 30 个名额",
        "现场报名点",
        "关于2026年度二级造价工程师职业资格考试的公告",
        f'href="/apply/{sitting.code}/"',
    ):
        assert shown in text


def test_an_exam_costs_eight_queries_and_the_same_with_many_sites(
    cast: Cast, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    plan = replace(SHANXI, regions=(replace(SHANXI.regions[0], sites=SHANXI.regions[0].sites[:1]),))
    few, many = publish(plan), publish(replace(SHANXI, code="sx-many"))
    for sitting in (few, many):
        with django_assert_num_queries(8):
            client.get(page_of(sitting))


@pytest.mark.parametrize(
    "when,offered",
    [
        (at(date(2026, 3, 1), 12), "加入日历"),
        (at(date(2026, 3, 20), 23, 59), "我要报名"),
        (at(date(2026, 3, 21), 0), "登录后缴费"),
        (at(date(2026, 4, 8), 0), "加入日历"),
        (at(date(2026, 5, 8), 0), "登录后打印准考证"),
        (at(date(2026, 7, 20), 0), "查询成绩"),
    ],
)
def test_the_one_button_changes_with_the_calendar(  # noqa: PLR0917  # fixtures, and the columns of the table
    cast: Cast, client: Client, when: datetime, offered: str
) -> None:
    text = text_of(client, page_of(publish()), when=when)
    button = text.split('class="govuk-button"', 1)[1].split("</a>", 1)[0]
    assert offered in button


def test_a_full_site_says_so(cast: Cast, client: Client) -> None:
    sitting = publish()
    actions.take_place(queries.sites_of(queries.get_region(sitting, "14"))[1])
    assert "名额已满" in text_of(client, page_of(sitting))


def test_once_nobody_can_apply_any_more_no_places_are_counted(cast: Cast, client: Client) -> None:
    sitting = publish()
    assert "个名额" in text_of(client, page_of(sitting), when=at(date(2026, 3, 20), 23, 59))
    closed = text_of(client, page_of(sitting), when=at(date(2026, 3, 21), 0))
    assert "个名额" not in closed
    assert "名额已满" not in closed
    assert "现场报名点" in closed


def test_each_region_shows_its_own_windows_and_prices(cast: Cast, client: Client) -> None:
    sitting = publish(NATIONAL)
    joined = text_of(client, page_of(sitting))
    assert "请选择您的考区" in joined
    assert "各考区不同" in joined
    chongqing = text_of(client, page_of(sitting, "?region=50"))
    assert "2026年4月3日（星期五）24:00" in chongqing
    assert "¥70.00" in chongqing
    assert client.get(page_of(sitting, "?region=11")).status_code == 404


def test_an_extension_shows_and_is_marked(cast: Cast, client: Client) -> None:
    sitting = publish()
    assert "已延长" not in text_of(client, page_of(sitting))
    extend(sitting, by=SYSTEM)
    text = text_of(client, page_of(sitting))
    assert "已延长" in text
    assert "2026年3月27日（星期五）24:00" in text
    assert "关于延长报名时间的公告" in text


def test_a_draft_and_an_unknown_exam_are_not_found(cast: Cast, client: Client) -> None:
    assert client.get(page_of(create())).status_code == 404
    assert client.get("/exams/nothing/").status_code == 404


def test_a_cancelled_exam_says_so_and_offers_nothing(cast: Cast, client: Client) -> None:
    sitting = actions.cancel_sitting(sitting_id=publish().pk, reason="不可抗力", by=SYSTEM, now=NOW)
    text = text_of(client, page_of(sitting))
    assert "这项考试已取消" in text
    assert f'href="/apply/{sitting.code}/"' not in text


def test_a_region_where_nothing_is_held_says_so(cast: Cast, client: Client) -> None:
    regions = (SHANXI.regions[0], replace(SHANXI.regions[0], authority_code="50", sites=(), is_held=False))
    text = text_of(client, page_of(publish(replace(SHANXI, regions=regions)), "?region=50"))
    assert "重庆市本次不举行这项考试" in text
    assert "我要报名" not in text


# ---------------------------------------------------------------- calendar, results, cities


def test_the_feed_is_a_calendar_for_saving(cast: Cast, client: Client) -> None:
    sitting = publish(NATIONAL)
    response = client.get(reverse("sittings:exam_calendar", args=[sitting.code]), {"region": "50"})
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="{sitting.code}.ics"'
    assert len(Calendar.from_ical(response.content).walk("VEVENT")) == 14


def test_results_kept_here_are_queried_here(cast: Cast, client: Client) -> None:
    response = client.get(reverse("sittings:exam_results", args=[publish().code]))
    assert (response.status_code, response["Location"]) == (302, "/lookup/")


def test_results_of_the_nation_are_told_first_and_then_linked(cast: Cast, client: Client) -> None:
    sitting = publish(replace(NATIONAL, results_here=False, forward_url="https://zg.cpta.com.cn/examfront/"))
    text = text_of(client, reverse("sittings:exam_results", args=[sitting.code]))
    assert 'href="https://zg.cpta.com.cn/examfront/"' in text
    assert "成绩由国家统一发布" in text
    buttons = [
        text_of(client, page_of(sitting), when=when).split('class="govuk-button"', 1)[1].split("</a>", 1)[0]
        for when in (NOW, at(sitting.last_day + timedelta(days=100), 9))
    ]
    assert reverse("sittings:exam_results", args=[sitting.code]) not in buttons[0]
    assert reverse("sittings:exam_results", args=[sitting.code]) in buttons[1]


def test_an_exam_leads_to_the_cities_of_its_region_and_of_no_other(cast: Cast, client: Client) -> None:
    national = publish(NATIONAL)
    assert "/cities/" not in text_of(client, page_of(national))
    shanxi = text_of(client, f"{page_of(national)}?region=14")
    for code, name in (("1401", "太原市"), ("1403", "阳泉市")):
        assert f'<a class="govuk-link" href="/cities/{code}/">{name}</a>' in shanxi
        assert client.get(f"/cities/{code}/").status_code == 200
    assert "/cities/" not in text_of(client, f"{page_of(national)}?region=50")


def test_a_citys_page_leads_to_the_province_that_owns_the_marks(cast: Cast, client: Client) -> None:
    text = text_of(client, "/cities/1403/")
    assert "阳泉市的报名、考试和成绩由山西省统一管理" in text
    assert 'href="/exams/?region=14"' in text
    assert 'href="/lookup/"' in text


def test_a_province_asked_for_as_a_city_shows_its_own_exams(cast: Cast, client: Client) -> None:
    response = client.get("/cities/14/")
    assert (response.status_code, response["Location"]) == (302, "/exams/?region=14")
    assert client.get("/cities/99/").status_code == 404


# ---------------------------------------------------------------- notices


def test_a_notice_is_listed_read_and_its_file_saved(cast: Cast, client: Client) -> None:
    sitting = publish()
    notice = sitting.notices.get()
    assert notice.title in text_of(client, "/notices/")
    text = text_of(client, f"/notices/{notice.pk}/")
    assert "晋人考〔2026〕12号" in text
    assert "<p>请按时缴费。</p>" in text
    file = notice.attachments.get()
    response = client.get(reverse("sittings:attachment", args=[notice.pk, file.pk]))
    assert response.content == PDF
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")


def test_what_a_notice_says_is_text_and_never_markup(cast: Cast, client: Client) -> None:
    notice = replace(SHANXI.notices[0], title="<b>公告</b>", body="<script>alert(1)</script>")
    sitting = publish(replace(SHANXI, notices=(notice,)))
    text = text_of(client, f"/notices/{sitting.notices.get().pk}/")
    assert "<script>alert" not in text
    assert "&lt;b&gt;公告" in text


def test_notices_of_a_draft_stay_unseen_with_their_files(cast: Cast, client: Client) -> None:
    notice = create().notices.get()
    assert notice.title not in text_of(client, "/notices/")
    assert client.get(f"/notices/{notice.pk}/").status_code == 404
    file = notice.attachments.get()
    assert client.get(reverse("sittings:attachment", args=[notice.pk, file.pk])).status_code == 404


def test_a_file_is_given_only_under_its_own_notice(cast: Cast, client: Client) -> None:
    file = publish().notices.get().attachments.get()
    other = publish(replace(SHANXI, code="sx-other")).notices.get()
    assert client.get(reverse("sittings:attachment", args=[other.pk, file.pk])).status_code == 404


def test_the_list_of_notices_turns_its_pages(cast: Cast, client: Client) -> None:
    sitting = publish()
    for number in range(25):
        notice = replace(SHANXI.notices[0], title=f"第{number}号公告", attachments=())
        actions.issue_notice(notice, sitting_id=sitting.pk, by=SYSTEM, now=NOW + timedelta(minutes=number))
    first, second = text_of(client, "/notices/"), text_of(client, "/notices/?page=2")
    assert "第24号公告" in first
    assert "第4号公告" not in first
    assert "第4号公告" in second
    assert "第24号公告" in text_of(client, "/notices/?page=nonsense")


# ---------------------------------------------------------------- 吴, and methods


def test_wu_reads_public_pages_like_everybody(cast: Cast, client: Client) -> None:
    sitting = publish()
    client.force_login(cast.wu.account)
    assert client.get(EXAMS).status_code == client.get(page_of(sitting)).status_code == 200


def test_public_pages_are_only_read(cast: Cast, client: Client) -> None:
    sitting = publish()
    for address in (EXAMS, page_of(sitting), "/notices/", "/cities/1403/", "/cjcx/"):
        assert client.post(address).status_code == 405
    assert Window.objects.filter(sitting=sitting, kind=WindowKind.APPLICATION).get().closes < LATER
