"""What is owed, what a payment must be, how an entry of the ledger looks, and what a candidate does next. Pure.

Money is whole fen. Every entry's lines add up to zero; `require_balanced` turns anything else into a fault.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, assert_never

from jinbang.application.states import ApplicationState
from jinbang.kernel.errors import InvariantBroken
from jinbang.payment.errors import AmountMismatch, OrderNumberMistyped, ReceiptMissing
from jinbang.payment.states import LedgerAccount, OrderState
from jinbang.sittings.errors import FeeNotSet

SERIAL_DIGITS: Final = 10
_NUMBER_LENGTH: Final = 6 + SERIAL_DIGITS + 1
RECEIPT_LENGTH_MAX: Final = 64
_NINE: Final = 9


@dataclass(frozen=True)
class FeeLine:
    """What one subject costs."""

    subject_code: str
    fee_fen: int


@dataclass(frozen=True)
class Posting:
    """One side of an entry."""

    account: LedgerAccount
    amount_fen: int


def fee_owed(
    *, level_code: str, subject_codes: Iterable[str], fees: Mapping[tuple[str, str], int]
) -> tuple[FeeLine, ...]:
    """Return what an application owes by subject. Refuses a subject without a fee: nothing is free by chance."""
    lines: list[FeeLine] = []
    for code in subject_codes:
        fee = fees.get((level_code, code))
        if fee is None:
            raise FeeNotSet(level=level_code, subject=code)
        lines.append(FeeLine(code, fee))
    return tuple(lines)


def total(lines: Iterable[FeeLine]) -> int:
    """Return the sum of the fees, in fen."""
    return sum(line.fee_fen for line in lines)


def require_amount(*, owed_fen: int, given_fen: int) -> None:
    """Refuse any sum but the one owed, to the fen."""
    if owed_fen != given_fen:
        raise AmountMismatch(owed_fen=owed_fen, given_fen=given_fen)


def normalise_receipt(raw: str) -> str:
    """Return a receipt's number in one written form. Refuses an empty one."""
    text = "".join(unicodedata.normalize("NFKC", raw).split()).upper()
    if not text or len(text) > RECEIPT_LENGTH_MAX:
        raise ReceiptMissing
    return text


# ---------------------------------------------------------------- the ledger


def entry_for_opening(amount_fen: int) -> tuple[Posting, ...]:
    """Return the entry of an order opened: the candidate owes, and the fee is earned against it."""
    return (Posting(LedgerAccount.RECEIVABLE, amount_fen), Posting(LedgerAccount.FEE_INCOME, -amount_fen))


def entry_for_payment(amount_fen: int) -> tuple[Posting, ...]:
    """Return the entry of money that came in at a counter: it stands against what was owed."""
    return (Posting(LedgerAccount.CASH_COUNTER, amount_fen), Posting(LedgerAccount.RECEIVABLE, -amount_fen))


def entry_for_reversal(amount_fen: int) -> tuple[Posting, ...]:
    """Return the entry of an order lapsed or cancelled unpaid: nothing is owed and nothing was earned."""
    return (Posting(LedgerAccount.FEE_INCOME, amount_fen), Posting(LedgerAccount.RECEIVABLE, -amount_fen))


def require_balanced(postings: Iterable[Posting]) -> None:
    """Stop everything when the lines of an entry do not add up to zero."""
    rest = sum(posting.amount_fen for posting in postings)
    if rest != 0:
        message = f"an entry of the ledger is {rest} fen off"
        raise InvariantBroken(message)


# ---------------------------------------------------------------- order numbers


def order_number(day: date, serial: int) -> str:
    """Return year, month, day, ten digits and a check digit, so that one mistyped digit is noticed at the counter."""
    body = f"{day:%y%m%d}{serial:0{SERIAL_DIGITS}d}"
    return body + _check_digit(body)


def normalise_order_number(raw: str) -> str:
    """Return a number as stored: full-width digits, spaces and hyphens do not count. Refuses a mistyped one."""
    number = "".join(character for character in unicodedata.normalize("NFKC", raw) if character.isalnum())
    if not looks_like_order_number(number) or _check_digit(number[:-1]) != number[-1]:
        raise OrderNumberMistyped(number=number[:_NUMBER_LENGTH])
    return number


def looks_like_order_number(text: str) -> bool:
    """Whether a text has the shape of an order number, right or wrong."""
    return len(text) == _NUMBER_LENGTH and text.isascii() and text.isdecimal()


def _check_digit(body: str) -> str:
    """Luhn's digit: notices every single wrong digit and nearly every exchange of neighbours."""
    doubled = (int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    folded = sum(value - _NINE if value > _NINE else value for value in doubled)
    return str(-folded % 10)


# ---------------------------------------------------------------- what a candidate does next


class NextStep(StrEnum):
    """The one next thing in a candidate's season, up to the ticket."""

    FILL_IN = "fill_in"
    CORRECT = "correct"
    AWAIT_REVIEW = "await_review"
    AWAIT_ORDER = "await_order"
    PAY = "pay"
    AWAIT_TICKET = "await_ticket"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    VOIDED = "voided"


_STEPS_BEFORE_MONEY: Final[Mapping[ApplicationState, NextStep]] = {
    ApplicationState.DRAFT: NextStep.FILL_IN,
    ApplicationState.RETURNED: NextStep.CORRECT,
    ApplicationState.SUBMITTED: NextStep.AWAIT_REVIEW,
    ApplicationState.REFUSAL_PROPOSED: NextStep.AWAIT_REVIEW,
    ApplicationState.SAMPLED: NextStep.AWAIT_REVIEW,
    ApplicationState.REFUSED: NextStep.REFUSED,
    ApplicationState.APPEALED: NextStep.AWAIT_REVIEW,
    ApplicationState.REFUSED_FINALLY: NextStep.REFUSED,
    ApplicationState.WITHDRAWN: NextStep.WITHDRAWN,
    ApplicationState.LAPSED: NextStep.LAPSED,
    ApplicationState.VOIDED: NextStep.VOIDED,
}


def next_step(application: ApplicationState, order: OrderState | None) -> NextStep:
    """Return what comes next for an application and the order that belongs to it, if it has one yet."""
    if application is ApplicationState.APPROVED:
        return _step_after_approval(order)
    return _STEPS_BEFORE_MONEY[application]


def _step_after_approval(order: OrderState | None) -> NextStep:
    match order:
        case None:
            return NextStep.AWAIT_ORDER
        case OrderState.OWED:
            return NextStep.PAY
        case OrderState.PAID:
            return NextStep.AWAIT_TICKET
        case OrderState.LAPSED:
            return NextStep.LAPSED
        case OrderState.CANCELLED:
            return NextStep.WITHDRAWN
        case _:
            assert_never(order)
