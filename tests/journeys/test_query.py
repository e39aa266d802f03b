"""The main job: a newcomer opens the page on release day and queries a score."""

import re

import pytest
from playwright.sync_api import Browser

from tests.journeys.conftest import Visitor, World, new_visitor
from tests.journeys.lookups import ask, masked, plain, unsaid

pytestmark = pytest.mark.journey


def changed(number: str) -> str:
    """Return a ticket number with one digit changed."""
    return number[:-3] + str((int(number[-3]) + 1) % 10) + number[-2:]


def test_every_sample_shows_exactly_the_expected_marks_on_every_database(world: World) -> None:
    assert len(world.facts["samples"]) == 5
    for sample in world.facts["samples"]:
        answer = ask(sample["url"], sample["fields"])
        words = plain(answer.body)
        assert answer.status == 200
        assert sample["expected"]["overall"] in words
        rows = re.findall(r"<tr[^>]*>(.*?)</tr>|<li[^>]*jb-subject[^>]*>(.*?)</li>", answer.body, re.DOTALL)
        for subject in sample["expected"]["subjects"]:
            row = next((plain("".join(row)) for row in rows if subject["name"] in "".join(row)), words)
            for part in (subject["mark"], subject["status"], subject["pass_mark"]):
                assert str(part) in row, (sample["sitting"], subject, row)


def test_a_wrong_digit_and_a_person_who_does_not_exist_get_the_same_page_on_every_database(world: World) -> None:
    for sample in world.facts["samples"]:
        wrong = {**sample["fields"], "ticket_number": changed(sample["fields"]["ticket_number"])}
        nobody = {**sample["fields"], "document_number": "11010519491231002X", "name": "张无忌"}
        first, second = ask(sample["url"], wrong), ask(sample["url"], nobody)
        assert "未查到" in first.body
        assert masked(first.body, wrong) == masked(second.body, nobody)
        assert len(unsaid(first.body, wrong)) == len(unsaid(second.body, nobody))
        assert first.status == second.status
        same = {"Content-Type", "Cache-Control", "Content-Security-Policy", "X-Frame-Options"}
        assert {name: first.headers.get(name) for name in same} == {name: second.headers.get(name) for name in same}


def test_a_number_may_be_typed_in_any_of_its_forms(world: World) -> None:
    sample = next(one for one in world.facts["samples"] if len(one["fields"]["document_number"]) == 18)
    number = sample["fields"]["document_number"]
    full_width = "".join(chr(ord(one) + 0xFEE0) for one in number)
    for form in (number.lower(), f" {number[:6]} {number[6:14]} {number[14:]} ", full_width):
        assert sample["expected"]["overall"] in plain(
            ask(sample["url"], {**sample["fields"], "document_number": form}).body
        )


def test_a_person_queries_from_the_home_page_to_the_result(visitor: Visitor, world: World) -> None:
    sample = world.facts["samples"][0]
    visitor.visit("/")
    visitor.follow("成绩查询")
    visitor.visit(sample["url"])
    page = visitor.page
    assert page.locator("#document_number").get_attribute("autocomplete")
    page.locator("#ticket_number").fill(sample["fields"]["ticket_number"])
    page.locator("#document_number").fill(sample["fields"]["document_number"])
    if page.locator("#name").count():
        page.locator("#name").fill(sample["fields"]["name"])
    visitor.await_verification()
    visitor.press("查询成绩")
    assert sample["expected"]["overall"] in visitor.text()
    assert sample["fields"]["document_number"] not in page.locator("main").inner_text()


def test_a_query_works_without_javascript_by_the_arithmetic_question(browser: Browser, world: World) -> None:
    sample = world.facts["samples"][0]
    somebody, context = new_visitor(browser, world, javascript=False)
    page = somebody.page
    page.goto(sample["url"])
    page.locator("#ticket_number").fill(sample["fields"]["ticket_number"])
    page.locator("#document_number").fill(sample["fields"]["document_number"])
    if page.locator("#name").count():
        page.locator("#name").fill(sample["fields"]["name"])
    question = page.locator("#image_code-sum strong").inner_text()
    page.locator("#image_code").fill(str(answer_of(question)))
    page.locator("button[type=submit]").last.click()
    page.wait_for_load_state("load")
    assert sample["expected"]["overall"] in page.locator("body").inner_text()
    context.close()


def answer_of(question: str) -> int:
    """Do the sum that the page asks for in Chinese digits (二加七等于几？)."""
    digits = "零一二三四五六七八九"
    left, right = question.removesuffix("等于几？").split("加")
    return digits.index(left) + digits.index(right)


def test_before_the_instant_the_page_counts_down_and_shows_nothing_else(visitor: Visitor, world: World) -> None:
    visitor.visit("/lookup/")
    link = visitor.page.get_by_role("link", name=re.compile("一级注册消防工程师")).first
    link.click()
    visitor.page.wait_for_load_state("load")
    visitor.check()
    assert visitor.page.locator("#ticket_number").count() == 0
    assert "开放" in visitor.text()
