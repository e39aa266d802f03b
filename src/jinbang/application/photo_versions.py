"""Reads of the versions of a photo. Loaders check permission: a candidate holds their own, staff their scope.

`queries` answers what every page asks (is there a photo, open it); here stands what only the photo's own pages and the
printing of tickets ask: what is being tried or proposed, which photos look alike, what was sealed at approval.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from jinbang.application import photo_rules, queries, rules
from jinbang.application.errors import ApplicationIncomplete, PhotoFixed, PhotoMissing, PhotoNotFound, PhotoSealBroken
from jinbang.application.models import Application, Photo, PhotoSheet
from jinbang.application.photo import PhotoShape
from jinbang.application.photo_findings import Finding, Level, read_findings
from jinbang.application.photo_likeness import are_alike, probes, read_likeness
from jinbang.application.photo_rules import MONTHS_OLD_MAX
from jinbang.application.picture import Box, Sheet, reopen_sheet
from jinbang.application.rules import Task
from jinbang.application.states import ApplicationEvent, ApplicationState, PhotoState
from jinbang.audit import queries as audit
from jinbang.kernel.clock import SHANGHAI
from jinbang.kernel.crypto import associated_data, key_ring, open_sealed
from jinbang.people.queries import Candidate, Staff

APPROVED: Final = "photo_approve"
SEAL: Final = "photo_sha256"
ALIKE_READ_MAX: Final = 20_000
"""How many rows one look-up by likeness may read: more share a band only where a picture is nearly empty."""

_LIVING: Final = (PhotoState.TRIED.value, PhotoState.PROPOSED.value, PhotoState.CURRENT.value)
_ACCEPTED: Final = (PhotoState.PROPOSED.value, PhotoState.CURRENT.value)
_OF_CASE: Final = ("application__person", "application__sitting__programme_version", "application__region__authority")


def shape_of(application: Application) -> PhotoShape:
    """Return what the programme of this sitting wants the portrait to be."""
    spec = application.sitting.programme_version.programme.photo
    return PhotoShape(spec.width_px, spec.height_px, spec.bytes_max, spec.backgrounds)


# ---------------------------------------------------------------- the candidate's own


@dataclass(frozen=True)
class PhotoPage:
    """What the page of a photo shows: the one that counts, the one being tried, the one that waits for a reviewer."""

    application: Application
    is_change: bool
    current: Photo | None
    tried: Photo | None
    proposed: Photo | None
    reusable: Photo | None


def get_photo_page(application_id: UUID, *, by: Candidate, now: datetime) -> PhotoPage:
    """Return the candidate's photo page. Refuses while nothing may be changed, and before the page is its turn."""
    application = queries.get_own_application(application_id, by=by)
    require_changeable(application, now=now)
    is_change = photo_rules.is_change(ApplicationState(application.state))
    if not is_change:
        queries.require_may_edit(application, Task.PHOTO)
        _require_its_turn(application)
    by_state = {photo.state: photo for photo in application.photos.filter(state__in=_LIVING)}
    current = by_state.get(PhotoState.CURRENT.value)
    return PhotoPage(
        application=application,
        is_change=is_change,
        current=current,
        tried=by_state.get(PhotoState.TRIED.value),
        proposed=by_state.get(PhotoState.PROPOSED.value),
        reusable=find_reusable(application, now=now) if current is None and not is_change else None,
    )


def require_changeable(application: Application, *, now: datetime) -> None:
    """Refuse while this application's photo stands fast."""
    today = now.astimezone(SHANGHAI).date()
    photo_rules.require_changeable(
        ApplicationState(application.state), first_day=application.sitting.first_day, today=today
    )


def may_propose(application: Application, *, now: datetime) -> bool:
    """Whether a change of the approved photo can be proposed now: what a page asks before it offers one."""
    today = now.astimezone(SHANGHAI).date()
    return photo_rules.is_change(ApplicationState(application.state)) and today < application.sitting.first_day


