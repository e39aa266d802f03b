"""Pure judgments about a room record: what it may say, and when."""

from collections.abc import Collection, Iterable
from datetime import datetime

from jinbang.attendance.errors import (
    AbsentAndViolating,
    FactsMissing,
    RecordClosed,
    ReopenReasonMissing,
    SeatNotInRoom,
    SessionNotBegun,
)
from jinbang.attendance.states import RecordState


def require_open(state: RecordState) -> None:
    """Refuse to change what was signed off."""
    if state is not RecordState.OPEN:
        raise RecordClosed


def require_begun(*, starts: datetime, now: datetime) -> None:
    """Refuse to note anything about a session that has not begun."""
    if now < starts:
        raise SessionNotBegun(starts=starts)


def require_seats(noted: Iterable[int], *, present: Collection[int]) -> None:
    """Refuse seats that nobody was to sit at here."""
    if strangers := set(noted) - set(present):
        raise SeatNotInRoom(seats=strangers)


def require_apart(*, absent: Iterable[int], violating: Iterable[int]) -> None:
    """Refuse a seat that is said to be empty and to have violated a rule."""
    if both := set(absent) & set(violating):
        raise AbsentAndViolating(seats=both)


def require_facts(facts: str) -> str:
    """Return the facts without the spaces around them. Refuses none."""
    if not facts.strip():
        raise FactsMissing
    return facts.strip()


def require_reason(reason: str) -> str:
    """Return the reason without the spaces around it. Refuses none."""
    if not reason.strip():
        raise ReopenReasonMissing
    return reason.strip()
