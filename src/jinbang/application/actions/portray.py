"""The candidate's photo: tried as often as one likes, counting only once accepted.

Reading and judging a picture takes up to a second, so `try_photo` and `crop_photo` do it before any transaction begins
and hand over a `Trial`; `keep_trial` writes it. After approval an accepted photo does not count yet: it is proposed,
and `exchange` has the second person's acts.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from jinbang.application import photo_rules, photo_versions, queries
from jinbang.application.actions import hold
from jinbang.application.errors import PhotoNotFound, PhotoNotReusable
from jinbang.application.models import Application, Photo, PhotoSheet
from jinbang.application.photo import PhotoShape, Portrait, box_for, box_of, cut
from jinbang.application.photo_faces import Face, find_faces
from jinbang.application.photo_findings import Finding, judge
from jinbang.application.photo_marks import facts_of, read_faces
from jinbang.application.photo_rules import MONTHS_OLD_MAX
from jinbang.application.picture import Box, Sheet, read_sheet
from jinbang.application.rules import Task
from jinbang.application.states import ApplicationState, PhotoEvent, PhotoState
from jinbang.audit import actions as audit
from jinbang.kernel.actors import Actor
from jinbang.kernel.crypto import key_ring, seal
from jinbang.kernel.ids import new_id
from jinbang.people.models import Person
from jinbang.people.queries import Candidate

ACCEPTED: Final = "photo"
REUSED: Final = "photo_reuse"
PROPOSED: Final = "photo_propose"


@dataclass(frozen=True)
class HandBox:
    """Where somebody moved the frame: in shares of the upright picture. Its height follows from the shape."""

    left: float
    top: float
    width: float


@dataclass(frozen=True)
class Trial:
    """A picture read, cut and judged, not kept yet."""

    sheet: Sheet
    portrait: Portrait
    box: Box
    faces: tuple[Face, ...]
    findings: tuple[Finding, ...]
    taken_at: datetime | None = None


# Step 5 of docs/cycles/application.md.
def try_photo(*, application_id: UUID, raw: bytes, by: Candidate, now: datetime, hand: HandBox | None = None) -> Trial:
    """Read an uploaded picture, find the face, cut the portrait and judge it. Writes nothing.

    Refuses before a byte is decoded whoever may not change this photo; then what cannot become a photo at all.
    """
    application = queries.get_own_application(application_id, by=by)
    photo_versions.require_changeable(application, now=now)
    return read_trial(raw, shape=photo_versions.shape_of(application), hand=hand)


def read_trial(raw: bytes, *, shape: PhotoShape, hand: HandBox | None = None) -> Trial:
    """Turn uploaded bytes into a trial."""
    sheet = read_sheet(raw, takes_heif=settings.JINBANG_TAKES_HEIF)
    return _trial(sheet, find_faces(sheet), shape=shape, hand=hand)


# Step 5 of docs/cycles/application.md.
def crop_photo(*, photo_id: UUID, hand: HandBox, by: Candidate) -> Trial:
    """Cut a photo that is being tried once more, where the candidate moved the frame. Writes nothing."""
    photo = photo_versions.get_own_photo(photo_id, by=by)
    if photo.state != PhotoState.TRIED.value:
        raise PhotoNotFound
    sheet, shape = photo_versions.open_sheet(photo), photo_versions.shape_of(photo.application)
    return _trial(sheet, read_faces(photo.faces), shape=shape, hand=hand, taken_at=photo.taken_at)


def _trial(
    sheet: Sheet,
    faces: tuple[Face, ...],
    *,
    shape: PhotoShape,
    hand: HandBox | None,
    taken_at: datetime | None = None,
) -> Trial:
    box = (
        box_for(sheet, faces, shape=shape)
        if hand is None
        else box_of(sheet, left=hand.left, top=hand.top, width=hand.width, shape=shape)
    )
    findings = judge(sheet, box, faces=faces, shape=shape)
    return Trial(sheet, cut(sheet, box, shape=shape), box, faces, findings, taken_at)


# Step 5 of docs/cycles/application.md.
@transaction.atomic
def keep_trial(*, application_id: UUID, trial: Trial, by: Candidate, now: datetime) -> Photo:
    """Keep what was tried, sealed under the person's key, in place of the trial before. It does not count yet."""
    application = _lock_changeable(application_id, by=by, now=now)
    application.photos.filter(state=PhotoState.TRIED.value).delete()
    photo = photo_of(trial, application, by=by, now=now)
    photo.save(force_insert=True)
    _sheet_of(trial, photo, person=application.person).save(force_insert=True)
    return photo


