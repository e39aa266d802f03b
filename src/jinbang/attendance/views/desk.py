"""The room clerk's desk: progress by site and session, and one page for each room's record."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jinbang.attendance import actions, queries
from jinbang.attendance.errors import AbsentAndViolating, RecordClosed, SessionNotBegun
from jinbang.attendance.forms import AbsenceForm, ReopenForm, ViolationForm, seat_choices
from jinbang.audit.submission import submit_once
from jinbang.kernel import clock
from jinbang.kernel.errors import DomainError, IllegalTransition
from jinbang.people.audiences import desk_page
from jinbang.people.queries import Staff
from jinbang.people.states import Role

READ_AND_WRITE = ["GET", "HEAD", "POST"]


@require_safe
@desk_page(Role.ROOM_CLERK)
def region_list(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List the exam regions in which this clerk keeps records."""
    return render(request, "attendance/desk/region_list.html", {"regions": queries.regions_of(staff)})


@require_safe
@desk_page(Role.ROOM_CLERK)
def region(request: HttpRequest, staff: Staff, region_id: UUID) -> HttpResponse:
    """Show the progress of one exam region by session and site."""
    found = queries.get_region(region_id, by=staff)
    lines = queries.progress_of(found, by=staff)
    context = {"region": found, "lines": lines, "is_seated": bool(lines) or queries.is_seated(found)}
    return render(request, "attendance/desk/region.html", context)


@require_POST
@desk_page(Role.ROOM_CLERK)
def open_records(request: HttpRequest, staff: Staff, region_id: UUID) -> HttpResponse:
    """Open a record for every room and session."""

    def act() -> str:
        count = actions.open_room_records(region_id=region_id, by=staff, now=clock.now())
        messages.success(request, _("已建立 %(count)s 份考场记录。") % {"count": count})
        return resolve_url("attendance:desk_region", region_id=region_id)

    return redirect(submit_once(request, staff, action=f"attendance.open:{region_id}", act=act))


@require_safe
@desk_page(Role.ROOM_CLERK)
def site(request: HttpRequest, staff: Staff, region_id: UUID, session_id: UUID, site_id: UUID) -> HttpResponse:
    """List the records of one site in one session."""
    found = queries.get_region(region_id, by=staff)
    records = queries.records_of(found, by=staff).filter(session=session_id, room__site=site_id)
    return render(request, "attendance/desk/site.html", {"region": found, "records": records})


@require_http_methods(READ_AND_WRITE)
@desk_page(Role.ROOM_CLERK)
def record(request: HttpRequest, staff: Staff, record_id: UUID) -> HttpResponse:
    """Show one record; while it is open, tick the seats that stayed empty."""
    page = queries.page_of(queries.get_record(record_id, by=staff), now=clock.now())
    ticked = [str(line.seat.number) for line in page.lines if line.is_absent]
    form = AbsenceForm(request.POST or None, seats=seat_choices(page.lines), initial={"absent": ticked})

    def act() -> str:
        actions.note_absences(record_id=record_id, seats=form.seats, by=staff, now=clock.now())
        messages.success(request, _("缺考已保存。"))
        return resolve_url("attendance:desk_record", record_id=record_id)

    if not form.is_valid():
        return _page(request, "record", {"page": page, "form": form}, is_bound=form.is_bound)
    try:
        return redirect(submit_once(request, staff, action=f"attendance.absences:{record_id}", act=act))
    except (AbsentAndViolating, RecordClosed, SessionNotBegun) as error:
        return _page(request, "record", {"page": page, "form": form}, refusal=error)


@require_http_methods(READ_AND_WRITE)
@desk_page(Role.ROOM_CLERK)
def add_violation(request: HttpRequest, staff: Staff, record_id: UUID) -> HttpResponse:
    """Note what was seen at one seat, under an article."""
    page = queries.page_of(queries.get_record(record_id, by=staff), now=clock.now())
    form = ViolationForm(request.POST or None, seats=seat_choices(page.lines))
    if not form.is_valid():
        return _page(request, "add_violation", {"page": page, "form": form}, is_bound=form.is_bound)
    try:
        return redirect(_note(request, staff, record_id, form))
    except (AbsentAndViolating, RecordClosed, SessionNotBegun) as error:
        return _page(request, "add_violation", {"page": page, "form": form}, refusal=error)


def _note(request: HttpRequest, staff: Staff, record_id: UUID, form: ViolationForm) -> str:
    def act() -> str:
        actions.note_violation(
            record_id=record_id,
            seat=int(form.cleaned_data["seat"]),
            article=form.noted_article,
            facts=form.cleaned_data["facts"],
            by=staff,
            now=clock.now(),
        )
        messages.success(request, _("违纪已登记。"))
        return resolve_url("attendance:desk_record", record_id=record_id)

    return submit_once(request, staff, action=f"attendance.violation:{record_id}", act=act)


@require_POST
@desk_page(Role.ROOM_CLERK)
def remove_violation(request: HttpRequest, staff: Staff, record_id: UUID, violation_id: UUID) -> HttpResponse:
    """Take back a violation entered by mistake."""

    def act() -> str:
        actions.remove_violation(record_id=record_id, violation_id=violation_id, by=staff, now=clock.now())
        messages.success(request, _("误登的违纪已删除。"))
        return resolve_url("attendance:desk_record", record_id=record_id)

    return redirect(submit_once(request, staff, action=f"attendance.remove_violation:{violation_id}", act=act))


@require_POST
@desk_page(Role.ROOM_CLERK)
def close(request: HttpRequest, staff: Staff, record_id: UUID) -> HttpResponse:
    """Sign the record off."""

    def act() -> str:
        actions.close_record(record_id=record_id, by=staff, now=clock.now())
        messages.success(request, _("这份考场记录已完成。"))
        return resolve_url("attendance:desk_record", record_id=record_id)

    return redirect(submit_once(request, staff, action=f"attendance.close:{record_id}", act=act))


@require_http_methods(READ_AND_WRITE)
@desk_page(Role.ROOM_CLERK)
def reopen(request: HttpRequest, staff: Staff, record_id: UUID) -> HttpResponse:
    """Open a signed record again, with a reason."""
    page = queries.page_of(queries.get_record(record_id, by=staff), now=clock.now())
    form = ReopenForm(request.POST or None)

    def act() -> str:
        actions.reopen_record(record_id=record_id, reason=form.cleaned_data["reason"], by=staff, now=clock.now())
        messages.success(request, _("考场记录已重新打开。"))
        return resolve_url("attendance:desk_record", record_id=record_id)

    if not form.is_valid():
        return _page(request, "reopen", {"page": page, "form": form}, is_bound=form.is_bound)
    try:
        return redirect(submit_once(request, staff, action=f"attendance.reopen:{record_id}", act=act))
    except IllegalTransition as error:
        return _page(request, "reopen", {"page": page, "form": form}, refusal=error)


def _page(
    request: HttpRequest,
    name: str,
    context: dict[str, object],
    *,
    is_bound: bool = False,
    refusal: DomainError | None = None,
) -> HttpResponse:
    status = 422 if is_bound or refusal else 200
    return render(request, f"attendance/desk/{name}.html", {**context, "refusal": refusal}, status=status)
