"""A candidate's own account by hand: the profile page, another telephone or e-mail, sign-ins and ending them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from jinbang.audit.queries import history_of
from jinbang.audit.submission import new_submission_key
from jinbang.kernel.clock import frozen_at
from jinbang.people import queries
from jinbang.people.adapters import current_code_of
from jinbang.people.models import Account, Person
from jinbang.people.profile import profile_of
from tests.cast import LIN_NUMBER, NOW, PASSWORD, Cast, client_of

NEW_PHONE = "+8613512345678"
NEW_EMAIL = "lin@example.org"
CodeTo = Callable[[str], str]
Sent = list[tuple[str, str]]


@pytest.mark.django_db
def test_a_profile_shows_no_number_in_full(cast: Cast) -> None:
    profile = profile_of(cast.lin.candidate)
    assert [document.number_masked for document in profile.documents] == [f"140***********{LIN_NUMBER[-4:]}"]
    assert profile.phone_masked == profile.contact_masked == "+86138****8000"
    page = client_of(cast.lin).get("/me/profile/").text
    assert LIN_NUMBER not in page
    assert "13800138000" not in page


@pytest.mark.django_db
def test_the_profile_names_the_first_thing_that_is_missing(cast: Cast) -> None:
    assert profile_of(cast.lin.candidate).next_step is None
    unbound = profile_of(cast.sun.candidate).next_step
    assert unbound is not None
    assert unbound.url_name == "people:identity"
    TOTP.activate(cast.lin.account, generate_totp_secret())
    without_codes = profile_of(cast.lin.candidate).next_step
    assert without_codes is not None
    assert without_codes.url_name == "mfa_generate_recovery_codes"
    RecoveryCodes.activate(cast.lin.account)
    assert profile_of(cast.lin.candidate).next_step is None


def ask_for(client: Client, where: str, contact: str) -> str:
    return str(client.post(f"/me/contact/{where}/", {"contact": contact}).headers["Location"])


@pytest.mark.django_db
def test_a_telephone_changes_with_a_code_to_the_old_and_one_to_the_new(
    cast: Cast, code_to: CodeTo, *, sent: Sent, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    client = client_of(cast.lin)
    assert ask_for(client, "phone", "13512345678") == "/me/contact/codes/"
    old, new = code_to(cast.lin.phone), code_to(NEW_PHONE)
    refused = client.post("/me/contact/codes/", {"old_code": new, "code": old})
    assert refused.status_code == 422
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]  # the plugin types it loosely
        answer = client.post("/me/contact/codes/", {"old_code": old, "code": new})
    assert answer.headers["Location"] == "/me/profile/"
    account = Account.objects.get(pk=cast.lin.account.pk)
    assert account.phone == NEW_PHONE
    assert queries.phone_of(Person.objects.get(pk=cast.lin.bound.pk)) == NEW_PHONE
    assert sent[-1][0] == cast.lin.phone
    assert "更换了登录手机" in sent[-1][1]
    assert history_of(account).last().event == "phone_changed"  # type: ignore[union-attr]  # there is one


@pytest.mark.django_db
def test_an_email_is_added_with_a_code_to_the_telephone_and_one_to_the_address(cast: Cast, code_to: CodeTo) -> None:
    client = client_of(cast.lin)
    ask_for(client, "email", NEW_EMAIL.upper())
    client.post("/me/contact/codes/", {"old_code": code_to(cast.lin.phone), "code": code_to(NEW_EMAIL)})
    account = Account.objects.get(pk=cast.lin.account.pk)
    assert (account.email, account.email_verified, account.phone) == (NEW_EMAIL, True, cast.lin.phone)


@pytest.mark.django_db
def test_anothers_telephone_is_answered_alike_and_never_taken(cast: Cast, code_to: CodeTo, sent: Sent) -> None:
    client = client_of(cast.lin)
    assert ask_for(client, "phone", "13900139000") == "/me/contact/codes/"
    assert sent[-1][0] == cast.zhao.phone
    assert "验证码" not in sent[-1][1]
    page = client.post("/me/contact/codes/", {"old_code": code_to(cast.lin.phone), "code": "123456"})
    assert page.status_code == 422
    assert Account.objects.get(pk=cast.lin.account.pk).phone == cast.lin.phone


@pytest.mark.django_db
def test_codes_asked_by_one_account_do_not_serve_another(cast: Cast, code_to: CodeTo) -> None:
    client = client_of(cast.lin)
    ask_for(client, "phone", "13512345678")
    client.post("/account/logout/")
    client.post("/account/login/", {"login": "zhao", "password": PASSWORD})
    assert client.get("/me/contact/codes/").headers["Location"] == "/me/profile/"


@pytest.mark.django_db
def test_sign_ins_are_listed_and_the_others_ended(cast: Cast, sent: Sent) -> None:
    here, there = Client(), Client()
    for client in (there, here):
        client.post("/account/login/", {"login": "lin", "password": PASSWORD})
    page = here.get("/me/sign-ins/").text
    assert page.count("本机") == 1
    assert page.count("仍在登录") == 1
    here.post("/me/sign-ins/end-others/", {"submission_key": new_submission_key()})
    assert there.get("/me/profile/").status_code == 302
    assert here.get("/me/profile/").status_code == 200
    assert history_of(cast.lin.account).last().event == "sessions_ended"  # type: ignore[union-attr]  # there is one
    assert sent == []


@pytest.mark.django_db
def test_the_owner_is_told_of_a_new_kind_of_device_and_not_of_the_first(cast: Cast, sent: Sent) -> None:
    typed = {"login": "lin", "password": PASSWORD}
    Client(HTTP_USER_AGENT="Mozilla/5.0 (iPhone) Safari/604").post("/account/login/", typed)
    Client(HTTP_USER_AGENT="Mozilla/5.0 (iPhone) Safari/605").post("/account/login/", typed)
    assert sent == []
    Client(HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Firefox/130").post("/account/login/", typed)
    assert [where for where, _ in sent] == [cast.lin.phone]


@pytest.mark.django_db
def test_a_candidate_sets_up_an_authenticator_sees_recovery_codes_and_is_told(
    cast: Cast, sent: Sent, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    client = Client()
    client.post("/account/login/", {"login": "lin", "password": PASSWORD})
    assert "绑定验证器" in client.get("/account/2fa/").text
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    page = client.get("/account/2fa/totp/activate/")
    assert page.status_code == 200
    secret = client.session["mfa.totp.secret"]
    TOTP.activate(cast.gu.account, secret)
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/account/2fa/totp/activate/", {"code": current_code_of(cast.gu.account)})
    shown = client.get(answer.headers["Location"])
    assert "恢复码" in shown.text
    assert any("绑定了验证器" in text for _, text in sent)
    for path in ("", "totp/deactivate/", "recovery-codes/", "recovery-codes/generate/", "webauthn/", "webauthn/add/"):
        answer = client.get(f"/account/2fa/{path}")
        assert answer.status_code == 200, path
    client.post("/account/2fa/totp/deactivate/")
    assert not Authenticator.objects.filter(user=cast.lin.account, type="totp").exists()


@pytest.mark.django_db
def test_old_codes_change_nothing(cast: Cast, code_to: CodeTo) -> None:
    client = client_of(cast.lin)
    ask_for(client, "phone", "13512345678")
    typed = {"old_code": code_to(cast.lin.phone), "code": code_to(NEW_PHONE)}
    with frozen_at(NOW + timedelta(minutes=10)):
        assert "已失效" in client.post("/me/contact/codes/", typed).text
    assert Account.objects.get(pk=cast.lin.account.pk).phone == cast.lin.phone
