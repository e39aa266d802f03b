"""When a photo may change, whose it may be, who may decide. Pure: the caller brings the day and the facts."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from jinbang.application.errors import PhotoFixed, PhotoNotIndependent, PhotoReasonMissing
from jinbang.application.states import ApplicationState
from jinbang.kernel.clock import SHANGHAI

MONTHS_OLD_MAX: Final = 6
"""本人半年内白底证件照片, where the programme gives no number of its own."""
REASON_LENGTH_MAX: Final = 300


def is_change(state: ApplicationState) -> bool:
    """Whether a new photo takes two people: what was approved is sealed and no longer the candidate's alone."""
    return state is ApplicationState.APPROVED


def require_changeable(state: ApplicationState, *, first_day: date, today: date) -> None:
    """Refuse a change under review, of an application at its end, and from the first day of the examination on.

    What a person carries into the room on that day has been printed; a change would only contradict the paper.
    """
    if state.is_editable or (is_change(state) and today < first_day):
        return
    raise PhotoFixed(state=state)


def require_reason(reason: str) -> str:
    """Return the reason without outer spaces. Refuses an empty one: the other side must be able to judge it."""
    if not reason.strip():
        raise PhotoReasonMissing
    return reason.strip()[:REASON_LENGTH_MAX]


def require_second_person(*, proposed_by_id: UUID | None, reviewer_id: UUID | None) -> None:
    """Refuse whoever proposed the photo themselves, and a proposal of which nobody knows whose it is."""
    if proposed_by_id is None or proposed_by_id == reviewer_id:
        raise PhotoNotIndependent


def is_young_enough(taken_at: datetime, *, now: datetime, months_max: int) -> bool:
    """Whether a photo taken then may still be used: up to the same day of the month, so many months later."""
    taken, today = taken_at.astimezone(SHANGHAI).date(), now.astimezone(SHANGHAI).date()
    months = (today.year - taken.year) * 12 + today.month - taken.month
    return months < months_max or (months == months_max and today.day <= taken.day)
