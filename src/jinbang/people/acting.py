"""Whoever asked for long work, as actions know them while it is run: with the appointments they hold then.

Somebody whose appointment has ended meanwhile does not get done what they may no longer do.
"""

from uuid import UUID

from jinbang.kernel.actors import SYSTEM, ActorKind, SystemActor
from jinbang.people.errors import NotAppointed
from jinbang.people.models import Account
from jinbang.people.queries import Staff, get_staff


def acting(asker: tuple[str, UUID | None]) -> Staff | SystemActor:
    """Return the member of staff, or the program itself, who asked. Refuses an account that was closed. Two queries."""
    return SYSTEM if asker[0] == ActorKind.SYSTEM else acting_staff(asker)


def acting_staff(asker: tuple[str, UUID | None]) -> Staff:
    """Return the member of staff who asked. Refuses an account that was closed, and anybody else. Two queries."""
    kind, account_id = asker
    account = Account.objects.filter(pk=account_id, is_active=True).first() if account_id else None
    if kind != ActorKind.STAFF or account is None:
        raise NotAppointed(roles=())
    return get_staff(account)
