"""The proof of work: ALTCHA challenges (SHA-256, first form) signed by this process and accepted once.

A challenge costs the server two hashes and a phone some tenths of a second. The instant of expiry is a parameter of our
own inside the signed salt, not ALTCHA's `expires`: the widget compares that one with the phone's clock, which is often
wrong. `solve_challenge` of the library is what tests and the demo use in place of a browser.
"""

import base64
import binascii
import json
import os
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Final
from urllib.parse import parse_qs

from altcha.v1 import ChallengeOptions, Payload, create_challenge, verify_solution

from jinbang.lookup.errors import VerificationRefused
from jinbang.lookup.spent import SpentTable

LIFETIME_SECONDS: Final = 1200
EASY: Final = 20_000
HARD: Final = 80_000
PAYLOAD_BYTES_MAX: Final = 1024
_UNTIL: Final = "until"
_NUMBER_MAX: Final = 10_000_000


class VerificationProblem(StrEnum):
    """Why a verification code did not let a query pass."""

    MISSING = "missing"
    WRONG = "wrong"
    EXPIRED = "expired"
    USED = "used"
    CODE_NEEDED = "code_needed"
    BUSY = "busy"


class ProofOfWork:
    """Issues challenges and accepts each solution once. The key lives and dies with the process."""

    def __init__(self, *, now: Callable[[], float] = time.time, spent: SpentTable | None = None) -> None:
        """Make a fresh key. `now` is the machine's clock: lifetimes are real time even where the demo's is shifted."""
        self._key = os.urandom(32)
        self._now = now
        self._spent = spent if spent is not None else SpentTable(lifetime=LIFETIME_SECONDS)

    def challenge(self, *, hardest: int = EASY) -> dict[str, object]:
        """Return a fresh challenge as the widget reads it; on average half of `hardest` hashes solve it."""
        until = int(self._now()) + LIFETIME_SECONDS
        options = ChallengeOptions(
            algorithm="SHA-256", max_number=hardest, hmac_key=self._key, params={_UNTIL: f"{until:012d}"}
        )
        challenge = create_challenge(options).to_dict()
        challenge["maxnumber"] = hardest
        return challenge

    def require_solved(self, payload: str) -> None:
        """Accept a solution, once. Refuses with `VerificationRefused` what is missing, wrong, expired or used."""
        if not payload:
            raise VerificationRefused(problem=VerificationProblem.MISSING)
        solution = _decoded(payload)
        solved, _ = verify_solution(solution, self._key, check_expires=False)
        if not solved:
            raise VerificationRefused(problem=VerificationProblem.WRONG)
        now = self._now()
        if _until(solution.salt) < now:
            raise VerificationRefused(problem=VerificationProblem.EXPIRED)
        if self._spent.is_full(now=now):
            raise VerificationRefused(problem=VerificationProblem.BUSY)
        if not self._spent.spend(bytes.fromhex(solution.signature), now=now):
            raise VerificationRefused(problem=VerificationProblem.USED)


def _decoded(payload: str) -> Payload:
    """Return a payload whose parts are of the right type and size. The library itself trusts their types."""
    try:
        content = json.loads(base64.b64decode(payload, validate=True)) if len(payload) <= PAYLOAD_BYTES_MAX else None
    except (binascii.Error, ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise VerificationRefused(problem=VerificationProblem.WRONG)
    number = content.get("number")
    texts = [content.get(name) for name in ("challenge", "salt", "signature")]
    match number, texts, content.get("algorithm"):
        case int(), [str() as challenge, str() as salt, str() as signature], "SHA-256":
            if 0 <= number <= _NUMBER_MAX and all(text.isascii() for text in (challenge, salt, signature)):
                return Payload("SHA-256", challenge, int(number), salt, signature)
    raise VerificationRefused(problem=VerificationProblem.WRONG)


def _until(salt: str) -> int:
    """Return the instant inside a salt whose signature has been checked."""
    return int(parse_qs(salt.partition("?")[2])[_UNTIL][0])
