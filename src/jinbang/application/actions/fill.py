"""Filling in an application, one page after the other. Each act locks, checks that editing is allowed, and saves.

What a later choice rests on is cleared when an earlier one changes: a level's specialties, conditions and subjects are
its own. Choosing a site takes a place there and frees the one held before. After a return only what was asked for, and
what rests on it, can be changed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from jinbang.application import passes, queries, rules
from jinbang.application.actions import hold
from jinbang.application.commitment.facts import facts_of, require_standing
from jinbang.application.models import Application, ApplicationSubject
from jinbang.application.passes import Choice, EarlierPass
from jinbang.application.rules import SiteFacts, Task
from jinbang.audit import actions as audit
from jinbang.kernel.clock import SHANGHAI
from jinbang.people.queries import Candidate
from jinbang.sittings import actions as sittings_actions
from jinbang.sittings import queries as sittings
from jinbang.sittings.states import SitePolicy

PASSES_GIVEN_UP: Final = "give_up_passes"


@dataclass(frozen=True)
class BackgroundAnswer:
    """What a person has learned, and for how long they have worked in the field."""

    education: str
    graduated_on: date | None
    work_years: int


# Step 5 of docs/cycles/application.md.
@transaction.atomic
def fill_level(
    *, application_id: UUID, level_code: str, by: Candidate, now: datetime, confirms_loss: bool = False
) -> Application:
    """Choose the level. Another level than before clears what was chosen under the earlier one.

    Refuses, with `SwitchLosesPasses`, to give up passes of another level unless that was confirmed.
    """
    application = lock_editable(application_id, Task.LEVEL, by=by, now=now)
    offer = queries.offer_of(application.sitting)
    rules.require_level(level_code, offer)
    lost = passes.lost_by_level(level_code, _standing(application), programme=offer.programme)
    passes.require_loss_confirmed(lost, is_confirmed=confirms_loss)
    if application.level_code != level_code:
        if offer.policy_for(level_code) is SitePolicy.CENTRE:
            _leave_site(application)
        _clear_below(application)
        application.specialty_code = ""
        application.track_code = ""
    application.level_code = level_code
    application.save()
    _record_loss(application, lost, by=by, now=now)
    return application


# Step 5 of docs/cycles/application.md.
@transaction.atomic
def fill_specialty(*, application_id: UUID, specialty_code: str, by: Candidate, now: datetime) -> Application:
    """Choose the specialty. Subjects keep their codes across the specialties of a level, so they stay chosen.

    Refuses, with `SpecialtyFixed`, to leave a specialty of which every subject is passed and still counts.
    """
    application = lock_editable(application_id, Task.SPECIALTY, by=by, now=now)
    level = rules.require_level(application.level_code, queries.offer_of(application.sitting))
    rules.require_specialty(specialty_code, level)
    passes.require_specialty_free(specialty_code, level=level, standing=_standing(application))
    application.specialty_code = specialty_code
    application.save(update_fields=("specialty_code",))
    return application


# Step 5 of docs/cycles/application.md.
@transaction.atomic
def fill_track(
    *, application_id: UUID, track_code: str, by: Candidate, now: datetime, confirms_loss: bool = False
) -> Application:
    """Choose to sit every subject, or a track that exempts from some and has conditions and subjects of its own.

    Refuses, with `SwitchLosesPasses`, to give up passes of another track unless that was confirmed, and, with
    `CommitmentInTheWay`, a track whose people are checked by hand after having signed a commitment.
    """
    application = lock_editable(application_id, Task.TRACK, by=by, now=now)
    offer = queries.offer_of(application.sitting)
    level = rules.require_level(application.level_code, offer)
    rules.require_track(track_code, level)
    choice = Choice(level.code, application.specialty_code, track_code)
    lost = passes.lost_by_track(choice, _standing(application), programme=offer.programme)
    passes.require_loss_confirmed(lost, is_confirmed=confirms_loss)
    if application.track_code != track_code:
        _clear_below(application)
    application.track_code = track_code
    require_standing(facts_of(application, today=now.astimezone(SHANGHAI).date()))
    application.save()
    _record_loss(application, lost, by=by, now=now)
    return application


# Step 5 of docs/cycles/application.md.
@transaction.atomic
def fill_background(*, application_id: UUID, answer: BackgroundAnswer, by: Candidate, now: datetime) -> Application:
    """Tell education and years. A condition chosen before that they no longer meet is cleared, to be chosen anew."""
    application = lock_editable(application_id, Task.EDUCATION, by=by, now=now)
    application.education = answer.education
    application.graduated_on = answer.graduated_on
    application.work_years = answer.work_years
    verdict = rules.condition_verdict(
        queries.answers_of(application),
        queries.offer_of(application.sitting),
        today=now.astimezone(SHANGHAI).date(),
    )
    if verdict is not None and not verdict.is_met:
        application.condition_code = ""
    application.save()
    return application


# Step 5 of docs/cycles/application.md.
@transaction.atomic
def fill_condition(*, application_id: UUID, condition_code: str, by: Candidate, now: datetime) -> Application:
    """Say which condition fits. Refuses one that the education and years told before do not meet."""
    application = lock_editable(application_id, Task.CONDITION, by=by, now=now)
    application.condition_code = condition_code
    rules.require_condition(
        queries.answers_of(application),
        queries.offer_of(application.sitting),
        today=now.astimezone(SHANGHAI).date(),
    )
    application.save(update_fields=("condition_code",))
    return application


# Step 5 of docs/cycles/application.md.
@transaction.atomic
def fill_employer(*, application_id: UUID, employer: str, by: Candidate, now: datetime) -> Application:
    """Tell the work unit by its full name."""
    application = lock_editable(application_id, Task.EMPLOYER, by=by, now=now)
    application.employer = employer.strip()
    application.save(update_fields=("employer",))
    return application


# Step 5 of docs/cycles/application.md.
@transaction.atomic
def fill_subjects(*, application_id: UUID, subject_codes: Iterable[str], by: Candidate, now: datetime) -> Application:
    """Choose the subjects. Refuses unknown ones, none at all, and too few where all must be passed at once."""
    application = lock_editable(application_id, Task.SUBJECTS, by=by, now=now)
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
    application = lock_editable(application_id, Task.SITE, by=by, now=now)
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


def lock_editable(application_id: UUID, task: Task, *, by: Candidate, now: datetime, item: str = "") -> Application:
    """Lock the candidate's own application for changing one page, or one item of evidence, and check that it may be."""
    application = queries.lock_own_application(application_id, by=by)
    queries.require_may_edit(application, task, item=item)
    queries.require_open_for(application, now=now)
    hold.touch(application, now=now)
    return application


def _standing(application: Application) -> tuple[EarlierPass, ...]:
    earlier = [one.facts() for one in queries.earlier_passes_of(application)]
    return passes.passes_standing(earlier, year=application.sitting.year)


def _record_loss(application: Application, lost: Sequence[EarlierPass], *, by: Candidate, now: datetime) -> None:
    if lost:
        audit.record(application, by=by, event=PASSES_GIVEN_UP, at=now, details={"subjects": len(lost)})


def _clear_below(application: Application) -> None:
    application.condition_code = ""
    application.subjects.all().delete()


def _leave_site(application: Application) -> None:
    if application.site is not None:
        sittings_actions.free_place(application.site)
        application.site = None
