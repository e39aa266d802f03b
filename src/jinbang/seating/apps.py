"""Registers the seating phase with Django."""

from django.apps import AppConfig


class SeatingConfig(AppConfig):
    """The seating phase."""

    name = "jinbang.seating"
    label = "seating"
