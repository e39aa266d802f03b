"""Filters that name the words of people on screen."""

from django import template
from django.utils.functional import Promise

from jinbang.kernel.identity import Sex
from jinbang.people import labels

register = template.Library()


@register.filter
def document_kind(kind: str) -> Promise:
    """Name a kind of identity document."""
    return labels.document_kind_label(kind)


@register.filter
def role(code: str) -> Promise:
    """Name a role."""
    return labels.role_label(code)


@register.filter
def sex(code: str) -> Promise:
    """Name a sex."""
    return labels.SEXES[Sex(code)]
