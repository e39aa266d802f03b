"""From two files and an empty database to a released query page, with two officers' signatures, at their desks.

The installation begins at its command line, as anybody's does. From the officers' one-time passwords on everything
happens in browsers: a password and an authenticator of their own, the sitting published, both files handed in, the
control totals, pass marks proposed and approved after a look at what they would come to, the instant, judging and
sealing by the worker, one signature by passphrase and one by passkey, and the query. How long the officers were at it
is told by their browsers' clock.
"""

import csv
import io
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from playwright.sync_api import Browser

from jinbang.kernel.clock import SHANGHAI
from jinbang.kernel.identity import make_resident_id
from tests.journeys.conftest import World, await_answer, jinbang, next_page
from tests.journeys.lookups import ask, plain
from tests.journeys.officers import MarksTable, Officer, Officers, eventually, opened_page_at, page_at
from tests.journeys.test_account import give_authenticator
from tests.journeys.test_release import done_by_the_worker, sign

pytestmark = pytest.mark.journey

SITTING = "二级造价工程师"
SUBJECTS = ("建设工程造价管理基础知识", "建设工程计量与计价实务")
MINUTES = 10
PEOPLE = [
    (
        f"2026140{number:05d}",
        f"考生{chr(0x4E00 + number)}",
        make_resident_id("140303", date(1990, 1, number + 1), number),
    )
    for number in range(1, 25)
]
LOCAL, PASSED, FAILED, ABSENT = range(4)
MARKS = {LOCAL: ("55", "70"), PASSED: ("86.5", "90"), FAILED: ("30", "40"), ABSENT: ("缺考", "缺考")}


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Set up an installation in an empty folder, appoint its officers, and serve it."""
    home = tmp_path_factory.mktemp("empty")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    url = f"http://localhost:{port}"
    environment = {
        **os.environ,
        "JINBANG_HOME": str(home),
        "JINBANG_PUBLIC_URL": url,
        "DJANGO_SETTINGS_MODULE": "config.settings.local",
    }
    jinbang("setup", home=home)
    begun = json.loads(module_in(environment))
    command = [sys.executable, "-m", "jinbang.portal.cli", "serve", "--port", str(port)]
    log = (home / "serve.log").open("w")
    server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        await_answer(url, server=server, log=home / "serve.log")
        yield World(url, home, {**begun, "environment": environment})
    finally:
        server.terminate()
        server.wait(timeout=30)
        log.close()


def module_in(environment: dict[str, str]) -> str:
    command = [sys.executable, "-m", "tests.journeys.newly_set_up"]
    return subprocess.run(command, check=True, env=environment, capture_output=True, text=True).stdout


def roster_file() -> bytes:
    """Return the first file: who sat, as another system hands it over. The first person lives in a listed county."""
    text = io.StringIO()
    rows = [
        (*person, "二级", "安装工程", "140321" if place == LOCAL else "140105") for place, person in enumerate(PEOPLE)
    ]
    csv.writer(text).writerows([("准考证号", "姓名", "证件号码", "级别", "专业", "区划代码"), *rows])
    return text.getvalue().encode("gb18030")


def marks_file() -> MarksTable:
    """Return the second file: everybody's marks."""
    rows = tuple(
        (ticket, name, *MARKS.get(place, (str(40 + place), str(50 + place))))
        for place, (ticket, name, _number) in enumerate(PEOPLE)
    )
    return MarksTable(("准考证号", "姓名", *SUBJECTS), rows)


