"""The desk's pages for files that other systems made: marks and rosters, their columns, and large ones on the way."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jinbang.audit.submission import FIELD, body_of, perform_once
from jinbang.kernel import clock
from jinbang.people.audiences import desk_page
from jinbang.people.queries import Staff
from jinbang.people.states import Role
from jinbang.results import documents, incoming, labels, queries
from jinbang.results.actions import columns, enrol, marks
from jinbang.results.actions.incoming import drop_file, note_faults_handed_out, receive_file
from jinbang.results.errors import (
    MarksFileAlreadyIn,
    MarksFileFaulty,
    ReasonMissing,
    ResultsNotFound,
    RosterEmpty,
    RosterFileFaulty,
    TableColumnTwice,
    TableEncodingUnclear,
    TableUnreadable,
    TableWithoutColumn,
)
from jinbang.results.forms import ColumnsForm, MarksFileForm, TableFileForm, meant
from jinbang.results.screens import imports as screens
from jinbang.results.states import FileContent

if TYPE_CHECKING:
    from jinbang.results.models import IncomingFile
    from jinbang.sittings.models import ExamRegion

NO_TABLE = (TableUnreadable, TableEncodingUnclear, RosterEmpty)
MARKS_PAGE, ROSTER_PAGE = "results/desk/stage_marks.html", "results/desk/import_roster.html"


@require_http_methods(["GET", "POST"])
@desk_page(Role.MARKS_CLERK)
def stage_marks(request: HttpRequest, staff: Staff, region_id: UUID) -> HttpResponseBase:
    """Take a file of marks: the dry run answers every faulty row; a faultless file is staged.

    The file's own hash makes it take effect once; a submission key would hold one transaction open over all of it.
    """
    found = queries.get_region(region_id, by=staff, roles=(Role.MARKS_CLERK,))
    form = MarksFileForm(request.POST or None, request.FILES or None, initial=meant(request.GET))
    context: dict[str, object] = {"region": found, "form": form}
    if not form.is_valid():
        return render(request, MARKS_PAGE, context, status=422 if form.is_bound else 200)
    try:
        return _take_marks(request, staff, found, form=form, context=context)
    except MarksFileFaulty as refusal:
        context |= {"refusal": refusal, "read": refusal.read, "faults": screens.fault_rows(refusal.read, region=found)}
    except ReasonMissing:
        form.add_error("reason", labels.REASON_MISSING)
    except MarksFileAlreadyIn as refusal:
        context |= {"refusal": refusal, "batch_id": refusal.batch_id}
        return render(request, MARKS_PAGE, context, status=409)
    except (TableWithoutColumn, TableColumnTwice) as refusal:
        asked = screens.columns_form(found, refusal, contains=FileContent.MARKS)
        context |= {"refusal": refusal, "columns_form": asked}
    except NO_TABLE as refusal:
        context["refusal"] = refusal
    return render(request, MARKS_PAGE, context, status=422)


def _take_marks(
    request: HttpRequest, staff: Staff, region: "ExamRegion", *, form: MarksFileForm, context: dict[str, object]
) -> HttpResponseBase:
    if form.is_dry_run:
        read = marks.check_marks(region=region, by=staff, coverage=form.declared.coverage, **form.given())
        if read.faults and form.wants_list:
            return fault_list(read, staff, region, subject=region)
        if read.faults:
            raise MarksFileFaulty(read=read)
        context["checked"] = screens.marks_checked(read)
        context["checked_notes"] = screens.marks_notes(read, region=region)
        return render(request, MARKS_PAGE, context)
    if form.is_long:
        return receive(request, staff, region, form=form, contains=FileContent.MARKS)
    given = {**form.given(), "file_name": form.cleaned_data["file"].name, "declared": form.declared}
    batch = marks.stage_marks(region=region, by=staff, now=clock.now(), **given)
    return redirect("results:batch", batch.pk)


@require_http_methods(["GET", "POST"])
@desk_page(Role.MARKS_CLERK)
def import_roster(request: HttpRequest, staff: Staff, region_id: UUID) -> HttpResponseBase:
    """Take a roster made by another system. The same file again changes nothing, so no submission key is asked for."""
    found = queries.get_region(region_id, by=staff, roles=(Role.MARKS_CLERK,))
    form = TableFileForm(request.POST or None, request.FILES or None)
    context: dict[str, object] = {"region": found, "form": form, "names": screens.names_to_write(found)}
    if not form.is_valid():
        return render(request, ROSTER_PAGE, context, status=422 if form.is_bound else 200)
    try:
        return _take_roster(request, staff, found, form=form, context=context)
    except RosterFileFaulty as refusal:
        context |= {"refusal": refusal, "read": refusal.read, "faults": screens.fault_rows(refusal.read, region=found)}
    except (TableWithoutColumn, TableColumnTwice) as refusal:
        asked = screens.columns_form(found, refusal, contains=FileContent.ROSTER)
        context |= {"refusal": refusal, "columns_form": asked}
    except NO_TABLE as refusal:
        context["refusal"] = refusal
    return render(request, ROSTER_PAGE, context, status=422)


def _take_roster(
    request: HttpRequest, staff: Staff, region: "ExamRegion", *, form: TableFileForm, context: dict[str, object]
) -> HttpResponseBase:
    if form.is_dry_run:
        answer = enrol.check_roster(region=region, by=staff, **form.given())
        if answer.read.faults and form.wants_list:
            return fault_list(answer.read, staff, region, subject=region)
        if answer.read.faults:
            raise RosterFileFaulty(read=answer.read)
        context["checked"] = screens.roster_checked(answer)
        context["checked_notes"] = screens.unread_said(answer.read.ignored)
        return render(request, ROSTER_PAGE, context)
    if form.is_long:
        return receive(request, staff, region, form=form, contains=FileContent.ROSTER)
    answer = enrol.import_roster(region=region, by=staff, now=clock.now(), **form.given())
    messages.success(request, "".join([screens.roster_taken(answer), *screens.unread_said(answer.read.ignored)]))
    return redirect("results:region", region.pk)


@require_POST
@desk_page(Role.MARKS_CLERK)
def name_columns(request: HttpRequest, staff: Staff, region_id: UUID) -> HttpResponseBase:
    """Remember what the columns of the sitting's files are called here."""
    found = queries.get_region(region_id, by=staff, roles=(Role.MARKS_CLERK,))
    names = [str(value) for name, value in sorted(request.POST.items()) if name.startswith("name_")]
    form = ColumnsForm(request.POST, found=names, ours=screens.our_columns(found))
    if not form.is_valid():
        messages.error(request, _("没有保存：请重新选择文件，再对应一次。"))
        return redirect("results:region", region_id)

    def act() -> str:
        columns.name_columns(region=found, names=form.names(), by=staff, now=clock.now())
        messages.success(request, _("列的对应关系已保存。"))
        return screens.region_address(found)

    key = request.POST.get(FIELD, "")
    action = f"results.name_columns:{region_id}"
    body = body_of(request.POST)
    return redirect(perform_once(key=key, account_id=staff.account_id, action=action, body=body, act=act))


