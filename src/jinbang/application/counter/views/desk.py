"""The counter of a registration point: choose the point, take one person's application in one go, print, submit."""

from collections.abc import Callable
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from jinbang.application import labels as application_labels
from jinbang.application import queries as applications
from jinbang.application.counter import actions, documents, queries, rules
from jinbang.application.counter.actions import CounterEntry
from jinbang.application.counter.forms import CardForm, EntryForm, PledgeForm
from jinbang.application.counter.text import CURRENT_PLEDGE
from jinbang.application.dossier import masked_document_of, summary_of
from jinbang.application.errors import (
    AlreadyApplied,
    ApplicationIncomplete,
    ChoiceUnknown,
    ConditionNotMet,
    PhotoFileTooLarge,
    PhotoTooManyPixels,
    PhotoTooSmall,
    PhotoUnreadable,
    SiteNotOffered,
    SubjectsIncomplete,
)
from jinbang.application.evidence import UNREADABLE
from jinbang.application.states import ApplicationState
from jinbang.audit.submission import FIELD, body_of, perform_once
from jinbang.kernel import clock
from jinbang.kernel.errors import DomainError
from jinbang.kernel.identity import DocumentKind
from jinbang.people.audiences import desk_page
from jinbang.people.errors import NameDiffers
from jinbang.people.queries import Staff
from jinbang.people.states import Role
from jinbang.sittings.errors import SiteFull, WindowClosed

if TYPE_CHECKING:
    from jinbang.application.models import Application

CORRECTABLE: Final = (
    AlreadyApplied,
    ApplicationIncomplete,
    ChoiceUnknown,
    ConditionNotMet,
    NameDiffers,
    PhotoFileTooLarge,
    PhotoTooManyPixels,
    PhotoTooSmall,
    PhotoUnreadable,
    SiteFull,
    SiteNotOffered,
    SubjectsIncomplete,
    WindowClosed,
)


@require_safe
@desk_page(Role.REGISTRAR)
def points(request: HttpRequest, staff: Staff) -> HttpResponse:
    """Show the registration points in scope; where only one is open, go straight to its counter."""
    found = queries.points_of(staff, now=clock.now())
    usable = [point for point in found if point.is_open]
    if len(usable) == 1 and "all" not in request.GET:
        return redirect("application:counter", usable[0].site.pk)
    return render(request, "application/desk/counter_points.html", {"points": found})


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(Role.REGISTRAR)
def counter(request: HttpRequest, staff: Staff, point_id: UUID) -> HttpResponse:
    """Read a card; the number is sent in the body and answered with the whole form, so that no address holds it."""
    point = queries.get_point(point_id, by=staff)
    offer = applications.offer_of(point.region.sitting)
    card_form = CardForm(request.POST if request.method == "POST" else None, offer=offer)
    if not (card_form.is_bound and card_form.is_valid()):
        return _counter_page(request, point, card_form=card_form, status=422 if card_form.is_bound else 200)
    card = rules.read_card(card_form.cleaned_data["card"])
    visitor = queries.visitor_of(card, point)
    form = EntryForm(
        offer=offer,
        level=card_form.cleaned_data["level"],
        initial={"number": card.number, "kind": card.kind.value, "name": visitor.name},
    )
    return _counter_page(request, point, form=form, visitor=visitor)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(Role.REGISTRAR)
