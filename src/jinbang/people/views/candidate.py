"""What a candidate tells about who they are, and sees of it."""

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from jinbang.audit.submission import FIELD, body_of, perform_once
from jinbang.kernel import clock
from jinbang.kernel.errors import DomainError
from jinbang.kernel.identity import DocumentKind
from jinbang.people import actions, queries
from jinbang.people.audiences import account_page, candidate_page
from jinbang.people.errors import IdentityAlreadyBound, IdentityNotRecognised, IdentityTaken, PhoneNotVerified
from jinbang.people.forms import IdentityForm
from jinbang.people.outside.rules import is_path_of_ours
from jinbang.people.queries import Candidate


@require_http_methods(["GET", "HEAD", "POST"])
@account_page
def identity(request: HttpRequest, candidate: Candidate) -> HttpResponse:
    """Bind the account to the person whom a document names, then go on to where the candidate was heading."""
    if candidate.person_id is not None and request.method != "POST":
        return redirect(_onwards(request))
    form = IdentityForm(request.POST if request.method == "POST" else None)
    refusal: DomainError | None = None
    if form.is_bound and form.is_valid():
        try:
            return redirect(_bind(request, candidate, form))
        except (IdentityAlreadyBound, IdentityNotRecognised, IdentityTaken, PhoneNotVerified) as error:
            refusal = error
    context = {"form": form, "refusal": refusal}
    return render(request, "people/candidate/identity.html", context, status=422 if form.is_bound else 200)


@require_safe
@candidate_page
def profile(request: HttpRequest, candidate: Candidate) -> HttpResponse:
    """Show what is on record about the candidate, masked."""
    return render(request, "people/candidate/profile.html", {"profile": queries.profile_of(candidate.require_person())})


def _bind(request: HttpRequest, candidate: Candidate, form: IdentityForm) -> str:
    def act() -> str:
        actions.bind_person(
            name=form.cleaned_data["name"],
            kind=DocumentKind(form.cleaned_data["kind"]),
            number=form.cleaned_data["number"],
            by=candidate,
            now=clock.now(),
        )
        return _onwards(request)

    return perform_once(
        key=request.POST.get(FIELD, ""),
        account_id=candidate.account_id,
        action="people.bind_person",
        body=body_of(request.POST),
        act=act,
    )


def _onwards(request: HttpRequest) -> str:
    """Return the page of ours that the candidate was heading for (the form keeps it), else their own first one."""
    wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
    return wanted if is_path_of_ours(wanted) else str(settings.LOGIN_REDIRECT_URL)
