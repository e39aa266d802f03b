"""Registers the audit phase with Django."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The audit phase."""

    name = "jinbang.audit"
    label = "audit"
