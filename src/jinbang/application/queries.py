"""Reads of applications. Loaders check permission as they load: a candidate holds their own, a reviewer their scope.

What a stranger asks for does not exist for them. `payment`, `seating` and later phases read applications through the
querysets at the end.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from jinbang.application import locks, rules, versions
from jinbang.application.commitment.facts import CommitmentFacts, facts_of
from jinbang.application.errors import ApplicationIncomplete, ApplicationNotFound, PhotoMissing
from jinbang.application.evidence import KEPT_ITEMS
from jinbang.application.models import Application, EarlierPass, LineRequest, Photo, SubmittedVersion
from jinbang.application.rules import Answers, EvidencePage, Offer, Task
from jinbang.application.states import ApplicationEvent, ApplicationState, PhotoState
from jinbang.audit import queries as audit
from jinbang.audit.models import StateChange
from jinbang.kernel import clock
from jinbang.kernel.crypto import associated_data, key_ring, open_sealed
from jinbang.kernel.errors import InvariantBroken
from jinbang.people.models import Person
from jinbang.people.queries import Candidate, Staff, within
from jinbang.people.states import Role
from jinbang.sittings import queries as sittings
from jinbang.sittings.models import ExamRegion, Site, Sitting
from jinbang.sittings.states import SitePolicy

HOLDING_A_PLACE: Final = (
    ApplicationState.DRAFT.value,
    ApplicationState.SUBMITTED.value,
    ApplicationState.REFUSAL_PROPOSED.value,
    ApplicationState.SAMPLED.value,
    ApplicationState.RETURNED.value,
    ApplicationState.APPROVED.value,
    # A refusal that may still be overturned keeps its place: an appeal that is right must not come to nothing.
    ApplicationState.REFUSED.value,
    ApplicationState.APPEALED.value,
)
"""The states in which a chosen site counts towards `Site.taken`. Every way out of them frees the place."""

DECISIONS: Final = (
    ApplicationEvent.APPROVE.value,
    ApplicationEvent.SAMPLE.value,
    ApplicationEvent.RETURN.value,
    ApplicationEvent.PROPOSE_REFUSAL.value,
    ApplicationEvent.REFUSE.value,
    ApplicationEvent.SEND_BACK.value,
    ApplicationEvent.REOPEN.value,
    ApplicationEvent.UPHOLD.value,
    ApplicationEvent.WITHDRAW.value,
    ApplicationEvent.LAPSE.value,
)

_WHOLE: Final = ("sitting__programme_version", "region__authority", "site", "person")


# ---------------------------------------------------------------- the candidate's own


def applications_of(by: Candidate) -> QuerySet[Application]:
    """Return the candidate's applications, newest first; none while no identity is bound. One query."""
    if by.person_id is None:
        return Application.objects.none()
    return Application.objects.filter(person_id=by.person_id).select_related(*_WHOLE).order_by("-id")


def get_own_application(application_id: UUID, *, by: Candidate) -> Application:
    """Return the candidate's own application. Another's does not exist for them."""
    return _one(applications_of(by), application_id)


def get_editable_application(application_id: UUID, *, by: Candidate) -> Application:
    """Return the candidate's own application while it may be changed. Refuses what was submitted."""
    application = get_own_application(application_id, by=by)
    rules.require_editable(ApplicationState(application.state))
    return application


def get_page(application_id: UUID, task: Task, *, by: Candidate) -> "Reading":
    """Return the candidate's own application, read for filling in one page.

    Refuses a page that is not its turn yet, and after a return whatever was not asked for.
    """
    reading = reading_of(get_editable_application(application_id, by=by))
    answers, offer = reading.answers, reading.offer
    locks.require_may_edit(task, state=ApplicationState(reading.application.state), asked=answers.asked)
    if not rules.may_open(task, answers=answers, offer=offer):
        raise ApplicationIncomplete(missing=rules.unfinished(answers, offer))
    return reading


def require_may_edit(application: Application, task: Task, *, item: str = "") -> None:
    """Refuse to change a page, or one item of evidence, that is locked: submitted, or not asked for by the return."""
    asked = tuple(request.line for request in line_requests_of(application))
    locks.require_may_edit(task, state=ApplicationState(application.state), asked=asked, item=item)


def lock_own_application(application_id: UUID, *, by: Candidate) -> Application:
    """Lock the candidate's own application until the transaction ends."""
    return _one(applications_of(by).select_for_update(of=("self",)), application_id)


