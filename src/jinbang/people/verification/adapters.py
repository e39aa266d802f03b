"""Who is asked about names and diplomas: a protocol, what needs nobody, and a service over HTTP.

The service is whatever an authority is connected to (the population register, CHSI), behind one small door of its own:
a POST of JSON, signed both ways with a shared secret (HMAC-SHA256 over time and body). Personal data goes to it and to
nobody else; nothing of a question or an answer is logged.
"""

import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Final, Protocol
from uuid import UUID

import requests
from django.conf import settings

from jinbang.kernel.clock import SHANGHAI
from jinbang.people.verification.rules import Statement, Verdict, self_check
from jinbang.people.verification.states import Reason, VerificationEvent, VerificationKind

TIMEOUT_SECONDS: Final = 5
SIGNATURE: Final = "X-Jinbang-Signature"
SENT_AT: Final = "X-Jinbang-Time"
_LONGEST: Final = 8 * 1024
_EVENTS: Final = {
    "passed": VerificationEvent.PASS,
    "failed": VerificationEvent.FAIL,
    "needs_person": VerificationEvent.DEFER,
    "not_checked": None,
}


class VerificationUnavailable(Exception):
    """Nobody answers, or not with anything to be trusted. A fault of the outside: it is asked again later."""


@dataclass(frozen=True)
class Question:
    """What is asked. `id` is the same at every attempt, so that whoever is asked can leave out a repeat."""

    id: UUID
    kind: VerificationKind
    statement: Statement = field(repr=False)
    diploma_number: str = field(default="", repr=False)
    school: str = field(default="", repr=False)


class VerificationProvider(Protocol):
    """Anybody who can be asked."""

    @property
    def name(self) -> str:
        """What the row says of who answered."""

    def ask(self, question: Question, *, now: datetime) -> Verdict:
        """Return what it came to, or raise `VerificationUnavailable`."""


class OfflineProvider:
    """Asks nobody: says what a number and a name say of themselves, and "not checked" of everything else."""

    name = "offline"

    def ask(self, question: Question, *, now: datetime) -> Verdict:
        """Return what can be said here."""
        if question.kind is not VerificationKind.REAL_NAME:
            return Verdict(None, Reason.NOT_COVERED)
        return self_check(question.statement, today=now.astimezone(SHANGHAI).date())


class HttpProvider:
    """Asks a service over HTTP, after what needs nobody: a number that cannot exist is not worth a question."""

    name = "http"

    def __init__(self, address: str, *, secret: str) -> None:
        """Keep where to ask and what is shared."""
        self._address = address
        self._secret = secret.encode()

    def ask(self, question: Question, *, now: datetime) -> Verdict:
        """Ask, and trust only an answer that is signed and names the question."""
        own = self_check(question.statement, today=now.astimezone(SHANGHAI).date())
        if question.kind is VerificationKind.REAL_NAME and own.event is not None:
            return own
        body, at = _body_of(question), str(int(now.timestamp()))
        headers = {"Content-Type": "application/json", SENT_AT: at, SIGNATURE: signature(self._secret, at, body)}
        try:
            answer = requests.post(
                self._address, data=body, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False
            )
            answer.raise_for_status()
        except requests.RequestException as error:
            # The error itself is dropped: its words may hold the address with what was asked.
            raise VerificationUnavailable(type(error).__name__) from None
        return self._verdict(answer.content, question, signed=answer.headers.get(SIGNATURE, ""), at=at)

    def _verdict(self, content: bytes, question: Question, *, signed: str, at: str) -> Verdict:
        if len(content) > _LONGEST or not hmac.compare_digest(signature(self._secret, at, content), signed):
            raise VerificationUnavailable("not signed")
        try:
            told = json.loads(content)
            if told["question"] != str(question.id):
                raise VerificationUnavailable("answers another question")
            event = _EVENTS[told["verdict"]]
        except (ValueError, KeyError, TypeError):
            raise VerificationUnavailable("not understood") from None
        return Verdict(event, _reason_of(told.get("reason", ""), event))


def provider() -> VerificationProvider:
    """Return whom the settings name."""
    if settings.JINBANG_VERIFICATION_URL:
        return HttpProvider(settings.JINBANG_VERIFICATION_URL, secret=settings.JINBANG_VERIFICATION_SECRET)
    return OfflineProvider()


def signature(secret: bytes, at: str, body: bytes, /) -> str:
    """Return the signature of a message sent at an instant. An answer is signed over the question's instant."""
    return hmac.new(secret, at.encode() + b"\n" + body, sha256).hexdigest()


def _body_of(question: Question) -> bytes:
    statement = question.statement
    words = {
        "question": str(question.id),
        "kind": question.kind.value,
        "name": statement.name,
        "document_kind": statement.document_kind.value,
        "document_number": statement.document_number,
        "diploma_number": question.diploma_number,
        "school": question.school,
    }
    return json.dumps(words, ensure_ascii=False).encode()


def _reason_of(word: object, event: VerificationEvent | None) -> Reason:
    """Return the reason an answer gives, where we know it; a service's free text is never kept."""
    if event is VerificationEvent.PASS:
        return Reason.NONE
    if isinstance(word, str) and word in {Reason.NAME_DIFFERS, Reason.NUMBER_UNKNOWN, Reason.NOT_COVERED}:
        return Reason(word)
    return Reason.NOT_COVERED if event is None else Reason.OTHER
