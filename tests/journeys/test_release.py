"""The main job on the desk's side: one sitting goes from its roster to a mark that a person queries.

The demo world leaves one sitting sat and unmarked. Its marks are made up here, as the marking house would send them.
"""

import re
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.journeys.conftest import World
from tests.journeys.lookups import ask, plain
from tests.journeys.officers import (
    SURVEYORS,
    MarksTable,
    Officer,
    Officers,
    eventually,
    faults_on,
    noted_in_rooms,
    now_of,
    numbers_of,
    opened_page_at,
    page_at,
)

pytestmark = pytest.mark.journey

GOOD = ("96", "88.5", "102")
AHEAD = timedelta(seconds=40)


def test_marks_go_from_the_file_to_the_query_page_under_four_peoples_hands(officers: Officers, world: World) -> None:
    qin, jiang = officers["qin"], officers["jiang"]
    for username in ("he", "lv"):  # they sign in before the clock runs
        officers[username].visit("/desk/")
    table = draw_up_and_fill_in(qin)
    table = hand_in_until_it_is_right(qin, table, noted=noted_in_rooms(world))
    verify_blind(jiang, table, staged_by=qin)
    decide_what_the_file_says(qin, jiang, table)
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
    qin.visit("/desk/")
    assert "待读入成绩的考区" in qin.main()
    qin.follow("待读入成绩的考区")
    qin.follow(SURVEYORS)
    qin.press("生成名册")
    assert re.search(r"名册新增 \d+ 人", qin.main())
    with qin.page.expect_download() as started:
        qin.page.get_by_role("link", name="下载名册").click()
    table = MarksTable.of_template(Path(started.value.path()).read_bytes())
    assert len(table.rows) > 10
    assert len(table.heading) == 5
    return table


