"""The main job: a newcomer opens the page on release day and queries a score."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

from tests.journeys.conftest import Visitor, World, await_answer, new_visitor
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


def test_before_the_instant_the_page_counts_down_and_takes_the_form(visitor: Visitor, world: World) -> None:
    visitor.visit("/lookup/")
    link = visitor.page.get_by_role("link", name=re.compile("一级注册消防工程师")).first
    link.click()
    visitor.page.wait_for_load_state("load")
    visitor.check()
    visitor.page.wait_for_selector(".jb-countdown:visible")
    visitor.page.locator("#ticket_number").fill("26140000000000000")
    visitor.page.locator("#document_number").fill("11010519491231002X")
    if visitor.page.locator("#name").count():
        visitor.page.locator("#name").fill("林小满")
    visitor.page.get_by_role("button", name="查询成绩").click()
    visitor.page.wait_for_selector("text=到开放时间会自动查询")
    assert visitor.page.locator(".jb-result").count() == 0
    assert "没有查到" not in visitor.text()


WAIT_SECONDS = 14
SOON_SECONDS = 5


@pytest.fixture
def just_before(world: World) -> Iterator[tuple[str, float]]:
    """Serve the world once more, by a clock that stands some seconds before the first sample's instant.

    Yields the address and the instant as this machine's clock will show it.
    """
    release = world.facts["samples"][0]["url"].rsplit("/", 1)[1]
    with urllib.request.urlopen(list_of(world.url), timeout=10) as answer:  # noqa: S310  # our own server
        opens = next(one["opens_at"] for one in json.load(answer)["releases"] if one["release"] == release)
    instant = datetime.fromisoformat(opens).timestamp()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    began = time.time()
    shift = int(instant - began) - WAIT_SECONDS - 10  # ten seconds for the server to begin
    environment = {
        **os.environ,
        "JINBANG_HOME": str(world.home),
        "JINBANG_DEMO": "1",
        "JINBANG_CLOCK_SHIFT": str(shift),
        "DJANGO_SETTINGS_MODULE": "config.settings.local",
    }
    command = [sys.executable, "-m", "jinbang.portal.cli", "serve", "web", "--port", str(port)]
    log = (world.home / "before.log").open("w")
    server = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
    try:
        await_answer(f"http://localhost:{port}", server=server, log=world.home / "before.log")
        yield f"http://localhost:{port}/lookup/{release}", instant - shift
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=30)
        log.close()


def list_of(url: str) -> urllib.request.Request:
    """Return a request for the list of releases as a program reads it."""
    return urllib.request.Request(f"{url}/lookup/", headers={"Accept": "application/json"})  # noqa: S310  # our own server


def test_a_form_filled_in_beforehand_goes_by_itself_and_is_answered_soon(
    browser: Browser, world: World, just_before: tuple[str, float]
) -> None:
    sample = world.facts["samples"][0]
    address, instant = just_before
    somebody, context = new_visitor(browser, world)
    page = somebody.page
    page.goto(address)
    assert time.time() < instant - 1, "the server took too long to begin"
    fill(page, sample["fields"])
    assert page.locator(".jb-result").count() == 0
    page.wait_for_selector(".jb-result", timeout=60_000)
    assert instant <= time.time() <= instant + SOON_SECONDS
    assert sample["expected"]["overall"] in somebody.text()
    context.close()


def fill(page: Page, fields: dict[str, str]) -> None:
    """Fill in whatever the form asks for."""
    for name, value in fields.items():
        if page.locator(f"#{name}").count():
            page.locator(f"#{name}").fill(value)


# ------------------------------------------------------------------------------------------------ the floor

FLOOR_AGENT = (
    "Mozilla/5.0 (Linux; Android 8.1.0; Redmi 5A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/70.0.3538.110 Mobile Safari/537.36 MicroMessenger/8.0.2"
)
# What a page inside an app over plain HTTP does without, and what browsers had only later.
TAKEN_AWAY = """
  Object.defineProperty(Crypto.prototype, "subtle", { get: () => undefined });
  Object.defineProperty(window, "isSecureContext", { get: () => false });
  window.print = undefined;
  window.open = undefined;
  delete HTMLAnchorElement.prototype.download;
  delete Object.fromEntries;
  delete Element.prototype.replaceChildren;
  delete String.prototype.replaceAll;
  delete Array.prototype.at;
  delete window.queueMicrotask;
