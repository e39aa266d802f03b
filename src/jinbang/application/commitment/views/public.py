"""The lots of a sitting for everybody: the hash of each seed beforehand, the seed itself afterwards."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jinbang.application.commitment import queries
from jinbang.people.audiences import public_page
from jinbang.sittings.queries import get_shown_sitting


@require_safe
@public_page
def samples(request: HttpRequest, sitting_code: str) -> HttpResponse:
    """Show each region's lot. A seed is shown once it has been drawn with, and not before."""
    sitting = get_shown_sitting(sitting_code)
    return render(
        request, "application/public/commitment_samples.html", {"sitting": sitting, "lots": queries.samples_of(sitting)}
    )
