"""Signing in by hand, as staff do: passwords, second factors, and what each kind of account may not do."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from jinbang.kernel.actors import SYSTEM
from jinbang.people import actions
from jinbang.people.adapters import SecondFactorAdapter, console_sender, current_code_of
from tests.cast import NOW, PASSWORD, Cast


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
