"""Fees, sums, numbers, the ledger's entries and the next step. No database."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinbang.application.states import ApplicationState
from jinbang.kernel.errors import InvariantBroken
from jinbang.payment import rules
from jinbang.payment.errors import AmountMismatch, OrderNumberMistyped, ReceiptMissing
from jinbang.payment.rules import FeeLine, NextStep, Posting
from jinbang.payment.states import LedgerAccount, OrderState
from jinbang.sittings.errors import FeeNotSet

FEES = {("level-2", "basics"): 6500, ("level-2", "practice"): 7000}
DAY = date(2026, 3, 10)


def test_what_is_owed_is_the_sum_of_the_subjects() -> None:
    lines = rules.fee_owed(level_code="level-2", subject_codes=("basics", "practice"), fees=FEES)
    assert lines == (FeeLine("basics", 6500), FeeLine("practice", 7000))
    assert rules.total(lines) == 13500


def test_a_subject_without_a_fee_is_refused_and_not_free() -> None:
    with pytest.raises(FeeNotSet):
        rules.fee_owed(level_code="level-1", subject_codes=("basics",), fees=FEES)


@pytest.mark.parametrize("given_fen", [6499, 6501, 0, -6500, 650000])
def test_refuses_any_other_sum_to_the_fen(given_fen: int) -> None:
    rules.require_amount(owed_fen=6500, given_fen=6500)
    with pytest.raises(AmountMismatch):
        rules.require_amount(owed_fen=6500, given_fen=given_fen)


@given(st.integers(min_value=0, max_value=10**9))
def test_every_entry_adds_up_to_zero(fen: int) -> None:
    for entry in (rules.entry_for_opening(fen), rules.entry_for_payment(fen), rules.entry_for_reversal(fen)):
        rules.require_balanced(entry)


@given(st.integers(min_value=1, max_value=10**9))
def test_after_paying_nothing_is_receivable_and_after_a_reversal_nothing_is_left(fen: int) -> None:
    def balance(entries: tuple[Posting, ...], account: LedgerAccount) -> int:
        return sum(posting.amount_fen for posting in entries if posting.account is account)

    paid = rules.entry_for_opening(fen) + rules.entry_for_payment(fen)
    assert balance(paid, LedgerAccount.RECEIVABLE) == 0
    assert balance(paid, LedgerAccount.CASH_COUNTER) == fen == -balance(paid, LedgerAccount.FEE_INCOME)
    reversed_ = rules.entry_for_opening(fen) + rules.entry_for_reversal(fen)
    assert {balance(reversed_, account) for account in LedgerAccount} == {0}


def test_an_entry_that_does_not_add_up_stops_everything() -> None:
    with pytest.raises(InvariantBroken):
        rules.require_balanced((Posting(LedgerAccount.CASH_COUNTER, 6500), Posting(LedgerAccount.RECEIVABLE, -6499)))


@given(st.integers(min_value=0, max_value=10**10 - 1), st.data())
def test_one_wrong_digit_of_an_order_number_is_noticed(serial: int, data: st.DataObject) -> None:
    number = rules.order_number(DAY, serial)
    assert rules.normalise_order_number(number) == number
    place = data.draw(st.integers(min_value=0, max_value=len(number) - 1))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != number[place]]))
    with pytest.raises(OrderNumberMistyped):
        rules.normalise_order_number(number[:place] + other + number[place + 1 :])


def test_an_order_number_may_be_typed_with_spaces_hyphens_and_full_width_digits() -> None:
    number = rules.order_number(DAY, 1234567890)
    wide = number.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
    for typed in (f" {number[:6]}-{number[6:12]} {number[12:]} ", wide):
        assert rules.normalise_order_number(typed) == number


@pytest.mark.parametrize("typed", ["", "123", "abc", "9" * 40])
def test_refuses_what_cannot_be_an_order_number(typed: str) -> None:
    with pytest.raises(OrderNumberMistyped):
        rules.normalise_order_number(typed)


def test_receipt_numbers_have_one_form() -> None:
    assert rules.normalise_receipt(" ｎｏ 0012 ") == "NO0012"
    for empty in ("", "  ", "x" * 65):
        with pytest.raises(ReceiptMissing):
            rules.normalise_receipt(empty)


@pytest.mark.parametrize(
    "application,order,step",
    [
        (ApplicationState.DRAFT, None, NextStep.FILL_IN),
        (ApplicationState.RETURNED, None, NextStep.CORRECT),
        (ApplicationState.SUBMITTED, None, NextStep.AWAIT_REVIEW),
        (ApplicationState.APPROVED, None, NextStep.AWAIT_ORDER),
        (ApplicationState.APPROVED, OrderState.OWED, NextStep.PAY),
        (ApplicationState.APPROVED, OrderState.PAID, NextStep.AWAIT_TICKET),
        (ApplicationState.REFUSED, None, NextStep.REFUSED),
        (ApplicationState.WITHDRAWN, OrderState.CANCELLED, NextStep.WITHDRAWN),
        (ApplicationState.LAPSED, OrderState.LAPSED, NextStep.LAPSED),
    ],
)
def test_the_one_next_step(application: ApplicationState, order: OrderState | None, step: NextStep) -> None:
    assert rules.next_step(application, order) is step


@pytest.mark.parametrize("application", ApplicationState)
@pytest.mark.parametrize("order", [None, *OrderState])
def test_there_is_always_a_next_step(application: ApplicationState, order: OrderState | None) -> None:
    assert isinstance(rules.next_step(application, order), NextStep)
