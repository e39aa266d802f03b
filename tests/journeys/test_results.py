"""After the release: a candidate takes a signed report home, a stranger verifies it, and the desk reads statistics."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.journeys.conftest import Visitor
from tests.journeys.officers import Officer, Officers, eventually

pytestmark = pytest.mark.journey
CODE = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}")


def paper_of(visitor: Visitor, button: str) -> Path:
    """Press a button that leads to a paper, and return the file."""
    with visitor.page.expect_download() as started:
        visitor.page.get_by_role("button", name=button).first.click()
    assert started.value.suggested_filename == "result-report.pdf"
    return Path(started.value.path())


def code_on(paper: Path) -> str:
    """Return the report code that is printed on a paper."""
    done = subprocess.run(["pdftotext", "-layout", str(paper), "-"], check=True, capture_output=True, text=True)  # noqa: S607  # found on the path
    found = CODE.search(done.stdout)
    assert found is not None
    return found[0]


def test_a_candidate_takes_a_report_home_and_a_stranger_verifies_it(visitor: Visitor, officers: Officers) -> None:
    visitor.sign_in("results")
    visitor.visit("/me/results/")
    whole = paper_of(visitor, "下载历年成绩单")
    paper = paper_of(visitor, "下载成绩证明")
    code = code_on(paper)
    assert code != code_on(whole)
    stranger = officers.newcomer()
    stranger.visit(f"/verify/report/#{code.replace('-', '')}")
    assert stranger.page.locator("#id_code").input_value() == code
    assert "#" not in stranger.page.url
    stranger.press("核验")
    assert "有效" in stranger.main()
    assert code in stranger.main()
    stranger.check()
    stranger.fill({"核验码": code.lower()})
    stranger.hand_in(paper.read_bytes(), name="report.pdf", media_type="application/pdf")
    stranger.press("核验")
    assert "就是签发的原件" in stranger.main()
    altered = bytearray(paper.read_bytes())
    altered[len(altered) // 3] ^= 1
    stranger.page.locator("#id_code").fill(code)
    stranger.hand_in(bytes(altered), name="report.pdf", media_type="application/pdf")
    stranger.press("核验")
    assert "不是签发的原件" in stranger.main()


def open_released(officer: Officer) -> None:
    """Open the release page of the largest region whose results are out: of few people nothing is published."""
    officer.visit("/desk/results/")
    rows = officer.page.get_by_role("row").filter(has_text="已发布").all()
    row = max(rows, key=lambda one: int(one.get_by_role("cell").nth(2).inner_text()))
    officer.visit(str(row.get_by_role("link").first.get_attribute("href")))
    officer.follow("打开发布页")


def is_counted(officer: Officer) -> bool | None:
    officer.page.reload()
    return True if "统计时间" in officer.main() else None


def chapters_on(officer: Officer) -> list[str]:
    """Return the addresses of every level and subject that the page offers."""
    links = officer.page.get_by_role("navigation", name="级别和科目").get_by_role("link")
    return [str(one) for one in links.evaluate_all("all => all.map(a => a.href)")]


def charts_drawn(officer: Officer, address: str) -> int:
    """Open one level or subject, wait for its charts, and return how many there are; few people have none."""
    officer.visit(address)
    wanted = officer.page.locator("[data-chart]").count()
    eventually(lambda: officer.page.locator("canvas").count() == wanted or None, seconds=15, what="charts")
    return wanted


def test_the_desk_reads_statistics_with_charts_and_takes_them_as_files(officers: Officers) -> None:
    he = officers["he"]
    open_released(he)
    he.follow("看成绩统计")
    eventually(lambda: is_counted(he), seconds=40, what="count")
    he.check()
    assert sum(charts_drawn(he, address) for address in chapters_on(he)) > 0
    for kind, begins in (("PDF", b"%PDF-"), ("XLSX", b"PK")):
        with he.page.expect_download() as started:
            he.page.get_by_role("link", name=f"下载统计表（{kind}）").click()
        assert Path(started.value.path()).read_bytes().startswith(begins)
