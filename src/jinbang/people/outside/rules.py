"""Pure decisions about outside identities: who may link one, when one may be given up, which address is ours."""

import string
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from jinbang.people.errors import IdentityNotBound, PhoneNotVerified
from jinbang.people.outside.errors import OutsideLastWayIn, OutsideNeverForStaff
from jinbang.people.states import AccountKind

PENDING_MOST: Final = timedelta(minutes=10)
_PLAIN: Final = frozenset(string.ascii_letters + string.digits + "-._~/?=&%+,:@!$'()*;#[]")


@dataclass(frozen=True)
class Linker:
    """What counts of an account that wants to link an outside identity."""

    kind: AccountKind
    is_bound: bool
    phone_verified: bool


def require_can_link(linker: Linker) -> None:
    """Refuse staff, and whoever has not yet shown by telephone, name and document who they are."""
    if linker.kind is not AccountKind.CANDIDATE:
        raise OutsideNeverForStaff
    if not linker.phone_verified:
        raise PhoneNotVerified
    if not linker.is_bound:
        raise IdentityNotBound


@dataclass(frozen=True)
class WaysIn:
    """How an account could sign in without the outside identity in question."""

    has_password: bool
    has_proved_phone: bool
    other_identities: int

    @property
    def is_open(self) -> bool:
        """Whether there is any. A second factor is none: it only ever comes second."""
        return self.has_password or self.has_proved_phone or self.other_identities > 0


def require_another_way_in(ways: WaysIn) -> None:
    """Refuse to give up the last way in."""
    if not ways.is_open:
        raise OutsideLastWayIn


def is_still_pending(asked_at: datetime, *, now: datetime) -> bool:
    """Whether an outside identity that came at one instant may still be linked; the tenth minute no longer counts."""
    return asked_at <= now < asked_at + PENDING_MOST


def is_path_of_ours(address: str) -> bool:
    """Whether an address is a path of this site and nothing that any browser could take for another one.

    Only plain ASCII of one line that begins with a single slash: browsers read backslashes as slashes, drop tabs and
    line ends, and fold full-width dots and slashes. Whoever needs another character writes it as %XX.
    """
    if not address.startswith("/") or address.startswith("//") or not _PLAIN.issuperset(address):
        return False
    parts = urlsplit(address)
    return not parts.scheme and not parts.netloc and "//" not in parts.path


def is_address_to_speak_with(address: str) -> bool:
    """Whether a provider may be asked at this address: over TLS, or on this very machine (a test, the demo)."""
    parts = urlsplit(address)
    if parts.username is not None or parts.password is not None or not parts.hostname:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1", "::1"})
