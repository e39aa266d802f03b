"""The home page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jinbang.kernel import clock
from jinbang.people.audiences import kept_for_everybody, public_page
from jinbang.portal import queries


@public_page
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show open queries first, countdowns before them, then what can be applied for, what is under way, and notices."""
    now = clock.now()
    page = queries.home_page(now)
    shown = render(request, "portal/public/home.html", {"home": page, "now": now})
    return kept_for_everybody(request, shown, seconds=page.kept_seconds(now))
