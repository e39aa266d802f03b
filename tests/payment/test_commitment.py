"""Commitments and money: withdrawn before payment only, nothing paid for what went back, a fee kept for the void."""

from collections.abc import Iterator

import pytest

from jinbang.application import actions as applications
from jinbang.application.commitment import actions as commitments
from jinbang.application.commitment.errors import CommitmentPaid
from jinbang.application.commitment.models import Commitment
from jinbang.application.commitment.states import CommitmentState
from jinbang.application.errors import ApplicationIncomplete
from jinbang.application.models import Application
from jinbang.application.states import ApplicationState
from jinbang.audit.submission import new_submission_key
from jinbang.payment import actions
from jinbang.payment.actions import CounterReceipt
from jinbang.payment.commitments import withdraw_commitment_unpaid
from jinbang.payment.errors import ApplicationNotPayable
from jinbang.payment.models import Order
from jinbang.payment.states import OrderState
from tests.application.commitment.test_actions import second_reviewer, submitted_under_commitment
from tests.application.test_evidence_pages import give
from tests.application.world import LATER, World, submit
from tests.cast import NOW, Cast, client_of
from tests.payment.world import pay, require_books_in_order

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _books_in_order(db: None) -> Iterator[None]:
    """Check the books after every test of this module."""
    yield
    require_books_in_order()


@pytest.fixture
def order(cast: Cast, world: World) -> Order:
    application = submitted_under_commitment(cast, world)
    applications.approve_application(application_id=application.pk, version=1, by=cast.zhou.staff, now=NOW)
    order = actions.open_order(application.pk, now=NOW)
    assert order is not None
    return order


def test_once_paid_a_commitment_stands(cast: Cast, order: Order) -> None:
    pay(order, by=cast.gu.staff)
    with pytest.raises(CommitmentPaid):
        withdraw_commitment_unpaid(application_id=order.application_id, by=cast.lin.candidate, now=LATER)
    assert Commitment.objects.get().state == CommitmentState.SIGNED
    address = f"/applications/{order.application_id}/commitment/withdraw/"
    page = client_of(cast.lin).post(address, {"submission_key": new_submission_key(), "sure": "on"})
    assert page.status_code == 409
    assert "只能在缴费以前撤回" in page.text


def test_nobody_pays_for_what_went_back_until_it_is_approved_again(cast: Cast, order: Order) -> None:
    pk = order.application_id
    withdraw_commitment_unpaid(application_id=pk, by=cast.lin.candidate, now=LATER)
    with pytest.raises(ApplicationNotPayable):
        pay(order, by=cast.gu.staff)
    with pytest.raises(ApplicationNotPayable):
        actions.take_counter_payments([CounterReceipt(order.number, "NO7")], by=cast.gu.staff, read_clock=lambda: NOW)
    with pytest.raises(ApplicationIncomplete):
        submit(pk, by=cast.lin.candidate, now=LATER)  # without the commitment, papers are asked for
    give(Application.objects.get(pk=pk), by=cast.lin.candidate)
    submit(pk, by=cast.lin.candidate, now=LATER)
    applications.approve_application(application_id=pk, version=2, by=cast.zhou.staff, now=LATER)
    order.refresh_from_db()
    assert pay(Order.objects.get(pk=order.pk), by=cast.gu.staff).state == OrderState.PAID


@pytest.mark.parametrize("is_paid", [True, False])
def test_what_becomes_void_keeps_its_fee_and_owes_nothing_more(cast: Cast, order: Order, *, is_paid: bool) -> None:
    if is_paid:
        pay(order, by=cast.gu.staff)
    second = second_reviewer(cast)
    commitment = commitments.question_commitment(commitment_id=Commitment.objects.get().pk, by=cast.zhou.staff, now=NOW)
    check = commitments.charge_commitment(
        check_id=commitment.checks.get().pk, charge="查无此证", by=cast.zhou.staff, now=NOW
    )
    assert check.defence_until is not None
    commitments.find_commitment_false(check_id=check.pk, document_number="1号", by=second, now=check.defence_until)
    assert Application.objects.get().state == ApplicationState.VOIDED
    assert actions.cancel_void_orders(now=check.defence_until) == (0 if is_paid else 1)
    assert actions.cancel_void_orders(now=check.defence_until) == 0
    order.refresh_from_db()
    assert order.state == (OrderState.PAID if is_paid else OrderState.CANCELLED)
