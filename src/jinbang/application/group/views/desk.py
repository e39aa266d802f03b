"""The employer's clerk: hand in a sheet, read the answer row by row, take it along as a sheet."""

from hashlib import sha256
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.http import require_http_methods, require_safe

from jinbang.application.group import actions, queries
from jinbang.application.group.errors import SheetHeadingsMissing, SheetTooLarge, SheetUnreadable
from jinbang.application.group.forms import SheetForm
from jinbang.audit.submission import FIELD, perform_once
from jinbang.kernel import clock
from jinbang.kernel.errors import DomainError
from jinbang.people.audiences import desk_page
from jinbang.people.queries import Staff
from jinbang.people.states import Role

SHEET_TYPE: Final = "text/csv; charset=utf-8"
CORRECTABLE: Final = (SheetHeadingsMissing, SheetTooLarge, SheetUnreadable)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(Role.GROUP_AGENT)
def uploads(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Show one's own uploads and take another sheet."""
    regions = queries.regions_for_agent(staff, now=clock.now())
    choices = [(str(region.pk), f"{region.sitting.name}（{region.authority.name}）") for region in regions]
    is_sent = request.method == "POST"
    form = SheetForm(request.POST, request.FILES, regions=choices) if is_sent else SheetForm(regions=choices)
    refusal: DomainError | None = None
    if is_sent and form.is_valid():
        try:
            return redirect(
                _hand_in(request, staff, UUID(form.cleaned_data["region"]), form.cleaned_data["sheet"].read())
            )
        except CORRECTABLE as error:
            refusal = error
    context = {"regions": regions, "form": form, "uploads": queries.uploads_of(staff)[:50], "refusal": refusal}
    return render(request, "application/desk/group_uploads.html", context, status=422 if is_sent else 200)


@require_safe
@desk_page(Role.GROUP_AGENT)
def upload(request: HttpRequest, staff: Staff, upload_id: UUID) -> HttpResponse:
    """Show the answer to one sheet, row by row, masked."""
    found = queries.get_upload(upload_id, by=staff)
    context = {"upload": found, "lines": queries.answer_lines(found)}
    return render(request, "application/desk/group_upload.html", context)


@require_safe
@desk_page(Role.GROUP_AGENT)
def answer(_request: HttpRequest, staff: Staff, upload_id: UUID) -> HttpResponse:
    """Give the answer as a sheet."""
    return _sheet(queries.answer_sheet(queries.get_upload(upload_id, by=staff)), name="answer.csv")


@require_safe
@desk_page(Role.GROUP_AGENT)
def template(_request: HttpRequest, staff: Staff, region_id: UUID) -> HttpResponse:
    """Give the sheet to be filled in for one region."""
    now = clock.now()
    return _sheet(
        queries.template_sheet(queries.get_region_for_agent(region_id, by=staff, now=now), now=now), name="template.csv"
    )


def _sheet(content: bytes, *, name: str) -> HttpResponse:
    return HttpResponse(
        content, content_type=SHEET_TYPE, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _hand_in(request: HttpRequest, staff: Staff, region_id: UUID, raw: bytes) -> str:
    def act() -> str:
        kept = actions.hand_in_sheet(region_id=region_id, raw=raw, by=staff, now=clock.now())
        return resolve_url("application:group_upload", kept.pk)

    return perform_once(
        key=request.POST.get(FIELD, ""),
        account_id=staff.account_id,
        action=f"application.hand_in:{region_id}",
        body={"sheet": sha256(raw).hexdigest()},
        act=act,
    )
