"""What a newcomer does at the pages, step by step, with scripts or without: sign up, say who they are, apply.

Each step begins on the page where the one before ended and says what that page has to show.
"""

import io
import re
import urllib.parse
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from PIL import Image, ImageDraw
from playwright.sync_api import FilePayload, Page

from jinbang.kernel.identity import make_resident_id
from tests.journeys.conftest import Visitor

PASSWORD = "jin-bang-ti-ming-2026"
OPEN_EXAM = "社会工作者"
LEVEL = "初级"
EMPLOYER = "太原市小店区社会工作服务中心"


@dataclass(frozen=True)
class Newcomer:
    """Somebody whom the world has never seen. Born in a year from which it has nobody."""

    name: str
    phone: str
    sequence: int

    @property
    def document_number(self) -> str:
        """The number of their resident identity card."""
        return make_resident_id("140105", date(1959, 3, 8), self.sequence)

    @property
    def mistyped_number(self) -> str:
        """The same with another last character."""
        last = "0" if self.document_number[-1] != "0" else "1"
        return self.document_number[:-1] + last


def portrait(kind: str = "JPEG") -> FilePayload:
    """Return a picture such as a telephone takes."""
    picture = Image.new("RGB", (900, 1260), "#dfe6ee")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((270, 260, 630, 720), fill="#d9a98a")
    draw.rounded_rectangle((130, 800, 770, 1260), 120, fill="#2b3a8f")
    written = io.BytesIO()
    picture.save(written, kind)
    return {"name": f"portrait.{kind.lower()}", "mimeType": f"image/{kind.lower()}", "buffer": written.getvalue()}


@dataclass
class Scales:
    """Weighs what each page brings over the line, with nothing cached, portraits and papers left out."""

    page: Page
    weights: dict[str, int] = field(default_factory=dict)
    _pictures: set[str] = field(default_factory=set)

    def begin(self) -> None:
        """Watch the network from here on."""
        session = self.page.context.new_cdp_session(self.page)
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        session.on("Network.responseReceived", self._received)
        session.on("Network.loadingFinished", self._finished)

    def _received(self, event: dict[str, Any]) -> None:
        if re.search(r"photo\.jpg$|/evidence/files/", event["response"]["url"]):
            self._pictures.add(event["requestId"])

    def _finished(self, event: dict[str, Any]) -> None:
        if event["requestId"] not in self._pictures:
            where = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "*", urllib.parse.urlsplit(self.page.url).path)
            self.weights[where] = self.weights.get(where, 0) + int(event["encodedDataLength"])


def is_on(page: Page, heading: str) -> None:
    """Hold that the page bears this heading."""
    assert page.locator("h1").inner_text() == heading


def sign_up(visitor: Visitor, newcomer: Newcomer) -> None:
    """Fill in the sign-up form, fetch the code from the outbox in another tab, and prove the number with it."""
    page = visitor.page
    is_on(page, "注册账号")
    page.get_by_label("手机号").fill(newcomer.phone)
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_label("再输入一次密码").fill(PASSWORD)
    visitor.press("注册")
    is_on(page, "输入验证码")
    page.locator("input[name=code]").fill(code_of(visitor, newcomer))
    visitor.press("确定")


def code_of(visitor: Visitor, newcomer: Newcomer) -> str:
    """Return the newest code that was sent to their telephone: the outbox page is the only one the demo has."""
    return code_sent_to(visitor, newcomer.phone[-4:])


def code_sent_to(visitor: Visitor, tail: str) -> str:
    """Return the newest code that went to what ends like this once it is masked."""
    tab = visitor.page.context.new_page()
    tab.goto(f"{visitor.world.url}/outbox/")
    said = tab.locator("main").inner_text()
    tab.close()
    found = re.search(rf"验证码是 (\d{{6}})(?:(?!验证码是).)*{re.escape(tail)}", said, re.DOTALL)
    assert found, said
    return found[1]


def bind_identity(visitor: Visitor, newcomer: Newcomer) -> None:
    """Mistype the check digit first: the sentence must say where to look, and nothing typed may be lost."""
    page = visitor.page
    is_on(page, "登记身份信息")
    page.get_by_label("姓名").fill(newcomer.name)
    page.get_by_label("证件号码").fill(newcomer.mistyped_number)
    visitor.press("确认提交")
    assert "校验码不对" in page.locator("main").inner_text()
    assert page.get_by_label("姓名").input_value() == newcomer.name
    assert page.get_by_label("证件号码").input_value() == newcomer.mistyped_number
    assert page.get_by_label("证件号码").get_attribute("aria-describedby")
    page.get_by_label("证件号码").fill(newcomer.document_number)
    visitor.press("确认提交")
    is_on(page, "已收到登记信息")
    visitor.press("继续")


