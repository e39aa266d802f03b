"""Until when a draft is kept, for the page on which it is filled in."""

from datetime import datetime

from django import template

from jinbang.application.models import Application
from jinbang.application.retention import queries

register = template.Library()


@register.simple_tag
def draft_kept_until(application: Application) -> datetime | None:
    """Return until when a draft is kept if it is not submitted. One query."""
    return queries.draft_kept_until(application)
