"""Pass marks as dated rows: proposed by one officer, approved by another, under a document's number."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from jinbang.audit import actions as audit
from jinbang.people.queries import Staff
from jinbang.people.states import Role
from jinbang.results import queries
from jinbang.results.districts import districts_of
from jinbang.results.errors import DistrictElsewhere, MarksSealed, PassMarkOutOfRange, SamePersonTwice
from jinbang.results.labels import format_mark
from jinbang.results.models import PassMark
from jinbang.results.states import PassMarkEvent, PassMarkState, Reach, ReleaseState
from jinbang.sittings.models import ExamRegion


@dataclass(frozen=True)
class Whom:
    """For whom a pass mark is set; `district` is a region code (GB/T 2260) where the line is drawn for one."""

    reach: Reach = Reach.REGION
    district: str = ""


HERE: Final = Whom()


# Step 4 of docs/cycles/release.md.
@transaction.atomic
def propose_pass_mark(
    *,
    region: ExamRegion,
    level_code: str,
    subject_code: str,
    mark_hundredths: int,
    document_number: str,
    by: Staff,
    now: datetime,
    whom: Whom = HERE,
) -> PassMark:
    """Propose a subject's pass mark: for a region, for the whole sitting, or a line of its own for a listed district.

    Refuses one above the subject's full marks or of nothing, one for the whole sitting by whoever does not work for its
    owner, and a district that is none of this region's.
    """
    region = queries.lock_region(region.pk, by=by, role=Role.PASS_MARK_OFFICER)
    if whom.reach is Reach.SITTING:
        by.require(Role.PASS_MARK_OFFICER, region.sitting.owner.path)
    if whom.reach is Reach.DISTRICT and whom.district not in districts_of(region):
        raise DistrictElsewhere(district=whom.district)
    subject = queries.programme_of(region).subject(subject_code, level=level_code)
    full = subject.full_mark_hundredths
    if not 0 < mark_hundredths <= full:
        raise PassMarkOutOfRange(subject=subject.name, full_mark=format_mark(full))
    pass_mark = PassMark.objects.create(
        sitting=region.sitting,
        region=None if whom.reach is Reach.SITTING else region,
        district=whom.district if whom.reach is Reach.DISTRICT else "",
        level_code=level_code,
        subject_code=subject_code,
        mark_hundredths=mark_hundredths,
        document_number=document_number,
        proposed_by=by.account_id,
        proposed_at=now,
    )
    details = {"document_number": document_number, "reach": whom.reach.value, "district": pass_mark.district}
    audit.record(pass_mark, by=by, event="propose", at=now, details=details)
    return pass_mark


# Step 4 of docs/cycles/release.md.
def approve_pass_mark(*, pass_mark_id: UUID, by: Staff, now: datetime) -> PassMark:
    """Approve a proposal. Refuses the officer who proposed it, and one on which a sealed release rests."""
    return _decide(pass_mark_id=pass_mark_id, event=PassMarkEvent.APPROVE, reason="", by=by, now=now)


def reject_pass_mark(*, pass_mark_id: UUID, reason: str, by: Staff, now: datetime) -> PassMark:
    """Reject a proposal, with the reason. Refuses the officer who proposed it."""
    return _decide(pass_mark_id=pass_mark_id, event=PassMarkEvent.REJECT, reason=reason, by=by, now=now)


@transaction.atomic
def _decide(*, pass_mark_id: UUID, event: PassMarkEvent, reason: str, by: Staff, now: datetime) -> PassMark:
    pass_mark = queries.lock_pass_mark(pass_mark_id, by=by)
    if pass_mark.proposed_by == by.account_id:
        raise SamePersonTwice(step="decide_pass_mark")
    if event is PassMarkEvent.APPROVE:
        for release in queries.lock_releases_resting_on(pass_mark):
            if ReleaseState(release.state).is_sealed:
                raise MarksSealed(release=release.code)
    pass_mark.move(event)
    pass_mark.approved_by, pass_mark.approved_at = by.account_id, now
    pass_mark.save(update_fields=("state", "approved_by", "approved_at"))
    audit.record(pass_mark, by=by, event=event, at=now, from_state=PassMarkState.PROPOSED, reason=reason)
    return pass_mark
