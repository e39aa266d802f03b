"""The doors by hand: signing up by telephone and e-mail, signing in by a code, recovering an account, signing out."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.http import HttpResponse
from django.test import Client

from jinbang.audit.queries import history_of
from jinbang.kernel.clock import frozen_at
from jinbang.people.adapters import current_code_of
from jinbang.people.models import Account
from tests.cast import NOW, PASSWORD, Cast, client_of

PHONE = "+8613512345678"
EMAIL = "newcomer@example.org"
CHOSEN = "shan-chuan-yi-yu-2026"
TOKENS = re.compile(rb'value="[A-Za-z0-9_-]{20,}"|nonce="[^"]*"')
CodeTo = Callable[[str], str]
Sent = list[tuple[str, str]]


def sign_up(client: Client, contact: str = "13512345678", **changes: str) -> HttpResponse:
    address = "/account/signup/email/" if "@" in contact else "/account/signup/"
    form = {"contact": contact, "password1": PASSWORD, "password2": PASSWORD, **changes}
    return client.post(address, form)  # type: ignore[return-value]  # the client wraps it


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


# ---------------------------------------------------------------- signing up
@pytest.mark.django_db
@pytest.mark.parametrize("contact,kept", [("135 1234 5678", PHONE), (" Newcomer@Example.org ", EMAIL)])
def test_an_account_is_written_when_the_code_has_come_back_and_not_before(
    cast: Cast, client: Client, code_to: CodeTo, *, contact: str, kept: str
) -> None:
    before = Account.objects.count()
    assert sign_up(client, contact).headers["Location"] == "/account/signup/code/"
    assert Account.objects.count() == before
    answer = client.post("/account/signup/code/", {"code": code_to(kept)})
    assert answer.headers["Location"] == "/me/"
    account = Account.objects.latest("id")
    assert account.kind == "candidate"
    assert account.check_password(PASSWORD)
    assert kept in {account.phone, account.email}
    assert (account.phone_verified, account.email_verified) == (kept == PHONE, kept == EMAIL)
    assert next(change.event for change in history_of(account)) == "account_opened"
    assert client.get("/me/profile/").status_code == 200


@pytest.mark.django_db
def test_a_number_of_another_country_is_led_to_the_form_with_an_email(client: Client, sent: Sent) -> None:
    page = sign_up(client, "+1 650 253 0000")
    assert page.status_code == 422
    assert "请用邮箱注册" in page.text
    assert "/account/signup/email/" in page.text
    assert sent == []


@pytest.mark.django_db
def test_nobody_signs_up_as_staff(cast: Cast, client: Client, code_to: CodeTo) -> None:
    sign_up(client, kind="staff", is_staff="1", display_name="自封")
    client.post("/account/signup/code/", {"code": code_to(PHONE), "kind": "staff"})
    account = Account.objects.get(phone=PHONE)
    assert (account.kind, account.display_name) == ("candidate", "")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes,sentence",
    [
        ({"password1": "short", "password2": "short"}, "密码"),
        ({"password1": "1234567890", "password2": "1234567890"}, "密码"),
        ({"password2": "another-password-1"}, "不一致"),
        ({"password1": PHONE, "password2": PHONE}, "太相似"),
        ({"password1": PHONE.removeprefix("+86"), "password2": PHONE.removeprefix("+86")}, "太相似"),
    ],
)
def test_a_password_that_will_not_do_sends_nothing(
    client: Client, sent: Sent, *, changes: dict[str, str], sentence: str
) -> None:
    page = sign_up(client, **changes)
    assert page.status_code == 422
    assert sentence in page.text
    assert sent == []


def seen(client: Client, contact: str) -> tuple[int, str, int, bytes]:
    posted = sign_up(client, contact)
    page = client.get(posted.headers["Location"])
    return posted.status_code, posted.headers["Location"], page.status_code, TOKENS.sub(b"", page.content)


@pytest.mark.django_db
def test_a_known_number_is_answered_like_an_unknown_one_and_its_owner_is_told(cast: Cast, sent: Sent) -> None:
    known, unknown = seen(Client(), "13800138000"), seen(Client(), "13811138000")
    masked = (b"138****8000", b"138****8000")
    assert masked[0] in known[3]
    assert known == unknown
    assert [where for where, _ in sent] == [cast.lin.phone, "+8613811138000"]
    assert "已经有账号" in sent[0][1]


@pytest.mark.django_db
def test_two_who_prove_one_number_end_with_one_account(cast: Cast, code_to: CodeTo) -> None:
    first, second = Client(), Client()
    sign_up(first)
    code = code_to(PHONE)
    with frozen_at(NOW + timedelta(minutes=2)):
        sign_up(second)
        second.post("/account/signup/code/", {"code": code_to(PHONE)})
        answer = first.post("/account/signup/code/", {"code": code})
    assert answer.headers["Location"] == "/account/login/"
    assert Account.objects.filter(phone=PHONE).count() == 1


# ---------------------------------------------------------------- codes
@pytest.mark.django_db
def test_a_code_is_good_for_five_tries(cast: Cast, client: Client, code_to: CodeTo) -> None:
    sign_up(client)
    code = code_to(PHONE)
    pages = [client.post("/account/signup/code/", {"code": other_than(code)}) for _ in range(5)]
    assert "还可以试 4 次" in pages[0].text
    assert "已失效" in pages[4].text
    assert "已失效" in client.post("/account/signup/code/", {"code": code}).text
    assert not Account.objects.filter(phone=PHONE).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("minutes,works", [(9.9, True), (10, False)])
def test_a_code_lasts_ten_minutes(cast: Cast, client: Client, code_to: CodeTo, *, minutes: float, works: bool) -> None:
    sign_up(client)
    with frozen_at(NOW + timedelta(minutes=minutes)):
        client.post("/account/signup/code/", {"code": code_to(PHONE)})
    assert Account.objects.filter(phone=PHONE).exists() is works


@pytest.mark.django_db
def test_a_code_is_bound_to_the_session_that_asked_and_to_its_purpose(
    cast: Cast, client: Client, code_to: CodeTo
) -> None:
    client.post("/account/login/code/", {"contact": "13800138000"})
    code = code_to(cast.lin.phone)
    stranger = Client()
    assert stranger.post("/account/login/code/confirm/", {"code": code}).headers["Location"] == "/account/login/code/"
    assert client.post("/account/recover/code/", {"code": code}).headers["Location"] == "/account/recover/"
    assert "_auth_user_id" not in stranger.session
    answer = client.post("/account/login/code/confirm/", {"code": code})
    assert answer.headers["Location"] == "/me/"


@pytest.mark.django_db
def test_a_number_gets_one_code_a_minute_and_ten_a_day(cast: Cast, sent: Sent) -> None:
    for minute in range(12):
        with frozen_at(NOW + timedelta(minutes=2 * minute)):
            Client().post("/account/login/code/", {"contact": "13800138000"})
            page = Client().post("/account/login/code/", {"contact": "+86 138-0013-8000"})
            assert page.status_code == 422
    assert len(sent) == 10
    with frozen_at(NOW + timedelta(days=1)):
        assert Client().post("/account/login/code/", {"contact": "13800138000"}).status_code == 302
    assert len(sent) == 11


@pytest.mark.django_db
def test_codes_are_kept_as_keyed_hashes_only(cast: Cast, client: Client, code_to: CodeTo) -> None:
    sign_up(client)
    code = code_to(PHONE)
    assert code not in str(dict(client.session))
    assert PASSWORD not in str(dict(client.session))


# ---------------------------------------------------------------- signing in
@pytest.mark.django_db
@pytest.mark.parametrize("name", ["lin", "LIN", " Lin ", "13800138000", "+86 138 0013 8000", "１３８００１３８０００"])
def test_a_candidate_signs_in_by_name_or_number_and_capitals_do_not_count(
    cast: Cast, client: Client, name: str
) -> None:
    response = client.post("/account/login/", {"login": name, "password": PASSWORD})
    assert response.headers["Location"] == "/me/"
    assert client.get("/me/profile/").status_code == 200


@pytest.mark.django_db
def test_who_signed_up_by_email_signs_in_by_email_and_password_or_code(client: Client, code_to: CodeTo) -> None:
    sign_up(client, EMAIL)
    client.post("/account/signup/code/", {"code": code_to(EMAIL)})
    by_password, by_code = Client(), Client()
    answer = by_password.post("/account/login/", {"login": EMAIL.upper(), "password": PASSWORD})
    assert answer.headers["Location"] == "/me/"
    by_code.post("/account/logout/")
    with frozen_at(NOW + timedelta(days=365 * 5)):
        by_code.post("/account/login/code/", {"contact": EMAIL})
        answer = by_code.post("/account/login/code/confirm/", {"code": code_to(EMAIL)})
    assert answer.headers["Location"] == "/me/"


@pytest.mark.django_db
def test_a_code_asked_for_an_unknown_number_shows_the_same_page(cast: Cast, sent: Sent) -> None:
    pages = []
    for number in ("13800138000", "13811138000"):
        client = Client()
        posted = client.post("/account/login/code/", {"contact": number})
        page = client.get(posted.headers["Location"])
        pages.append((posted.status_code, posted.headers["Location"], TOKENS.sub(b"", page.content)))
    assert pages[0] == pages[1]
    assert "还没有注册" in sent[1][1]


@pytest.mark.django_db
def test_signing_in_gives_the_session_a_new_name(cast: Cast, client: Client) -> None:
    client.get("/account/login/code/")
    client.post("/account/login/code/", {"contact": "13512345678"})
    planted = client.session.session_key
    client.post("/account/login/", {"login": "lin", "password": PASSWORD})
    assert client.session.session_key != planted
    thief = Client()
    thief.cookies["sessionid"] = str(planted)
    assert thief.get("/me/profile/").status_code == 302


@pytest.mark.django_db
def test_signing_out_clears_what_the_browser_kept(cast: Cast) -> None:
    client = client_of(cast.lin)
    answer = client.post("/account/logout/")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get("/me/profile/").status_code == 302


@pytest.mark.django_db
def test_a_shared_computer_signs_out_by_itself_and_ones_own_does_not(cast: Cast) -> None:
    shared, own = Client(), Client()
    shared.post("/account/login/", {"login": "lin", "password": PASSWORD, "shared": "on"})
    own.post("/account/login/", {"login": "lin", "password": PASSWORD})
    with frozen_at(NOW + timedelta(minutes=9)):
        assert shared.get("/me/profile/").status_code == 200
    with frozen_at(NOW + timedelta(minutes=18)):
        assert shared.get("/me/profile/").status_code == 200  # it was used nine minutes ago
    with frozen_at(NOW + timedelta(minutes=28)):
        assert shared.get("/me/profile/").headers["Location"].startswith("/account/login/")
        assert own.get("/me/profile/").status_code == 200


# ---------------------------------------------------------------- recovering
@pytest.mark.django_db
def test_who_forgot_name_and_password_finds_both_again_and_every_session_ends(
    cast: Cast, client: Client, code_to: CodeTo
) -> None:
    elsewhere = Client()
    elsewhere.post("/account/login/", {"login": "lin", "password": PASSWORD})
    client.post("/account/recover/", {"contact": "13800138000"})
    answer = client.post("/account/recover/code/", {"code": code_to(cast.lin.phone)})
    page = client.get(answer.headers["Location"])
    assert "您的用户名是 lin" in page.text
    own = client.post("/account/recover/password/", {"password1": "13800138000", "password2": "13800138000"})
    assert (own.status_code, "太相似" in own.text) == (422, True)
    done = client.post("/account/recover/password/", {"password1": CHOSEN, "password2": CHOSEN})
    assert done.headers["Location"] == "/account/login/"
    assert Account.objects.get(username="lin").check_password(CHOSEN)
    assert elsewhere.get("/me/profile/").status_code == 302
    assert client.get("/me/profile/").status_code == 302
    assert client.get("/account/recover/password/").headers["Location"] == "/account/recover/"


@pytest.mark.django_db
def test_a_second_factor_is_kept_through_a_new_password(cast: Cast, client: Client, code_to: CodeTo) -> None:
    TOTP.activate(cast.lin.account, generate_totp_secret())
    client.post("/account/recover/", {"contact": "13800138000"})
    client.post("/account/recover/code/", {"code": code_to(cast.lin.phone)})
    client.post("/account/recover/password/", {"password1": CHOSEN, "password2": CHOSEN})
    assert Authenticator.objects.filter(user=cast.lin.account).count() == 1
    answer = client.post("/account/login/", {"login": "lin", "password": CHOSEN})
    assert answer.headers["Location"] == "/account/2fa/authenticate/"
    assert client.get("/me/profile/").status_code == 302
    client.post("/account/2fa/authenticate/", {"code": current_code_of(cast.lin.account)})
    assert client.get("/me/profile/").status_code == 200


@pytest.mark.django_db
def test_staff_are_not_recovered_by_a_telephone(cast: Cast, client: Client, sent: Sent) -> None:
    Account.objects.filter(pk=cast.zhou.account.pk).update(phone=PHONE, phone_verified=True)
    client.post("/account/recover/", {"contact": PHONE})
    assert "还没有注册" in sent[-1][1]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        "/account/email/",
        "/account/confirm-email/",
        "/account/phone/verify/",
        "/account/phone/change/",
        "/account/password/reset/",
        "/account/password/reset/key/1-x/",
        "/account/password/set/",
    ],
)
def test_the_librarys_other_doors_do_not_exist(cast: Cast, address: str) -> None:
    assert client_of(cast.lin).get(address).status_code == 404
    assert Client().post(address, {"email": EMAIL}).status_code == 404
