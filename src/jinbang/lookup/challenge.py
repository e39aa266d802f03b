"""The proof of work: ALTCHA challenges (SHA-256, first form) signed by this node and accepted once.

A challenge costs the server two hashes and the browser at most `hardest` of them, half that on average. What that may
cost is bounded for the slowest phone that is served: it does `FLOOR_HASHES_PER_SECOND` of them in plain JavaScript (a
desktop core of 2024 does 300,000, and the floor phone's core is about an eighth of one), and no challenge may keep it
longer than `COST_SECONDS_MAX`: 40,000/s x 1.5 s = 60,000. The easy one takes it 0.4 s at most.

Difficulty and instant of expiry are parameters of our own inside the signed salt; ALTCHA's own `expires` would be
compared with the phone's clock, which is often wrong.
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
from jinbang.lookup.spent import SpentTable, Use

LIFETIME_SECONDS: Final = 1200
FLOOR_HASHES_PER_SECOND: Final = 40_000
COST_SECONDS_MAX: Final = 1.5
EASY: Final = 16_000
HARDEST: Final = int(FLOOR_HASHES_PER_SECOND * COST_SECONDS_MAX)
PAYLOAD_BYTES_MAX: Final = 1024
_UNTIL: Final = "until"
_HARDNESS: Final = "hardness"
_NUMBER_MAX: Final = 10_000_000


class VerificationProblem(StrEnum):
    """Why a verification code did not let a query pass."""

    MISSING = "missing"
    WRONG = "wrong"
    EXPIRED = "expired"
    USED = "used"
    TOO_EASY = "too_easy"
    CODE_NEEDED = "code_needed"
    LETTERS_NEEDED = "letters_needed"


class ProofOfWork:
    """Issues challenges and accepts each solution once. The key lives and dies with the node."""

    def __init__(
        self, *, now: Callable[[], float] = time.time, spent: SpentTable | None = None, key: bytes | None = None
    ) -> None:
        """Take what a node's processes share, or a fresh key and a table of one's own.

        `now` is the machine's clock: lifetimes are real time even where the demo's is shifted.
        """
        self._key = key if key is not None else os.urandom(32)
        self._now = now
        self._spent = spent if spent is not None else SpentTable(lifetime=LIFETIME_SECONDS)

    def challenge(self, *, hardest: int = EASY) -> dict[str, object]:
        """Return a fresh challenge that at most `hardest` hashes solve, and never more than `HARDEST`."""
        until = int(self._now()) + LIFETIME_SECONDS
        most = min(hardest, HARDEST)
        parameters = {_UNTIL: f"{until:012d}", _HARDNESS: f"{most:08d}"}
        options = ChallengeOptions(algorithm="SHA-256", max_number=most, hmac_key=self._key, params=parameters)
        challenge = create_challenge(options).to_dict()
        challenge["maxnumber"] = most
        return challenge

    def require_solved(self, payload: str, *, hardest: int = 0) -> None:
        """Accept a solution once, if its challenge was at least so hard.

        Refuses with `VerificationRefused` what is missing, wrong, expired, used or too easy.
        """
        if not payload:
            raise VerificationRefused(problem=VerificationProblem.MISSING)
        solution = _decoded(payload)
        solved, _ = verify_solution(solution, self._key, check_expires=False)
        if not solved:
            raise VerificationRefused(problem=VerificationProblem.WRONG)
        signed = parse_qs(solution.salt.partition("?")[2])
        until, hardness = int(signed[_UNTIL][0]), int(signed[_HARDNESS][0])
        require_unused(self._spent, bytes.fromhex(solution.signature), until=until, now=self._now())
        if hardness < min(hardest, HARDEST):
            raise VerificationRefused(problem=VerificationProblem.TOO_EASY)


def require_unused(spent: SpentTable, token: bytes, *, until: int, now: float) -> None:
    """Use a token that is good until this second. Refuses one that has expired, or was used, or may have been."""
    if until < now:
        raise VerificationRefused(problem=VerificationProblem.EXPIRED)
    match spent.spend(token, issued=until - LIFETIME_SECONDS, now=now):
        case Use.FORGOTTEN:
            raise VerificationRefused(problem=VerificationProblem.EXPIRED)
        case Use.AGAIN:
            raise VerificationRefused(problem=VerificationProblem.USED)
        case Use.FIRST:
            return


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
