"""The desk's pages for rosters and marks."""

import csv
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jinbang.audit.submission import FIELD, body_of, perform_once
from jinbang.kernel import clock
from jinbang.people.audiences import desk_page
from jinbang.people.queries import Staff
from jinbang.people.states import Role
from jinbang.results import queries
from jinbang.results.actions import marks, roster
from jinbang.results.errors import BatchIncomplete, ControlTotalsDiffer
from jinbang.results.forms import InstantForm, ReasonForm, TotalsForm
from jinbang.results.screens.batches import batch_screen, sum_names
from jinbang.results.screens.common import Act
from jinbang.results.screens.imports import columns_said
from jinbang.results.screens.regions import region_rows, region_screen, roster_table


def region_address(region_id: UUID) -> str:
    """Return the address of a region's results page."""
    return reverse("results:region", args=[region_id])


@require_GET
@desk_page(*queries.RESULTS_ROLES)
def regions(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List the regions whose results this officer works on."""
    rows = region_rows(queries.regions_in_scope(staff, *queries.RESULTS_ROLES))
    context = {"rows": rows, "is_clerk": Role.MARKS_CLERK in staff.roles}
    return render(request, "results/desk/regions.html", context)


@require_GET
@desk_page(*queries.RESULTS_ROLES)
def region(request: HttpRequest, staff: Staff, region_id: UUID) -> HttpResponse:
    """Show one region: roster, files of marks, pass marks, release."""
    found = queries.get_region(region_id, by=staff)
    screen = region_screen(found, by=staff)
    context = {"screen": screen, "instant_form": InstantForm(), "reason_form": ReasonForm()}
    context["columns_form"] = columns_said(found) if screen.is_clerk else None
    return render(request, "results/desk/region.html", context)


@require_POST
@desk_page(Role.MARKS_CLERK)
def draw_up_roster(request: HttpRequest, staff: Staff, region_id: UUID) -> HttpResponseBase:
    """Put every ticket onto the roster."""
    found = queries.get_region(region_id, by=staff, roles=(Role.MARKS_CLERK,))

    def act() -> str:
        added = roster.draw_up_roster(region=found, by=staff, now=clock.now())
        messages.success(request, _("名册新增 %(added)d 人。") % {"added": added})
        return region_address(region_id)

    return redirect(_once(request, staff, action=f"results.draw_up_roster:{region_id}", act=act))


@require_GET
@desk_page(Role.MARKS_CLERK)
def roster_file(request: HttpRequest, staff: Staff, region_id: UUID) -> HttpResponse:
    """Hand the roster out to those who mark: a template with one column per subject, UTF-8 with BOM."""
    found = queries.get_region(region_id, by=staff, roles=(Role.MARKS_CLERK,))
    table = roster_table(found)
    roster.note_roster_handed_out(region=found, people=len(table) - 1, by=staff, now=clock.now())
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="roster-{found.sitting.code}.csv"'
    csv.writer(response).writerows(table)
    return response


@require_http_methods(["GET", "POST"])
@desk_page(Role.MARKS_CLERK, Role.MARKS_VERIFIER)
def batch(request: HttpRequest, staff: Staff, batch_id: UUID) -> HttpResponseBase:
    """Show a file; its second person enters the control totals here, without seeing what the file counts."""
    found = queries.get_batch(batch_id, by=staff)
    form = TotalsForm(request.POST or None, names=found.manifest, sum_names=sum_names(found.region))
    if not form.is_valid():
        return _batch_page(request, staff, batch_id, {"form": form}, status=422 if form.is_bound else 200)

    def act() -> str:
        marks.validate_batch(batch_id=batch_id, totals=form.totals(), by=staff, now=clock.now())
        messages.success(request, _("控制数一致，成绩已经生效。"))
        return region_address(found.region_id)

    try:
        return redirect(_once(request, staff, action=f"results.validate_batch:{batch_id}", act=act))
    except ControlTotalsDiffer as refusal:
        marks.note_differing_totals(batch=found, by=staff, now=clock.now())
        return _batch_page(request, staff, batch_id, {"form": form, "refusal": refusal}, status=422)
    except BatchIncomplete as refusal:
        return _batch_page(request, staff, batch_id, {"form": form, "refusal": refusal}, status=422)


@require_POST
@desk_page(Role.MARKS_CLERK)
def discard_batch(request: HttpRequest, staff: Staff, batch_id: UUID) -> HttpResponseBase:
    """Take a file of marks back, with the reason."""
    found = queries.get_batch(batch_id, by=staff)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _batch_page(request, staff, batch_id, {"reason_form": form}, status=422)

    def act() -> str:
        marks.discard_batch(batch_id=batch_id, reason=form.cleaned_data["reason"], by=staff, now=clock.now())
        return region_address(found.region_id)

    return redirect(_once(request, staff, action=f"results.discard_batch:{batch_id}", act=act))


def _batch_page(
    request: HttpRequest, staff: Staff, batch_id: UUID, extra: dict[str, object], *, status: int
) -> HttpResponse:
    found = queries.get_batch(batch_id, by=staff)
    form = TotalsForm(names=found.manifest, sum_names=sum_names(found.region))
    context = {"screen": batch_screen(found, by=staff), "form": form, "reason_form": ReasonForm(), **extra}
    return render(request, "results/desk/batch.html", context, status=status)


def _once(request: HttpRequest, staff: Staff, *, action: str, act: Act) -> str:
    """Let a submitted form take effect once."""
    return perform_once(
        key=request.POST.get(FIELD, ""),
        account_id=staff.account_id,
        action=action,
        body=body_of(request.POST),
        act=act,
    )
