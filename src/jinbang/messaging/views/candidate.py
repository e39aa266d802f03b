"""What a candidate was told, all of it in one place. Personal data: the reader's own messages."""

from typing import Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jinbang.messaging import queries
from jinbang.people.audiences import candidate_page
from jinbang.people.queries import Candidate

ON_A_PAGE: Final = 20


@require_safe
@candidate_page
def inbox(request: HttpRequest, candidate: Candidate) -> HttpResponse:
    """Show the candidate's messages, newest first."""
    page = Paginator(queries.inbox_of(candidate), ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "messaging/candidate/inbox.html", {"page": page, "letters": queries.letters_of(page)})
