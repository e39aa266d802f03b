"""What the sittings phase refuses: closed windows, full sites, calendars that are not complete, files not accepted.

`portal/problems.py` turns each code into a page and a sentence. Instants are fields, never formatted here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from jinbang.kernel.errors import DomainError


class GapKind(StrEnum):
    """What can be missing from a sitting that is to be published."""

    REGION = "region"
    WINDOW = "window"
    SESSION = "session"
    SUBJECT_SESSION = "subject_session"
    FEE = "fee"
    SITE = "site"
    FORWARD_URL = "forward_url"


@dataclass(frozen=True)
class Gap:
    """One thing missing: `where` names the exam region (empty: the whole sitting), `what` the window or subject."""

    kind: GapKind
    what: str = ""
    where: str = ""


class SittingNotFound(DomainError):
    """No such sitting here for this reader: unknown, not published, or outside the scope of the one who asks."""

    code = "sitting_not_found"


class RegionNotFound(DomainError):
    """The sitting is not held by this authority. Field: `authority_code`."""

    code = "region_not_found"


class AuthorityNotFound(DomainError):
    """No authority has this code. Field: `authority_code`."""

    code = "authority_not_found"


class SiteNotFound(DomainError):
    """The exam region has no such site."""

    code = "site_not_found"


class NoticeNotFound(DomainError):
    """No such notice, or no such attachment of it."""

    code = "notice_not_found"


class WindowClosed(DomainError):
    """What was asked has its time, and now is outside it. Fields: `kind`, `opens`, `closes`."""

    code = "window_closed"

    def __init__(self, *, kind: str, opens: datetime | None, closes: datetime | None) -> None:
        """Name the window and its two ends."""
        super().__init__(kind=kind, opens=opens, closes=closes)
        self.kind = kind
        self.opens = opens
        self.closes = closes


class WindowNotAnnounced(WindowClosed):
    """No window of this kind has been announced for the exam region. `opens` and `closes` are None."""

    code = "window_not_announced"


class RegionNotHeld(DomainError):
    """The examination is not held in this exam region this time."""

    code = "region_not_held"


class HeldAlready(DomainError):
    """It is noted already whether this exam region holds the examination."""

    code = "held_already"


class NotPublished(DomainError):
    """The sitting is still being planned: its plan is changed, and no document is needed."""

    code = "not_published"


class VersionUnknown(DomainError):
    """There is no such later version of the sitting's programme."""

    code = "version_unknown"


class VersionDoesNotFit(DomainError):
    """The version lacks what people were registered for. Field: `parts`, as the programme's file names them."""

    code = "version_does_not_fit"

    def __init__(self, *, parts: str) -> None:
        """Name what is missing."""
        super().__init__(parts=parts)


class SiteFull(DomainError):
    """The site has no place left. Field: `site`, its name."""

    code = "site_full"


class FeeNotSet(DomainError):
    """Nobody has set what this subject costs here. Fields: `level`, `subject`."""

    code = "fee_not_set"


class SittingIncomplete(DomainError):
    """The sitting lacks something that a published one must have. Field: `gaps`, a tuple of `Gap`."""

    code = "sitting_incomplete"

    def __init__(self, *, gaps: Sequence[Gap]) -> None:
        """Keep every gap, so that the planner fills them all at once."""
        super().__init__(gaps=tuple(gaps))
        self.gaps = tuple(gaps)


class ExtensionNotLater(DomainError):
    """An extension must close later than the window does today, and later than now. Fields: `kind`, `closes`."""

    code = "extension_not_later"


class SittingCodeTaken(DomainError):
    """Another sitting has this code, or this calendar is already used. Field: `sitting`."""

    code = "sitting_code_taken"


class SiteCodeTaken(DomainError):
    """Another site of the exam region has this code. Field: `site`, the code."""

    code = "site_code_taken"


class AttachmentTooLarge(DomainError):
    """A file is larger than a notice may carry. Fields: `file_name`, `largest_megabytes`."""

    code = "attachment_too_large"


class AttachmentKindRefused(DomainError):
    """A file is of a kind that notices do not carry, or is not what its name says. Field: `file_name`."""

    code = "attachment_kind_refused"


class TooManyAttachments(DomainError):
    """A notice carries only so many files. Field: `most`."""

    code = "too_many_attachments"


class HoursUnclear(DomainError):
    """Opening hours cannot be read, or their stretches do not follow each other. Field: `typed`."""

    code = "hours_unclear"
