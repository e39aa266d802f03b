"""Reads around commitments. The candidate reads their own, a reviewer those whose application lies in their scope.

What the other pages of an application ask is in `facts`; `false_findings` is what later phases come looking for.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from jinbang.application import queries as applications
from jinbang.application import rules as application_rules
from jinbang.application.commitment.errors import CommitmentNotFound
from jinbang.application.commitment.models import Commitment, CommitmentCheck, CommitmentSample
from jinbang.application.commitment.states import CommitmentState, Stage
from jinbang.application.evidence import CHECK_ITEM
from jinbang.application.models import Application, Evidence
from jinbang.application.papers import OpenedFile, open_page
from jinbang.application.states import ApplicationState
from jinbang.people.queries import Candidate, Staff, within
from jinbang.people.states import Role
from jinbang.sittings import queries as sittings
from jinbang.sittings.models import ExamRegion, Sitting
from jinbang.sittings.states import SittingState, WindowKind

_WHOLE = ("person", "application__sitting__programme_version", "application__region__authority", "application__person")
APPLYING: Final = (WindowKind.APPLICATION, WindowKind.ON_SITE_APPLICATION)


# ---------------------------------------------------------------- one application


def lock_own_commitment(application_id: UUID, *, by: Candidate) -> Commitment:
    """Lock the candidate's own answer for one application."""
    return _one(_own(by).filter(application_id=application_id).select_for_update(of=("self",)))


def has_chosen(application: Application) -> bool:
    """Whether everything is chosen on which it depends who may sign. Seven queries at most."""
    return application_rules.has_chosen(
        applications.answers_of(application), applications.offer_of(application.sitting)
    )


def _own(by: Candidate) -> QuerySet[Commitment]:
    return Commitment.objects.filter(person_id=by.require_person()).select_related(*_WHOLE)


def _one(rows: QuerySet[Commitment]) -> Commitment:
    found = rows.first()
    if found is None:
        raise CommitmentNotFound
    return found


# ---------------------------------------------------------------- checks


def commitments_in_scope(by: Staff) -> QuerySet[Commitment]:
    """Return the commitments of applications in a reviewer's scope."""
    scope = within(by, Role.REVIEWER, path_field="application__region__authority__path")
    return Commitment.objects.filter(scope).select_related(*_WHOLE)


def lock_commitment(commitment_id: UUID, *, by: Staff) -> Commitment:
    """Lock one commitment in a reviewer's scope."""
    return _one(commitments_in_scope(by).filter(pk=commitment_id).select_for_update(of=("self",)))


def checks_in_scope(by: Staff) -> QuerySet[CommitmentCheck]:
    """Return the checks in a reviewer's scope, those that are open first, the oldest of them first. One query."""
    scope = within(by, Role.REVIEWER, path_field="commitment__application__region__authority__path")
    whole = tuple(f"commitment__{path}" for path in _WHOLE)
    return CommitmentCheck.objects.filter(scope).select_related(*whole).order_by("-closed_at", "opened_at", "id")


def get_check(check_id: UUID, *, by: Staff) -> CommitmentCheck:
    """Return one check in a reviewer's scope."""
    return _one_check(checks_in_scope(by).filter(pk=check_id))


def lock_check(check_id: UUID, *, by: Staff) -> CommitmentCheck:
    """Lock one check in a reviewer's scope."""
    return _one_check(checks_in_scope(by).filter(pk=check_id).select_for_update(of=("self",)))


def find_own_check(application_id: UUID, *, by: Candidate) -> CommitmentCheck | None:
    """Return the latest check of one's own commitment, if there is any."""
    return _own_checks(application_id, by=by).first()


def lock_own_check(application_id: UUID, *, by: Candidate) -> CommitmentCheck:
    """Lock the open check of one's own commitment."""
    return _one_check(_own_checks(application_id, by=by).filter(closed_at__isnull=True).select_for_update(of=("self",)))


def _own_checks(application_id: UUID, *, by: Candidate) -> QuerySet[CommitmentCheck]:
    own = CommitmentCheck.objects.filter(
        commitment__person_id=by.require_person(), commitment__application_id=application_id
    )
    return own.select_related("commitment__application__sitting").order_by("-opened_at")


def _one_check(rows: QuerySet[CommitmentCheck]) -> CommitmentCheck:
    found = rows.first()
    if found is None:
        raise CommitmentNotFound
    return found


# ---------------------------------------------------------------- samples


def regions_to_sample(by: Staff) -> QuerySet[ExamRegion]:
    """Return the regions in a reviewer's scope whose programme offers commitments, newest sitting first."""
    scope = within(by, Role.REVIEWER, path_field="authority__path")
    regions = ExamRegion.objects.filter(scope).select_related(
        "authority", "sitting__programme_version", "commitment_sample"
    )
    return regions.order_by("-sitting__first_day", "authority__code")


