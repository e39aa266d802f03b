"""The rules of the review desk: who may hold and decide a case, what a second look needs, how a sample is drawn.

Pure, like `rules`, which has the rules of the form: the caller brings the instant and the facts. The states that these
lead through stand in `states`; the actions that apply them in `actions`.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Final
from uuid import UUID

from jinbang.application.errors import (
    AppealClosed,
    AppealWordsMissing,
    LinesNotFine,
    NotIndependent,
    SeedNotPublic,
)
from jinbang.application.rules import EVIDENCE_LINE, Task
from jinbang.kernel.clock import SHANGHAI
from jinbang.kernel.workdays import add_working_days, end_of_day
from jinbang.people.verification.states import VerificationKind

IDENTITY_LINE: Final = "identity"
APPEAL_ITEM: Final = "appeal"
"""Under which item pages stand that were handed in with an appeal: no answer of the form, and no paper it asks for."""
SEED_BYTES: Final = 32


class LineVerdict(StrEnum):
    """What a reviewer finds of one line of the checklist."""

    FINE = "fine"
    TO_FIX = "to_fix"
    NOT_MET = "not_met"


class ReasonKind(StrEnum):
    """What a listed sentence is a reason for."""

    RETURN = "return"
    REFUSE = "refuse"


class AppealVerdict(StrEnum):
    """What a third reviewer finds of a refusal that was appealed against."""

    UPHELD = "upheld"
    REOPENED = "reopened"


def is_machine_verified(passed: Collection[VerificationKind]) -> bool:
    """Whether registers have confirmed who somebody is and a diploma of theirs: nothing else counts as verified."""
    return VerificationKind.REAL_NAME in passed and bool(set(passed) - {VerificationKind.REAL_NAME})


# ---------------------------------------------------------------- terms and claims


@dataclass(frozen=True)
class Terms:
    """How long a claim lasts and a refusal can be appealed against. These hold where an authority has set no other."""

    lease_minutes: int = 15
    appeal_working_days: int = 5

    @property
    def lease(self) -> timedelta:
        """The length of a claim."""
        return timedelta(minutes=self.lease_minutes)


USUAL_TERMS: Final = Terms()


@dataclass(frozen=True)
class Claim:
    """Who has a case on the table, and until when."""

    by: UUID | None = None
    until: datetime | None = None

    def is_live(self, now: datetime) -> bool:
        """Whether somebody holds it at this instant. The end of a lease no longer belongs to it."""
        return self.by is not None and self.until is not None and now < self.until

    def is_free_for(self, reviewer: UUID, now: datetime) -> bool:
        """Whether this reviewer may act: it is theirs, nobody's, or the lease of whoever held it is over."""
        return not self.is_live(now) or self.by == reviewer


# ---------------------------------------------------------------- who may decide


def require_other_hands(involved: Collection[UUID | None], *, reviewer_id: UUID) -> None:
    """Refuse a reviewer who has entered, proposed or decided what is to be looked at anew."""
    if reviewer_id in involved:
        raise NotIndependent


def require_lines_fine(marks: Mapping[str, LineVerdict]) -> None:
    """Refuse to approve while a line is marked as anything but fine. What is not marked is covered by the approval."""
    wrong = tuple(line for line, verdict in marks.items() if verdict is not LineVerdict.FINE)
    if wrong:
        raise LinesNotFine(lines=wrong)


def task_of_line(line: str) -> str:
    """Return the line under which a candidate is asked: the day of graduation and years stand on education's page.

    Evidence keeps its own. Empty for what the candidate cannot change in the form, as the identity.
    """
    if line.startswith(EVIDENCE_LINE) or line in set(Task):
        return line
    return Task.EDUCATION.value if line in _ON_THE_PAGE_OF_EDUCATION else ""


_ON_THE_PAGE_OF_EDUCATION: Final = frozenset({"graduated_on", "work_years"})


# ---------------------------------------------------------------- appeals


def appeal_deadline(refused_at: datetime, *, working_days: int, is_working: Callable[[date], bool]) -> datetime:
    """Return until when a refusal can be appealed against: the end of the N-th working day after it.

    No days mean no appeal: the deadline is the refusal itself.
    """
    if working_days == 0:
        return refused_at
    return end_of_day(add_working_days(refused_at.astimezone(SHANGHAI).date(), working_days, is_working=is_working))


def can_appeal(until: datetime | None, *, now: datetime) -> bool:
    """Whether the time for an appeal runs."""
    return until is not None and now < until


def require_appeal(words: str, *, until: datetime | None, now: datetime) -> str:
    """Return the words without outer spaces. Refuses when the time is over, and an appeal that says nothing."""
    if not can_appeal(until, now=now):
        raise AppealClosed(until=until)
    if not words.strip():
        raise AppealWordsMissing
    return words.strip()


# ---------------------------------------------------------------- the sample of the second tier


@dataclass(frozen=True)
class Plan:
    """Whether a second tier confirms a share of what the first approves, and the seed by which it is drawn."""

    tiers: int = 1
    sample_percent: int = 0
    seed: str = ""


def is_sampled(application_id: UUID, plan: Plan) -> bool:
    """Whether this application is among those drawn.

    SHA-256 over the seed and the id, both as they are written, `seed:id`; its first 32 bits, over 2³², lie below the
    share. Nobody who does not know the seed can foretell it, and everybody who does can redo it.
    """
    if plan.tiers == 1:
        return False
    drawn = int.from_bytes(sha256(f"{plan.seed}:{application_id}".encode()).digest()[:4], "big")
    return drawn * 100 < plan.sample_percent << 32


def commitment(seed: str) -> str:
    """Return the hash by which a seed is bound before anybody knows it."""
    return sha256(seed.encode()).hexdigest()


def require_seed_public(closes: datetime | None, *, now: datetime) -> None:
    """Refuse to show a seed while reviewing goes on: whoever knew it would know what is not going to be looked at."""
    if closes is None or now < closes:
        raise SeedNotPublic(opens=closes)


# ---------------------------------------------------------------- many at once


def list_hash(cases: Iterable[tuple[UUID, int]]) -> str:
    """Return the hash of a list of cases, each with the version that was seen, whatever their order."""
    lines = sorted(f"{case}:{version}" for case, version in cases)
    return sha256("\n".join(lines).encode()).hexdigest()
