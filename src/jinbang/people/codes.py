"""Codes of six digits: sending one, proving one. Writes `SentCode` rows; who is let in afterwards is not decided here.

The promise: six digits, ten minutes, five tries, once, and only in the session that asked for it. The digits are sent
and then forgotten: what is kept is a keyed hash. An address without an account is answered in the same way, by a row
that is never right and a message that says so to whoever owns the address.
"""

import hmac
import secrets
from collections.abc import Mapping, MutableMapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from jinbang.kernel.crypto import blind_index, key_ring
from jinbang.people import limits
from jinbang.people.errors import CodeOver, CodesUsedUp, CodeTooSoon, CodeWrong
from jinbang.people.models import SentCode
from jinbang.people.states import CodePurpose

TRIES: Final = 5
LASTS: Final = timedelta(minutes=10)
_CODES: Final = 1_000_000
_PENDING: Final = "jinbang_pending"


@dataclass(frozen=True)
class Pending:
    """What a session waits for: which code, where it went, and what follows. Kept on the server, in the session."""

    purpose: str
    code_id: str
    contact: str = field(repr=False)
    account_id: str = ""
    password: str = field(default="", repr=False)  # the hash of the one chosen at sign-up, until there is an account
    old_code_id: str = ""  # where two codes are waited for: the one that went to the contact to be replaced
    old_contact: str = field(default="", repr=False)
    next: str = ""
    is_shared: bool = False


def deliver(contact: str, text: str) -> None:
    """Hand a text to whatever the settings name, at once."""
    import_string(settings.JINBANG_CODE_SENDER)(contact, text)


def notify(contact: str, text: str, *, now: datetime) -> bool:
    """Send a text without a code, within what an address may be sent in a day. Returns whether it went out."""
    if not limits.take(limits.CODES_A_DAY, contact, now=now):
        return False
    deliver(contact, text)
    return True


# Step 1 of docs/cycles/account.md.
def send_code(contact: str, *, purpose: CodePurpose, network: str, now: datetime, instead: str = "") -> UUID:
    """Send a code and return its id, to be kept in the session. `instead`: what is sent where no code can be right.

    Refuses a second one within a minute, more than ten a day to one address, and floods from one network.
    """
    if not limits.take(limits.CODES_A_NETWORK, network, now=now):
        raise CodesUsedUp
    if not limits.take(limits.CODE_PAUSE, contact, now=now):
        raise CodeTooSoon
    if not limits.take(limits.CODES_A_DAY, contact, now=now):
        raise CodesUsedUp
    sent = SentCode(purpose=purpose.value, address_index=_index(contact), sent_at=now, tries_left=TRIES)
    digits = f"{secrets.randbelow(_CODES):06d}"
    sent.answer = "" if instead else _answer(sent.pk, digits)
    sent.save(force_insert=True)
    text = _("您的验证码是 %(code)s，10 分钟内有效。工作人员不会索要验证码，请勿告诉任何人。") % {"code": digits}
    deliver(contact, instead or text)
    return sent.pk


def prove(typed: Mapping[UUID, str], *, purposes: tuple[CodePurpose, ...], now: datetime) -> None:
    """Use up these codes together, or none of them. Refuses wrong digits (`CodeWrong`) and what is over (`CodeOver`).

    Not to be called inside a transaction: a try counts even when what follows fails.
    """
    right, left = True, TRIES
    for code_id, digits in typed.items():
        row = _take_try(code_id, purposes=purposes, now=now)
        left = min(left, row.tries_left)
        right = hmac.compare_digest(row.answer, _answer(row.pk, digits.strip())) and right
    if not right:
        if not left:
            raise CodeOver
        raise CodeWrong(left=left)
    with transaction.atomic():
        for code_id in typed:
            if not SentCode.objects.filter(pk=code_id, spent_at__isnull=True).update(spent_at=now):
                raise CodeOver


def _take_try(code_id: UUID, *, purposes: tuple[CodePurpose, ...], now: datetime) -> SentCode:
    """Take one of the five tries before looking at the digits: of many guesses at once only five are looked at."""
    living = SentCode.objects.filter(
        pk=code_id,
        purpose__in=[purpose.value for purpose in purposes],
        spent_at__isnull=True,
        tries_left__gt=0,
        sent_at__gt=now - LASTS,
    )
    with transaction.atomic():  # the row stays locked until it is read, so each guess is told its own number
        if not living.update(tries_left=F("tries_left") - 1):
            raise CodeOver
        return SentCode.objects.get(pk=code_id)


def _answer(code_id: UUID, digits: str) -> str:
    return blind_index(key_ring(), purpose="code", value=f"{code_id}|{digits}")


def _index(contact: str) -> str:
    return blind_index(key_ring(), purpose="code_address", value=contact)


# ---------------------------------------------------------------- what a session waits for
def wait_for(session: MutableMapping[str, Any], pending: Pending) -> None:
    """Keep in the session which code it waits for; an earlier one is forgotten."""
    session[_PENDING] = asdict(pending)


def pending_of(session: MutableMapping[str, Any], *purposes: CodePurpose) -> Pending | None:
    """Return what the session waits for, if it is for one of these purposes."""
    kept = session.get(_PENDING)
    if not isinstance(kept, dict) or kept.get("purpose") not in purposes:
        return None
    return Pending(**kept)


def forget(session: MutableMapping[str, Any]) -> None:
    """Wait for nothing any more."""
    session.pop(_PENDING, None)
