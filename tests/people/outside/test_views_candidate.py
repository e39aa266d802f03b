"""Linking from one's own page, and giving up what was linked."""

import pytest
from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.test import Client

from jinbang.audit.queries import history_of
from jinbang.audit.submission import new_submission_key
from jinbang.people.models import Account
from jinbang.people.outside import actions, queries
from jinbang.people.outside.errors import OutsideIdentityTaken, OutsideLastWayIn, OutsideNotLinked
from tests.cast import NOW, Cast, client_of
from tests.people.outside.conftest import there_and_back
from tests.people.outside.providers import Providers

UID = "a" * 64


def unlink(client: Client, identity_id: int) -> object:
    return client.post("/account/3rdparty/", {"identity": identity_id, "submission_key": new_submission_key()})


def linked(cast: Cast, provider_id: str = "weixin", uid: str = UID) -> SocialAccount:
    actions.link_identity(provider_id=provider_id, uid=uid, by=cast.lin.candidate, now=NOW)
    return SocialAccount.objects.get(provider=provider_id, uid=uid)


def leave_no_other_way(cast: Cast) -> None:
    account = Account.objects.get(pk=cast.lin.account.pk)
    account.set_unusable_password()
    account.phone_verified = False
    account.save()


@pytest.mark.django_db
@pytest.mark.parametrize("provider_id", ["weixin", "alipay", "social-card"])
def test_a_candidate_links_from_their_own_page_and_sees_it_there(
    cast: Cast, providers: Providers, provider_id: str
) -> None:
    client = client_of(cast.lin)
    page = client.get("/account/3rdparty/")
    assert "还没有绑定" in page.text
    assert "绑定微信" in page.text
    answer = there_and_back(client, provider_id, process="connect")
    assert answer.headers["Location"] == "/account/3rdparty/"
    assert "2026年" in client.get("/account/3rdparty/").text or "解除绑定" in client.get("/account/3rdparty/").text
    there_and_back(client, provider_id, process="connect")  # once more changes nothing
    assert SocialAccount.objects.count() == 1
    events = [change.event for change in history_of(cast.lin.account)]
    assert events.count("outside_identity_linked") == 1


@pytest.mark.django_db
def test_an_identity_is_given_up_once_and_a_double_click_leads_to_the_same_page(
    cast: Cast, providers: Providers
) -> None:
    client, identity = client_of(cast.lin), linked(cast)
    form = {"identity": identity.pk, "submission_key": new_submission_key()}
    answers = [client.post("/account/3rdparty/", form).headers["Location"] for _ in range(2)]
    assert answers == ["/account/3rdparty/"] * 2
    assert not SocialAccount.objects.exists()
    assert [change.event for change in history_of(cast.lin.account)][-1] == "outside_identity_unlinked"


@pytest.mark.django_db
def test_nobody_gives_up_what_is_another_accounts(cast: Cast, providers: Providers) -> None:
    identity = linked(cast)
    page = client_of(cast.zhao).post(
        "/account/3rdparty/", {"identity": identity.pk, "submission_key": new_submission_key()}
    )
    assert page.status_code == 422
    assert "没有绑定它" in page.text
    with pytest.raises(OutsideNotLinked):
        actions.unlink_identity(identity_id=identity.pk, by=cast.zhao.candidate, now=NOW)
    assert SocialAccount.objects.exists()


@pytest.mark.django_db
def test_the_last_way_in_stays_and_the_page_says_what_to_do(cast: Cast, providers: Providers) -> None:
    identity = linked(cast)
    leave_no_other_way(cast)
    client = Client()
    client.force_login(Account.objects.get(pk=cast.lin.account.pk))
    page = client.post("/account/3rdparty/", {"identity": identity.pk, "submission_key": new_submission_key()})
    assert page.status_code == 422
    assert "设置密码或者验证手机号" in page.text
    assert SocialAccount.objects.exists()


@pytest.mark.django_db
def test_of_two_last_identities_one_may_go_and_one_whose_provider_is_off_does_not_count(
    cast: Cast, providers: Providers
) -> None:
    first, second = linked(cast), linked(cast, "alipay", "b" * 64)
    leave_no_other_way(cast)
    actions.unlink_identity(identity_id=first.pk, by=cast.lin.candidate, now=NOW)
    with pytest.raises(OutsideLastWayIn):
        actions.unlink_identity(identity_id=second.pk, by=cast.lin.candidate, now=NOW)
    SocialAccount.objects.create(user_id=cast.lin.account.pk, provider="taken-away", uid="c" * 64)
    with pytest.raises(OutsideLastWayIn):
        actions.unlink_identity(identity_id=second.pk, by=cast.lin.candidate, now=NOW)


@pytest.mark.django_db
def test_one_identity_belongs_to_one_account_whoever_comes_second(cast: Cast) -> None:
    linked(cast)
    with pytest.raises(OutsideIdentityTaken), transaction.atomic():
        actions.link_identity(provider_id="weixin", uid=UID, by=cast.zhao.candidate, now=NOW)
    assert [one.name for one in queries.identities_of(cast.lin.account.pk)] == ["weixin"]


@pytest.mark.django_db
def test_the_profile_leads_there_only_where_a_provider_is_set(
    cast: Cast, providers: Providers, settings: object
) -> None:
    client = client_of(cast.lin)
    assert "/account/3rdparty/" in client.get("/me/profile/").text
    settings.JINBANG_OUTSIDE = {}  # type: ignore[attr-defined]  # pytest-django's settings
    assert "/account/3rdparty/" not in client.get("/me/profile/").text
    assert client.get("/account/3rdparty/").status_code == 200
