"""How long a draft keeps the place it took: while somebody touches it every few days, and while it can be submitted.

The days are the sitting's (`place_held_days`). What was submitted keeps its place whatever the day; a draft whose place
was given back keeps everything else, and takes a place again by choosing a site.
"""

from collections import Counter
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from jinbang.application import holds
from jinbang.application.models import Application
from jinbang.application.states import ApplicationState
from jinbang.audit import actions as audit
from jinbang.kernel.actors import SYSTEM
from jinbang.sittings import actions as sittings_actions

IN_ONE_QUERY: Final = 500
HOLD_ENDED: Final = "hold_ended"
HOLD_CLOSED: Final = "hold_closed"


def touch(application: Application, *, now: datetime) -> None:
    """Count the days of a draft's place anew. Called under the lock of every act that saves a page. One query."""
    application.touched_at = now
    application.save(update_fields=("touched_at",))


# Step 5 of docs/cycles/application.md.
def end_holds(*, now: datetime) -> int:
    """Give back the places of drafts whose hold is over; return how many. The worker calls this; safe to repeat."""
    count = 0
    for region in holds.regions_with_holds():
        for event, over in (
            (HOLD_CLOSED, holds.holds_closed(region, now=now)),
            (HOLD_ENDED, holds.holds_untouched(region, now=now)),
        ):
            ids = list(over.values_list("pk", flat=True))
            for start in range(0, len(ids), IN_ONE_QUERY):
                count += _end(over.filter(pk__in=ids[start : start + IN_ONE_QUERY]), event=event, now=now)
    return count


@transaction.atomic
def _end(over: QuerySet[Application], *, event: str, now: datetime) -> int:
    """Give back the places of these drafts, but of none that was submitted, withdrawn or touched meanwhile.

    Whoever submits locks the application as well, so the second sees what the first one did: the place is gone and
    submitting asks for a site, or the application is submitted and keeps its place.
    """
    drafts = _locked(over)
    sittings_actions.free_places(Counter(draft.site for draft in drafts if draft.site is not None))
    Application.objects.filter(pk__in=[draft.pk for draft in drafts]).update(site=None)
    audit.record_many(drafts, by=SYSTEM, event=event, at=now, from_state=ApplicationState.DRAFT)
    return len(drafts)


def _locked(over: QuerySet[Application]) -> list[Application]:
    """Lock the drafts that are still over, now that nobody else can change them."""
    return list(over.select_related("site").select_for_update(of=("self",)))
