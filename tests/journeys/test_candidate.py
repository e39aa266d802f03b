"""A candidate's life in the demo world, through Debian's Chromium: from signing up to the ticket in one's hand."""

import re
import subprocess
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.conftest import NARROWEST, SHOWN_ALL_THE_SAME, Visitor, World, new_visitor
from tests.journeys.lookups import ask, plain
from tests.journeys.newcomers import (
    EMPLOYER,
    OPEN_EXAM,
    Newcomer,
    Scales,
    apply,
    bind_identity,
    choose_level_and_condition,
    choose_site,
    correct_one_line,
    is_on,
    keep_subjects,
    sign_up,
    start,
    tell_employer,
    upload_photo,
)

pytestmark = pytest.mark.journey

LIN = Newcomer("林知夏", "13987650021", 21)
HE = Newcomer("何见山", "13987650034", 34)
SU = Newcomer("苏不言", "13987650047", 47)
NO_PAGES = re.compile(r"\.(pdf|jpg|ics|png|pem|json)$|/logout/|/attachments/|^/lookup/.+")
APPLICATION = re.compile(r"/applications/[0-9a-f-]{36}/$")
LOGINS = ("linlin", "owing", "printing", "results")


@pytest.fixture
def other_visitors(browser: Browser, world: World) -> Iterator[list[Visitor]]:
    """Two more people at browsers of their own."""
    opened = [new_visitor(browser, world) for _ in range(2)]
    yield [visitor for visitor, _ in opened]
    for _, context in opened:
        context.close()


def main_of(page: Page) -> str:
    """Return what the page says between its menus and its foot."""
    return page.locator("main").inner_text()


def await_words(visitor: Visitor, path: str, words: str) -> None:
    """Open a page again and again until the worker has done what it says."""
    for _ in range(40):
        visitor.page.goto(f"{visitor.world.url}{path}")
        if words in main_of(visitor.page):
            visitor.check()
            return
        visitor.page.wait_for_timeout(500)
    pytest.fail(f"{path} never said {words}: {main_of(visitor.page)}")


def open_exam(visitor: Visitor) -> None:
    """Open the exam that can be applied for, from the home page."""
    page = visitor.page
    page.locator("#applying ~ ul article", has_text=OPEN_EXAM).get_by_role("button", name="我要报名").click()
    page.wait_for_load_state("load")
    visitor.check()


# ---------------------------------------------------------------- from signing up to a fee that is paid
def test_a_newcomer_signs_up_applies_is_approved_and_pays(visitor: Visitor, other_visitors: list[Visitor]) -> None:
    reviewer, bursar = other_visitors
    scales = Scales(visitor.page)
    scales.begin()
    application = sign_up_and_apply(visitor)
    correct_one_line(visitor, application)
    scales.require_light()
    approve(reviewer, LIN)
    order_number = see_what_is_owed(visitor, application)
    take_payment(bursar, order_number)
    see_that_it_is_paid(visitor, application)


def sign_up_and_apply(visitor: Visitor) -> str:
    """Come as a stranger, leave with an application submitted; return its path."""
    page = visitor.page
    visitor.visit("/")
    visitor.follow("注册")
    sign_up(visitor, LIN)
    visitor.press("登记身份")
    bind_identity(visitor, LIN)
    visitor.visit("/")
    open_exam(visitor)
    apply(visitor, kind="JPEG")
    page.get_by_role("button", name="同意并提交报名").dblclick()
    page.wait_for_url(re.compile(r"/applications/[0-9a-f-]{36}/$"))
    page.wait_for_load_state("load")
    visitor.check()
    is_on(page, "我的报名")
    said = main_of(page)
    assert "待审核" in said
    assert "现在轮到审核人员" in said
    assert re.search(r"审核最迟 \d{4}年\d+月\d+日.* 给出意见", said)
    assert said.count("提交报名") == 1
    path = urllib.parse.urlsplit(page.url).path
    visitor.visit("/me/")
    assert "现在轮到审核人员" in main_of(page)
    assert page.get_by_role("link", name="报名信息").get_attribute("href") == path
    await_words(visitor, "/me/messages/", "已提交")
    return path


def approve(reviewer: Visitor, newcomer: Newcomer) -> None:
    """Sign in with the second factor, find the case in the queue, and approve it."""
    page = reviewer.page
    reviewer.sign_in("zhou")
    reviewer.check()
    reviewer.follow("待审核的报名")
    reviewer.follow(newcomer.name)
    said = main_of(page)
    assert "符合这一报考条件" in said
    assert newcomer.document_number not in page.content()
    assert page.get_by_alt_text(f"{newcomer.name}的照片").is_visible()
    reviewer.press("通过", exact=True)
    assert f"{newcomer.name}：审核通过" in main_of(page)


