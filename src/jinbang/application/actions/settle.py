"""Settling by hand a check of the applicant's name or diploma: the reviewer of a case in scope does it, nobody else."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from jinbang.application import queries, rules
from jinbang.people.models import Verification
from jinbang.people.queries import Staff
from jinbang.people.verification.actions import settle_verification
from jinbang.people.verification.states import VerificationEvent


# Step 7 of docs/cycles/application.md.
@transaction.atomic
def settle_check(
    *,
    application_id: UUID,
    verification_id: UUID,
    verdict: VerificationEvent,
    words: str,
    by: Staff,
    now: datetime,
) -> Verification:
    """Settle one check of whoever applied, with words. Refuses a reviewer who entered the application."""
    application = queries.get_case(application_id, by=by)
    rules.require_independent_reviewer(entered_by_id=application.entered_by_id, reviewer_id=by.account_id)
    return settle_verification(
        person_id=application.person_id, verification_id=verification_id, verdict=verdict, words=words, by=by, now=now
    )
