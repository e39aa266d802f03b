"""The candidate's own page of results over the years. `lookup` answers on release day; this page needs an account."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jinbang.kernel import clock
from jinbang.people.audiences import candidate_page
from jinbang.people.queries import Candidate
from jinbang.results.screens.record import record_screen


@require_safe
@candidate_page
def record(request: HttpRequest, candidate: Candidate) -> HttpResponse:
    """Show what was passed when, what counts until when, and what would complete it, of everything that is out."""
    context = {"programmes": record_screen(candidate, today=clock.today())}
    return render(request, "results/candidate/record.html", context)