def _one(rows: QuerySet[Application], key: UUID) -> Application:
    """Return one application, or refuse as if it did not exist: whoever may not see it learns nothing."""
    try:
        return rows.get(pk=key)
    except Application.DoesNotExist:
        raise ApplicationNotFound from None


def find_living_application(sitting: Sitting, *, by: Candidate) -> Application | None:
    """Return the one application of this person for this sitting that was not withdrawn, in whichever region."""
    return applications_of(by).filter(sitting=sitting).exclude(state=ApplicationState.WITHDRAWN.value).first()


# ---------------------------------------------------------------- what a sitting offers, what was answered


def offer_of(sitting: Sitting) -> Offer:
    """Return what the sitting offers. One query, for the timetable; the programme is parsed once per row held."""
    held = tuple(sittings.levels_of(sitting))
    policy = SitePolicy(sitting.site_policy)
    programme = sitting.programme_version.programme
    asks = programme.application.informed_commitment
    return Offer(programme, policy, held, year=sitting.year, asks_commitment=asks)


def answers_of(application: Application, *, commitment: CommitmentFacts | None = None) -> Answers:
    """Return everything answered so far and what is known beside it. Five queries, one more after a return."""
    commitment = commitment or facts_of(application, today=clock.today())
    current = Photo.objects.filter(application=application, state=PhotoState.CURRENT.value)
    portrait = current.values_list("sha256", flat=True).first()
    files = application.evidence.exclude(item__in=KEPT_ITEMS).order_by("item", "added_at", "id")
    pages = tuple(EvidencePage(item, sha256) for item, sha256 in files.values_list("item", "sha256"))
    was_submitted = application.submitted_at is not None  # and is not asked afterwards what it was not asked before
    return Answers(
        level_code=application.level_code,
        specialty_code=application.specialty_code,
        track_code=application.track_code,
        condition_code=application.condition_code,
        education=application.education,
        graduated_on=application.graduated_on,
        work_years=application.work_years,
        employer=application.employer,
        subject_codes=tuple(sorted(application.subjects.values_list("subject_code", flat=True))),
        site_id=application.site_id,
        has_photo=portrait is not None,
        photo_sha256=portrait or "",
        evidence=pages,
        has_commitment_answer=commitment.has_answer or was_submitted,
        is_committed=commitment.is_under_commitment,
        is_vouched_for=application.is_on_site or (was_submitted and not (pages or commitment.has_answer)),
        passes=tuple(one.facts() for one in earlier_passes_of(application)),
        asked=tuple(request.line for request in line_requests_of(application)),
    )


@dataclass(frozen=True)
class Reading:
    """An application with its answers and what they are chosen from, read once for everything a page says of it."""

    application: Application
    answers: Answers
    offer: Offer


def reading_of(application: Application) -> Reading:
    """Return an application that somebody was allowed to hold, read for its pages. Seven queries at most."""
    return Reading(application, answers_of(application), offer_of(application.sitting))


def earlier_passes_of(application: Application) -> QuerySet[EarlierPass]:
    """Return what this person has passed of the same programme before, as later phases have noted it."""
    code = application.sitting.programme_version.code
    return EarlierPass.objects.filter(person=application.person_id, programme_code=code).order_by(
        "year", "subject_code"
    )


def line_requests_of(application: Application) -> list[LineRequest]:
    """Return the lines that the return now standing asks for; none otherwise. One query, after a return only."""
    if application.state != ApplicationState.RETURNED:
        return []
    return list(application.line_requests.filter(version=application.version).order_by("id"))


@dataclass(frozen=True)
class Difference:
    """One line that a resubmission changed (a task's code, or `evidence:` and the item), with both answers."""

    line: str
    before: Answers
    after: Answers


def differences(application: Application) -> tuple[Difference, ...]:
    """Return what the latest submission changed against the one before; nothing where there is only one. One query."""
    latest = list(application.versions.order_by("-version")[:2])
    if len(latest) < 2:  # noqa: PLR2004  # two are needed for a difference
        return ()
    after, before = (versions.from_json(version.answers) for version in latest)
    return tuple(Difference(line, before, after) for line in versions.changed_lines(before, after))


def find_last_submitted(application: Application) -> Answers | None:
    """Return what was submitted last, to tell what has been changed since. One query."""
    last: SubmittedVersion | None = application.versions.order_by("-version").first()
    return versions.from_json(last.answers) if last else None


