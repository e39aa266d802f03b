"""What of a personal value may be seen before it is opened on purpose.

One function for each kind of value and one rule in each, so that no two pages hide different characters of the same
value and together show the whole. At least one character is always hidden. Called on the server only; what goes out
as JSON, file name or alternative text is masked by the same functions.
"""

import re
from collections.abc import Sequence
from typing import Final

from jinbang.kernel.names import MIDDLE_DOT, has_han

STAR: Final = "*"

# An ideograph and its variation selector, a letter and its accents: one character to a reader.
_CHARACTER: Final = re.compile(r".[\u0300-\u036f\ufe00-\ufe0f\U000e0100-\U000e01ef]*", re.DOTALL)
_LATIN_PART: Final = re.compile(rf"[^\s{MIDDLE_DOT}\-]+")
_LONG_DOCUMENT: Final = 15
_MIDDLE_DOCUMENT: Final = 8
_MOBILE_DIGITS: Final = 11
_SHORT_PHONE: Final = 7
_TAIL_OF_TICKET: Final = 4
_TWO: Final = 2


def mask_name(name: str) -> str:
    """Mask a name: 张*, 张*三, 欧**明, 买**·艾*, J*** S****."""
    if not has_han(name):
        masked = _LATIN_PART.sub(lambda part: _kept(part[0], head=1, tail=0), name)
    elif MIDDLE_DOT in name:
        first, *between, last = name.split(MIDDLE_DOT)
        parts = [_kept(first, head=1, tail=0), *(_kept(part, head=0, tail=0) for part in between)]
        masked = MIDDLE_DOT.join([*parts, _kept(last, head=1, tail=0)])
    else:
        masked = _kept(name, head=1, tail=1 if _length(name) > _TWO else 0)
    return _with_something_hidden(masked)


def mask_document(number: str) -> str:
    """Mask a document number: 3 + 11 + 4 of 18 characters, 3 + 8 + 4 of 15, less of a shorter one."""
    length = _length(number)
    if length >= _LONG_DOCUMENT:
        return _kept(number, head=3, tail=4)
    if length >= _MIDDLE_DOCUMENT:
        return _kept(number, head=1, tail=2)
    return _with_something_hidden(_kept(number, head=1, tail=0))


def mask_phone(phone: str) -> str:
    """Mask a telephone number: 138****5678; the prefix +86 stays."""
    digits = re.sub(r"[\s\-]", "", phone)
    prefix = "+86" if re.match(r"\+86.", digits, re.DOTALL) else ""
    digits = digits.removeprefix(prefix)
    length = _length(digits)
    if length >= _MOBILE_DIGITS:
        return prefix + _kept(digits, head=3, tail=4)
    if length >= _SHORT_PHONE:
        return prefix + _kept(digits, head=2, tail=2)
    return prefix + _kept(digits, head=0, tail=0)


def mask_email(address: str) -> str:
    """Mask an e-mail address: a***@example.org, whatever the length of what stands before the @."""
    local, at, domain = address.rpartition("@")
    if not at:
        return STAR * 3 if address else ""
    return f"{local[0] if len(local) > 1 else ''}{STAR * 3}@{domain}"


def mask_ticket(number: str) -> str:
    """Mask a ticket number down to its tail: at most four characters and never more than half of it."""
    return _kept(number, head=0, tail=min(_TAIL_OF_TICKET, _length(number) // 2))


def _length(text: str) -> int:
    """Count as a reader does, so that no combination of marks makes a short value pass for a long one."""
    return len(text) if text.isascii() else len(_CHARACTER.findall(text))


def _kept(text: str, *, head: int, tail: int) -> str:
    characters: Sequence[str] = text if text.isascii() else _CHARACTER.findall(text)
    hidden = len(characters) - head - tail
    if hidden < 0:
        return STAR * len(characters)
    before, after = characters[:head], characters[head + hidden :]
    if characters is text:
        return f"{before}{STAR * hidden}{after}"
    return "".join([*before, STAR * hidden, *after])


def _with_something_hidden(masked: str) -> str:
    """Hide the last character of a value too short to hide any other."""
    if STAR in masked or not masked:
        return masked
    return "".join([*_CHARACTER.findall(masked)[:-1], STAR])
