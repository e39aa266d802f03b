"""Marks in: staged by one person, made valid by a second one's control totals, all rows or none.

Staging writes in short transactions, so that nobody waits for the write lock; nothing staged counts until the batch's
state moves. Nothing is ever deleted: an interrupted staging is completed by taking the same file again, which adds the
rows that are missing.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import polars as pl
from django.db import transaction

from jinbang.audit import actions as audit
from jinbang.audit.long_work import AT_ONCE, Steps
from jinbang.people.queries import Staff
from jinbang.people.states import Role
from jinbang.results import basis, columns, expectations, queries
from jinbang.results.actions.load import store_marks, stored_count
from jinbang.results.errors import (
    BatchIncomplete,
    ControlTotalsDiffer,
    MarksFileAlreadyIn,
    MarksFileFaulty,
    MarksSealed,
    ReasonMissing,
    ResultsNotFound,
    SamePersonTwice,
)
from jinbang.results.mark_rows import NOTHING_DECLARED, Declared
from jinbang.results.marks_file import Encoding, MarksFile, read_marks
from jinbang.results.models import MarkBatch
from jinbang.results.states import BatchEvent, BatchState, Coverage, MarkSource, ReleaseState
from jinbang.results.violations import actions as violations
from jinbang.results.violations.rules import HELD
from jinbang.sittings.models import ExamRegion

ROWS_AT_ONCE = 50_000
"""A third of a second of SQLite's write lock, whatever the machine is doing besides."""


# Step 2 of docs/cycles/release.md.
def check_marks(
    *,
    region: ExamRegion,
    content: bytes,
    by: Staff,
    encoding: Encoding | None = None,
    coverage: Coverage = Coverage.WHOLE,
) -> MarksFile:
    """Read a file against the roster without storing anything: the dry run. Columns as the sitting remembers them."""
    region = queries.get_region(region.pk, by=by, roles=(Role.MARKS_CLERK,))
    names = columns.names_of(region.sitting)
    roster = expectations.roster_of(region)
    return read_marks(content, roster=roster, coverage=coverage, names=names, encoding=encoding)


# Step 2 of docs/cycles/release.md.
def stage_marks(  # the file in three words, and who brings it when, and how
    *,
    region: ExamRegion,
    file_name: str,
    content: bytes,
    by: Staff,
    now: datetime,
    encoding: Encoding | None = None,
    declared: Declared = NOTHING_DECLARED,
    keep: Steps = AT_ONCE,
) -> MarkBatch:
    """Store a faultless file as a staged batch, which counts for nothing yet.

    Refuses a file with faults (the refusal holds the reading), one that is already in, and one that
    takes the place of marks that count and declares no reason. Its marks are written in chunks, each a transaction.
    """
    read = check_marks(region=region, content=content, by=by, encoding=encoding, coverage=declared.coverage)
    if read.fault_count:
        raise MarksFileFaulty(read=read)
    batch = _open_batch(region_id=region.pk, file_name=file_name, read=read, reason=declared.reason, by=by, now=now)
    versions = basis.next_versions(region, batch=batch)
    store_marks(read.marks, batch=batch, versions=versions, rows_at_once=ROWS_AT_ONCE, keep=keep)
    return batch


# Step 3 of docs/cycles/release.md.
@transaction.atomic
def validate_batch(*, batch_id: UUID, totals: Mapping[str, int | str], by: Staff, now: datetime) -> MarkBatch:
    """Make a staged batch count, by a second person who entered the control totals without seeing the file's.

    `totals` are counts, sums in hundredths, and under "sha256" the file's hash in hexadecimal digits. Refuses whoever
    staged it, totals that differ (without a word on which), a batch whose staging was interrupted, and one keyed
    by hand. A plain mark of somebody whose violation is undecided counts and stays withheld (`results.violations`), and
    for each 违纪 and 雷同 on which no case stands one is opened.
    """
    batch = _lock_batch(batch_id, by=by, role=Role.MARKS_VERIFIER)
    if batch.source != MarkSource.FILE.value:
        raise ResultsNotFound
    if by.account_id in queries.stagers_of(batch):
        raise SamePersonTwice(step="validate_batch")
    batch.move(BatchEvent.VALIDATE)
    if stored_count(batch) != batch.manifest["marks"]:
        raise BatchIncomplete(file_name=batch.file_name)
    if dict(totals) != batch.manifest:
        raise ControlTotalsDiffer
    batch.validated_by, batch.validated_at = by.account_id, now
    batch.save(update_fields=("state", "validated_by", "validated_at"))
    audit.record(batch, by=by, event=BatchEvent.VALIDATE, at=now, from_state=BatchState.STAGED)
    violations.open_marked_cases(batch=batch, now=now)
    return batch


