"""Registers the sittings phase with Django."""

from django.apps import AppConfig


class SittingsConfig(AppConfig):
    """The sittings phase."""

    name = "jinbang.sittings"
    label = "sittings"
