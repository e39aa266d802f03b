"""The reviewer's page of one check that needs a person: what was stated, what the register said, passed or failed."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from jinbang.application import casefile, queries
from jinbang.application.actions.settle import settle_check
from jinbang.application.errors import NotIndependent
from jinbang.application.review_forms import CheckForm
from jinbang.audit.submission import submit_once
from jinbang.kernel import clock
from jinbang.kernel.errors import DomainError
from jinbang.people.audiences import desk_page
from jinbang.people.queries import Staff
from jinbang.people.states import Role
from jinbang.people.verification.errors import VerificationNotForPerson
from jinbang.people.verification.states import VerificationEvent


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(Role.REVIEWER)
def check(request: HttpRequest, staff: Staff, application_id: UUID, verification_id: UUID) -> HttpResponse:
    """Show one check of whoever applied, and settle it."""
    application = queries.get_case(application_id, by=staff)
    form = CheckForm(request.POST if request.method == "POST" else None)
    refusal: DomainError | None = None
    if form.is_bound and form.is_valid():
        try:
            return redirect(_settle(request, staff, application_id, verification_id, form))
        except (NotIndependent, VerificationNotForPerson) as error:
            refusal = error
    context = {
        "application": application,
        "page": casefile.check_page_of(application, verification_id),
        "form": form,
        "refusal": refusal,
    }
    return render(request, "application/desk/check.html", context, status=422 if form.is_bound else 200)


def _settle(request: HttpRequest, staff: Staff, application_id: UUID, verification_id: UUID, form: CheckForm) -> str:
    def act() -> str:
        settle_check(
            application_id=application_id,
            verification_id=verification_id,
            verdict=VerificationEvent(form.cleaned_data["verdict"]),
            words=form.cleaned_data["words"],
            by=staff,
            now=clock.now(),
        )
        messages.success(request, _("核查结果已登记。"))
        return resolve_url("application:case", application_id)

    return submit_once(request, staff, action=f"application.settle_check:{verification_id}", act=act)
