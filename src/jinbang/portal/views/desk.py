"""The desk's first page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jinbang.people.audiences import desk_page
from jinbang.people.queries import Staff
from jinbang.portal import queries


@require_safe
@desk_page()
def dashboard(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Show what waits for the roles of whoever has come."""
    return render(request, "portal/desk/dashboard.html", {"staff": staff, "queues": queries.queues_of(staff)})
