"""The candidate's reports: issued on request, downloaded as often as wanted, nobody else's."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from jinbang.kernel import clock
from jinbang.people.audiences import candidate_page
from jinbang.people.queries import Candidate
from jinbang.results import documents, paper_queries
from jinbang.results.actions import reports
from jinbang.results.paper_forms import WantedReportForm


@require_POST
@candidate_page
def issue(request: HttpRequest, candidate: Candidate) -> HttpResponseBase:
    """Issue the report of one sitting or of all years, and lead to it.

    What it says makes it take effect once; a submission key would hold a transaction open while it is printed.
    """
    wanted = WantedReportForm(request.POST).wanted()
    issued = reports.issue_report(**wanted, by=candidate, now=clock.now())
    return redirect("results:report", issued.pk)


@require_safe
@candidate_page
def report(_request: HttpRequest, candidate: Candidate, report_id: UUID) -> HttpResponse:
    """Return the signed paper. Its address and its name say nothing of a person."""
    paper = paper_queries.paper_of(paper_queries.get_own_report(report_id, by=candidate))
    return documents.download(paper, kind="application/pdf", name="result-report.pdf")
