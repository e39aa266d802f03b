"""What a newcomer does at the pages, step by step, with scripts or without: sign up, say who they are, apply.

Each step begins on the page where the one before ended and says what that page has to show.
"""

import io
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from PIL import Image, ImageDraw
from pillow_heif import register_heif_opener
from playwright.sync_api import FilePayload, Page

from jinbang.kernel.identity import make_resident_id
from tests.journeys.conftest import Visitor, World, next_page

register_heif_opener()  # so that Pillow writes HEIC, as a telephone does
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


LIGHT = 100 * 1024
"""What a page may bring over the line with nothing cached, portraits and papers left out."""


@dataclass
class Scales:
    """Weighs each page as it is loaded, with nothing cached."""

    page: Page
    weights: dict[str, int] = field(default_factory=dict)  # by loading
    _loading_of: dict[str, str] = field(default_factory=dict)  # request → the loading it belongs to

    def begin(self) -> None:
        """Watch the network from here on."""
        session = self.page.context.new_cdp_session(self.page)
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        session.on("Network.responseReceived", self._received)
        session.on("Network.loadingFinished", self._finished)

    def require_light(self) -> None:
        """Hold that every page so far was light, and that there were pages."""
        assert len(self.weights) > 5  # it did weigh
        assert max(self.weights.values()) < LIGHT, self.weights

    def _received(self, event: dict[str, Any]) -> None:
        if not re.search(r"photo\.jpg$|/evidence/files/", event["response"]["url"]):
            self._loading_of[event["requestId"]] = event["loaderId"]

    def _finished(self, event: dict[str, Any]) -> None:
        loading = self._loading_of.get(event["requestId"])
        if loading:
            self.weights[loading] = self.weights.get(loading, 0) + int(event["encodedDataLength"])


RETURN = """
import json, sys, django
django.setup()
from jinbang.application import actions
from jinbang.application.models import LineRequest
from jinbang.kernel import clock
from jinbang.people.models import Account
from jinbang.people.queries import get_staff
pk, lines = sys.argv[1], json.loads(sys.argv[2])
by = get_staff(Account.objects.get(username="zhou"))
actions.return_application(application_id=pk, version=1, reason="请按要求修改。", by=by, now=clock.now())
for line, words in lines.items():
    LineRequest.objects.create(application_id=pk, version=1, line=line, words=words)
"""


MINUTE_LATER = """
import sys, django
django.setup()
from datetime import timedelta
from django.db.models import F
from jinbang.people.models import Tally
Tally.objects.update(since=F("since") - timedelta(minutes=1))
"""


def let_a_minute_pass(world: World) -> None:
    """Let what is counted lie a minute further back: a number gets one code a minute, and nobody here waits for it."""
    run_in(world, MINUTE_LATER)


def run_in(world: World, script: str, *words: str) -> None:
    """Run a script of the program's own in the home of the served world."""
    environment = {**os.environ, "JINBANG_HOME": str(world.home), "JINBANG_DEMO": "1"}
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings.local"
    subprocess.run([sys.executable, "-c", script, *words], check=True, env=environment)


def return_for(world: World, path: str, lines: dict[str, str]) -> None:
    """Return an application and ask for these lines, as the review desk would."""
    run_in(world, RETURN, path.strip("/").split("/")[-1], json.dumps(lines))


def correct_one_line(visitor: Visitor, path: str) -> None:
    """Find the one line that is asked for, see the others locked, put it right, and send it again."""
    page = visitor.page
    return_for(visitor.world, path, {"employer": "请填写单位全称，与公章一致。"})
    visitor.visit(f"{path}tasks/")
    assert "请填写单位全称，与公章一致。" in visitor.text()
    assert page.locator("main ol a").count() == 1
    for locked in ("level", "education", "condition", "subjects", "site", "photo"):
        page.goto(f"{visitor.world.url}{path}{locked}/")
        assert "没有要求修改这一项" in page.locator("main").inner_text()
    visitor.visit(f"{path}tasks/")
    visitor.press("下一步：工作单位")
    page.get_by_label("工作单位").fill(f"{EMPLOYER}（事业单位）")
    visitor.press("保存并继续")
    is_on(page, "阅读声明并提交")
    page.get_by_label("我已阅读并同意以上声明").check()
    visitor.press("同意并提交报名")
    assert page.locator("del", has_text=EMPLOYER).is_visible()


