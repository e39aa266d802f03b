"""The desk's pages of a release: the go/no-go list, sealing, two signatures, the emergency stop, corrections."""

from collections.abc import Callable, Mapping
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jinbang.audit.errors import WorkUnderWay
from jinbang.audit.submission import FIELD, body_of, perform_once
from jinbang.kernel import clock
from jinbang.kernel.errors import WrongPassphrase
from jinbang.people.audiences import desk_page
from jinbang.people.queries import Staff
from jinbang.people.states import Role
from jinbang.results import queries
from jinbang.results.actions import release as actions
from jinbang.results.errors import (
    NoOfficerKey,
    PasskeyRefused,
    ReleaseNotReady,
    ReleaseTooLate,
    SamePersonTwice,
    SameUnitTwice,
    WarrantChanged,
)
from jinbang.results.forms import CorrectionForm, InstantForm, PasskeyForm, ReasonForm, SignForm
from jinbang.results.screens.changes import changes_screen
from jinbang.results.screens.common import Act
from jinbang.results.screens.regions import region_screen
from jinbang.results.screens.releases import release_screen

ON_THE_PAGE: Final = (
    NoOfficerKey,
    PasskeyRefused,
    ReleaseNotReady,
    ReleaseTooLate,
    SamePersonTwice,
    SameUnitTwice,
    WarrantChanged,
    WorkUnderWay,
    WrongPassphrase,
)


def release_address(release_id: UUID) -> str:
    """Return the address of a release's page."""
    return reverse("results:release", args=[release_id])


@require_GET
@desk_page(*queries.RESULTS_ROLES)
def release(request: HttpRequest, staff: Staff, release_id: UUID) -> HttpResponse:
    """Show a release: every check, the warrant, who signed, and the one next step."""
    return _page(request, staff, release_id)


@require_GET
@desk_page(*queries.RESULTS_ROLES)
def changes(request: HttpRequest, staff: Staff, release_id: UUID) -> HttpResponse:
    """Show whom judging anew made something different of, and why."""
    found = queries.get_release(release_id, by=staff)
    context = {"screen": changes_screen(found, page=request.GET.get("page", ""))}
    return render(request, "results/desk/changes.html", context)


@require_POST
@desk_page(Role.MARKS_CLERK)
def draft(request: HttpRequest, staff: Staff, region_id: UUID) -> HttpResponseBase:
    """Draft a region's release for an instant."""
    found = queries.get_region(region_id, by=staff, roles=(Role.MARKS_CLERK,))
    form = InstantForm(request.POST)
    context: dict[str, object] = {"instant_form": form, "reason_form": ReasonForm()}
    if form.is_valid():

        def act() -> str:
            drafted = actions.draft_release(region=found, opens_at=form.instant(), by=staff, now=clock.now())
            return release_address(drafted.pk)

        try:
            return redirect(_once(request, staff, region_id, act))
        except ON_THE_PAGE as refusal:
            context["refusal"] = refusal
    context["screen"] = region_screen(found, by=staff)
    return render(request, "results/desk/region.html", context, status=422)


@require_POST
@desk_page(Role.MARKS_CLERK)
def validate(request: HttpRequest, staff: Staff, release_id: UUID) -> HttpResponseBase:
    """Have the worker judge everybody and go through the list; the page shows how far it is."""

    def step() -> None:
        actions.ask_for_validation(release_id=release_id, by=staff, now=clock.now())

    return _step(request, staff, release_id, step)


@require_POST
@desk_page(Role.MARKS_CLERK)
def seal(request: HttpRequest, staff: Staff, release_id: UUID) -> HttpResponseBase:
    """Have the worker write the warrant; the page shows how far it is."""

    def step() -> None:
        actions.ask_for_sealing(release_id=release_id, by=staff, now=clock.now())

    return _step(request, staff, release_id, step)


@require_POST
@desk_page(Role.RELEASE_OFFICER)
def sign(request: HttpRequest, staff: Staff, release_id: UUID) -> HttpResponseBase:
    """Sign the warrant that was on the screen, with a passphrase or a passkey."""
    form = PasskeyForm(request.POST) if "client_data" in request.POST else SignForm(request.POST)
    if not form.is_valid():
        return _page(request, staff, release_id, {"sign_form": form}, status=422)

    def step() -> None:
        actions.sign_release(release_id=release_id, **form.signed(), by=staff, now=clock.now())

    return _step(request, staff, release_id, step)


@require_POST
@desk_page(Role.RELEASE_OFFICER)
def reopen(request: HttpRequest, staff: Staff, release_id: UUID) -> HttpResponseBase:
    """Stop a release before its instant."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, staff, release_id, {"reopen_form": form}, status=422)
    reason = form.cleaned_data["reason"]

    def step() -> None:
        actions.reopen_release(release_id=release_id, reason=reason, by=staff, now=clock.now())

    return _step(request, staff, release_id, step)


@require_POST
@desk_page(Role.MARKS_CLERK)
def correct(request: HttpRequest, staff: Staff, release_id: UUID) -> HttpResponseBase:
    """Begin a corrected generation."""
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        return _page(request, staff, release_id, {"correction_form": form}, status=422)
    reason, instant = form.cleaned_data["reason"], form.instant()

    def step() -> None:
        actions.correct_release(release_id=release_id, opens_at=instant, reason=reason, by=staff, now=clock.now())

    return _step(request, staff, release_id, step)


def _step(request: HttpRequest, staff: Staff, release_id: UUID, step: Callable[[], None]) -> HttpResponseBase:
    """Take one step once, and come back to the page; a refusal is shown there."""

    def act() -> str:
        step()
        return release_address(release_id)

    try:
        return redirect(_once(request, staff, release_id, act))
    except ON_THE_PAGE as refusal:
        return _page(request, staff, release_id, {"refusal": refusal}, status=422)


def _once(request: HttpRequest, staff: Staff, subject_id: UUID, act: Act) -> str:
    """Let a submitted form take effect once; the passphrase stands in no stored hash."""
    body = {name: value for name, value in body_of(request.POST).items() if name != "passphrase"}
    action = f"{request.resolver_match.view_name}:{subject_id}" if request.resolver_match else ""
    key = request.POST.get(FIELD, "")
    return perform_once(key=key, account_id=staff.account_id, action=action, body=body, act=act)


def _page(
    request: HttpRequest,
    staff: Staff,
    release_id: UUID,
    extra: Mapping[str, object] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    found = queries.get_release(release_id, by=staff)
    context = {
        "screen": release_screen(found, by=staff, now=clock.now()),
        "sign_form": SignForm(initial={"warrant_hash": found.warrant_hash}),
        "passkey_form": PasskeyForm(initial={"warrant_hash": found.warrant_hash}),
        "reopen_form": ReasonForm(),
        "correction_form": CorrectionForm(),
        **(extra or {}),
    }
    return render(request, "results/desk/release.html", context, status=status)
