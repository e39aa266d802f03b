"""The life of an order: what one approved application owes."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class OrderState(StrEnum):
    """Where an order stands."""

    OWED = "owed"
    PAID = "paid"
    LAPSED = "lapsed"  # unpaid at the deadline
    CANCELLED = "cancelled"  # the application was withdrawn before paying

    @property
    def whose_turn(self) -> str:
        """Who has to do something next."""
        return "candidate" if self is OrderState.OWED else "nobody"

    @property
    def is_final(self) -> bool:
        """Whether nothing leads out of here."""
        return self is not OrderState.OWED


class OrderEvent(StrEnum):
    """What can happen to an order."""

    PAY = "pay"
    LAPSE = "lapse"
    CANCEL = "cancel"


TRANSITIONS: Final[Mapping[tuple[OrderState, OrderEvent], OrderState]] = {
    (OrderState.OWED, OrderEvent.PAY): OrderState.PAID,
    (OrderState.OWED, OrderEvent.LAPSE): OrderState.LAPSED,
    (OrderState.OWED, OrderEvent.CANCEL): OrderState.CANCELLED,
}


class LedgerAccount(StrEnum):
    """The accounts of the double-entry ledger. Amounts are whole fen; each entry's lines add up to zero."""

    RECEIVABLE = "receivable"  # what candidates owe
    FEE_INCOME = "fee_income"  # examination fees, paid over to the treasury
    CASH_COUNTER = "cash_counter"  # taken at a counter
