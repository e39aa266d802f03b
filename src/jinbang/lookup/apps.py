"""Registers the lookup phase with Django."""

from django.apps import AppConfig


class LookupConfig(AppConfig):
    """The lookup phase."""

    name = "jinbang.lookup"
    label = "lookup"
