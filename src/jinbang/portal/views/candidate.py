"""The candidate's own first page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jinbang.kernel import clock
from jinbang.people.audiences import account_page
from jinbang.people.queries import Candidate
from jinbang.portal import queries


@require_safe
@account_page
def my_exams(request: HttpRequest, candidate: Candidate) -> HttpResponse:
    """Show everything the candidate has applied for: its state, whose turn it is, and the next step."""
    context = {
        "candidate": candidate,
        "exams": queries.exams_of(candidate, now=clock.now()),
        "violations": queries.violations_against(candidate),
    }
    return render(request, "portal/candidate/my_exams.html", context)
