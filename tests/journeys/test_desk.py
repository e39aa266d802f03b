"""The desk, from every officer's menu to the release: one sitting goes from its roster to a mark that a person queries.

The demo world leaves one sitting sat and unmarked. Its marks are made up here, as the marking house would send them.
"""

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from jinbang.kernel.clock import SHANGHAI
from tests.journeys.conftest import World, jinbang
from tests.journeys.lookups import ask, plain
from tests.journeys.officers import MarksTable, Officer, Officers, eventually, faults_on

pytestmark = pytest.mark.journey

SURVEYORS = "注册测绘师资格考试"
COST_ENGINEERS = "二级造价工程师职业资格考试"
FIRE_ENGINEERS = "一级注册消防工程师资格考试"
GOOD = ("96", "88.5", "102")
AHEAD = timedelta(seconds=45)

PROFILE = {"/desk/", "/desk/people/me/"}
RESULTS = {*PROFILE, "/desk/results/", "/desk/results/*/"}
REACHED = {
    "zheng": {
        *PROFILE,
        "/desk/sittings/",
        *(f"/desk/sittings/*/{page}" for page in ("", "windows/extend/", "sites/add/", "notices/issue/", "cancel/")),
    },
    "zhou": {*PROFILE, "/desk/application/", "/desk/application/*/"},
    "gu": {*PROFILE, "/desk/payment/", "/desk/payment/day/"},
    "song": {*PROFILE, "/desk/seating/", "/desk/seating/*/", "/desk/seating/*/commit/"},
    "meng": {*PROFILE, "/desk/attendance/", "/desk/attendance/*/"},
    "qin": RESULTS,
    "jiang": RESULTS,
    "xu": {*RESULTS, "/desk/results/*/pass-marks/"},
    "he": {*RESULTS, "/desk/people/officer-key/", "/account/2fa/", "/account/password/change/"},
}


@pytest.fixture(scope="module")
def officers(browser: Browser, world: World) -> Iterator[Officers]:
    """Everybody at their desks, for as long as these journeys take."""
    here = Officers(browser, world)
    yield here
    here.go_home()


# ---------------------------------------------------------------- who gets in, and what every menu leads to
def test_staff_without_a_second_factor_in_their_session_open_no_desk_page(officers: Officers, world: World) -> None:
    addresses = {"/desk/", "/desk/people/officer-key/", "/desk/sittings/", "/desk/application/", "/desk/payment/"}
    officers["qin"].visit("/desk/results/")
    addresses |= set(officers["qin"].links())
    for door, answer in (("/desk/sign-in/", "第二道验证"), ("/account/login/", "请在工作人员登录页登录")):
        half = officers.newcomer()
        half.visit(door)
        half.page.locator("input[name=login]").fill("jiang")
        half.page.locator("input[name=password]").fill(world.login("jiang")["password"])
        half.press("登录", exact=True)
        assert answer in half.text()
        for address in sorted(addresses):
            led = half.page.context.request.get(f"{world.url}{address}", max_redirects=0)
            assert led.status == 302, address
            assert led.headers["location"].startswith("/desk/sign-in/"), address


def test_the_program_prints_the_code_that_an_authenticator_shows(world: World) -> None:
    shown = {world.code("qin"), jinbang("demo", "--code", "qin", home=world.home).strip(), world.code("qin")}
    assert len(shown) <= 2, "at most the turn of the half minute lies between them"
    assert jinbang("demo", "--code", "qin", home=world.home).strip() in {*shown, world.code("qin")}


@pytest.mark.parametrize("username", sorted(REACHED))
def test_every_page_that_an_officers_menu_leads_to_opens(officers: Officers, username: str) -> None:
    reached = officers[username].walk()
    assert REACHED[username] <= reached


