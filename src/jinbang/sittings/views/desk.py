"""The planner's desk: sittings, their windows with every version, sites, notices, and what publishes or ends them."""

import hashlib
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from jinbang.audit.submission import submit_once
from jinbang.kernel import clock
from jinbang.kernel.errors import DomainError, IllegalTransition
from jinbang.people.audiences import desk_page
from jinbang.people.queries import Staff
from jinbang.people.states import Role
from jinbang.sittings import actions, labels, planning
from jinbang.sittings.errors import (
    AttachmentKindRefused,
    AttachmentTooLarge,
    ExtensionNotLater,
    SiteCodeTaken,
    SittingIncomplete,
    TooManyAttachments,
    WindowClosed,
)
from jinbang.sittings.forms import EVERY_REGION, CancelForm, ExtensionForm, NoticeForm, RemindersForm, SiteForm

READ_AND_WRITE: Final = ["GET", "HEAD", "POST"]
SEE_OTHER_FORM: Final = 422
"""The status of a page that shows a form again because what came in cannot be accepted."""


@require_safe
@desk_page(Role.PLANNER)
def sitting_list(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List the sittings that this planner owns or runs a region of."""
    exams = planning.sittings_on_desk(staff, clock.now())
    return render(request, "sittings/desk/sitting_list.html", {"exams": exams})


@require_safe
@desk_page(Role.PLANNER)
def sitting(request: HttpRequest, staff: Staff, code: str) -> HttpResponse:
    """Show one sitting: windows with every version and who set it, sites, notices, and what is still missing."""
    desk = planning.desk_of(planning.get_sitting_for(code, by=staff), staff)
    gaps = [labels.gap_sentence(gap) for gap in desk.gaps]
    return render(request, "sittings/desk/sitting.html", {"desk": desk, "sitting": desk.sitting, "gaps": gaps})


@require_http_methods(READ_AND_WRITE)
@desk_page(Role.PLANNER)
def extend_window(request: HttpRequest, staff: Staff, code: str) -> HttpResponse:
    """Let a window close later: fill in, read what candidates will read, confirm."""
    found = planning.get_sitting_for(code, by=staff)
    scopes = [(str(region_id or EVERY_REGION), name) for region_id, name in planning.scopes_of(found, staff)]
    form = ExtensionForm(request.POST or None, regions=scopes, initial=request.GET.dict())
    if not form.is_valid() or "edit" in request.POST:
        return _form_page(request, "extend_window", form, {"sitting": found})
    try:
        if "confirmed" in request.POST:
            return redirect(_extend(request, staff, found.pk, form))
        shown = planning.preview_extension(
            found, region_id=form.region_id, kind=form.window_kind, closes=form.closes, by=staff, now=clock.now()
        )
    except (ExtensionNotLater, WindowClosed, IllegalTransition) as error:
        return _form_page(request, "extend_window", form, {"sitting": found}, refusal=error)
    context = {"sitting": found, "form": form, "preview": shown}
    return render(request, "sittings/desk/extend_window_preview.html", context)


def _extend(request: HttpRequest, staff: Staff, sitting_id: UUID, form: ExtensionForm) -> str:
    def act() -> str:
        window = actions.extend_window(
            sitting_id=sitting_id,
            region_id=form.region_id,
            kind=form.window_kind,
            closes=form.closes,
            reason=form.cleaned_data["reason"],
            notice=form.notice,
            by=staff,
            now=clock.now(),
        )
        messages.success(request, _("时间已延长，公告已发布。考生的页面和日历会显示新的截止时间。"))
        return resolve_url("sittings:desk_sitting", window.sitting.code)

    return submit_once(request, staff, action=f"sittings.extend_window:{sitting_id}", act=act)


@require_http_methods(READ_AND_WRITE)
@desk_page(Role.PLANNER)
def add_site(request: HttpRequest, staff: Staff, code: str) -> HttpResponse:
    """Add a site to an exam region."""
    found = planning.get_sitting_for(code, by=staff)
    regions = [(str(region.pk), region.authority.name) for region in planning.regions_run_by(found, staff)]
    form = SiteForm(request.POST or None, regions=regions)
    if not form.is_valid():
        return _form_page(request, "add_site", form, {"sitting": found})

    def act() -> str:
        actions.add_site(region_id=form.region_id, plan=form.plan, by=staff, now=clock.now())
        messages.success(request, _("考点已增加。"))
        return resolve_url("sittings:desk_sitting", code)

    try:
        return redirect(submit_once(request, staff, action=f"sittings.add_site:{found.pk}", act=act))
    except (SiteCodeTaken, IllegalTransition) as error:
        return _form_page(request, "add_site", form, {"sitting": found}, refusal=error)


@require_http_methods(READ_AND_WRITE)
@desk_page(Role.PLANNER)
def issue_notice(request: HttpRequest, staff: Staff, code: str) -> HttpResponse:
    """Announce something, with files."""
    found = planning.get_sitting_for(code, by=staff)
    form = NoticeForm(request.POST or None, request.FILES or None)
    if not form.is_valid():
        return _form_page(request, "issue_notice", form, {"sitting": found})
    notice = form.notice

    def act() -> str:
        actions.issue_notice(notice, sitting_id=found.pk, by=staff, now=clock.now())
        messages.success(request, _("公告已发布。"))
        return resolve_url("sittings:desk_sitting", code)

    files = {file.file_name: hashlib.sha256(file.content).hexdigest() for file in notice.attachments}
    try:
        return redirect(submit_once(request, staff, action=f"sittings.issue_notice:{found.pk}", act=act, content=files))
    except (AttachmentKindRefused, AttachmentTooLarge, TooManyAttachments) as error:
        return _form_page(request, "issue_notice", form, {"sitting": found}, refusal=error)


@require_http_methods(READ_AND_WRITE)
@desk_page(Role.PLANNER)
def reminders(request: HttpRequest, staff: Staff, code: str) -> HttpResponse:
    """Say whether forgotten ticket numbers are sent to telephones."""
    found = planning.get_owned_sitting(code, by=staff)
    form = RemindersForm(request.POST or None, initial={"are_sent": "yes" if found.sends_ticket_numbers else "no"})
    if not form.is_valid():
        return _form_page(request, "reminders", form, {"sitting": found})
    are_sent = form.cleaned_data["are_sent"]

    def act() -> str:
        actions.choose_reminders(sitting_id=found.pk, are_sent=are_sent, by=staff, now=clock.now())
        messages.success(request, _("已保存。"))
        return resolve_url("sittings:desk_sitting", code)

    return redirect(submit_once(request, staff, action=f"sittings.reminders:{found.pk}", act=act))


@require_http_methods(READ_AND_WRITE)
@desk_page(Role.PLANNER)
def publish(request: HttpRequest, staff: Staff, code: str) -> HttpResponse:
    """Publish a sitting after one more look; what is missing is listed."""
    found = planning.get_owned_sitting(code, by=staff)
    if request.method != "POST":
        return render(request, "sittings/desk/publish.html", {"sitting": found})

    def act() -> str:
        actions.publish_sitting(sitting_id=found.pk, by=staff, now=clock.now())
        messages.success(request, _("考试已发布，考生现在可以看到。"))
        return resolve_url("sittings:desk_sitting", code)

    try:
        return redirect(submit_once(request, staff, action=f"sittings.publish:{found.pk}", act=act))
    except SittingIncomplete as error:
        context = {"sitting": found, "gaps": [labels.gap_sentence(gap) for gap in error.gaps]}
        return render(request, "sittings/desk/publish.html", context, status=SEE_OTHER_FORM)


@require_http_methods(READ_AND_WRITE)
@desk_page(Role.PLANNER)
def close(request: HttpRequest, staff: Staff, code: str) -> HttpResponse:
    """End a sitting whose work is done."""
    found = planning.get_owned_sitting(code, by=staff)
    if request.method != "POST":
        return render(request, "sittings/desk/close.html", {"sitting": found})

    def act() -> str:
        actions.close_sitting(sitting_id=found.pk, by=staff, now=clock.now())
        messages.success(request, _("考试已结束。"))
        return resolve_url("sittings:desk_sitting", code)

    return redirect(submit_once(request, staff, action=f"sittings.close:{found.pk}", act=act))


@require_http_methods(READ_AND_WRITE)
@desk_page(Role.PLANNER)
def cancel(request: HttpRequest, staff: Staff, code: str) -> HttpResponse:
    """Call a sitting off, with a reason."""
    found = planning.get_owned_sitting(code, by=staff)
    form = CancelForm(request.POST or None)
    if not form.is_valid():
        return _form_page(request, "cancel", form, {"sitting": found})

    def act() -> str:
        actions.cancel_sitting(sitting_id=found.pk, reason=form.cleaned_data["reason"], by=staff, now=clock.now())
        messages.success(request, _("考试已取消。请另发公告，向考生说明安排。"))
        return resolve_url("sittings:desk_sitting", code)

    return redirect(submit_once(request, staff, action=f"sittings.cancel:{found.pk}", act=act))


def _form_page(
    request: HttpRequest,
    page: str,
    form: object,
    context: Mapping[str, object],
    *,
    refusal: DomainError | None = None,
) -> HttpResponse:
    """Show a form for the first time, or again with what was wrong."""
    status = SEE_OTHER_FORM if request.method == "POST" and "edit" not in request.POST else 200
    everything = {**context, "form": form, "refusal": refusal}
    return render(request, f"sittings/desk/{page}.html", everything, status=status)
