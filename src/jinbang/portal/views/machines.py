"""What machines ask for: a load balancer whether this process is well, a browser for an icon that no page named."""

import logging

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jinbang.people.audiences import public_page, system_page

_log = logging.getLogger(__name__)


@system_page
@never_cache
@require_safe
def healthz(_request: HttpRequest) -> HttpResponse:
    """Say whether this process can answer: 200, or 503 with what is wrong, in the words of the lookup's `/healthz`.

    Everybody may ask: it says nothing but whether the database answers.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        _log.exception("the database does not answer")
        return JsonResponse({"status": "ill", "problems": ["database"]}, status=503)
    return JsonResponse({"status": "ok", "problems": []})


@public_page
@require_safe
def favicon(_request: HttpRequest) -> HttpResponse:
    """Lead to the icon, for browsers that look for one where the first of them did."""
    return HttpResponseRedirect(static("images/icon-192.png"))
