"""The desk's statistics of a release that is out: the page, and the tables for a notice as PDF and XLSX."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jinbang.kernel import clock
from jinbang.people.audiences import desk_page
from jinbang.people.queries import Staff
from jinbang.results import documents, queries
from jinbang.results.screens.statistics import printed_statistics, statistics_screen


@require_safe
@desk_page(*queries.RESULTS_ROLES)
def statistics(request: HttpRequest, staff: Staff, release_id: UUID) -> HttpResponse:
    """Show who registered, came and passed; one level or subject at a time in full."""
    found = queries.get_release(release_id, by=staff)
    context = {"screen": statistics_screen(found, chosen=request.GET.get("of", ""))}
    return render(request, "results/desk/statistics.html", context)


@require_safe
@desk_page(*queries.RESULTS_ROLES)
def statistics_pdf(_request: HttpRequest, staff: Staff, release_id: UUID) -> HttpResponse:
    """Return all tables as a PDF for a notice."""
    found = queries.get_release(release_id, by=staff)
    pdf = documents.statistics_pdf(printed_statistics(found), at=clock.now())
    return documents.download(pdf, kind="application/pdf", name=f"statistics-{found.code}.pdf")


@require_safe
@desk_page(*queries.RESULTS_ROLES)
def statistics_xlsx(_request: HttpRequest, staff: Staff, release_id: UUID) -> HttpResponse:
    """Return all tables as a workbook, one sheet for each level and subject."""
    found = queries.get_release(release_id, by=staff)
    book = documents.statistics_xlsx(printed_statistics(found))
    return documents.download(book, kind=documents.XLSX, name=f"statistics-{found.code}.xlsx")
