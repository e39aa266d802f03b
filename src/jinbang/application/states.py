"""The life of an application (报名), from the first page to a decision that stands."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, assert_never


class ApplicationState(StrEnum):
    """Where an application stands. Whether it is paid is its order's state, not this one's."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"  # approved but unpaid at the deadline, which counts as given up

    @property
    def whose_turn(self) -> str:
        """Who has to do something next."""
        match self:
            case ApplicationState.DRAFT | ApplicationState.RETURNED:
                return "candidate"
            case ApplicationState.SUBMITTED:
                return "reviewer"
            case ApplicationState.APPROVED:
                return "system"
            case ApplicationState.REFUSED | ApplicationState.WITHDRAWN | ApplicationState.LAPSED:
                return "nobody"
            case _:
                assert_never(self)

    @property
    def is_final(self) -> bool:
        """Whether nothing leads out of here."""
        return self in {ApplicationState.REFUSED, ApplicationState.WITHDRAWN, ApplicationState.LAPSED}

    @property
    def is_editable(self) -> bool:
        """Whether the candidate may still change what was typed."""
        return self in {ApplicationState.DRAFT, ApplicationState.RETURNED}


class ApplicationEvent(StrEnum):
    """What can happen to an application."""

    SUBMIT = "submit"
    RETURN = "return"
    APPROVE = "approve"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    LAPSE = "lapse"


_S, _E = ApplicationState, ApplicationEvent
TRANSITIONS: Final[Mapping[tuple[ApplicationState, ApplicationEvent], ApplicationState]] = {
    (_S.DRAFT, _E.SUBMIT): _S.SUBMITTED,
    (_S.DRAFT, _E.WITHDRAW): _S.WITHDRAWN,
    (_S.SUBMITTED, _E.APPROVE): _S.APPROVED,
    (_S.SUBMITTED, _E.RETURN): _S.RETURNED,
    (_S.SUBMITTED, _E.REFUSE): _S.REFUSED,
    (_S.SUBMITTED, _E.WITHDRAW): _S.WITHDRAWN,
    (_S.RETURNED, _E.SUBMIT): _S.SUBMITTED,
    (_S.RETURNED, _E.WITHDRAW): _S.WITHDRAWN,
    (_S.RETURNED, _E.LAPSE): _S.LAPSED,
    (_S.APPROVED, _E.WITHDRAW): _S.WITHDRAWN,
    (_S.APPROVED, _E.LAPSE): _S.LAPSED,
}
