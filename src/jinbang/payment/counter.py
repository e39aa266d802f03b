"""From an application that was just approved on site to what it owes. A write: the order is opened on the way."""

from datetime import datetime
from uuid import UUID

from jinbang.application.queries import applications_in_scope
from jinbang.payment.actions import open_order
from jinbang.payment.errors import OrderNotFound
from jinbang.payment.models import Order
from jinbang.people.queries import Staff
from jinbang.people.states import Role


def get_order_at_counter(application_id: UUID, *, by: Staff, now: datetime) -> Order:
    """Return the order of one application in a bursar's scope. Refuses where nothing is owed (yet)."""
    application = applications_in_scope(by, Role.BURSAR).filter(pk=application_id).first()
    order = open_order(application.pk, now=now) if application is not None else None
    if order is None:
        raise OrderNotFound
    return order
