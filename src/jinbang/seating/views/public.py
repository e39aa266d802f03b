"""What is for everybody: the draw, with a file to redo it; and finding a ticket number by one's own telephone."""

import json
from typing import Final

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from jinbang.kernel import clock
from jinbang.kernel.actors import SYSTEM
from jinbang.people.adapters import AccountAdapter
from jinbang.people.audiences import public_page
from jinbang.seating import actions, queries
from jinbang.seating.forms import FindByDocumentForm, FindByNameForm

KEPT_SECONDS: Final = 3_600


@require_safe
@public_page
def draws(request: HttpRequest, code: str) -> HttpResponse:
    """Show the draw of every exam region of a sitting."""
    sitting, found = queries.draws_on_show(code)
    return render(request, "seating/public/draws.html", {"sitting": sitting, "draws": found})


@require_safe
@public_page
def draw_file(_request: HttpRequest, code: str, authority_code: str) -> HttpResponse:
    """Return all that is needed to redo a published draw. It never changes, so it is put together once an hour."""

    def put_together() -> str:
        return json.dumps(queries.published_draw(code, authority_code), ensure_ascii=False)

    file = cache.get_or_set(f"seating.draw_file:{code}:{authority_code}", put_together, KEPT_SECONDS)
    return HttpResponse(file, content_type="application/json")


@never_cache
@public_page
@require_http_methods(["GET", "HEAD", "POST"])
def find_ticket(request: HttpRequest) -> HttpResponse:
    """Ask by which way somebody is found. Whoever is meant, the answer on the screen is one and the same."""
    by_document = FindByDocumentForm(request.POST if "document_number" in request.POST else None)
    by_name = FindByNameForm(request.POST if "born_on" in request.POST else None)
    asked = {"network": AccountAdapter(request).get_client_ip(request), "by": SYSTEM, "now": clock.now()}
    if by_document.is_valid():
        actions.remind_by_document(number=by_document.cleaned_data["document_number"], **asked)
        return redirect("seating:find_ticket_sent")
    if by_name.is_valid():
        actions.remind_by_name(**by_name.cleaned_data, **asked)
        return redirect("seating:find_ticket_sent")
    forms = {"by_document": by_document, "by_name": by_name}
    status = 422 if by_document.errors or by_name.errors else 200
    return render(request, "seating/public/find_ticket.html", forms, status=status)


@public_page
@require_safe
def find_ticket_sent(request: HttpRequest) -> HttpResponse:
    """Say that a message goes out where there is somebody to send it to."""
    return render(request, "seating/public/find_ticket_sent.html")