def hand_in_until_it_is_right(qin: Officer, table: MarksTable, *, noted: frozenset[str]) -> MarksTable:
    """Hand in one faulty file after the other: each is answered with line, column and remedy, and none is stored."""
    region, last = qin.page.url, table.heading[-1]
    qin.follow("读入成绩文件")
    absent = refused(qin, table.file("gb18030"), "缺考的有分数.csv")
    assert len(absent) > 0
    for fault in absent:
        assert "考场记录为缺考" in fault["remedy"]
        table = table.with_cell(int(fault["line"]), fault["column"], "缺考")
    line = next(number for number, row in enumerate(table.rows, start=2) if row[-1] != "缺考")
    (above,) = refused(qin, table.with_cell(line, last, "130").file("gb18030"), "一处高于满分.csv")
    assert (above["line"], above["column"], above["value"]) == (str(line), last, "130")
    assert "高于本科目满分" in above["remedy"]
    refused(qin, table.without(last).file(), "少一列.csv")
    assert "缺少必需的列" in qin.main()
    assert last in qin.main()
    refused(qin, table.without("准考证号").file(), "没有准考证号.csv")
    assert "准考证号" in qin.main()
    whole = table.file()
    cut = whole[: whole.rindex(b",", 0, len(whole) * 2 // 3)]  # between two cells: no character is cut in half
    faults = refused(qin, cut, "截断.csv")
    assert any("名册里有这个人" in fault["remedy"] for fault in faults)
    refused(qin, table.file("utf-16"), "另一种编码.csv")
    assert "读不出这个文件" in qin.main()
    qin.visit(region)
    assert "还没有读入成绩文件" in qin.main(), "a faulty file leaves nothing behind"
    table = with_fortunes(table, noted=noted)
    qin.follow("读入成绩文件")
    qin.hand_in(table.file("gb18030"), name="marks.csv")
    qin.press("核对并读入")
    assert "待第二人核对" in qin.main()
    return table


def with_fortunes(table: MarksTable, *, noted: frozenset[str]) -> MarksTable:
    """Give three of those who sat everything what the query must show: good marks, a zero, and a violation.

    Of these the rooms noted nothing: whoever they noted is withheld until decided, whatever the file says.
    """
    usual = [n for n, row in enumerate(table.rows, start=2) if "缺考" not in row and row[0] not in noted]
    passed, zero, found_later = usual[:3]
    for subject, mark in zip(table.heading[2:], GOOD, strict=True):
        table = table.with_cell(passed, subject, mark)
    return table.with_cell(zero, table.heading[2], "0").with_cell(found_later, table.heading[-1], "违纪")


def refused(qin: Officer, content: bytes, name: str) -> list[dict[str, str]]:
    """Hand a faulty file in, and return the faults that the page lists."""
    qin.hand_in(content, name=name)
    qin.press("核对并读入")
    assert qin.page.locator("[role=alert]").count() == 1, qin.main()
    return faults_on(qin.page)


def verify_blind(jiang: Officer, table: MarksTable, *, staged_by: Officer) -> None:
    """Enter the control totals from paper: the page shows none, refuses wrong ones, and does not say which."""
    assert staged_by.page.get_by_role("button", name="核对控制数").count() == 0
    totals = table.totals("gb18030")
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


def decide_what_the_file_says(qin: Officer, jiang: Officer, table: MarksTable) -> None:
    """Deal with the 违纪 of the file: notice, service, an answer on paper, and the decision of a second person."""
    ticket = next(row[0] for row in table.rows if "违纪" in row[2:])
    qin.visit("/desk/results/violations/")
    assert "成绩文件或者录分表" in qin.main()
    qin.follow(ticket)
    assert "marks.csv" in qin.main()
    case = qin.page.url
    qin.page.get_by_label("拟适用的条款").select_option("article_6")
    qin.fill({"拟认定的事实、理由和依据": "阅卷时发现答卷上有与答题无关的标记。"})
    qin.press("拟定告知书")
    assert "下载告知书（PDF）" in qin.main()
    qin.fill({"送达日期": f"{now_of(qin.world):%Y-%m-%d}"})
    qin.press("登记送达，听取陈述申辩")
    qin.page.get_by_text("考生书面提交的，在这里登记").click()
    answer = {"书面陈述和申辩": "没有异议。", "收到日期": f"{now_of(qin.world):%Y-%m-%d}", "扫描件编号": "档-1"}
    qin.fill(answer)
    qin.press("登记书面陈述申辩")
    jiang.visit(case)
    jiang.page.get_by_label("适用的条款").select_option("article_6")
    jiang.fill({"处理决定书文号": "晋人考处〔2026〕99号"})
    jiang.press("作出处理决定")
    assert "下载处理决定书（PDF）" in jiang.main()


def draft(qin: Officer, opens_at: datetime) -> None:
    """Draft the release for an instant, have everybody judged, and seal it."""
    qin.fill({"发布日期": f"{opens_at:%Y-%m-%d}", "发布时刻": f"{opens_at:%H:%M:%S}"})
    qin.press("拟定发布时刻")
    qin.press("计算并核验")
    done_by_the_worker(qin, "可以继续")
    qin.press("封存，交付签发")
    done_by_the_worker(qin, "已封存，待两人签发")


def done_by_the_worker(officer: Officer, words: str) -> None:
    """Wait until the worker has done what was asked for, and the page says so."""

    def says_so() -> bool | None:
        officer.visit(officer.page.url)
        is_done = words in officer.main() and officer.page.locator("[data-long-work]").count() == 0
        return is_done or None

    eventually(says_so, seconds=30, what=words)


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
    """Until the instant there is a countdown, a form to fill in beforehand and nothing of anybody, however one asks."""
    url = f"{world.url}/lookup/{code}"
    page = eventually(lambda: page_at(url, having="jb-countdown"), seconds=20, what="countdown")
    (number,) = numbers_of(world, table.rows[0][0])
    fields = {"ticket_number": table.rows[0][0], "document_number": number}
    for body in (page, ask(url, fields).body):
        assert "jb-countdown" in body
        assert "data-overall" not in body
        assert not [word for word in (*table.heading[2:], table.rows[0][1], "合格") if word in body]


def await_opening(world: World, code: str, *, opens_at: datetime) -> None:
    """Wait for the instant: not before it, and with nobody touching anything, the form is there."""
    left = (opens_at - now_of(world)).total_seconds()
    began = time.monotonic()
    url = f"{world.url}/lookup/{code}"
    eventually(lambda: opened_page_at(url), seconds=left + 15, what="form at the instant")
    assert time.monotonic() - began >= left - 1


def query_some(world: World, code: str, table: MarksTable) -> None:
    """Query over HTTP who passed, who has a zero and who broke the rules: the pages show what stands in the file.

    Whom a room noted has no mark yet for the paper of that room, though the file has one.
    """
    fortunes = (GOOD, "0", "违纪")
    noted = noted_in_rooms(world)
    withheld = next(row for row in table.rows if row[0] in noted)
    usual = [row for row in table.rows if row[0] not in noted]
    asked = [next(row for row in usual if one in {row[2:], *row[2:]}) for one in fortunes]
    number, *numbers = numbers_of(world, withheld[0], *(row[0] for row in asked))
    answer = ask(
        f"{world.url}/lookup/{code}",
        {"ticket_number": withheld[0], "document_number": number, "name": withheld[1]},
    )
    assert "待核查" in answer.body
    for row, its_number in zip(asked, numbers, strict=True):
        fields = {"ticket_number": row[0], "document_number": its_number, "name": row[1]}
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
