"""Registers the application phase with Django."""

from django.apps import AppConfig


class ApplicationConfig(AppConfig):
    """The application phase."""

    name = "jinbang.application"
    label = "application"