def start(visitor: Visitor) -> None:
    """Begin the application; the only region is chosen already."""
    is_on(visitor.page, "开始报名")
    assert visitor.page.get_by_label("山西省").is_checked()
    visitor.press("开始填写")
    is_on(visitor.page, "填写报名信息")
    assert "现在轮到您" in visitor.text()
    visitor.press("下一步：选择级别")


def choose_level_and_condition(visitor: Visitor) -> None:
    """Choose a level; tell years that fit no condition, see by how much and from when, and put it right."""
    page = visitor.page
    page.get_by_label(LEVEL).check()
    visitor.press("保存并继续")
    tell_education(visitor, years="1")
    said = page.locator("main").inner_text()
    assert "还差 1 年，最迟" in said
    wanted = page.get_by_label("取得其他专业本科及以上学历")
    wanted.check()
    visitor.press("保存并继续")
    assert "按填写的年限，还差 1 年" in page.locator("main").inner_text()
    visitor.follow("返回步骤列表")
    visitor.follow("学历与工作年限")
    assert page.get_by_label("毕业日期").input_value() == "1982-07-01"
    tell_education(visitor, years="2")
    first = page.get_by_role("radio").first
    assert first.locator("xpath=following-sibling::label").inner_text().startswith("【符合】")
    page.get_by_label("取得其他专业本科及以上学历").check()
    visitor.press("保存并继续")
    is_on(page, "选择科目")


def tell_education(visitor: Visitor, *, years: str) -> None:
    """Fill in the page of education and years."""
    page = visitor.page
    is_on(page, "学历与工作年限")
    page.get_by_label("最高学历").select_option(label="大学本科")
    page.get_by_label("毕业日期").fill("1982-07-01")
    page.get_by_label("从事相关工作的年限").fill(years)
    visitor.press("保存并继续")
    is_on(page, "选择报考条件")


def choose_subjects_and_site(visitor: Visitor) -> str:
    """Keep every subject ticked, take the first site with a place left; return its name."""
    page = visitor.page
    for box in page.get_by_role("checkbox").all():
        assert box.is_checked()
    visitor.press("保存并继续")
    tell_employer(visitor)
    is_on(page, "选择考点")
    chosen = page.get_by_role("radio", name=re.compile("剩余")).first
    chosen.check()
    words = page.locator("label", has=page.locator(f"xpath=self::*[@for='{chosen.get_attribute('id')}']")).inner_text()
    visitor.press("保存并继续")
    is_on(page, "上传照片")
    return words.split("（")[0]


def tell_employer(visitor: Visitor) -> None:
    """Name the work unit."""
    is_on(visitor.page, "工作单位")
    visitor.page.get_by_label("工作单位").fill(EMPLOYER)
    visitor.press("保存并继续")


def upload_photo(visitor: Visitor, *, kind: str) -> None:
    """Send something that is no picture first, then a picture, and look at what became of it."""
    page = visitor.page
    page.get_by_label("照片文件").set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"not a picture"}
    )
    visitor.press("上传并裁剪")
    assert page.get_by_role("alert").count() == 1
    page.get_by_label("照片文件").set_input_files(portrait(kind))
    visitor.press("上传并裁剪")
    assert page.get_by_alt_text("系统裁好的照片").is_visible()
    visitor.press("就用这张，继续")
    is_on(page, "填写报名信息")
    visitor.press("下一步：阅读声明并提交")
    is_on(page, "阅读声明并提交")


def apply(visitor: Visitor, *, kind: str) -> None:
    """Go through the whole application up to the declaration, ready to be submitted."""
    start(visitor)
    choose_level_and_condition(visitor)
    site = choose_subjects_and_site(visitor)
    upload_photo(visitor, kind=kind)
    read = visitor.page.locator("main").inner_text()
    for told in (LEVEL, EMPLOYER, site, "1982-07-01"):
        assert told in read
    visitor.press("同意并提交报名")
    assert "请先阅读声明并勾选同意" in visitor.page.locator("main").inner_text()
    visitor.page.get_by_label("我已阅读并同意以上声明").check()
