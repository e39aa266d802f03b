"""The planner's desk: what is changed of a published sitting under a document."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from jinbang.audit.submission import submit_once
from jinbang.kernel import clock
from jinbang.kernel.errors import DomainError
from jinbang.people.audiences import desk_page
from jinbang.people.queries import Staff
from jinbang.people.states import Role
from jinbang.sittings import amendments, planning
from jinbang.sittings.errors import HeldAlready, NotPublished, VersionDoesNotFit
from jinbang.sittings.forms import HoldingForm, OrderForm, VersionForm
from jinbang.sittings.views.desk import READ_AND_WRITE, SEE_OTHER_FORM

if TYPE_CHECKING:
    from jinbang.sittings.models import Sitting


@require_http_methods(READ_AND_WRITE)
@desk_page(Role.PLANNER)
def note_holding(request: HttpRequest, staff: Staff, code: str) -> HttpResponse:
    """Note that an exam region did not hold a sitting, or did after all."""
    found = planning.get_sitting_for(code, by=staff)
    regions = [(str(region.pk), region.authority.name) for region in planning.regions_run_by(found, staff)]
    form = HoldingForm(request.POST or None, regions=regions)
    if not form.is_valid():
        return _page(request, "note_holding", found, form)

    def act() -> str:
        is_held = form.cleaned_data["is_held"] == "yes"
        amendments.note_holding(region_id=form.region_id, is_held=is_held, order=form.order, by=staff, now=clock.now())
        messages.success(request, _("已记载。受影响的成绩结论由系统重新核算，变化留在各考区的“结论变动”里。"))
        return resolve_url("sittings:desk_sitting", code)

    try:
        return redirect(submit_once(request, staff, action=f"sittings.note_holding:{found.pk}", act=act))
    except (HeldAlready, NotPublished) as error:
        return _page(request, "note_holding", found, form, refusal=error)


@require_http_methods(READ_AND_WRITE)
@desk_page(Role.PLANNER)
def adopt_version(request: HttpRequest, staff: Staff, code: str) -> HttpResponse:
    """Let a sitting go by a later version of its programme."""
    found = planning.get_owned_sitting(code, by=staff)
    versions = [(one.sha256, str(one)) for one in amendments.later_versions(found)]
    form = VersionForm(request.POST or None, versions=versions)
    if not form.is_valid():
        return _page(request, "adopt_version", found, form, has_versions=bool(versions))

    def act() -> str:
        sha256 = form.cleaned_data["version"]
        amendments.adopt_version(sitting_id=found.pk, sha256=sha256, order=form.order, by=staff, now=clock.now())
        messages.success(request, _("已改用新版本。受影响的成绩结论由系统重新核算，变化留在各考区的“结论变动”里。"))
        return resolve_url("sittings:desk_sitting", code)

    try:
        return redirect(submit_once(request, staff, action=f"sittings.adopt_version:{found.pk}", act=act))
    except (VersionDoesNotFit, NotPublished) as error:
        return _page(request, "adopt_version", found, form, refusal=error, has_versions=True)


def _page(
    request: HttpRequest,
    page: str,
    sitting: "Sitting",
    form: OrderForm,
    *,
    refusal: DomainError | None = None,
    has_versions: bool = True,
) -> HttpResponse:
    """Show a form for the first time, or again with what was wrong."""
    context = {"sitting": sitting, "form": form, "refusal": refusal, "has_versions": has_versions}
    status = SEE_OTHER_FORM if request.method == "POST" else 200
    return render(request, f"sittings/desk/{page}.html", context, status=status)
