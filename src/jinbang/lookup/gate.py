"""What stands between a query and a record: proof of work, image codes, counts of misses. One gate per process.

The gates of one node's processes share a folder in memory: what one of them has signed every other accepts, once, and
a miss at one of them counts at all.

It decides what a query has to bring, offers it (`/lookup/challenge`), and lets through what brought it. Whether a
record was found is told to it afterwards, for it counts misses only.
"""

import hmac
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Final, Self

from jinbang.kernel.crypto.suites import INTL
from jinbang.lookup.challenge import LIFETIME_SECONDS, ProofOfWork, VerificationProblem, require_unused
from jinbang.lookup.errors import VerificationRefused
from jinbang.lookup.image_code import Answered, ImageCodes
from jinbang.lookup.limits import Demand, Misses
from jinbang.lookup.query_form import FieldProblem, code_facts
from jinbang.lookup.sealing import QueryInputs, QueryKind
from jinbang.lookup.spent import BUCKETS, SpentTable
from jinbang.lookup.words import _

VERIFICATION_WORDS: Final[Mapping[VerificationProblem, str]] = {
    VerificationProblem.MISSING: _("请填写图片验证码，或者回答算术题。"),
    VerificationProblem.WRONG: _("验证码不对，请看新的图片再填一次。"),
    VerificationProblem.EXPIRED: _("验证码已过期，请看新的图片再填一次。"),
    VerificationProblem.USED: _("这个验证码已经用过，请看新的图片再填一次。"),
    VerificationProblem.TOO_EASY: _("请再验证一次：等验证通过后再按“查询成绩”，或者填写图片验证码。"),
    VerificationProblem.CODE_NEEDED: _("为防止他人猜测您的成绩，请再填写一次图片验证码。"),
    VerificationProblem.LETTERS_NEEDED: _("请填写图片中的字符；回答算术题的，请等页面验证通过后再查询。"),
}
_UNTIL_DIGITS: Final = 8
_KEY_FILE: Final = "key"
_KEY_BYTES: Final = 32
_FEW: Final = BUCKETS // 4  # few answer an image code or want a picture
# What a script puts right by itself: it solves the challenge of the page that says so, and sends the form again.
_MENDED_BY_SCRIPT: Final = frozenset(
    {VerificationProblem.EXPIRED, VerificationProblem.USED, VerificationProblem.TOO_EASY}
)


