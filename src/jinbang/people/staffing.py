"""Members of staff as the command line knows them: taken on with a one-time password, let in anew, listed.

What they may do is appointed by `actions.appoint`. Nobody at a desk opens a colleague's account or sees a password.
"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from allauth.mfa.models import Authenticator
from django.db import transaction

from jinbang.audit import actions as audit
from jinbang.kernel.actors import Actor
from jinbang.people import actions, queries, sessions
from jinbang.people.errors import NoSuchStaff
from jinbang.people.models import Account, Appointment
from jinbang.people.states import AccountKind, Role

# Nothing that is mistaken for another when it is read out: no 0 and o, no 1, i and l.
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS: Final = 4
_LETTERS_IN_GROUP: Final = 4


@dataclass(frozen=True)
class Held:
    """One appointment as a list shows it."""

    role: Role
    authority_code: str
    authority_name: str
    unit: str
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True)
class Member:
    """A member of staff: what they hold from today on, and whether they have come in yet."""

    username: str
    name: str
    is_active: bool
    must_replace_password: bool
    has_second_factor: bool
    appointments: tuple[Held, ...]


def get_member(username: str) -> Account:
    """Return a member of staff by sign-in name; capitals do not count. Refuses a name that none of them has."""
    found = Account.objects.filter(kind=AccountKind.STAFF.value, username__iexact=username).first()
    if found is None:
        raise NoSuchStaff(username=username)
    return found


def members(*, today: date) -> list[Member]:
    """Return the staff by sign-in name, with the appointments that hold today or later. Three queries."""
    held: dict[object, list[Held]] = {}
    rows = Appointment.objects.exclude(ends_on__lt=today).select_related("authority")
    for row in rows.order_by("authority__path", "role", "id"):
        place = row.authority
        one = Held(Role(row.role), place.code, place.name, row.unit, row.starts_on, row.ends_on)
        held.setdefault(row.account_id, []).append(one)
    accounts = Account.objects.filter(kind=AccountKind.STAFF.value).order_by("username")
    armed = queries.with_second_factor()
    return [
        Member(
            username=account.username,
            name=account.display_name,
            is_active=account.is_active,
            must_replace_password=account.must_replace_password,
            has_second_factor=account.pk in armed,
            appointments=tuple(held.get(account.pk, ())),
        )
        for account in accounts
    ]


def take_on(*, username: str, display_name: str, by: Actor, now: datetime) -> str:
    """Open an account for a member of staff. Returns the one-time password, to be handed over; it is kept nowhere.

    At the first sign-in they replace it and bind a second factor. Refuses a sign-in name that is taken.
    """
    password = _one_time_password()
    actions.create_staff(
        username=username, display_name=display_name, password=password, must_replace_password=True, by=by, now=now
    )
    return password


@transaction.atomic
def let_in_anew(*, username: str, by: Actor, now: datetime) -> str:
    """Return a new one-time password for somebody who has lost password or second factor.

    Their second factors are void and every session ends; the key they sign releases with stays theirs.
    """
    account = queries.lock_account(get_member(username).pk)
    password = _one_time_password()
    account.set_password(password)
    account.must_replace_password = True
    account.save(update_fields=("password", "must_replace_password"))
    Authenticator.objects.filter(user=account).delete()
    audit.record(account, by=by, event="access_renewed", at=now)
    sessions.end_sessions(account, by=by, now=now)
    return password


def _one_time_password() -> str:
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(_LETTERS_IN_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)