def sites_to_choose(reading: Reading) -> tuple[Site, ...]:
    """Return the sites of the region that may be chosen here, by code, with what is taken. One query."""
    policy = reading.offer.policy_for(reading.answers.level_code)
    sites = Site.objects.filter(region=reading.application.region_id).order_by("code")
    match policy:
        case SitePolicy.CENTRE:
            return ()
        case SitePolicy.POINT:
            return tuple(sites.filter(is_registration_point=True))
        case SitePolicy.CANDIDATE:
            return tuple(sites)


def sites_named(ids: Collection[UUID]) -> QuerySet[Site]:
    """Return these sites, for showing what was chosen before. One query."""
    return Site.objects.filter(pk__in=ids)


# ---------------------------------------------------------------- the reviewer's desk


def applications_in_scope(by: Staff, role: Role = Role.REVIEWER) -> QuerySet[Application]:
    """Return the applications whose region or site lies at or below a place where this person holds the role."""
    by_region = within(by, role, path_field="region__authority__path")
    by_site = within(by, role, path_field="site__authority__path")
    return Application.objects.filter(by_region | by_site).select_related(*_WHOLE)


def applications_awaiting_review(by: Staff) -> QuerySet[Application]:
    """Return the queue: what was submitted, in scope, the earliest deadline first."""
    return (
        applications_in_scope(by)
        .filter(state=ApplicationState.SUBMITTED.value)
        .order_by("review_due_at", "submitted_at", "id")
    )


def get_case(application_id: UUID, *, by: Staff) -> Application:
    """Return one application in the reviewer's scope, whatever became of it. Drafts are nobody's but one's own."""
    return _one(applications_in_scope(by).filter(submitted_at__isnull=False), application_id)


def lock_application(application_id: UUID, *, by: Staff) -> Application:
    """Lock one application in the reviewer's scope until the transaction ends."""
    return _one(applications_in_scope(by).select_for_update(of=("self",)), application_id)


def cases_selected(ids: Collection[UUID], *, by: Staff) -> tuple[Application, ...]:
    """Return the selected cases that are in scope and still await review, in the order of the queue."""
    return tuple(applications_awaiting_review(by).filter(pk__in=ids))


def last_decision(application: Application) -> StateChange | None:
    """Return the last thing that took the application out of the queue, for the one who came second."""
    return audit.history_of(application).filter(event__in=DECISIONS).last()


# ---------------------------------------------------------------- the photo


def open_own_photo(application_id: UUID, *, by: Candidate) -> bytes:
    """Return the JPEG to the person it shows."""
    return open_photo(get_own_application(application_id, by=by))


def open_photo_of_case(application_id: UUID, *, by: Staff) -> bytes:
    """Return the JPEG to a reviewer in whose scope the application lies."""
    return open_photo(get_case(application_id, by=by))


def open_photo(application: Application) -> bytes:
    """Open the accepted JPEG of an application somebody was already allowed to hold. One query."""
    photo = Photo.objects.filter(application=application, state=PhotoState.CURRENT.value).first()
    if photo is None:
        raise PhotoMissing
    return open_photo_row(photo, person=application.person)


def open_photo_row(photo: Photo, *, person: Person) -> bytes:
    """Open one version's JPEG. A picture that is not the one its row names is a fault, never shown."""
    wrapped = bytes(person.wrapped_key)
    jpeg = open_sealed(wrapped, bytes(photo.sealed), aad=photo_place(photo.pk), ring=key_ring())
    if sha256(jpeg).hexdigest() != photo.sha256:
        raise InvariantBroken(f"photo {photo.pk} is not the picture of its hash")
    return jpeg


def photo_place(photo_id: UUID) -> bytes:
    """Return the associated data that ties a sealed photo to its row."""
    return associated_data("application_photo", "sealed", row=photo_id)


# ---------------------------------------------------------------- windows


def require_open_for(application: Application, *, now: datetime) -> None:
    """Refuse to change or submit outside every window in which this application may be."""
    kinds = rules.windows_for_submitting(ApplicationState(application.state), is_on_site=application.is_on_site)
    if not any(sittings.is_open(sittings.window_of(application.region, kind), now) for kind in kinds):
        sittings.require_open(application.region, kinds[0], now=now)


# ---------------------------------------------------------------- for later phases


def regions_with(state: ApplicationState) -> QuerySet[ExamRegion]:
    """Return the exam regions in which any application stands in this state. One query."""
    standing = Application.objects.filter(state=state.value).values("region_id")
    return ExamRegion.objects.filter(pk__in=standing).select_related("sitting")
