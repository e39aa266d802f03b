"""A payment whose process is killed at any instant of the request: it happened or it did not, and again is once.

The child is a real process and the kill is SIGKILL. It does what the counter's page does with a form: `perform_once`
around the action. The twin keeps the record of the form out of the transaction of its effect.
"""

from collections.abc import Iterator
from uuid import UUID

import pytest
from django.db import transaction

from jinbang.application.models import Application
from jinbang.audit.models import IdempotencyKey
from jinbang.audit.submission import new_submission_key, perform_once
from jinbang.kernel.clock import frozen_at
from jinbang.payment import actions
from jinbang.payment.models import LedgerLine, Order, PaymentEvent
from jinbang.payment.states import OrderState
from jinbang.people.models import Account
from jinbang.people.queries import get_staff
from tests.application.world import World
from tests.cast import NOW, Cast
from tests.mortal import Mortal
from tests.payment.world import OWED_FEN, opened, require_books_in_order
from tests.tiers import Measure, Tier

pytestmark = pytest.mark.django_db(transaction=True)
TASK = "tests.payment.test_kills.enter_receipt"


def enter_receipt(*, order: str, bursar: str, key: str, reference: str) -> str:
    """Enter a receipt as the counter's page does."""
    with frozen_at(NOW):
        by = get_staff(Account.objects.get(pk=UUID(bursar)), today=NOW.date())

        def act() -> str:
            actions.take_counter_payment(
                order_number=order, reference=reference, amount_fen=OWED_FEN, by=by, read_clock=lambda: NOW
            )
            return f"/desk/orders/{order}/"

        body = {"reference": reference}
        return perform_once(key=key, account_id=by.account_id, action="payment", body=body, act=act)


@pytest.fixture
def mortal() -> Iterator[Mortal]:
    with Mortal(TASK) as one:
        yield one


@pytest.fixture
def order(cast: Cast, world: World) -> Order:
    return opened(cast.lin.candidate, site=world.first, reviewer=cast.zhou.staff)


def owed_again(order: Order) -> None:
    """Put the round aside: nothing has come in for the order, and no form is remembered."""
    PaymentEvent.objects.all().delete()
    IdempotencyKey.objects.all().delete()
    first = LedgerLine.objects.order_by("id").values_list("entry_id", flat=True)[0]
    LedgerLine.objects.exclude(entry_id=first).delete()
    Order.objects.filter(pk=order.pk).update(state=OrderState.OWED, paid_at=None)


def test_killed_at_any_instant_a_payment_is_whole_or_not_there_and_the_same_form_again_pays_once(
    order: Order, cast: Cast, *, mortal: Mortal, tier: Tier
) -> None:
    task = {"order": order.number, "bursar": str(cast.gu.account.pk), "reference": "NO0001"}
    for _ in range(3):
        owed_again(order)
        mortal.live({**task, "key": new_submission_key()})
    killed, found = 0, set()
    for _ in range(tier[Measure.APP_KILLS]):
        owed_again(order)
        key = new_submission_key()
        killed += mortal.live({**task, "key": key}, kill_after=tier.random.uniform(0, mortal.lifetime))
        require_books_in_order()
        done = PaymentEvent.objects.count()
        assert IdempotencyKey.objects.filter(key=key).count() == done == Order.objects.filter(state="paid").count()
        found.add(done)
        assert enter_receipt(key=key, **task) == enter_receipt(key=key, **task) == f"/desk/orders/{order.number}/"
        require_books_in_order()
        assert PaymentEvent.objects.count() == IdempotencyKey.objects.count() == 1
        assert Application.objects.get().state == "approved"
    assert killed > tier[Measure.APP_KILLS] // 5, "hardly anything died: the lifetime was measured wrongly"
    assert 0 in found, "no kill came before the end: nothing was tried"


def test_a_form_remembered_in_a_transaction_of_its_own_is_lost_by_a_death_between_the_two(order: Order) -> None:
    """The twin: the record commits, the process dies, and the same form again is told that all is done."""
    key, account = new_submission_key(), order.pk

    def remember() -> str:
        return perform_once(key=key, account_id=account, action="payment", body={}, act=lambda: "/paid/")

    with transaction.atomic():
        remember()
    # Here the process dies, before the payment; the person sends the form again.
    assert remember() == "/paid/"
    assert PaymentEvent.objects.count() == 0
