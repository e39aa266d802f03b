"""The desk, page by page: who gets in, what every officer's menu leads to, and the work before marks come in."""

from datetime import timedelta

import pytest

from jinbang.people.states import Role
from tests.journeys.conftest import World, jinbang
from tests.journeys.officers import SURVEYORS, Officers, now_of

pytestmark = pytest.mark.journey

COST_ENGINEERS = "二级造价工程师职业资格考试"
FIRE_ENGINEERS = "一级注册消防工程师资格考试"

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
    "tao": {*PROFILE, "/desk/counter/", "/desk/counter/*/", "/desk/people/counter/"},
    "dan": {*PROFILE, "/desk/group/", "/desk/group/regions/*/template.csv"},
    "sheng": {*PROFILE, "/desk/application/statistics/", "/desk/people/integrity/"},
}


# ---------------------------------------------------------------- who gets in, and what every menu leads to
def test_the_demo_prints_a_login_of_each_role(world: World) -> None:
    assert {"candidate", *Role} == {login["role"] for login in world.facts["logins"]}


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
    meng.visit(str(meng.page.locator("main tbody a").first.get_attribute("href")))
    meng.follow("第001考场")
    meng.follow("重新打开")
    meng.press("重新打开", exact=True)
    assert "请填写重新打开的原因" in meng.main()
    meng.fill({"重新打开的原因": "漏登一人缺考"})
    meng.press("重新打开", exact=True)
    boxes = meng.page.locator("main input[type=checkbox]:not(:checked)")
    there = boxes.evaluate_all("boxes => boxes.map(box => box.value)")
    noted = [int(seat.split()[0]) for seat in meng.page.locator("main .jb-note strong").all_inner_texts()]
    talker, *_others, missing = [seat for seat in there if int(seat) not in noted]
    meng.page.locator(f"main input[type=checkbox][value='{missing}']").check()
    meng.press("保存缺考")
    assert "缺考已保存" in meng.main()
    assert meng.page.locator(f"main input[type=checkbox][value='{missing}']").is_checked()
    meng.follow("登记违纪")
    meng.press("登记违纪", exact=True)
    assert "请填写事实经过" in meng.main()
    meng.page.get_by_role("main").get_by_role("combobox").select_option(missing)
    meng.page.get_by_role("radio").first.check()
    meng.fill({"事实经过": "开考后与邻座交谈，经制止后停止。"})
    meng.press("登记违纪", exact=True)
    assert "同时登记了缺考和违纪" in meng.main()
    meng.page.get_by_role("main").get_by_role("combobox").select_option(talker)
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
    assert fan.page.get_by_role("button", name="批准").count() == 0, "nobody approves what they have not seen"
    fan.follow("先看影响，再作决定")
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
