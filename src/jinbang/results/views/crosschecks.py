"""The desk's page of cross-checks: marks against room records, full marks, and last year."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from jinbang.people.audiences import desk_page
from jinbang.people.queries import Staff
from jinbang.people.states import Role
from jinbang.results import queries
from jinbang.results.screens.crosschecks import cross_check_screen

CHECKING_ROLES = (Role.MARKS_CLERK, Role.MARKS_VERIFIER, Role.RELEASE_OFFICER)


@require_GET
@desk_page(*CHECKING_ROLES)
def cross_checks(request: HttpRequest, staff: Staff, region_id: UUID) -> HttpResponse:
    """Show where marks and records disagree, and how marks are spread beside last year's."""
    found = queries.get_region(region_id, by=staff, roles=CHECKING_ROLES)
    context = {"region": found, "screen": cross_check_screen(found)}
    return render(request, "results/desk/cross_checks.html", context)
