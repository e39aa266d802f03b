"""Pure decisions about checks: what a number itself says, when to look again, how many diplomas, what may be edited."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from jinbang.kernel.identity import BadIdentityNumber, DocumentKind, birth_date, parse_number, sex
from jinbang.kernel.names import has_han, matching_name
from jinbang.people.verification.errors import DiplomaSettled, TooManyDiplomas, VerificationNotForPerson
from jinbang.people.verification.states import Reason, VerificationEvent, VerificationKind, VerificationState

DIPLOMAS_MOST: Final = 5  # of either kind; the limit of the national registration system
LOOK_AGAIN_AFTER: Final = timedelta(hours=24)
RETRY_FIRST: Final = timedelta(minutes=1)
RETRY_MOST: Final = timedelta(hours=6)
ATTEMPTS_MOST: Final = 20  # about three days and a half of not being answered
LEASE: Final = timedelta(minutes=10)  # so long a question counts as being on its way
_CHINESE: Final = frozenset({DocumentKind.RESIDENT_ID, DocumentKind.HMT_RESIDENCE, DocumentKind.MILITARY_ID})
_CHINESE_NAME: Final = range(2, 31)


@dataclass(frozen=True)
class Verdict:
    """What a check came to: an event, or None for "not checked" (yet, or by anybody here)."""

    event: VerificationEvent | None
    reason: Reason = Reason.NONE


@dataclass(frozen=True)
class Statement:
    """What a person says of themselves, as far as it can be held against itself. Nothing of it is ever printed."""

    name: str = field(repr=False)
    document_kind: DocumentKind = field(repr=False)
    document_number: str = field(repr=False)
    sex: str = field(default="", repr=False)
    born_on: date | None = field(default=None, repr=False)


def self_check(statement: Statement, *, today: date) -> Verdict:
    """Return what can be said without asking anybody. It never passes a name: only who keeps the register could.

    A number that cannot exist fails; what contradicts it, or an unusual name, is for a person to look at.
    """
    try:
        number = parse_number(statement.document_number, kind=statement.document_kind, today=today)
    except BadIdentityNumber:
        return Verdict(VerificationEvent.FAIL, Reason.NUMBER_IMPOSSIBLE)
    stated, born = sex(number), birth_date(number)
    if stated is not None and statement.sex and stated.value != statement.sex:
        return Verdict(VerificationEvent.DEFER, Reason.SEX_DIFFERS)
    if born is not None and statement.born_on is not None and born != statement.born_on:
        return Verdict(VerificationEvent.DEFER, Reason.BIRTH_DIFFERS)
    if not is_usual_name(statement.name, kind=statement.document_kind):
        return Verdict(VerificationEvent.DEFER, Reason.NAME_UNUSUAL)
    return Verdict(None, Reason.NOT_COVERED)


def is_usual_name(name: str, *, kind: DocumentKind) -> bool:
    """Whether a name looks as names on this kind of document do: no digits, and Chinese where the document is."""
    folded = matching_name(name)
    if not folded or any(character.isdigit() for character in folded):
        return False
    return kind not in _CHINESE or (has_han(name) and len(folded) in _CHINESE_NAME)


def backoff(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts without an answer: a minute, then twice as long each time."""
    doublings = min(max(attempts - 1, 0), 16)
    return min(RETRY_FIRST * (1 << doublings), RETRY_MOST)


@dataclass(frozen=True)
class Standing:
    """How a check stands after an answer or the lack of one."""

    verdict: Verdict
    due_at: datetime | None
    attempts: int


def after_answer(verdict: Verdict, *, now: datetime) -> Standing:
    """Return how a check stands after an answer. "Not checked" is looked at again a day later."""
    return Standing(verdict, now + LOOK_AGAIN_AFTER if verdict.event is None else None, attempts=0)


def after_silence(attempts: int, *, now: datetime) -> Standing:
    """Return how a check stands after one more attempt without an answer; at last a person takes over."""
    count = attempts + 1
    if count >= ATTEMPTS_MOST:
        return Standing(Verdict(VerificationEvent.DEFER, Reason.SILENT), None, attempts=count)
    return Standing(Verdict(None, Reason.UNAVAILABLE), now + backoff(count), attempts=count)


def require_room(kind: VerificationKind, *, stated: int) -> None:
    """Refuse a sixth diploma, and a sixth degree."""
    if stated >= DIPLOMAS_MOST:
        raise TooManyDiplomas(kind=kind, most=DIPLOMAS_MOST)


def require_for_person(state: VerificationState) -> None:
    """Refuse to settle by hand what is not a person's to settle: not asked yet, or passed."""
    if state.whose_turn != "reviewer":
        raise VerificationNotForPerson


def require_editable(state: VerificationState) -> None:
    """Refuse to edit what has been verified."""
    if state is VerificationState.PASSED:
        raise DiplomaSettled
