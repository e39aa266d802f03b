"""The seating officer's desk: commit, prepare rooms, draw, print room lists, publish."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jinbang.audit.submission import FIELD, body_of, perform_once
from jinbang.kernel import clock
from jinbang.people.audiences import desk_page
from jinbang.people.queries import Staff
from jinbang.people.states import Role
from jinbang.seating import actions, documents, queries
from jinbang.seating.errors import SeedAlreadyCommitted
from jinbang.seating.forms import CommitForm


@require_safe
@desk_page(Role.SEATING_OFFICER)
def region_list(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List the exam regions to seat."""
    return render(request, "seating/desk/region_list.html", {"regions": queries.regions_of(staff)})


@require_safe
@desk_page(Role.SEATING_OFFICER)
def region(request: HttpRequest, staff: Staff, region_id: UUID) -> HttpResponse:
    """Show one exam region: its commitment, sites and rooms, the draw with its violations, and every room list."""
    desk = queries.desk_of(queries.get_region(region_id, by=staff), now=clock.now())
    return render(request, "seating/desk/region.html", {"desk": desk, "region": desk.region})


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(Role.SEATING_OFFICER)
def commit(request: HttpRequest, staff: Staff, region_id: UUID) -> HttpResponse:
    """Choose how rooms are filled and make the seed's hash public."""
    found = queries.get_region(region_id, by=staff)
    form = CommitForm(request.POST or None)
    refusal = None
    if form.is_valid():

        def act() -> None:
            actions.commit_seed(region_id=region_id, by=staff, now=clock.now(), rules_of_rooms=form.rules)

        try:
            return redirect(_once(request, staff, region_id, verb="commit", act=act, done=_("种子摘要已公布。")))
        except SeedAlreadyCommitted as error:
            refusal = error
    context = {"form": form, "region": found, "refusal": refusal}
    return render(request, "seating/desk/commit.html", context, status=422 if form.is_bound else 200)


@require_POST
@desk_page(Role.SEATING_OFFICER)
def prepare(request: HttpRequest, staff: Staff, region_id: UUID) -> HttpResponse:
    """Give every site its rooms."""

    def act() -> None:
        actions.prepare_all_rooms(region_id=region_id, by=staff, now=clock.now())

    return redirect(_once(request, staff, region_id, verb="prepare", act=act, done=_("考场已准备好。")))


@require_POST
@desk_page(Role.SEATING_OFFICER)
def draw(request: HttpRequest, staff: Staff, region_id: UUID) -> HttpResponse:
    """Have the worker draw the seats; the page of the exam region shows how far it is."""

    def act() -> None:
        actions.ask_for_draw(region_id=region_id, by=staff, now=clock.now())

    return redirect(_once(request, staff, region_id, verb="draw", act=act, done=_("已交给系统编排座位。")))


@require_POST
@desk_page(Role.SEATING_OFFICER)
def publish(request: HttpRequest, staff: Staff, region_id: UUID) -> HttpResponse:
    """Show the seed to everybody."""

    def act() -> None:
        actions.publish_plan(region_id=region_id, by=staff, now=clock.now())

    return redirect(_once(request, staff, region_id, verb="publish", act=act, done=_("种子已公布。")))


@require_safe
@desk_page(Role.SEATING_OFFICER)
def names(request: HttpRequest, staff: Staff, region_id: UUID) -> HttpResponse:
    """List the tickets whose names no font here can print: a person's queue."""
    found = queries.get_region(region_id, by=staff)
    context = {"region": found, "lines": documents.unprintable_names(queries.names_of(found))}
    return render(request, "seating/desk/names.html", context)


@require_safe
@desk_page(Role.SEATING_OFFICER)
def room(request: HttpRequest, staff: Staff, room_id: UUID, session_id: UUID) -> HttpResponse:
    """Show who sits where in one room in one session."""
    found = queries.get_room_list(room_id, session_id, by=staff, now=clock.now())
    return render(request, "seating/desk/room.html", {"list": found, "grid": documents.grid_of(found)})


@require_safe
@desk_page(Role.SEATING_OFFICER)
def room_pdf(_request: HttpRequest, staff: Staff, room_id: UUID, session_id: UUID) -> HttpResponse:
    """Return the seat list of one room in one session as a PDF."""
    sheet = documents.sheet_of(queries.get_room_list(room_id, session_id, by=staff, now=clock.now()))
    return documents.pdf_response(documents.room_pdf(sheet, at=clock.now()), name=f"room-{sheet.room:03d}.pdf")


@require_safe
@desk_page(Role.SEATING_OFFICER)
def ticket_pdf(_request: HttpRequest, staff: Staff, ticket_id: UUID) -> HttpResponse:
    """Return a ticket for somebody at the counter, within the window."""
    now = clock.now()
    contents = actions.print_ticket_at_counter(ticket_id=ticket_id, by=staff, now=now)
    return documents.pdf_response(
        documents.tickets_pdf([documents.paper_of(contents)], at=now), name=contents.file_name
    )


def _once(  # what is done, to which region, and what the page says of it
    request: HttpRequest, staff: Staff, region_id: UUID, *, verb: str, act: Callable[[], object], done: str
) -> str:
    """Do it once for this form and lead back to the exam region."""

    def acted() -> str:
        act()
        messages.success(request, done)
        return resolve_url("seating:desk_region", region_id=region_id)

    return perform_once(
        key=request.POST.get(FIELD, ""),
        account_id=staff.account_id,
        action=f"seating.{verb}:{region_id}",
        body=body_of(request.POST),
        act=acted,
    )