"""
TAP_SECONDS = 8
SLOW_3G = {"offline": False, "latency": 2000, "downloadThroughput": 50_000, "uploadThroughput": 50_000}


def floor_phone(browser: Browser) -> BrowserContext:
    """Return the slowest phone that is served: a small screen inside an app, with what it lacks taken away."""
    context = browser.new_context(
        viewport={"width": 360, "height": 640}, locale="zh-CN", user_agent=FLOOR_AGENT, accept_downloads=False
    )
    context.add_init_script(TAKEN_AWAY)
    context.set_default_timeout(60_000)
    return context


def slowed(page: Page) -> None:
    """Slow the processor sixfold, and the network to Slow 3G as the developer tools define it."""
    tools = page.context.new_cdp_session(page)
    tools.send("Network.enable")
    tools.send("Network.emulateNetworkConditions", SLOW_3G)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": 6})


def test_the_floor_phone_has_its_result_soon_after_the_tap(browser: Browser, world: World) -> None:
    sample = world.facts["samples"][0]
    context = floor_phone(browser)
    page = context.new_page()
    slowed(page)
    page.goto(sample["url"])
    fill(page, sample["fields"])
    began = time.monotonic()
    page.locator(".jb-lookup-form button[type=submit]").click(no_wait_after=True)
    page.wait_for_selector(".jb-result")
    took = time.monotonic() - began
    assert took < TAP_SECONDS, f"{took:.1f} s"
    said = page.locator("body").inner_text()
    assert sample["expected"]["overall"] in said
    assert said.index("存为图片") < said.index("在浏览器打开")
    page.get_by_role("button", name="存为图片").click()
    picture = page.locator("img.jb-picture")
    picture.wait_for()
    assert picture.evaluate("image => image.naturalWidth") == 720
    assert len(context.pages) == 1
    context.close()


def test_the_floor_phone_counts_down_on_the_home_page_too(browser: Browser, world: World) -> None:
    context = floor_phone(browser)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.goto(world.url)
    seconds = page.locator(".jb-countdown [data-unit=seconds]").first
    shown = seconds.inner_text()
    page.wait_for_timeout(2_500)
    assert seconds.inner_text() != shown
    assert faults == []
    context.close()


def answered_by_code(page: Page, *, seconds: float = 4) -> None:
    """Wait for the image code to be offered, do its sum, and send the form."""
    page.wait_for_selector("#image_code", timeout=seconds * 1_000)
    page.locator("#image_code").fill(str(answer_of(page.locator("#image_code-sum strong").inner_text())))
    page.locator(".jb-lookup-form button[type=submit]").click()
    page.wait_for_selector(".jb-result")


def test_where_the_proof_does_not_come_the_image_code_does(browser: Browser, world: World) -> None:
    sample = world.facts["samples"][0]
    context = floor_phone(browser)
    page = context.new_page()
    page.add_init_script("delete window.Worker")
    page.goto(sample["url"])
    fill(page, sample["fields"])
    assert page.locator("#image_code").count() == 0
    answered_by_code(page)
    assert sample["expected"]["overall"] in page.locator("body").inner_text()
    context.close()


FOREIGN_PAGE = "<html><title>欢迎使用无线网络</title></html>"
UNREACHED: Mapping[str, Callable[[Route], None]] = {
    "refused": lambda route: route.abort(),
    "never answered": lambda _route: None,
    "answered by somebody in between": lambda route: route.fulfill(body=FOREIGN_PAGE, content_type="text/html"),
}


@pytest.mark.parametrize("how", UNREACHED)
def test_where_no_challenge_comes_the_code_that_the_page_brought_along_does(
    browser: Browser, world: World, how: str
) -> None:
    sample = world.facts["samples"][0]
    context = floor_phone(browser)
    context.route("**/lookup/challenge", UNREACHED[how])
    context.add_init_script("Math.random = () => 0")  # it is asked for again three seconds after it did not come
    page = context.new_page()
    page.goto(sample["url"])
    fill(page, sample["fields"])
    page.wait_for_timeout(700)
    for _press in range(3):
        page.locator(".jb-lookup-form button[type=submit]").click()
        page.wait_for_timeout(600)
    answered_by_code(page, seconds=2)  # neither asking nor pressing again begins a new wait
    context.close()


FINDS_NOTHING = """
  Worker.prototype.postMessage = function (asked) {
    if (asked.challenge) this.onmessage({ data: { number: -1, challenge: asked.challenge } });
  };
"""
WORKERS: Mapping[str, tuple[str, str]] = {
    "not allowed": ("window.Worker = function () { throw new DOMException('', 'SecurityError'); };", ""),
    "without its library": ("", "**/sha256*.js"),
    "without its script": ("", "**/solver*.js"),
    "that finds nothing": (FINDS_NOTHING, ""),
}


@pytest.mark.parametrize("kind", WORKERS)
def test_a_worker_that_does_not_work_keeps_nobody(browser: Browser, world: World, kind: str) -> None:
    script, missing = WORKERS[kind]
    context = floor_phone(browser)
    context.add_init_script(script)
    if missing:
        context.route(missing, lambda route: route.abort())
    page = context.new_page()
    sample = world.facts["samples"][0]
    page.goto(sample["url"])
    fill(page, sample["fields"])
    answered_by_code(page)
    context.close()


def test_a_form_filled_in_beforehand_whose_proof_fails_is_offered_the_code_at_the_instant(
    browser: Browser, world: World, just_before: tuple[str, float]
) -> None:
    sample = world.facts["samples"][0]
    address, instant = just_before
    context = floor_phone(browser)
    context.route("**/sha256*.js", lambda route: route.abort())
    page = context.new_page()
    page.goto(address)
    assert time.time() < instant - 1, "the server took too long to begin"
    fill(page, sample["fields"])
    page.wait_for_timeout((instant - time.time()) * 1000)
    page.wait_for_selector("#image_code", timeout=8_000)
    answered_by_code(page)
    assert sample["expected"]["overall"] in page.locator("body").inner_text()
    context.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_text_at_twice_its_size_fits(browser: Browser, world: World, width: int) -> None:
    sample = world.facts["samples"][1]
    somebody, context = new_visitor(browser, world)
    page = somebody.page
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{world.url}/lookup/")
    require_room(page, width)
    page.goto(sample["url"])
    require_room(page, width)
    fill(page, sample["fields"])
    somebody.await_verification()
    somebody.press("查询成绩")
    require_room(page, width)
    assert page.locator(".jb-result").count() == 1
    context.close()


def require_room(page: Page, width: int) -> None:
    """Double the text and hold the page against the width of the screen."""
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width, f"{page.url} is {wide} px wide at {width} with text at 200 %"
    page.evaluate("document.documentElement.style.fontSize = ''")
