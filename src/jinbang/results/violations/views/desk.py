"""The desk's pages about violations: what waits, similar answers in, one case from the notice to its service."""

from collections.abc import Callable, Mapping
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jinbang.audit.submission import FIELD, body_of, perform_once
from jinbang.kernel import clock
from jinbang.people.audiences import desk_page
from jinbang.people.integrity.errors import AlreadyOnRecord
from jinbang.people.queries import Staff
from jinbang.people.states import Role
from jinbang.results import queries as results
from jinbang.results.documents import download
from jinbang.results.errors import MarksSealed, SamePersonTwice
from jinbang.results.violations import actions, documents, queries
from jinbang.results.violations.errors import (
    ArticleNotTold,
    CaseEnteredTwice,
    CaseStillHeard,
    DecisionMissing,
    DefenceStandsAlready,
    OverturnedTooEarly,
    PaperDefenceTooLate,
    ServedTooEarly,
    SimilarAnswersAlone,
    TicketsUnknown,
)
from jinbang.results.violations.forms import (
    DecisionForm,
    DropForm,
    NoticeForm,
    OverturnForm,
    PaperDefenceForm,
    ServiceForm,
    SimilarForm,
)
from jinbang.results.violations.screens import case_rows, desk_screen

ON_ONE_PAGE: Final = 50
ON_THE_PAGE: Final = (
    AlreadyOnRecord,
    ArticleNotTold,
    CaseStillHeard,
    DecisionMissing,
    DefenceStandsAlready,
    MarksSealed,
    OverturnedTooEarly,
    PaperDefenceTooLate,
    SamePersonTwice,
    ServedTooEarly,
)
NOT_ENTERED: Final = (CaseEnteredTwice, MarksSealed, SimilarAnswersAlone, TicketsUnknown)