def see_what_is_owed(visitor: Visitor, application: str) -> str:
    """Come back, see the decision, the sum and where to pay; return the order's number."""
    page = visitor.page
    visitor.visit(application)
    assert "审核通过" in main_of(page)
    visitor.press("查看缴费")
    said = main_of(page)
    assert "现在轮到您缴费" in said
    assert "¥122.00" in said
    assert "到哪里缴费" in said
    await_words(visitor, "/me/messages/", "资格审核已通过")
    visitor.visit("/me/")
    visitor.press("去缴费")
    number = re.search(r"\d{17}", main_of(page))
    assert number
    return number[0]


def take_payment(bursar: Visitor, order_number: str) -> None:
    """Find the order by its number, enter a wrong sum first, then the right one."""
    page = bursar.page
    bursar.sign_in("gu")
    bursar.visit("/desk/payment/")
    page.get_by_label("订单号、证件号码或姓名").fill(order_number)
    bursar.press("查找")
    bursar.follow(LIN.name)
    page.get_by_label("票据号").fill("R20260001")
    page.get_by_label("实收金额（元）").fill("12.20")
    bursar.press("确认入账")
    assert page.get_by_role("alert").count() == 1
    assert page.get_by_label("票据号").input_value() == "R20260001"
    page.get_by_label("实收金额（元）").fill("１２２")
    page.get_by_role("button", name="确认入账").dblclick()
    page.get_by_text("的 ¥122.00 已入账").first.wait_for()
    bursar.check()
    assert main_of(page).count("缴费成功") == 1


def see_that_it_is_paid(visitor: Visitor, application: str) -> None:
    """Find the receipt, and what comes next."""
    page = visitor.page
    visitor.visit("/me/")
    assert "已缴费" in main_of(page)
    visitor.visit(f"{application}order/")
    is_on(page, "缴费回执")
    assert "R20260001" in main_of(page)


# ---------------------------------------------------------------- without scripts
@dataclass
class Scriptless(Visitor):
    """Somebody whose browser runs no scripts: axe cannot run either, the narrowest screen is held all the same."""

    has_scripts = False

    def check(self) -> None:
        """Hold the page against the narrowest screen, and let nothing be there that waits for a script."""
        self.page.set_viewport_size({"width": NARROWEST, "height": 800})
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= NARROWEST, f"{self.page.url} is {wide} px wide at {NARROWEST}"
        assert self.page.evaluate(SHOWN_ALL_THE_SAME) == [], f"{self.page.url} shows what is hidden"


def test_without_scripts_a_newcomer_comes_from_the_exam_and_a_double_click_submits_once(
    browser: Browser, world: World
) -> None:
    opened, context = new_visitor(browser, world, javascript=False)
    visitor = Scriptless(opened.page, world)
    page = visitor.page
    page.goto(world.url)
    open_exam(visitor)
    is_on(page, "考生登录")
    visitor.follow("注册账号")
    sign_up(visitor, HE)
    bind_identity(visitor, HE)
    apply(visitor, kind="PNG")
    page.get_by_role("button", name="同意并提交报名").dblclick()
    page.wait_for_url(APPLICATION)
    is_on(page, "我的报名")
    assert "现在轮到审核人员" in main_of(page)
    assert main_of(page).count("提交报名") == 1
    context.close()


# ---------------------------------------------------------------- once, and back
def test_a_form_sent_again_takes_effect_once_and_going_back_loses_nothing(visitor: Visitor, world: World) -> None:
    page = visitor.page
    visitor.visit("/account/signup/")
    sign_up(visitor, SU)
    visitor.press("登记身份")
    bind_identity(visitor, SU)
    assert main_of(page).count("您还没有报名任何考试") == 1
    visitor.visit("/")
    open_exam(visitor)
    start(visitor)
    choose_level_and_condition(visitor)
    keep_subjects(visitor)
    tell_employer(visitor)
    go_back_and_forth(page)
    choose_site(visitor)
    upload_photo(visitor, kind="HEIF")
    page.get_by_label("我已阅读并同意以上声明").check()
    fields = page.locator("main form").evaluate("form => Object.fromEntries(new FormData(form))")
    where = page.url
    headers = {"Referer": where, "Origin": world.url}
    answers = [page.request.post(where, form=fields, headers=headers, max_redirects=0) for _ in range(3)]
    assert [answer.status for answer in answers] == [302, 302, 302]
    assert len({answer.headers["location"] for answer in answers}) == 1
    visitor.visit(answers[0].headers["location"])
    assert main_of(page).count("提交报名") == 1
    answer = page.goto(where)
    assert answer is not None
    assert answer.status == 409
    assert "已提交" in main_of(page)
    visitor.check()


def go_back_and_forth(page: Page) -> None:
    """Go back to a page that was kept, from one that was only begun, and from one whose answer was refused."""
    employer, following = page.get_by_label("工作单位"), page.url
    page.go_back()
    assert employer.input_value() == EMPLOYER
    employer.fill("改了一半的单位")
    page.get_by_role("link", name="返回步骤列表").click()
    is_on(page, "填写报名信息")
    page.go_back()
    assert employer.input_value() == "改了一半的单位"
    employer.fill("")
    page.get_by_role("button", name="保存并继续").click()
    page.get_by_role("alert").wait_for()
    employer.fill(EMPLOYER)
    page.get_by_role("button", name="保存并继续").click()
    page.wait_for_url(following)


