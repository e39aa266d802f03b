"""What is kept, and until when. Reads only."""

from datetime import datetime

from django.db.models import Q, QuerySet

from jinbang.application.commitment.queries import applying_ends
from jinbang.application.group.models import GroupRow
from jinbang.application.models import Application
from jinbang.application.retention import rules
from jinbang.application.retention.rules import TERMS, RetentionClass, Trigger
from jinbang.application.states import ApplicationState
from jinbang.sittings.models import ExamRegion
from jinbang.sittings.rules import closing_of

NEVER_SUBMITTED = Q(submitted_at__isnull=True, state__in=(ApplicationState.DRAFT, ApplicationState.WITHDRAWN))
CLOSED_STATES = tuple(state.value for state in ApplicationState if state.is_final)
_STILL_PERSONAL = (
    ~Q(education="", employer="", reason="")
    | Q(work_years__isnull=False)
    | Q(graduated_on__isnull=False)
    | Q(photos__isnull=False)
    | Q(evidence__isnull=False)
    | Q(versions__isnull=False)
)


def triggered_at(which: RetentionClass, region: ExamRegion) -> datetime | None:
    """Return from when the time of a class counts in a region. One query, or none."""
    match TERMS[which].trigger:
        case Trigger.APPLICATION_CLOSES:
            return applying_ends(region)
        case Trigger.SITTING_ENDS:
            return closing_of(region.sitting.last_day)


def draft_kept_until(application: Application) -> datetime | None:
    """Return until when a draft is kept if it is not submitted; None where that is not known yet. One query."""
    if application.submitted_at is not None:
        return None
    return rules.kept_until(RetentionClass.DRAFT, triggered=triggered_at(RetentionClass.DRAFT, application.region))


def drafts_of(region: ExamRegion) -> QuerySet[Application]:
    """Return what was begun in a region and never submitted."""
    return Application.objects.filter(NEVER_SUBMITTED, region=region)


def closed_of(region: ExamRegion) -> QuerySet[Application]:
    """Return what was submitted in a region, came to nothing, and still holds something personal."""
    kept = Application.objects.filter(_STILL_PERSONAL, region=region, state__in=CLOSED_STATES)
    kept = kept.exclude(submitted_at__isnull=True).exclude(
        commitments__checks__closed_at__isnull=True, commitments__checks__isnull=False
    )
    return Application.objects.filter(pk__in=kept.values("pk"))


def group_rows_of(region: ExamRegion) -> QuerySet[GroupRow]:
    """Return the rows of a region's group entries that still say something of a person."""
    rows = GroupRow.objects.filter(upload__region=region)
    return rows.exclude(name="", document_index="", document_masked="")
