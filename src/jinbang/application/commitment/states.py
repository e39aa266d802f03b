"""The life of an informed commitment, from the question to an answer, and through a check of it to a finding."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, assert_never


class CommitmentState(StrEnum):
    """Where a commitment stands."""

    OPEN = "open"
    SIGNED = "signed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    QUESTIONED = "questioned"  # evidence is asked for: drawn by lot, or after a report
    CHARGED = "charged"  # held to be false; the candidate is heard before anything is decided
    UPHELD = "upheld"  # checked and true
    FALSE = "false"

    @property
    def whose_turn(self) -> str:
        """Who has to do something next."""
        match self:
            case CommitmentState.OPEN | CommitmentState.CHARGED:
                return "candidate"
            case CommitmentState.QUESTIONED:
                return "reviewer"
            case CommitmentState.SIGNED | CommitmentState.UPHELD:
                return "system"
            case CommitmentState.DECLINED | CommitmentState.WITHDRAWN | CommitmentState.FALSE:
                return "nobody"
            case _:
                assert_never(self)

    @property
    def is_final(self) -> bool:
        """Whether nothing leads out of here."""
        return self.spends_the_year

    @property
    def spends_the_year(self) -> bool:
        """Whether the programme's commitment is gone for the person this year: declined, withdrawn or found false."""
        return self in {CommitmentState.DECLINED, CommitmentState.WITHDRAWN, CommitmentState.FALSE}

    @property
    def stands(self) -> bool:
        """Whether the application rests on the commitment, so that evidence is not asked of everybody under it."""
        match self:
            case CommitmentState.SIGNED | CommitmentState.QUESTIONED | CommitmentState.CHARGED | CommitmentState.UPHELD:
                return True
            case CommitmentState.OPEN | CommitmentState.DECLINED | CommitmentState.WITHDRAWN | CommitmentState.FALSE:
                return False
            case _:
                assert_never(self)


class CommitmentEvent(StrEnum):
    """What can happen to a commitment."""

    SIGN = "sign"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    QUESTION = "question"
    CHARGE = "charge"
    UPHOLD = "uphold"
    FIND_FALSE = "find_false"


_S, _E = CommitmentState, CommitmentEvent
COMMITMENT_TRANSITIONS: Final[Mapping[tuple[CommitmentState, CommitmentEvent], CommitmentState]] = {
    (_S.OPEN, _E.SIGN): _S.SIGNED,
    (_S.OPEN, _E.DECLINE): _S.DECLINED,
    (_S.SIGNED, _E.WITHDRAW): _S.WITHDRAWN,
    (_S.SIGNED, _E.QUESTION): _S.QUESTIONED,
    (_S.UPHELD, _E.QUESTION): _S.QUESTIONED,
    (_S.QUESTIONED, _E.UPHOLD): _S.UPHELD,
    (_S.QUESTIONED, _E.CHARGE): _S.CHARGED,
    (_S.CHARGED, _E.UPHOLD): _S.UPHELD,
    (_S.CHARGED, _E.FIND_FALSE): _S.FALSE,
}


class Obstacle(StrEnum):
    """Why a person cannot sign a commitment. Each leads to evidence and a check by hand."""

    NOT_OFFERED = "not_offered"
    EXEMPT = "exempt"
    ON_RECORD = "on_record"
    SPENT = "spent"


class Stage(StrEnum):
    """How far things had gone when a commitment was found false: what is void depends on it."""

    BEFORE_EXAMINATION = "before_examination"  # the application; the fee is not returned
    AFTER_EXAMINATION = "after_examination"  # every mark of the sitting, and a certificate issued on them


class Ground(StrEnum):
    """Why a commitment was questioned."""

    SAMPLE = "sample"
    REPORT = "report"
