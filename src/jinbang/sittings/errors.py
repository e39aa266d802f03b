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


class FaultKind(StrEnum):
    """How a file of a sitting can be wrong: in its form, in a value, against the catalogue, or as a whole."""

    NOT_TEXT_FILE = "not_text_file"
    NOT_TOML = "not_toml"
    MISSING = "missing"
    UNKNOWN_KEY = "unknown_key"
    EMPTY = "empty"
    TOO_LONG = "too_long"
    NOT_TEXT = "not_text"
    NOT_NUMBER = "not_number"
    NOT_YES_NO = "not_yes_no"
    NOT_TABLE = "not_table"
    NOT_DATE = "not_date"
    NOT_INSTANT = "not_instant"
    NOT_CODE = "not_code"
    NOT_URL = "not_url"
    NOT_KNOWN = "not_known"
    OUT_OF_RANGE = "out_of_range"
    HOURS_UNCLEAR = "hours_unclear"
    HALF_A_SESSION = "half_a_session"
    ENDS_EARLY = "ends_early"
    OUTSIDE_DAYS = "outside_days"
    TWICE = "twice"
    NO_PROGRAMME = "no_programme"
    NO_LEVEL = "no_level"
    NO_SUBJECT = "no_subject"
    NO_AUTHORITY = "no_authority"
    OTHER_REGION = "other_region"
    GAP = "gap"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class SittingFault:
    """One fault: the key as its writer would name it, and what `labels` needs beside the kind to say it."""

    key: str
    kind: FaultKind
    value: str = ""
    gap: Gap | None = None


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


class DayWithoutReason(DomainError):
    """A working day or a day of rest is set against what was announced, and nobody says why."""

    code = "day_without_reason"


class SittingFileFaulty(DomainError):
    """A file does not describe a sitting that could be published. Field: `faults`, every one there is."""

    code = "sitting_file_faulty"

    def __init__(self, *, faults: Sequence[SittingFault]) -> None:
        """Keep every fault, so that all are mended at once."""
        super().__init__(count=len(faults))
        self.faults = tuple(faults)


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
