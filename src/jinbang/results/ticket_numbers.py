"""Whose ticket number may be sent out: of tickets drawn here, and of rosters that were handed over with theirs.

Reads alone, for `actions.reminder`. A sitting whose authority has not switched this on is passed over as if nobody had
been in it. Nothing here is shown to whoever asks.
"""

from datetime import date, datetime
from uuid import UUID

from jinbang.kernel.identity import DocumentKind, IdentityNumber, normalise_typed
from jinbang.people.queries import persons_born_on, persons_by_document
from jinbang.results.models import RosterEntry
from jinbang.seating.models import AdmissionTicket
from jinbang.seating.queries import counting_tickets
from jinbang.sittings import queries as sittings
from jinbang.sittings.models import ExamRegion
from jinbang.sittings.states import WindowKind

Numbered = AdmissionTicket | RosterEntry


def latest_of_document(number: str, *, now: datetime) -> list[Numbered]:
    """Return the latest ticket of whom a document names, of any kind that the number can be; empty for nobody."""
    typed = normalise_typed(number)
    sought = [IdentityNumber(kind, typed) for kind in DocumentKind]
    return _latest({person.pk for person in persons_by_document(sought).values()}, now=now)


def latest_of_name(name: str, born_on: date, *, now: datetime) -> list[Numbered]:
    """Return the latest ticket of everybody who bears this name and was born on this day."""
    return _latest({person.pk for person in persons_born_on(born_on, name=name)}, now=now)


def _latest(person_ids: set[UUID], *, now: datetime) -> list[Numbered]:
    """Return each person's latest ticket of those whose number is out already, by the first day of the sitting."""
    own = counting_tickets().filter(application__person_id__in=person_ids, sitting__sends_ticket_numbers=True)
    handed_over = RosterEntry.objects.filter(
        person_id__in=person_ids, sitting__sends_ticket_numbers=True, application__isnull=True
    )
    found: list[tuple[date, UUID, Numbered]] = [
        (ticket.sitting.first_day, ticket.application.person_id, ticket)
        for ticket in own.select_related("application", "sitting", "region").order_by("id")
        if _is_out(ticket.region, now=now, drawn_here=True)
    ]
    found += [
        (entry.sitting.first_day, entry.person_id, entry)
        for entry in handed_over.select_related("sitting", "region").order_by("id")
        if _is_out(entry.region, now=now, drawn_here=False)
    ]
    latest = {person_id: numbered for _day, person_id, numbered in sorted(found, key=lambda one: one[0])}
    return list(latest.values())


def _is_out(region: ExamRegion, *, now: datetime, drawn_here: bool) -> bool:
    """Whether tickets can be printed already. Where others gave them out, no window of ours need be there to say so."""
    window = sittings.window_of(region, WindowKind.TICKET_PRINTING)
    return window.opens <= now if window is not None else not drawn_here
