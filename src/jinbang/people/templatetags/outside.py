"""The outside identities that are set here, for buttons."""

from django import template

from jinbang.people.outside import queries
from jinbang.people.outside.queries import Door

register = template.Library()


@register.simple_tag
def outside_doors() -> tuple[Door, ...]:
    """Return them, in the order in which their buttons stand. No query."""
    return queries.doors()
