"""The words of the seating phase in templates."""

from datetime import datetime

from django import template

from jinbang.seating import labels, numbers
from jinbang.seating.arrangement import TailPolicy
from jinbang.seating.states import PlanState

register = template.Library()


@register.filter
def plan_state(state: str) -> str:
    """Print what a plan's state is called."""
    return str(labels.STATES[PlanState(state)])


@register.filter
def plan_colour(state: str) -> str:
    """Print the class of a plan's tag."""
    return f"govuk-tag--{labels.COLOURS[PlanState(state)]}"


@register.filter
def plan_next(state: str) -> str:
    """Print what happens next with a plan."""
    return str(labels.WHAT_HAPPENS_NEXT[PlanState(state)])


@register.filter
def tail_policy(policy: str) -> str:
    """Print what a tail policy is called."""
    return str(labels.TAIL_POLICIES[TailPolicy(policy)])


@register.filter
def room_name(number: int) -> str:
    """Print a room's name: 第012考场."""
    return labels.room_label(number)


@register.filter
def seat_number(number: int) -> str:
    """Print a seat's number: 07."""
    return labels.seat_label(number)


@register.filter
def grouped(number: str) -> str:
    """Print a ticket number in groups."""
    return numbers.grouped(number)


@register.filter
def day(instant: datetime) -> str:
    """Print the day of a session with its weekday."""
    return labels.day_label(instant)


@register.filter
def until(starts: datetime, ends: datetime) -> str:
    """Print the hours of a session: 09:00–11:30."""
    return labels.time_label(starts, ends)
