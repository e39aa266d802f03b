"""What is for everybody: the draw, with a file to redo it."""

import json
from typing import Final

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jinbang.people.audiences import public_page
from jinbang.seating import queries

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
