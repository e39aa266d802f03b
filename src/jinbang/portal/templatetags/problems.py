"""The sentence of a refusal in a template: `{{ refusal|sentence }}`."""

from django import template

from jinbang.kernel.errors import DomainError
from jinbang.portal.problems import sentence_of, title_of

register = template.Library()


@register.filter
def sentence(refusal: DomainError) -> str:
    """Print what a refusal tells the person to do."""
    return sentence_of(refusal)


@register.filter
def problem_title(refusal: DomainError) -> str:
    """Print a refusal's few words, for the heading of a summary."""
    return title_of(refusal)