def test_the_menu_marks_the_room_that_a_page_belongs_to(officers: Officers) -> None:
    he = officers["he"]
    for address, entry in (
        ("/desk/", "待办"),
        ("/desk/results/", "成绩与发布"),
        ("/desk/people/officer-key/", "我的岗位"),
    ):
        he.visit(address)
        marked = he.page.locator(".jb-sidebar__wide [aria-current]").all_text_contents()
        assert marked == [entry], address


# ---------------------------------------------------------------- before the examination: the planner
def test_a_planner_extends_a_window_after_reading_what_candidates_will_read(officers: Officers, world: World) -> None:
    zheng = officers["zheng"]
    zheng.visit("/desk/sittings/")
    zheng.follow("社会工作者职业资格考试")
    address = zheng.page.url
    zheng.follow("延长时间")
    closes = now_of(world).date() + timedelta(days=12)
    words = {
        "公告标题": "关于延长报名时间的公告",
        "公告正文": "因访问量过大，报名时间延长。",
        "延长的原因": "访问量过大",
    }
    zheng.fill({**words, "新的截止日期": closes.isoformat()})
    zheng.press("预览")
    assert "考生会看到" in zheng.main()
    assert f"{closes.month}月{closes.day}日" in zheng.main()
    zheng.press("返回修改")
    assert zheng.page.get_by_label("延长的原因", exact=True).input_value() == "访问量过大"
    zheng.press("预览")
    zheng.press("确认延长并发布公告")
    assert zheng.page.url == address
    assert "时间已延长" in zheng.main()
    assert "（已被取代）" in zheng.main()
    zheng.follow("看考生看到的页面")
    assert "已延长" in zheng.main()
    assert words["公告标题"] in zheng.main()
    zheng.visit(address)
    zheng.follow("延长时间")
    zheng.fill({**words, "新的截止日期": (closes - timedelta(days=9)).isoformat()})
    zheng.press("预览")
    assert "新的截止时间不够晚" in zheng.main()
    assert zheng.page.get_by_role("button", name="确认延长并发布公告").count() == 0


def test_a_planner_adds_a_site_and_issues_a_notice_with_a_file(officers: Officers, world: World) -> None:
    zheng = officers["zheng"]
    zheng.visit("/desk/sittings/")
    zheng.follow("社会工作者职业资格考试")
    zheng.follow("增加考点")
    site = {"考点代码": "Q9", "考点名称": "太原市第九中学", "详细地址": "太原市学府街9号"}
    zheng.fill({**site, "可容纳人数": "０"})
    zheng.press("增加考点")
    assert "可容纳人数至少为 1" in zheng.main()
    zheng.fill({"可容纳人数": "90"})
    zheng.press("增加考点")
    assert "考点已增加" in zheng.main()
    assert site["考点名称"] in zheng.main()
    zheng.follow("发布公告")
    zheng.fill({"公告标题": "考场规则", "公告正文": "请携带准考证和身份证件。"})
    zheng.hand_in(b"MZ\x90\x00", name="rules.pdf", media_type="application/pdf")
    zheng.press("发布公告")
    assert zheng.page.locator("[role=alert]").count() == 1, "a program under another name is no attachment"
    assert zheng.page.get_by_label("公告标题", exact=True).input_value() == "考场规则"
    zheng.hand_in(b"%PDF-1.7\n%%EOF\n", name="考场规则.pdf", media_type="application/pdf")
    zheng.press("发布公告")
    assert "公告已发布" in zheng.main()
    zheng.follow("考场规则")
    address = zheng.page.locator("main a[download]").get_attribute("href")
    answer = zheng.page.context.request.get(f"{world.url}{address}")
    assert answer.body() == b"%PDF-1.7\n%%EOF\n"
    assert "attachment" in answer.headers["content-disposition"]


