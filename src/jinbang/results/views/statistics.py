"""The desk's statistics of what is out, of a region and of a whole sitting: the page, the tables as PDF and XLSX."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jinbang.kernel import clock
from jinbang.people.audiences import desk_page
from jinbang.people.queries import Staff
from jinbang.results import documents, queries
from jinbang.results.screens.statistics import StatisticsScreen, national_screen, printed, statistics_screen


@require_safe
@desk_page(*queries.RESULTS_ROLES)
def statistics(request: HttpRequest, staff: Staff, release_id: UUID) -> HttpResponse:
    """Show who registered, came and passed; one level or subject at a time in full."""
    found = queries.get_release(release_id, by=staff)
    context = {"release": found, "screen": statistics_screen(found, chosen=request.GET.get("of", ""))}
    return render(request, "results/desk/statistics.html", context)


@require_safe
@desk_page(*queries.RESULTS_ROLES)
def statistics_pdf(_request: HttpRequest, staff: Staff, release_id: UUID) -> HttpResponse:
    """Return all tables as a PDF for a notice."""
    found = queries.get_release(release_id, by=staff)
    return _pdf(statistics_screen(found), code=found.code)


@require_safe
@desk_page(*queries.RESULTS_ROLES)
def statistics_xlsx(_request: HttpRequest, staff: Staff, release_id: UUID) -> HttpResponse:
    """Return all tables as a workbook, one sheet for each level and subject."""
    found = queries.get_release(release_id, by=staff)
    return _xlsx(statistics_screen(found), code=found.code)


@require_safe
@desk_page(*queries.RESULTS_ROLES)
def national_statistics(request: HttpRequest, staff: Staff, region_id: UUID) -> HttpResponse:
    """Show the same over all regions of a region's sitting."""
    region = queries.get_region(region_id, by=staff)
    context = {"region": region, "screen": national_screen(region, chosen=request.GET.get("of", ""))}
    return render(request, "results/desk/national_statistics.html", context)


@require_safe
@desk_page(*queries.RESULTS_ROLES)
def national_statistics_pdf(_request: HttpRequest, staff: Staff, region_id: UUID) -> HttpResponse:
    """Return the tables of all regions as a PDF for a notice."""
    region = queries.get_region(region_id, by=staff)
    return _pdf(national_screen(region), code=region.sitting.code)


@require_safe
@desk_page(*queries.RESULTS_ROLES)
def national_statistics_xlsx(_request: HttpRequest, staff: Staff, region_id: UUID) -> HttpResponse:
    """Return the tables of all regions as a workbook."""
    region = queries.get_region(region_id, by=staff)
    return _xlsx(national_screen(region), code=region.sitting.code)


def _pdf(screen: StatisticsScreen, *, code: str) -> HttpResponse:
    pdf = documents.statistics_pdf(printed(screen), at=clock.now())
    return documents.download(pdf, kind="application/pdf", name=f"statistics-{code}.pdf")


def _xlsx(screen: StatisticsScreen, *, code: str) -> HttpResponse:
    book = documents.statistics_xlsx(printed(screen))
    return documents.download(book, kind=documents.XLSX, name=f"statistics-{code}.xlsx")
