"""Reads of evidence: which pages there are, and one opened for its giver or for the reviewer in whose scope it lies.

They belong to `queries`, which has no room left, and check permission as they load by its loaders.
"""

from dataclasses import dataclass
from uuid import UUID

from jinbang.application import queries
from jinbang.application.errors import EvidenceNotFound
from jinbang.application.models import Application, Evidence
from jinbang.kernel.crypto import associated_data, key_ring, open_sealed
from jinbang.people.queries import Candidate, Staff


@dataclass(frozen=True)
class OpenedFile:
    """A file that was opened for somebody who may see it."""

    content: bytes
    content_type: str


def evidence_pages_of(application: Application) -> list[Evidence]:
    """Return the pages that were given, by item and in their order, still sealed and unread. One query."""
    return list(application.evidence.defer("sealed").order_by("item", "added_at", "id"))


def get_own_evidence(application_id: UUID, evidence_id: UUID, *, by: Candidate) -> Evidence:
    """Return one page of the candidate's own evidence. Another's does not exist for them."""
    return _page_of(queries.get_own_application(application_id, by=by), evidence_id)


def open_own_evidence(application_id: UUID, evidence_id: UUID, *, by: Candidate) -> OpenedFile:
    """Open one page for the person who gave it."""
    application = queries.get_own_application(application_id, by=by)
    return open_page(_page_of(application, evidence_id), application)


def open_evidence_of_case(application_id: UUID, evidence_id: UUID, *, by: Staff) -> OpenedFile:
    """Open one page for a reviewer in whose scope the application lies."""
    application = queries.get_case(application_id, by=by)
    return open_page(_page_of(application, evidence_id), application)


def evidence_place(evidence_id: UUID) -> bytes:
    """Return the associated data that ties a sealed page to its row."""
    return associated_data("application_evidence", "sealed", row=evidence_id)


def _page_of(application: Application, evidence_id: UUID) -> Evidence:
    page = application.evidence.filter(pk=evidence_id).first()
    if page is None:
        raise EvidenceNotFound
    return page


def open_page(page: Evidence, application: Application) -> OpenedFile:
    """Open one page of an application that the caller was already allowed to hold."""
    key, aad = bytes(application.person.wrapped_key), evidence_place(page.pk)
    return OpenedFile(open_sealed(key, bytes(page.sealed), aad=aad, ring=key_ring()), page.content_type)
