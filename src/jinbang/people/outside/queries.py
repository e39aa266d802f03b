"""Which outside identities there are: those a visitor may use here, and those an account has linked. Reads only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.socialaccount.models import SocialAccount
from django.conf import settings

from jinbang.people.models import Account
from jinbang.people.outside.rules import WaysIn


@dataclass(frozen=True)
class Door:
    """One provider whose button stands on the sign-in page."""

    provider_id: str
    name: str


@dataclass(frozen=True)
class LinkedIdentity:
    """An outside identity of an account, as its owner sees it."""

    id: int
    name: str
    linked_at: datetime
    used_at: datetime


def doors() -> tuple[Door, ...]:
    """Return the providers that are set, in their order. No query."""
    return tuple(Door(provider_id, str(each["name"])) for provider_id, each in settings.JINBANG_OUTSIDE.items())


def find_door(provider_id: str) -> dict[str, Any] | None:
    """Return the settings of a provider, if it is set."""
    found: dict[str, Any] | None = settings.JINBANG_OUTSIDE.get(provider_id)
    return found


def name_of(provider_id: str) -> str:
    """Return what a provider is called on screen; one that has been taken away keeps its bare id."""
    found = find_door(provider_id)
    return str(found["name"]) if found is not None else provider_id


def identities_of(account_id: UUID) -> tuple[LinkedIdentity, ...]:
    """Return what an account has linked, oldest first. One query."""
    rows = SocialAccount.objects.filter(user_id=account_id).order_by("id")
    return tuple(LinkedIdentity(row.pk, name_of(row.provider), row.date_joined, row.last_login) for row in rows)


def is_linked(account_id: UUID, *, provider_id: str, uid: str) -> bool:
    """Whether an outside identity belongs to this account. One query."""
    return bool(SocialAccount.objects.filter(user_id=account_id, provider=provider_id, uid=uid).exists())


def find_identity(account_id: UUID, *, identity_id: int) -> SocialAccount | None:
    """Return one linked identity of this account and of no other."""
    return SocialAccount.objects.filter(user_id=account_id, pk=identity_id).first()


def ways_in_without(account: Account, identity: SocialAccount) -> WaysIn:
    """Return how an account could sign in without one of its identities; one whose provider is off does not count."""
    others = SocialAccount.objects.filter(user=account, provider__in=list(settings.JINBANG_OUTSIDE))
    return WaysIn(
        has_password=account.has_usable_password(),
        has_proved_phone=bool(account.phone) and account.phone_verified,
        other_identities=others.exclude(pk=identity.pk).count(),
    )
