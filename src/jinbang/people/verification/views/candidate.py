"""What a candidate sees of the checks of their name and diplomas, and states of them."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.http import require_http_methods, require_safe

from jinbang.audit.submission import FIELD, body_of, perform_once
from jinbang.kernel import clock
from jinbang.kernel.errors import DomainError
from jinbang.people.audiences import candidate_page
from jinbang.people.queries import Candidate, verifications_of
from jinbang.people.verification import actions, queries
from jinbang.people.verification.errors import DiplomaSettled, DiplomaStated, TooManyDiplomas
from jinbang.people.verification.forms import DiplomaChangeForm, DiplomaForm
from jinbang.people.verification.states import VerificationKind


@require_safe
@candidate_page
def verifications(request: HttpRequest, candidate: Candidate) -> HttpResponse:
    """Show how each check stands, why, and what to do."""
    context = {"verifications": verifications_of(candidate.require_person())}
    return render(request, "people/candidate/verifications.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@candidate_page
def diploma(request: HttpRequest, candidate: Candidate) -> HttpResponse:
    """State a diploma or a degree."""
    form = DiplomaForm(request.POST if request.method == "POST" else None)

    def act() -> None:
        words = form.cleaned_data
        kind = VerificationKind(words["kind"])
        actions.state_diploma(kind=kind, number=words["number"], school=words["school"], by=candidate, now=clock.now())

    return _answer(request, candidate, form, act=act)


@require_http_methods(["GET", "HEAD", "POST"])
@candidate_page
def diploma_change(request: HttpRequest, candidate: Candidate, verification_id: UUID) -> HttpResponse:
    """Correct one that is not verified yet."""
    row = queries.get_own(candidate.require_person(), verification_id=verification_id)
    initial = {"number": queries.diploma_number_of(row), "school": row.school}
    form = DiplomaChangeForm(request.POST if request.method == "POST" else None, initial=initial)

    def act() -> None:
        words = form.cleaned_data
        actions.change_diploma(
            verification_id=row.pk, number=words["number"], school=words["school"], by=candidate, now=clock.now()
        )

    return _answer(request, candidate, form, act=act)


def _answer(request: HttpRequest, candidate: Candidate, form: DiplomaForm, *, act: Callable[[], None]) -> HttpResponse:
    refusal: DomainError | None = None
    if form.is_bound and form.is_valid():
        try:
            return redirect(_once(request, candidate, act))
        except (TooManyDiplomas, DiplomaStated, DiplomaSettled) as error:
            refusal = error
    context = {"form": form, "refusal": refusal, "is_change": isinstance(form, DiplomaChangeForm)}
    return render(request, "people/candidate/diploma.html", context, status=422 if form.is_bound else 200)


def _once(request: HttpRequest, candidate: Candidate, act: Callable[[], None]) -> str:
    def effect() -> str:
        act()
        return resolve_url("verification:verifications")

    return perform_once(
        key=request.POST.get(FIELD, ""),
        account_id=candidate.account_id,
        action=f"people.diploma:{request.path}",
        body=body_of(request.POST),
        act=effect,
    )
