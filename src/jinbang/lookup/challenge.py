"""The proof of work: ALTCHA challenges (SHA-256, first form) signed by this node and accepted once.

A challenge costs the server two hashes and the browser at most `hardest` of them, half that on average. What that may
cost is bounded for the slowest phone that is served: it does `FLOOR_HASHES_PER_SECOND` of them in plain JavaScript (a
desktop core of 2024 does 300,000, and the floor phone's core is about an eighth of one), and no challenge may keep it
longer than `COST_SECONDS_MAX`: 40,000/s x 1.5 s = 60,000. The easy one takes it 0.4 s at most.

Difficulty and instant of expiry stand inside the signed salt; ALTCHA's own `expires` would be compared with the phone's
clock, which is often wrong. The page sends a solution as salt, number and signature, separated by full stops: that is
text which no form has to escape. ALTCHA's own clients send the same three as JSON in base64; that counts as well, and
as the same solution.

The signature is over the salt and the number that was drawn, which only whoever has searched knows: so it proves the
work as well, and a solution is checked by one keyed hash.
"""

import base64
import hmac
import json
import os
import secrets
import time
from collections.abc import Callable
from enum import StrEnum
from hashlib import sha256
from typing import Final

from jinbang.kernel.crypto.suites import INTL
from jinbang.lookup.errors import VerificationRefused
from jinbang.lookup.spent import SpentTable, Use

LIFETIME_SECONDS: Final = 1200
FLOOR_HASHES_PER_SECOND: Final = 40_000
COST_SECONDS_MAX: Final = 1.5
EASY: Final = 16_000
HARDEST: Final = int(FLOOR_HASHES_PER_SECOND * COST_SECONDS_MAX)
_NONCE_BYTES: Final = 12


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
        self._mac = INTL.keyed_mac(key if key is not None else os.urandom(32))
        self._now = now
        self._spent = spent if spent is not None else SpentTable()

    def challenge(self, *, hardest: int = EASY) -> dict[str, object]:
        """Return a fresh challenge that at most `hardest` hashes solve, and never more than `HARDEST`."""
        until = int(self._now()) + LIFETIME_SECONDS
        most = min(hardest, HARDEST)
        salt = f"{os.urandom(_NONCE_BYTES).hex()}.{until:012d}.{most:08d}."
        solved = f"{salt}{secrets.randbelow(most + 1)}".encode()
        return {
            "algorithm": "SHA-256",
            "challenge": sha256(solved).hexdigest(),
            "maxnumber": most,
            "salt": salt,
            "signature": self._mac(solved).hex(),
        }

    def require_solved(self, solution: str, *, hardest: int = 0) -> None:
        """Accept a solution once, if its challenge was at least so hard: salt, number, a full stop, signature.

        Without a full stop it is read as ALTCHA's payload. The signature is over all that stands before it, so that
        nothing in it can be other than it was issued. Refuses with `VerificationRefused` what is missing, wrong,
        expired, used or too easy.
        """
        if not solution:
            raise VerificationRefused(problem=VerificationProblem.MISSING)
        try:
            solved, _, signature = (solution if "." in solution else _of_payload(solution)).rpartition(".")
            token, written = bytes.fromhex(signature), solved.encode()
        except ValueError as error:
            raise VerificationRefused(problem=VerificationProblem.WRONG) from error
        if not hmac.compare_digest(self._mac(written), token):
            raise VerificationRefused(problem=VerificationProblem.WRONG)
        _nonce, until, hardness, _number = solved.split(".")
        require_unused(self._spent, token, until=int(until), now=self._now())
        if int(hardness) < min(hardest, HARDEST):
            raise VerificationRefused(problem=VerificationProblem.TOO_EASY)


def _of_payload(payload: str) -> str:
    """Return the solution in what ALTCHA's clients send, as the page sends it. Raises `ValueError` at anything else.

    What a payload says of algorithm and challenge is not asked: the signature is over salt and number.
    """
    try:
        said = json.loads(base64.b64decode(payload, validate=True))
    except RecursionError as error:
        raise ValueError(payload) from error
    match said:
        case {"salt": str(salt), "number": int(number), "signature": str(signature)}:
            return f"{salt}{number}.{signature}"
        case _:
            raise ValueError(payload)


def require_unused(spent: SpentTable, token: bytes, *, until: int, now: float) -> None:
    """Use a token that is good until this second. Refuses one that has expired, or was used, or may have been."""
    if until < now:
        raise VerificationRefused(problem=VerificationProblem.EXPIRED)
    match spent.spend(token, issued=until - LIFETIME_SECONDS):
        case Use.FORGOTTEN:
            raise VerificationRefused(problem=VerificationProblem.EXPIRED)
        case Use.AGAIN:
            raise VerificationRefused(problem=VerificationProblem.USED)
        case Use.FIRST:
            return
