"""The place that a draft holds at a site: who holds one, and until when. Reads; `actions/hold.py` ends them.

A place is kept for so many days after a page was last saved, as the sitting says, and never past the window.
"""

from datetime import datetime

from django.db.models import QuerySet

from jinbang.application import rules
from jinbang.application.models import Application
from jinbang.application.states import ApplicationState
from jinbang.sittings import queries as sittings
from jinbang.sittings.models import ExamRegion


def regions_with_holds() -> QuerySet[ExamRegion]:
    """Return the exam regions in which drafts hold places. One query."""
    holding = Application.objects.filter(state=ApplicationState.DRAFT.value, site__isnull=False).values("region_id")
    return ExamRegion.objects.filter(pk__in=holding).select_related("sitting")


def holds_closed(region: ExamRegion, *, now: datetime) -> QuerySet[Application]:
    """Return the drafts holding a place that nobody can submit any more. Its window is asked for: one query."""
    closed = [is_on_site for is_on_site in (False, True) if _is_closed(region, is_on_site=is_on_site, now=now)]
    return _holding(region).filter(is_on_site__in=closed)


def holds_untouched(region: ExamRegion, *, now: datetime) -> QuerySet[Application]:
    """Return the drafts holding a place that have not been touched for as long as the sitting holds places."""
    since = rules.untouched_since(now=now, days=region.sitting.place_held_days)
    return _holding(region).filter(touched_at__lt=since)


def find_hold_end(application: Application) -> datetime | None:
    """Return until when a draft keeps its place if nobody touches it; None for what holds none. One query."""
    if application.state != ApplicationState.DRAFT or application.site_id is None:
        return None
    (kind,) = rules.windows_for_submitting(ApplicationState.DRAFT, is_on_site=application.is_on_site)
    window = sittings.window_of(application.region, kind)
    ends = [window.closes] if window is not None else []
    if application.touched_at is not None:
        days = application.sitting.place_held_days
        ends.append(rules.hold_ends(touched_at=application.touched_at, days=days))
    return min(ends, default=None)


def _holding(region: ExamRegion) -> QuerySet[Application]:
    return Application.objects.filter(region=region, state=ApplicationState.DRAFT.value, site__isnull=False)


def _is_closed(region: ExamRegion, *, is_on_site: bool, now: datetime) -> bool:
    (kind,) = rules.windows_for_submitting(ApplicationState.DRAFT, is_on_site=is_on_site)
    window = sittings.window_of(region, kind)
    return window is not None and now >= window.closes
