"""A candidate's pages: begin, fill in page by page, read and agree, see whose turn it is."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.views.decorators.http import require_http_methods, require_safe

from jinbang.application import actions, caseload, dossier, holds, labels, photo_versions, queries, starting, steps
from jinbang.application.actions import BackgroundAnswer
from jinbang.application.commitment.errors import CommitmentInTheWay
from jinbang.application.declaration import CURRENT_DECLARATION
from jinbang.application.errors import (
    AlreadyApplied,
    ApplicationIncomplete,
    ChoiceUnknown,
    ConditionNotMet,
    DeclarationNotAccepted,
    SiteNotOffered,
    SpecialtyFixed,
    SubjectsIncomplete,
    SwitchLosesPasses,
)
from jinbang.application.forms import STEP_FORMS, DeclarationForm, RegionForm, StepForm
from jinbang.application.queries import Reading
from jinbang.application.rules import CHOICES, Task
from jinbang.application.states import ApplicationState
from jinbang.audit.submission import submit_once
from jinbang.kernel import clock
from jinbang.kernel.errors import DomainError
from jinbang.people.audiences import candidate_page
from jinbang.people.queries import Candidate
from jinbang.sittings.errors import SiteFull

# Refusals that the page itself can put right; every other one has a page of its own.
CORRECTABLE: Final = (
    AlreadyApplied,
    ApplicationIncomplete,
    ChoiceUnknown,
    CommitmentInTheWay,
    ConditionNotMet,
    DeclarationNotAccepted,
    SiteFull,
    SiteNotOffered,
    SpecialtyFixed,
    SubjectsIncomplete,
    SwitchLosesPasses,
)

Save = Callable[[UUID, Mapping[str, Any], Candidate, datetime], object]

SAVES: Final[Mapping[Task, Save]] = {
    Task.LEVEL: lambda pk, typed, by, now: actions.fill_level(
        application_id=pk, level_code=typed["level"], confirms_loss=typed.get("confirm", False), by=by, now=now
    ),
    Task.SPECIALTY: lambda pk, typed, by, now: actions.fill_specialty(
        application_id=pk, specialty_code=typed["specialty"], by=by, now=now
    ),
    Task.TRACK: lambda pk, typed, by, now: actions.fill_track(
        application_id=pk, track_code=typed["track"], confirms_loss=typed.get("confirm", False), by=by, now=now
    ),
    Task.EDUCATION: lambda pk, typed, by, now: actions.fill_background(
        application_id=pk, answer=BackgroundAnswer(**typed), by=by, now=now
    ),
    Task.CONDITION: lambda pk, typed, by, now: actions.fill_condition(
        application_id=pk, condition_code=typed["condition"], by=by, now=now
    ),
    Task.EMPLOYER: lambda pk, typed, by, now: actions.fill_employer(
        application_id=pk, employer=typed["employer"], by=by, now=now
    ),
    Task.SUBJECTS: lambda pk, typed, by, now: actions.fill_subjects(
        application_id=pk, subject_codes=typed["subjects"], by=by, now=now
    ),
    Task.SITE: lambda pk, typed, by, now: actions.fill_site(application_id=pk, site_id=typed["site"], by=by, now=now),
}


@require_http_methods(["GET", "HEAD", "POST"])
@candidate_page
def start(request: HttpRequest, candidate: Candidate, sitting_code: str) -> HttpResponse:
    """Begin an application, or go on with the one begun."""
    point = starting.starting_point(sitting_code, now=clock.now())
    begun = queries.find_living_application(point.sitting, by=candidate)
    if begun is not None and request.method != "POST":
        return redirect("application:show", begun.pk)
    regions = [(region.authority.code, region.authority.name) for region in point.regions]
    form = RegionForm(request.POST if request.method == "POST" else None, regions=regions)
    refusal: DomainError | None = None
    if form.is_bound and form.is_valid():
        try:
            return redirect(_start(request, candidate, sitting_code, form.cleaned_data["region"]))
        except CORRECTABLE as error:
            refusal = error
    context = {"point": point, "form": form, "refusal": refusal}
    return render(request, "application/candidate/start.html", context, status=_status(form.is_bound))


@require_safe
@candidate_page
def show(request: HttpRequest, candidate: Candidate, application_id: UUID) -> HttpResponse:
    """Show where an application stands, whose turn it is, until when, and what happened."""
    application = queries.get_own_application(application_id, by=candidate)
    reading = queries.reading_of(application)
    state = ApplicationState(application.state)
    context = {
        "application": application,
        "state": state,
        "state_label": labels.STATES[state],
        "state_colour": labels.COLOURS[state],
        "turn": labels.TURNS[state.whose_turn],
        "happens_next": labels.WHAT_HAPPENS_NEXT[state],
        "review_until": dossier.review_until(application, now=clock.now()),
        "appeals": caseload.appeals_of(application),
        "summary": dossier.summary_of(reading),
        "timeline": dossier.timeline_of(application, names_staff=False),
        "has_photo": reading.answers.has_photo,
        "requests": queries.line_requests_of(application),
        "differences": dossier.differences_of(application),
        "may_change_photo": photo_versions.may_propose(application, now=clock.now()),
    }
    return render(request, "application/candidate/show.html", context)


@require_safe
@candidate_page
def tasks(request: HttpRequest, candidate: Candidate, application_id: UUID) -> HttpResponse:
    """Show what is done and the one next step; after a return first what is asked for, and what stays locked."""
    reading = queries.reading_of(queries.get_editable_application(application_id, by=candidate))
    context = {
        "application": reading.application,
        "steps": steps.steps_of(reading),
        "held_until": holds.find_hold_end(reading.application),
        "summary": dossier.summary_of(reading),
    }
    return render(request, "application/candidate/tasks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@candidate_page
def fill(request: HttpRequest, candidate: Candidate, application_id: UUID, task: Task) -> HttpResponse:
    """Ask one thing, save it, and go on to the next."""
    reading = queries.get_page(application_id, task, by=candidate)
    form = _step_form(request, reading, task)
    refusal: DomainError | None = None
    if form.is_bound and form.is_valid():
        try:
            return redirect(_save(request, candidate, application_id, task, form))
        except CORRECTABLE as error:
            refusal = _explained(form, error)
    context = {
        "application": reading.application,
        "form": form,
        "refusal": refusal,
        "heading": labels.TASKS[task],
        "passes": dossier.passes_of(reading.application) if task in CHOICES else (),
        "held_until": holds.find_hold_end(reading.application) if task is Task.SITE else None,
    }
    return render(request, "application/candidate/fill.html", context, status=_status(form.is_bound))


@require_http_methods(["GET", "HEAD", "POST"])
@candidate_page
def declaration(request: HttpRequest, candidate: Candidate, application_id: UUID) -> HttpResponse:
    """Let everything be read once more, then the declaration, and submit. A second click is led where the first was."""
    form = DeclarationForm(request.POST if request.method == "POST" else None)
    refusal: DomainError | None = None
    if form.is_bound and form.is_valid():
        try:
            return redirect(_submit(request, candidate, application_id, form.cleaned_data["version"]))
        except CORRECTABLE as error:
            refusal = error
    reading = queries.get_page(application_id, Task.DECLARATION, by=candidate)
    context = {
        "application": reading.application,
        "declaration": CURRENT_DECLARATION,
        "form": form,
        "refusal": refusal,
        "summary": dossier.summary_of(reading),
    }
    return render(request, "application/candidate/declaration.html", context, status=_status(form.is_bound))


def _step_form(request: HttpRequest, reading: Reading, task: Task) -> StepForm:
    return STEP_FORMS[task](
        request.POST if request.method == "POST" else None,
        answers=reading.answers,
        offer=reading.offer,
        today=clock.today(),
        sites=queries.sites_to_choose(reading) if task is Task.SITE else (),
    )


def _start(request: HttpRequest, candidate: Candidate, sitting_code: str, authority_code: str) -> str:
    def act() -> str:
        application = actions.start_application(
            sitting_code=sitting_code, authority_code=authority_code, by=candidate, now=clock.now()
        )
        return resolve_url("application:tasks", application.pk)

    return submit_once(request, candidate, action=f"application.start:{sitting_code}", act=act)


def _save(request: HttpRequest, candidate: Candidate, application_id: UUID, task: Task, form: StepForm) -> str:
    def act() -> str:
        SAVES[task](application_id, form.cleaned_data, candidate, clock.now())
        return steps.onwards(application_id, by=candidate)

    return submit_once(request, candidate, action=f"application.fill_{task}:{application_id}", act=act)


def _submit(request: HttpRequest, candidate: Candidate, application_id: UUID, version: str) -> str:
    def act() -> str:
        actions.submit_application(
            application_id=application_id, declaration_version=version, by=candidate, now=clock.now()
        )
        return resolve_url("application:show", application_id)

    return submit_once(request, candidate, action=f"application.submit:{application_id}", act=act)


def _explained(form: StepForm, error: DomainError) -> DomainError | None:
    """Put what concerns one answer beside that answer, in its own words."""
    if isinstance(error, ConditionNotMet):
        sentence = labels.verdict_sentence(
            str(error.fields["outcome"]), years_short=int(str(error.fields["years_short"]))
        )
        form.add_error("condition", sentence)
        return None
    return error


def _status(is_bound: bool) -> int:  # noqa: FBT001  # read at its call: _status(form.is_bound)
    return 422 if is_bound else 200
