"""Where an application begins: regions where one can apply online now, or the points to which one has to go. Reads."""

from dataclasses import dataclass
from datetime import datetime

from jinbang.sittings import queries as sittings
from jinbang.sittings.models import ExamRegion, Site, Sitting, Window
from jinbang.sittings.opening import OpenSpan, next_open
from jinbang.sittings.states import WindowKind
from jinbang.sittings.workdays import WorkdayCalendar


@dataclass(frozen=True)
class Point:
    """One registration point, and the stretch in which it is open now or next, as far as its hours are told."""

    site: Site
    open_next: OpenSpan | None
    is_open: bool


@dataclass(frozen=True)
class CounterGroup:
    """The registration points of one exam region, when they take applications, and whom to call."""

    region: ExamRegion
    window: Window | None
    points: tuple[Point, ...]


@dataclass(frozen=True)
class StartingPoint:
    """What the first page of an application needs: the regions open now, or where to go in person."""

    sitting: Sitting
    regions: tuple[ExamRegion, ...]
    counters: tuple[CounterGroup, ...]
    is_on_site_only: bool


def starting_point(sitting_code: str, *, now: datetime) -> StartingPoint:
    """Return where a person can begin. Three queries; where one has to go in person, two and one for each region."""
    sitting = sittings.get_published_sitting(sitting_code)
    if sitting.programme_version.programme.application.on_site_only:
        return StartingPoint(sitting, (), _counters_of(sitting, now=now), is_on_site_only=True)
    open_regions = tuple(sittings.regions_open_for(sitting, WindowKind.APPLICATION, now=now))
    return StartingPoint(sitting, open_regions, (), is_on_site_only=False)


def _counters_of(sitting: Sitting, *, now: datetime) -> tuple[CounterGroup, ...]:
    points = Site.objects.filter(region__sitting=sitting, is_registration_point=True).select_related("authority")
    sites, calendar = list(points.order_by("code")), sittings.workday_calendar()
    groups = []
    for region in sittings.regions_of(sitting).filter(is_held=True):
        window = sittings.window_of(region, WindowKind.ON_SITE_APPLICATION)
        here = [site for site in sites if site.region_id == region.pk]
        groups.append(CounterGroup(region, window, tuple(_point(one, window, calendar, now=now) for one in here)))
    return tuple(groups)


def _point(site: Site, window: Window | None, calendar: WorkdayCalendar, *, now: datetime) -> Point:
    if window is None:
        return Point(site, None, is_open=False)
    span = next_open(
        site.opening_hours, now=now, opens=window.opens, closes=window.closes, is_working=calendar.is_working
    )
    return Point(site, span, is_open=span is not None and span.is_now(now))
