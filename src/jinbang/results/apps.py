"""Registers the results phase with Django."""

from django.apps import AppConfig


class ResultsConfig(AppConfig):
    """The results phase."""

    name = "jinbang.results"
    label = "results"