@require_http_methods(["GET"])
@desk_page(Role.MARKS_CLERK)
def incoming_file(request: HttpRequest, staff: Staff, file_id: UUID) -> HttpResponseBase:
    """Show how far a large file is, what came of it, or what is wrong with it."""
    screen = screens.incoming_screen(incoming.get_file(file_id, by=staff), by=staff)
    return render(request, "results/desk/incoming_file.html", {"screen": screen})


@require_GET
@desk_page(Role.MARKS_CLERK)
def incoming_faults(_request: HttpRequest, staff: Staff, file_id: UUID) -> HttpResponseBase:
    """Hand out everything that is wrong with a large file, as long as its content is kept."""
    found = incoming.get_file(file_id, by=staff)
    read = screens.read_again(found, by=staff)
    if read is None or not read.faults:
        raise ResultsNotFound
    return fault_list(read, staff, found.region, subject=found)


@require_POST
@desk_page(Role.MARKS_CLERK)
def drop_incoming(request: HttpRequest, staff: Staff, file_id: UUID) -> HttpResponseBase:
    """Take the content of a large file away."""
    found = incoming.get_file(file_id, by=staff)

    def act() -> str:
        drop_file(file_id=file_id, by=staff, now=clock.now())
        messages.success(request, _("文件内容已删除。"))
        return screens.region_address(found.region)

    key = request.POST.get(FIELD, "")
    action = f"results.drop_incoming:{file_id}"
    body = body_of(request.POST)
    return redirect(perform_once(key=key, account_id=staff.account_id, action=action, body=body, act=act))


def fault_list(
    read: screens.Reading, staff: Staff, region: "ExamRegion", *, subject: "ExamRegion | IncomingFile"
) -> HttpResponseBase:
    """Hand out everything that is wrong with a file as a table; that it was handed out is written down before."""
    table = screens.fault_table(read, region=region)
    note_faults_handed_out(subject, faults=read.fault_count, by=staff, now=clock.now())
    return documents.download(table, kind="text/csv; charset=utf-8", name=f"faults-{region.sitting.code}.csv")


def receive(
    request: HttpRequest, staff: Staff, region: "ExamRegion", *, form: TableFileForm, contains: FileContent
) -> HttpResponseBase:
    """Keep a large file for the worker, and lead to the page that shows how far it is. Its columns are told at once."""
    given = form.given()
    unread = incoming.columns_unread(region, contains=contains, **given)
    declared = {"declared": form.declared} if isinstance(form, MarksFileForm) else {}
    name = form.cleaned_data["file"].name
    row = receive_file(region=region, contains=contains, file_name=name, by=staff, now=clock.now(), **given, **declared)
    for said in screens.unread_said(unread):
        messages.warning(request, said)
    return redirect("results:incoming-file", row.pk)
