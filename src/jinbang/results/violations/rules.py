"""What a violation does to marks, and when it may be decided. Pure.

人力资源和社会保障部令第31号: Article 6 voids the subject, Articles 7 and 8 all subjects of the sitting, Article 11
(similar answers) the subject. Facts, reasons and the right to be heard are told before a decision; whoever told them
does not decide. The order knows no ban beyond the integrity record; the two years of its predecessor are not applied.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from jinbang.kernel.clock import SHANGHAI
from jinbang.people.states import IntegrityGround
from jinbang.results.errors import SamePersonTwice
from jinbang.results.rules import SubjectMark
from jinbang.results.states import MarkStatus
from jinbang.results.violations.errors import (
    CaseHearingClosed,
    CaseStillHeard,
    CaseWithoutWords,
    PaperDefenceTooLate,
    ServedTooEarly,
    SimilarAnswersAlone,
)
from jinbang.results.violations.states import CaseArticle

SIMILAR_LEAST: Final = 2
GROUNDS: Final[Mapping[CaseArticle, IntegrityGround]] = {
    CaseArticle.SITTING: IntegrityGround.ARTICLE_7,
    CaseArticle.GRAVE: IntegrityGround.ARTICLE_8,
}
"""Under which ground a decision enters the person in the integrity record; other articles enter nobody."""


@dataclass(frozen=True)
class Finding:
    """What is known of one case while marks are judged."""

    subject_code: str
    article: CaseArticle
    is_decided: bool


def marks_after(marks: Mapping[str, SubjectMark], findings: Iterable[Finding]) -> Mapping[str, SubjectMark]:
    """Return a person's marks as they stand under these findings: withheld while undecided, then as the article says.

    An undecided case under Article 7 or 8 withholds every subject, since every subject is at stake.
    """
    found = tuple(findings)
    after = dict(marks)
    for finding in found:
        if not finding.is_decided:
            after.update(_all(marks, MarkStatus.WITHHELD) if finding.article.voids_sitting else {})
            after[finding.subject_code] = SubjectMark(finding.subject_code, MarkStatus.WITHHELD, None)
    for finding in found:
        if finding.is_decided and finding.article.voids_sitting:
            after.update(_all(marks, MarkStatus.VOID))
    for finding in found:
        if finding.is_decided:
            status = MarkStatus.VOID if finding.article is CaseArticle.SIMILAR else MarkStatus.VIOLATION
            after[finding.subject_code] = SubjectMark(finding.subject_code, status, None)
    return after


def _all(marks: Mapping[str, SubjectMark], status: MarkStatus) -> dict[str, SubjectMark]:
    return {code: SubjectMark(code, status, None) for code in marks}


def require_words(words: str) -> str:
    """Return the words without outer spaces. Refuses none."""
    if not words.strip():
        raise CaseWithoutWords
    return words.strip()


def require_several(tickets: Iterable[str]) -> tuple[str, ...]:
    """Return the ticket numbers, each once, in order. Refuses fewer than two: nobody resembles nobody."""
    given = tuple(sorted({ticket.strip() for ticket in tickets if ticket.strip()}))
    if len(given) < SIMILAR_LEAST:
        raise SimilarAnswersAlone(tickets=given)
    return given


def require_still_heard(now: datetime, *, until: datetime) -> None:
    """Refuse an answer once the time for it is over."""
    if now >= until:
        raise CaseHearingClosed(until=until)


def require_paper_in_time(received_on: date, *, since: date, until: datetime, today: date) -> None:
    """Refuse a paper received before the notice, after the last day of the hearing, or on a day to come.

    The day on which it came in counts, not the one on which somebody types it.
    """
    last = (until.astimezone(SHANGHAI) - timedelta(microseconds=1)).date()
    if not since <= received_on <= min(last, today):
        raise PaperDefenceTooLate(since=since, until=last)


def require_second_person(*, notified_by: UUID | None, decider: UUID) -> None:
    """Refuse whoever told the candidate of the case as the one who decides it."""
    if notified_by == decider:
        raise SamePersonTwice(step="decide_violation")


def require_heard(now: datetime, *, has_answered: bool, until: datetime) -> None:
    """Refuse to decide before the candidate has answered or has let the time for it pass."""
    if not has_answered and now < until:
        raise CaseStillHeard(until=until)


def require_servable(served_on: date, *, decided_on: date, today: date) -> None:
    """Refuse a day of service before the decision, or to come."""
    if not decided_on <= served_on <= today:
        raise ServedTooEarly(decided_on=decided_on)


def days_left(now: datetime, *, until: datetime | None) -> int:
    """Return the whole days left to answer, a begun one counted as one; nothing once the time is over."""
    if until is None or now >= until:
        return 0
    return -(-int((until - now).total_seconds()) // 86_400)
