"""What an authority lays down for its review desk: listed reasons, terms, the plan of a second tier. Insert-only."""

import secrets
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from jinbang.application import reviewing
from jinbang.application.models import ListedReason, ReviewPlan, ReviewTerms
from jinbang.application.reviewing import ReasonKind, Terms
from jinbang.audit import actions as audit
from jinbang.kernel.ids import new_id
from jinbang.people.queries import Staff, get_authority_of
from jinbang.people.states import Role
from jinbang.sittings.models import ExamRegion


@transaction.atomic
def list_reason(
    *,
    authority_id: UUID,
    kind: ReasonKind,
    text: str,
    by: Staff,
    now: datetime,
    programme_code: str = "",
    code: str = "",
) -> ListedReason:
    """Put a sentence on the list, or in the place of the one that bears this code. Refuses outside the scope."""
    authority = get_authority_of(by, Role.REVIEWER, authority_id=authority_id)
    reason = ListedReason.objects.create(
        authority=authority,
        kind=kind.value,
        programme_code=programme_code,
        code=code or new_id().hex[-12:],
        text=text.strip(),
        author_id=by.account_id,
        created_at=now,
    )
    audit.record(reason, by=by, event="list", at=now, details={"code": reason.code})
    return reason


@transaction.atomic
def unlist_reason(
    *, authority_id: UUID, kind: ReasonKind, code: str, by: Staff, now: datetime, programme_code: str = ""
) -> ListedReason:
    """Take a sentence off the list, a built-in one too. What was decided with it keeps its words."""
    authority = get_authority_of(by, Role.REVIEWER, authority_id=authority_id)
    reason = ListedReason.objects.create(
        authority=authority,
        programme_code=programme_code,
        kind=kind.value,
        code=code,
        is_offered=False,
        author_id=by.account_id,
        created_at=now,
    )
    audit.record(reason, by=by, event="unlist", at=now, details={"code": code})
    return reason


@transaction.atomic
def lay_down_terms(*, authority_id: UUID, terms: Terms, starts_on: date, by: Staff, now: datetime) -> ReviewTerms:
    """Lay down how long a claim lasts and a refusal can be appealed against, from a day on. A planner's to do.

    A refusal that was made before keeps the deadline it was given.
    """
    authority = get_authority_of(by, Role.PLANNER, authority_id=authority_id)
    row = ReviewTerms.objects.create(
        authority=authority,
        starts_on=starts_on,
        lease_minutes=terms.lease_minutes,
        appeal_working_days=terms.appeal_working_days,
        author_id=by.account_id,
        created_at=now,
    )
    audit.record(row, by=by, event="lay_down", at=now)
    return row


# Step 7 of docs/cycles/application.md.
@transaction.atomic
def plan_review(
    *, region_id: UUID, tiers: int, sample_percent: int, by: Staff, now: datetime, seed: str = ""
) -> ReviewPlan:
    """Lay down for a region whether a second tier samples what the first approves, and bind a seed by its hash.

    A planner's to do, never a reviewer's: nobody chooses what is looked at of their own work. A new plan, with a new
    seed, counts for what is approved from then on.
    """
    region = ExamRegion.objects.select_related("authority").get(pk=region_id)
    by.require(Role.PLANNER, region.authority.path)
    seed = seed or secrets.token_hex(reviewing.SEED_BYTES)
    plan = ReviewPlan.objects.create(
        region=region,
        tiers=tiers,
        sample_percent=sample_percent,
        seed=seed,
        seed_commitment=reviewing.commitment(seed),
        author_id=by.account_id,
        created_at=now,
    )
    audit.record(plan, by=by, event="plan", at=now, details={"seed_commitment": plan.seed_commitment})
    return plan