def _require_its_turn(application: Application) -> None:
    answers, offer = queries.answers_of(application), queries.offer_of(application.sitting)
    if not rules.may_open(Task.PHOTO, answers=answers, offer=offer):
        raise ApplicationIncomplete(missing=rules.unfinished(answers, offer))


def get_own_photo(photo_id: UUID, *, by: Candidate) -> Photo:
    """Return a version of the candidate's own photo. Another's does not exist for them."""
    own = Photo.objects.filter(application__in=queries.applications_of(by).values("pk"))
    photo = own.select_related(*_OF_CASE).filter(pk=photo_id).first()
    if photo is None:
        raise PhotoNotFound
    return photo


def find_reusable(application: Application, *, now: datetime) -> Photo | None:
    """Return this person's last accepted photo for another sitting, of this shape and young enough, if any."""
    spec = application.sitting.programme_version.programme.photo
    earlier = Photo.objects.filter(
        application__person=application.person_id,
        state=PhotoState.CURRENT.value,
        width=spec.width_px,
        height=spec.height_px,
        size_bytes__lte=spec.bytes_max,
    )
    photo = earlier.exclude(application=application).select_related(*_OF_CASE).order_by("-taken_at", "-id").first()
    months = spec.months_old_max or MONTHS_OLD_MAX
    if photo is None or not photo_rules.is_young_enough(photo.taken_at, now=now, months_max=months):
        return None
    return photo


# ---------------------------------------------------------------- the desk's


def get_photo_of_case(photo_id: UUID, *, by: Staff) -> Photo:
    """Return an accepted version of a photo in the reviewer's scope. What is being tried is the candidate's alone."""
    photo = _in_scope(by).exclude(state=PhotoState.TRIED.value).filter(pk=photo_id).first()
    if photo is None:
        raise PhotoNotFound
    return photo


def photo_changes_awaiting_review(by: Staff) -> QuerySet[Photo]:
    """Return the changes that wait for a second person in the reviewer's scope, the oldest first."""
    return _in_scope(by).filter(state=PhotoState.PROPOSED.value).order_by("id")


def find_current(application: Application) -> Photo | None:
    """Return the photo that counts, if there is one, with its application. One query."""
    return application.photos.filter(state=PhotoState.CURRENT.value).first()


def _in_scope(by: Staff) -> QuerySet[Photo]:
    cases = queries.applications_in_scope(by).filter(submitted_at__isnull=False)
    return Photo.objects.filter(application__in=cases.order_by().values("pk")).select_related(*_OF_CASE)


def require_proposable(application: Application, *, now: datetime) -> None:
    """Refuse to propose a change at the desk of what is not approved, or from the first day of the examination on."""
    if not may_propose(application, now=now):
        raise PhotoFixed(state=ApplicationState(application.state))


# ---------------------------------------------------------------- what it is


def findings_of(photo: Photo) -> tuple[Finding, ...]:
    """Return what the server saw when the photo was taken."""
    return read_findings(photo.findings)


def doubts_of(photo: Photo) -> tuple[Finding, ...]:
    """Return the findings that somebody should look at."""
    return tuple(one for one in findings_of(photo) if one.level is not Level.FINE)


def doubted_among(applications: QuerySet[Application]) -> list[UUID]:
    """Return which of these applications have a photo of which the server says that a person decides. One query."""
    current = Photo.objects.filter(application__in=applications.order_by().values("pk"), state=PhotoState.CURRENT.value)
    return [
        pk
        for pk, findings in current.values_list("application_id", "findings")
        if any(one.level is Level.PERSON for one in read_findings(findings))
    ]


def box_of(photo: Photo) -> Box:
    """Return the part of the sheet that became the portrait."""
    return Box(*photo.box)


@dataclass(frozen=True)
class Frame:
    """Where the frame stands on the whole picture, in shares of it: what the page's script moves."""

    left: float
    top: float
    width: float
    height: float


