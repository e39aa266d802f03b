"""Applications brought to where money comes in, and the ledger's own checks by plain sums."""

from datetime import datetime, timedelta

from django.db.models import Sum

from jinbang.application import actions as applications
from jinbang.application.models import Application
from jinbang.payment import actions
from jinbang.payment.models import LedgerLine, Order, PaymentEvent
from jinbang.payment.states import LedgerAccount, OrderState
from jinbang.people.queries import Candidate, Staff
from jinbang.sittings.models import Site
from tests.application.world import submitted
from tests.cast import NOW
from tests.replay import repeated

OWED_FEN = 13000
PAYMENT_CLOSES = datetime(2026, 4, 8, tzinfo=NOW.tzinfo)
LAST_SECOND = PAYMENT_CLOSES - timedelta(seconds=1)


def approved(by: Candidate, *, site: Site, reviewer: Staff) -> Application:
    """Submit an application and approve it."""

    def approve() -> Application:
        pk = submitted(by, site=site).pk
        return applications.approve_application(application_id=pk, version=1, by=reviewer, now=NOW)

    return repeated(("approved", by.account_id, site.pk, reviewer.account_id), approve)


def opened(by: Candidate, *, site: Site, reviewer: Staff) -> Order:
    """Bring an application to where it is to be paid for."""

    def open_one() -> Order:
        order = actions.open_order(approved(by, site=site, reviewer=reviewer).pk, now=NOW)
        assert order is not None
        return order

    return repeated(("opened", by.account_id, site.pk, reviewer.account_id), open_one)


def pay(order: Order, *, by: Staff, reference: str = "NO0001", fen: int = OWED_FEN, now: datetime = NOW) -> Order:
    return actions.take_counter_payment(
        order_number=order.number, reference=reference, amount_fen=fen, by=by, read_clock=lambda: now
    )


def require_books_in_order() -> None:
    """Check what must always hold, by sums of our own: entries add up, and each order's balance fits its state."""
    for entry in LedgerLine.objects.values("entry_id").annotate(rest=Sum("amount_fen")):
        assert entry["rest"] == 0, entry
    for order in Order.objects.all():
        paid = sum(PaymentEvent.objects.filter(order=order).values_list("amount_fen", flat=True))
        assert paid == (order.amount_fen if order.state == OrderState.PAID else 0), order.state
        assert balance(order, LedgerAccount.CASH_COUNTER) == paid
        owed = order.amount_fen if order.state == OrderState.OWED else 0
        assert balance(order, LedgerAccount.RECEIVABLE) == owed
        assert balance(order, LedgerAccount.FEE_INCOME) == -(paid + owed)


def balance(order: Order, account: LedgerAccount) -> int:
    lines = LedgerLine.objects.filter(order=order, account=account)
    return sum(lines.values_list("amount_fen", flat=True))
