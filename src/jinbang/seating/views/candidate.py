"""The candidate's tickets: the number in clear, when to print, and the paper itself within its window."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jinbang.kernel import clock
from jinbang.people.audiences import candidate_page
from jinbang.people.queries import Candidate
from jinbang.seating import actions, documents, queries


@require_safe
@candidate_page
def ticket_list(request: HttpRequest, candidate: Candidate) -> HttpResponse:
    """List the candidate's tickets; the numbers of past ones stay here."""
    now = clock.now()
    own = [queries.own_ticket(ticket, now=now) for ticket in queries.tickets_of(candidate)]
    return render(request, "seating/candidate/ticket_list.html", {"tickets": own})


@require_safe
@candidate_page
def ticket(request: HttpRequest, candidate: Candidate, ticket_id: UUID) -> HttpResponse:
    """Show one ticket: number, seats, the window, and the button to print while it is open."""
    own = queries.own_ticket(queries.get_own_ticket(ticket_id, by=candidate), now=clock.now())
    return render(request, "seating/candidate/ticket.html", {"own": own, "ticket": own.ticket})


@require_safe
@candidate_page
def ticket_pdf(_request: HttpRequest, candidate: Candidate, ticket_id: UUID) -> HttpResponse:
    """Return the ticket as a PDF, within its window only."""
    now = clock.now()
    contents = actions.print_ticket(ticket_id=ticket_id, by=candidate, now=now)
    return documents.pdf_response(
        documents.tickets_pdf([documents.paper_of(contents)], at=now), name=contents.file_name
    )
