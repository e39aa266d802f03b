"""The sample of the second tier, for everybody: the hash of the seed beforehand, the seed and the draw afterwards."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jinbang.application import agreed
from jinbang.kernel import clock
from jinbang.people.audiences import public_page


@require_safe
@public_page
def samples(request: HttpRequest, code: str) -> HttpResponse:
    """Show how each exam region of a sitting is reviewed, and by which seed its sample is drawn."""
    sitting, found = agreed.samples_of(code, now=clock.now())
    return render(request, "application/public/samples.html", {"sitting": sitting, "samples": found})


@require_safe
@public_page
def sample_file(request: HttpRequest, code: str, authority: str) -> HttpResponse:
    """Hand out seed, share and every application's id with whether it was drawn, so that anybody can redo the draw."""
    return JsonResponse(agreed.sample_to_redo(code, authority, now=clock.now()))
