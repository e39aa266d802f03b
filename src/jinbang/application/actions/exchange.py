"""A photo that was approved changes only between two people: one proposes a new version, another approves it.

The old version stays, with its bytes. The hash of the new one is written into the history at approval: that is the seal
against which tickets are printed (`photo_versions.open_sealed_photo`).
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from jinbang.application import photo_rules, photo_versions, queries
from jinbang.application.actions.portray import PROPOSED, Trial, named, photo_of, take_place
from jinbang.application.errors import PhotoAlreadyDecided
from jinbang.application.models import Application, Photo
from jinbang.application.photo_versions import APPROVED, SEAL
from jinbang.application.states import PhotoEvent, PhotoState
from jinbang.audit import actions as audit
from jinbang.people.queries import Staff

REJECTED: Final = "photo_reject"


@transaction.atomic
def propose_photo(*, application_id: UUID, trial: Trial, reason: str, by: Staff, now: datetime) -> Photo:
    """Propose, at the desk, a photo in place of the approved one. It waits for another reviewer."""
    application = _lock_approved(application_id, by=by, now=now)
    photo = photo_of(trial, application, by=by, now=now)
    photo.reason = photo_rules.require_reason(reason)
    take_place(photo, PhotoEvent.PROPOSE, of=PhotoState.PROPOSED, is_new=True)
    audit.record(application, by=by, event=PROPOSED, at=now, details=named(photo))
    return photo


@transaction.atomic
def approve_photo(*, photo_id: UUID, by: Staff, now: datetime) -> Photo:
    """Let the proposed photo take the place of the one before, and seal its hash. Refuses whoever proposed it."""
    photo, application = _lock_proposed(photo_id, by=by, now=now)
    take_place(photo, PhotoEvent.APPROVE, of=PhotoState.CURRENT)
    audit.record(application, by=by, event=APPROVED, at=now, details={**named(photo), SEAL: photo.sha256})
    return photo


@transaction.atomic
def reject_photo(*, photo_id: UUID, reason: str, by: Staff, now: datetime) -> Photo:
    """Leave the photo as it was, with a reason that the candidate reads. Refuses whoever proposed it."""
    reason = photo_rules.require_reason(reason)
    photo, application = _lock_proposed(photo_id, by=by, now=now)
    photo.move(PhotoEvent.REJECT)
    photo.save(update_fields=("state",))
    audit.record(application, by=by, event=REJECTED, at=now, reason=reason, details=named(photo))
    return photo


def _lock_approved(application_id: UUID, *, by: Staff, now: datetime) -> Application:
    application = queries.lock_application(application_id, by=by)
    photo_versions.require_proposable(application, now=now)
    return application


def _lock_proposed(photo_id: UUID, *, by: Staff, now: datetime) -> tuple[Photo, Application]:
    photo = photo_versions.get_photo_of_case(photo_id, by=by)
    photo_rules.require_second_person(proposed_by_id=photo.proposed_by_id, reviewer_id=by.account_id)
    application = _lock_approved(photo.application_id, by=by, now=now)
    photo.refresh_from_db(fields=("state",))
    if photo.state != PhotoState.PROPOSED.value:
        raise PhotoAlreadyDecided(state=PhotoState(photo.state))
    return photo, application
