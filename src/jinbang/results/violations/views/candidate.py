"""The candidate's pages: what is held against oneself, how to answer and how long, and what was decided."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jinbang.audit.submission import FIELD, body_of, perform_once
from jinbang.kernel import clock
from jinbang.kernel.errors import DomainError
from jinbang.people.audiences import candidate_page
from jinbang.people.queries import Candidate
from jinbang.results.violations import actions, queries
from jinbang.results.violations.errors import CaseHearingClosed
from jinbang.results.violations.forms import StatementForm
from jinbang.results.violations.screens import own_rows, own_screen


@require_safe
@candidate_page
def cases(request: HttpRequest, candidate: Candidate) -> HttpResponse:
    """List one's own cases."""
    rows = own_rows(queries.own_cases(candidate), now=clock.now())
    return render(request, "results/candidate/violations.html", {"rows": rows})


@require_safe
@candidate_page
def case(request: HttpRequest, candidate: Candidate, case_id: UUID) -> HttpResponse:
    """Show one case: what is held, until when to answer, what was decided."""
    return _page(request, candidate, case_id)


@require_POST
@candidate_page
def statement(request: HttpRequest, candidate: Candidate, case_id: UUID) -> HttpResponse:
    """Take the answer."""
    form = StatementForm(request.POST)
    if not form.is_valid():
        return _page(request, candidate, case_id, form=form, status=422)

    def act() -> str:
        words = form.cleaned_data["statement"]
        actions.state_defence(case_id=case_id, statement=words, by=candidate, now=clock.now())
        messages.success(request, _("您的陈述申辩已收到，规定时间内可以修改。"))
        return reverse("results:own-violation", args=[case_id])

    try:
        action, key = f"results.state_defence:{case_id}", request.POST.get(FIELD, "")
        body = body_of(request.POST)
        return redirect(perform_once(key=key, account_id=candidate.account_id, action=action, body=body, act=act))
    except CaseHearingClosed as refusal:
        return _page(request, candidate, case_id, form=form, refusal=refusal, status=409)


def _page(
    request: HttpRequest,
    candidate: Candidate,
    case_id: UUID,
    *,
    form: StatementForm | None = None,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    found = queries.get_own_case(case_id, by=candidate)
    context = {
        "screen": own_screen(found, now=clock.now()),
        "form": form or StatementForm(initial={"statement": found.statement}),
        "refusal": refusal,
    }
    return render(request, "results/candidate/violation.html", context, status=status)
