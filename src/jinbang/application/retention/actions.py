"""Erasing what is due. Run by the worker; safe to repeat and to interrupt. Histories keep ids alone."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from django.db import transaction

from jinbang.application.actions.leave import free_places_of
from jinbang.application.group.models import GroupRow
from jinbang.application.models import Application, Evidence, LineRequest, Photo, SubmittedVersion
from jinbang.application.retention import queries, rules
from jinbang.application.retention.rules import RetentionClass
from jinbang.application.states import ApplicationState
from jinbang.audit import actions as audit
from jinbang.kernel.actors import SYSTEM
from jinbang.sittings.models import ExamRegion

ERASED: Final = "erase"
IN_ONE_QUERY: Final = 200


def erase_what_is_due(*, now: datetime) -> dict[RetentionClass, int]:
    """Erase or strip everything whose time is over, two hundred in a transaction. Returns how many of each class."""
    counts = dict.fromkeys(RetentionClass, 0)
    for region in ExamRegion.objects.filter(sitting__first_day__isnull=False).select_related("sitting"):
        for which, erase_some in _ERASERS.items():
            if not rules.is_due(which, triggered=queries.triggered_at(which, region), now=now):
                continue
            while erased := erase_some(region, now):
                counts[which] += erased
    return counts


@transaction.atomic
def _erase_drafts(region: ExamRegion, now: datetime) -> int:
    """Erase drafts with photo, evidence and all; the answer to the commitment stays, for the year, without them."""
    locked = list(queries.drafts_of(region).select_related("site").select_for_update(of=("self",))[:IN_ONE_QUERY])
    if not locked:
        return 0
    free_places_of(one for one in locked if one.state == ApplicationState.DRAFT)
    audit.record_many(locked, by=SYSTEM, event=ERASED, at=now, details={"class": RetentionClass.DRAFT.value})
    Application.objects.filter(pk__in=[one.pk for one in locked]).delete()
    return len(locked)


@transaction.atomic
def _strip_closed(region: ExamRegion, now: datetime) -> int:
    """Take everything personal out of what came to nothing; its orders and its history refer to what is left."""
    locked = list(queries.closed_of(region).select_for_update(of=("self",))[:IN_ONE_QUERY])
    if not locked:
        return 0
    ids = [one.pk for one in locked]
    for kind in (Photo, Evidence, SubmittedVersion, LineRequest):
        kind._default_manager.filter(application__in=ids).delete()  # noqa: SLF001  # Django's documented name
    Application.objects.filter(pk__in=ids).update(
        education="", graduated_on=None, work_years=None, employer="", reason=""
    )
    audit.record_many(locked, by=SYSTEM, event=ERASED, at=now, details={"class": RetentionClass.CLOSED.value})
    return len(locked)


@transaction.atomic
def _strip_group_rows(region: ExamRegion, now: datetime) -> int:
    """Forget whom rows of group entries named; the counts of an upload stay."""
    locked = list(queries.group_rows_of(region).select_for_update(of=("self",))[:IN_ONE_QUERY])
    if not locked:
        return 0
    GroupRow.objects.filter(pk__in=[row.pk for row in locked]).update(
        name="", document_kind="", document_index="", document_masked="", answers={}, person=None
    )
    audit.record_many(locked, by=SYSTEM, event=ERASED, at=now, details={"class": RetentionClass.GROUP_ROW.value})
    return len(locked)


_ERASERS: Final[Mapping[RetentionClass, Callable[[ExamRegion, datetime], int]]] = {
    RetentionClass.DRAFT: _erase_drafts,
    RetentionClass.CLOSED: _strip_closed,
    RetentionClass.GROUP_ROW: _strip_group_rows,
}
