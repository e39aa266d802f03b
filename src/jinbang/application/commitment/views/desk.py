"""The reviewer's pages: the lots of the regions, the checks, and one check from the evidence to a finding."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jinbang.application.commitment import actions, labels, queries
from jinbang.application.commitment.errors import HearingOpen, SecondPersonNeeded
from jinbang.application.commitment.forms import ChargeForm, FindingForm
from jinbang.application.commitment.states import CommitmentState, Ground
from jinbang.application.dossier import summary_of
from jinbang.application.queries import reading_of
from jinbang.application.views.evidence import sandboxed
from jinbang.audit.submission import submit_once
from jinbang.kernel import clock
from jinbang.kernel.errors import DomainError
from jinbang.people.audiences import desk_page
from jinbang.people.queries import Staff
from jinbang.people.states import Role

ON_ONE_PAGE = 50


@require_safe
@desk_page(Role.REVIEWER)
def checks(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Show the lots of the regions and the checks, the open ones first."""
    page = Paginator(queries.checks_in_scope(staff), ON_ONE_PAGE).get_page(request.GET.get("page"))
    lines = [
        (check, labels.state_label(check.commitment.state), labels.GROUNDS[Ground(check.ground)])
        for check in page.object_list
    ]
    context = {"page": page, "lines": lines, "lots": queries.lots_of(staff, now=clock.now())}
    return render(request, "application/desk/commitments.html", context)


@require_safe
@desk_page(Role.REVIEWER)
def check(request: HttpRequest, staff: Staff, check_id: UUID) -> HttpResponse:
    """Show one check with everything that decides it."""
    return _check_page(request, staff, check_id)


@require_safe
@desk_page(Role.REVIEWER)
def evidence(request: HttpRequest, staff: Staff, check_id: UUID, evidence_id: UUID) -> HttpResponse:
    """Serve one scan shown for a check."""
    return sandboxed(queries.open_evidence(check_id, evidence_id, by=staff))


@require_POST
@desk_page(Role.REVIEWER)
def uphold(request: HttpRequest, staff: Staff, check_id: UUID) -> HttpResponse:
    """Find a commitment true."""

    def act() -> None:
        actions.uphold_commitment(check_id=check_id, by=staff, now=clock.now())

    return _done(request, staff, check_id, "uphold", act)


@require_POST
@desk_page(Role.REVIEWER)
def charge(request: HttpRequest, staff: Staff, check_id: UUID) -> HttpResponse:
    """Tell the candidate what is held to be false."""
    form = ChargeForm(request.POST)
    if not form.is_valid():
        return _check_page(request, staff, check_id, charge_form=form, status=422)

    def act() -> None:
        actions.charge_commitment(check_id=check_id, charge=form.cleaned_data["charge"], by=staff, now=clock.now())

    return _done(request, staff, check_id, "charge", act)


@require_POST
@desk_page(Role.REVIEWER)
def find_false(request: HttpRequest, staff: Staff, check_id: UUID) -> HttpResponse:
    """Decide, as the second person, that a commitment is false."""
    form = FindingForm(request.POST)
    if not form.is_valid():
        return _check_page(request, staff, check_id, finding_form=form, status=422)

    def act() -> None:
        actions.find_commitment_false(
            check_id=check_id, document_number=form.cleaned_data["document_number"], by=staff, now=clock.now()
        )

    return _done(request, staff, check_id, "find_false", act)


@require_POST
@desk_page(Role.REVIEWER)
def commit_seed(request: HttpRequest, staff: Staff, region_id: UUID) -> HttpResponse:
    """Make the hash of a region's seed public."""

    def act() -> str:
        actions.commit_sample_seed(region_id=region_id, by=staff, now=clock.now())
        messages.success(request, _("抽查种子的摘要已公布。"))
        return resolve_url("application:commitments")

    return redirect(submit_once(request, staff, action=f"application.commit_sample:{region_id}", act=act))


@require_POST
@desk_page(Role.REVIEWER)
def draw(request: HttpRequest, staff: Staff, region_id: UUID) -> HttpResponse:
    """Draw a region's sample."""

    def act() -> str:
        sample = actions.draw_commitment_sample(region_id=region_id, by=staff, now=clock.now())
        messages.success(request, _("已抽取 %(count)s 份，种子已公布。") % {"count": sample.drawn})
        return resolve_url("application:commitments")

    return redirect(submit_once(request, staff, action=f"application.draw_sample:{region_id}", act=act))


def _check_page(
    request: HttpRequest,
    staff: Staff,
    check_id: UUID,
    *,
    charge_form: ChargeForm | None = None,
    finding_form: FindingForm | None = None,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    found = queries.get_check(check_id, by=staff)
    state = CommitmentState(found.commitment.state)
    context = {
        "check": found,
        "state_label": labels.STATES[state],
        "state_colour": labels.COLOURS[state],
        "ground": labels.GROUNDS[Ground(found.ground)],
        "stage_label": labels.stage_label(found.stage),
        "summary": summary_of(reading_of(found.commitment.application)) if found.commitment.application else (),
        "asked": queries.items_asked(found),
        "shown": queries.evidence_of(found),
        "is_questioned": state is CommitmentState.QUESTIONED,
        "is_charged": state is CommitmentState.CHARGED,
        "is_own_charge": found.charged_by_id == staff.account_id,
        "charge_form": charge_form or ChargeForm(),
        "finding_form": finding_form or FindingForm(),
        "refusal": refusal,
    }
    return render(request, "application/desk/commitment_check.html", context, status=status)


def _done(request: HttpRequest, staff: Staff, check_id: UUID, verb: str, do: Callable[[], None]) -> HttpResponse:
    def act() -> str:
        do()
        messages.success(request, _("已办理。"))
        return resolve_url("application:commitment_case", check_id)

    try:
        return redirect(submit_once(request, staff, action=f"application.{verb}:{check_id}", act=act))
    except (HearingOpen, SecondPersonNeeded) as refusal:
        return _check_page(request, staff, check_id, refusal=refusal, status=409)
