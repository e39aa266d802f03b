"""What a candidate tells about who they are, and sees of it."""

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from jinbang.audit.submission import FIELD, body_of, perform_once
from jinbang.kernel import clock
from jinbang.kernel.errors import DomainError
from jinbang.kernel.identity import DocumentKind
from jinbang.people import accounts
from jinbang.people.audiences import account_page
from jinbang.people.errors import IdentityAlreadyBound, PhoneNotVerified, TooManyClaims
from jinbang.people.forms import IdentityForm
from jinbang.people.outside.rules import is_path_of_ours
from jinbang.people.queries import Candidate


@require_http_methods(["GET", "HEAD", "POST"])
@account_page
def identity(request: HttpRequest, candidate: Candidate) -> HttpResponse:
    """Take a claim to be the person whom a document names. What follows is one page, whoever that document names."""
    if candidate.person_id is not None and request.method != "POST":
        return redirect(_onwards(request))
    form = IdentityForm(request.POST if request.method == "POST" else None)
    refusal: DomainError | None = None
    if form.is_bound and form.is_valid():
        try:
            return redirect(_bind(request, candidate, form))
        except (IdentityAlreadyBound, PhoneNotVerified, TooManyClaims) as error:
            refusal = error
    context = {"form": form, "refusal": refusal}
    return render(request, "people/candidate/identity.html", context, status=422 if form.is_bound else 200)


@require_safe
@account_page
def identity_received(request: HttpRequest, _candidate: Candidate) -> HttpResponse:
    """Say what happens now, to everybody in the same words and bytes: the page is no answer to who is on record."""
    return render(request, "people/candidate/identity_received.html", {"onwards": _onwards(request)})


def _bind(request: HttpRequest, candidate: Candidate, form: IdentityForm) -> str:
    def act() -> str:
        accounts.claim_identity(
            name=form.cleaned_data["name"],
            kind=DocumentKind(form.cleaned_data["kind"]),
            number=form.cleaned_data["number"],
            by=candidate,
            now=clock.now(),
        )
        return _with_next(request, resolve_url("people:identity_received"))

    return perform_once(
        key=request.POST.get(FIELD, ""),
        account_id=candidate.account_id,
        action="people.bind_person",
        body=body_of(request.POST),
        act=act,
    )


def _with_next(request: HttpRequest, url: str) -> str:
    return f"{url}?{urlencode({REDIRECT_FIELD_NAME: _onwards(request)})}"


def _onwards(request: HttpRequest) -> str:
    """Return the page of ours that the candidate was heading for (the form keeps it), else their own first one."""
    wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
    return wanted if is_path_of_ours(wanted) else str(settings.LOGIN_REDIRECT_URL)
