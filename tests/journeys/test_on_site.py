"""A registration point's counter in under a minute's worth of steps, and an employer's sheet with one person's word."""

import time
from datetime import date

import pytest
from playwright.sync_api import Browser, FilePayload

from jinbang.application.group.labels import HEADINGS
from jinbang.application.group.sheet import write_csv
from jinbang.kernel.identity import make_resident_id
from tests.journeys.conftest import Visitor, World, new_visitor, next_page
from tests.journeys.newcomers import EMPLOYER, LEVEL, OPEN_EXAM, Newcomer, bind_identity, portrait, sign_up
from tests.journeys.officers import Officers

pytestmark = pytest.mark.journey

KEYS_MOST = 60
"""What a clerk types by hand, the card reader's own keys aside: telephone, day, years, employer's beginning."""
CLICKS_MOST = 6

COUNT = """
for (const kind of ["keydown", "pointerdown"]) {
  addEventListener(kind, () => sessionStorage.setItem(kind, 1 + Number(sessionStorage.getItem(kind) ?? 0)), true);
}
"""


def counted(visitor: Visitor, kind: str) -> int:
    return int(visitor.page.evaluate(f"Number(sessionStorage.getItem('{kind}') ?? 0)"))


def test_a_counter_takes_an_application_within_a_minutes_worth_of_steps(officers: Officers, world: World) -> None:
    clerk = officers["tao"]
    page = clerk.page
    clerk.visit("/desk/counter/?all=1")
    with next_page(page):
        page.locator("section", has_text=OPEN_EXAM).get_by_role("link").first.click()
    page.context.add_init_script(COUNT)
    page.reload()
    page.get_by_label(LEVEL).first.check()
    number = make_resident_id("140105", date(1958, 4, 9), 77)
    page.get_by_label("刷身份证").focus()
    with next_page(page):
        page.keyboard.insert_text(f"方现场 男 汉 {number}")  # the reader's own typing
        page.keyboard.press("Enter")
    page.get_by_label("手机号").wait_for()  # the page notes in its history that a form was sent, before it leaves
    page.wait_for_load_state()
    clerk.check()
    assert page.get_by_label("姓名").input_value() == "方现场"
    assert page.get_by_label("证件号码").input_value() == number
    began, keys, clicks = time.monotonic(), counted(clerk, "keydown"), counted(clerk, "pointerdown")
    page.get_by_label("手机号").focus()
    page.keyboard.type("13512340077")
    page.get_by_label("报考条件").select_option(
        label=next(
            text for text in page.get_by_label("报考条件").locator("option").all_inner_texts() if "其他专业本科" in text
        )
    )
    page.get_by_label("毕业日期").focus()
    page.keyboard.type("19820701")
    page.keyboard.press("Tab")
    page.keyboard.type("5")
    page.keyboard.press("Tab")
    page.keyboard.insert_text(EMPLOYER)  # an input method writes words at once
    page.get_by_label("照片", exact=True).set_input_files(portrait())
    clerk.press("登记，打印承诺书")
    assert "方现场" in clerk.text()
    link = page.locator("a[href$='pledge.pdf']").get_attribute("href")
    printed = page.context.request.get(f"{world.url}{link}")
    assert printed.body().startswith(b"%PDF-")
    scan: FilePayload = {"name": "signed.pdf", "mimeType": "application/pdf", "buffer": printed.body()}
    page.get_by_label("签好的承诺书").set_input_files(scan)
    clerk.press("上传并提交报名")
    assert "已提交审核" in clerk.text()
    took = time.monotonic() - began
    assert counted(clerk, "keydown") - keys <= KEYS_MOST
    assert counted(clerk, "pointerdown") - clicks <= CLICKS_MOST
    assert took < 60, f"{took:.1f} s, checks of accessibility included"


def test_an_employers_sheet_begins_nothing_before_the_person_confirms(
    officers: Officers, browser: Browser, world: World
) -> None:
    newcomer = Newcomer("褚单位", "13512340088", 93)
    agent = officers["dan"]
    agent.visit("/desk/group/")
    page = agent.page
    template = page.context.request.get(
        f"{world.url}{page.get_by_role('link', name='CSV').first.get_attribute('href')}"
    ).body()
    row = template.decode("utf-8-sig").splitlines()[1].split(",")
    headings = [str(label) for label in HEADINGS.values()]
    filled = dict(zip(headings, row, strict=True))
    filled |= {"姓名": newcomer.name, "证件号码": newcomer.document_number, "工作单位": EMPLOYER, "工作年限": "30"}
    filled |= {"毕业日期": "1982-07-01"}
    broken = {**filled, "证件号码": newcomer.mistyped_number}
    raw = write_csv([headings, list(filled.values()), list(broken.values())])
    if page.get_by_role("radio").count() > 1:
        page.get_by_role("radio", name=OPEN_EXAM).first.check()
    page.get_by_label("报名表").set_input_files({"name": "a.csv", "mimeType": "text/csv", "buffer": raw})
    agent.press("上传并核对")
    said = agent.text()
    assert "待本人确认" in said
    assert "证件号码不对" in said
    assert newcomer.name not in said
    visitor, context = new_visitor(browser, world)
    visitor.visit("/account/signup/?next=/me/group-entries/")
    sign_up(visitor, newcomer)
    bind_identity(visitor, newcomer)
    visitor.visit("/me/group-entries/")
    visitor.follow(OPEN_EXAM)
    assert EMPLOYER in visitor.text()
    visitor.press("内容属实，由我确认")
    assert visitor.page.url.endswith("/photo/"), "the next thing to do: what a sheet cannot hold"
    context.close()
    agent.page.reload()
    assert "本人已确认" in agent.text()
