"""Tickets: a candidate holds their own, a seating officer those of the exam regions in scope."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from jinbang.application.photo_versions import open_sealed_photo
from jinbang.people.labels import SEXES, document_kind_label
from jinbang.people.queries import Candidate, Staff, document_number_of, within
from jinbang.people.states import Role
from jinbang.seating.errors import TicketNotFound
from jinbang.seating.models import AdmissionTicket, Seat
from jinbang.seating.queries.plans import counting_tickets, tickets_in
from jinbang.sittings import queries as sittings
from jinbang.sittings.models import ExamRegion, Window
from jinbang.sittings.states import WindowKind

_NAMES_AT_ONCE: Final = 2_000
_WHOLE: Final = (
    "sitting__programme_version",
    "sitting__owner",
    "region__authority",
    "site",
    "application__person",
)


@dataclass(frozen=True)
class OwnSeat:
    """A seat with the name of its subject."""

    seat: Seat
    subject: str


@dataclass(frozen=True)
class OwnTicket:
    """A ticket on the candidate's pages. The number stays visible after the window, and is not shown before it."""

    ticket: AdmissionTicket
    window: Window | None
    lines: tuple[OwnSeat, ...]
    is_open: bool
    has_opened: bool


def tickets_of(by: Candidate) -> QuerySet[AdmissionTicket]:
    """Return the candidate's tickets, latest sitting first; none while their seats are not drawn."""
    if by.person_id is None:
        return AdmissionTicket.objects.none()
    return (
        counting_tickets()
        .filter(application__person_id=by.person_id)
        .select_related(*_WHOLE)
        .order_by("-sitting__first_day", "-id")
    )


def get_own_ticket(ticket_id: UUID, *, by: Candidate) -> AdmissionTicket:
    """Return the candidate's own ticket. Another's does not exist for them. One query."""
    ticket = tickets_of(by).filter(pk=ticket_id).first()
    if ticket is None:
        raise TicketNotFound
    return ticket


def own_ticket(ticket: AdmissionTicket, *, now: datetime) -> OwnTicket:
    """Return a ticket as its page shows it. Two queries."""
    window = sittings.window_of(ticket.region, WindowKind.TICKET_PRINTING)
    return OwnTicket(
        ticket=ticket,
        window=window,
        lines=seat_lines(ticket),
        is_open=sittings.is_open(window, now),
        has_opened=window is not None and now >= window.opens,
    )


def seat_lines(ticket: AdmissionTicket) -> tuple[OwnSeat, ...]:
    """Return the seats of a ticket in the order of time, under their subjects' names. One query."""
    programme = ticket.sitting.programme_version.programme
    level, specialty = ticket.application.level_code, ticket.application.specialty_code or None
    seats = ticket.seats.select_related("session", "room__site").order_by("session__starts")
    return tuple(
        OwnSeat(seat, programme.subject(seat.session.subject_code, level=level, specialty=specialty).name)
        for seat in seats
    )


def get_ticket(ticket_id: UUID, *, by: Staff) -> AdmissionTicket:
    """Return a ticket of an exam region in the officer's scope. One query."""
    ticket = (
        counting_tickets()
        .filter(within(by, Role.SEATING_OFFICER, path_field="region__authority__path"), pk=ticket_id)
        .select_related(*_WHOLE)
        .first()
    )
    if ticket is None:
        raise TicketNotFound
    return ticket


@dataclass(frozen=True)
class TicketContents:
    """Everything a ticket shows, opened: for `documents` alone."""

    ticket: AdmissionTicket
    document_kind: str
    document_number: str
    sex: str
    level: str
    photo: bytes
    photo_sha256: str
    window: Window | None
    lines: tuple[OwnSeat, ...]

    @property
    def file_name(self) -> str:
        """What the file is called: by the tail of the number, which names nobody."""
        return f"admission-ticket-{self.ticket.number[-4:]}.pdf"


def contents_of(ticket: AdmissionTicket) -> TicketContents:
    """Open what a ticket shows, of a ticket somebody was already allowed to hold. Five queries.

    Refuses, with `PhotoSealBroken`, a photo that is not the one sealed at approval.
    """
    application, person = ticket.application, ticket.application.person
    photo = open_sealed_photo(application)
    programme = ticket.sitting.programme_version.programme
    level, specialty = application.level_code, application.specialty_code
    number = document_number_of(person, on=application.made_on)
    specialty_name = programme.specialty(specialty, level=level).name if specialty else ""
    return TicketContents(
        ticket=ticket,
        document_kind=str(document_kind_label(number.kind)),
        document_number=number.number,
        sex=str(SEXES.get(person.sex, "")),  # type: ignore[call-overload]  # a StrEnum equals its value
        level=" ".join(filter(None, (programme.level(level).name, specialty_name))),
        photo=photo.jpeg,
        photo_sha256=photo.sha256,
        window=sittings.window_of(ticket.region, WindowKind.TICKET_PRINTING),
        lines=seat_lines(ticket),
    )


def names_of(region: ExamRegion) -> Iterable[tuple[UUID, str]]:
    """Return ticket id and name of everybody in an exam region, by number. One query."""
    tickets = tickets_in(region).select_related("application__person").order_by("number")
    return ((one.pk, one.application.applicant_name) for one in tickets.iterator(_NAMES_AT_ONCE))
