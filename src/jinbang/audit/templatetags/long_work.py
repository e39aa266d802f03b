"""The words of long work in templates."""

from django import template

from jinbang.audit import labels
from jinbang.audit.models import LongWork
from jinbang.audit.states import WorkState
from jinbang.kernel.errors import DomainError

register = template.Library()


@register.filter
def work_state(work: LongWork) -> str:
    """Print where it stands."""
    return str(labels.STATES[WorkState(work.state)])


@register.filter
def work_colour(work: LongWork) -> str:
    """Print the class of its tag."""
    return f"govuk-tag--{labels.COLOURS[WorkState(work.state)]}"


@register.filter
def work_next(work: LongWork) -> str:
    """Print whose turn it is and what happens next."""
    return str(labels.WHAT_HAPPENS_NEXT[WorkState(work.state)])


@register.filter
def work_is_under_way(work: LongWork | None) -> bool:
    """Whether the page should look again."""
    return work is not None and not WorkState(work.state).is_final


@register.filter
def work_refusal(work: LongWork) -> DomainError | None:
    """Return what an action said, for `_refusal.html`; None where none did."""
    return work.refusal
