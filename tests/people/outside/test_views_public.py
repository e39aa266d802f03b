"""Signing in through an outside identity, from the button to one's own page, and everything that must not work."""

from collections.abc import Callable

import pytest
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.test import Client
from pytest_django import Settings

from jinbang.audit.queries import history_of
from jinbang.audit.submission import new_submission_key
from jinbang.kernel.clock import frozen_at
from jinbang.people.models import Account
from jinbang.people.outside.adapters import OutsideAdapter
from jinbang.people.outside.adapters.openid import OpenIdDoor
from jinbang.people.outside.rules import PENDING_MOST
from tests.cast import Cast, client_of
from tests.people.outside.conftest import Answer, leave, there_and_back
from tests.people.outside.providers import ADDRESS, NICKNAME, Providers, say_yes

PROVIDERS = ("weixin", "alipay", "social-card")
SignIn = Callable[[Client, str], Answer]


def link(client: Client) -> Answer:
    return client.post("/account/3rdparty/link/", {"submission_key": new_submission_key()})  # type: ignore[return-value]  # the client wraps it


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


# ---------------------------------------------------------------- the whole way
@pytest.mark.django_db
@pytest.mark.parametrize("provider_id", PROVIDERS)
def test_a_candidate_authorises_binds_and_next_time_is_signed_in_at_once(
    cast: Cast, providers: Providers, client: Client, sign_in: SignIn, provider_id: str
) -> None:
    answer = there_and_back(client, provider_id)
    assert answer.headers["Location"] == "/account/3rdparty/signup/"
    assert not is_signed_in(client)
    assert "登录并绑定" in client.get("/account/3rdparty/signup/").text
    assert sign_in(client, "lin").headers["Location"] == "/account/3rdparty/link/"
    assert not SocialAccount.objects.exists()  # signing in alone links nothing
    assert link(client).headers["Location"] == "/me/"
    assert [change.event for change in history_of(cast.lin.account)][-1] == "outside_identity_linked"
    later = Client()
    assert there_and_back(later, provider_id, next="/me/profile/").headers["Location"] == "/me/profile/"
    assert "林晓" in later.get("/me/profile/").text
    assert later.get("/me/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("provider_id", PROVIDERS)
def test_nothing_of_what_a_provider_knows_is_kept(
    cast: Cast, providers: Providers, client: Client, sign_in: SignIn, provider_id: str
) -> None:
    there_and_back(client, provider_id)
    sign_in(client, "lin")
    link(client)
    there_and_back(Client(), provider_id)
    kept = SocialAccount.objects.get()
    assert kept.extra_data == {}
    assert len(kept.uid) == 64
    assert providers.person not in kept.uid
    account = Account.objects.get(pk=cast.lin.account.pk)
    words = f"{vars(kept)} {vars(account)} {dict(client.session)}"
    assert NICKNAME not in words
    assert ADDRESS not in words
    assert not SocialToken.objects.exists()
    assert not SocialApp.objects.exists()


@pytest.mark.django_db
def test_a_newcomer_proves_a_telephone_and_a_document_before_anything_is_bound(
    cast: Cast, providers: Providers, sign_in: SignIn
) -> None:
    client = Client()
    there_and_back(client, "weixin")
    sign_in(client, "sun")  # an account with a proved telephone, bound to nobody
    answer = client.get("/account/3rdparty/link/")
    assert answer.headers["Location"].startswith("/me/identity/?next=%2Faccount%2F3rdparty%2Flink%2F")
    assert client.post("/account/3rdparty/link/", {"submission_key": new_submission_key()}).status_code == 302
    assert not SocialAccount.objects.exists()


@pytest.mark.django_db
def test_an_outside_identity_makes_no_account_and_no_person(cast: Cast, providers: Providers, client: Client) -> None:
    before = Account.objects.count()
    there_and_back(client, "social-card")
    assert client.post("/account/3rdparty/signup/", {"phone": "13512345678"}).status_code == 405
    assert Account.objects.count() == before


# ---------------------------------------------------------------- one identity, one account
@pytest.mark.django_db
def test_an_identity_that_is_linked_elsewhere_is_refused(cast: Cast, providers: Providers, sign_in: SignIn) -> None:
    client = Client()
    there_and_back(client, "weixin")
    sign_in(client, "lin")
    link(client)
    page = there_and_back(client_of(cast.zhao), "weixin", process="connect")
    assert page.status_code == 409
    assert "已经绑定在另一个账号上" in page.text
    assert SocialAccount.objects.get().user_id == cast.lin.account.pk


@pytest.mark.django_db
def test_the_same_person_of_another_application_is_somebody_else(
    cast: Cast, providers: Providers, settings: Settings, sign_in: SignIn
) -> None:
    client = Client()
    there_and_back(client, "alipay")
    sign_in(client, "lin")
    link(client)
    settings.JINBANG_OUTSIDE["alipay"]["client_id"] = "another-application"
    newcomer = Client()
    assert there_and_back(newcomer, "alipay").headers["Location"] == "/account/3rdparty/signup/"
    assert not is_signed_in(newcomer)


@pytest.mark.django_db
def test_an_address_that_a_provider_states_opens_no_account(cast: Cast, providers: Providers, client: Client) -> None:
    Account.objects.filter(pk=cast.lin.account.pk).update(email=ADDRESS)
    there_and_back(client, "social-card")
    assert not is_signed_in(client)


# ---------------------------------------------------------------- staff
@pytest.mark.django_db
def test_staff_never_sign_in_through_an_outside_identity(cast: Cast, providers: Providers, sign_in: SignIn) -> None:
    client = Client()
    there_and_back(client, "weixin")
    sign_in(client, "lin")
    link(client)
    SocialAccount.objects.update(user=cast.zhou.account)  # as no action of ours would do
    intruder = Client()
    page = there_and_back(intruder, "weixin")
    assert "工作人员不能这样登录" in page.text
    assert not is_signed_in(intruder)


@pytest.mark.django_db
def test_staff_link_none(cast: Cast, providers: Providers) -> None:
    for member in (cast.zhou, cast.wu):
        page = there_and_back(client_of(member), "weixin", process="connect")
        assert "工作人员不能这样登录" in page.text
    assert not SocialAccount.objects.exists()


@pytest.mark.django_db
def test_wu_is_refused_the_pages_of_candidates(cast: Cast, providers: Providers) -> None:
    client = client_of(cast.wu)
    for page in ("/account/3rdparty/", "/account/3rdparty/link/"):
        assert client.get(page).status_code == 403
        assert client.post(page, {}).status_code == 403


# ---------------------------------------------------------------- what is refused, with a sentence
@pytest.mark.django_db
@pytest.mark.parametrize(
    "provider_id,twist,sentence",
    [
        ("social-card", "forged", "没有通过校验"),
        ("social-card", "no signature", "没有通过校验"),
        ("social-card", "shared secret", "没有通过校验"),
        ("social-card", "unknown key", "没有通过校验"),
        ("social-card", "other issuer", "没有通过校验"),
        ("social-card", "wrong nonce", "没有通过校验"),
        ("social-card", "other application", "给别的应用的"),
        ("social-card", "other azp", "给别的应用的"),
        ("social-card", "expired", "已经过期"),
        ("social-card", "clock", "时钟相差太多"),
        ("social-card", "down", "没有回应"),
        ("social-card", "gibberish", "没有回应"),
        ("weixin", "down", "没有回应"),
        ("weixin", "nobody", "没有认可这次授权"),
        ("weixin", "gibberish", "没有回应"),
        ("alipay", "forged", "没有通过校验"),
        ("alipay", "altered", "没有通过校验"),
        ("alipay", "no signature", "没有通过校验"),
        ("alipay", "other person", "没有通过校验"),
        ("alipay", "clock", "时钟相差太多"),
        ("alipay", "down", "没有回应"),
        ("alipay", "gibberish", "没有回应"),
    ],
)
def test_a_lie_of_the_provider_is_refused_with_a_sentence_and_a_way_on(  # a table of cases
    cast: Cast, providers: Providers, client: Client, provider_id: str, twist: str, sentence: str
) -> None:
    address = leave(client, provider_id)
    back = say_yes(address)
    providers.twist = twist
    page = client.get(back)
    assert sentence in page.text
    assert page.status_code == 409
    assert "/account/login/" in page.text
    assert not is_signed_in(client)
    assert "jinbang_outside_pending" not in client.session


@pytest.mark.django_db
def test_alipays_answer_for_another_application_is_refused(cast: Cast, providers: Providers, client: Client) -> None:
    address = leave(client, "alipay")
    providers.twist = "other application"
    assert "给别的应用的" in client.get(say_yes(address)).text


@pytest.mark.django_db
@pytest.mark.parametrize(
    "twist,sentence", [("down", "没有回应"), ("other service", "没有通过校验"), ("plain address", "没有回应")]
)
def test_a_service_that_is_not_what_it_should_be_is_not_even_gone_to(
    cast: Cast, providers: Providers, client: Client, twist: str, sentence: str
) -> None:
    providers.twist = twist
    page = client.post("/account/3rdparty/social-card/enter/")
    assert page.status_code == 409
    assert sentence in page.text


@pytest.mark.django_db
@pytest.mark.parametrize("provider_id", PROVIDERS)
def test_an_answer_that_comes_twice_or_to_another_browser_is_refused(
    cast: Cast, providers: Providers, client: Client, provider_id: str
) -> None:
    back = say_yes(leave(client, provider_id))
    assert "不是从这个浏览器开始" in Client().get(back).text
    assert client.get(back).status_code == 302
    assert "不是从这个浏览器开始" in client.get(back).text


@pytest.mark.django_db
@pytest.mark.parametrize("provider_id", PROVIDERS)
def test_a_code_that_was_used_before_is_refused_by_the_provider(
    cast: Cast, providers: Providers, client: Client, provider_id: str
) -> None:
    back = say_yes(leave(client, provider_id))
    providers.codes.clear()  # somebody else was quicker
    page = client.get(back)
    assert "没有认可这次授权" in page.text
    assert not is_signed_in(client)


@pytest.mark.django_db
def test_an_answer_of_one_provider_is_none_of_another(cast: Cast, providers: Providers, client: Client) -> None:
    back = say_yes(leave(client, "weixin"))
    assert "不是从这个浏览器开始" in client.get(back.replace("/weixin/", "/social-card/")).text


@pytest.mark.django_db
def test_the_number_in_the_statement_is_what_stops_a_statement_made_for_another_sign_in(
    cast: Cast, providers: Providers, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: whoever takes any number takes the statement, too."""
    back = say_yes(leave(client, "social-card"))
    providers.twist = "wrong nonce"
    original = OpenIdDoor._claims

    def any_number(self: OpenIdDoor, statement: str, *, audience: str) -> dict[str, object]:
        return {**original(self, statement, audience=audience), "nonce": self.state["nonce"]}

    monkeypatch.setattr(OpenIdDoor, "_claims", any_number)
    assert client.get(back).headers["Location"] == "/account/3rdparty/signup/"


@pytest.mark.django_db
def test_linking_by_address_would_open_an_account_if_the_adapter_did_not_forbid_it(
    cast: Cast, providers: Providers, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin of the test about addresses."""
    monkeypatch.setattr(OutsideAdapter, "authenticate_by_email", lambda _self, _login: (cast.lin.account, ADDRESS))
    there_and_back(client, "social-card")
    assert is_signed_in(client)


# ---------------------------------------------------------------- cancelled, late, off
@pytest.mark.django_db
@pytest.mark.parametrize("words", ["&error=access_denied", ""], ids=["OAuth 2", "WeChat"])
def test_saying_no_over_there_leads_to_a_page_that_says_so(
    cast: Cast, providers: Providers, client: Client, words: str
) -> None:
    back = say_yes(leave(client, "weixin"))
    state = back.split("state=")[1]
    answer = client.get(f"/account/3rdparty/weixin/callback/?state={state}{words}", follow=True)
    assert "没有绑定任何账号" in answer.text
    assert "换一种方式登录" in answer.text


@pytest.mark.django_db
def test_another_error_of_the_provider_is_said_to_be_theirs(cast: Cast, providers: Providers, client: Client) -> None:
    state = say_yes(leave(client, "social-card")).split("state=")[1]
    page = client.get(f"/account/3rdparty/social-card/callback/?state={state}&error=server_error&error_description=x")
    assert "对方拒绝了这次登录" in page.text


@pytest.mark.django_db
def test_ten_minutes_later_nothing_waits_any_more(
    cast: Cast, providers: Providers, client: Client, sign_in: SignIn
) -> None:
    there_and_back(client, "weixin")
    sign_in(client, "lin")
    with frozen_at(cast.lin.account.date_joined + PENDING_MOST):
        for page in (client.get("/account/3rdparty/signup/"), client.get("/account/3rdparty/link/"), link(client)):
            assert "没有等待绑定的身份" in page.text
    assert not SocialAccount.objects.exists()


@pytest.mark.django_db
def test_buttons_stand_only_where_a_provider_is_set(cast: Cast, client: Client, providers: Providers) -> None:
    page = client.get("/account/login/?next=/me/").text
    for name in ("微信", "支付宝", "电子社保卡"):
        assert f"用{name}登录" in page


@pytest.mark.django_db
def test_without_any_there_is_no_button_and_no_way(cast: Cast, client: Client) -> None:
    assert "其他登录方式" not in client.get("/account/login/").text
    assert client.post("/account/3rdparty/weixin/enter/").status_code == 404
    assert client.get("/account/3rdparty/weixin/callback/?code=1&state=1").status_code == 404
    assert client.get("/account/3rdparty/login/error/").status_code == 409


@pytest.mark.django_db
def test_following_a_link_does_not_begin_the_way(cast: Cast, providers: Providers, client: Client) -> None:
    assert client.get("/account/3rdparty/weixin/enter/").headers["Location"] == "/account/login/"
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/account/3rdparty/weixin/enter/").status_code == 403
    assert "socialaccount_states" not in client.session
