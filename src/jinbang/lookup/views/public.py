"""Everything under `/lookup/` in the default, where one port serves it all: the same service as the role of its own."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from jinbang.lookup import adapters
from jinbang.people.audiences import public_page


@csrf_exempt  # pre-rendered forms carry no session; a query changes nothing, and its challenge is used once
@public_page
def lookup(request: HttpRequest, **_address: str) -> HttpResponse:
    """Answer by the lookup service, which reads the whole path by itself."""
    return adapters.response_of(adapters.service().answer(adapters.request_of(request)))
