"""A query that meets a busy node: what was typed stays, and it goes again by itself until there is a result."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

from jinbang.lookup.overload import RETRY_SECONDS_MOST
from tests.journeys.conftest import BRINGS_AXE, Visitor, World
from tests.journeys.test_query import fill
from tests.lookup.roles import ROOT, started
from tests.lookup.test_overload import PROOF_KEY

pytestmark = pytest.mark.journey
WRITE_FRAME = "import django; django.setup(); from jinbang.lookup.actions import write_shell; write_shell()"


@dataclass(frozen=True)
class BusyNode:
    """A lookup role of its own over the world's snapshots, and the file that makes it busy."""

    url: str
    file: Path


@pytest.fixture(scope="module")
def role(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BusyNode]:
    """Run the role that production puts behind nginx, which gives its pages out and refuses what is too much."""
    file = tmp_path_factory.mktemp("busy") / "busy"
    environment = {
        **os.environ,
        "JINBANG_HOME": str(world.home),
        "JINBANG_DEMO": "1",
        "JINBANG_PUBLIC_URL": world.url,
        "DJANGO_SETTINGS_MODULE": "config.settings.local",
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        "PROOF_KEY": PROOF_KEY,
        "SLOW_MS": "0",
        "BUSY_WHILE": str(file),
    }
    subprocess.run([sys.executable, "-c", WRITE_FRAME], env=environment, check=True, cwd=ROOT)
    with started(environment, "slow") as begun:
        yield BusyNode(f"http://localhost:{begun.port}", file)


@pytest.fixture
def node(role: BusyNode) -> Iterator[BusyNode]:
    """Return the role as it is while few people ask."""
    yield role
    role.file.unlink(missing_ok=True)


def visiting(browser: Browser, world: World, *, javascript: bool = True) -> BrowserContext:
    """Return a phone whose static files come from the world's own address, as nginx would give them out."""
    context = browser.new_context(
        viewport={"width": 360, "height": 640}, locale="zh-CN", java_script_enabled=javascript
    )

    def static(route: Route) -> None:
        path = route.request.url.partition("/static/")[2]
        route.fulfill(response=context.request.get(f"{world.url}/static/{path}"))

    context.route("**/static/**", static)
    context.add_init_script(BRINGS_AXE)
    return context


def path_of(world: World) -> str:
    address: str = world.facts["samples"][0]["url"]
    return address[address.index("/lookup/") :]


def refused(page: Page, fields: dict[str, str]) -> None:
    """Hold the page of a busy node against what it promises."""
    page.wait_for_selector("form.jb-retry")
    assert "查询的人很多，请稍等" in page.locator("h1").inner_text()
    for name, value in fields.items():
        kept = page.locator(f"form.jb-retry input[name={name}]")
        assert kept.count() == 0 or kept.get_attribute("value") == value
    assert page.locator("form.jb-retry input[name=ticket_number]").count() == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_query_that_is_too_much_goes_again_by_itself_with_what_was_typed(
    browser: Browser, world: World, node: BusyNode
) -> None:
    sample = world.facts["samples"][0]
    context = visiting(browser, world)
    page = context.new_page()
    page.goto(node.url + path_of(world))
    fill(page, sample["fields"])
    Visitor(page, world).await_verification()
    node.file.touch()
    began = time.monotonic()
    page.locator(".jb-lookup-form button[type=submit]").click()
    refused(page, sample["fields"])
    wait = int(str(page.locator("form.jb-retry").get_attribute("data-retry-seconds")))
    if wait < RETRY_SECONDS_MOST // 2:  # busy for a second time as well, where that does not take long
        page.wait_for_event("framenavigated", timeout=(wait + 10) * 1000)
        refused(page, sample["fields"])
    node.file.unlink()
    page.wait_for_selector(".jb-result", timeout=(RETRY_SECONDS_MOST + 10) * 1000)
    assert time.monotonic() - began >= wait
    assert sample["expected"]["overall"] in page.locator("body").inner_text()
    context.close()


def test_without_javascript_the_same_form_goes_again_by_its_button(
    browser: Browser, world: World, node: BusyNode
) -> None:
    """The proof was solved before; where no script runs the image code stands in the form instead."""
    sample = world.facts["samples"][0]
    context = visiting(browser, world, javascript=False)
    page = context.new_page()
    page.goto(node.url + path_of(world))
    fill(page, sample["fields"])
    page.locator("#image_code").fill("二")
    node.file.touch()
    page.locator(".jb-lookup-form button[type=submit]").last.click()
    refused(page, sample["fields"])
    node.file.unlink()
    page.get_by_role("button", name="现在重试").click()
    page.wait_for_load_state("load")
    assert "验证码不对" in page.locator("main").inner_text()  # it arrived with all that was typed
    assert page.locator("#ticket_number").input_value() == sample["fields"]["ticket_number"]
    context.close()


def test_the_page_of_a_busy_node_is_in_order_asked_for_or_sent_to(
    browser: Browser, world: World, node: BusyNode
) -> None:
    sample = world.facts["samples"][0]
    context = visiting(browser, world)
    visitor = Visitor(context.new_page(), world)
    visitor.page.goto(node.url + path_of(world))
    fill(visitor.page, sample["fields"])
    visitor.await_verification()
    node.file.touch()
    visitor.page.locator(".jb-lookup-form button[type=submit]").click()
    refused(visitor.page, sample["fields"])
    visitor.check()
    visitor.page.goto(node.url + path_of(world))
    assert visitor.page.get_by_role("link", name="现在重试").count() == 1
    visitor.check()
    context.close()
