"""The life of a room record (考场情况记录表), and the articles under which a violation is noted."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class RecordState(StrEnum):
    """A record is open until two invigilators have signed it off; a reopened one says why."""

    OPEN = "open"
    CLOSED = "closed"

    @property
    def whose_turn(self) -> str:
        """Who has to do something next."""
        return "room_clerk" if self is RecordState.OPEN else "nobody"

    @property
    def is_final(self) -> bool:
        """A closed record can be reopened, so that no state is without an exit."""
        return False


class RecordEvent(StrEnum):
    """What can happen to a room record."""

    CLOSE = "close"
    REOPEN = "reopen"


TRANSITIONS: Final[Mapping[tuple[RecordState, RecordEvent], RecordState]] = {
    (RecordState.OPEN, RecordEvent.CLOSE): RecordState.CLOSED,
    (RecordState.CLOSED, RecordEvent.REOPEN): RecordState.OPEN,
}


class Article(StrEnum):
    """Articles of 人社部令第31号 under which an act is noted; they say what becomes invalid."""

    SUBJECT = "article_6"  # this subject is invalid
    SITTING = "article_7"  # all subjects of the sitting, five years on record
    GRAVE = "article_8"  # all subjects, long-term record
