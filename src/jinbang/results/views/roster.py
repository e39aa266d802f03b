"""The desk's pages for correcting a roster: one person found by ticket, what stands of them, and why it is changed."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from jinbang.audit.submission import FIELD, body_of, perform_once
from jinbang.kernel import clock
from jinbang.people.audiences import desk_page
from jinbang.people.queries import Staff
from jinbang.people.states import Role
from jinbang.results import queries, roster_rows
from jinbang.results.actions import roster
from jinbang.results.errors import EntryHasMarks, ResultsNotFound, SubjectsDoNotFit
from jinbang.results.forms import ReasonForm
from jinbang.results.roster_forms import EntryForm, TicketForm
from jinbang.results.screens.common import Act
from jinbang.results.screens.roster import entry_screen


@require_http_methods(["GET", "POST"])
@desk_page(Role.MARKS_CLERK)
def find(request: HttpRequest, staff: Staff, region_id: UUID) -> HttpResponseBase:
    """Find somebody on a roster by their ticket. The number is sent in a form, so that it stands in no address."""
    region = queries.get_region(region_id, by=staff, roles=(Role.MARKS_CLERK,))
    form = TicketForm(request.POST or None)
    if form.is_valid():
        try:
            found = roster_rows.entry_by_ticket(form.cleaned_data["ticket"], region=region, by=staff)
            return redirect("results:roster-entry", found.pk)
        except ResultsNotFound:
            form.add_error("ticket", _("本考区的名册上没有这个准考证号，请核对。"))
    context = {"region": region, "form": form}
    return render(request, "results/desk/find_entry.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@desk_page(Role.MARKS_CLERK)
def entry(request: HttpRequest, staff: Staff, entry_id: UUID) -> HttpResponseBase:
    """Show what stands on the roster of one person, and put it right with a reason."""
    found = roster_rows.get_entry(entry_id, by=staff)
    form = EntryForm(request.POST or None, entry=found, programme=queries.programme_of(found.region))
    if not form.is_valid():
        return _page(request, staff, entry_id, {"form": form}, status=422 if form.is_bound else 200)

    def act() -> str:
        to, reason = form.standing(), form.cleaned_data["reason"]
        roster.correct_entry(entry_id=entry_id, to=to, reason=reason, by=staff, now=clock.now())
        messages.success(request, _("名册已更正。结论按更正后的名册重新核验以后才能封存。"))
        return reverse("results:roster-entry", args=[entry_id])

    try:
        return redirect(_once(request, staff, action=f"results.correct_entry:{entry_id}", act=act))
    except (EntryHasMarks, SubjectsDoNotFit) as refusal:
        return _page(request, staff, entry_id, {"form": form, "refusal": refusal}, status=422)


@require_POST
@desk_page(Role.MARKS_CLERK)
def strike(request: HttpRequest, staff: Staff, entry_id: UUID) -> HttpResponseBase:
    """Take one person off the roster, with the reason."""
    found = roster_rows.get_entry(entry_id, by=staff)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, staff, entry_id, {"reason_form": form}, status=422)

    def act() -> str:
        reason = form.cleaned_data["reason"]
        roster.strike_entry(entry_id=entry_id, reason=reason, by=staff, now=clock.now())
        messages.success(request, _("已移出名册。"))
        return reverse("results:region", args=[found.region_id])

    try:
        return redirect(_once(request, staff, action=f"results.strike_entry:{entry_id}", act=act))
    except EntryHasMarks as refusal:
        return _page(request, staff, entry_id, {"refusal": refusal}, status=422)


def _page(request: HttpRequest, staff: Staff, entry_id: UUID, extra: dict[str, object], *, status: int) -> HttpResponse:
    found = roster_rows.get_entry(entry_id, by=staff)
    form = EntryForm(entry=found, programme=queries.programme_of(found.region))
    context = {"screen": entry_screen(found), "form": form, "reason_form": ReasonForm(), **extra}
    return render(request, "results/desk/roster_entry.html", context, status=status)


def _once(request: HttpRequest, staff: Staff, *, action: str, act: Act) -> str:
    """Let a submitted form take effect once."""
    key, body = request.POST.get(FIELD, ""), body_of(request.POST)
    return perform_once(key=key, account_id=staff.account_id, action=action, body=body, act=act)
