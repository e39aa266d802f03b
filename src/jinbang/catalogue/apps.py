"""Registers the catalogue phase with Django."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """The catalogue phase."""

    name = "jinbang.catalogue"
    label = "catalogue"
