"""A candidate's life in the demo world, through Debian's Chromium: from signing up to the ticket in one's hand."""

import re
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.conftest import NARROWEST, Visitor, World, new_visitor
from tests.journeys.newcomers import OPEN_EXAM, Newcomer, apply, bind_identity, is_on, sign_up

pytestmark = pytest.mark.journey

LIN = Newcomer("林知夏", "13987650021", 21)
HE = Newcomer("何见山", "13987650034", 34)
SU = Newcomer("苏不言", "13987650047", 47)
NO_PAGES = re.compile(r"\.(pdf|jpg|ics|png)$|/logout/|/attachments/|^/lookup/.+")
PRIVATE = re.compile(r"^/(me|applications|orders|tickets|account|apply)/")
LOGINS = ("linlin", "owing", "printing")


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
    application = sign_up_and_apply(visitor)
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
    assert "的 ¥122.00 已入账" in main_of(page)
    assert main_of(page).count("缴费成功") == 1


def see_that_it_is_paid(visitor: Visitor, application: str) -> None:
    """Find the receipt, and what comes next."""
    page = visitor.page
    visitor.visit("/me/")
    assert "已缴费" in main_of(page)
    visitor.visit(f"{application}order/")
    is_on(page, "缴费回执")
    assert "R20260001" in main_of(page)


# ---------------------------------------------------------------- without scripts; once; back
@dataclass
class Scriptless(Visitor):
    """Somebody whose browser runs no scripts: axe cannot run either, the narrowest screen is held all the same."""

    def check(self) -> None:
        """Hold the page against the narrowest screen."""
        self.page.set_viewport_size({"width": NARROWEST, "height": 800})
        boxes = self.page.locator("main *:visible").all()
        wide = max(box["x"] + box["width"] for one in boxes[:60] if (box := one.bounding_box()))
        assert wide <= NARROWEST, self.page.url


def test_without_scripts_a_newcomer_comes_from_the_exam_and_submits(browser: Browser, world: World) -> None:
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
    visitor.press("同意并提交报名")
    is_on(page, "我的报名")
    assert "现在轮到审核人员" in main_of(page)
    context.close()
