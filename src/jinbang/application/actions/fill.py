"""Filling in an application, one page after the other. Each act locks, checks that editing is allowed, and saves.

What a later choice rests on is cleared when an earlier one changes: a level's specialties, conditions and subjects are
its own. Choosing a site takes a place there and frees the one held before.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from jinbang.application import queries, rules
from jinbang.application.actions import hold
from jinbang.application.models import Application, ApplicationSubject, Photo
from jinbang.application.photo import PhotoShape, Portrait, make_portrait
from jinbang.application.rules import SiteFacts
from jinbang.application.states import ApplicationState
from jinbang.audit import actions as audit
from jinbang.kernel.clock import SHANGHAI
from jinbang.kernel.crypto import key_ring, seal
from jinbang.kernel.ids import new_id
from jinbang.people.models import Person
from jinbang.people.queries import Candidate
from jinbang.sittings import actions as sittings_actions
from jinbang.sittings import queries as sittings
from jinbang.sittings.states import SitePolicy

PHOTO_TAKEN: Final = "photo"


@dataclass(frozen=True)
class ConditionAnswer:
    """What a person says about why they may sit the examination."""

    condition_code: str
    education: str
    graduated_on: date | None
    work_years: int
    employer: str


# Step 5 of docs/cycles/application.md.
@transaction.atomic
def fill_level(*, application_id: UUID, level_code: str, by: Candidate, now: datetime) -> Application:
    """Choose the level. Another level than before clears what was chosen under the earlier one."""
    application = _lock_editable(application_id, by=by, now=now)
    offer = queries.offer_of(application.sitting)
    rules.require_level(level_code, offer)
    if application.level_code != level_code:
        if offer.policy_for(level_code) is SitePolicy.CENTRE:
            _leave_site(application)
        _clear_below(application)
        application.specialty_code = ""
        application.track_code = ""
    application.level_code = level_code
    application.save()
    return application


# Step 5 of docs/cycles/application.md.
@transaction.atomic
def fill_specialty(*, application_id: UUID, specialty_code: str, by: Candidate, now: datetime) -> Application:
    """Choose the specialty. Subjects keep their codes across the specialties of a level, so they stay chosen."""
    application = _lock_editable(application_id, by=by, now=now)
    level = rules.require_level(application.level_code, queries.offer_of(application.sitting))
    rules.require_specialty(specialty_code, level)
    application.specialty_code = specialty_code
    application.save(update_fields=("specialty_code",))
    return application


# Step 5 of docs/cycles/application.md.
@transaction.atomic
def fill_track(*, application_id: UUID, track_code: str, by: Candidate, now: datetime) -> Application:
    """Choose to sit every subject, or a track that exempts from some and has conditions and subjects of its own."""
    application = _lock_editable(application_id, by=by, now=now)
    level = rules.require_level(application.level_code, queries.offer_of(application.sitting))
    rules.require_track(track_code, level)
    if application.track_code != track_code:
        _clear_below(application)
    application.track_code = track_code
    application.save()
    return application


# Step 5 of docs/cycles/application.md.
@transaction.atomic
def fill_condition(*, application_id: UUID, answer: ConditionAnswer, by: Candidate, now: datetime) -> Application:
    """Say which condition fits and what it rests on. Refuses one that the typed education and years do not meet."""
    application = _lock_editable(application_id, by=by, now=now)
    offer = queries.offer_of(application.sitting)
    application.condition_code = answer.condition_code
    application.education = answer.education
    application.graduated_on = answer.graduated_on
    application.work_years = answer.work_years
    application.employer = answer.employer.strip()
    rules.require_condition(queries.answers_of(application), offer, today=now.astimezone(SHANGHAI).date())
    application.save()
    return application


# Step 5 of docs/cycles/application.md.
@transaction.atomic
def fill_subjects(*, application_id: UUID, subject_codes: Iterable[str], by: Candidate, now: datetime) -> Application:
    """Choose the subjects. Refuses unknown ones, none at all, and too few where all must be passed at once."""
    application = _lock_editable(application_id, by=by, now=now)
    chosen = rules.require_subjects(
        tuple(subject_codes),
        answers=queries.answers_of(application),
        offer=queries.offer_of(application.sitting),
    )
    application.subjects.all().delete()
    ApplicationSubject.objects.bulk_create(
        [ApplicationSubject(application=application, subject_code=code) for code in chosen]
    )
    return application


# Step 5 of docs/cycles/application.md.
@transaction.atomic
def fill_site(*, application_id: UUID, site_id: UUID, by: Candidate, now: datetime) -> Application:
    """Choose the site: takes a place there, then frees the one held before. Refuses a full one with `SiteFull`."""
    application = _lock_editable(application_id, by=by, now=now)
    site = sittings.get_site(application.region, site_id)
    rules.require_site(
        SiteFacts(region_id=site.region_id, is_registration_point=site.is_registration_point),
        region_id=application.region_id,
        policy=queries.offer_of(application.sitting).policy_for(application.level_code),
    )
    if application.site_id == site.pk:
        return application
    sittings_actions.take_place(site)
    _leave_site(application)
    application.site = site
    application.save(update_fields=("site",))
    return application


# Step 5 of docs/cycles/application.md.
@transaction.atomic
def fill_photo(*, application_id: UUID, raw: bytes, by: Candidate, now: datetime) -> Application:
    """Make the portrait out of what was uploaded and keep it, sealed under the person's key, for the one before."""
    application = _lock_editable(application_id, by=by, now=now)
    spec = queries.offer_of(application.sitting).programme.photo
    portrait = make_portrait(raw, shape=PhotoShape(spec.width_px, spec.height_px, spec.bytes_max))
    Photo.objects.filter(application=application).delete()
    sealed_photo(portrait, application, person=application.person, now=now).save(force_insert=True)
    audit.record(application, by=by, event=PHOTO_TAKEN, at=now, details={"sha256": portrait.sha256})
    return application


def sealed_photo(portrait: Portrait, application: Application, *, person: Person, now: datetime) -> Photo:
    """Return an unsaved row whose picture only this person's key opens, and only in this row."""
    photo_id = new_id()
    return Photo(
        id=photo_id,
        application=application,
        sealed=seal(bytes(person.wrapped_key), portrait.jpeg, aad=queries.photo_place(photo_id), ring=key_ring()),
        sha256=portrait.sha256,
        width=portrait.width,
        height=portrait.height,
        size_bytes=len(portrait.jpeg),
        taken_at=now,
    )


def _lock_editable(application_id: UUID, *, by: Candidate, now: datetime) -> Application:
    application = queries.lock_own_application(application_id, by=by)
    rules.require_editable(ApplicationState(application.state))
    queries.require_open_for(application, now=now)
    hold.touch(application, now=now)
    return application


def _clear_below(application: Application) -> None:
    application.condition_code = ""
    application.subjects.all().delete()


def _leave_site(application: Application) -> None:
    if application.site is not None:
        sittings_actions.free_place(application.site)
        application.site = None
