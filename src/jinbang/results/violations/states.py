"""The life of a violation case: noted, charged, notified, found, served. And the articles it can be decided under.

A decision may be overturned on review or in court: then nothing is held any more, as where a case is dropped.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, assert_never


class CaseState(StrEnum):
    """Where a case stands. Until it is decided or dropped, the result is withheld."""

    NOTED = "noted"
    CHARGED = "charged"  # 告知书 is drawn up and has not reached the candidate yet
    NOTIFIED = "notified"  # the candidate knows facts, reasons and basis, and is heard before anything is decided
    FOUND = "found"  # decided: a violation, under a document's number
    SERVED = "served"  # 处理决定书 has reached the candidate
    DROPPED = "dropped"  # no violation was found
    OVERTURNED = "overturned"  # the decision was taken back, on review (行政复议) or in court (行政诉讼)

    @property
    def whose_turn(self) -> str:
        """Who has to do something next."""
        match self:
            case CaseState.NOTED | CaseState.CHARGED | CaseState.FOUND:
                return "marks_clerk"
            case CaseState.NOTIFIED:
                return "candidate"
            case CaseState.SERVED | CaseState.DROPPED | CaseState.OVERTURNED:
                return "nobody"
            case _:
                assert_never(self)

    @property
    def is_final(self) -> bool:
        """Whether nothing leads out of here."""
        return self in {CaseState.DROPPED, CaseState.OVERTURNED}

    @property
    def is_open(self) -> bool:
        """Whether nothing has been decided yet: the result stays withheld."""
        match self:
            case CaseState.NOTED | CaseState.CHARGED | CaseState.NOTIFIED:
                return True
            case CaseState.FOUND | CaseState.SERVED | CaseState.DROPPED | CaseState.OVERTURNED:
                return False
            case _:
                assert_never(self)

    @property
    def is_lifted(self) -> bool:
        """Whether nothing is held any more: the mark counts, or is still to come where there is none."""
        return self in {CaseState.DROPPED, CaseState.OVERTURNED}

    @property
    def has_decision(self) -> bool:
        """Whether there is a decision in force, which alone can be overturned."""
        return self in {CaseState.FOUND, CaseState.SERVED}


class CaseEvent(StrEnum):
    """What can happen to a case."""

    CHARGE = "charge"
    NOTIFY = "notify"
    FIND = "find"
    DROP = "drop"
    SERVE = "serve"
    OVERTURN = "overturn"


_S, _E = CaseState, CaseEvent
CASE_TRANSITIONS: Final[Mapping[tuple[CaseState, CaseEvent], CaseState]] = {
    (_S.NOTED, _E.CHARGE): _S.CHARGED,
    (_S.NOTED, _E.DROP): _S.DROPPED,
    (_S.CHARGED, _E.CHARGE): _S.CHARGED,
    (_S.CHARGED, _E.NOTIFY): _S.NOTIFIED,
    (_S.CHARGED, _E.DROP): _S.DROPPED,
    (_S.NOTIFIED, _E.CHARGE): _S.CHARGED,  # another article, or other facts: the candidate is heard on them anew
    (_S.NOTIFIED, _E.FIND): _S.FOUND,
    (_S.NOTIFIED, _E.DROP): _S.DROPPED,
    (_S.FOUND, _E.SERVE): _S.SERVED,
    (_S.FOUND, _E.OVERTURN): _S.OVERTURNED,  # whoever heard of it may ask for review before the paper came
    (_S.SERVED, _E.OVERTURN): _S.OVERTURNED,
}


class CaseArticle(StrEnum):
    """The article of 人社部令第31号 under which a case stands: it says which marks become void."""

    SUBJECT = "article_6"  # this subject
    SITTING = "article_7"  # all subjects of the sitting, five years on record
    GRAVE = "article_8"  # all subjects, long-term record
    FALSE_PROOF = "article_10"  # false documents: handled as Article 7
    SIMILAR = "article_11"  # 雷同, found by a panel while marking: this subject

    @property
    def voids_sitting(self) -> bool:
        """Whether every subject of the sitting is void, and the person goes on record."""
        return self in {CaseArticle.SITTING, CaseArticle.GRAVE, CaseArticle.FALSE_PROOF}

    @property
    def gravity(self) -> int:
        """How heavy it is: one subject, the whole sitting with five years on record, or for good."""
        match self:
            case CaseArticle.SUBJECT | CaseArticle.SIMILAR:
                return 1
            case CaseArticle.SITTING | CaseArticle.FALSE_PROOF:
                return 2
            case CaseArticle.GRAVE:
                return 3
            case _:
                assert_never(self)


class CaseOrigin(StrEnum):
    """Where a case comes from."""

    ROOM = "room"  # a signed room record
    MARKING = "marking"  # similar answers that a panel confirmed
    FILE = "file"  # 违纪 or 雷同 in the place of a mark, in a file or on a sheet keyed by hand


class Service(StrEnum):
    """How a notice or a written decision reached the candidate (送达)."""

    IN_PERSON = "in_person"
    BY_POST = "by_post"
    ELECTRONIC = "electronic"  # to an address that the candidate confirmed
    PUBLIC_NOTICE = "public_notice"


class Remedy(StrEnum):
    """Through which way a decision was overturned (救济途径)."""

    REVIEW = "review"  # 行政复议
    COURT = "court"  # 行政诉讼
