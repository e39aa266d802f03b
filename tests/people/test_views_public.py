"""Signing up and in by hand, through the pages: codes, second factors, and what each kind of account may not do."""

import re
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from jinbang.audit.queries import history_of
from jinbang.kernel.actors import SYSTEM
from jinbang.people import actions
from jinbang.people.adapters import SecondFactorAdapter, console_sender, current_code_of
from jinbang.people.audiences import CODE_STANDS_IN
from jinbang.people.models import Account
from tests.cast import NOW, PASSWORD, Cast

PHONE = "+8613512345678"
SIGN_UP = {"phone": "13512345678", "password1": PASSWORD, "password2": PASSWORD}
_sent: list[tuple[str, str]] = []


def catch(phone: str, text: str) -> None:
    """Stand where the telephone network would."""
    _sent.append((phone, text))


@pytest.fixture(autouse=True)
def _telephone(settings: Settings) -> Iterator[None]:
    settings.JINBANG_CODE_SENDER = f"{__name__}.catch"
    _sent.clear()
    yield
    _sent.clear()


def last_code() -> str:
    found = re.search(r"\d{6}", _sent[-1][1])
    assert found is not None
    return found[0]


def sign_up(client: Client, **changes: str) -> HttpResponse:
    return client.post("/account/signup/", {**SIGN_UP, **changes})  # type: ignore[return-value]  # the client wraps it


# ---------------------------------------------------------------- candidates
@pytest.mark.django_db
def test_a_candidate_signs_up_with_a_code_and_is_then_asked_who_they_are(cast: Cast, client: Client) -> None:
    assert sign_up(client).headers["Location"] == "/account/phone/verify/"
    account = Account.objects.get(phone=PHONE)
    assert (account.kind, account.phone, account.phone_verified) == ("candidate", PHONE, False)
    assert account.date_joined == NOW
    assert _sent[-1][0] == PHONE
    client.post("/account/phone/verify/", {"code": last_code()})
    account.refresh_from_db()
    assert account.phone_verified
    assert [change.event for change in history_of(account)] == ["account_opened", "phone_verified"]
    assert client.get("/me/profile/").headers["Location"] == "/me/identity/?next=%2Fme%2Fprofile%2F"


@pytest.mark.django_db
def test_a_code_is_good_for_five_tries(cast: Cast, client: Client) -> None:
    sign_up(client)
    wrong = "000000" if last_code() != "000000" else "111111"
    for _ in range(5):
        client.post("/account/phone/verify/", {"code": wrong})
    client.post("/account/phone/verify/", {"code": last_code()})
    assert not Account.objects.get(phone=PHONE).phone_verified


@pytest.mark.django_db
def test_an_unproved_telephone_does_not_open_a_candidates_page(cast: Cast, client: Client) -> None:
    sign_up(client)
    assert client.get("/me/profile/").headers["Location"].startswith("/account/login/")


@pytest.mark.django_db
def test_signing_up_with_a_known_number_shows_the_same_page_and_tells_its_owner(cast: Cast, client: Client) -> None:
    assert sign_up(client, phone="138 0013 8000").headers["Location"] == "/account/phone/verify/"
    assert Account.objects.get(phone=cast.lin.phone).username == "lin"
    assert not Account.objects.filter(phone=PHONE).exists()
    assert _sent[-1][0] == cast.lin.phone
    assert "已经有账号" in _sent[-1][1]


@pytest.mark.django_db
def test_a_number_that_was_typed_and_never_proved_does_not_block_its_owner(cast: Cast, client: Client) -> None:
    squatter = actions.create_candidate(
        username="squatter", phone="13512345678", password=PASSWORD, by=SYSTEM, now=NOW.replace(day=1)
    )
    Account.objects.filter(pk=squatter.pk).update(phone_verified=False)
    sign_up(client)
    squatter.refresh_from_db()
    assert squatter.phone is None
    assert Account.objects.get(phone=PHONE).phone_verified is False


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["lin", "13800138000", "+86 138 0013 8000"])
def test_a_candidate_signs_in_by_name_or_number(cast: Cast, client: Client, name: str) -> None:
    response = client.post("/account/login/", {"login": name, "password": PASSWORD})
    assert response.headers["Location"] == "/me/"
    assert client.get("/me/profile/").status_code == 200


def sign_in_by_code(client: Client, phone: str) -> None:
    client.post("/account/login/code/", {"phone": phone})
    client.post("/account/login/code/confirm/", {"code": last_code()})


