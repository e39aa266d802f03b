"""Marks keyed by hand from a sheet of paper: by two people who do not see each other's, and what differs by a third.

A sheet's marks belong to its batch, which counts for nothing until the keyings agree: then its rows are stored and it
becomes valid in one transaction. Taking the batch back takes the sheet back.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import polars as pl
from django.db import transaction

from jinbang.audit import actions as audit
from jinbang.people.queries import Staff
from jinbang.people.states import Role
from jinbang.results import basis, panel, queries, sheets
from jinbang.results.actions.load import insert_rows, readied, rows_of
from jinbang.results.actions.marks import held_in, require_marks_taken
from jinbang.results.errors import NobodyToKey, ReasonMissing, SamePersonTwice, SheetNotSettled
from jinbang.results.mark_rows import MARKS_SCHEMA, MarkRow, control_totals
from jinbang.results.models import KeyedMark, Keying, MarkBatch, MarkSheet
from jinbang.results.states import BatchEvent, BatchState, MarkSource
from jinbang.results.violations import actions as violations
from jinbang.sittings.models import ExamRegion

PEOPLE_ON_A_SHEET: Final = 40
KEYED: Final = "key"


# Step 2 of docs/cycles/release.md.
@transaction.atomic
def open_sheet(  # whose marks, in which columns, and who opens it when
    *, region: ExamRegion, level_code: str, subject_code: str, by: Staff, now: datetime, in_parts: bool = False
) -> MarkSheet:
    """Open a sheet for the next forty people of a subject, by ticket number, who have neither a mark nor a sheet.

    With a column for each part of the subject where it is marked `in_parts`. Refuses when there is nobody left, and
    when the results are sealed.
    """
    region = queries.lock_region(region.pk, by=by, role=Role.MARKS_CLERK)
    require_marks_taken(region.pk)
    subject = queries.programme_of(region).subject(subject_code, level=level_code)
    waiting = sheets.entries_without_mark(region, level_code=level_code, subject_code=subject_code)[:PEOPLE_ON_A_SHEET]
    if not waiting:
        raise NobodyToKey(subject=subject.name)
    parts = [part.code for part in subject.parts] if in_parts else []
    name = f"{subject.name}（{'、'.join(part.name for part in subject.parts)}）" if parts else subject.name
    batch = MarkBatch(
        region=region,
        file_name=f"{name} {waiting[0].ticket_number}–{waiting[-1].ticket_number}"[:160],
        manifest={},
        source=MarkSource.HAND.value,
        staged_by=by.account_id,
        staged_at=now,
    )
    batch.sha256 = hashlib.sha256(batch.pk.bytes).hexdigest()  # there is no file; no two sheets are one
    batch.save(force_insert=True)
    sheet = MarkSheet.objects.create(
        batch=batch,
        level_code=level_code,
        subject_code=subject_code,
        assessors=subject.panel.assessors if subject.panel and not parts else 0,
        part_codes=parts,
        entry_ids=[str(entry.pk) for entry in waiting],
    )
    audit.record(batch, by=by, event="open_sheet", at=now, details={"people": len(waiting)})
    return sheet


# Step 2 of docs/cycles/release.md.
@transaction.atomic
def key_sheet(
    *, sheet_id: UUID, typed: Mapping[panel.Cell, str], by: Staff, now: datetime, reason: str = ""
) -> MarkSheet:
    """Store what one person read off a sheet; with the last keying that is needed its marks count.

    The first and second type every cell, the third only those in which the two differ, without seeing either. Refuses
    whoever has keyed it before, a cell that cannot stand, a third reading that agrees with nobody's, and, without a
    `reason`, a sheet whose people have got a mark that counts since it was opened.
    """
    sheet = _lock_sheet(sheet_id, by=by)
    keyings = _keyings_before(sheet, by=by)
    read = _read(sheet, keyings, typed=typed)
    if not keyings:
        sheet.batch.staged_by = by.account_id
        sheet.batch.save(update_fields=("staged_by",))
    keying = Keying.objects.create(sheet=sheet, turn=len(keyings) + 1, keyed_by=by.account_id, keyed_at=now)
    KeyedMark.objects.bulk_create(
        KeyedMark(keying=keying, entry_id=UUID(entry), column=at, status=status.value, mark_hundredths=number)
        for (entry, at), (status, number) in read.items()
    )
    audit.record(sheet.batch, by=by, event=KEYED, at=now, details={"turn": keying.turn})
    readings = [sheets.cells_of(one) for one in keyings] + [read]
    if settled := _settled(readings):
        sheet.batch.reason = reason
        _let_count(sheet, settled, by=by, now=now)
    return sheet


# Step 2 of docs/cycles/release.md.
def check_sheet(*, sheet_id: UUID, typed: Mapping[panel.Cell, str], by: Staff) -> dict[str, panel.Read]:
    """Read what somebody has typed, as `key_sheet` would, and return the mark that each line makes, storing nothing."""
    sheet = sheets.get_sheet(sheet_id, by=by)
    read = _read(sheet, _keyings_before(sheet, by=by), typed=typed)
    rule = queries.programme_of(sheet.batch.region).subject(sheet.subject_code, level=sheet.level_code).panel
    layout = sheets.layout_of(sheet)
    return {entry: panel.mark_of(entry, read, layout=layout, rule=rule) for entry in dict.fromkeys(e for e, _ in read)}


def _keyings_before(sheet: MarkSheet, *, by: Staff) -> list[Keying]:
    """Return who has keyed the sheet so far. Refuses whoever is one of them."""
    keyings = sheets.keyings_of(sheet)
    if by.account_id in {keying.keyed_by for keying in keyings}:
        raise SamePersonTwice(step="key_sheet")
    return keyings


def _read(
    sheet: MarkSheet, keyings: Sequence[Keying], *, typed: Mapping[panel.Cell, str]
) -> dict[panel.Cell, panel.Read]:
    asked = sheets.cells_asked(sheet, keyings)
    wanted = {entry for entry, _ in asked}
    return panel.read_cells(
        {cell: typed.get(cell, "") for cell in asked},
        lines=[line for line in sheets.lines_of(sheet) if line.entry_id in wanted],
        layout=sheets.layout_of(sheet),
    )


def _settled(readings: list[dict[panel.Cell, panel.Read]]) -> dict[panel.Cell, panel.Read] | None:
    """Return what is agreed upon, or None where the next person has to read."""
    if len(readings) == 1:
        return None
    first, second, *rest = readings
    if not rest:
        return None if panel.differing(first, second) else first
    settled = panel.agreed(first, second, third=rest[0])
    if settled is None:
        raise SheetNotSettled
    return settled


def _let_count(sheet: MarkSheet, cells: Mapping[panel.Cell, panel.Read], *, by: Staff, now: datetime) -> None:
    """Store the marks and move the batch: all of them count from the same instant."""
    batch = sheet.batch
    programme = queries.programme_of(batch.region)
    rule, layout = programme.subject(sheet.subject_code, level=sheet.level_code).panel, sheets.layout_of(sheet)
    rows = [
        MarkRow(entry, sheet.subject_code, *panel.mark_of(entry, cells, layout=layout, rule=rule))
        for entry in sheet.entry_ids
    ]
    frame = pl.DataFrame(
        [
            (UUID(row.entry_id).hex, row.subject_code, row.status.value, row.mark_hundredths, line)
            for line, row in enumerate(rows, start=1)
        ],
        schema=MARKS_SCHEMA,
        orient="row",
    )
    if not batch.reason and basis.supersedes(batch.region, frame):
        raise ReasonMissing
    rows_to_store = rows_of(frame, batch=batch, versions=basis.next_versions(batch.region, batch=batch))
    insert_rows(readied(rows_to_store))
    batch.move(BatchEvent.VALIDATE)
    batch.manifest = dict(control_totals(((sheet.level_code, row) for row in rows), people=len(rows)))
    batch.held = held_in(frame)
    batch.validated_by, batch.validated_at = by.account_id, now
    batch.save(update_fields=("state", "manifest", "held", "reason", "validated_by", "validated_at"))
    audit.record(batch, by=by, event=BatchEvent.VALIDATE, at=now, from_state=BatchState.STAGED)
    violations.open_marked_cases(batch=batch, now=now)


def _lock_sheet(sheet_id: UUID, *, by: Staff) -> MarkSheet:
    """Lock the release before the sheet, as sealing does. Refuses one whose keying is over or that was taken back."""
    sheet = sheets.get_sheet(sheet_id, by=by)
    require_marks_taken(sheet.batch.region_id)
    return sheets.lock_sheet(sheet_id, by=by)