def enter(request: HttpRequest, staff: Staff, point_id: UUID) -> HttpResponse:
    """Take everything in one go, then lead to printing the pledge."""
    if request.method != "POST":
        return redirect("application:counter", point_id)
    point = queries.get_point(point_id, by=staff)
    offer = applications.offer_of(point.region.sitting)
    form = EntryForm(request.POST, request.FILES, offer=offer, level=request.POST.get("level", ""))
    refusal: DomainError | None = None
    if form.is_valid():
        try:
            return redirect(_enter(request, staff, point_id, form))
        except CORRECTABLE as error:
            refusal = _explained(form, error)
    return _counter_page(request, point, form=form, refusal=refusal, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(Role.REGISTRAR)
def entered(request: HttpRequest, staff: Staff, application_id: UUID) -> HttpResponse:
    """Show what was entered: print the pledge, take its scan, submit; then say what comes next."""
    application = queries.get_counter_application(application_id, by=staff)
    is_sent = request.method == "POST"
    form = PledgeForm(request.POST, request.FILES) if is_sent else PledgeForm()
    refusal: DomainError | None = None
    if is_sent and form.is_valid():
        try:
            return redirect(_submit(request, staff, application_id, form.cleaned_data["pledge"].read()))
        except (*UNREADABLE, WindowClosed) as error:
            refusal = error
    context = {"form": form, "refusal": refusal, **_standing(application, staff)}
    return render(request, "application/desk/counter_entered.html", context, status=422 if is_sent else 200)


@require_safe
@desk_page(Role.REGISTRAR)
def pledge(request: HttpRequest, staff: Staff, application_id: UUID) -> HttpResponse:
    """Print the pledge with what was entered."""
    application = queries.get_counter_application(application_id, by=staff)
    summary = summary_of(applications.reading_of(application))
    pdf = documents.pledge_pdf(application, CURRENT_PLEDGE, summary=summary, at=clock.now())
    return documents.pledge_response(pdf)


def _standing(application: "Application", staff: Staff) -> dict[str, object]:
    state = ApplicationState(application.state)
    return {
        "application": application,
        "state_label": application_labels.STATES[state],
        "state_colour": application_labels.COLOURS[state],
        "can_submit": state.is_editable,
        "is_approved": state is ApplicationState.APPROVED,
        "takes_money": staff.holds(Role.BURSAR, application.region.authority.path),
        "document": masked_document_of(application),
        "summary": summary_of(applications.reading_of(application)),
        "pledge": queries.find_pledge(application),
    }


def _counter_page(
    request: HttpRequest,
    point: Any,  # noqa: ANN401  # views know no models
    *,
    card_form: CardForm | None = None,
    form: EntryForm | None = None,
    visitor: queries.Visitor | None = None,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"point": point, "card_form": card_form, "form": form, "visitor": visitor, "refusal": refusal}
    return render(request, "application/desk/counter.html", context, status=status)


def _entry(form: EntryForm) -> CounterEntry:
    typed = form.cleaned_data
    return CounterEntry(
        name=typed["name"],
        kind=DocumentKind(typed["kind"]),
        number=typed["number"],
        phone=typed["phone"],
        level_code=typed["level"],
        specialty_code=typed.get("specialty", ""),
        track_code=typed.get("track", ""),
        condition_code=typed.get("condition", ""),
        education=typed["education"],
        graduated_on=typed["graduated_on"],
        work_years=typed["work_years"],
        employer=typed["employer"],
        subject_codes=tuple(typed["subjects"]),
        photo=typed["photo"].read(),
    )


def _enter(request: HttpRequest, staff: Staff, point_id: UUID, form: EntryForm) -> str:
    entry = _entry(form)

    def act() -> str:
        application = actions.enter_at_counter(point_id=point_id, entry=entry, by=staff, now=clock.now())
        return resolve_url("application:counter_entered", application.pk)

    return _once(request, staff, f"application.enter_at_counter:{point_id}", act, content=entry.photo)


def _submit(request: HttpRequest, staff: Staff, application_id: UUID, raw: bytes) -> str:
    def act() -> str:
        application = actions.submit_at_counter(application_id=application_id, pledge=raw, by=staff, now=clock.now())
        messages.success(request, _("%(name)s 的报名已提交。") % {"name": application.person.name})
        return resolve_url("application:counter_entered", application.pk)

    return _once(request, staff, f"application.submit_at_counter:{application_id}", act, content=raw)


def _once(request: HttpRequest, staff: Staff, action: str, act: Callable[[], str], *, content: bytes) -> str:
    return perform_once(
        key=request.POST.get(FIELD, ""),
        account_id=staff.account_id,
        action=action,
        body={**body_of(request.POST), "file": sha256(content).hexdigest()},
        act=act,
    )


def _explained(form: EntryForm, error: DomainError) -> DomainError | None:
    """Put what concerns one answer beside that answer."""
    if isinstance(error, ConditionNotMet) and "condition" in form.fields:
        years = int(str(error.fields["years_short"]))
        form.add_error(
            "condition", application_labels.verdict_sentence(str(error.fields["outcome"]), years_short=years)
        )
        return None
    if isinstance(error, NameDiffers):
        form.add_error("name", _("与这个证件号码已登记的姓名不一致，请对照证件核对。"))
        return None
    return error
