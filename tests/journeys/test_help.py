"""What a query can come to besides a result, with scripts and without: a miss, a refusal, a picture, a copied page."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.conftest import Visitor, World, new_visitor
from tests.journeys.test_candidate import Scriptless
from tests.journeys.test_query import answer_of, changed, fill

Sample = Mapping[str, Any]
WITHOUT_PROOF = "const form = document.querySelector('.jb-lookup-form'); form.altcha.value = ''; form.submit()"

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("path", ["", "?again"])
def test_a_page_at_another_address_warns_and_at_its_own_it_does_not(visitor: Visitor, world: World, path: str) -> None:
    address = f"{world.facts['samples'][0]['url']}{path}"
    verdict = visitor.visit(address).locator("[data-own-address]")
    assert verdict.inner_text() == "本页地址与官方网址一致。"
    assert "jb-wrong-address" not in str(verdict.get_attribute("class"))
    verdict = visitor.visit(address.replace("localhost", "127.0.0.1")).locator("[data-own-address]")
    assert "本页地址不是官方网址" in verdict.inner_text()
    assert "jb-wrong-address" in str(verdict.get_attribute("class"))


# ---------------------------------------------------------------- what else a query can come to
def submitted(visitor: Visitor, sample: Sample, **changes: str) -> Page:
    """Fill in a query with these changes, send it, and check the page it leads to."""
    visitor.visit(sample["url"])
    fill(visitor.page, {**sample["fields"], **changes})
    if visitor.has_scripts:
        visitor.await_verification()
    else:
        visitor.page.locator("#image_code").fill(
            str(answer_of(visitor.page.locator("#image_code-sum strong").inner_text()))
        )
    return visitor.press("查询成绩")


@pytest.fixture(params=[Visitor, Scriptless], ids=["scripts", "no scripts"])
def anybody(request: pytest.FixtureRequest, browser: Browser, world: World) -> Iterator[Visitor]:
    """Somebody at a phone, with scripts or without. Each page they come to is held against axe or a narrow screen."""
    kind: type[Visitor] = request.param
    opened, context = new_visitor(browser, world, javascript=kind.has_scripts)
    yield kind(opened.page, world)
    context.close()


def test_a_miss_is_in_order_and_leads_to_the_report_with_its_receipt(anybody: Visitor, world: World) -> None:
    sample = world.facts["samples"][0]
    page = submitted(anybody, sample, ticket_number=changed(sample["fields"]["ticket_number"]))
    said = page.locator("main").inner_text()
    assert "没有查到成绩" in said
    assert "成绩复核申请时间" in said
    receipt = page.locator("[data-receipt]").inner_text()
    anybody.follow("报告成绩异常")
    assert page.url.endswith(f"receipt={receipt}")
    assert receipt in page.locator("main").inner_html()


def test_a_result_and_its_picture_are_in_order(anybody: Visitor, world: World) -> None:
    sample = world.facts["samples"][0]
    page = submitted(anybody, sample)
    assert sample["expected"]["overall"] in page.locator("main").inner_text()
    assert page.get_by_role("link", name="/verify/report/").count() == 1
    assert page.get_by_role("button", name="打印或存为 PDF").is_visible() == anybody.has_scripts
    anybody.press("存为图片")
    picture = page.locator("img.jb-picture")
    assert picture.evaluate("image => image.naturalWidth") == 720
    anybody.follow("再查一次")
    assert page.url == sample["url"]


def test_a_refused_code_is_in_order_and_keeps_what_was_typed(anybody: Visitor, world: World) -> None:
    sample = world.facts["samples"][0]
    page = anybody.visit(sample["url"])
    fill(page, sample["fields"])
    if anybody.has_scripts:
        anybody.await_verification()
        page.evaluate(WITHOUT_PROOF)
        page.get_by_role("alert").wait_for()
        anybody.check()
    else:
        page.locator("#image_code").fill("不对")
        anybody.press("查询成绩")
    assert "验证码" in page.get_by_role("alert").inner_text()
    assert page.locator("#ticket_number").input_value() == sample["fields"]["ticket_number"]
    assert page.locator("#image_code").is_visible()


def test_a_countdown_says_what_the_page_does_by_itself_only_where_it_does(anybody: Visitor) -> None:
    anybody.visit("/lookup/")
    page = anybody.follow("一级注册消防工程师")
    if anybody.has_scripts:
        page.wait_for_selector(".jb-countdown:visible")
    said = page.locator("main").inner_text()
    assert "开放查询" in said
    assert page.locator(".jb-countdown").is_visible() == anybody.has_scripts
    assert ("到开放时间，本页会自动查询" in said) == anybody.has_scripts
    assert ("请到开放时间后刷新本页" in said) != anybody.has_scripts


@pytest.mark.parametrize(
    "path", ["/lookup/official", "/report/", "/find-ticket/", "/find-ticket/sent/", "/verify/report/"]
)
def test_the_pages_around_a_query_are_in_order(anybody: Visitor, path: str) -> None:
    assert anybody.visit(path).locator("main h1").count() == 1


def test_an_address_that_leads_nowhere_is_in_order(anybody: Visitor, world: World) -> None:
    answer = anybody.page.goto(f"{world.url}/lookup/nothing-here")
    assert answer is not None
    assert answer.status == 404
    anybody.check()


def test_an_exam_has_its_notice_with_files_and_the_forecast_of_its_results(visitor: Visitor) -> None:
    exam = "/exams/cq-counsellor-2017-1/"
    visitor.visit(exam)
    page = visitor.follow("报名工作的通知")
    files = [file.get_attribute("href") or "" for file in page.locator("main a[download]").all()]
    answers = [page.request.get(f"{visitor.world.url}{address}") for address in files]
    assert [answer.headers["content-type"] for answer in answers] == ["application/pdf"] * 4
    assert all(answer.body().startswith(b"%PDF-") for answer in answers)
    visitor.visit(exam)
    visitor.follow("成绩查询的预告")
    assert "2017年7月20日10:00起" in visitor.text()
