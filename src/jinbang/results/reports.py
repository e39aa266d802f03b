"""The result report (成绩证明, 成绩单): its kinds, its report code, and whether it still stands. Pure.

A report says what was out on the day it was issued. Later it stands as long as exactly that is out: a correction that
changed nothing of its holder's leaves it alone, any other makes it no longer valid.
"""

import secrets
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

from jinbang.kernel.digests import content_hash

CODE_LENGTH: Final = 16
"""Sixteen of 32 characters are 80 bits: whoever guesses a million times a second needs billions of years."""
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})
_GROUP: Final = 4


class ReportKind(StrEnum):
    """成绩证明 of one sitting, or 成绩单 of all years of a programme."""

    SITTING = "sitting"
    HISTORY = "history"


class Standing(StrEnum):
    """What became of a report since it was issued."""

    STANDS = "stands"
    CORRECTED = "corrected"  # something it says is no longer so

    @property
    def is_good(self) -> bool:
        """Whether a reader may rely on it."""
        return self is Standing.STANDS


def new_code() -> str:
    """Return a fresh report code: without letters that are taken for digits."""
    return "".join(secrets.choice(_ALPHABET) for _place in range(CODE_LENGTH))


def shown_code(code: str) -> str:
    """Return a code as it is printed: 7K2M-…, in groups of four."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def normalise_code(typed: str) -> str:
    """Return a code in its stored form, however it was typed; empty for what can be none."""
    kept = "".join(character for character in _half_width(typed).upper() if character.isalnum()).translate(_READ_AS)
    return kept if len(kept) == CODE_LENGTH and set(kept) <= set(_ALPHABET) else ""


def _half_width(text: str) -> str:
    """Return text with the full-width forms of an input method as plain ones."""
    return "".join(chr(ord(one) - 0xFEE0) if "\uff01" <= one <= "\uff5e" else one for one in text)


def outcome_hash(*, overall: str, subjects: Iterable[Mapping[str, Any]], is_void: bool) -> str:
    """Return the hash (hex) of what is out of one sitting: marks, pass marks, verdicts, and whether it was voided."""
    return content_hash({"overall": overall, "subjects": [dict(one) for one in subjects], "is_void": is_void}).hex()


def standing_of(issued: Mapping[str, str], *, out: Mapping[str, str]) -> Standing:
    """Return whether a report stands: both map the sittings' roster entries to the hashes of their outcomes."""
    return Standing.STANDS if all(out.get(entry) == one for entry, one in issued.items()) else Standing.CORRECTED
