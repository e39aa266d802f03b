"""The life of a sitting and the words of its calendar. Windows, not states, say what may be done today."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class SittingState(StrEnum):
    """A sitting is prepared, then published, and one day closed; what is open in between its windows say."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"
    CANCELLED = "cancelled"

    @property
    def whose_turn(self) -> str:
        """Who has to do something next."""
        return "planner" if self in {SittingState.DRAFT, SittingState.PUBLISHED} else "nobody"

    @property
    def is_final(self) -> bool:
        """Whether nothing leads out of here."""
        return self in {SittingState.CLOSED, SittingState.CANCELLED}


class SittingEvent(StrEnum):
    """What can happen to a sitting."""

    PUBLISH = "publish"
    CLOSE = "close"
    CANCEL = "cancel"


TRANSITIONS: Final[Mapping[tuple[SittingState, SittingEvent], SittingState]] = {
    (SittingState.DRAFT, SittingEvent.PUBLISH): SittingState.PUBLISHED,
    (SittingState.DRAFT, SittingEvent.CANCEL): SittingState.CANCELLED,
    (SittingState.PUBLISHED, SittingEvent.CLOSE): SittingState.CLOSED,
    (SittingState.PUBLISHED, SittingEvent.CANCEL): SittingState.CANCELLED,
}


class WindowKind(StrEnum):
    """Everything with a deadline, in the order in which a season meets it."""

    APPLICATION = "application"
    ON_SITE_APPLICATION = "on_site_application"
    REVIEW = "review"
    PAYMENT = "payment"
    TICKET_PRINTING = "ticket_printing"
    EXAMINATION = "examination"
    RELEASE = "release"
    RECHECK = "recheck"
    POST_EXAM_REVIEW = "post_exam_review"
    PUBLICATION = "publication"


class NoticeKind(StrEnum):
    """What a notice is about."""

    FORECAST = "forecast"
    FORMAL = "formal"
    EXTENSION = "extension"
    PASS_MARK = "pass_mark"  # noqa: S105  # 合格标准, the field's own word
    RESULTS = "results"


class SitePolicy(StrEnum):
    """Who decides where a candidate sits."""

    CANDIDATE = "candidate"  # the candidate chooses a site and takes a place there
    CENTRE = "centre"  # the centre places by the number of applications (computer-based occupations)
    POINT = "point"  # the registration point is the site (on-site-only occupations)
