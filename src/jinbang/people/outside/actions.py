"""Linking an outside identity to an account, and giving it up."""

from datetime import datetime

from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction

from jinbang.audit import actions as audit
from jinbang.people import queries as people
from jinbang.people.models import Account
from jinbang.people.outside import queries, rules
from jinbang.people.outside.errors import OutsideIdentityTaken, OutsideNotLinked
from jinbang.people.queries import Candidate
from jinbang.people.states import AccountKind


# Step 3 of docs/cycles/application.md.
@transaction.atomic
def link_identity(*, provider_id: str, uid: str, by: Candidate, now: datetime) -> None:
    """Make an outside identity a way to sign in to the account of a candidate who is bound to a person.

    One identity belongs to one account: the database's constraint decides between two who come at once. Linking again
    what is linked changes nothing. `uid` is the keyed hash that the provider's adapter made.
    """
    account = people.lock_account(by.account_id)
    rules.require_can_link(_linker(account))
    try:
        with transaction.atomic():
            SocialAccount.objects.create(user=account, provider=provider_id, uid=uid)
    except IntegrityError as error:
        if SocialAccount.objects.filter(user=account, provider=provider_id, uid=uid).exists():
            return
        raise OutsideIdentityTaken from error
    audit.record(account, by=by, event="outside_identity_linked", at=now, details={"provider": provider_id})


@transaction.atomic
def unlink_identity(*, identity_id: int, by: Candidate, now: datetime) -> None:
    """Give up an outside identity, as long as another way to sign in remains.

    The account is locked: of two last ones given up at once, one stays.
    """
    account = people.lock_account(by.account_id)
    identity = queries.find_identity(account.pk, identity_id=identity_id)
    if identity is None:
        raise OutsideNotLinked
    rules.require_another_way_in(queries.ways_in_without(account, identity))
    details = {"provider": identity.provider}
    identity.delete()
    audit.record(account, by=by, event="outside_identity_unlinked", at=now, details=details)


def _linker(account: Account) -> rules.Linker:
    return rules.Linker(
        kind=AccountKind(account.kind),
        is_bound=account.person_id is not None,
        phone_verified=account.phone_verified,
    )
