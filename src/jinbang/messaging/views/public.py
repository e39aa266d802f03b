"""The outbox of a demo: what would have rung on telephones. Personal data: masked numbers of made-up people."""

from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from jinbang.messaging import queries
from jinbang.people.audiences import public_page

SHOWN_MOST: Final = 60


@public_page
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """Show the last messages and sign-in codes. Anywhere but in a demo this page does not exist."""
    if not settings.JINBANG_DEMO:
        raise Http404
    response = render(request, "messaging/public/outbox.html", {"lines": queries.outbox(SHOWN_MOST)})
    add_never_cache_headers(response)
    return response
