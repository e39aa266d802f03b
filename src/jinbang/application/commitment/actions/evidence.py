"""The candidate shows evidence for a check of the commitment; the application itself stays locked."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from jinbang.application.actions.attach import attach_entered_evidence
from jinbang.application.commitment import queries
from jinbang.application.commitment.errors import CommitmentNotFound
from jinbang.application.evidence import CHECK_ITEM, CleanFile
from jinbang.people.queries import Candidate


@transaction.atomic
def show_evidence(*, application_id: UUID, file: CleanFile, by: Candidate, now: datetime) -> None:
    """Keep one paper for the open check of one's commitment. Refuses where nothing is being checked."""
    check = queries.lock_own_check(application_id, by=by)
    if check.commitment.application is None:
        raise CommitmentNotFound
    attach_entered_evidence({check.commitment.application: {CHECK_ITEM: (file,)}}, by=by, now=now)
