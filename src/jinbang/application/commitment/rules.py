"""Who may sign an informed commitment, how a sample is drawn, and what a false one makes void. Pure.

Source of the terms: 《专业技术人员职业资格考试报名证明事项告知承诺制办事说明》. Whoever has declined or withdrawn, or
stands in the integrity record, and groups that the notice excludes, give evidence that is checked by hand.
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from jinbang.application.commitment.errors import (
    ChargeUnfounded,
    CommitmentUnavailable,
    HearingClosed,
    HearingOpen,
    SecondPersonNeeded,
)
from jinbang.application.commitment.states import Obstacle, Stage
from jinbang.kernel.clock import SHANGHAI


@dataclass(frozen=True)
class Applicant:
    """What decides whether a person may sign: of the programme, of the person and of this year."""

    is_offered: bool
    excludes_exempt: bool
    is_exempt: bool
    is_on_record: bool
    is_spent: bool


def find_obstacle(applicant: Applicant) -> Obstacle | None:
    """Return why this person cannot sign, the reason that weighs most first; None where they can."""
    if not applicant.is_offered:
        return Obstacle.NOT_OFFERED
    if applicant.is_on_record:
        return Obstacle.ON_RECORD
    if applicant.excludes_exempt and applicant.is_exempt:
        return Obstacle.EXEMPT
    return Obstacle.SPENT if applicant.is_spent else None


def require_available(obstacle: Obstacle | None) -> None:
    """Refuse whoever cannot sign."""
    if obstacle is not None:
        raise CommitmentUnavailable(obstacle=obstacle)


# ---------------------------------------------------------------- the sample


def sample_size(population: int, *, percent: int) -> int:
    """Return how many of so many are drawn: rounded up, so that even one person can be drawn."""
    return -(-population * percent // 100)


def draw_sample(ids: Iterable[UUID], *, seed: str, percent: int) -> tuple[UUID, ...]:
    """Return the drawn ones: those of the smallest HMAC-SHA256 under the seed, whatever order they are given in.

    Anybody who holds the published seed and the ids can redo it; nobody can aim it without choosing the seed.
    """
    ranked = sorted(set(ids), key=lambda one: (hmac.digest(seed.encode(), one.bytes, "sha256"), one))
    return tuple(ranked[: sample_size(len(ranked), percent=percent)])


def seed_commitment(seed: str) -> str:
    """Return what is made public before the window closes: the SHA-256 of the seed, in hex."""
    return hashlib.sha256(seed.encode()).hexdigest()


def population_digest(ids: Iterable[UUID]) -> str:
    """Return the SHA-256 of the sorted ids, a line each: that nobody was left out or slipped in can be shown."""
    return hashlib.sha256("".join(f"{one}\n" for one in sorted(set(ids))).encode()).hexdigest()


# ---------------------------------------------------------------- the hearing


def require_words(words: str) -> str:
    """Return the words without outer spaces. Refuses none: a person must know what they answer to."""
    if not words.strip():
        raise ChargeUnfounded
    return words.strip()


def require_still_heard(now: datetime, *, until: datetime) -> None:
    """Refuse a statement once the time for it is over."""
    if now >= until:
        raise HearingClosed(until=until)


def require_decidable(
    now: datetime, *, charged_by_id: UUID, decider_id: UUID, has_answered: bool, until: datetime
) -> None:
    """Refuse to decide alone, and before the candidate has answered or has let the time for it pass."""
    if charged_by_id == decider_id:
        raise SecondPersonNeeded
    if not has_answered and now < until:
        raise HearingOpen(until=until)


def stage_at(now: datetime, *, first_day: date) -> Stage:
    """Return how far things have gone: from the first day of the examination on, marks are what becomes void."""
    before = now.astimezone(SHANGHAI).date() < first_day
    return Stage.BEFORE_EXAMINATION if before else Stage.AFTER_EXAMINATION
