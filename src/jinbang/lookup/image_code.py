"""The image code, where no script runs or too slowly, with a sum in words for people who cannot see the image.

A token carries the answers, sealed with a key of this node; it can be answered once, rightly or wrongly, so guessing
needs a new image each time. The picture is drawn when it is asked for and kept in a small bounded cache.
"""

import base64
import binascii
import os
import struct
import time
import unicodedata
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from threading import Lock
from typing import Final

from captcha.image import ImageCaptcha

from jinbang.kernel.crypto.suites import INTL
from jinbang.kernel.errors import SealBroken
from jinbang.lookup.challenge import LIFETIME_SECONDS, VerificationProblem, require_unused
from jinbang.lookup.errors import VerificationRefused
from jinbang.lookup.spent import SpentTable

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that looks like something else
LENGTH: Final = 5
WIDTH: Final = 200
HEIGHT: Final = 72
_PLAIN: Final = struct.Struct(">I5sBB")
_AAD: Final = b"jinbang|lookup|image-code"
_SMALLEST: Final = 2
_LARGEST: Final = 9  # one numeral each, so that every question has the same length
_DRAWN_BYTES: Final = 16  # so many more than are needed that every letter and numeral is as likely as any other
_CACHED: Final = 256
_NUMERALS: Final = "零一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class ImageCode:
    """A code to be asked: the token that comes back with the answer, and the sum in words."""

    token: str
    question: str


class Answered(Enum):
    """Which of the two a person answered. A program reads the sum more easily than the letters."""

    LETTERS = auto()
    SUM = auto()


@dataclass(frozen=True, slots=True)
class _Asked:
    until: int
    letters: str
    first: int
    second: int


class ImageCodes:
    """Issues image codes, draws them, and accepts one answer to each. The key lives and dies with the node."""

    def __init__(
        self, *, now: Callable[[], float] = time.time, spent: SpentTable | None = None, key: bytes | None = None
    ) -> None:
        """Take what a node's processes share, or a fresh key and a table of one's own. `now` gives seconds."""
        self._cipher = INTL.cipher(key if key is not None else os.urandom(INTL.key_bytes))
        self._now = now
        self._spent = spent if spent is not None else SpentTable()
        self._artist = ImageCaptcha(width=WIDTH, height=HEIGHT)
        self._drawn: OrderedDict[str, bytes] = OrderedDict()
        self._lock = Lock()

    def issue(self) -> ImageCode:
        """Return a fresh code. Drawing it waits until somebody asks for the picture."""
        until = int(self._now()) + LIFETIME_SECONDS
        drawn = int.from_bytes(os.urandom(_DRAWN_BYTES))
        drawn, first = divmod(drawn, _LARGEST + 1 - _SMALLEST)
        drawn, second = divmod(drawn, _LARGEST + 1 - _SMALLEST)
        letters = ""
        for _letter in range(LENGTH):
            drawn, place = divmod(drawn, len(ALPHABET))
            letters += ALPHABET[place]
        first, second = first + _SMALLEST, second + _SMALLEST
        nonce = os.urandom(INTL.nonce_bytes)
        plain = _PLAIN.pack(until, letters.encode(), first, second)
        token = _encoded(nonce + self._cipher.encrypt(nonce, plain, _AAD))
        return ImageCode(token, f"{in_words(first)}加{in_words(second)}等于几？")

    def drawing(self, token: str) -> bytes:
        """Return the picture of a token as PNG, the same one each time. Refuses a token that is not ours or is old."""
        with self._lock:
            known = self._drawn.get(token)
        if known is not None:
            return known
        picture: bytes = self._artist.generate(self._opened(token).letters).getvalue()
        with self._lock:
            self._drawn[token] = picture
            while len(self._drawn) > _CACHED:
                self._drawn.popitem(last=False)
        return picture

    def require_answer(self, token: str, answer: str) -> Answered:
        """Accept the letters of the picture or the sum, once, and say which. Refuses with `VerificationRefused`."""
        if not token or not answer.strip():
            raise VerificationRefused(problem=VerificationProblem.MISSING)
        asked = self._opened(token)
        require_unused(self._spent, _decoded(token), until=asked.until, now=self._now())
        typed = "".join(unicodedata.normalize("NFKC", answer).split()).upper()
        total = asked.first + asked.second
        if typed == asked.letters:
            return Answered.LETTERS
        if typed in {str(total), in_words(total)}:
            return Answered.SUM
        raise VerificationRefused(problem=VerificationProblem.WRONG)

    def _opened(self, token: str) -> _Asked:
        blob = _decoded(token)
        nonce, ciphertext = blob[: INTL.nonce_bytes], blob[INTL.nonce_bytes :]
        try:
            plain = INTL.open(self._cipher, nonce=nonce, ciphertext=ciphertext, aad=_AAD)
        except (SealBroken, ValueError) as error:
            raise VerificationRefused(problem=VerificationProblem.EXPIRED) from error
        until, letters, first, second = _PLAIN.unpack(plain)
        if until < self._now():
            raise VerificationRefused(problem=VerificationProblem.EXPIRED)
        return _Asked(until, letters.decode(), first, second)


def in_words(number: int) -> str:
    """Return a number below 100 as it is said: 七, 十二, 二十, 三十五."""
    tens, ones = divmod(number, 10)
    if tens == 0:
        return _NUMERALS[ones]
    return f"{_NUMERALS[tens] if tens > 1 else ''}十{_NUMERALS[ones] if ones else ''}"


def _decoded(token: str) -> bytes:
    """Return the bytes of a token, which is written in one way only: base64 has bits at its end that say nothing."""
    try:
        decoded = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise VerificationRefused(problem=VerificationProblem.WRONG) from error
    if _encoded(decoded) != token:
        raise VerificationRefused(problem=VerificationProblem.WRONG)
    return decoded


def _encoded(blob: bytes) -> str:
    return base64.urlsafe_b64encode(blob).decode().rstrip("=")
