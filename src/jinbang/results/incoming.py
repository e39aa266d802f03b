"""Reads of large files that were brought: which they are, how far the worker is, and their content for the worker."""

from collections.abc import Iterator
from uuid import UUID

from django.db.models import QuerySet

from jinbang.kernel.crypto import key_ring, open_sealed
from jinbang.people.queries import Staff, place_of, within
from jinbang.people.states import Role
from jinbang.results.errors import ResultsNotFound
from jinbang.results.models import IncomingFile, MarkBatch
from jinbang.results.states import BatchState
from jinbang.sittings.models import ExamRegion


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
