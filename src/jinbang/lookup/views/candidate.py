"""A result by account: whoever has signed in types nothing, and is answered from the sealed snapshot like everybody."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from jinbang.lookup import adapters, queries
from jinbang.people.audiences import candidate_page
from jinbang.people.queries import Candidate


@require_safe
@candidate_page
def own_result(request: HttpRequest, candidate: Candidate, release: str) -> HttpResponse:
    """Show the candidate's own result of a release, or the countdown with the form filled in."""
    return adapters.own_answer(request, release, queries.own_inputs(release, by=candidate))


@require_safe
@candidate_page
def own_picture(request: HttpRequest, candidate: Candidate, release: str) -> HttpResponse:
    """Show the same as a picture to keep, made where the candidate is known: no node of the lookup is asked."""
    return adapters.own_answer(request, release, queries.own_inputs(release, by=candidate), as_picture=True)
