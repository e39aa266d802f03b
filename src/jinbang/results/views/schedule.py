"""The desk's page on which the instants of many releases are set at once."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from jinbang.audit.submission import FIELD, body_of, perform_once
from jinbang.kernel import clock
from jinbang.people.audiences import desk_page
from jinbang.people.queries import Staff
from jinbang.people.states import Role
from jinbang.results import queries
from jinbang.results.actions.schedule import schedule_releases
from jinbang.results.errors import ReleaseTooLate, WarrantChanged
from jinbang.results.forms import ScheduleForm
from jinbang.results.screens.regions import region_rows, schedulable


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(Role.MARKS_CLERK)
def schedule(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Show when each region is released, and set the instants of several at once."""
    rows = region_rows(queries.regions_in_scope(staff, Role.MARKS_CLERK))
    form = ScheduleForm(request.POST if request.method == "POST" else None, regions=schedulable(rows))
    context: dict[str, object] = {"rows": rows, "form": form}
    if form.is_valid():
        try:
            return redirect(_schedule(request, staff, form))
        except (ReleaseTooLate, WarrantChanged) as refusal:
            context["refusal"] = refusal
    return render(request, "results/desk/schedule.html", context, status=422 if form.is_bound else 200)


def _schedule(request: HttpRequest, staff: Staff, form: ScheduleForm) -> str:
    def act() -> str:
        drafted = schedule_releases(
            region_ids=form.region_ids(), first_at=form.instant(), gap=form.gap_between(), by=staff, now=clock.now()
        )
        messages.success(request, _("已拟定 %(count)d 个考区的发布时刻。") % {"count": len(drafted)})
        return reverse("results:schedule")

    body = {**body_of(request.POST), "regions": ",".join(sorted(map(str, form.region_ids())))}
    key = request.POST.get(FIELD, "")
    return perform_once(key=key, account_id=staff.account_id, action="results.schedule", body=body, act=act)
