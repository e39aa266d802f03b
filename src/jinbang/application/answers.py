"""The vocabulary of an application: its pages, what a person has answered, what a sitting offers. Pure and frozen.

What follows from these is `rules`, which the rest of the phase reads them through.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from jinbang.application.passes import EarlierPass
from jinbang.catalogue.programme import Level, Programme
from jinbang.sittings.states import SitePolicy

EVIDENCE_LINE: Final = "evidence:"
"""Before the name of an item: the line of a return that asks for this item alone."""


class Task(StrEnum):
    """The pages of an application, in the order in which a person meets them."""

    LEVEL = "level"
    SPECIALTY = "specialty"
    TRACK = "track"
    EDUCATION = "education"
    CONDITION = "condition"
    SUBJECTS = "subjects"
    EMPLOYER = "employer"
    SITE = "site"
    PHOTO = "photo"
    COMMITMENT = "commitment"
    EVIDENCE = "evidence"
    DECLARATION = "declaration"


CHOICES: Final = (Task.LEVEL, Task.SPECIALTY, Task.TRACK)
"""What everything else hangs on: these are answered in their order, all others in any."""


class TaskStatus(StrEnum):
    """Where a task stands: of a draft one is the next; after a return lines are asked for, changed or locked."""

    DONE = "done"
    NEXT = "next"
    LATER = "later"
    ASKED = "asked"  # a return names it, and nothing has been changed there yet
    CHANGED = "changed"
    LOCKED = "locked"


@dataclass(frozen=True)
class EvidencePage:
    """One file that was given for an item of evidence."""

    item: str
    sha256: str


@dataclass(frozen=True)
class Answers:
    """Everything a person has answered so far, with what is known beside it."""

    level_code: str = ""
    specialty_code: str = ""
    track_code: str = ""
    condition_code: str = ""
    education: str = ""
    graduated_on: date | None = None
    work_years: int | None = None
    employer: str = ""
    subject_codes: tuple[str, ...] = ()
    site_id: UUID | None = None
    has_photo: bool = False
    photo_sha256: str = ""
    evidence: tuple[EvidencePage, ...] = ()
    has_commitment_answer: bool = False  # signed the informed commitment, or chose not to
    is_committed: bool = False
    is_vouched_for: bool = False  # by a counter that saw the originals, or by whoever entered a list
    passes: tuple[EarlierPass, ...] = ()  # known of the person, not answered by them
    asked: tuple[str, ...] = ()  # the lines that the last return named; none: all of them


@dataclass(frozen=True)
class Offer:
    """What a sitting offers: of its pinned programme the levels held this time, and who decides the site.

    `held_levels` empty: all of them, because no timetable restricts it. `year` is the examination's, for passes kept
    from before. `asks_commitment` says whether the page of the informed commitment stands in this sitting's way.
    """

    programme: Programme
    site_policy: SitePolicy
    held_levels: tuple[str, ...] = ()
    year: int = 0
    asks_commitment: bool = False

    @property
    def levels(self) -> tuple[Level, ...]:
        """The levels that can be applied for."""
        return tuple(one for one in self.programme.levels if not self.held_levels or one.code in self.held_levels)

    def policy_for(self, level: str) -> SitePolicy:
        """Return who decides the site at this level: its own rule first, then the sitting's."""
        own = self.programme.level(level).site_choice if level else None
        return SitePolicy(own.value) if own else self.site_policy


@dataclass(frozen=True)
class SiteFacts:
    """What has to be known of a site to judge whether it can be chosen."""

    region_id: UUID
    is_registration_point: bool