def is_on(page: Page, heading: str) -> None:
    """Hold that the page bears this heading."""
    found = page.locator("h1").inner_text()
    assert found == heading, page.locator("main").inner_text()


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
    """Keep every subject ticked, name the work unit, take the first site with a place left; return its name."""
    keep_subjects(visitor)
    tell_employer(visitor)
    return choose_site(visitor)


def keep_subjects(visitor: Visitor) -> None:
    """Keep every subject ticked."""
    for box in visitor.page.get_by_role("checkbox").all():
        assert box.is_checked()
    visitor.press("保存并继续")


def choose_site(visitor: Visitor) -> str:
    """Take the first site with a place left; return its name."""
    page = visitor.page
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


def move_the_frame(page: Page) -> None:
    """Pull the frame by its slider and by the mouse, and have the photo cut anew."""
    before = page.get_by_alt_text("系统裁好的照片").get_attribute("src")
    page.get_by_text("自己调整裁剪框").click()
    tool = page.locator("[data-photo-crop] [data-photo-frame]")
    tool.wait_for()
    for _ in range(20):
        tool.get_by_label("大小").press("ArrowLeft")
    frame = tool.locator(".jb-frame__box").bounding_box()
    assert frame is not None
    across, down = frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2
    page.mouse.move(across, down)
    page.mouse.down()
    page.mouse.move(across + 6, down + 4, steps=3)
    page.mouse.up()
    with next_page(page):
        page.get_by_role("button", name="按这个框重新裁剪").click()
    assert page.get_by_alt_text("系统裁好的照片").get_attribute("src") != before


def upload_photo(visitor: Visitor, *, kind: str) -> None:
    """Send something that is no picture first, then a picture, and look at what became of it."""
    page = visitor.page
    page.get_by_label("照片文件").set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"not a picture"}
    )
    visitor.press("上传并看效果")
    assert page.get_by_role("alert").count() == 1
    page.get_by_label("照片文件").set_input_files(portrait(kind))
    if kind == "HEIF":
        page.get_by_text("浏览器不能预览这种格式").wait_for()
    elif visitor.has_scripts:
        page.get_by_label("裁剪后的样子").first.wait_for()
    visitor.press("上传并看效果")
    assert page.get_by_alt_text("系统裁好的照片").is_visible()
    if visitor.has_scripts:
        move_the_frame(page)
    visitor.check()
    visitor.press("就用这张，继续")
    sign_commitment(visitor)
    is_on(page, "阅读声明并提交")


def sign_commitment(visitor: Visitor) -> None:
    """Read what is offered instead of papers, and sign it."""
    is_on(visitor.page, "告知承诺")
    visitor.page.get_by_label("我已阅读并签署告知承诺书").check()
    visitor.press("确认选择")


def apply(visitor: Visitor, *, kind: str) -> None:
    """Go through the whole application up to the declaration, ready to be submitted."""
    start(visitor)
    choose_level_and_condition(visitor)
    site = choose_subjects_and_site(visitor)
    upload_photo(visitor, kind=kind)
    read = visitor.page.locator("main").inner_text()
    for told in (LEVEL, EMPLOYER, site, "1982年7月1日"):
        assert told in read
    visitor.press("同意并提交报名")
    assert "请先阅读声明并勾选同意" in visitor.page.locator("main").inner_text()
    visitor.page.get_by_label("我已阅读并同意以上声明").check()
