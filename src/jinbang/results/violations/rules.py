"""What a violation does to marks, and when it may be decided. Pure.

人力资源和社会保障部令第31号: Article 6 voids the subject, Articles 7, 8 and 10 all subjects of the sitting, Article 11
(similar answers) the subject. A 违纪 that came in the place of a mark says nothing by itself: it is withheld until a
case is decided. Facts, reasons and the right to be heard are told before a decision; whoever told them
does not decide. The order knows no ban beyond the integrity record; the two years of its predecessor are not applied.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
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
    ArticleNotTold,
    CaseHearingClosed,
    CaseStillHeard,
    CaseWithoutWords,
    DecisionMissing,
    OverturnedTooEarly,
    PaperDefenceTooLate,
    ServedTooEarly,
    SimilarAnswersAlone,
)
from jinbang.results.violations.states import CaseArticle, CaseState

SIMILAR_LEAST: Final = 2
HELD: Final = (MarkStatus.VIOLATION, MarkStatus.SIMILAR)
"""What may stand in the place of a mark and has no effect before somebody decides: a case is opened for each."""
GROUNDS: Final[Mapping[CaseArticle, IntegrityGround]] = {
    CaseArticle.SITTING: IntegrityGround.ARTICLE_7,
    CaseArticle.GRAVE: IntegrityGround.ARTICLE_8,
    CaseArticle.FALSE_PROOF: IntegrityGround.ARTICLE_10,
}
"""Under which ground a decision enters the person in the integrity record; other articles enter nobody."""


@dataclass(frozen=True)
class Finding:
    """What is known of one case while marks are judged. No article: nobody has named one yet, it may be any."""

    subject_code: str
    article: CaseArticle | None
    is_decided: bool

    @property
    def concerns_sitting(self) -> bool:
        """Whether every subject of the sitting is at stake, or void."""
        return self.article is None or self.article.voids_sitting


def marks_after(marks: Mapping[str, SubjectMark], findings: Iterable[Finding]) -> Mapping[str, SubjectMark]:
    """Return a person's marks as they stand under these findings: withheld while undecided, then as the article says.

    An undecided case under Article 7, 8 or 10, or under none yet, withholds every subject, since every subject is at
    stake. A violation in the place of a mark is withheld with or without a case: only a decision makes it one.
    """
    found = tuple(findings)
    after = {
        code: SubjectMark(code, MarkStatus.WITHHELD, None) if mark.status is MarkStatus.VIOLATION else mark
        for code, mark in marks.items()
    }
    for finding in found:
        if not finding.is_decided:
            after.update(_all(marks, MarkStatus.WITHHELD) if finding.concerns_sitting else {})
            after[finding.subject_code] = SubjectMark(finding.subject_code, MarkStatus.WITHHELD, None)
    # Undecided all the same, and read as what it is.
    after.update({code: mark for code, mark in marks.items() if mark.status is MarkStatus.SIMILAR})
    for finding in found:
        if finding.is_decided and finding.concerns_sitting:
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


def require_second_person(*, told_by: Collection[UUID], decider: UUID) -> None:
    """Refuse whoever told the candidate of the case, in whichever of its notices, as the one who decides it."""
    if decider in told_by:
        raise SamePersonTwice(step="decide_violation")


def articles_open(told: CaseArticle) -> tuple[CaseArticle, ...]:
    """Return the articles under which may be decided what a notice told under one: that one, and milder ones."""
    return tuple(one for one in CaseArticle if one is told or one.gravity < told.gravity)


def require_told(article: CaseArticle, *, told: CaseArticle) -> None:
    """Refuse an article of which the candidate was not told, and so was not heard on (Order 31, 陈述申辩)."""
    if article not in articles_open(told):
        raise ArticleNotTold(told=told.value)


def require_heard(now: datetime, *, has_answered: bool, until: datetime) -> None:
    """Refuse to decide before the candidate has answered or has let the time for it pass."""
    if not has_answered and now < until:
        raise CaseStillHeard(until=until)


def require_servable(served_on: date, *, since: date, today: date) -> None:
    """Refuse a day of service before the paper was made, or to come."""
    if not since <= served_on <= today:
        raise ServedTooEarly(since=since)


def require_decision(state: CaseState) -> None:
    """Refuse to overturn what was not decided, or is overturned already."""
    if not state.has_decision:
        raise DecisionMissing


def require_other_decider(*, decided_by: UUID | None, by: UUID) -> None:
    """Refuse whoever made a decision as the one who enters that it was overturned: that takes two people as well."""
    if by == decided_by:
        raise SamePersonTwice(step="overturn_decision")


def require_overturnable(overturned_on: date, *, since: date, today: date) -> None:
    """Refuse a document of review or court from before the decision, or to come."""
    if not since <= overturned_on <= today:
        raise OverturnedTooEarly(since=since)


def undecided_marks(
    marks: Iterable[tuple[UUID, str]], findings: Mapping[UUID, Iterable[Finding]]
) -> Iterator[tuple[UUID, str]]:
    """Yield those of the 违纪 and 雷同 that stand in the place of a mark on which nobody has decided."""
    for entry_id, subject in marks:
        decided = (one for one in findings.get(entry_id, ()) if one.is_decided)
        if not any(one.subject_code == subject or one.concerns_sitting for one in decided):
            yield entry_id, subject


def days_left(now: datetime, *, until: datetime | None) -> int:
    """Return the whole days left to answer, a begun one counted as one; nothing once the time is over."""
    if until is None or now >= until:
        return 0
    return -(-int((until - now).total_seconds()) // 86_400)