def test_two_files_become_a_released_page_under_two_signatures(empty: World, browser: Browser) -> None:
    here, table = Officers(browser, empty), marks_file()
    for username in [login["username"] for login in empty.facts["logins"]]:
        come_in_first(here, username)
        assert here[username].page.url.endswith("/desk/")
    publish(here["zheng"], empty.facts["sitting"])
    sign_with_a_passphrase(here["he"])
    sign_with_a_passkey(here["lv"])
    began = browser_clock(here["qin"])
    take_roster(here["qin"])
    bring_in(here["qin"], here["jiang"], table)
    set_pass_marks(here["xu"], here["fan"])
    code = release(here, opens_at=datetime.now(SHANGHAI) + timedelta(seconds=75))
    minutes = (browser_clock(here["lv"]) - began) / 60_000
    query_page = f"{empty.url}/lookup/{code}"
    assert "data-overall" not in eventually(
        lambda: page_at(query_page, having="jb-countdown"), seconds=20, what="countdown"
    )
    eventually(lambda: opened_page_at(query_page), seconds=90, what="form at the instant")
    assert [overall(query_page, place) for place in (LOCAL, PASSED, FAILED, ABSENT)] == [
        "合格（单独划线）",
        "合格",
        "不合格",
        "缺考",
    ]
    assert 0 < minutes < MINUTES
    here.go_home()


def come_in_first(here: Officers, username: str) -> None:
    """Sign in with the one-time password, replace it, bind an authenticator, and be at the desk."""
    officer, login = here.newcomer(), here.world.login(username)
    officer.visit("/desk/")
    officer.page.locator("input[name=login]").fill(username)
    officer.page.locator("input[name=password]").fill(login["password"])
    officer.press("登录", exact=True)
    assert "一次性密码" in officer.text()
    once, login["password"] = login["password"], f"wo-de-mi-ma-{username}-2026"
    officer.page.locator("input[name=oldpassword]").fill(once)
    for name in ("password1", "password2"):
        officer.page.locator(f"input[name={name}]").fill(login["password"])
    officer.press("修改密码")
    officer.page.locator("input[name=password]").fill(login["password"])
    officer.press("确认")
    login["totp_secret"] = officer.page.locator("main .jb-code").inner_text()
    show_code(officer, username, "绑定")
    officer.press("抄好了，进入工作台")
    show_code(officer, username, "确认")
    here.here[username] = officer


def show_code(officer: Officer, username: str, button: str) -> None:
    """Type what the authenticator shows; one that ran out between reading and typing is typed anew."""
    for _ in range(3):
        if officer.page.locator("input[name=code]").count():
            officer.page.locator("input[name=code]").fill(officer.world.code(username))
            officer.press(button, exact=True)


def publish(zheng: Officer, code: str) -> None:
    """Publish the sitting that the command line has created."""
    zheng.visit("/desk/sittings/")
    zheng.follow(SITTING)
    zheng.follow("发布考试")
    zheng.press("发布考试")
    assert "已发布" in zheng.main()
    zheng.visit(f"/exams/{code}/")


def sign_with_a_passphrase(he: Officer) -> None:
    """Make a signing key that only this officer can open."""
    login = he.world.login("he")
    login["signing_passphrase"] = "一二三四五六七八九十甲乙"
    he.visit("/desk/people/officer-key/")
    for name in ("passphrase", "again"):
        he.page.locator(f"input[name={name}]").fill(login["signing_passphrase"])
    he.page.locator("main form", has=he.page.locator("input[name=again]")).get_by_role("button").click()
    he.page.wait_for_url("**/desk/people/me/")


def sign_with_a_passkey(lv: Officer) -> None:
    """Add a passkey to the account, and sign with it from now on."""
    give_authenticator(lv.page)
    lv.visit("/account/2fa/webauthn/add/")
    if lv.page.locator("input[name=password]").count():
        lv.page.locator("input[name=password]").fill(lv.world.login("lv")["password"])
        lv.press("确认")
    lv.page.get_by_label("名称").fill("安全钥匙")
    lv.press("添加", exact=True)
    lv.visit("/desk/people/officer-key/")
    lv.press("用“安全钥匙”签发")
    assert "通行密钥的公钥" in lv.main()


def browser_clock(officer: Officer) -> float:
    """Return the time by the officer's own browser, in milliseconds."""
    return float(officer.page.evaluate("Date.now()"))


