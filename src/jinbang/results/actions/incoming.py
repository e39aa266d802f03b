"""Large files: taken sealed at once, read in by the worker in steps, gone when they have been.

A file with a fault stays until somebody has read what is wrong with it and takes it away, or brings a better one.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from jinbang.audit import actions as audit
from jinbang.audit.long_work import Holding, enqueue
from jinbang.kernel.crypto import key_ring, new_data_key, seal
from jinbang.people.queries import Staff, place_of
from jinbang.people.states import Role
from jinbang.results import incoming, queries
from jinbang.results.actions.enrol import import_roster
from jinbang.results.actions.handover import forget_arriving, import_handover
from jinbang.results.actions.marks import stage_marks
from jinbang.results.mark_rows import NOTHING_DECLARED, Declared
from jinbang.results.models import IncomingFile, IncomingPiece
from jinbang.results.states import Coverage, FileContent
from jinbang.results.tables import Encoding
from jinbang.sittings.models import ExamRegion

PIECE_BYTES: Final = 1024 * 1024


# Step 2 of docs/cycles/release.md.
def receive_file(  # the file in three words, and who brings it when, and where
    *,
    region: ExamRegion,
    contains: FileContent,
    file_name: str,
    content: bytes,
    encoding: Encoding | None,
    by: Staff,
    now: datetime,
    declared: Declared = NOTHING_DECLARED,
) -> IncomingFile:
    """Keep a file sealed, piece by piece, and ask the worker to read it in. Its page shows how far it is."""
    region = queries.get_region(region.pk, by=by, roles=(Role.MARKS_CLERK,))
    ring = key_ring()
    row = IncomingFile.objects.create(
        region=region,
        contains=contains.value,
        file_name=file_name[:160],
        encoding=encoding.value if encoding else "",
        coverage=declared.coverage.value,
        reason=declared.reason,
        wrapped_key=new_data_key(ring),
        brought_by=by.account_id,
        brought_at=now,
    )
    for place, start in enumerate(range(0, len(content), PIECE_BYTES)):
        piece = IncomingPiece(file=row, place=place)
        part = content[start : start + PIECE_BYTES]
        piece.sealed = seal(bytes(row.wrapped_key), part, aad=place_of(piece, "sealed"), ring=ring)
        piece.save(force_insert=True)
    with transaction.atomic():
        audit.record(row, by=by, event="receive", at=now, details={"bytes": len(content)})
        enqueue(
            "jinbang.results.tasks.read_in",
            subject=row,
            arguments={"file_id": str(row.pk)},
            total=max(1, content.count(b"\n")),
            by=by,
            now=now,
        )
    return row


def read_in(*, file_id: UUID, by: Staff, now: datetime, keep: Holding) -> None:
    """Do with a file that was kept what would have been done with a small one at once; then its content goes."""
    row = incoming.get_file(file_id, by=by)
    content = incoming.content_of(row)
    encoding = Encoding(row.encoding) if row.encoding else None
    if row.contains == FileContent.MARKS.value:
        stage_marks(
            region=row.region,
            file_name=row.file_name,
            content=content,
            by=by,
            now=now,
            encoding=encoding,
            declared=Declared(Coverage(row.coverage), row.reason),
            keep=keep,
        )
        with keep.last_step():
            row.pieces.all().delete()
    elif row.contains == FileContent.HANDOVER.value:
        import_handover(region=row.region, content=content, by=by, now=now, encoding=encoding, keep=keep)
        with keep.last_step():
            row.pieces.all().delete()
    else:
        import_roster(region=row.region, content=content, by=by, now=now, encoding=encoding, keep=keep)
        row.pieces.all().delete()


def note_faults_handed_out(subject: ExamRegion | IncomingFile, *, faults: int, by: Staff, now: datetime) -> None:
    """Write down, before its first byte leaves, that the list of a file's faults was handed out, and how long it is.

    It holds tickets and names. The file may have been read for this alone, and then the region is all there is of it.
    """
    audit.record(subject, by=by, event="hand_out_faults", at=now, details={"faults": faults})


@transaction.atomic
def drop_file(*, file_id: UUID, by: Staff, now: datetime) -> IncomingFile:
    """Take the content of a file away, which was refused or is not wanted; that it came stays on record."""
    row = incoming.get_file(file_id, by=by)
    if row.contains == FileContent.HANDOVER.value:
        forget_arriving(row.region, content=incoming.content_of(row))
    row.pieces.all().delete()
    audit.record(row, by=by, event="drop", at=now)
    return row
