"""The desk's first page, and the long work that somebody at the desk has asked for."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jinbang.audit.queries import get_work
from jinbang.people.audiences import desk_page
from jinbang.people.queries import Staff
from jinbang.portal import queries
from jinbang.portal.work import work_line, work_lines


@require_safe
@desk_page()
def dashboard(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Show what waits for the roles of whoever has come."""
    queues = queries.queues_of(staff)
    context = {"staff": staff, "queues": queues, "has_work": any(queue.count for queue in queues)}
    return render(request, "portal/desk/dashboard.html", context)


@require_safe
@desk_page()
def work_list(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List the long work that whoever has come asked for."""
    return render(request, "portal/desk/work_list.html", {"lines": work_lines(staff)})


@require_safe
@desk_page()
def work(request: HttpRequest, staff: Staff, work_id: UUID) -> HttpResponse:
    """Show one piece of long work: how far it is, whose turn it is, and what was refused."""
    return render(request, "portal/desk/work.html", {"line": work_line(get_work(work_id, by=staff))})
