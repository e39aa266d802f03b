"""Ticket numbers (准考证号): the default format of our own. Pure. Numbers that were imported are left as they are.

    26 14 07 000123 48213        17 digits
    │  │  │  │      └ tail, 5 digits: HMAC-SHA256 of all that stands before it, under a key of this sitting alone
    │  │  │  └ serial, 6 digits: runs through site, room and seat, so that papers are sorted as people sit
    │  │  └ mark of the sitting, 2 digits out of its code: tells sittings of one year apart to the eye, no more
    │  └ province of the exam region, first two digits of GB/T 2260 (00 for the nation)
    └ year

Whoever knows a thousand numbers still guesses the next one's tail once in 100,000. A number is unique within its
sitting, never claimed to be unique beyond it. Shape says nothing about existence: only `queries` knows who holds one.
"""

import hashlib
import hmac
import re
import unicodedata
from typing import Final
from uuid import UUID

from jinbang.kernel.crypto import KeyRing, Purpose

SERIAL_DIGITS: Final = 6
TAIL_DIGITS: Final = 5
LENGTH: Final = 17
SERIAL_MOST: Final = 10**SERIAL_DIGITS - 1
NATION: Final = "00"

_MARKS: Final = 100
_MAC_BYTES_USED: Final = 8
_PROVINCES: Final = "00|1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-6]|71|8[12]"
_SHAPE: Final = re.compile(rf"[0-9]{{2}}(?:{_PROVINCES})[0-9]{{{2 + SERIAL_DIGITS + TAIL_DIGITS}}}")
_SEPARATORS: Final = re.compile(r"[\s\u00ad\u200b-\u200f\u2010-\u2015\u2212\ufeff\u30fc\-_]+")
_GROUP: Final = re.compile(r"[0-9A-Za-z]{1,4}")


def prefix(*, year: int, authority_code: str, sitting_code: str) -> str:
    """Return what all numbers of a sitting's exam regions in one province begin with: six digits, public facts all."""
    province = authority_code[:2] if authority_code[:2].isdigit() else NATION
    mark = int.from_bytes(hashlib.sha256(sitting_code.encode()).digest()[:_MAC_BYTES_USED], "big") % _MARKS
    return f"{year % 100:02d}{province}{mark:02d}"


def tail_key(ring: KeyRing, *, sitting_id: UUID) -> bytes:
    """Return the key of one sitting's tails. Derive it once per draw."""
    return ring.derive(Purpose.TICKET, f"sitting|{sitting_id}")


def ticket_number(beginning: str, serial: int, *, key: bytes) -> str:
    """Return the number with its tail. The serial is from 1 to `SERIAL_MOST`."""
    if not 1 <= serial <= SERIAL_MOST:
        message = f"a serial has {SERIAL_DIGITS} digits"
        raise ValueError(message)
    head = f"{beginning}{serial:0{SERIAL_DIGITS}d}"
    mac = hmac.digest(key, head.encode(), "sha256")
    tail = int.from_bytes(mac[:_MAC_BYTES_USED], "big") % 10**TAIL_DIGITS
    return f"{head}{tail:0{TAIL_DIGITS}d}"


def has_default_shape(number: str) -> bool:
    """Whether this could be a number of ours. True for a hundred thousand times more numbers than exist."""
    return _SHAPE.fullmatch(number) is not None


def normalise_number(raw: str) -> str:
    """Return what a person meant by what was typed: half-width, upper case, no spaces or hyphens."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", raw)).upper()


def grouped(number: str) -> str:
    """Return the number in groups of four, as it is printed and read out: 2614 0700 0123 4821 3."""
    if not has_default_shape(number):
        return number
    head, tail = number[:-TAIL_DIGITS], number[-TAIL_DIGITS:]
    return " ".join([*_GROUP.findall(head), tail])
