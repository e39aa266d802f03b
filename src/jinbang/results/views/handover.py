"""The desk's pages for files handed over by other systems: bringing them in, and linking what does not link itself."""

from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jinbang.audit.submission import FIELD, body_of, perform_once
from jinbang.kernel import clock
from jinbang.kernel.identity import DocumentKind
from jinbang.people.audiences import desk_page
from jinbang.people.queries import Staff
from jinbang.people.states import Role
from jinbang.results import handed_over, queries
from jinbang.results.actions import handover
from jinbang.results.errors import (
    NobodyOnRecord,
    ResultsNotFound,
    RosterFileFaulty,
    TableColumnTwice,
    TableEncodingUnclear,
    TableUnreadable,
    TableWithoutColumn,
)
from jinbang.results.forms import FindFileForm, LinkForm, ReasonForm, TableFileForm
from jinbang.results.screens.common import Act
from jinbang.results.screens.handover import additions_said, file_screen, files_screen, handover_said
from jinbang.results.screens.imports import columns_form, fault_rows, names_to_write, unread_said
from jinbang.results.states import FileContent
from jinbang.results.views.imports import fault_list, receive

if TYPE_CHECKING:
    from jinbang.sittings.models import ExamRegion

NO_TABLE = (TableUnreadable, TableEncodingUnclear)
PAGE = "results/desk/handover.html"


@require_http_methods(["GET", "POST"])
@desk_page(Role.MARKS_CLERK)
def files(request: HttpRequest, staff: Staff, region_id: UUID) -> HttpResponseBase:
    """List the region's files, those that wait first, and take more. The same file again changes nothing."""
    found = queries.get_region(region_id, by=staff, roles=(Role.MARKS_CLERK,))
    form = TableFileForm(request.POST or None, request.FILES or None)
    context: dict[str, object] = {"region": found, "form": form, "names": names_to_write(found)}
    if form.is_valid():
        try:
            if (taken := _take(request, staff, found, form=form, context=context)) is not None:
                return taken
        except RosterFileFaulty as refusal:
            context |= {"refusal": refusal, "read": refusal.read, "faults": fault_rows(refusal.read, region=found)}
        except (TableWithoutColumn, TableColumnTwice) as refusal:
            context |= {"refusal": refusal, "columns_form": columns_form(found, refusal, contains=FileContent.HANDOVER)}
        except NO_TABLE as refusal:
            context["refusal"] = refusal
    asked = {name: request.GET.get(name, "") for name in ("state", "page")}
    context |= {"screen": files_screen(found, by=staff, **asked), "find_form": FindFileForm(auto_id="find_%s")}
    return render(request, PAGE, context, status=422 if form.is_bound and "checked" not in context else 200)


@require_POST
@desk_page(Role.MARKS_CLERK)
def find(request: HttpRequest, staff: Staff, region_id: UUID) -> HttpResponseBase:
    """Find somebody's file by their document, whatever became of it. The number stands in no address."""
    found = queries.get_region(region_id, by=staff, roles=(Role.MARKS_CLERK,))
    form = FindFileForm(request.POST)
    if form.is_valid():
        kind, number = DocumentKind(form.cleaned_data["kind"]), form.cleaned_data["number"]
        with suppress(ResultsNotFound):
            row = handed_over.file_by_document(found, kind=kind, number=number, by=staff)
            return redirect("results:handed-over-file", row.pk)
    messages.error(request, _("移交的档案里没有这个证件号码，请核对。"))
    return redirect("results:handover", region_id)


def _take(
    request: HttpRequest, staff: Staff, region: "ExamRegion", *, form: TableFileForm, context: dict[str, object]
) -> HttpResponseBase | None:
    if form.is_dry_run:
        answer = handover.check_handover(region=region, by=staff, **form.given())
        if answer.read.faults and form.wants_list:
            return fault_list(answer.read, staff, region, subject=region)
        if answer.read.faults:
            raise RosterFileFaulty(read=answer.read)
        context |= {"checked": handover_said(answer), "checked_rows": additions_said(answer)}
        context["checked_notes"] = unread_said(answer.read.ignored)
        return None
    if form.is_long:
        return receive(request, staff, region, form=form, contains=FileContent.HANDOVER)
    answer = handover.import_handover(region=region, by=staff, now=clock.now(), **form.given())
    messages.success(request, "".join([handover_said(answer), *unread_said(answer.read.ignored)]))
    return redirect("results:handover", region.pk)


@require_GET
@desk_page(Role.MARKS_CLERK)
def file(request: HttpRequest, staff: Staff, file_id: UUID) -> HttpResponse:
    """Show one file with what it says, to be linked or rejected."""
    return _file_page(request, staff, file_id, {}, status=200)


@require_POST
@desk_page(Role.MARKS_CLERK)
def link(request: HttpRequest, staff: Staff, file_id: UUID) -> HttpResponseBase:
    """Link a file to whoever bears this document."""
    found = handed_over.get_file(file_id, by=staff)
    form = LinkForm(request.POST)
    if not form.is_valid():
        return _file_page(request, staff, file_id, {"form": form}, status=422)

    def act() -> str:
        kind = DocumentKind(form.cleaned_data["kind"])
        number = form.cleaned_data["number"]
        handover.link_file(file_id=file_id, kind=kind, number=number, by=staff, now=clock.now())
        messages.success(request, _("已关联，合格记录已记在这个人名下。"))
        return reverse("results:handover", args=[found.region_id])

    try:
        return redirect(_once(request, staff, action=f"results.link:{file_id}", act=act))
    except NobodyOnRecord as refusal:
        return _file_page(request, staff, file_id, {"form": form, "refusal": refusal}, status=422)


@require_POST
@desk_page(Role.MARKS_CLERK)
def unlink(request: HttpRequest, staff: Staff, file_id: UUID) -> HttpResponseBase:
    """Undo a wrong link, with the reason."""
    return _with_reason(request, staff, file_id, name="unlink", act=handover.unlink_file)


@require_POST
@desk_page(Role.MARKS_CLERK)
def reject(request: HttpRequest, staff: Staff, file_id: UUID) -> HttpResponseBase:
    """Lay a file aside, with the reason."""
    return _with_reason(request, staff, file_id, name="reject", act=handover.reject_file)


def _with_reason(
    request: HttpRequest, staff: Staff, file_id: UUID, *, name: str, act: handover.WithReason
) -> HttpResponseBase:
    found = handed_over.get_file(file_id, by=staff)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _file_page(request, staff, file_id, {"reason_form": form}, status=422)

    def once() -> str:
        act(file_id=file_id, reason=form.cleaned_data["reason"], by=staff, now=clock.now())
        return reverse("results:handover", args=[found.region_id])

    return redirect(_once(request, staff, action=f"results.{name}:{file_id}", act=once))


def _file_page(
    request: HttpRequest, staff: Staff, file_id: UUID, extra: dict[str, object], *, status: int
) -> HttpResponse:
    screen = file_screen(handed_over.get_file(file_id, by=staff), by=staff)
    context = {"screen": screen, "form": LinkForm(), "reason_form": ReasonForm(), **extra}
    return render(request, "results/desk/handed_over_file.html", context, status=status)


def _once(request: HttpRequest, staff: Staff, *, action: str, act: Act) -> str:
    """Let a submitted form take effect once."""
    key, body = request.POST.get(FIELD, ""), body_of(request.POST)
    return perform_once(key=key, account_id=staff.account_id, action=action, body=body, act=act)
