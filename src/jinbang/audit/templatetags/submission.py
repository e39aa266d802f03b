"""The hidden field that makes a form take effect once. Every form that changes something carries it."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from jinbang.audit.submission import FIELD, new_submission_key

register = template.Library()


@register.simple_tag
def submission_key() -> SafeString:
    """Print a fresh key as a hidden field. `perform_once` reads it under the same name."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, new_submission_key())