# ---------------------------------------------------------------- the examination: the room clerk
def test_a_room_clerk_reopens_a_record_notes_who_was_missing_and_what_was_seen_and_signs_it_again(
    officers: Officers,
) -> None:
    meng = officers["meng"]
    meng.visit("/desk/attendance/")
    meng.follow(SURVEYORS)
    meng.page.locator("main tbody a").first.click()
    meng.follow("第001考场") if meng.page.get_by_role("link", name="第001考场").count() else meng.follow("考场")
    meng.follow("重新打开")
    meng.press("重新打开", exact=True)
    assert "请填写重新打开的原因" in meng.main()
    meng.fill({"重新打开的原因": "漏登一人缺考"})
    meng.press("重新打开", exact=True)
    last = meng.page.get_by_role("checkbox").last
    last.check()
    meng.press("保存缺考")
    assert "缺考已保存" in meng.main()
    assert meng.page.get_by_role("checkbox").last.is_checked()
    meng.follow("登记违纪")
    meng.press("登记违纪", exact=True)
    assert "请填写事实经过" in meng.main()
    meng.page.get_by_role("main").get_by_role("combobox").select_option(index=2)
    meng.page.get_by_role("radio").first.check()
    meng.fill({"事实经过": "开考后与邻座交谈，经制止后停止。"})
    meng.press("登记违纪", exact=True)
    assert "违纪已登记" in meng.main()
    assert "与邻座交谈" in meng.main()
    meng.press("完成登记", exact=True)
    assert "这份考场记录已完成" in meng.main()
    assert meng.page.get_by_role("checkbox").count() == 0
    assert "漏登一人缺考" in meng.main()


# ---------------------------------------------------------------- pass marks: two officers
def test_a_pass_mark_is_approved_by_another_officer_than_the_one_who_proposed_it(officers: Officers) -> None:
    xu, fan = officers["xu"], officers["fan"]
    xu.open_region(COST_ENGINEERS)
    region = xu.page.url
    xu.follow("提出合格标准")
    xu.page.get_by_label("级别与科目").select_option(index=0)
    document = "演示厅函〔2026〕77号"
    xu.fill({"合格标准（分）": "1000", "文件号": document})
    xu.press("提出", exact=True)
    assert "不高于满分" in xu.main()
    xu.fill({"合格标准（分）": "60", "文件号": document})
    xu.press("提出", exact=True)
    assert "等待另一位合格标准岗批准" in xu.main()
    assert xu.page.get_by_role("button", name="批准").count() == 0
    fan.visit("/desk/")
    assert fan.page.locator(".jb-queue__count").first.inner_text() != "0"
    fan.visit(region)
    form = fan.page.locator("form[action$='/approve/']").first
    answer = xu.post(str(form.get_attribute("action")), {})
    assert answer.status == 403
    assert "须由另一个人办理" in answer.text()
    fan.press("批准")
    assert "已批准" in fan.main()
    xu.visit(region)
    assert "已批准" in xu.main()


# ---------------------------------------------------------------- tomorrow's release
def test_the_emergency_stop_stands_apart_and_wants_a_reason(officers: Officers) -> None:
    he = officers["he"]
    he.open_region(FIRE_ENGINEERS)
    he.follow("打开发布页")
    assert "已就绪，到点开放" in he.main()
    assert he.page.locator(".jb-countdown").count() == 1
    he.press("停止发布")
    assert "请写明原因" in he.main()
    assert "已就绪，到点开放" in he.main()
    qin = officers["qin"]
    qin.visit(he.page.url.replace("reopen/", ""))
    assert qin.page.get_by_role("button", name="停止发布").count() == 0


# ---------------------------------------------------------------- the main job: from the roster to the query
def test_marks_go_from_the_file_to_the_query_page_under_four_peoples_hands(officers: Officers, world: World) -> None:
    qin, jiang = officers["qin"], officers["jiang"]
    for username in ("he", "lv"):
        assert officers[username].page.url
    table = draw_up_and_fill_in(qin)
    table = hand_in_until_it_is_right(qin, table)
    verify_blind(jiang, table, staged_by=qin)
    release_far_ahead_and_stop_it(officers, world)
    opens_at = release_soon(officers, world)
    code = code_of(officers["he"])
    before(world, code, table)
    await_opening(world, code, opens_at=opens_at)
    query_some(world, code, table)
    qin.visit(officers["he"].page.url)
    eventually(lambda: is_released(qin), seconds=20, what="note that the release is out")


