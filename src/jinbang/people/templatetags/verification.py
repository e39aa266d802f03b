"""How checks stand, in words."""

from django import template
from django.contrib.auth.models import AnonymousUser
from django.utils.functional import Promise

from jinbang.people.models import Account
from jinbang.people.verification import labels, queries
from jinbang.people.verification.queries import VerificationFacts
from jinbang.people.verification.states import Reason

register = template.Library()


@register.simple_tag
def real_name_of(user: Account | AnonymousUser) -> VerificationFacts | None:
    """Return how the check of one's own name stands. Three queries."""
    person_id = getattr(user, "person_id", None)
    return queries.find_real_name(person_id) if person_id is not None else None


@register.filter
def verification_kind(facts: VerificationFacts) -> Promise:
    """Name what is checked."""
    return labels.KINDS[facts.kind]


@register.filter
def verification_state(facts: VerificationFacts) -> Promise:
    """Name how it stands."""
    return labels.STATES[facts.state]


@register.filter
def verification_colour(facts: VerificationFacts) -> str:
    """Name the colour of its tag."""
    return labels.COLOURS[facts.state]


@register.filter
def verification_reason(facts: VerificationFacts) -> Promise | str:
    """Say why; nothing where the state says it all."""
    return "" if facts.reason in {Reason.NONE, Reason.NOT_COVERED} else labels.REASONS[facts.reason]


@register.filter
def verification_advice(facts: VerificationFacts) -> Promise:
    """Say what its owner can do."""
    return labels.WHAT_TO_DO[facts.state]