def note_differing_totals(*, batch: MarkBatch, by: Staff, now: datetime) -> None:
    """Write down that control totals were tried and differed: guessing them leaves a trace."""
    audit.record(batch, by=by, event="totals_differ", at=now, from_state=batch.state)


@transaction.atomic
def discard_batch(*, batch_id: UUID, reason: str, by: Staff, now: datetime) -> MarkBatch:
    """Take a batch back, before its marks are sealed. The rows stay, and count for nothing."""
    batch = _lock_batch(batch_id, by=by, role=Role.MARKS_CLERK)
    before = batch.state
    batch.move(BatchEvent.DISCARD)
    batch.save(update_fields=("state",))
    audit.record(batch, by=by, event=BatchEvent.DISCARD, at=now, from_state=before, reason=reason)
    violations.drop_withdrawn_cases(batch=batch, by=by, now=now)
    return batch


def held_in(frame: pl.DataFrame) -> list[list[str | int]]:
    """Return [entry, subject, status, line] of what stands in the place of a mark and is still to be decided."""
    held = frame.filter(pl.col("status").is_in([status.value for status in HELD]))
    return [list(row) for row in held.sort("line").select("entry_id", "subject_code", "status", "line").iter_rows()]


@transaction.atomic
def _open_batch(
    *, region_id: UUID, file_name: str, read: MarksFile, reason: str, by: Staff, now: datetime
) -> MarkBatch:
    """Return the batch to fill: a new one, or an interrupted one of the same file."""
    region = queries.lock_region(region_id, by=by, role=Role.MARKS_CLERK)
    require_marks_taken(region.pk)
    living = MarkBatch.objects.filter(region=region, sha256=read.sha256).exclude(state=BatchState.DISCARDED.value)
    batch = living.select_for_update().first()
    if batch is None:
        if not reason and basis.supersedes(region, read.marks):
            raise ReasonMissing
        batch = MarkBatch(
            region=region, file_name=file_name[:160], sha256=read.sha256, staged_at=now, encoding=read.encoding.value
        )
        batch.manifest = {**read.totals, "sha256": read.sha256}
        batch.ignored_columns, batch.reason = list(read.ignored), reason
        batch.held = held_in(read.marks)
    elif batch.state == BatchState.VALID.value or stored_count(batch) == batch.manifest["marks"]:
        raise MarksFileAlreadyIn(batch_id=batch.pk)
    batch.staged_by = by.account_id
    batch.save()
    # The file's hash stays out of the history: of a small file it would tell the marks to whoever tries them all.
    audit.record(batch, by=by, event=queries.STAGED, at=now, details={"marks": read.totals["marks"]})
    return batch


def _lock_batch(batch_id: UUID, *, by: Staff, role: Role) -> MarkBatch:
    """Lock the release before the batch, as sealing does: what is being sealed cannot change in between."""
    require_marks_taken(queries.get_batch(batch_id, by=by).region_id)
    return queries.lock_batch(batch_id, by=by, role=role)


def require_marks_taken(region_id: UUID) -> None:
    """Lock the region's release, where there is one; refuse a region whose results are sealed or out."""
    release = queries.lock_release_of(region_id)
    if release is not None and not ReleaseState(release.state).takes_marks:
        raise MarksSealed(release=release.code)
