"""Registers the recheck phase with Django."""

from django.apps import AppConfig


class RecheckConfig(AppConfig):
    """The recheck phase."""

    name = "jinbang.recheck"
    label = "recheck"
