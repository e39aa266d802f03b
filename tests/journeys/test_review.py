"""A reviewer works three cases with nothing but the keyboard, and the charts raise no word of the policy."""

import pytest

from tests.journeys.officers import Officers

pytestmark = pytest.mark.journey

QUEUE = "/desk/application/"


def test_a_reviewer_works_three_cases_by_keyboard_alone(officers: Officers) -> None:
    zhou = officers["zhou"]
    zhou.visit(QUEUE)
    page = zhou.page
    waiting = int(page.locator(".jb-step__count").nth(1).inner_text())
    assert waiting >= 3, "the demo leaves cases to be reviewed"

    def press(*keys: str) -> None:
        for key in keys:
            page.keyboard.press(key)

    def go(*keys: str) -> None:
        with page.expect_event("load"):  # the page notes the sending in its history, which counts as a navigation
            press(*keys)
        zhou.check()

    go("n")
    assert "您已领取" in zhou.main()
    press("?")
    assert page.locator("#keys").get_attribute("open") is not None
    press("j")
    assert page.evaluate("document.activeElement.closest('[data-line]') !== null")
    press("v", "+", "t")
    assert page.locator(".jb-paper--shown[data-zoom='2'][data-turn='90']").count() == 1

    first = page.url
    press("j", "1", "a")
    assert page.evaluate("document.activeElement.dataset.decide") == "approve"
    go("Enter")
    assert "：审核通过。" in zhou.main()
    assert page.url != first

    press("j", "2")
    page.keyboard.type("照片背景不是白色")
    press("Escape", "r")
    assert page.evaluate("document.activeElement.dataset.decide") == "return"
    go("Enter")
    assert "：审核退回。" in zhou.main()

    press("j", "3")
    page.keyboard.type("证书与条件不符")
    press("Enter", "x")
    go("Enter")
    assert "：提交复审。" in zhou.main()
    zhou.visit(QUEUE)
    assert int(page.locator(".jb-step__count").nth(1).inner_text()) == waiting - 2 - 1
    bai = officers["bai"]
    bai.visit(f"{QUEUE}?state=refusal_proposed")
    with bai.page.expect_event("load"):
        bai.page.keyboard.press("n")
    assert "同意，不通过" in bai.main()
    bai.page.keyboard.press("a")
    with bai.page.expect_event("load"):
        bai.page.keyboard.press("Enter")
    assert "：审核不通过。" in bai.main()


def test_the_charts_are_drawn_and_say_the_same_as_their_tables(officers: Officers) -> None:
    zhou = officers["zhou"]
    complaints: list[str] = []
    zhou.page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    zhou.visit(f"{QUEUE}statistics/?days=90")
    zhou.page.wait_for_selector(".jb-chart__picture--drawn canvas")
    assert zhou.page.locator("[data-chart]").count() == zhou.page.locator("canvas").count()
    zhou.page.mouse.move(
        *zhou.page.locator("canvas").first.evaluate(
            "c => {const b = c.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]}"
        )
    )
    zhou.page.wait_for_timeout(500)
    assert complaints == []
