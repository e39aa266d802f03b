"""How often something may be done: sending codes, guessing passwords, claiming an identity. Writes `Tally` rows.

A limit is taken *before* what it limits is tried, by one conditional UPDATE, so that a hundred attempts at once pass as
often as a hundred one after another. The rows stand in the database, because several processes and a restart must not
multiply what may be tried. Whom a row counts is a keyed hash. The figures are policy of the house, not of an authority.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import F

from jinbang.kernel.crypto import blind_index, key_ring
from jinbang.people.models import Tally


@dataclass(frozen=True)
class Limit:
    """At most `most` within `within`, counted from the first one on."""

    name: str
    most: int
    within: timedelta


CODE_PAUSE: Final = Limit("code_pause", 1, timedelta(minutes=1))
CODES_A_DAY: Final = Limit("codes_a_day", 10, timedelta(days=1))
# A whole school may sign up behind one address, so a network is given much more than a number.
CODES_A_NETWORK: Final = Limit("codes_a_network", 200, timedelta(minutes=10))
# By account and network together: a stranger who guesses elsewhere takes nothing from the owner at home.
PASSWORD_HERE: Final = Limit("password_here", 5, timedelta(minutes=5))
# By account from networks it has never come from: many strangers together guess no more than this.
PASSWORD_ELSEWHERE: Final = Limit("password_elsewhere", 50, timedelta(days=1))
PASSWORDS_A_NETWORK: Final = Limit("passwords_a_network", 300, timedelta(minutes=10))
CLAIMS_A_DAY: Final = Limit("claims_a_day", 3, timedelta(days=1))


def take(limit: Limit, *whom: str, now: datetime) -> bool:
    """Count one more and return whether it is still within the limit. One to three queries, none of them locking."""
    key = _key(limit, whom)
    if Tally.objects.filter(key=key, since__lte=now - limit.within).update(since=now, count=1):
        return True
    if Tally.objects.filter(key=key, count__lt=limit.most).update(count=F("count") + 1):
        return True
    if Tally.objects.filter(key=key).exists():
        return False
    try:
        with transaction.atomic():
            Tally.objects.create(key=key, since=now, count=1)
    except IntegrityError:
        return take(limit, *whom, now=now)
    return True


def free_at(limit: Limit, *whom: str, now: datetime) -> datetime:
    """Return the whole minute from which on a limit that is used up lets one through again. One query."""
    since = Tally.objects.filter(key=_key(limit, whom)).values_list("since", flat=True).first()
    free = now if since is None else since + limit.within
    return free.replace(second=0, microsecond=0) + (
        timedelta(minutes=1) if free.second or free.microsecond else timedelta()
    )


def give_back(limit: Limit, *whom: str) -> None:
    """Uncount one: what turned out to be right is no attempt."""
    Tally.objects.filter(key=_key(limit, whom), count__gt=0).update(count=F("count") - 1)


def _key(limit: Limit, whom: tuple[str, ...]) -> str:
    return blind_index(key_ring(), purpose=f"limit|{limit.name}", value="|".join(whom))
