"""What helps somebody on: when to ask for a recheck, whom to tell, what proves a result, which address is genuine."""

import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

import pytest
from pytest_django import Settings

from jinbang.lookup.actions import rendered_html
from tests.lookup.conftest import directly
from tests.lookup.test_server import ALIPAY, MISSES, TYPED, WECHAT
from tests.lookup.world import FORM, HEADER, JSON, RELEASE, Ask, House, T, query, solve

WINDOW = "成绩复核申请时间：2026年6月1日 10:00 至 2026年6月30日 24:00（北京时间）。"
SOON = replace(HEADER, release="soon", opens_at=T.replace(year=2027))


@pytest.mark.parametrize("typed", [TYPED, *MISSES.values()], ids=["hit", *MISSES])
def test_hit_and_miss_say_when_a_recheck_can_be_asked_for(ask: Ask, typed: Mapping[str, str]) -> None:
    page = query(ask, typed).text
    assert WINDOW in page
    assert "不重新评阅试卷" in page


@pytest.mark.parametrize("typed", [TYPED, MISSES["nobody at all"]], ids=["hit", "miss"])
def test_while_no_recheck_is_announced_neither_speaks_of_one(house: House, typed: Mapping[str, str]) -> None:
    """The control of the test above: the dates are those of the release."""
    house.publish(replace(HEADER, recheck_opens_at=None, recheck_closes_at=None))
    assert "成绩复核申请时间" not in query(directly(house.service()), typed).text


@pytest.mark.parametrize("typed", [TYPED, MISSES["nobody at all"]], ids=["hit", "miss"])
def test_the_report_takes_the_receipt_of_this_very_answer_along(ask: Ask, typed: Mapping[str, str]) -> None:
    receipts = set()
    for _ in range(2):
        page = query(ask, typed).text
        receipt = re.search(r"data-receipt>([0-9A-Z-]{14})<", page)
        assert receipt
        assert f'href="/report/?release={RELEASE}&amp;receipt={receipt[1]}"' in page
        receipts.add(receipt[1])
    assert len(receipts) == 2


def test_a_forgotten_ticket_number_is_found_from_wherever_one_is_asked_for(house: House) -> None:
    house.publish()
    house.publish(SOON)
    ask = directly(house.service())
    asked = [
        ask("GET", f"/lookup/{RELEASE}"),
        ask("GET", f"/lookup/{SOON.release}"),
        query(ask, MISSES["nobody at all"]),
    ]
    assert ["data-opens-at" in page.text for page in asked] == [False, True, False]
    for page in asked:
        assert 'href="/find-ticket/"' in page.text


@pytest.mark.parametrize("agent", [{}, WECHAT, ALIPAY], ids=["browser", "wechat", "alipay"])
def test_a_result_says_what_proves_it_and_where_others_check_that(ask: Ask, agent: Mapping[str, str]) -> None:
    body = urlencode({**TYPED, "altcha": solve(ask("GET", "/lookup/challenge").json)}).encode()
    page = ask("POST", f"/lookup/{RELEASE}", {**FORM, **agent}, body=body).text
    assert 'data-overall="passed"' in page
    assert '<a class="govuk-link" href="/me/results/">我的成绩</a>下载有电子签名的成绩证明（PDF）' in page
    assert f'href="/verify/report/">{HEADER.desk.official_url}/verify/report/</a>' in page


@pytest.mark.django_db
def test_the_house_has_its_own_address_whether_or_not_there_is_a_release(house: House, settings: Settings) -> None:
    settings.JINBANG_PUBLIC_URL = "https://exams.example.org"
    settings.JINBANG_AUTHORITY_NAME, settings.JINBANG_AUTHORITY_PHONE = "某省“考试”中心 & 分部", "0351-1234567"
    before = directly(house.service(shell=rendered_html()))
    own = {"name": "某省“考试”中心 & 分部", "phone": "0351-1234567", "address": "https://exams.example.org"}
    assert before("GET", "/lookup/official", JSON).json["desks"] == [own]
    page = before("GET", "/lookup/official").text
    assert '<strong class="jb-address">https://exams.example.org</strong>' in page
    assert "https://exams.example.org/verify/report/</a>" in page
    house.publish()
    desks = directly(house.service(shell=rendered_html()))("GET", "/lookup/official", JSON).json["desks"]
    assert isinstance(desks, list)
    assert [desk["address"] for desk in desks] == ["https://exams.example.org", HEADER.desk.official_url]


def test_a_house_that_answers_for_its_releases_stands_there_once(house: House) -> None:
    house.publish()
    desk = HEADER.desk
    own = f'data-name="{desk.name}" data-phone="{desk.phone}" data-address="{desk.official_url}"'
    shell = f'<title>@@title@@</title><meta name="jinbang-house" {own}><main>@@main@@</main>'
    desks = directly(house.service(shell=shell))("GET", "/lookup/official", JSON).json["desks"]
    assert isinstance(desks, list)
    assert len(desks) == 1
