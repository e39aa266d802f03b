"""The life of a message, its kinds and its ways out. Holds no personal data.

A message is collected once for each step and person, and then sent, or only kept. Every message is kept in the inbox,
whatever became of its sending.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class MessageState(StrEnum):
    """Where the sending of a message stands."""

    WAITING = "waiting"
    SENDING = "sending"  # one worker has taken it and nobody else may; noted before the sender is called
    SENT = "sent"
    KEPT = "kept"  # in the inbox only: there is no address to send to, or nothing was to be sent
    FAILED = "failed"  # tried as often as is sensible

    @property
    def whose_turn(self) -> str:
        """Who has to do something next."""
        return "nobody" if self.is_final else "system"

    @property
    def is_final(self) -> bool:
        """Whether nothing leads out of here."""
        return self in {MessageState.SENT, MessageState.KEPT, MessageState.FAILED}


class MessageEvent(StrEnum):
    """What can happen to a message."""

    TAKE = "take"
    SEND = "send"
    PUT_BACK = "put_back"  # the sender failed, or the worker that had taken it died
    GIVE_UP = "give_up"
    KEEP = "keep"


_S, _E = MessageState, MessageEvent
TRANSITIONS: Final[Mapping[tuple[MessageState, MessageEvent], MessageState]] = {
    (_S.WAITING, _E.TAKE): _S.SENDING,
    (_S.WAITING, _E.KEEP): _S.KEPT,
    (_S.SENDING, _E.SEND): _S.SENT,
    (_S.SENDING, _E.PUT_BACK): _S.WAITING,
    (_S.SENDING, _E.GIVE_UP): _S.FAILED,
}


class Channel(StrEnum):
    """By which way a message leaves. All of them are kept in the inbox besides."""

    SMS = "sms"
    EMAIL = "email"
    INBOX = "inbox"


class MessageKind(StrEnum):
    """What a message is about: one kind for each step that a person has to hear of."""

    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    REFUSED = "refused"
    APPEALED = "appealed"
    APPEAL_UPHELD = "appeal_upheld"
    APPEAL_REOPENED = "appeal_reopened"
    REFUSAL_STANDS = "refusal_stands"
    WITHDRAWN = "withdrawn"
    LAPSED_UNCORRECTED = "lapsed_uncorrected"
    PLACE_FREED = "place_freed"
    NOT_SUBMITTED = "not_submitted"
    PHOTO_APPROVED = "photo_approved"
    PHOTO_REJECTED = "photo_rejected"
    COMMITMENT_QUESTIONED = "commitment_questioned"
    COMMITMENT_CHARGED = "commitment_charged"
    COMMITMENT_FALSE = "commitment_false"
    GROUP_ROW_TO_CONFIRM = "group_row_to_confirm"
    FEE_DUE = "fee_due"
    PAID = "paid"
    LAPSED_UNPAID = "lapsed_unpaid"
    TICKET_READY = "ticket_ready"
    TICKET_NUMBER = "ticket_number"
    VIOLATION_NOTED = "violation_noted"
    VIOLATION_NOTIFIED = "violation_notified"
    VIOLATION_FOUND = "violation_found"
    VIOLATION_SERVED = "violation_served"
    VIOLATION_DROPPED = "violation_dropped"
    VIOLATION_OVERTURNED = "violation_overturned"
    RESULTS_OPEN = "results_open"
    RESULTS_UPDATED = "results_updated"
