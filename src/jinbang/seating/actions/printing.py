"""Opening a ticket for print, by its candidate or at a counter, within the window."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from jinbang.audit import actions as audit
from jinbang.people.queries import Candidate, Staff
from jinbang.seating import queries
from jinbang.seating.models import AdmissionTicket
from jinbang.sittings import queries as sittings
from jinbang.sittings.states import WindowKind


# Step 5 of docs/cycles/examination.md.
@transaction.atomic
def print_ticket(*, ticket_id: UUID, by: Candidate, now: datetime) -> queries.TicketContents:
    """Open a candidate's own ticket for printing, again at will within the window. Notes the first time."""
    ticket = queries.get_own_ticket(ticket_id, by=by)
    return _printed(ticket, by=by, now=now)


# Step 5 of docs/cycles/examination.md.
@transaction.atomic
def print_ticket_at_counter(*, ticket_id: UUID, by: Staff, now: datetime) -> queries.TicketContents:
    """Open a ticket for somebody who collects it at the counter, against document and payment list, in the window."""
    ticket = queries.get_ticket(ticket_id, by=by)
    return _printed(ticket, by=by, now=now)


def _printed(ticket: AdmissionTicket, *, by: Candidate | Staff, now: datetime) -> queries.TicketContents:
    sittings.require_open(ticket.region, WindowKind.TICKET_PRINTING, now=now)
    first = AdmissionTicket.objects.filter(pk=ticket.pk, first_printed_at__isnull=True).update(first_printed_at=now)
    if first:
        audit.record(ticket, by=by, event="print_ticket", at=now)
    return queries.contents_of(ticket)
