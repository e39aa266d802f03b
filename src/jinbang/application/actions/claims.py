"""Taking a case from the queue for a while: a lease that acting renews and time ends, never a lock.

A claim is one conditional UPDATE, so that two who ask for the next case at one instant never get the same one. It gives
no right by itself: a decision compares the claim once more as it is written.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from jinbang.application import caseload, queries
from jinbang.application.caseload import Filters
from jinbang.application.errors import CaseClaimed
from jinbang.application.models import Application
from jinbang.application.states import ApplicationState
from jinbang.audit import actions as audit
from jinbang.people.queries import Staff

CLAIMED: Final = "claim"
RELEASED: Final = "release"
WHOLE_QUEUE: Final = Filters()


@transaction.atomic
def claim_case(*, application_id: UUID, by: Staff, now: datetime) -> Application:
    """Take one case, or hold it for another lease. Refuses while another holds it; what is decided is nobody's."""
    application = queries.get_case(application_id, by=by)
    if ApplicationState(application.state).is_on_the_desk and not take_hold(application, by=by, now=now):
        raise claimed_by_another(application)
    return application


# Step 7 of docs/cycles/application.md.
def claim_next_case(
    *, by: Staff, now: datetime, filters: Filters = WHOLE_QUEUE, after: Application | None = None
) -> Application | None:
    """Take the most urgent free case of the narrowed queue; None when there is none.

    `after` puts a case back that was looked at and left undecided, and goes on behind it; at the end, from the front.
    """
    if after is not None:
        release_case(application_id=after.pk, by=by, now=now)
    free = caseload.for_reviewer(caseload.matching(filters, by=by, now=now), by=by).filter(caseload.free_for(by, now))
    while candidates := caseload.nearest(free, after=after):
        for application in candidates:  # each one that cannot be had was taken by somebody at this very instant
            if _claimed(application, by=by, now=now):
                return application
    return None


@transaction.atomic
def release_case(*, application_id: UUID, by: Staff, now: datetime) -> None:
    """Put a case back for others, if one still holds it. Safe to repeat."""
    application = queries.get_case(application_id, by=by)
    mine = Application.objects.filter(pk=application_id, claimed_by_id=by.account_id)
    if mine.update(claimed_by_id=None, claimed_until=None) == 1:
        audit.record(application, by=by, event=RELEASED, at=now, from_state=application.state)


@transaction.atomic
def _claimed(application: Application, *, by: Staff, now: datetime) -> bool:
    return take_hold(application, by=by, now=now)


def take_hold(application: Application, *, by: Staff, now: datetime) -> bool:
    """Take the case or renew one's lease, where it is as it was seen and still free; return whether it was.

    One conditional UPDATE, which is the whole defence against two.
    """
    had_it = caseload.claim_of(application).by == by.account_id
    until = now + caseload.terms_of(application.region, today=now.date()).lease
    seen = Application.objects.filter(pk=application.pk, state=application.state, version=application.version)
    if seen.filter(caseload.free_for(by, now)).update(claimed_by_id=by.account_id, claimed_until=until) != 1:
        return False
    application.claimed_by_id, application.claimed_until = by.account_id, until
    if not had_it:  # a lease that is only renewed is no news
        audit.record(application, by=by, event=CLAIMED, at=now, from_state=application.state)
    return True


def claimed_by_another(application: Application) -> CaseClaimed:
    """Return the refusal that names who holds a case, and until when."""
    claim = caseload.claim_of(Application.objects.get(pk=application.pk))
    name = caseload.names_of([claim.by]).get(claim.by, "") if claim.by else ""
    return CaseClaimed(claimed_by=name, claimed_until=claim.until)