@pytest.mark.django_db
def test_who_forgot_the_password_signs_in_by_a_code_and_chooses_a_new_one(cast: Cast, client: Client) -> None:
    assert "/account/login/code/" in client.get("/account/login/").content.decode()
    sign_in_by_code(client, "138 0013 8000")
    assert _sent[-1][0] == cast.lin.phone
    assert client.get("/me/profile/").status_code == 200
    assert b"oldpassword" not in client.get("/account/password/change/").content
    chosen = "shan-chuan-yi-yu-2026"
    response = client.post("/account/password/change/", {"password1": chosen, "password2": chosen})
    assert response.headers["Location"] == "/me/profile/"
    assert Account.objects.get(username="lin").check_password(chosen)


@pytest.mark.django_db
def test_the_old_password_is_asked_of_whoever_signed_in_with_it_or_long_ago(cast: Cast, client: Client) -> None:
    client.post("/account/login/", {"login": "lin", "password": PASSWORD})
    assert b"oldpassword" in client.get("/account/password/change/").content
    other = Client()
    sign_in_by_code(other, "138 0013 8000")
    session = other.session
    for record in session["account_authentication_methods"]:
        record["at"] -= CODE_STANDS_IN.total_seconds()
    session.save()
    refused = other.post("/account/password/change/", {"password1": "x" * 12, "password2": "x" * 12})
    assert refused.status_code == 200
    assert Account.objects.get(username="lin").check_password(PASSWORD)


@pytest.mark.django_db
def test_a_code_for_signing_in_is_sent_once_a_minute_and_good_for_five_tries(cast: Cast, client: Client) -> None:
    client.post("/account/login/code/", {"phone": "13800138000"})
    client.post("/account/login/code/", {"phone": "13800138000"})
    assert "请等一分钟" in Client().post("/account/login/code/", {"phone": "13800138000"}).content.decode()
    assert len(_sent) == 1
    wrong = "000000" if last_code() != "000000" else "111111"
    for _ in range(5):
        client.post("/account/login/code/confirm/", {"code": wrong})
    client.post("/account/login/code/confirm/", {"code": last_code()})
    assert client.get("/me/profile/").headers["Location"].startswith("/account/login/")


@pytest.mark.django_db
def test_a_code_asked_for_an_unknown_number_shows_the_same_page(cast: Cast, client: Client) -> None:
    known = client.post("/account/login/code/", {"phone": "13800138000"}, follow=True)
    unknown = Client().post("/account/login/code/", {"phone": "13512345678"}, follow=True)
    assert known.redirect_chain == unknown.redirect_chain
    assert "还没有注册" in _sent[-1][1]


@pytest.mark.django_db
def test_nobody_signs_up_as_staff(cast: Cast, client: Client) -> None:
    sign_up(client, kind="staff", is_staff="1", display_name="自封")
    account = Account.objects.get(phone=PHONE)
    assert (account.kind, account.display_name) == ("candidate", "")


def test_the_console_prints_what_would_be_sent(capsys: pytest.CaptureFixture[str]) -> None:
    console_sender("+8613512345678", "您的验证码是 123456。")
    assert capsys.readouterr().out == "[SMS +8613512345678] 您的验证码是 123456。\n"


# ---------------------------------------------------------------- staff
def staff_password(client: Client, username: str, *, password: str = PASSWORD, to: str = "") -> HttpResponse:
    typed = {"login": username, "password": password}
    return client.post("/desk/sign-in/", typed, query_params={"next": to})  # type: ignore[return-value]  # the client wraps it


@pytest.mark.django_db
def test_staff_sign_in_with_password_then_code_and_come_to_where_they_were_heading(cast: Cast, client: Client) -> None:
    actions.enrol_second_factor(account=cast.zhou.account, by=SYSTEM, now=NOW)
    assert client.get("/desk/people/me/").headers["Location"] == "/desk/sign-in/?next=/desk/people/me/"
    assert staff_password(client, "zhou", to="/desk/people/me/").headers["Location"] == "/account/2fa/authenticate/"
    assert client.get("/desk/people/me/").status_code == 302
    answer = client.post("/account/2fa/authenticate/", {"code": current_code_of(cast.zhou.account)})
    assert answer.headers["Location"] == "/desk/people/me/"
    assert client.get("/desk/people/me/").status_code == 200


