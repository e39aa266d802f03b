"""Reads of single rows of a roster: one person's, and what already rests on it. `actions.roster` corrects them."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from jinbang.audit.models import StateChange
from jinbang.people.queries import Staff, within
from jinbang.people.states import Role
from jinbang.results.errors import ResultsNotFound
from jinbang.results.mark_rows import ticket_of
from jinbang.results.models import KeyedMark, Mark, MarkSheet, RosterEntry, ViolationCase
from jinbang.results.states import BatchState
from jinbang.sittings.models import ExamRegion

CORRECTED = "correct_entry"
STRUCK = "strike_entry"
_LIVING = (BatchState.STAGED.value, BatchState.VALID.value)


def get_entry(entry_id: UUID, *, by: Staff) -> RosterEntry:
    """Return a row of the roster of a region where this officer brings marks in."""
    return _found(_within(by).filter(pk=entry_id))


def lock_entry(entry_id: UUID, *, by: Staff) -> RosterEntry:
    """Return the same, locked until the transaction ends."""
    return _found(_within(by).select_for_update(of=("self",)).filter(pk=entry_id))


def entry_by_ticket(ticket_number: str, *, region: ExamRegion, by: Staff) -> RosterEntry:
    """Return the row of this ticket on a region's roster, however the number is spaced."""
    return _found(_within(by).filter(region=region, ticket_number=ticket_of(ticket_number)))


def has_traces(entry: RosterEntry) -> bool:
    """Whether anything was ever recorded of the row: a mark, counting or not, a keyed sheet, a case. Four queries."""
    return (
        Mark.objects.filter(entry=entry).exists()
        or KeyedMark.objects.filter(entry=entry).exists()
        or ViolationCase.objects.filter(entry=entry).exists()
        or bool(_sheets_with(entry))
    )


def subjects_recorded(entry: RosterEntry) -> set[str]:
    """Return the subjects in which the row has a mark that stands, a place on a living sheet, or a case. Three."""
    marked = Mark.objects.filter(entry=entry, batch__state__in=_LIVING).values_list("subject_code", flat=True)
    cases = ViolationCase.objects.filter(entry=entry).values_list("subject_code", flat=True)
    return {*marked, *filter(None, cases), *(sheet.subject_code for sheet in _sheets_with(entry))}


def applications_struck(region: ExamRegion) -> set[str]:
    """Return the ids of the applications whose people were struck off a region's roster. One query."""
    rows = StateChange.objects.filter(event=STRUCK, subject_kind=RosterEntry._meta.label_lower)  # noqa: SLF001  # `_meta` is Django's documented door to a model's names
    here = rows.filter(details__region=str(region.pk)).values_list("details__application", flat=True)
    return {str(one) for one in here if one}


def who_changed_rows(region_id: UUID) -> set[UUID]:
    """Return who corrected a row that stands on a region's roster, or struck one off it. One query."""
    here = RosterEntry.objects.filter(region=region_id).values("id")
    corrected, struck = Q(event=CORRECTED, subject_id__in=here), Q(event=STRUCK, details__region=str(region_id))
    rows = StateChange.objects.filter(corrected | struck, subject_kind=RosterEntry._meta.label_lower)  # noqa: SLF001  # the same
    return {actor for actor in rows.values_list("actor_id", flat=True) if actor is not None}


def _sheets_with(entry: RosterEntry) -> list[MarkSheet]:
    sheets: Iterable[MarkSheet] = MarkSheet.objects.filter(
        batch__region=entry.region_id, batch__state__in=_LIVING, level_code=entry.level_code
    )
    return [sheet for sheet in sheets if str(entry.pk) in sheet.entry_ids]


def _found(rows: QuerySet[RosterEntry]) -> RosterEntry:
    row = rows.first()
    if row is None:
        raise ResultsNotFound
    return row


def _within(by: Staff) -> QuerySet[RosterEntry]:
    return RosterEntry.objects.select_related(
        "region__authority", "region__sitting__programme_version", "region__sitting__owner", "person"
    ).filter(within(by, Role.MARKS_CLERK, path_field="region__authority__path"))
