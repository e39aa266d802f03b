"""Where no script runs: what is owed and the ticket of a candidate, and the menus of two officers."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.journeys.conftest import World, new_visitor
from tests.journeys.test_candidate import Scriptless, main_of

pytestmark = pytest.mark.journey


@pytest.fixture
def scriptless(browser: Browser, world: World) -> Iterator[Scriptless]:
    """Somebody whose browser runs no scripts."""
    opened, context = new_visitor(browser, world, javascript=False)
    yield Scriptless(opened.page, world)
    context.close()


def test_a_candidate_reads_what_is_owed_and_how_to_pay_it(scriptless: Scriptless) -> None:
    scriptless.sign_in("owing")
    scriptless.press("去缴费")
    said = main_of(scriptless.page)
    assert "现在轮到您缴费" in said
    assert re.search(r"合计\s*¥[1-9]\d*\.\d\d", said)
    assert re.search(r"\d{17}", said)


def test_a_candidate_has_the_ticket_printed(scriptless: Scriptless, world: World) -> None:
    page = scriptless.page
    scriptless.sign_in("printing")
    scriptless.press("打印准考证")
    assert page.locator(".jb-number").first.inner_text().strip()
    address = page.get_by_role("button", name="打印准考证").get_attribute("href")
    answer = page.request.get(f"{world.url}{address}")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF")


@pytest.mark.parametrize("username", ["zhou", "gu"])
def test_an_officer_gets_to_everything_in_the_menu(scriptless: Scriptless, username: str) -> None:
    scriptless.sign_in(username)
    assert scriptless.page.url.endswith("/desk/")
    links = scriptless.page.locator("nav a[href^='/desk/']").evaluate_all("links => links.map(link => link.pathname)")
    menu = dict.fromkeys(links)
    assert len(menu) > 2
    for path in menu:
        assert scriptless.visit(path).locator("main h1").count() == 1
