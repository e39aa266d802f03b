"""A candidate's photo: upload, look at what the server saw, move the frame, accept or take another."""

from hashlib import sha256
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jinbang.application import actions, photo_marks, photo_versions, photo_words, queries, steps
from jinbang.application.actions import Trial
from jinbang.application.errors import (
    PhotoFileTooLarge,
    PhotoNotReusable,
    PhotoReasonMissing,
    PhotoTooDetailed,
    PhotoTooManyPixels,
    PhotoTooSmall,
    PhotoUnreadable,
)
from jinbang.application.photo_forms import FrameForm, PhotoForm, PhotoReasonForm
from jinbang.application.photo_versions import PhotoPage
from jinbang.audit.submission import submit_once
from jinbang.kernel import clock
from jinbang.kernel.errors import DomainError
from jinbang.people.audiences import candidate_page
from jinbang.people.queries import Candidate

# Refusals after which the page is shown again; every other one has a page of its own.
CORRECTABLE: Final = (
    PhotoFileTooLarge,
    PhotoNotReusable,
    PhotoReasonMissing,
    PhotoTooDetailed,
    PhotoTooManyPixels,
    PhotoTooSmall,
    PhotoUnreadable,
)


@require_http_methods(["GET", "HEAD", "POST"])
@candidate_page
def show(request: HttpRequest, candidate: Candidate, application_id: UUID) -> HttpResponse:
    """Show the photo that is being tried and what was found in it; take another."""
    page = photo_versions.get_photo_page(application_id, by=candidate, now=clock.now())
    if request.method != "POST":
        return _page(request, page)
    form = PhotoForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, page, form=form)
    raw = form.read()
    try:
        now = clock.now()
        trial = actions.try_photo(application_id=application_id, raw=raw, by=candidate, now=now, hand=form.hand)
        return redirect(_keep(request, candidate, application_id, trial, content=sha256(raw).hexdigest()))
    except CORRECTABLE as refusal:
        return _page(request, page, form=form, refusal=refusal)


@require_POST
@candidate_page
def crop(request: HttpRequest, candidate: Candidate, photo_id: UUID) -> HttpResponse:
    """Cut the photo anew where the frame was moved."""
    photo, form = photo_versions.get_own_photo(photo_id, by=candidate), FrameForm(request.POST)
    if not form.is_valid() or form.hand is None:
        return redirect("application:photo", photo.application_id)
    try:
        trial = actions.crop_photo(photo_id=photo_id, hand=form.hand, by=candidate)
        return redirect(_keep(request, candidate, photo.application_id, trial))
    except CORRECTABLE as refusal:
        page = photo_versions.get_photo_page(photo.application_id, by=candidate, now=clock.now())
        return _page(request, page, refusal=refusal, status=422)


@require_POST
@candidate_page
def accept(request: HttpRequest, candidate: Candidate, photo_id: UUID) -> HttpResponse:
    """Accept what was tried: it counts, or after approval waits for a reviewer."""
    photo = photo_versions.get_own_photo(photo_id, by=candidate)
    page = photo_versions.get_photo_page(photo.application_id, by=candidate, now=clock.now())
    form = PhotoReasonForm(request.POST)
    if page.is_change and not form.is_valid():
        return _page(request, page, reason_form=form)
    return redirect(_accept(request, candidate, page, photo_id))


@require_POST
@candidate_page
def reuse(request: HttpRequest, candidate: Candidate, application_id: UUID) -> HttpResponse:
    """Use the photo of an earlier sitting once more."""
    page = photo_versions.get_photo_page(application_id, by=candidate, now=clock.now())

    def act() -> str:
        actions.reuse_photo(application_id=application_id, by=candidate, now=clock.now())
        return steps.onwards(application_id, by=candidate)

    try:
        return redirect(submit_once(request, candidate, action=f"application.photo_reuse:{application_id}", act=act))
    except CORRECTABLE as refusal:
        return _page(request, page, refusal=refusal, status=422)


@require_safe
@candidate_page
def current_file(_request: HttpRequest, candidate: Candidate, application_id: UUID) -> HttpResponse:
    """Serve the portrait that counts to the person it shows. The audience keeps it out of every cache."""
    return _jpeg(queries.open_own_photo(application_id, by=candidate))


@require_safe
@candidate_page
def version_file(_request: HttpRequest, candidate: Candidate, photo_id: UUID) -> HttpResponse:
    """Serve one version of the portrait to the person it shows."""
    return _jpeg(photo_versions.open_version(photo_versions.get_own_photo(photo_id, by=candidate)))


@require_safe
@candidate_page
def marked_file(_request: HttpRequest, candidate: Candidate, photo_id: UUID) -> HttpResponse:
    """Serve the whole picture with what was found drawn on it."""
    photo = photo_versions.get_own_photo(photo_id, by=candidate)
    sheet, faces = photo_versions.open_sheet(photo), photo_marks.read_faces(photo.faces)
    return _jpeg(photo_marks.marked(sheet, photo_versions.box_of(photo), faces=faces))


@require_safe
@candidate_page
def sheet_file(_request: HttpRequest, candidate: Candidate, photo_id: UUID) -> HttpResponse:
    """Serve the whole picture for moving the frame on it."""
    photo = photo_versions.get_own_photo(photo_id, by=candidate)
    return _jpeg(photo_marks.plain(photo_versions.open_sheet(photo)))


def _page(
    request: HttpRequest,
    page: PhotoPage,
    *,
    form: PhotoForm | None = None,
    reason_form: PhotoReasonForm | None = None,
    refusal: DomainError | None = None,
    status: int = 0,
) -> HttpResponse:
    tried = page.tried
    lines = photo_words.lines_of(photo_versions.findings_of(tried)) if tried else ()
    context = {
        "page": page,
        "application": page.application,
        "form": form or PhotoForm(),
        "reason_form": reason_form or PhotoReasonForm(),
        "refusal": refusal,
        "lines": lines,
        "doubts": sum(bool(line.advice) for line in lines),
        "frame": photo_versions.frame_of(tried) if tried else None,
        "shape": photo_versions.shape_of(page.application),
    }
    is_bound = form is not None or reason_form is not None
    return render(request, "application/candidate/photo.html", context, status=status or (422 if is_bound else 200))


def _keep(request: HttpRequest, candidate: Candidate, application_id: UUID, trial: Trial, *, content: str = "") -> str:
    def act() -> str:
        actions.keep_trial(application_id=application_id, trial=trial, by=candidate, now=clock.now())
        return resolve_url("application:photo", application_id)

    action = f"application.photo:{application_id}"
    return submit_once(request, candidate, action=action, act=act, content={"photo": content})


def _accept(request: HttpRequest, candidate: Candidate, page: PhotoPage, photo_id: UUID) -> str:
    def act() -> str:
        reason = request.POST.get("reason", "")
        actions.accept_photo(photo_id=photo_id, reason=reason, by=candidate, now=clock.now())
        if not page.is_change:
            return steps.onwards(page.application.pk, by=candidate)
        messages.success(request, _("更换申请已提交，审核通过前仍使用原来的照片。"))
        return resolve_url("application:show", page.application.pk)

    return submit_once(request, candidate, action=f"application.photo_accept:{photo_id}", act=act)


def _jpeg(content: bytes) -> HttpResponse:
    """Answer with a picture of our own; the settings forbid every browser to take it for anything else."""
    return HttpResponse(content, content_type="image/jpeg")
