"""Registers the portal phase with Django and sets the clock of a demo world."""

from datetime import timedelta

from django.apps import AppConfig
from django.conf import settings

from jinbang.kernel.clock import shift_clock


class PortalConfig(AppConfig):
    """The portal phase."""

    name = "jinbang.portal"
    label = "portal"

    def ready(self) -> None:
        """Move the clock by what the demo asks: its world stays as old as it was when it was built."""
        shift_clock(timedelta(seconds=settings.JINBANG_CLOCK_SHIFT_SECONDS))
