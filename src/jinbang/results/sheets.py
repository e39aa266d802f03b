"""Reads of sheets keyed by hand: which are open, whose lines stand on them, and what somebody is asked to type.

Nothing here tells one person what another has typed before the sheet counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from jinbang.people.queries import Staff, within
from jinbang.people.states import Role
from jinbang.results import expectations, panel, queries
from jinbang.results.errors import ResultsNotFound, SheetOutdated
from jinbang.results.models import Keying, Mark, MarkSheet, RosterEntry
from jinbang.results.states import BatchState, MarkStatus
from jinbang.results.violations.queries import marks_to_come
from jinbang.sittings.models import ExamRegion

KEYING_ROLES = (Role.MARKS_CLERK, Role.MARKS_VERIFIER)


@dataclass(frozen=True)
class OpenSheet:
    """A sheet that still waits for somebody: how many have keyed it, and whether this officer was one of them."""

    sheet: MarkSheet
    turn: int
    is_mine: bool


def get_sheet(sheet_id: UUID, *, by: Staff) -> MarkSheet:
    """Return a sheet of a region where this officer brings in or verifies marks, as long as it is being keyed."""
    sheet = _within(by).filter(pk=sheet_id).first()
    if sheet is None:
        raise ResultsNotFound
    return sheet


def batch_no_longer_keyed(sheet_id: UUID, *, by: Staff) -> UUID | None:
    """Return the batch of a sheet in scope whose marks count or were taken back; None where there is no such sheet."""
    over = MarkSheet.objects.exclude(batch__state=BatchState.STAGED.value).filter(pk=sheet_id)
    scope = within(by, *KEYING_ROLES, path_field="batch__region__authority__path")
    return over.filter(scope).values_list("batch", flat=True).first()


def lock_sheet(sheet_id: UUID, *, by: Staff) -> MarkSheet:
    """Return the same, locked with its batch until the transaction ends."""
    sheet = _within(by).select_for_update(of=("self", "batch")).filter(pk=sheet_id).first()
    if sheet is None:
        raise ResultsNotFound
    return sheet


def open_sheets(region: ExamRegion, *, by: Staff) -> list[OpenSheet]:
    """Return the region's sheets that wait for somebody, oldest first. Two queries."""
    rows = _within(by).filter(batch__region=region).order_by("batch__staged_at", "id").prefetch_related("keyings")
    return [
        OpenSheet(
            sheet, len(sheet.keyings.all()) + 1, any(one.keyed_by == by.account_id for one in sheet.keyings.all())
        )
        for sheet in rows
    ]


def keyings_of(sheet: MarkSheet) -> list[Keying]:
    """Return who has keyed a sheet, in turn."""
    return list(sheet.keyings.order_by("turn"))


def cells_of(keying: Keying) -> dict[panel.Cell, panel.Read]:
    """Return what somebody has typed, cell by cell: for comparing, and for nobody's eyes."""
    rows = keying.marks.order_by("entry__ticket_number", "column")
    return {(str(row.entry_id), row.column): (MarkStatus(row.status), row.mark_hundredths) for row in rows}


def lines_of(sheet: MarkSheet) -> tuple[panel.Line, ...]:
    """Return the people on a sheet in its order, with what the programme and the rooms say of them."""
    expected = {
        UUID(one.entry_id): (ticket, one.kind)
        for ticket, one in expectations.expected_by_ticket(sheet.batch.region).items()
    }
    return tuple(panel.Line(entry, *expected[UUID(entry)]) for entry in sheet.entry_ids)


def layout_of(sheet: MarkSheet) -> panel.Layout:
    """Return what the columns of a sheet are. Refuses one whose subject has come to have other parts meanwhile."""
    if not sheet.part_codes:
        return panel.Layout(sheet.subject_code, sheet.assessors)
    subject = queries.programme_of(sheet.batch.region).subject(sheet.subject_code, level=sheet.level_code)
    if [part.code for part in subject.parts] != sheet.part_codes:
        raise SheetOutdated
    return panel.Layout(sheet.subject_code, in_parts=subject)


def cells_asked(sheet: MarkSheet, keyings: Sequence[Keying]) -> tuple[panel.Cell, ...]:
    """Return the cells that the next person types: all, or, for the third, the lines in which the two differ."""
    entries = list(sheet.entry_ids)
    if len(keyings) > 1:
        differing = {entry for entry, _ in panel.differing(*(cells_of(one) for one in keyings[:2]))}
        entries = [entry for entry in entries if entry in differing]
    return tuple((entry, at) for entry in entries for at in layout_of(sheet).columns)


def entries_without_mark(region: ExamRegion, *, level_code: str, subject_code: str) -> list[RosterEntry]:
    """Return who applied for a subject and has neither a mark that counts nor a sheet being keyed. Five queries.

    违纪 or 雷同 in the place of a mark is none once its case was dropped.
    """
    marked = set(
        Mark.objects.filter(
            entry__region=region, subject_code=subject_code, batch__state=BatchState.VALID.value
        ).values_list("entry_id", flat=True)
    )
    marked -= {one.entry.pk for one in marks_to_come(region) if one.subject_code == subject_code}
    on_sheets = MarkSheet.objects.filter(
        batch__region=region, subject_code=subject_code, level_code=level_code, batch__state=BatchState.STAGED.value
    )
    taken = {UUID(entry) for entries in on_sheets.values_list("entry_ids", flat=True) for entry in entries}
    rows = RosterEntry.objects.filter(region=region, level_code=level_code).order_by("ticket_number")
    return [row for row in rows if subject_code in row.subject_codes and row.pk not in marked and row.pk not in taken]


def _within(by: Staff) -> QuerySet[MarkSheet]:
    return MarkSheet.objects.select_related(
        "batch__region__authority", "batch__region__sitting__programme_version"
    ).filter(
        within(by, *KEYING_ROLES, path_field="batch__region__authority__path"), batch__state=BatchState.STAGED.value
    )
