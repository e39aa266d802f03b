"""Registers the payment phase with Django."""

from django.apps import AppConfig


class PaymentConfig(AppConfig):
    """The payment phase."""

    name = "jinbang.payment"
    label = "payment"
