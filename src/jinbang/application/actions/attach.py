"""Giving evidence (证明材料) page by page, and taking a page back, while the application is the candidate's to change.

Files come here clean (`evidence.clean_file`), because decoding a picture must not hold a transaction open. They are
sealed under the person's key, each in its own row only.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from jinbang.application import papers, queries, rules
from jinbang.application.actions.fill import lock_editable
from jinbang.application.errors import EvidenceNotAsked, EvidenceNotFound, EvidencePagesFull, EvidenceRepeated
from jinbang.application.evidence import KEPT_ITEMS, PAGES_MAX, CleanFile
from jinbang.application.models import Application, Evidence
from jinbang.application.rules import Task
from jinbang.audit import actions as audit
from jinbang.kernel.actors import Actor
from jinbang.kernel.crypto import key_ring, seal
from jinbang.kernel.ids import new_id
from jinbang.people.queries import Candidate

ADDED: Final = "add_evidence"
REMOVED: Final = "remove_evidence"


# Step 5 of docs/cycles/application.md.
@transaction.atomic
def add_evidence(
    *, application_id: UUID, item: str, files: Sequence[CleanFile], by: Candidate, now: datetime
) -> Application:
    """Keep these files as further pages of one item, in their order: all of them or none.

    Refuses an item that nothing asks for, more pages than an item takes, and a file that is there already.
    """
    application = lock_editable(application_id, Task.EVIDENCE, item=item, by=by, now=now)
    answers, offer = queries.answers_of(application), queries.offer_of(application.sitting)
    if item not in rules.evidence_needed(answers, offer):
        raise EvidenceNotAsked
    there = [page.sha256 for page in answers.evidence if page.item == item]
    coming = [file.sha256 for file in files]
    if len(set(coming)) < len(coming) or not set(coming).isdisjoint(there):
        raise EvidenceRepeated(item=item)
    if len(there) + len(coming) > PAGES_MAX:
        raise EvidencePagesFull(item=item, pages_max=PAGES_MAX)
    Evidence.objects.bulk_create([sealed_page(file, application, item=item, now=now) for file in files])
    audit.record(application, by=by, event=ADDED, at=now, details={"item": item, "pages": len(files)})
    return application


# Step 5 of docs/cycles/application.md.
@transaction.atomic
def remove_evidence(*, application_id: UUID, evidence_id: UUID, by: Candidate, now: datetime) -> Application:
    """Take one page back. It is gone for good: what was submitted before is known by its hash alone."""
    page = papers.get_own_evidence(application_id, evidence_id, by=by)
    if page.item in KEPT_ITEMS:
        raise EvidenceNotFound
    application = lock_editable(application_id, Task.EVIDENCE, item=page.item, by=by, now=now)
    Evidence.objects.filter(pk=page.pk).delete()
    audit.record(application, by=by, event=REMOVED, at=now, details={"item": page.item})
    return application


@transaction.atomic
def attach_entered_evidence(
    pages: Mapping[Application, Mapping[str, Sequence[CleanFile]]], *, by: Actor, now: datetime
) -> None:
    """Keep the evidence that came with a group entry or was scanned at a counter, by application and item.

    Whoever entered the applications vouches for what belongs to which. Two queries, and one for each person not loaded.
    """
    Evidence.objects.bulk_create(
        [
            sealed_page(file, application, item=item, now=now)
            for application, items in pages.items()
            for item, files in items.items()
            for file in files
        ]
    )
    audit.record_many(list(pages), by=by, event=ADDED, at=now)


def drop_unneeded_evidence(application: Application, needed: Sequence[str]) -> None:
    """Take out pages of items that nothing asks for any more, so that no more of a person is kept than has a use.

    The pledge signed at a counter, what was shown for a check of a commitment and what came with an appeal are no pages
    of the form, and stay.
    """
    application.evidence.exclude(item__in=(*needed, *KEPT_ITEMS)).delete()


def sealed_page(file: CleanFile, application: Application, *, item: str, now: datetime) -> Evidence:
    """Return an unsaved page that only this person's key opens, and only in this row."""
    page_id = new_id()
    wrapped = bytes(application.person.wrapped_key)
    return Evidence(
        id=page_id,
        application=application,
        item=item,
        sealed=seal(wrapped, file.content, aad=papers.evidence_place(page_id), ring=key_ring()),
        content_type=file.content_type,
        size_bytes=len(file.content),
        sha256=file.sha256,
        added_at=now,
    )