@require_safe
@desk_page(*queries.OFFICERS)
def cases(request: HttpRequest, staff: Staff) -> HttpResponse:
    """List the cases in scope: what waits first."""
    page = Paginator(queries.cases_in_scope(staff), ON_ONE_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": case_rows(page.object_list, by=staff, now=clock.now())}
    return render(request, "results/desk/violations.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(Role.MARKS_CLERK)
def similar_answers(request: HttpRequest, staff: Staff, region_id: UUID) -> HttpResponse:
    """Enter similar answers that a panel has confirmed."""
    region = results.get_region(region_id, by=staff, roles=(Role.MARKS_CLERK,))
    subjects = list(results.subject_names(region).items())
    form = SimilarForm(request.POST if request.method == "POST" else None, subjects=subjects)
    context: dict[str, object] = {"region": region, "form": form}
    if form.is_valid():

        def act() -> str:
            given = form.cleaned_data
            found = {"subject_code": given["subject"], "tickets": given["tickets"], "facts": given["facts"]}
            cases = actions.note_similar_answers(region=region, **found, by=staff, now=clock.now())
            messages.success(request, _("已登记 %(count)d 人，成绩暂不公布。") % {"count": len(cases)})
            return reverse("results:violations")

        try:
            return redirect(_once(request, staff, f"results.similar_answers:{region_id}", act))
        except NOT_ENTERED as refusal:
            context["refusal"] = refusal
    return render(request, "results/desk/similar_answers.html", context, status=422 if form.is_bound else 200)


@require_safe
@desk_page(*queries.OFFICERS)
def case(request: HttpRequest, staff: Staff, case_id: UUID) -> HttpResponse:
    """Show one case with everything that decides it."""
    return _page(request, staff, case_id)


@require_POST
@desk_page(*queries.OFFICERS)
def charge(request: HttpRequest, staff: Staff, case_id: UUID) -> HttpResponse:
    """Draw up the notice of what is held."""
    form = NoticeForm(request.POST)

    def act() -> None:
        words = form.cleaned_data["charge"]
        actions.charge_violation(case_id=case_id, article=form.chosen(), charge=words, by=staff, now=clock.now())

    return _done(request, staff, case_id, {"notice_form": form}, act)


@require_POST
@desk_page(*queries.OFFICERS)
def notify(request: HttpRequest, staff: Staff, case_id: UUID) -> HttpResponse:
    """Note that the notice has reached the candidate, who is heard from now on."""
    form = ServiceForm(request.POST)

    def act() -> None:
        served_on = form.cleaned_data["served_on"]
        actions.notify_violation(case_id=case_id, service=form.chosen(), served_on=served_on, by=staff, now=clock.now())

    return _done(request, staff, case_id, {"service_form": form}, act)


@require_safe
@desk_page(*queries.OFFICERS)
def notice_pdf(request: HttpRequest, staff: Staff, case_id: UUID) -> HttpResponse:
    """Return the notice as it is printed and served; afterwards, a copy."""
    found = queries.get_case_with_notice(case_id, by=staff)
    return download(documents.notice_pdf(found, at=clock.now()), kind="application/pdf", name="notice.pdf")


@require_safe
@desk_page(*queries.OFFICERS)
def decision_pdf(request: HttpRequest, staff: Staff, case_id: UUID) -> HttpResponse:
    """Return the written decision as it is printed and served."""
    found = queries.get_decided_case(case_id, by=staff)
    return download(documents.decision_pdf(found, at=clock.now()), kind="application/pdf", name="decision.pdf")


@require_POST
@desk_page(*queries.OFFICERS)
def enter_paper(request: HttpRequest, staff: Staff, case_id: UUID) -> HttpResponse:
    """Enter an answer that the candidate handed in on paper."""
    form = PaperDefenceForm(request.POST)

    def act() -> None:
        actions.enter_paper_defence(case_id=case_id, **form.cleaned_data, by=staff, now=clock.now())

    return _done(request, staff, case_id, {"paper_form": form}, act)


@require_POST
@desk_page(*queries.OFFICERS)
def find(request: HttpRequest, staff: Staff, case_id: UUID) -> HttpResponse:
    """Decide, as the second person, that there was a violation."""
    form = DecisionForm(request.POST)

    def act() -> None:
        number = form.cleaned_data["document_number"]
        actions.find_violation(
            case_id=case_id, article=form.chosen(), document_number=number, by=staff, now=clock.now()
        )

    return _done(request, staff, case_id, {"decision_form": form}, act)


@require_POST
@desk_page(*queries.OFFICERS)
def drop(request: HttpRequest, staff: Staff, case_id: UUID) -> HttpResponse:
    """End a case in which nothing was found."""
    form = DropForm(request.POST)

    def act() -> None:
        actions.drop_violation(case_id=case_id, reason=form.cleaned_data["reason"], by=staff, now=clock.now())

    return _done(request, staff, case_id, {"drop_form": form}, act)


@require_POST
@desk_page(*queries.OFFICERS)
def serve(request: HttpRequest, staff: Staff, case_id: UUID) -> HttpResponse:
    """Note that the decision has reached the candidate."""
    form = ServiceForm(request.POST)

    def act() -> None:
        served_on = form.cleaned_data["served_on"]
        actions.serve_decision(case_id=case_id, service=form.chosen(), served_on=served_on, by=staff, now=clock.now())

    return _done(request, staff, case_id, {"service_form": form}, act)


@require_POST
@desk_page(*queries.OFFICERS)
def overturn(request: HttpRequest, staff: Staff, case_id: UUID) -> HttpResponse:
    """Enter that the decision was overturned on review or in court."""
    form = OverturnForm(request.POST)

    def act() -> None:
        given = {key: form.cleaned_data[key] for key in ("document_number", "decided_on", "reason")}
        actions.overturn_decision(case_id=case_id, remedy=form.chosen(), **given, by=staff, now=clock.now())

    return _done(request, staff, case_id, {"overturn_form": form}, act)


def _done(
    request: HttpRequest, staff: Staff, case_id: UUID, forms: Mapping[str, Form], do: Callable[[], None]
) -> HttpResponse:
    """Take one step once, where its form is in order, and come back to the page; a refusal is shown there."""
    if not all(form.is_valid() for form in forms.values()):
        return _page(request, staff, case_id, forms, status=422)

    def act() -> str:
        do()
        messages.success(request, _("已办理。"))
        return reverse("results:violation", args=[case_id])

    try:
        step = request.resolver_match.view_name if request.resolver_match else ""
        return redirect(_once(request, staff, f"{step}:{case_id}", act))
    except ON_THE_PAGE as refusal:
        return _page(request, staff, case_id, {**forms, "refusal": refusal}, status=409)


def _page(
    request: HttpRequest,
    staff: Staff,
    case_id: UUID,
    extra: Mapping[str, object] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    found = queries.get_case(case_id, by=staff)
    article = {"article": found.article}
    screen = desk_screen(found, by=staff, now=clock.now())
    context = {
        "screen": screen,
        "notice_form": NoticeForm(initial={**article, "charge": found.charge or found.facts}),
        "paper_form": PaperDefenceForm(
            initial={"statement": found.statement, "received_on": found.paper_on, "scan": found.paper_scan}
        ),
        "decision_form": DecisionForm(initial=article).offer(screen.articles),
        "drop_form": DropForm(),
        "overturn_form": OverturnForm(),
        "service_form": ServiceForm(initial={"served_on": clock.today()}),
        **(extra or {}),
    }
    return render(request, "results/desk/violation.html", context, status=status)


def _once(request: HttpRequest, staff: Staff, action: str, act: Callable[[], str]) -> str:
    return perform_once(
        key=request.POST.get(FIELD, ""),
        account_id=staff.account_id,
        action=action,
        body=body_of(request.POST),
        act=act,
    )
