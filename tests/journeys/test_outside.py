"""The demo's own outside identity, as a newcomer tries it: say yes, sign in, link, and next time be in at once."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.journeys.conftest import Visitor, World, new_visitor

PERSON = "我是演示用户乙"


@pytest.fixture
def later(browser: Browser, world: World) -> Iterator[Visitor]:
    """Return the same person on another day, in a browser that remembers nothing."""
    somebody, context = new_visitor(browser, world)
    yield somebody
    context.close()


def authorise(visitor: Visitor) -> None:
    """Press the button on the sign-in page, arrive at the other side by the page between, and say yes there."""
    visitor.visit("/account/login/?next=/me/verification/")
    visitor.page.get_by_role("button", name="用演示身份登录").click()
    visitor.page.wait_for_url("**/demo-identity/authorize/**")
    visitor.check()
    visitor.press(PERSON)


@pytest.mark.journey
def test_an_outside_identity_is_linked_once_and_then_opens_the_account(
    visitor: Visitor, later: Visitor, world: World
) -> None:
    login = next(one for one in world.facts["logins"] if not one["totp_secret"])
    authorise(visitor)
    assert "还没有绑定账号" in visitor.text()
    visitor.press("登录并绑定")
    visitor.page.locator("input[name=login]").fill(login["username"])
    visitor.page.locator("input[name=password]").fill(login["password"])
    visitor.press("登录", exact=True)
    visitor.press("绑定演示身份")
    assert "已绑定演示身份" in visitor.text()

    authorise(later)
    assert later.page.url == f"{world.url}/me/verification/"
    assert "姓名和证件" in later.text()
    for path in ("/me/verification/diploma/", "/account/3rdparty/", "/me/profile/", "/me/"):
        later.visit(path)
    later.visit("/account/3rdparty/")
    later.press("解除绑定")
    assert "还没有绑定" in later.text()
