"""Changes of an approved photo at the desk: what waits, both pictures side by side, and proposing one there."""

from hashlib import sha256
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jinbang.application import actions, photo_report, photo_versions, photo_words, queries
from jinbang.application.actions.portray import read_trial
from jinbang.application.errors import PhotoAlreadyDecided, PhotoNotIndependent
from jinbang.application.photo_forms import PhotoReasonForm, ProposalForm
from jinbang.application.states import PhotoState
from jinbang.application.views.photo import CORRECTABLE
from jinbang.audit.submission import submit_once
from jinbang.kernel import clock
from jinbang.kernel.errors import DomainError
from jinbang.people.audiences import desk_page
from jinbang.people.queries import Staff
from jinbang.people.states import Role

if TYPE_CHECKING:
    from jinbang.application.models import Application, Photo

ON_ONE_PAGE: Final = 50


@require_safe
@desk_page(Role.REVIEWER)
def changes(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Show the changes of photos that wait for a second person."""
    waiting = photo_versions.photo_changes_awaiting_review(staff)
    page = Paginator(waiting, ON_ONE_PAGE).get_page(request.GET.get("page"))
    return render(request, "application/desk/photo_changes.html", {"page": page})


@require_safe
@desk_page(Role.REVIEWER)
def compare(request: HttpRequest, staff: Staff, photo_id: UUID) -> HttpResponse:
    """Show the photo that counts and the proposed one side by side."""
    return _compare_page(request, staff, photo_versions.get_photo_of_case(photo_id, by=staff))


@require_POST
@desk_page(Role.REVIEWER)
def approve(request: HttpRequest, staff: Staff, photo_id: UUID) -> HttpResponse:
    """Let the proposed photo count."""
    photo = photo_versions.get_photo_of_case(photo_id, by=staff)

    def act() -> str:
        actions.approve_photo(photo_id=photo_id, by=staff, now=clock.now())
        messages.success(request, _("照片已更换，新的准考证将印上新照片。"))
        return resolve_url("application:photo_changes")

    try:
        return redirect(submit_once(request, staff, action=f"application.photo_approve:{photo_id}", act=act))
    except (PhotoAlreadyDecided, PhotoNotIndependent) as refusal:
        return _compare_page(request, staff, photo, refusal=refusal, status=409)


@require_POST
@desk_page(Role.REVIEWER)
def reject(request: HttpRequest, staff: Staff, photo_id: UUID) -> HttpResponse:
    """Leave the photo as it was, with a reason."""
    photo, form = photo_versions.get_photo_of_case(photo_id, by=staff), PhotoReasonForm(request.POST)
    if not form.is_valid():
        return _compare_page(request, staff, photo, form=form, status=422)

    def act() -> str:
        reason = form.cleaned_data["reason"]
        actions.reject_photo(photo_id=photo_id, reason=reason, by=staff, now=clock.now())
        messages.success(request, _("已保留原来的照片，考生会看到原因。"))
        return resolve_url("application:photo_changes")

    try:
        return redirect(submit_once(request, staff, action=f"application.photo_reject:{photo_id}", act=act))
    except (PhotoAlreadyDecided, PhotoNotIndependent) as refusal:
        return _compare_page(request, staff, photo, refusal=refusal, status=409)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(Role.REVIEWER)
def propose(request: HttpRequest, staff: Staff, application_id: UUID) -> HttpResponse:
    """Propose a photo for an approved application, taken at the counter or brought along."""
    application = queries.get_case(application_id, by=staff)
    photo_versions.require_proposable(application, now=clock.now())
    form = ProposalForm(request.POST, request.FILES) if request.method == "POST" else ProposalForm()
    refusal: DomainError | None = None
    if form.is_bound and form.is_valid():
        try:
            return redirect(_propose(request, staff, application, form))
        except CORRECTABLE as error:
            refusal = error
    current = photo_versions.find_current(application)
    context = {"application": application, "form": form, "refusal": refusal, "current": current}
    status = 422 if form.is_bound else 200
    return render(request, "application/desk/photo_propose.html", context, status=status)


@require_safe
@desk_page(Role.REVIEWER)
def current_file(_request: HttpRequest, staff: Staff, application_id: UUID) -> HttpResponse:
    """Serve the portrait that counts to a reviewer in whose scope it lies."""
    return HttpResponse(queries.open_photo_of_case(application_id, by=staff), content_type="image/jpeg")


@require_safe
@desk_page(Role.REVIEWER)
def version_file(_request: HttpRequest, staff: Staff, photo_id: UUID) -> HttpResponse:
    """Serve one version of a portrait to a reviewer in whose scope it lies."""
    photo = photo_versions.get_photo_of_case(photo_id, by=staff)
    return HttpResponse(photo_versions.open_version(photo), content_type="image/jpeg")


def _compare_page(
    request: HttpRequest,
    staff: Staff,
    photo: "Photo",
    *,
    form: PhotoReasonForm | None = None,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    standing = photo_versions.get_photo_of_case(photo.pk, by=staff)
    state = PhotoState(standing.state)
    context = {
        "photo": standing,
        "application": standing.application,
        "current": photo_versions.find_current(standing.application),
        "photo_report": photo_report.report_of(standing, by=staff),
        "state_label": photo_words.STATES[state],
        "is_waiting": state is PhotoState.PROPOSED,
        "is_own": standing.proposed_by_id == staff.account_id,
        "form": form or PhotoReasonForm(),
        "refusal": refusal,
    }
    return render(request, "application/desk/photo_compare.html", context, status=status)


def _propose(request: HttpRequest, staff: Staff, application: "Application", form: ProposalForm) -> str:
    raw = form.read()
    trial = read_trial(raw, shape=photo_versions.shape_of(application), hand=form.hand)

    def act() -> str:
        photo = actions.propose_photo(
            application_id=application.pk,
            trial=trial,
            reason=form.cleaned_data["reason"],
            by=staff,
            now=clock.now(),
        )
        messages.success(request, _("已提出更换，须由另一位审核人员通过后生效。"))
        return resolve_url("application:photo_compare", photo.pk)

    content = {"photo": sha256(raw).hexdigest()}
    return submit_once(request, staff, action=f"application.photo_propose:{application.pk}", act=act, content=content)
