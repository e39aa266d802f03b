"""A candidate's appeal against a refusal: until when, how, and what became of it."""

from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.http import require_http_methods

from jinbang.application import actions, casefile, queries
from jinbang.application.errors import AppealClosed, AppealWordsMissing
from jinbang.application.evidence import clean_file
from jinbang.application.review_forms import AppealForm
from jinbang.application.views import evidence
from jinbang.audit.submission import FIELD, body_of, perform_once
from jinbang.kernel import clock
from jinbang.kernel.errors import DomainError
from jinbang.people.audiences import candidate_page
from jinbang.people.queries import Candidate

if TYPE_CHECKING:
    from jinbang.application.models import Application

CORRECTABLE = (AppealClosed, AppealWordsMissing, *evidence.CORRECTABLE)


@require_http_methods(["GET", "HEAD", "POST"])
@candidate_page
def appeal(request: HttpRequest, candidate: Candidate, application_id: UUID) -> HttpResponse:
    """Show what was refused, why, and until when an appeal is heard; take it; afterwards show what became of it."""
    application = queries.get_own_application(application_id, by=candidate)
    form = AppealForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    refusal: DomainError | None = None
    if form.is_bound and form.is_valid():
        try:
            return redirect(_appeal(request, candidate, application, form))
        except CORRECTABLE as error:
            refusal = error
    file = casefile.appeal_page_of(application, now=clock.now())
    context = {"application": application, "file": file, "form": form, "refusal": refusal}
    return render(request, "application/candidate/appeal.html", context, status=422 if form.is_bound else 200)


def _appeal(request: HttpRequest, candidate: Candidate, application: "Application", form: AppealForm) -> str:
    # Pictures are decoded before the transaction begins, which must not be held open by it.
    pages = [clean_file(uploaded.read()) for uploaded in form.cleaned_data["proof"]]

    def act() -> str:
        actions.appeal_refusal(
            application_id=application.pk,
            words=form.cleaned_data["words"],
            pages=pages,
            by=candidate,
            now=clock.now(),
        )
        return resolve_url("application:appeal", application.pk)

    return perform_once(
        key=request.POST.get(FIELD, ""),
        account_id=candidate.account_id,
        action=f"application.appeal:{application.pk}",
        body={**body_of(request.POST), "proof": sha256("".join(page.sha256 for page in pages).encode()).hexdigest()},
        act=act,
    )
