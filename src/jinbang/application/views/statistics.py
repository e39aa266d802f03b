"""How the review desk fares: what waits, what is late, how long decisions take, and why cases go back."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jinbang.application import workload
from jinbang.kernel import clock
from jinbang.people.audiences import desk_page
from jinbang.people.queries import Staff
from jinbang.people.states import Role

DAYS: Final = (7, 30, 90)


@require_safe
@desk_page(Role.REVIEWER, Role.AUDITOR)
def statistics(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Show the figures of the last days, each chart with its table."""
    asked = request.GET.get("days", "")
    days = int(asked) if asked in {str(one) for one in DAYS} else DAYS[1]
    figures = workload.figures_of(staff, days=days, now=clock.now())
    context = {"figures": figures, "days": days, "choices": DAYS, "has_queue": Role.REVIEWER in staff.roles}
    return render(request, "application/desk/statistics.html", context)
