"""Withdrawing an informed commitment, which only payment can judge: it is possible before the fee is paid. A write."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from jinbang.application.commitment.actions import withdraw_commitment
from jinbang.application.commitment.errors import CommitmentPaid
from jinbang.application.commitment.models import Commitment
from jinbang.application.queries import get_own_application
from jinbang.payment.models import Order
from jinbang.payment.states import OrderState
from jinbang.people.queries import Candidate


@transaction.atomic
def withdraw_commitment_unpaid(*, application_id: UUID, by: Candidate, now: datetime) -> Commitment:
    """Withdraw one's informed commitment before payment. What is owed stays owed, and is paid after a new approval.

    The order is locked before the application, as everywhere, so that paying and withdrawing never both happen.
    """
    application = get_own_application(application_id, by=by)
    order = Order.objects.filter(application=application).select_for_update().first()
    if order is not None and order.state == OrderState.PAID:
        raise CommitmentPaid(number=order.number)
    return withdraw_commitment(application_id=application_id, by=by, now=now)
