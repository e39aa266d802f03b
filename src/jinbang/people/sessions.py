"""Where an account is signed in: a row for each signing in, ending the others, and computers that are shared.

A row names the session it began until that session ends. What a browser calls itself is kept as its family and system
only, a network as a keyed hash: enough for the owner to recognise it, too little to follow anybody.
"""

from collections.abc import MutableMapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import transaction

from jinbang.audit import actions as audit
from jinbang.kernel.actors import Actor
from jinbang.kernel.crypto import blind_index, key_ring
from jinbang.people import rules
from jinbang.people.models import Account, SignIn

SHOWN_MOST: Final = 20
SHARED: Final = "jinbang_shared"
SHARED_IDLE_MOST: Final = timedelta(minutes=10)


def network_index(address: str) -> str:
    """Return the keyed hash of a network address."""
    return blind_index(key_ring(), purpose="network", value=address)


# Step 4 of docs/cycles/account.md.
def note_sign_in(account: Account, *, session: Any, ways: str, agent: str, address: str, now: datetime) -> SignIn:  # noqa: ANN401  # Django's session has no public type
    """Write down that somebody signed in and which session that began."""
    return SignIn.objects.create(
        account=account,
        at=now,
        ways=ways,
        device=rules.device_of(agent),
        network=network_index(address),
        session_key=session.session_key or "",
        is_shared=bool(session.get(SHARED)),
    )


def has_come_from(account_id: UUID, address: str) -> bool:
    """Whether this account has signed in from this network before."""
    return SignIn.objects.filter(account_id=account_id, network=network_index(address)).exists()


def is_new_device(account_id: UUID, agent: str) -> bool:
    """Whether an account that has signed in before does so with a kind of device it has never used. One query."""
    used = set(SignIn.objects.filter(account_id=account_id).values_list("device", flat=True))
    return bool(used) and rules.device_of(agent) not in used


def sign_ins_of(account_id: UUID) -> list[SignIn]:
    """Return the last sign-ins of an account, newest first. Two queries: a session that is gone is said to be ended."""
    rows = list(SignIn.objects.filter(account_id=account_id).order_by("-id")[:SHOWN_MOST])
    living = set(
        Session.objects.filter(session_key__in=[row.session_key for row in rows if row.session_key]).values_list(
            "session_key", flat=True
        )
    )
    for row in rows:
        row.session_key = row.session_key if row.session_key in living else ""
    return rows


# Step 5 of docs/cycles/account.md.
@transaction.atomic
def end_sessions(account: Account, *, by: Actor, now: datetime, but: str = "") -> int:
    """End every session of an account except the one named, and say so in its history. Returns how many ended."""
    rows = SignIn.objects.filter(account=account).exclude(session_key="").exclude(session_key=but)
    keys = list(rows.values_list("session_key", flat=True))
    ended, _ = Session.objects.filter(session_key__in=keys).delete()
    rows.update(session_key="")
    audit.record(account, by=by, event="sessions_ended", at=now, details={"count": ended})
    return ended


def is_left_behind(session: MutableMapping[str, Any], *, seen_at: str, now: datetime) -> bool:
    """Whether a session on a shared computer has lain idle so long that somebody else may sit there now."""
    return bool(session.get(SHARED)) and now - datetime.fromisoformat(seen_at) >= SHARED_IDLE_MOST