@pytest.mark.django_db
def test_a_code_is_good_once(cast: Cast, client: Client) -> None:
    actions.enrol_second_factor(account=cast.zhou.account, by=SYSTEM, now=NOW)
    code = current_code_of(cast.zhou.account)
    staff_password(client, "zhou")
    client.post("/account/2fa/authenticate/", {"code": code})
    other = Client()
    staff_password(other, "zhou")
    other.post("/account/2fa/authenticate/", {"code": code})
    assert client.get("/desk/people/me/").status_code == 200
    assert other.get("/desk/people/me/").status_code == 302


@pytest.mark.django_db
def test_guessing_codes_is_stopped(cast: Cast, client: Client) -> None:
    actions.enrol_second_factor(account=cast.zhou.account, by=SYSTEM, now=NOW)
    staff_password(client, "zhou")
    right = current_code_of(cast.zhou.account)
    for guess in range(5):
        client.post("/account/2fa/authenticate/", {"code": f"{(int(right) + 1 + guess) % 1_000_000:06d}"})
    client.post("/account/2fa/authenticate/", {"code": right})
    assert client.get("/desk/people/me/").status_code == 302
    # The twin: with the record of failures gone, a right code opens the desk.
    cache.clear()
    client.post("/account/2fa/authenticate/", {"code": current_code_of(cast.zhou.account)})
    assert client.get("/desk/people/me/").status_code == 200


@pytest.mark.django_db
def test_staff_without_a_second_factor_set_one_up_before_they_see_the_desk(cast: Cast, client: Client) -> None:
    assert staff_password(client, "zhou", to="/desk/people/me/").headers["Location"] == "/desk/people/me/"
    led_to = client.get("/desk/people/me/").headers["Location"]
    assert led_to.startswith("/account/2fa/totp/activate/")
    assert client.get(led_to).headers["Location"].startswith("/account/reauthenticate/")
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    assert client.get("/account/2fa/totp/activate/").status_code == 200
    secret = client.session["mfa.totp.secret"]
    Authenticator.objects.create(
        user=cast.gu.account, type="totp", data={"secret": SecondFactorAdapter().encrypt(secret)}
    )
    client.post("/account/2fa/totp/activate/", {"code": current_code_of(cast.gu.account)})
    assert client.get("/desk/people/me/").headers["Location"].startswith("/account/2fa/reauthenticate/")
    client.post("/account/2fa/reauthenticate/", {"code": current_code_of(cast.zhou.account)})
    assert client.get("/desk/people/me/").status_code == 200


@pytest.mark.django_db
def test_staff_never_give_up_their_last_factor(cast: Cast) -> None:
    adapter = SecondFactorAdapter()
    actions.enrol_second_factor(account=cast.zhou.account, by=SYSTEM, now=NOW)
    only = Authenticator.objects.get(user=cast.zhou.account)
    assert not adapter.can_delete_authenticator(only)
    Authenticator.objects.create(user=cast.zhou.account, type="webauthn", data={})
    assert adapter.can_delete_authenticator(only)


@pytest.mark.django_db
def test_each_kind_is_sent_to_its_own_sign_in_page(cast: Cast, client: Client) -> None:
    answer = client.post("/account/login/", {"login": "zhou", "password": PASSWORD})
    assert answer.headers["Location"] == "/desk/sign-in/"
    assert "_auth_user_id" not in client.session
    assert staff_password(client, "lin").headers["Location"] == "/account/login/"
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_a_wrong_password_says_the_same_whoever_it_is(cast: Cast, client: Client) -> None:
    pages = [staff_password(client, name, password="wrong-wrong-wrong") for name in ("zhou", "nobody-at-all")]
    assert [page.status_code for page in pages] == [200, 200]
    errors = [page.context["form"].errors.as_text() for page in pages]  # type: ignore[attr-defined]  # the client's
    assert errors[0] == errors[1] != ""


@pytest.mark.django_db
def test_the_test_client_of_the_cast_holds_what_signing_in_leaves(cast: Cast, client: Client) -> None:
    """`client_of` must open exactly what signing in by hand opens, by the same keys of the session."""
    from tests.cast import client_of

    actions.enrol_second_factor(account=cast.zhou.account, by=SYSTEM, now=NOW)
    staff_password(client, "zhou")
    client.post("/account/2fa/authenticate/", {"code": current_code_of(cast.zhou.account)})
    by_hand, by_cast = client.session, client_of(cast.zhou).session
    ours = {"jinbang_signed_in_at", "jinbang_seen_at", "account_authentication_methods_user"}
    for key in ours:
        assert by_hand[key] == by_cast[key]
    methods = [
        [record["method"] for record in session["account_authentication_methods"]] for session in (by_hand, by_cast)
    ]
    assert methods[0] == methods[1] == ["password", "mfa"]
