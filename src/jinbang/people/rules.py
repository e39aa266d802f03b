"""Pure decisions about people: who fits under whom, whether two records are one person, how numbers are written."""

import unicodedata
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

import phonenumbers

from jinbang.kernel.names import matching_name
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

PASSPHRASE_CHARACTERS_MIN: Final = 12
MAINLAND: Final = "CN"
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


def is_same_name(one: str, other: str) -> bool:
    """Whether two spellings name one person: spaces, kinds of middle dot and letter case do not count."""
    return matching_name(one) == matching_name(other)


@dataclass(frozen=True)
class Claim:
    """What an account says of itself when it binds an identity. `phone` is a blind index, compared and never shown."""

    name: str = field(repr=False)
    phone: str
    phone_verified: bool
    bound_to: UUID | None


@dataclass(frozen=True)
class PersonOnRecord:
    """What the records say of the person whom the document names. `phone` is a blind index, empty for none."""

    person_id: UUID
    name: str = field(repr=False)
    phone: str
    account_id: UUID | None


def require_can_bind(claim: Claim, on_record: PersonOnRecord) -> None:
    """Refuse to bind an account to a person unless both are free and the account shows itself to be theirs.

    A name and a document number are known to many, so whoever is on record must also hold the telephone number of the
    record; a record without one is bound at the counter, not here.
    """
    if not claim.phone_verified:
        raise PhoneNotVerified
    if claim.bound_to is not None and claim.bound_to != on_record.person_id:
        raise IdentityAlreadyBound
    if not is_same_name(claim.name, on_record.name) or not on_record.phone or on_record.phone != claim.phone:
        raise IdentityNotRecognised
    if on_record.account_id is not None and claim.bound_to is None:
        raise IdentityTaken
