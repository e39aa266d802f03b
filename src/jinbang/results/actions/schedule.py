"""Setting the instants of many releases at once: all together, or one after another (分批发布)."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from jinbang.people.queries import Staff
from jinbang.people.states import Role
from jinbang.results import queries
from jinbang.results.actions.release import draft_release
from jinbang.results.errors import NothingToSchedule, ResultsNotFound
from jinbang.results.models import Release


# Step 5 of docs/cycles/release.md.
@transaction.atomic
def schedule_releases(
    *, region_ids: Collection[UUID], first_at: datetime, gap: timedelta, by: Staff, now: datetime
) -> list[Release]:
    """Draft the releases of these regions, the first for an instant and each next one a gap later.

    They stand in the order of their sittings and places. All of them or none: refuses what `draft_release` refuses of
    any one, a region elsewhere, and nothing at all.
    """
    if not region_ids:
        raise NothingToSchedule
    chosen = queries.regions_in_scope(by, Role.MARKS_CLERK).filter(pk__in=region_ids)
    regions = list(chosen.order_by("sitting__first_day", "sitting__code", "authority__code"))
    if len(regions) != len(set(region_ids)):
        raise ResultsNotFound
    return [
        draft_release(region=region, opens_at=first_at + place * gap, by=by, now=now)
        for place, region in enumerate(regions)
    ]
