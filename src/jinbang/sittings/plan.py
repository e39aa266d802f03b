"""A sitting as it is handed over to be created: what a rehearsal or the demo world knows before any row exists.

Frozen and free of Django. Codes name authorities, levels and subjects; `actions.create_sitting` looks them up.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from jinbang.sittings.rules import window_of_dates
from jinbang.sittings.states import NoticeKind, SitePolicy, WindowKind


@dataclass(frozen=True)
class WindowPlan:
    """One window `[opens, closes)`."""

    kind: WindowKind
    opens: datetime
    closes: datetime

    @classmethod
    def of_dates(cls, kind: WindowKind, first: date, last: date, /) -> Self:
        """Return the window of two whole days and what lies between them."""
        opens, closes = window_of_dates(first, last)
        return cls(kind, opens, closes)


@dataclass(frozen=True)
class SessionPlan:
    """One subject of one level at its time."""

    level_code: str
    subject_code: str
    starts: datetime
    ends: datetime


@dataclass(frozen=True)
class FeePlan:
    """What one subject of one level costs, in fen."""

    level_code: str
    subject_code: str
    fee_fen: int


@dataclass(frozen=True)
class SitePlan:
    """One site. `authority_code` names the city it lies in; empty: the exam region's own authority."""

    code: str
    name: str
    address: str
    capacity: int
    authority_code: str = ""
    is_registration_point: bool = False
    opening_hours: str = ""  # of the point, on working days: 09:00-12:00 13:30-17:00


@dataclass(frozen=True)
class AttachmentPlan:
    """One file that goes with a notice."""

    title: str
    file_name: str
    content: bytes


@dataclass(frozen=True)
class NoticePlan:
    """One notice; paragraphs of the body are parted by an empty line."""

    kind: NoticeKind
    title: str
    body: str
    document_number: str = ""
    attachments: tuple[AttachmentPlan, ...] = ()


@dataclass(frozen=True)
class RegionPlan:
    """One exam region, with what it does not take over from the sitting."""

    authority_code: str
    sites: tuple[SitePlan, ...] = ()
    windows: tuple[WindowPlan, ...] = ()
    fees: tuple[FeePlan, ...] = ()
    is_held: bool = True


@dataclass(frozen=True)
class SittingPlan:
    """One sitting, whole."""

    code: str
    programme_code: str
    owner_code: str
    name: str
    year: int
    first_day: date
    last_day: date
    windows: tuple[WindowPlan, ...] = ()
    sessions: tuple[SessionPlan, ...] = ()
    regions: tuple[RegionPlan, ...] = ()
    fees: tuple[FeePlan, ...] = ()
    notices: tuple[NoticePlan, ...] = ()
    ordinal: int = 1
    site_policy: SitePolicy = SitePolicy.CANDIDATE
    name_required: bool = False
    sends_ticket_numbers: bool = False
    results_here: bool = True
    forward_url: str = ""
    review_working_days: int = 2
    place_held_days: int = 3
