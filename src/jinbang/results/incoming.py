"""Reads of large files that were brought: which they are, how far the worker is, and their content for the worker."""

from collections.abc import Iterator, Mapping
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from jinbang.kernel.crypto import key_ring, open_sealed
from jinbang.people.queries import Staff, place_of, within
from jinbang.people.states import Role
from jinbang.results import columns, expectations, handover_file
from jinbang.results.errors import ResultsNotFound, TableEncodingUnclear, TableUnreadable
from jinbang.results.mark_rows import heading_of
from jinbang.results.marks_file import OUR_HEADINGS
from jinbang.results.marks_lines import heading_from
from jinbang.results.models import IncomingFile, MarkBatch
from jinbang.results.roster_file import HEADINGS, REQUIRED, find_columns, unread
from jinbang.results.states import BatchState, FileContent
from jinbang.results.tables import Encoding, head_of, read_table
from jinbang.sittings.models import ExamRegion

_CALLED: Final[Mapping[FileContent, frozenset[str]]] = {
    FileContent.ROSTER: frozenset(name for names in HEADINGS.values() for name in names),
    FileContent.HANDOVER: frozenset(name for names in handover_file.FILE_HEADINGS.values() for name in names),
}


def files_in(region: ExamRegion, *, by: Staff) -> QuerySet[IncomingFile]:
    """Return the region's large files, newest first."""
    return _within(by).filter(region=region).order_by("-brought_at", "-id")


def get_file(file_id: UUID, *, by: Staff) -> IncomingFile:
    """Return a file of a region where this officer brings marks in."""
    row = _within(by).filter(pk=file_id).first()
    if row is None:
        raise ResultsNotFound
    return row


def content_of(row: IncomingFile) -> bytes:
    """Return the whole content; empty once it has gone."""
    return b"".join(_pieces(row))


def columns_unread(  # the file in three words, and for where
    region: ExamRegion, *, contains: FileContent, content: bytes, encoding: Encoding | None
) -> tuple[str, ...]:
    """Look at the first lines of a large file before it is kept: return the columns that will not be read.

    Refuses a file that lacks a column, or has one twice: nobody should wait for the worker to be told. Whatever the
    first lines do not tell, and all of a workbook or a DBF file, is the worker's to say.
    """
    head = head_of(content)
    renamed = {heading_of(given): heading_of(ours) for given, ours in columns.names_of(region.sitting).items()}
    roster = expectations.roster_of(region) if contains is FileContent.MARKS else None
    called = roster.headings | set(OUR_HEADINGS) if roster else _CALLED[contains]
    try:
        table = read_table(head, encoding=encoding, knows=lambda cell: heading_of(cell) in {*called, *renamed})
    except (TableUnreadable, TableEncodingUnclear):
        return ()
    if roster is not None:
        return heading_from(table.heading, roster=roster, names=renamed).ignored
    if contains is FileContent.HANDOVER:
        return unread(*handover_file.columns_of(table.heading, renamed=renamed))
    return unread(*find_columns(table.heading, called=HEADINGS, required=REQUIRED, renamed=renamed))


def batch_of(row: IncomingFile) -> MarkBatch | None:
    """Return the batch that came of a file of marks, if it stands: the last of that name from that region."""
    batches = MarkBatch.objects.filter(region=row.region_id, file_name=row.file_name)
    return batches.exclude(state=BatchState.DISCARDED.value).order_by("-staged_at", "-id").first()


def _pieces(row: IncomingFile) -> Iterator[bytes]:
    ring, key = key_ring(), bytes(row.wrapped_key)
    for piece in row.pieces.order_by("place").iterator(chunk_size=8):
        yield open_sealed(key, bytes(piece.sealed), aad=place_of(piece, "sealed"), ring=ring)


def _within(by: Staff) -> QuerySet[IncomingFile]:
    return IncomingFile.objects.select_related(
        "region__authority", "region__sitting__programme_version", "region__sitting__owner"
    ).filter(within(by, Role.MARKS_CLERK, path_field="region__authority__path"))