# ---------------------------------------------------------------- the ticket
def test_a_candidate_prints_the_ticket_within_its_window(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.page
    visitor.sign_in("printing")
    visitor.check()
    visitor.press("打印准考证")
    is_on(page, "准考证")
    shown = page.locator(".jb-number").first.inner_text()
    address = page.get_by_role("button", name="打印准考证").get_attribute("href")
    assert address
    answer = page.request.get(f"{visitor.world.url}{address}")
    assert answer.headers["content-type"] == "application/pdf"
    content = answer.body()
    assert content.startswith(b"%PDF")
    file = tmp_path / "ticket.pdf"
    file.write_bytes(content)
    read = subprocess.run(["pdftotext", "-layout", str(file), "-"], check=True, capture_output=True, text=True)  # noqa: S607  # from the Debian package that test-setup installs
    number = re.sub(r"\s", "", shown)
    assert number
    assert number in re.sub(r"\s", "", read.stdout)
    assert set("演示") <= set(read.stdout)  # set aslant across the sheet, one character to a line


# ---------------------------------------------------------------- every page that the menus lead to
@pytest.mark.parametrize("username", LOGINS)
def test_every_page_a_candidate_can_reach_is_in_order(visitor: Visitor, username: str) -> None:
    visitor.sign_in(username)
    assert urllib.parse.urlsplit(visitor.page.url).path == "/me/"
    waiting, seen = ["/me/"], {"/me/"}
    while waiting:
        path = waiting.pop(0)
        visitor.visit(path)
        for found in links_of(visitor):
            kind = kind_of(found)
            if kind not in seen:
                seen.add(kind)
                waiting.append(found)
    assert {"/me/profile/", "/me/messages/", "/me/results/", "/applications/*/"} <= seen
    assert len(seen) > 15


def links_of(visitor: Visitor) -> list[str]:
    """Return the paths on this site to which the page leads, without files and without the lookup's own pages."""
    addresses = visitor.page.locator("a[href]").evaluate_all("links => links.map(link => link.href)")
    parts = (urllib.parse.urlsplit(address) for address in addresses if address.startswith(visitor.world.url))
    return [part.path for part in parts if not NO_PAGES.search(part.path)]


def kind_of(path: str) -> str:
    """Return an address without what tells one object of a kind from another."""
    path = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "*", path)
    return re.sub(r"^/(exams|apply)/[^/]+/", r"/\1/*/", path)


def test_a_page_of_somebody_else_does_not_exist_and_says_where_to_go(visitor: Visitor) -> None:
    visitor.sign_in("linlin")
    mine = visitor.page.get_by_role("link", name="报名信息").get_attribute("href")
    assert mine
    other = re.sub(r"[0-9a-f]{12}/$", "0" * 12 + "/", mine)
    answer = visitor.page.goto(f"{visitor.world.url}{other}")
    assert answer is not None
    assert answer.status == 404
    assert "没有找到这份报名" in main_of(visitor.page)
    visitor.check()
    visitor.page.locator("main").get_by_role("link", name="我的考试").click()
    is_on(visitor.page, "我的考试")


# ---------------------------------------------------------------- before one has signed in
def test_browsers_and_password_managers_recognise_every_field(visitor: Visitor) -> None:
    page = visitor.page
    visitor.visit("/account/login/")
    assert tokens(page) == {"login": "username", "password": "current-password"}
    visitor.visit("/account/signup/")
    assert tokens(page) == {"contact": "tel", "password1": "new-password", "password2": "new-password"}
    visitor.visit("/account/signup/email/")
    assert tokens(page) == {"contact": "email", "password1": "new-password", "password2": "new-password"}
    visitor.visit("/account/login/code/")
    assert tokens(page) == {"contact": "username"}
    visitor.visit("/desk/sign-in/")
    assert tokens(page) == {"login": "username", "password": "current-password"}
    page.locator("input[name=login]").fill("zhou")
    page.locator("input[name=password]").fill(visitor.world.login("zhou")["password"])
    visitor.press("登录", exact=True)
    assert tokens(page)["code"] == "one-time-code"


def tokens(page: Page) -> dict[str, str]:
    """Return the autocomplete token of every field that can be typed into, by its name."""
    fields = page.locator("main form input:not([type=hidden]):not([type=checkbox])")
    found: dict[str, str] = fields.evaluate_all(
        "fields => Object.fromEntries(fields.map(field => [field.name, field.autocomplete]))"
    )
    return found


def test_what_is_owed_and_a_result_are_shown_on_every_database(visitor: Visitor, world: World) -> None:
    visitor.sign_in("owing")
    visitor.press("去缴费")
    said = main_of(visitor.page)
    assert "现在轮到您缴费" in said
    assert re.search(r"合计\s*¥[1-9]\d*\.\d\d", said)
    sample = world.facts["samples"][0]
    assert sample["expected"]["overall"] in plain(ask(sample["url"], sample["fields"]).body)
