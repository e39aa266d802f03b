"""The words of the attendance phase in templates."""

from django import template

from jinbang.attendance import labels
from jinbang.attendance.states import Article, RecordState

register = template.Library()


@register.filter
def record_state(state: str) -> str:
    """Print what a record's state is called."""
    return str(labels.STATES[RecordState(state)])


@register.filter
def record_colour(state: str) -> str:
    """Print the class of a record's tag."""
    return f"govuk-tag--{labels.COLOURS[RecordState(state)]}"


@register.filter
def article(code: str) -> str:
    """Print an article and what it makes invalid."""
    return str(labels.ARTICLES[Article(code)])