# Step 5 of docs/cycles/application.md.
@transaction.atomic
def accept_photo(*, photo_id: UUID, by: Candidate, now: datetime, reason: str = "") -> Photo:
    """Accept what was tried. Before submission it counts at once; after approval it is proposed, with a reason.

    The whole picture behind it is deleted: only what was accepted is kept.
    """
    photo = photo_versions.get_own_photo(photo_id, by=by)
    application = _lock_changeable(photo.application_id, by=by, now=now)
    photo.refresh_from_db(fields=("state",))
    if photo_rules.is_change(ApplicationState(application.state)):
        photo.reason = photo_rules.require_reason(reason)
        take_place(photo, PhotoEvent.PROPOSE, of=PhotoState.PROPOSED)
        event = PROPOSED
    else:
        take_place(photo, PhotoEvent.ACCEPT, of=PhotoState.CURRENT)
        event = ACCEPTED
    PhotoSheet.objects.filter(photo=photo).delete()
    audit.record(application, by=by, event=event, at=now, details=named(photo))
    return photo


# Step 5 of docs/cycles/application.md.
@transaction.atomic
def reuse_photo(*, application_id: UUID, by: Candidate, now: datetime) -> Photo:
    """Use the accepted photo of an earlier sitting once more: the same bytes, sealed anew. It keeps its age."""
    application = _lock_changeable(application_id, by=by, now=now)
    earlier = photo_versions.find_reusable(application, now=now)
    if earlier is None or photo_rules.is_change(ApplicationState(application.state)):
        spec = application.sitting.programme_version.programme.photo
        raise PhotoNotReusable(months_max=spec.months_old_max or MONTHS_OLD_MAX)
    jpeg = photo_versions.open_version(earlier)
    photo = Photo.objects.get(pk=earlier.pk)
    photo.pk, photo.application, photo.state = new_id(), application, PhotoState.TRIED.value
    photo.proposed_by_id, photo.reason = by.account_id, ""
    photo.sealed = seal(bytes(application.person.wrapped_key), jpeg, aad=queries.photo_place(photo.pk), ring=key_ring())
    take_place(photo, PhotoEvent.ACCEPT, of=PhotoState.CURRENT, is_new=True)
    audit.record(application, by=by, event=REUSED, at=now, details=named(photo))
    return photo


# ---------------------------------------------------------------- rows, shared with `enter` and `exchange`


def sealed_photo(portrait: Portrait, application: Application, *, person: Person, by: Actor, now: datetime) -> Photo:
    """Return an unsaved row that counts at once, whose picture only this person's key opens, and only in this row."""
    photo = _row(portrait, application, person=person, by=by, now=now)
    photo.move(PhotoEvent.ACCEPT)
    return photo


def photo_of(trial: Trial, application: Application, *, by: Actor, now: datetime) -> Photo:
    """Return an unsaved row of what was tried."""
    photo = _row(trial.portrait, application, person=application.person, by=by, now=trial.taken_at or now)
    photo.findings = [one.facts() for one in trial.findings]
    photo.faces = facts_of(trial.faces)
    photo.box = [trial.box.left, trial.box.top, trial.box.width, trial.box.height]
    return photo


def take_place(photo: Photo, event: PhotoEvent, *, of: PhotoState, is_new: bool = False) -> None:
    """Move a photo into a state in which there is one, out of which the one before is moved first."""
    photo.move(event)
    for before in Photo.objects.filter(application=photo.application_id, state=of.value).exclude(pk=photo.pk):
        before.move(PhotoEvent.REPLACE)
        before.save(update_fields=("state",))
    if is_new:
        photo.save(force_insert=True)
    else:
        photo.save(update_fields=("state", "reason"))


def named(photo: Photo) -> dict[str, str]:
    """Return what the history says of a photo: which version, and the hash of its bytes."""
    return {"photo": str(photo.pk), "sha256": photo.sha256}


def _row(portrait: Portrait, application: Application, *, person: Person, by: Actor, now: datetime) -> Photo:
    photo_id, bands = new_id(), portrait.likeness.bands
    return Photo(
        id=photo_id,
        application=application,
        sealed=seal(bytes(person.wrapped_key), portrait.jpeg, aad=queries.photo_place(photo_id), ring=key_ring()),
        sha256=portrait.sha256,
        width=portrait.width,
        height=portrait.height,
        size_bytes=len(portrait.jpeg),
        taken_at=now,
        likeness=portrait.likeness.text,
        band_1=bands[0],
        band_2=bands[1],
        band_3=bands[2],
        band_4=bands[3],
        proposed_by_id=by.actor_id,
    )


def _sheet_of(trial: Trial, photo: Photo, *, person: Person) -> PhotoSheet:
    sheet_id = new_id()
    aad = photo_versions.sheet_place(sheet_id)
    return PhotoSheet(
        id=sheet_id,
        photo=photo,
        sealed=seal(bytes(person.wrapped_key), trial.sheet.jpeg(), aad=aad, ring=key_ring()),
        width=trial.sheet.width,
        height=trial.sheet.height,
        full_width=trial.sheet.full_width,
        full_height=trial.sheet.full_height,
    )


def _lock_changeable(application_id: UUID, *, by: Candidate, now: datetime) -> Application:
    application = queries.lock_own_application(application_id, by=by)
    photo_versions.require_changeable(application, now=now)
    if not photo_rules.is_change(ApplicationState(application.state)):
        queries.require_may_edit(application, Task.PHOTO)
        queries.require_open_for(application, now=now)
        hold.touch(application, now=now)
    return application
