"""An account's life in a browser: by e-mail, recovered, with a passkey, under a new name, at the counter."""

import io

import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page

from tests.journeys.conftest import Visitor, World, new_visitor, next_page
from tests.journeys.newcomers import (
    PASSWORD,
    Newcomer,
    bind_identity,
    code_of,
    code_sent_to,
    is_on,
    let_a_minute_pass,
    sign_up,
)

pytestmark = pytest.mark.journey

CHOSEN = "shan-chuan-yi-yu-2026"
MEI = Newcomer("梅远行", "13987650061", 61)
TANG = Newcomer("唐守正", "13987650062", 62)
BAI = Newcomer("白如初", "13987650063", 63)
SHEN = Newcomer("沈忘言", "13987650064", 64)
NEW_PHONE = "13987650099"


def main_of(page: Page) -> str:
    return page.locator("main").inner_text()


def sign_up_bound(visitor: Visitor, newcomer: Newcomer) -> None:
    visitor.visit("/account/signup/")
    sign_up(visitor, newcomer)
    visitor.visit("/me/identity/")
    bind_identity(visitor, newcomer)


def test_somebody_without_a_mainland_telephone_signs_up_by_email(visitor: Visitor) -> None:
    page = visitor.page
    visitor.visit("/account/signup/")
    visitor.follow("没有大陆手机号")
    is_on(page, "用邮箱注册")
    page.get_by_label("邮箱").fill("Wanderer@Example.org")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_label("再输入一次密码").fill(PASSWORD)
    visitor.press("注册")
    is_on(page, "输入验证码")
    page.locator("input[name=code]").fill(code_sent_to(visitor, "@example.org"))
    visitor.press("确定")
    is_on(page, "我的考试")
    visitor.visit("/me/profile/")
    assert "w***@example.org" in main_of(page)
    assert "还没有登记身份" in main_of(page)


def test_name_and_password_are_found_again_and_sessions_are_listed(visitor: Visitor) -> None:
    page = visitor.page
    visitor.visit("/account/signup/")
    sign_up(visitor, MEI)
    visitor.visit("/me/sign-ins/")
    assert "本机" in main_of(page)
    visitor.press("退出其他所有设备")
    visitor.press("退出", exact=True)
    visitor.visit("/account/login/")
    visitor.follow("找回账号")
    page.get_by_label("手机号或邮箱").fill(MEI.phone)
    let_a_minute_pass(visitor.world)
    visitor.press("发送验证码")
    page.locator("input[name=code]").fill(code_of(visitor, MEI))
    visitor.press("确定")
    is_on(page, "设置新密码")
    assert "您的用户名是 k" in main_of(page)
    page.get_by_label("密码", exact=True).fill(CHOSEN)
    page.get_by_label("再输入一次密码").fill(CHOSEN)
    visitor.press("重设密码")
    page.locator("input[name=login]").fill(MEI.phone)
    page.locator("input[name=password]").fill(CHOSEN)
    visitor.press("登录", exact=True)
    is_on(page, "我的考试")


def test_whoever_forgot_the_password_signs_in_by_a_code_and_stays_who_they_are(visitor: Visitor) -> None:
    page = visitor.page
    visitor.visit("/account/signup/")
    sign_up(visitor, SHEN)
    visitor.press("退出", exact=True)
    visitor.visit("/account/login/")
    page.locator("input[name=login]").fill(SHEN.phone)
    page.locator("input[name=password]").fill("wo-wang-ji-le-2026")
    visitor.press("登录", exact=True)
    is_on(page, "考生登录")
    visitor.visit("/account/login/code/")
    page.get_by_label("手机号或邮箱").fill(SHEN.phone)
    let_a_minute_pass(visitor.world)
    visitor.press("发送验证码")
    page.locator("input[name=code]").fill(code_of(visitor, SHEN))
    visitor.press("确定")
    is_on(page, "我的考试")
    visitor.visit("/me/profile/")
    assert f"{SHEN.phone[:3]}****{SHEN.phone[-4:]}" in main_of(page)


