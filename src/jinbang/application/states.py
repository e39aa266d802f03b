"""The life of an application (报名), from the first page to a decision that stands, and of the photo in it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, assert_never


class ApplicationState(StrEnum):
    """Where an application stands. Whether it is paid is its order's state, not this one's."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    REFUSAL_PROPOSED = "refusal_proposed"  # one reviewer would refuse; another has to confirm it
    SAMPLED = "sampled"  # approved by the first tier, drawn for the second one to look at
    RETURNED = "returned"
    APPROVED = "approved"
    REFUSED = "refused"  # can still be appealed against, and holds its place until then
    APPEALED = "appealed"  # waits for a third reviewer
    REFUSED_FINALLY = "refused_finally"  # upheld, or not appealed against in time
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"  # approved but unpaid at the deadline, which counts as given up
    VOIDED = "voided"  # rested on a commitment found false before the examination; the fee is kept

    @property
    def whose_turn(self) -> str:
        """Who has to do something next."""
        match self:
            case ApplicationState.DRAFT | ApplicationState.RETURNED | ApplicationState.REFUSED:
                return "candidate"
            case (
                ApplicationState.SUBMITTED
                | ApplicationState.REFUSAL_PROPOSED
                | ApplicationState.SAMPLED
                | ApplicationState.APPEALED
            ):
                return "reviewer"
            case ApplicationState.APPROVED:
                return "system"
            case (
                ApplicationState.REFUSED_FINALLY
                | ApplicationState.WITHDRAWN
                | ApplicationState.LAPSED
                | ApplicationState.VOIDED
            ):
                return "nobody"
            case _:
                assert_never(self)

    @property
    def is_final(self) -> bool:
        """Whether nothing leads out of here."""
        return self.whose_turn == "nobody"

    @property
    def is_editable(self) -> bool:
        """Whether the candidate may still change what was typed."""
        return self in {ApplicationState.DRAFT, ApplicationState.RETURNED}

    @property
    def is_on_the_desk(self) -> bool:
        """Whether a reviewer has to do something next."""
        return self.whose_turn == "reviewer"

    @property
    def can_be_withdrawn(self) -> bool:
        """Whether the candidate may take it back; a refusal that can be appealed against cannot be walked away from."""
        return (self, ApplicationEvent.WITHDRAW) in TRANSITIONS

    @property
    def can_be_appealed(self) -> bool:
        """Whether an appeal leads out of here; until when, the application knows."""
        return (self, ApplicationEvent.APPEAL) in TRANSITIONS

    @property
    def shows_reason(self) -> bool:
        """Whether the reason kept with the application is the candidate's to read; a mere proposal's is not."""
        match self:
            case (
                ApplicationState.RETURNED
                | ApplicationState.REFUSED
                | ApplicationState.APPEALED
                | ApplicationState.REFUSED_FINALLY
                | ApplicationState.VOIDED
            ):
                return True
            case (
                ApplicationState.DRAFT
                | ApplicationState.SUBMITTED
                | ApplicationState.REFUSAL_PROPOSED
                | ApplicationState.SAMPLED
                | ApplicationState.APPROVED
                | ApplicationState.WITHDRAWN
                | ApplicationState.LAPSED
            ):
                return False
            case _:
                assert_never(self)


class ApplicationEvent(StrEnum):
    """What can happen to an application."""

    SUBMIT = "submit"
    RETURN = "return"
    APPROVE = "approve"
    SAMPLE = "sample"  # approved by the first tier and drawn
    PROPOSE_REFUSAL = "propose_refusal"
    REFUSE = "refuse"  # the second reviewer confirms
    SEND_BACK = "send_back"  # the second reviewer, or the second tier, does not agree
    APPEAL = "appeal"
    REOPEN = "reopen"  # the appeal was right: review begins anew
    UPHOLD = "uphold"  # the appeal was not
    STAND = "stand"  # nobody appealed in time
    WITHDRAW = "withdraw"
    LAPSE = "lapse"
    ASK_EVIDENCE = "ask_evidence"  # the candidate withdrew the commitment that it rested on
    VOID = "void"


_S, _E = ApplicationState, ApplicationEvent
TRANSITIONS: Final[Mapping[tuple[ApplicationState, ApplicationEvent], ApplicationState]] = {
    (_S.DRAFT, _E.SUBMIT): _S.SUBMITTED,
    (_S.DRAFT, _E.WITHDRAW): _S.WITHDRAWN,
    (_S.SUBMITTED, _E.APPROVE): _S.APPROVED,
    (_S.SUBMITTED, _E.SAMPLE): _S.SAMPLED,
    (_S.SUBMITTED, _E.RETURN): _S.RETURNED,
    (_S.SUBMITTED, _E.PROPOSE_REFUSAL): _S.REFUSAL_PROPOSED,
    (_S.SUBMITTED, _E.WITHDRAW): _S.WITHDRAWN,
    (_S.REFUSAL_PROPOSED, _E.REFUSE): _S.REFUSED,
    (_S.REFUSAL_PROPOSED, _E.SEND_BACK): _S.SUBMITTED,
    (_S.REFUSAL_PROPOSED, _E.WITHDRAW): _S.WITHDRAWN,
    (_S.SAMPLED, _E.APPROVE): _S.APPROVED,
    (_S.SAMPLED, _E.SEND_BACK): _S.SUBMITTED,
    (_S.SAMPLED, _E.WITHDRAW): _S.WITHDRAWN,
    (_S.RETURNED, _E.SUBMIT): _S.SUBMITTED,
    (_S.RETURNED, _E.WITHDRAW): _S.WITHDRAWN,
    (_S.RETURNED, _E.LAPSE): _S.LAPSED,
    (_S.APPROVED, _E.WITHDRAW): _S.WITHDRAWN,
    (_S.APPROVED, _E.LAPSE): _S.LAPSED,
    (_S.REFUSED, _E.APPEAL): _S.APPEALED,
    (_S.REFUSED, _E.STAND): _S.REFUSED_FINALLY,
    (_S.APPEALED, _E.REOPEN): _S.SUBMITTED,
    (_S.APPEALED, _E.UPHOLD): _S.REFUSED_FINALLY,
    **{(state, _E.ASK_EVIDENCE): _S.RETURNED for state in (_S.SUBMITTED, _S.REFUSAL_PROPOSED, _S.SAMPLED, _S.APPROVED)},
    # A commitment found false before the examination makes the application void whatever the desk has said meanwhile
    # (《告知承诺制办事说明》: 考试报名无效): an appeal could turn a mere refusal round and bring it back to life.
    **{
        (state, _E.VOID): _S.VOIDED
        for state in (
            _S.SUBMITTED,
            _S.RETURNED,
            _S.REFUSAL_PROPOSED,
            _S.SAMPLED,
            _S.APPROVED,
            _S.REFUSED,
            _S.APPEALED,
        )
    },
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