def frame_of(photo: Photo) -> Frame:
    """Return the frame of a photo that is being tried. One query."""
    kept, box = PhotoSheet.objects.filter(photo=photo).only("width", "height").get(), box_of(photo)
    return Frame(box.left / kept.width, box.top / kept.height, box.width / kept.width, box.height / kept.height)


def open_version(photo: Photo) -> bytes:
    """Open the sealed JPEG of a version somebody was already allowed to hold."""
    return queries.open_photo_row(photo, person=photo.application.person)


def open_sheet(photo: Photo) -> Sheet:
    """Open the upright picture behind a photo that is being tried. One query."""
    kept = PhotoSheet.objects.filter(photo=photo).first()
    if kept is None:
        raise PhotoNotFound
    wrapped = bytes(photo.application.person.wrapped_key)
    jpeg = open_sealed(wrapped, bytes(kept.sealed), aad=sheet_place(kept.pk), ring=key_ring())
    return reopen_sheet(jpeg, full_width=kept.full_width, full_height=kept.full_height)


def sheet_place(sheet_id: UUID) -> bytes:
    """Return the associated data that ties a sealed sheet to its row."""
    return associated_data("application_photosheet", "sealed", row=sheet_id)


# ---------------------------------------------------------------- what looks alike


@dataclass(frozen=True)
class Alike:
    """Photos of other people that look like this one: those in the reader's scope, and how many lie outside it."""

    seen: tuple[Photo, ...]
    elsewhere: int

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.seen or self.elsewhere)


def photos_alike(photo: Photo, *, by: Staff) -> Alike:
    """Return the photos of other people that look like this one. Two queries, both by index."""
    if not photo.likeness:
        return Alike((), 0)
    wanted = read_likeness(photo.likeness)
    candidates = (
        sharing_a_band(photo)
        .filter(state__in=_ACCEPTED)
        .exclude(application__person=photo.application.person_id)
        .values_list("pk", "likeness")[:ALIKE_READ_MAX]
    )
    found = [pk for pk, likeness in candidates if are_alike(wanted, read_likeness(likeness))]
    seen = tuple(_in_scope(by).filter(pk__in=found).order_by("id")) if found else ()
    return Alike(seen, len(found) - len(seen))


def sharing_a_band(photo: Photo) -> QuerySet[Photo]:
    """Return the photos whose short fingerprint has a part that differs in at most one bit: four look-ups by index."""
    wanted = read_likeness(photo.likeness)
    sharing = reduce(
        or_, (Q(**{f"band_{number}__in": probes(band)}) for number, band in enumerate(wanted.bands, start=1))
    )
    return Photo.objects.filter(sharing)


# ---------------------------------------------------------------- what was sealed


def seals_of(applications: Iterable[Application]) -> Mapping[UUID, dict[str, str]]:
    """Return, for the history of an approval, the hash of each application's photo by application id. One query."""
    current = Photo.objects.filter(application__in=list(applications), state=PhotoState.CURRENT.value)
    return {pk: {SEAL: sha256} for pk, sha256 in current.values_list("application_id", "sha256")}


@dataclass(frozen=True)
class SealedPhoto:
    """The JPEG that goes on paper, and its hash, which the paper's code says."""

    jpeg: bytes
    sha256: str


def open_sealed_photo(application: Application) -> SealedPhoto:
    """Return the photo for a paper. Refuses, with `PhotoSealBroken`, any but the sealed one. Two queries."""
    photo = find_current(application)
    if photo is None:
        raise PhotoMissing
    approvals = audit.history_of(application).filter(event__in=(ApplicationEvent.APPROVE.value, APPROVED))
    seals = [details[SEAL] for details in approvals.values_list("details", flat=True) if SEAL in details]
    if not seals or seals[-1] != photo.sha256:
        raise PhotoSealBroken
    return SealedPhoto(queries.open_photo_row(photo, person=application.person), photo.sha256)
