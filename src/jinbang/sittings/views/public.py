"""What everybody may read: the list of exams, one exam, its calendar as a file, notices, cities, old addresses."""

from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from jinbang.kernel import clock
from jinbang.people.audiences import public_page
from jinbang.people.states import AuthorityKind
from jinbang.sittings import queries, rules
from jinbang.sittings.documents import calendar_feed, sitting_feed
from jinbang.sittings.forms import ExamFilterForm
from jinbang.sittings.redirects import LOOKUP

NOTICES_ON_A_PAGE: Final = 20


@public_page
@require_safe
def exam_list(request: HttpRequest) -> HttpResponse:
    """List the exams: whose turn it is in each and what is open, narrowed by year and region."""
    regions = [(authority.code, authority.name) for authority in queries.authorities_on_show()]
    form = ExamFilterForm(request.GET, years=queries.years_on_show(), regions=regions)
    now = clock.now()
    exams = queries.sittings_on_show(now, year=form.chosen_year, region_code=form.chosen_region)
    return render(request, "sittings/public/exam_list.html", {"form": form, "exams": exams, "now": now})


@public_page
@require_safe
def exam(request: HttpRequest, code: str) -> HttpResponse:
    """Show one exam: its calendar, exam regions, sites, subjects with fees, notices, and the one next step."""
    sitting, now = queries.get_shown_sitting(code), clock.now()
    overview = queries.overview_of(sitting, now)
    region = overview.region(request.GET.get("region", ""))
    if region is not None:
        overview = overview.within(region, now)
    context = {
        "sitting": sitting,
        "overview": overview,
        "region": region,
        "calendar": rules.calendar_of(overview.windows.values(), now),
        "timetable": queries.timetable_of(sitting, region),
        "sites": queries.sites_of(region) if region else [],
        "counts_places": overview.may_still_apply(now),
        "cities": queries.cities_of(region) if region else [],
        "notices": queries.notices_on_show(sitting),
    }
    return render(request, "sittings/public/exam.html", context)


@public_page
@require_safe
def exam_calendar(request: HttpRequest, code: str) -> HttpResponse:
    """Give the exam's deadlines and sessions to calendar programs."""
    sitting = queries.get_shown_sitting(code)
    chosen = request.GET.get("region", "")
    region = queries.get_region(sitting, chosen) if chosen else None
    feed = sitting_feed(sitting, region, site=settings.JINBANG_PUBLIC_URL)
    response = HttpResponse(calendar_feed(feed), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"{sitting.code}.ics")
    return response


@public_page
@require_safe
def exam_results(request: HttpRequest, code: str) -> HttpResponse:
    """Lead to where this exam's results are: our query page, or the national one, named before it is opened."""
    sitting = queries.get_shown_sitting(code)
    if sitting.results_here:
        return redirect(LOOKUP)
    return render(request, "sittings/public/exam_elsewhere.html", {"sitting": sitting})


@public_page
@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    """List what has been announced, newest first."""
    page = Paginator(queries.notices_on_show(), NOTICES_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "sittings/public/notice_list.html", {"page": page})


@public_page
@require_safe
def notice(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Show one notice with its attachments."""
    return render(request, "sittings/public/notice.html", {"notice": queries.get_notice(notice_id)})


@public_page
@require_safe
def attachment(request: HttpRequest, notice_id: UUID, attachment_id: UUID) -> HttpResponse:
    """Give a file of a notice for saving. It is never shown inside our pages."""
    found = queries.get_attachment(notice_id, attachment_id)
    response = HttpResponse(bytes(found.content), content_type=found.content_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=found.file_name)
    response["X-Content-Type-Options"] = "nosniff"
    return response


@public_page
@require_safe
def city(request: HttpRequest, code: str) -> HttpResponse:
    """Explain that marks belong to the province, and lead there. Any other authority's own exams are shown at once."""
    authority = queries.get_authority(code)
    if authority.kind != AuthorityKind.CITY or authority.parent is None:
        return redirect(f"/exams/?region={authority.code}")
    return render(request, "sittings/public/city.html", {"city": authority, "province": authority.parent})


@public_page
@require_safe
def old_address(request: HttpRequest, destination: str) -> HttpResponse:  # the address says it all
    """Lead from an address of an earlier site to the page of today. Nothing behind "?" travels on."""
    return HttpResponseRedirect(destination)
