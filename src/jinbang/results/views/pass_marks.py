"""The desk's pages of pass marks: propose, see what would come of it, approve or reject."""

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
from jinbang.people.audiences import desk_page
from jinbang.people.queries import Staff
from jinbang.people.states import Role
from jinbang.results import queries
from jinbang.results.actions import pass_marks
from jinbang.results.actions.pass_marks import Whom
from jinbang.results.districts import districts_of
from jinbang.results.errors import DistrictElsewhere, PassMarkOutOfRange
from jinbang.results.forms import Choices, PassMarkForm, ReasonForm
from jinbang.results.screens.common import Act
from jinbang.results.screens.preview import preview_screen
from jinbang.results.screens.regions import reach_choices, subject_choices

if TYPE_CHECKING:
    from jinbang.sittings.models import ExamRegion


@require_http_methods(["GET", "POST"])
@desk_page(Role.PASS_MARK_OFFICER)
def propose(request: HttpRequest, staff: Staff, region_id: UUID) -> HttpResponseBase:
    """Propose a subject's pass mark under its document's number."""
    found = queries.get_region(region_id, by=staff, roles=(Role.PASS_MARK_OFFICER,))
    districts = list(districts_of(found).items())
    reaches = reach_choices(found, by=staff)
    choices: dict[str, Choices] = {"subjects": subject_choices(found), "reaches": reaches, "districts": districts}
    form = PassMarkForm(request.POST or None, **choices)
    context: dict[str, object] = {"region": found, "form": form}
    if form.is_valid():

        def act() -> str:
            whom = Whom(*form.reach_and_district())
            pass_marks.propose_pass_mark(region=found, whom=whom, **form.chosen(), by=staff, now=clock.now())
            messages.success(request, _("已提出，等待另一位合格标准岗批准。"))
            return reverse("results:preview-pass-marks", args=[region_id])

        try:
            return redirect(_once(request, staff, action=f"results.propose_pass_mark:{region_id}", act=act))
        except (DistrictElsewhere, PassMarkOutOfRange) as refusal:
            context["refusal"] = refusal
    return render(request, "results/desk/propose_pass_mark.html", context, status=422 if form.is_bound else 200)


@require_GET
@desk_page(Role.PASS_MARK_OFFICER)
def preview(request: HttpRequest, staff: Staff, region_id: UUID) -> HttpResponse:
    """Show who would pass and who would change if the open proposals were approved. Nothing of it is stored."""
    found = queries.get_region(region_id, by=staff, roles=(Role.PASS_MARK_OFFICER,))
    context = {"screen": preview_screen(found, by=staff), "region": found}
    return render(request, "results/desk/preview_pass_marks.html", context)


@require_POST
@desk_page(Role.PASS_MARK_OFFICER)
def approve(request: HttpRequest, staff: Staff, pass_mark_id: UUID) -> HttpResponseBase:
    """Approve another officer's proposal."""

    def act() -> str:
        approved = pass_marks.approve_pass_mark(pass_mark_id=pass_mark_id, by=staff, now=clock.now())
        return _address(approved.region)

    return redirect(_once(request, staff, action=f"results.approve_pass_mark:{pass_mark_id}", act=act))


@require_POST
@desk_page(Role.PASS_MARK_OFFICER)
def reject(request: HttpRequest, staff: Staff, pass_mark_id: UUID) -> HttpResponseBase:
    """Reject another officer's proposal, with the reason."""
    form = ReasonForm(request.POST)
    found = queries.get_pass_mark(pass_mark_id, by=staff)
    if not form.is_valid():
        messages.error(request, _("请写明不批准的原因，它会留在办理记录里。"))
        return redirect(_address(found.region))

    def act() -> str:
        reason = form.cleaned_data["reason"]
        pass_marks.reject_pass_mark(pass_mark_id=pass_mark_id, reason=reason, by=staff, now=clock.now())
        return _address(found.region)

    return redirect(_once(request, staff, action=f"results.reject_pass_mark:{pass_mark_id}", act=act))


def _address(region: "ExamRegion | None") -> str:
    """Return where to go on: what is still to be decided is seen anew, with what has just been decided in it."""
    if region is None:
        return reverse("results:regions")
    name = "preview-pass-marks" if queries.open_proposals_of(region).exists() else "region"
    return reverse(f"results:{name}", args=[region.pk])


def _once(request: HttpRequest, staff: Staff, *, action: str, act: Act) -> str:
    """Let a submitted form take effect once."""
    key, body = request.POST.get(FIELD, ""), body_of(request.POST)
    return perform_once(key=key, account_id=staff.account_id, action=action, body=body, act=act)