def take_roster(qin: Officer) -> None:
    """Hand the roster in. Nobody stands on it before."""
    qin.open_region(SITTING)
    qin.follow("读入其他系统的名册")
    qin.hand_in(roster_file(), name="名册.csv")
    qin.press("核对并读入")
    assert f"名册新增 {len(PEOPLE)} 人，0 人已在名册上。" in qin.main()


def bring_in(qin: Officer, jiang: Officer, table: MarksTable) -> None:
    """Hand the file of marks in, and let a second person enter its control totals."""
    qin.open_region(SITTING)
    qin.follow("读入成绩文件")
    qin.hand_in(table.file("gb18030"), name="成绩.csv")
    qin.press("核对并读入")
    assert "待第二人核对" in qin.main()
    jiang.open_region(SITTING)
    jiang.press("打开待核对的文件")
    jiang.fill(table.totals("gb18030"))
    jiang.press("核对控制数")
    assert "成绩已经生效" in jiang.main()


def set_pass_marks(xu: Officer, fan: Officer) -> None:
    """Propose 60 for both subjects and a line of 55 for one county; another officer sees what would come of it."""
    for subject, mark, county in (
        (*SUBJECTS[:1], "60", ""),
        (*SUBJECTS[1:], "60", ""),
        (*SUBJECTS[:1], "55", "140321"),
    ):
        xu.open_region(SITTING)
        xu.follow("提出合格标准")
        main = xu.page.get_by_role("main")
        if county:
            main.get_by_label("单独划线地区", exact=True).check()
            main.locator("select[name=district]").select_option(county)
        value = main.locator("select[name=subject] option", has_text=subject).first.get_attribute("value")
        main.locator("select[name=subject]").select_option(value)
        main.locator("input[name=mark]").fill(mark)
        main.locator("input[name=document_number]").fill("晋人社厅函〔2026〕31号")
        xu.press("提出", exact=True)
    fan.open_region(SITTING)
    fan.follow("看批准以后的变化")
    assert re.search(r"新增合格\s+\d+", fan.main())
    assert fan.page.locator(".jb-chart__picture canvas").count() == 2
    while fan.page.get_by_role("button", name=re.compile("^批准")).count():
        with next_page(fan.page):
            fan.page.get_by_role("button", name=re.compile("^批准")).first.click()
    assert "待批准" not in fan.main()


def release(here: Officers, *, opens_at: datetime) -> str:
    """Draft, judge, seal, and sign: one officer with a passphrase, one with a passkey. Return the release's code."""
    qin, he, lv = here["qin"], here["he"], here["lv"]
    qin.open_region(SITTING)
    qin.fill({"发布日期": f"{opens_at:%Y-%m-%d}", "发布时刻": f"{opens_at:%H:%M:%S}"})
    qin.press("拟定发布时刻")
    qin.press("计算并核验")
    done_by_the_worker(qin, "可以继续")
    qin.press("封存，交付签发")
    done_by_the_worker(qin, "已封存，待两人签发")
    sign(he, "he", address=qin.page.url)
    assert "您已签发，等待另一处室的人签发" in he.main()
    lv.visit(qin.page.url)
    lv.press("用通行密钥签发")
    assert "何签发 · 监督处" in lv.main()
    assert "吕签发 · 纪检组" in lv.main()
    found = re.search(r"(\S+) 第 1 版", lv.main().split("发布编号")[1])
    assert found is not None
    return found[1]


def overall(query_page: str, place: int) -> str:
    """Query as one of the people does, and return what the page says the sitting comes to."""
    ticket, name, number = PEOPLE[place]
    answer = ask(query_page, {"ticket_number": ticket, "document_number": number, "name": name})
    assert answer.status == 200, plain(answer.body)
    found = re.search(r'id="overall">([^<]+)<', answer.body)
    assert found is not None
    return found[1]
