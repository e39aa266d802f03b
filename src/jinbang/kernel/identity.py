"""Identity documents: which kinds there are, what a number of each kind looks like, and what it says.

Pure: nothing here knows a person or keeps a number. Labels for people stand in `people`; here are codes only.
Sources: GB 11643-1999 (MOD 11-2 check character, old form of 15 digits), the residence permits of 2018 (81/82/83 0000),
the foreigners' permanent-residence card of 2023-12-01. A region code is never looked up: retired ones stay good.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import starmap
from operator import mul
from typing import Final

from jinbang.kernel.errors import BadIdentityNumber

__all__ = [
    "BadIdentityNumber",
    "DocumentKind",
    "IdentityNumber",
    "NumberProblem",
    "Sex",
    "birth_date",
    "check_character",
    "guess_kind",
    "make_resident_id",
    "normalise_typed",
    "parse_number",
    "sex",
]


class DocumentKind(StrEnum):
    """The kinds of document by which a candidate may be known."""

    RESIDENT_ID = "resident_id"
    HMT_RESIDENCE = "hmt_residence"
    FOREIGNER_RESIDENCE = "foreigner_residence"
    HK_MACAO_PERMIT = "hk_macao_permit"
    TAIWAN_PERMIT = "taiwan_permit"
    PASSPORT = "passport"
    MILITARY_ID = "military_id"


class NumberProblem(StrEnum):
    """What is wrong with a number, in the order in which it is looked at."""

    LENGTH = "length"
    CHARACTERS = "characters"
    REGION = "region"
    BIRTH_DATE = "birth_date"
    CHECK_DIGIT = "check_digit"


class Sex(StrEnum):
    """The sex that a number of 18 characters states by its 17th digit."""

    MALE = "male"
    FEMALE = "female"


@dataclass(frozen=True)
class IdentityNumber:
    """A document number in its one written form. The number is left out of the representation, hence out of logs."""

    kind: DocumentKind
    number: str = field(repr=False)


_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS: Final = "10X98765432"
_OF_18: Final = 18
_OF_15: Final = 15
_CENTENARIAN_SEQUENCES: Final = frozenset({"996", "997", "998", "999"})
_HMT_REGIONS: Final = ("810000", "820000", "830000")
_ISSUED_CENTURIES: Final = ("18", "19", "20")
_SEPARATORS: Final = re.compile(r"[\s\u00ad\u200b-\u200f\u2010-\u2015\u202a-\u202e\u2060\u2212\ufeff\u30fc\-_]+")
_LOOKS_LIKE_X: Final = str.maketrans(dict.fromkeys("\u00d7\u0425\u0445\u03a7\u03c7\u2715\u2716", "X"))
_LOWER_TO_UPPER: Final = {code: code - 32 for code in range(ord("a"), ord("z") + 1)}

_EIGHTEEN: Final = re.compile(r"[0-9]{17}[0-9X]")
_LEGACY_RESIDENT: Final = re.compile(r"[1-8][0-9]{14}")
_LEGACY_FOREIGNER: Final = re.compile(r"[A-Z]{3}[0-9]{12}")
_HK_MACAO: Final = re.compile(r"[HM][0-9]{8}(?:[0-9]{2})?")
_TAIWAN: Final = re.compile(r"[0-9]{8}(?:[0-9]{2})?")
_PASSPORT: Final = re.compile(r"(?=.*[0-9])[0-9A-Z]{5,15}")
_MILITARY: Final = re.compile(r"(?P<issuer>(?![字第号])[\u4e00-\u9fff]{1,3}?)?字?第?(?P<serial>[0-9A-Z]{4,12})号?")
# Kinds without a check character: type and length is all that can be asked of them.
_SHAPES: Final[dict[DocumentKind, tuple[re.Pattern[str], range | tuple[int, ...]]]] = {
    DocumentKind.HK_MACAO_PERMIT: (_HK_MACAO, (9, 11)),
    DocumentKind.TAIWAN_PERMIT: (_TAIWAN, (8, 10)),
    DocumentKind.PASSPORT: (_PASSPORT, range(5, 16)),
    DocumentKind.MILITARY_ID: (_MILITARY, range(4, 20)),
}


def check_character(body: str) -> str:
    """Return the MOD 11-2 check character (GB 11643-1999) of the first 17 digits."""
    total = sum(starmap(mul, zip(map(int, body), _WEIGHTS, strict=True)))
    return _CHECK_CHARACTERS[total % 11]


def make_resident_id(region: str, born: date, sequence: int, /) -> str:
    """Return the number of this region, birth date and sequence (0 to 999, odd for men), with its check character."""
    body = f"{region}{born:%Y%m%d}{sequence:03d}"
    return body + check_character(body)


def normalise_typed(raw: str) -> str:
    """Return what was typed as a document number in one written form, whatever its kind. Never refuses.

    Full-width forms, spaces, hyphens and small letters do not count, `×` is read as X, 15 old digits become the 18 of
    the same person. Lookup folds both what a candidate types and what the roster holds by this one function.
    """
    if _EIGHTEEN.fullmatch(raw):  # what nearly everybody types is in that form already
        return raw
    text = _SEPARATORS.sub("", unicodedata.normalize("NFKC", raw))
    text = unicodedata.normalize("NFKC", text.translate(_LOOKS_LIKE_X).translate(_LOWER_TO_UPPER))
    if _LEGACY_RESIDENT.fullmatch(text):
        return _lengthened(text) or text
    military = _MILITARY.fullmatch(text)
    if military is None:
        return text
    return f"{military['issuer']}字第{military['serial']}号" if military["issuer"] else military["serial"]


def parse_number(raw: str, *, kind: DocumentKind, today: date | None = None) -> IdentityNumber:
    """Return the number in its one form. Refuses, with `BadIdentityNumber`, what cannot be a number of this kind.

    A birth date must exist; it must not lie after `today` where the caller knows the date. No region is refused for
    being retired or unknown, only for belonging to another kind of document.
    """
    number = normalise_typed(raw)
    problem = _problem(number, kind)
    if problem is None and today is not None:
        born = birth_date(IdentityNumber(kind, number))
        problem = NumberProblem.BIRTH_DATE if born is not None and born > today else None
    if problem is not None:
        raise BadIdentityNumber(kind=kind, problem=problem)
    return IdentityNumber(kind, number)


def guess_kind(raw: str) -> DocumentKind | None:
    """Return the kind that a number looks like by its shape alone, right or wrong; None when it looks like none."""
    number = normalise_typed(raw)
    if _EIGHTEEN.fullmatch(number):
        if number.startswith(_HMT_REGIONS):
            return DocumentKind.HMT_RESIDENCE
        return DocumentKind.FOREIGNER_RESIDENCE if number.startswith("9") else DocumentKind.RESIDENT_ID
    shapes = (
        (_LEGACY_RESIDENT, DocumentKind.RESIDENT_ID),
        (_LEGACY_FOREIGNER, DocumentKind.FOREIGNER_RESIDENCE),
        (_HK_MACAO, DocumentKind.HK_MACAO_PERMIT),
        (_TAIWAN, DocumentKind.TAIWAN_PERMIT),
        (_PASSPORT, DocumentKind.PASSPORT),
    )
    if "字第" in number and _MILITARY.fullmatch(number):
        return DocumentKind.MILITARY_ID
    return next((kind for shape, kind in shapes if shape.fullmatch(number)), None)


def birth_date(number: IdentityNumber) -> date | None:
    """Return the birth date that the number states; None for kinds and old forms that state none in full."""
    return _date_within(number.number) if _states_birth(number) else None


def sex(number: IdentityNumber) -> Sex | None:
    """Return the sex that the number states; None for kinds and old forms that state none."""
    if not _states_birth(number):
        return None
    return Sex.MALE if int(number.number[16]) % 2 else Sex.FEMALE


def _states_birth(number: IdentityNumber) -> bool:
    match number.kind:
        case DocumentKind.RESIDENT_ID | DocumentKind.HMT_RESIDENCE | DocumentKind.FOREIGNER_RESIDENCE:
            return _EIGHTEEN.fullmatch(number.number) is not None
        case _:
            return False


def _date_within(number: str) -> date | None:
    if not number.startswith(_ISSUED_CENTURIES, 6):
        return None
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def _lengthened(old: str) -> str | None:
    """Return the 18 characters of an old number of 15 digits; None when its birth date never was."""
    # Those who were already a hundred years old got the sequences 996 to 999 to tell their century.
    century = "18" if old[12:] in _CENTENARIAN_SEQUENCES else "19"
    body = f"{old[:6]}{century}{old[6:]}"
    return body + check_character(body) if _date_within(body) else None


def _problem(number: str, kind: DocumentKind) -> NumberProblem | None:
    match kind:
        case DocumentKind.RESIDENT_ID:
            return _problem_of_resident(number)
        case DocumentKind.HMT_RESIDENCE:
            return _problem_of_18(number, region_fits=number.startswith(_HMT_REGIONS))
        case DocumentKind.FOREIGNER_RESIDENCE:
            return _problem_of_foreigner(number)
        case _:
            shape, lengths = _SHAPES[kind]
            if len(number) not in lengths:
                return NumberProblem.LENGTH
            return None if shape.fullmatch(number) else NumberProblem.CHARACTERS


def _problem_of_resident(number: str) -> NumberProblem | None:
    if len(number) == _OF_15 and number.isdecimal() and number.isascii():
        # A good one has already been lengthened: this one fails by its first digit or by its date.
        return NumberProblem.BIRTH_DATE if _LEGACY_RESIDENT.fullmatch(number) else NumberProblem.REGION
    return _problem_of_18(number, region_fits=not number.startswith(("0", "9", *_HMT_REGIONS)))


def _problem_of_foreigner(number: str) -> NumberProblem | None:
    if len(number) == _OF_15:
        return None if _LEGACY_FOREIGNER.fullmatch(number) else NumberProblem.CHARACTERS
    return _problem_of_18(number, region_fits=number.startswith("9"))


def _problem_of_18(number: str, *, region_fits: bool) -> NumberProblem | None:
    if len(number) != _OF_18:
        return NumberProblem.LENGTH
    if not _EIGHTEEN.fullmatch(number):
        return NumberProblem.CHARACTERS
    if not region_fits:
        return NumberProblem.REGION
    if _date_within(number) is None:
        return NumberProblem.BIRTH_DATE
    return None if check_character(number[:17]) == number[17] else NumberProblem.CHECK_DIGIT