@dataclass
class Gate:
    """Issues what a query has to bring, and takes it back once."""

    proof: ProofOfWork = field(default_factory=ProofOfWork)
    codes: ImageCodes = field(default_factory=ImageCodes)
    misses: Misses = field(default_factory=Misses)
    pictures: SpentTable = field(default_factory=SpentTable)
    now: Callable[[], float] = time.time
    key: bytes = field(default_factory=lambda: os.urandom(32), repr=False)

    def __post_init__(self) -> None:
        """Make the schedule of the key once."""
        self._sealing = blake2b(key=self.key, digest_size=16)

    @classmethod
    def shared(cls, folder: Path) -> Self:
        """Return a gate of the node that this folder belongs to. `found_node` has made it one."""
        secret = (folder / _KEY_FILE).read_bytes()

        def key(use: str) -> bytes:
            return INTL.derive(secret, info=f"jinbang|lookup|gate|{use}".encode())

        return cls(
            proof=ProofOfWork(spent=SpentTable(path=folder / "proof"), key=key("proof")),
            codes=ImageCodes(spent=SpentTable(path=folder / "codes", buckets=_FEW), key=key("codes")),
            misses=Misses(path=folder / "misses", key=key("misses")),
            pictures=SpentTable(path=folder / "pictures", buckets=_FEW),
            key=key("pictures"),
        )

    def offer(self, *, client: str, now: datetime) -> dict[str, object]:
        """Return a challenge for this network, an image code in its stead, and what the time is here."""
        return {
            **self.proof.challenge(hardest=self.misses.hardest_for(client)),
            "now": now.isoformat(timespec="milliseconds"),
            **code_facts(self.codes.issue()),
        }

    def asks_code(self, *, client: str, release: str, inputs: QueryInputs | None = None) -> bool:
        """Whether the next query from here (about these inputs, if any) has to bring the image code."""
        return self.misses.demand(client=client, release=release, numbers=_numbers(inputs)) >= Demand.CODE

    def require_passed(self, fields: Mapping[str, str], *, client: str, release: str, inputs: QueryInputs) -> bool:
        """Accept a solved challenge or an answered image code, as much of both as the misses here demand.

        Return whether there have been any from this network, so that there may be something to `forgive`. Refuses with
        `VerificationRefused`; whatever was brought is used up all the same.
        """
        demand, hardest, misses = self.misses.owed(client=client, release=release, numbers=_numbers(inputs))
        if not fields["image_code"]:
            if demand >= Demand.CODE:
                raise VerificationRefused(problem=VerificationProblem.CODE_NEEDED)
            self.proof.require_solved(fields["altcha"], hardest=hardest)
            return misses > 0
        answered = self.codes.require_answer(fields["image_token"], fields["image_code"])
        if demand is Demand.LETTERS and answered is Answered.SUM:
            if not fields["altcha"]:
                raise VerificationRefused(problem=VerificationProblem.LETTERS_NEEDED)
            self.proof.require_solved(fields["altcha"], hardest=hardest)
        return misses > 0

    def picture_pass(self, *, release: str, inputs: QueryInputs) -> str:
        """Return what lets these inputs ask for one picture without another proof, for as long as a challenge lives."""
        until = f"{int(self.now()) + LIFETIME_SECONDS:0{_UNTIL_DIGITS}x}"
        return until + self._seal_of(until, release=release, inputs=inputs)

    def own_picture(self, _release: str) -> str:
        """Return the address where whoever is let through gets their picture without a pass; empty for the public."""
        return ""

    def require_picture_pass(self, given: str, *, release: str, inputs: QueryInputs) -> None:
        """Accept a pass once, for the inputs it was made for. Refuses with `VerificationRefused`."""
        until, seal = given[:_UNTIL_DIGITS], given[_UNTIL_DIGITS:]
        if not hmac.compare_digest(seal.encode(), self._seal_of(until, release=release, inputs=inputs).encode()):
            raise VerificationRefused(problem=VerificationProblem.WRONG)
        require_unused(self.pictures, bytes.fromhex(seal), until=int(until, 16), now=self.now())

    def _seal_of(self, until: str, *, release: str, inputs: QueryInputs) -> str:
        sealed = self._sealing.copy()
        sealed.update(f"{until}|{release}|".encode() + inputs.message(QueryKind.TICKET_DOCUMENT_NAME))
        return sealed.hexdigest()

    def count_miss(self, *, client: str, release: str, inputs: QueryInputs) -> None:
        """Count a query that found nothing."""
        self.misses.count(client=client, release=release, numbers=_numbers(inputs))

    def forgive(self, *, client: str, release: str, inputs: QueryInputs) -> None:
        """Note that somebody was found from this network."""
        self.misses.found(client=client, release=release, number=inputs.document_number)


class SignedInGate(Gate):
    """The gate for people who have signed in and ask about themselves: nothing can be guessed, so it asks nothing."""

    @classmethod
    def beside(cls, gate: Gate) -> Self:
        """Return one that shares all else with the gate of this process."""
        return cls(gate.proof, gate.codes, gate.misses, gate.pictures, gate.now, gate.key)

    def require_passed(self, *_brought: object, **_asked: object) -> bool:
        """Let pass. There may always be something to forgive."""
        return True

    def own_picture(self, release: str) -> str:
        """Return the web role's own address: nodes that stand apart from it know no pass of its making."""
        return f"/me/results/release/{release}/picture"

    def require_picture_pass(self, given: str, *, release: str, inputs: QueryInputs) -> None:
        """Let pass."""


def found_node(folder: Path) -> None:
    """Make an empty folder, which has to lie in memory and belong to this account alone, that of a new node."""
    (folder / _KEY_FILE).write_bytes(os.urandom(_KEY_BYTES))


def problem_of(refusal: VerificationRefused) -> FieldProblem:
    """Return the sentence of a refusal at the field of the image code, marked where a script mends it by itself."""
    problem = VerificationProblem(str(refusal.fields["problem"]))
    return FieldProblem("image_code", VERIFICATION_WORDS[problem], mends_itself=problem in _MENDED_BY_SCRIPT)


def _numbers(inputs: QueryInputs | None) -> tuple[str, ...]:
    return () if inputs is None else (inputs.ticket_number, inputs.document_number)