def give_authenticator(page: Page) -> None:
    """Put a key into the browser that verifies whoever holds it, as a telephone's does."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_is_added_and_signs_in_alone_on_this_site_and_on_no_other(visitor: Visitor) -> None:
    page = visitor.page
    give_authenticator(page)
    visitor.visit("/account/signup/")
    sign_up(visitor, TANG)
    visitor.visit("/me/profile/")
    visitor.visit("/account/2fa/webauthn/add/")
    if page.locator("input[name=password]").count():
        page.locator("input[name=password]").fill(PASSWORD)
        visitor.press("确认")
    is_on(page, "添加通行密钥")
    page.get_by_label("名称").fill("我的手机")
    visitor.press("添加", exact=True)
    is_on(page, "恢复码")
    for path in ("", "webauthn/", "recovery-codes/generate/", "totp/activate/"):
        visitor.visit(f"/account/2fa/{path}")
    visitor.visit("/me/profile/")
    assert "1 把" in main_of(page)
    visitor.press("退出", exact=True)
    visitor.visit("/account/login/")
    visitor.press("用通行密钥登录")
    is_on(page, "我的考试")
    visitor.press("退出", exact=True)
    # The same page under another name, as a mirror would show it: the browser has no key for that name.
    page.goto(visitor.world.url.replace("localhost", "127.0.0.1") + "/account/login/")
    page.get_by_role("button", name="用通行密钥登录").click()
    page.get_by_text("没有完成").wait_for()
    assert page.url.endswith("/account/login/")


def scan() -> FilePayload:
    written = io.BytesIO()
    Image.new("RGB", (600, 800), "#eef2f6").save(written, "JPEG")
    return {"name": "scan.jpg", "mimeType": "image/jpeg", "buffer": written.getvalue()}


def test_a_new_name_is_asked_for_and_approved(visitor: Visitor, browser: Browser, world: World) -> None:
    page = visitor.page
    sign_up_bound(visitor, BAI)
    visitor.visit("/me/amendments/")
    visitor.press("申请变更")
    page.get_by_label("变更后的姓名").fill("白如故")
    page.get_by_label("由哪里审核").select_option(label="山西省")
    page.get_by_label("证明材料").set_input_files(scan())
    visitor.press("提交申请")
    assert "现在轮到审核人员" in main_of(page)
    reviewer, context = new_visitor(browser, world)
    reviewer.sign_in("zhou")
    reviewer.visit("/desk/people/amendments/")
    reviewer.follow(BAI.name)
    said = main_of(reviewer.page)
    assert "白如故" in said
    assert BAI.document_number not in said
    reviewer.press("通过", exact=True)
    context.close()
    visitor.visit("/me/profile/")
    assert "白如故" in main_of(page)
    at_the_counter(visitor, browser, world)


def at_the_counter(visitor: Visitor, browser: Browser, world: World) -> None:
    """Bind a new telephone for the same person, who has lost the old one: two at the counter do it together."""
    (first, one), (second, two) = new_visitor(browser, world), new_visitor(browser, world)
    page = first.page
    first.sign_in("tao")
    first.visit("/desk/people/counter/")
    page.get_by_label("证件号码").fill(BAI.document_number)
    with next_page(page):
        page.keyboard.press("Enter")  # as a card reader ends what it types
    first.check()
    is_on(page, "白如故")
    page.get_by_label("新手机号").fill(NEW_PHONE)
    page.get_by_label("已核对证件原件").check()
    first.press("向新手机发送验证码")
    page.locator("input[name=code]").fill(code_sent_to(first, NEW_PHONE[-4:]))
    first.press("验证", exact=True)
    assert "另一位同事" in main_of(page)
    visitor.visit("/me/profile/")
    assert "不是我，停止换绑" in main_of(visitor.page)
    second.sign_in("yan")
    second.visit("/desk/people/counter/")
    second.follow("白如故")
    second.press("已核对原件和本人")
    one.close()
    two.close()
    visitor.page.goto(f"{world.url}/me/profile/")
    is_on(visitor.page, "考生登录")  # every session of the account has ended
