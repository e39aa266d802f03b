"""Registers the attendance phase with Django."""

from django.apps import AppConfig


class AttendanceConfig(AppConfig):
    """The attendance phase."""

    name = "jinbang.attendance"
    label = "attendance"
