"""The desk's pages for marks keyed by hand: opening a sheet, and typing what stands on the paper."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from jinbang.audit.submission import FIELD, body_of, perform_once
from jinbang.kernel import clock
from jinbang.kernel.errors import DomainError
from jinbang.people.audiences import desk_page
from jinbang.people.queries import Staff
from jinbang.people.states import Role
from jinbang.results import queries, sheets
from jinbang.results.actions import sheets as keying
from jinbang.results.errors import NobodyToKey, ReasonMissing, SheetCellWrong, SheetNotSettled
from jinbang.results.forms import REASON_MAX
from jinbang.results.screens.common import Act
from jinbang.results.screens.sheets import cells_typed, keyed_said, keying_screen, sheet_choices, sheet_rows
from jinbang.results.sheet_forms import SheetForm

if TYPE_CHECKING:
    from jinbang.results.models import MarkSheet


@require_http_methods(["GET", "POST"])
@desk_page(*sheets.KEYING_ROLES)
def sheets_of(request: HttpRequest, staff: Staff, region_id: UUID) -> HttpResponseBase:
    """List the sheets that wait, and open another."""
    found = queries.get_region(region_id, by=staff, roles=sheets.KEYING_ROLES)
    form = SheetForm(request.POST or None, subjects=sheet_choices(found))
    context: dict[str, object] = {"region": found, "form": form, "rows": sheet_rows(found, by=staff)}
    if form.is_valid():

        def act() -> str:
            sheet = keying.open_sheet(region=found, by=staff, now=clock.now(), **form.chosen())
            return reverse("results:sheet", args=[sheet.pk])

        try:
            return redirect(_once(request, staff, action=f"results.open_sheet:{region_id}", act=act))
        except NobodyToKey as refusal:
            context["refusal"] = refusal
    context["is_clerk"] = staff.holds(Role.MARKS_CLERK, found.authority.path)
    return render(request, "results/desk/sheets.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@desk_page(*sheets.KEYING_ROLES)
def sheet(request: HttpRequest, staff: Staff, sheet_id: UUID) -> HttpResponseBase:
    """Type what stands on the paper, and see what parts are joined to; nobody sees what another has typed."""
    if (batch_id := sheets.batch_no_longer_keyed(sheet_id, by=staff)) is not None:
        return _over(request, batch_id)
    found = sheets.get_sheet(sheet_id, by=staff)
    if request.method == "GET" or "edit" in request.POST:
        return _sheet_page(request, staff, found)

    def act() -> str:
        typed, reason = cells_typed(request.POST), request.POST.get("reason", "").strip()[:REASON_MAX]
        keyed = keying.key_sheet(sheet_id=sheet_id, typed=typed, reason=reason, by=staff, now=clock.now())
        messages.success(request, keyed_said(keyed))
        return reverse("results:sheets", args=[keyed.batch.region_id])

    try:
        if found.part_codes and "confirmed" not in request.POST:
            return _sheet_page(request, staff, found, is_joined=True)
        return redirect(_once(request, staff, action=f"results.key_sheet:{sheet_id}", act=act))
    except (SheetCellWrong, SheetNotSettled) as refusal:
        return _sheet_page(request, staff, found, refusal=refusal)
    except ReasonMissing as refusal:
        return _sheet_page(request, staff, found, is_joined=bool(found.part_codes), refusal=refusal)


def _over(request: HttpRequest, batch_id: UUID) -> HttpResponseBase:
    """Lead whoever comes too late, or sends the same once more, to what has become of the sheet."""
    messages.info(request, _("这张录分表已经生效或者撤回，不再录入。"))
    return redirect("results:batch", batch_id)


def _sheet_page(
    request: HttpRequest,
    staff: Staff,
    found: "MarkSheet",
    *,
    is_joined: bool = False,
    refusal: DomainError | None = None,
) -> HttpResponse:
    """Show a sheet to be typed; or what was typed, with the marks that its parts make."""
    typed = cells_typed(request.POST)
    joined = keying.check_sheet(sheet_id=found.pk, typed=typed, by=staff) if is_joined else None
    screen = keying_screen(found, by=staff, typed=typed, joined=joined, refusal=refusal)
    context = {"screen": screen, "refusal": refusal, "asks_reason": isinstance(refusal, ReasonMissing)}
    return render(request, "results/desk/sheet.html", context, status=422 if refusal else 200)


def _once(request: HttpRequest, staff: Staff, *, action: str, act: Act) -> str:
    """Let a submitted form take effect once."""
    key, body = request.POST.get(FIELD, ""), body_of(request.POST)
    return perform_once(key=key, account_id=staff.account_id, action=action, body=body, act=act)
