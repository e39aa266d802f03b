"""The outside identity that has just shown itself and waits, in the visitor's session, to be linked by its owner.

Impure on purpose: it reads and writes the session. What waits is the provider's name and a keyed hash, never a token.
"""

from collections.abc import MutableMapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from jinbang.people.outside.rules import is_still_pending

_KEY: Final = "jinbang_outside_pending"


@dataclass(frozen=True)
class Pending:
    """Who waits, since when, and where the visitor was heading."""

    provider_id: str
    uid: str
    onwards: str
    asked_at: datetime


def keep(session: MutableMapping[str, Any], pending: Pending) -> None:
    """Let an outside identity wait; an earlier one is forgotten."""
    words = [pending.provider_id, pending.uid, pending.onwards, pending.asked_at.isoformat()]
    session[_KEY] = words


def find(session: MutableMapping[str, Any], *, now: datetime) -> Pending | None:
    """Return who waits, unless they have waited too long."""
    words = session.get(_KEY)
    if not isinstance(words, list):
        return None
    provider_id, uid, onwards, asked_at = words
    pending = Pending(provider_id, uid, onwards, datetime.fromisoformat(asked_at))
    return pending if is_still_pending(pending.asked_at, now=now) else None
