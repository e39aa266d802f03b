"""Two at once: one outside identity for two accounts, and the last two ways in given up by two requests."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from allauth.socialaccount.models import SocialAccount
from django.db import connection

from jinbang.kernel.clock import frozen_at
from jinbang.kernel.errors import DomainError
from jinbang.people import queries as people
from jinbang.people.models import Account
from jinbang.people.outside import actions, rules
from jinbang.people.outside.queries import ways_in_without
from jinbang.people.queries import Candidate
from tests.cast import NOW, Cast
from tests.people.outside.providers import Providers

UID = "a" * 64


def at_once(*acts: Callable[[Barrier], object]) -> list[str]:
    """Run these at the same instant, each with a connection of its own; return what each was refused for."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[Barrier], object]) -> str:
        try:
            with frozen_at(NOW):
                act(barrier)
        except DomainError as refusal:
            return refusal.code
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


def linking(by: Candidate) -> Callable[[Barrier], object]:
    def act(barrier: Barrier) -> None:
        barrier.wait()
        actions.link_identity(provider_id="weixin", uid=UID, by=by, now=NOW)

    return act


def two_last_ways(cast: Cast) -> list[int]:
    """Leave 林 two outside identities and nothing else."""
    for provider_id in ("weixin", "alipay"):
        actions.link_identity(provider_id=provider_id, uid=UID, by=cast.lin.candidate, now=NOW)
    account = Account.objects.get(pk=cast.lin.account.pk)
    account.set_unusable_password()
    account.phone_verified = False
    account.save()
    return list(SocialAccount.objects.order_by("id").values_list("pk", flat=True))


@pytest.mark.django_db(transaction=True)
def test_two_accounts_that_link_one_identity_at_once_leave_it_with_one(cast: Cast) -> None:
    refused = at_once(linking(cast.lin.candidate), linking(cast.zhao.candidate))
    assert refused == ["", "outside_identity_taken"]
    assert SocialAccount.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_last_ways_given_up_at_once_leave_one(cast: Cast, providers: Providers) -> None:
    def giving_up(identity_id: int) -> Callable[[Barrier], object]:
        def act(barrier: Barrier) -> None:
            barrier.wait()
            actions.unlink_identity(identity_id=identity_id, by=cast.lin.candidate, now=NOW)

        return act

    assert at_once(*map(giving_up, two_last_ways(cast))) == ["", "outside_last_way_in"]
    assert SocialAccount.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_would_go(cast: Cast, providers: Providers) -> None:
    """The twin: whoever looks first and takes away afterwards leaves nothing."""

    def giving_up(identity_id: int) -> Callable[[Barrier], object]:
        def act(barrier: Barrier) -> None:
            identity = SocialAccount.objects.get(pk=identity_id)
            account = people.get_account("lin")
            rules.require_another_way_in(ways_in_without(account, identity))
            barrier.wait()
            identity.delete()

        return act

    assert at_once(*map(giving_up, two_last_ways(cast))) == ["", ""]
    assert not SocialAccount.objects.exists()
