"""The ways out: withdrawn by the candidate, or lapsed because a deadline passed. Each frees the place held."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from jinbang.application import queries
from jinbang.application.models import Application
from jinbang.application.states import ApplicationEvent, ApplicationState
from jinbang.audit import actions as audit
from jinbang.kernel.actors import SYSTEM, Actor
from jinbang.people.queries import Candidate
from jinbang.sittings import actions as sittings_actions
from jinbang.sittings import queries as sittings
from jinbang.sittings.states import WindowKind

IN_ONE_QUERY: Final = 500
NOT_RESUBMITTED: Final = "not_resubmitted"
CAN_LAPSE: Final = (ApplicationState.APPROVED, ApplicationState.RETURNED)


@transaction.atomic
def withdraw_application(*, application_id: UUID, by: Candidate, now: datetime) -> Application:
    """Withdraw one's own application and free its place. Whether money is owed or paid, `payment` looks at first."""
    application = queries.lock_own_application(application_id, by=by)
    from_state = application.state
    application.move(ApplicationEvent.WITHDRAW)
    application.decided_at = now
    application.save(update_fields=("state", "decided_at"))
    free_places_of((application,))
    audit.record(application, by=by, event=ApplicationEvent.WITHDRAW, at=now, from_state=from_state)
    return application


def lapse_application(*, application_id: UUID, now: datetime, reason: str = "", by: Actor = SYSTEM) -> bool:
    """Let one application lapse; see `lapse_applications`. Returns whether it was still to lapse."""
    return lapse_applications((application_id,), now=now, reason=reason, by=by) == 1


@transaction.atomic
def lapse_applications(ids: Collection[UUID], *, now: datetime, reason: str = "", by: Actor = SYSTEM) -> int:
    """Let these approved or returned applications count as given up, and free their places. Returns how many did.

    Those that have moved on meanwhile are left alone. `payment` calls this for what is unpaid at the deadline.
    """
    count = 0
    for state in CAN_LAPSE:
        rows = Application.objects.filter(pk__in=ids, state=state.value)
        leaving = list(rows.select_related("site").select_for_update(of=("self",)))
        if not leaving:
            continue
        for application in leaving:
            application.move(ApplicationEvent.LAPSE)
        Application.objects.filter(pk__in=[application.pk for application in leaving], state=state.value).update(
            state=ApplicationState.LAPSED.value, decided_at=now, reason=reason
        )
        free_places_of(leaving)
        audit.record_many(leaving, by=by, event=ApplicationEvent.LAPSE, at=now, from_state=state, reason=reason)
        count += len(leaving)
    return count


# Step 8 of docs/cycles/application.md.
def lapse_returned_applications(*, now: datetime) -> int:
    """Let lapse what was returned and not submitted again before reviewing ended in its region. Safe to repeat."""
    count = 0
    for region in queries.regions_with(ApplicationState.RETURNED):
        windows = sittings.windows_of(region)
        last = windows.get(WindowKind.REVIEW) or windows.get(WindowKind.APPLICATION)
        if last is None or now < last.closes:
            continue
        returned = list(
            Application.objects.filter(region=region, state=ApplicationState.RETURNED.value).values_list(
                "pk", flat=True
            )
        )
        for start in range(0, len(returned), IN_ONE_QUERY):
            count += lapse_applications(returned[start : start + IN_ONE_QUERY], now=now, reason=NOT_RESUBMITTED)
    return count


def free_places_of(applications: Iterable[Application]) -> None:
    """Free the places of applications that have just left a state in which they held one: one UPDATE for each site."""
    sittings_actions.free_places(
        Counter(application.site for application in applications if application.site is not None)
    )
