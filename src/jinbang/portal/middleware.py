"""Turns a refusal that no view answered into the page that says what to do next. Faults pass through and crash."""

import logging
from collections.abc import Callable

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import render

from jinbang.kernel.errors import DomainError
from jinbang.portal.problems import problem_of, sentence_of
from jinbang.portal.views.problems import form_only, not_found, wants_json

_log = logging.getLogger("jinbang.refusals")


class ProblemMiddleware:
    """Answers every `DomainError` with its problem page, or with JSON where that is what was asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; `process_exception` does the work. A bare 405 would leave a browser to its own page."""
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed):
            page = form_only(request)
            page["Allow"] = response["Allow"]
            return page
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the page of a refusal, or of an object outside the reader's scope; None for a fault."""
        if isinstance(exception, ObjectDoesNotExist):
            return not_found(request)
        if not isinstance(exception, DomainError):
            return None
        problem = problem_of(exception)
        _log.info("%s %s refused: %s", request.method, request.path, exception.code)
        if wants_json(request):
            content = {"code": exception.code, "title": str(problem.title), "detail": sentence_of(exception)}
            return JsonResponse(content, status=problem.status, json_dumps_params={"ensure_ascii": False})
        context = {"problem": problem, "sentence": sentence_of(exception)}
        return render(request, "portal/public/problem.html", context, status=problem.status)
