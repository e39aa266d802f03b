"""Pure decisions about people: who fits under whom, whether two records are one person, how numbers are written."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

import phonenumbers

from jinbang.kernel.clock import SHANGHAI
from jinbang.kernel.masking import mask_email, mask_phone
from jinbang.kernel.names import matching_name
from jinbang.kernel.workdays import add_working_days, end_of_day
from jinbang.people.errors import (
    AuthorityMisplaced,
    BadPeriod,
    BadPhone,
    IdentityAlreadyBound,
    IdentityNotRecognised,
    IdentityTaken,
    PassphraseTooShort,
    PhoneNotVerified,
)
from jinbang.people.states import AuthorityKind

Period = tuple[date, date | None]

PASSPHRASE_CHARACTERS_MIN: Final = 12
AMENDMENT_WORKING_DAYS: Final = 2
MAINLAND: Final = "CN"
# Only the shape: whether somebody reads what is sent there, the code itself finds out.
_EMAIL: Final = re.compile(r"[^@\s]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
_BROWSERS: Final = (
    ("MicroMessenger", "wechat"),
    ("AlipayClient", "alipay"),
    ("Edg", "edge"),
    ("Firefox", "firefox"),
    ("Chrome", "chrome"),
    ("Safari", "safari"),
)
_SYSTEMS: Final = (
    ("Android", "android"),
    ("iPhone", "iphone"),
    ("iPad", "ipad"),
    ("Windows", "windows"),
    ("Macintosh", "mac"),
    ("Linux", "linux"),
)
_PARENTS: Final[dict[AuthorityKind, frozenset[AuthorityKind | None]]] = {
    AuthorityKind.NATION: frozenset({None}),
    AuthorityKind.PROVINCE: frozenset({AuthorityKind.NATION}),
    AuthorityKind.CITY: frozenset({AuthorityKind.PROVINCE}),
    # The four municipalities have no cities below them: their points stand under the province.
    AuthorityKind.POINT: frozenset({AuthorityKind.PROVINCE, AuthorityKind.CITY}),
}


def require_place_in_tree(kind: AuthorityKind, *, parent_kind: AuthorityKind | None) -> None:
    """Refuse an authority that would stand under one of a kind it cannot belong to."""
    if parent_kind not in _PARENTS[kind]:
        raise AuthorityMisplaced(kind=kind, parent_kind=parent_kind or "")


def path_below(parent_path: str, code: str) -> str:
    """Return the path of an authority below another. It ends in a slash, so that cn/14/ is no prefix of cn/140/."""
    return f"{parent_path}{code}/"


def is_within(path: str, scopes: tuple[str, ...]) -> bool:
    """Whether an authority's path lies at or below any of these."""
    return path.startswith(scopes) if scopes else False


def require_period(starts_on: date, ends_on: date | None) -> None:
    """Refuse an appointment that ends before its first day; one that ends on that day lasts one day."""
    if ends_on is not None and ends_on < starts_on:
        raise BadPeriod


def is_overlapping(one: Period, other: Period) -> bool:
    """Whether two periods share a day. Both days of a period count; without a last day it goes on."""
    (starts, ends), (other_starts, other_ends) = one, other
    return (ends is None or other_starts <= ends) and (other_ends is None or starts <= other_ends)


def require_passphrase(passphrase: str) -> None:
    """Refuse a passphrase that could be guessed from a stolen backup of the sealed key."""
    if len(passphrase.strip()) < PASSPHRASE_CHARACTERS_MIN:
        raise PassphraseTooShort(shortest=PASSPHRASE_CHARACTERS_MIN)


def parse_phone(raw: str) -> str:
    """Return a telephone number as +8613800138000. A number without a country is a mainland one. Refuses what is none.

    Only mobile numbers take codes, so a mainland landline is refused; of other countries the kind is not always known.
    """
    text = unicodedata.normalize("NFKC", raw).strip()
    try:
        number = phonenumbers.parse(text, MAINLAND)
    except phonenumbers.NumberParseException as error:
        raise BadPhone from error
    kind = phonenumbers.number_type(number)
    is_mobile = kind in {phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE}
    if not phonenumbers.is_valid_number(number) or not is_mobile:
        raise BadPhone
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def amendment_deadline(submitted_at: datetime, *, is_working: Callable[[date], bool]) -> datetime:
    """Return until when a request to change name or document must be decided: the end of the second working day."""
    day = submitted_at.astimezone(SHANGHAI).date()
    return end_of_day(add_working_days(day, AMENDMENT_WORKING_DAYS, is_working=is_working))


def parse_contact(raw: str) -> str:
    """Return where a code can go in its one form: an e-mail address in small letters, or +8613800138000.

    Refuses, with `BadPhone`, what is neither.
    """
    text = unicodedata.normalize("NFKC", raw).strip()
    if "@" not in text:
        return parse_phone(text)
    address = text.lower()
    if not _EMAIL.fullmatch(address):
        raise BadPhone
    return address


def is_email(contact: str) -> bool:
    """Whether a parsed contact is an e-mail address."""
    return "@" in contact


def is_mainland(phone: str) -> bool:
    """Whether a parsed number is one of the mainland, to which codes by text message always go."""
    return phone.startswith("+86")


def masked(contact: str) -> str:
    """Return a parsed contact as pages show it."""
    return mask_email(contact) if is_email(contact) else mask_phone(contact)


def device_of(agent: str) -> str:
    """Return what kind of browser on what kind of system somebody came with, as two words; no version, no model.

    The order matters: every browser calls itself by the names of those that came before it.
    """
    browser = next((word for mark, word in _BROWSERS if mark in agent), "other")
    system = next((word for mark, word in _SYSTEMS if mark in agent), "other")
    return f"{browser} {system}"


def is_same_name(one: str, other: str) -> bool:
    """Whether two spellings name one person: spaces, kinds of middle dot and letter case do not count."""
    return matching_name(one) == matching_name(other)


@dataclass(frozen=True)
class Claim:
    """What an account says of itself when it binds an identity.

    `phone` and `email` are blind indexes of what it has proved, compared and never shown.
    """

    name: str = field(repr=False)
    phone: str
    email: str
    is_verified: bool
    bound_to: UUID | None


@dataclass(frozen=True)
class PersonOnRecord:
    """What the records say of the person a document names. Phone and e-mail are blind indexes, empty for none."""

    person_id: UUID
    name: str = field(repr=False)
    phone: str
    email: str
    account_id: UUID | None


def require_can_bind(claim: Claim, on_record: PersonOnRecord) -> None:
    """Refuse to bind an account to a person unless both are free and the account shows itself to be theirs.

    A name and a document number are known to many, so whoever is on record must also hold the telephone number or the
    e-mail address of the record; a record with neither is bound at the counter, not here.
    """
    if not claim.is_verified:
        raise PhoneNotVerified
    if claim.bound_to is not None and claim.bound_to != on_record.person_id:
        raise IdentityAlreadyBound
    has_phone = on_record.phone and on_record.phone == claim.phone
    has_email = on_record.email and on_record.email == claim.email
    if not is_same_name(claim.name, on_record.name) or not (has_phone or has_email):
        raise IdentityNotRecognised
    if on_record.account_id is not None and claim.bound_to is None:
        raise IdentityTaken
