"""The person's own pages: what an employer has filled in, and one's own word on it."""

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jinbang.application import steps
from jinbang.application.errors import AlreadyApplied
from jinbang.application.group import actions, dossier, queries
from jinbang.application.group.errors import GroupNameDiffers
from jinbang.audit.submission import submit_once
from jinbang.kernel import clock
from jinbang.kernel.errors import DomainError
from jinbang.people.audiences import candidate_page
from jinbang.people.queries import Candidate
from jinbang.sittings.errors import SiteFull, WindowClosed

CORRECTABLE: Final = (AlreadyApplied, GroupNameDiffers, SiteFull, WindowClosed)


@require_safe
@candidate_page
def rows(request: HttpRequest, candidate: Candidate) -> HttpResponse:
    """Show what employers have filled in for this person."""
    lines = [dossier.own_line(row) for row in queries.own_rows(candidate)]
    return render(request, "application/candidate/group_rows.html", {"lines": lines})


@require_http_methods(["GET", "HEAD", "POST"])
@candidate_page
def row(request: HttpRequest, candidate: Candidate, row_id: UUID) -> HttpResponse:
    """Show one row whole, and take the person's confirmation."""
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            return redirect(_confirm(request, candidate, row_id))
        except CORRECTABLE as error:
            refusal = error
    context = {"line": dossier.own_line(queries.get_own_row(row_id, by=candidate)), "refusal": refusal}
    return render(request, "application/candidate/group_row.html", context, status=409 if refusal else 200)


@require_POST
@candidate_page
def decline(request: HttpRequest, candidate: Candidate, row_id: UUID) -> HttpResponse:
    """Take the person's no."""

    def act() -> str:
        actions.decline_group_row(row_id=row_id, by=candidate, now=clock.now())
        messages.success(request, _("已告知单位您不同意，没有以您的名义提交任何内容。"))
        return resolve_url("application:group_rows")

    return redirect(submit_once(request, candidate, action=f"application.decline_row:{row_id}", act=act))


def _confirm(request: HttpRequest, candidate: Candidate, row_id: UUID) -> str:
    def act() -> str:
        application = actions.confirm_group_row(row_id=row_id, by=candidate, now=clock.now())
        messages.success(request, _("已确认。请上传照片、阅读声明后提交，提交以前都可以修改。"))
        return steps.onwards(application.pk, by=candidate)

    return submit_once(request, candidate, action=f"application.confirm_row:{row_id}", act=act)