def get_region_to_sample(region_id: UUID, *, by: Staff) -> ExamRegion:
    """Return one region in a reviewer's scope."""
    region = regions_to_sample(by).filter(pk=region_id).first()
    if region is None:
        raise CommitmentNotFound
    return region


def lock_sample(region: ExamRegion) -> CommitmentSample | None:
    """Lock the sample of a region, if a seed was committed to."""
    return CommitmentSample.objects.select_for_update().filter(region=region).first()


def commitments_to_sample(region: ExamRegion) -> QuerySet[Commitment]:
    """Return the signed commitments of a region whose applications are under way. Drafts never came to anything."""
    living = [ApplicationState.SUBMITTED.value, ApplicationState.RETURNED.value, ApplicationState.APPROVED.value]
    return Commitment.objects.filter(
        application__region=region, application__state__in=living, state=CommitmentState.SIGNED.value
    )


def samples_of(sitting: Sitting) -> tuple[CommitmentSample, ...]:
    """Return the samples of a sitting, for everybody to see. The page shows a seed once it is drawn. One query."""
    samples = CommitmentSample.objects.filter(region__sitting=sitting).select_related("region__authority")
    return tuple(samples.order_by("region__authority__code"))


# ---------------------------------------------------------------- for later phases


def false_findings() -> QuerySet[CommitmentCheck]:
    """Return the checks that found a commitment false after its examination, in order.

    All marks of the sitting are void for the people they concern, and a certificate issued on those marks.
    """
    return CommitmentCheck.objects.filter(
        commitment__state=CommitmentState.FALSE.value,
        stage=Stage.AFTER_EXAMINATION.value,
        closed_at__isnull=False,
    ).order_by("id")


# ---------------------------------------------------------------- what the pages of a check show


def is_checked(state: CommitmentState) -> bool:
    """Whether a check of this commitment has begun, so that its page has something to say."""
    return state in {
        CommitmentState.QUESTIONED,
        CommitmentState.CHARGED,
        CommitmentState.UPHELD,
        CommitmentState.FALSE,
    }


def evidence_of(check: CommitmentCheck) -> tuple[Evidence, ...]:
    """Return what was shown for checks of this commitment, without the files themselves, oldest first. One query."""
    shown = Evidence.objects.filter(application=check.commitment.application_id, item=CHECK_ITEM)
    return tuple(shown.defer("sealed").order_by("added_at", "id"))


def items_asked(check: CommitmentCheck) -> tuple[str, ...]:
    """Return the papers that the chosen condition and exemptions need, in the words of the notice. Eight queries."""
    application = check.commitment.application
    if application is None:
        return ()
    return application_rules.evidence_items(
        applications.answers_of(application), applications.offer_of(application.sitting)
    )


def can_answer(check: CommitmentCheck, *, now: datetime) -> bool:
    """Whether the time to answer a charge is running."""
    return check.closed_at is None and check.defence_until is not None and now < check.defence_until


def open_evidence(check_id: UUID, evidence_id: UUID, *, by: Staff) -> OpenedFile:
    """Open one paper shown for a check in a reviewer's scope."""
    check = get_check(check_id, by=by)
    page = Evidence.objects.filter(pk=evidence_id, application=check.commitment.application_id, item=CHECK_ITEM)
    found = page.select_related("application__person").first()
    if found is None:
        raise CommitmentNotFound
    return open_page(found, found.application)


@dataclass(frozen=True)
class Lot:
    """One region's lot as the desk sees it, with what can be done about it now."""

    region: ExamRegion
    sample: CommitmentSample | None
    can_commit: bool
    can_draw: bool


def lots_of(by: Staff, *, now: datetime) -> tuple[Lot, ...]:
    """Return the lots of the running sittings in scope whose programme offers commitments. A query for each region."""
    lots = []
    for region in regions_to_sample(by).filter(sitting__state=SittingState.PUBLISHED.value):
        if not region.sitting.programme_version.programme.application.informed_commitment:
            continue
        sample, ends = getattr(region, "commitment_sample", None), applying_ends(region)
        is_over = ends is not None and now >= ends
        if sample is None and is_over:
            continue  # none was committed to in time, and nothing can be done about it any more
        lots.append(
            Lot(
                region,
                sample,
                can_commit=sample is None and not is_over,
                can_draw=sample is not None and sample.drawn_at is None and is_over,
            )
        )
    return tuple(lots)


def applying_ends(region: ExamRegion) -> datetime | None:
    """Return the instant from which nobody can apply in a region any more; None before it is announced. One query."""
    windows = sittings.windows_of(region)
    return max((windows[kind].closes for kind in APPLYING if kind in windows), default=None)
