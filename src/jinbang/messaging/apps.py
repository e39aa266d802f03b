"""Registers the messaging phase with Django."""

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    """The messaging phase."""

    name = "jinbang.messaging"
    label = "messaging"
