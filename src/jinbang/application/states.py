"""The life of an application (报名), from the first page to a decision that stands, and of the photo in it."""

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


class PhotoState(StrEnum):
    """Where one version of a photo stands. Its bytes never change; a change of photo is another version."""

    TRIED = "tried"  # uploaded, and not yet accepted by the person it shows
    PROPOSED = "proposed"  # to take the place of an approved one: waits for a second person
    CURRENT = "current"  # the photo: on the ticket, the room sheets, the certificate
    REPLACED = "replaced"
    REJECTED = "rejected"

    @property
    def whose_turn(self) -> str:
        """Who has to do something next."""
        match self:
            case PhotoState.TRIED:
                return "candidate"
            case PhotoState.PROPOSED:
                return "reviewer"
            case PhotoState.CURRENT | PhotoState.REPLACED | PhotoState.REJECTED:
                return "nobody"
            case _:
                assert_never(self)

    @property
    def is_final(self) -> bool:
        """Whether nothing leads out of here."""
        return self in {PhotoState.REPLACED, PhotoState.REJECTED}


class PhotoEvent(StrEnum):
    """What can happen to one version of a photo."""

    ACCEPT = "accept"
    PROPOSE = "propose"
    APPROVE = "approve"
    REJECT = "reject"
    REPLACE = "replace"


PHOTO_TRANSITIONS: Final[Mapping[tuple[PhotoState, PhotoEvent], PhotoState]] = {
    (PhotoState.TRIED, PhotoEvent.ACCEPT): PhotoState.CURRENT,
    (PhotoState.TRIED, PhotoEvent.PROPOSE): PhotoState.PROPOSED,
    (PhotoState.PROPOSED, PhotoEvent.APPROVE): PhotoState.CURRENT,
    (PhotoState.PROPOSED, PhotoEvent.REJECT): PhotoState.REJECTED,
    (PhotoState.PROPOSED, PhotoEvent.REPLACE): PhotoState.REPLACED,
    (PhotoState.CURRENT, PhotoEvent.REPLACE): PhotoState.REPLACED,
}