def draw_up_and_fill_in(qin: Officer) -> MarksTable:
    """Draw up the roster, download it as the template of marks, and fill it in as the marking house does."""
    qin.open_region(SURVEYORS)
    qin.press("生成名册")
    assert re.search(r"名册新增 \d+ 人", qin.main())
    with qin.page.expect_download() as started:
        qin.page.get_by_role("link", name="下载名册").click()
    table = MarksTable.of_template(Path(started.value.path()).read_bytes())
    assert len(table.rows) > 10
    assert len(table.heading) == 5
    return table


def hand_in_until_it_is_right(qin: Officer, table: MarksTable) -> MarksTable:
    """Hand in one faulty file after the other: each is answered with line, column and remedy, and none is stored."""
    region, last = qin.page.url, table.heading[-1]
    qin.follow("读入成绩文件")
    faults = refused(qin, table.with_cell(4, last, "130").file("gb18030"), "一处高于满分.csv")
    above = next(fault for fault in faults if fault["line"] == "4")
    assert above["column"] == last
    assert above["value"] == "130"
    assert "高于本科目满分" in above["remedy"]
    absent = [fault for fault in faults if "考场记录为缺考" in fault["remedy"]]
    assert len(absent) == len(faults) - 1 > 0
    for fault in absent:
        table = table.with_cell(int(fault["line"]), fault["column"], "缺考")
    refused(qin, table.without(last).file(), "少一列.csv")
    assert "缺少必需的列" in qin.main()
    assert last in qin.main()
    refused(qin, table.without("准考证号").file(), "没有准考证号.csv")
    assert "准考证号" in qin.main()
    cut = table.file()[: -len(table.file()) // 3]
    faults = refused(qin, cut, "截断.csv")
    assert any("名册里有这个人" in fault["remedy"] for fault in faults)
    refused(qin, table.file("utf-16"), "另一种编码.csv")
    assert "读不出这个文件" in qin.main()
    qin.visit(region)
    assert "还没有读入成绩文件" in qin.main(), "a faulty file leaves nothing behind"
    table = with_fortunes(table)
    qin.follow("读入成绩文件")
    qin.hand_in(table.file("gb18030"), name="marks.csv")
    qin.press("核对并读入")
    assert "待第二人核对" in qin.main()
    return table


def with_fortunes(table: MarksTable) -> MarksTable:
    """Give three of those who sat everything what the query must show: good marks, a zero, and a violation."""
    passed, zero, noted = [line for line, row in enumerate(table.rows, start=2) if "缺考" not in row][:3]
    for subject, mark in zip(table.heading[2:], GOOD, strict=True):
        table = table.with_cell(passed, subject, mark)
    return table.with_cell(zero, table.heading[2], "0").with_cell(noted, table.heading[-1], "违纪")


def refused(qin: Officer, content: bytes, name: str) -> list[dict[str, str]]:
    """Hand a faulty file in, and return the faults that the page lists."""
    qin.hand_in(content, name=name)
    qin.press("核对并读入")
    assert qin.page.locator("[role=alert]").count() == 1, qin.main()
    return faults_on(qin.page)


def verify_blind(jiang: Officer, table: MarksTable, *, staged_by: Officer) -> None:
    """Enter the control totals from paper: the page shows none, refuses wrong ones, and does not say which."""
    assert staged_by.page.get_by_role("button", name="核对控制数").count() == 0
    totals = table.totals()
    jiang.visit("/desk/")
    assert jiang.page.locator(".jb-queue__count").inner_text() == "1"
    jiang.open_region(SURVEYORS)
    jiang.press("打开待核对的文件")
    sums = [value for label, value in totals.items() if label.endswith("总分")]
    assert not [value for value in sums if value in jiang.main()]
    jiang.fill({**totals, "有分数的条数": str(int(totals["有分数的条数"]) - 1)})
    jiang.press("核对控制数")
    assert "控制数不一致" in jiang.main()
    assert jiang.page.locator(".govuk-form-group--error").count() == 0
    assert "待第二人核对" in jiang.main()
    jiang.fill(totals)
    jiang.press("核对控制数")
    assert "控制数一致，成绩已经生效" in jiang.main()


def draft(qin: Officer, opens_at: datetime) -> None:
    """Draft the release for an instant, have everybody judged, and seal it."""
    qin.fill({"发布日期": f"{opens_at:%Y-%m-%d}", "发布时刻": f"{opens_at:%H:%M:%S}"})
    qin.press("拟定发布时刻")
    qin.press("计算并核验")
    assert "可以继续" in qin.main()
    qin.press("封存，交付签发")
    assert "已封存，待两人签发" in qin.main()


def sign(officer: Officer, username: str, *, address: str) -> None:
    """Sign what is on the screen with one's own passphrase."""
    officer.visit(address)
    officer.fill({"签名口令": officer.world.login(username)["signing_passphrase"]})
    officer.press("签发", exact=True)


def release_far_ahead_and_stop_it(officers: Officers, world: World) -> None:
    """Prepare a release, let one officer sign it, and stop it: the signature is void, and it must be sealed again."""
    qin, he, lv = officers["qin"], officers["he"], officers["lv"]
    qin.open_region(SURVEYORS)
    draft(qin, now_of(world) + timedelta(days=3))
    address = qin.page.url
    assert qin.page.get_by_label("签名口令").count() == 0
    he.visit(address)
    he.fill({"签名口令": "not the passphrase"})
    he.press("签发", exact=True)
    assert "还没有人签发" in he.main()
    assert he.page.locator("[role=alert]").count() == 1
    sign(he, "he", address=address)
    assert "您已签发，等待另一处室的人签发" in he.main()
    shown = str(he.page.locator("code").inner_text()).replace(" ", "")
    passphrase = world.login("he")["signing_passphrase"]
    answer = qin.post(f"{address.removeprefix(world.url)}sign/", {"warrant_hash": shown, "passphrase": passphrase})
    assert answer.status == 403
    again = he.post(f"{address.removeprefix(world.url)}sign/", {"warrant_hash": shown, "passphrase": passphrase})
    assert "须由另一个人办理" in again.text()
    lv.visit(address)
    lv.fill({"原因": "发布日期须与公告一致"})
    lv.press("停止发布")
    assert "准备中" in lv.main()
    assert "何签发 ·" not in lv.main()
    assert "发布日期须与公告一致" in lv.main()


def release_soon(officers: Officers, world: World) -> datetime:
    """Draft it once more, for an instant that is near, and have two officers of two units sign."""
    qin, he, lv = officers["qin"], officers["he"], officers["lv"]
    qin.open_region(SURVEYORS)
    opens_at = now_of(world) + AHEAD
    draft(qin, opens_at)
    sign(he, "he", address=qin.page.url)
    sign(lv, "lv", address=qin.page.url)
    assert "已签发" in lv.main()
    assert "何签发 · 监督处" in lv.main()
    assert "吕签发 · 纪检组" in lv.main()
    return opens_at


def code_of(officer: Officer) -> str:
    """Return the release's code as its page names it."""
    found = re.search(r"(\S+) 第 1 版", officer.main().split("发布编号")[1])
    assert found is not None
    return found[1]


def before(world: World, code: str, table: MarksTable) -> None:
    """Until the instant there is a countdown and nothing else, whoever asks and however."""
    url = f"{world.url}/lookup/{code}"
    page = eventually(lambda: page_at(url, having="jb-countdown"), seconds=20, what="countdown")
    fields = {"ticket_number": table.rows[0][0], "document_number": number_of(world, table.rows[0][0])}
    for body in (page, ask(url, fields).body):
        assert "jb-countdown" in body
        assert "ticket_number" not in body
        assert not [word for word in (*table.heading[2:], table.rows[0][1], "合格") if word in body]


def await_opening(world: World, code: str, *, opens_at: datetime) -> None:
    """Wait for the instant: not before it, and with nobody touching anything, the form is there."""
    left = (opens_at - now_of(world)).total_seconds()
    began = time.monotonic()
    url = f"{world.url}/lookup/{code}"
    eventually(lambda: page_at(url, having='id="ticket_number"'), seconds=left + 15, what="form at the instant")
    assert time.monotonic() - began >= left - 1


def query_some(world: World, code: str, table: MarksTable) -> None:
    """Query over HTTP who passed, who has a zero and who was noted: the pages show what stands in the file."""
    fortunes = (GOOD, "0", "违纪")
    for row in (next(row for row in table.rows if one in {row[2:], *row[2:]}) for one in fortunes):
        fields = {"ticket_number": row[0], "document_number": number_of(world, row[0]), "name": row[1]}
        answer = ask(f"{world.url}/lookup/{code}", fields)
        assert answer.status == 200
        shown = [plain(one) for one in re.findall(r"<li[^>]*jb-subject[^>]*>(.*?)</li>", answer.body, re.DOTALL)]
        for subject, mark in zip(table.heading[2:], row[2:], strict=True):
            words = f" {mark} 分" if mark[0].isdigit() else mark
            assert [one for one in shown if subject in one and words in one], (row, subject, shown)
        overall = re.search(r'id="overall">([^<]+)<', answer.body)
        assert overall is not None
        assert (overall[1] == "合格") == (row[2:] == GOOD)


def is_released(officer: Officer) -> bool | None:
    """Return whether the release's page says that it is out; None while it does not."""
    officer.page.reload()
    return True if "已发布" in officer.main() else None


# ---------------------------------------------------------------- the world from outside
def page_at(url: str, *, having: str) -> str | None:
    """Return the page there if it has something, else None."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310  # our own server
            body: str = answer.read().decode()
    except urllib.error.HTTPError:
        return None
    return body if having in body else None


def now_of(world: World) -> datetime:
    """Return what time it is in the demo world, whose clock began when it was built."""
    for code in re.findall(
        r'href="/lookup/([a-z0-9-]+)"', page_at(f"{world.url}/lookup/", having="fire-engineer") or ""
    ):
        if "fire-engineer" in code:
            request = urllib.request.Request(f"{world.url}/lookup/{code}", headers={"Accept": "application/json"})  # noqa: S310  # our own server
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  # our own server
                return datetime.fromisoformat(json.load(answer)["now"]).astimezone(SHANGHAI)
    pytest.fail("tomorrow's release has no countdown")


def number_of(world: World, ticket_number: str) -> str:
    """Return the document number of whoever holds a ticket: they know it, and no desk shows it whole."""
    script = (
        "import sys, django; django.setup();"
        "from jinbang.results.models import RosterEntry; from jinbang.people.queries import document_numbers_of;"
        "person = RosterEntry.objects.get(ticket_number=sys.argv[1]).person_id;"
        "print(document_numbers_of([person])[person].number)"
    )
    environment = {
        **os.environ,
        "JINBANG_HOME": str(world.home),
        "JINBANG_DEMO": "1",
        "DJANGO_SETTINGS_MODULE": "config.settings.local",
    }
    said = subprocess.run(
        [sys.executable, "-c", script, ticket_number], check=True, env=environment, capture_output=True, text=True
    )
    return said.stdout.strip()
