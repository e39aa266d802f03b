"""Orders, their lines, payment events and the ledger. Personal data: none but the link to the application."""

from django.db import models

from jinbang.application.models import Application
from jinbang.kernel.ids import new_id
from jinbang.kernel.states import advance
from jinbang.payment.states import TRANSITIONS, LedgerAccount, OrderEvent, OrderState


class Order(models.Model):
    """What one application owes, in whole fen."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=32, unique=True)  # what people read out at a counter
    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="order")
    amount_fen = models.PositiveIntegerField()
    due_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    state = models.CharField(
        max_length=16, choices=[(state.value, state.value) for state in OrderState], default=OrderState.OWED.value
    )

    class Meta:
        """The database agrees with the states."""

        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in OrderState]), name="payment_order_state"
            ),
        )

    def __str__(self) -> str:
        """Name the order by its number."""
        return self.number

    def move(self, event: OrderEvent) -> None:
        """Go through the only door to `state`."""
        self.state = advance(TRANSITIONS, OrderState(self.state), event).value


class OrderLine(models.Model):
    """One subject's fee within an order."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="lines")
    subject_code = models.CharField(max_length=32)
    fee_fen = models.PositiveIntegerField()

    def __str__(self) -> str:
        """Name the subject."""
        return self.subject_code


class PaymentEvent(models.Model):
    """Something a gateway or a counter said about an order, kept as it came. The reference makes it idempotent."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="events")
    gateway = models.CharField(max_length=16)
    reference = models.CharField(max_length=64)  # receipt or transaction number at the gateway
    amount_fen = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        """One event of a gateway counts once."""

        constraints = (models.UniqueConstraint(fields=["gateway", "reference"], name="payment_event_once"),)

    def __str__(self) -> str:
        """Name gateway and reference."""
        return f"{self.gateway} {self.reference}"


class LedgerLine(models.Model):
    """One side of a double entry. Append-only; the lines of an entry add up to zero."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    entry_id = models.UUIDField(db_index=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="ledger_lines")
    account = models.CharField(max_length=16, choices=[(account.value, account.value) for account in LedgerAccount])
    amount_fen = models.IntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        """Name account and amount."""
        return f"{self.account} {self.amount_fen}"
