"""A forgotten ticket number: sent to the telephone on record, whoever asks, and never shown to whoever asks.

Where the authority has switched it on for the sitting. Decision 39 says why it is the number and not a code.
"""

from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from jinbang.audit import actions as audit
from jinbang.kernel.actors import Actor
from jinbang.people import limits
from jinbang.results import ticket_numbers
from jinbang.results.errors import TooManyReminders

REMINDED: Final = "remind_of_number"
_DAY: Final = timedelta(days=1)
# Counted by what was typed, whether or not it names anybody, so that reaching the limit tells nothing.
REMINDERS_A_DAY: Final = limits.Limit("reminders_a_day", 3, _DAY)
REMINDERS_A_NETWORK: Final = limits.Limit("reminders_a_network", 200, timedelta(minutes=10))


@transaction.atomic
def remind_by_document(*, number: str, network: str, by: Actor, now: datetime) -> None:
    """Have the latest ticket number sent to the telephone of whom this document names. Says nothing about whether.

    Refuses, with `TooManyReminders`, a network that asks too often. More than three a day about one number are
    dropped in silence: nobody's telephone is flooded by a stranger.
    """
    if _may_ask(number, network=network, now=now):
        _remind(ticket_numbers.latest_of_document(number, now=now), by=by, now=now)


@transaction.atomic
def remind_by_name(*, name: str, born_on: date, network: str, by: Actor, now: datetime) -> None:
    """Do the same for everybody of this name and birth date: each is told at their own telephone."""
    if _may_ask(f"{name}|{born_on.isoformat()}", network=network, now=now):
        _remind(ticket_numbers.latest_of_name(name, born_on, now=now), by=by, now=now)


def _may_ask(whom: str, *, network: str, now: datetime) -> bool:
    if not limits.take(REMINDERS_A_NETWORK, network, now=now):
        raise TooManyReminders
    return limits.take(REMINDERS_A_DAY, whom, now=now)


def _remind(numbered: list[ticket_numbers.Numbered], *, by: Actor, now: datetime) -> None:
    for one in numbered:
        audit.record(one, by=by, event=REMINDED, at=now)
