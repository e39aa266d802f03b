"""Writes of a counter: enter everything in one go, then submit with the signed pledge."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from jinbang.application import photo_versions
from jinbang.application import queries as applications
from jinbang.application import rules as application_rules
from jinbang.application.actions.attach import attach_entered_evidence
from jinbang.application.actions.portray import sealed_photo
from jinbang.application.actions.submit import STARTED, keep_version
from jinbang.application.counter import queries, rules
from jinbang.application.counter.text import CURRENT_PLEDGE, PLEDGE_ITEM
from jinbang.application.errors import AlreadyApplied
from jinbang.application.evidence import clean_file
from jinbang.application.models import Application, ApplicationSubject
from jinbang.application.photo import PhotoShape, Portrait, make_portrait
from jinbang.application.rules import Answers, SiteFacts
from jinbang.application.states import ApplicationEvent, ApplicationState
from jinbang.audit import actions as audit
from jinbang.catalogue.programme import WHOLE_LEVEL
from jinbang.kernel.clock import SHANGHAI
from jinbang.kernel.digests import Json
from jinbang.kernel.identity import DocumentKind
from jinbang.people.actions import register_person
from jinbang.people.queries import Staff
from jinbang.sittings import actions as sittings_actions
from jinbang.sittings import queries as sittings
from jinbang.sittings.models import Site
from jinbang.sittings.states import SitePolicy, WindowKind

AT_COUNTER: Final = "at_counter"


@dataclass(frozen=True)
class CounterEntry:
    """Everything a person says and shows at the counter. `photo` is whatever the camera or a file gave."""

    name: str = field(repr=False)
    kind: DocumentKind
    number: str = field(repr=False)
    phone: str = field(repr=False)
    level_code: str
    education: str
    work_years: int
    employer: str
    subject_codes: tuple[str, ...]
    photo: bytes = field(repr=False)
    specialty_code: str = ""
    track_code: str = ""
    condition_code: str = ""
    graduated_on: date | None = None

    def answers(self, site: Site | None) -> Answers:
        """Return what the rules judge."""
        return Answers(
            level_code=self.level_code,
            specialty_code=self.specialty_code,
            track_code=self.track_code or WHOLE_LEVEL,
            condition_code=self.condition_code,
            education=self.education,
            graduated_on=self.graduated_on,
            work_years=self.work_years,
            employer=self.employer.strip(),
            subject_codes=self.subject_codes,
            site_id=site.pk if site is not None else None,
            has_photo=bool(self.photo),
            is_vouched_for=True,
        )


def enter_at_counter(*, point_id: UUID, entry: CounterEntry, by: Staff, now: datetime) -> Application:
    """Enter one person's application at a registration point, as a draft until the pledge is signed.

    The person is registered unless on record. Refuses like applying online: outside the point's window, a second living
    application, whatever is missing or does not fit together, a full site.
    """
    point = queries.get_point(point_id, by=by)
    spec = point.region.sitting.programme_version.programme.photo
    # Decoding a picture takes a moment, and no transaction waits for it.
    portrait = make_portrait(entry.photo, shape=PhotoShape(spec.width_px, spec.height_px, spec.bytes_max))
    return _enter(point, entry, portrait=portrait, by=by, now=now)


@transaction.atomic
def _enter(point: Site, entry: CounterEntry, *, portrait: Portrait, by: Staff, now: datetime) -> Application:
    region = point.region
    sittings.require_open(region, WindowKind.ON_SITE_APPLICATION, now=now)
    offer = applications.offer_of(region.sitting)
    policy = offer.policy_for(entry.level_code) if entry.level_code else offer.site_policy
    site = None if policy is SitePolicy.CENTRE else point
    application_rules.require_complete(entry.answers(site), offer, today=now.astimezone(SHANGHAI).date())
    facts = SiteFacts(point.region_id, is_registration_point=point.is_registration_point) if site else None
    application_rules.require_site(facts, region_id=region.pk, policy=policy)
    person = register_person(name=entry.name, kind=entry.kind, number=entry.number, phone=entry.phone, by=by, now=now)
    application = _application(entry, point, site=site, person_id=person.pk, by=by, now=now)
    if site is not None:
        sittings_actions.take_place(site)
    ApplicationSubject.objects.bulk_create(
        ApplicationSubject(application=application, subject_code=code) for code in entry.subject_codes
    )
    sealed_photo(portrait, application, person=person, by=by, now=now).save(force_insert=True)
    audit.record(application, by=by, event=STARTED, at=now, details={AT_COUNTER: str(point.pk)})
    return application


def _application(
    entry: CounterEntry, point: Site, *, site: Site | None, person_id: UUID, by: Staff, now: datetime
) -> Application:
    """Let the constraint decide between two counters, or a counter and the person's own telephone."""
    try:
        with transaction.atomic():
            return Application.objects.create(
                sitting=point.region.sitting,
                region=point.region,
                person_id=person_id,
                level_code=entry.level_code,
                specialty_code=entry.specialty_code,
                track_code=entry.track_code or WHOLE_LEVEL,
                condition_code=entry.condition_code,
                education=entry.education,
                graduated_on=entry.graduated_on,
                work_years=entry.work_years,
                employer=entry.employer.strip(),
                site=site,
                is_on_site=True,
                touched_at=now,
                entered_by_id=by.account_id,
            )
    except IntegrityError as error:
        raise AlreadyApplied(sitting=point.region.sitting.name) from error


def submit_at_counter(*, application_id: UUID, pledge: bytes, by: Staff, now: datetime) -> Application:
    """Keep the scan of the signed pledge and submit what was entered; approve it where the programme lets the counter.

    Keeps version and hash of the wording that was printed. Refuses without a readable scan.
    """
    rules.require_pledge(has_pledge=bool(pledge))
    scan = clean_file(pledge)
    with transaction.atomic():
        application = queries.lock_counter_application(application_id, by=by)
        before = ApplicationState(application.state)
        application_rules.require_editable(before)
        applications.require_open_for(application, now=now)
        attach_entered_evidence({application: {PLEDGE_ITEM: (scan,)}}, by=by, now=now)
        application.move(ApplicationEvent.SUBMIT)
        if before is ApplicationState.RETURNED:
            application.version += 1
        application.submitted_at, application.reason = now, ""
        application.review_due_at = sittings.review_deadline(application.sitting, now)
        application.declaration_version = CURRENT_PLEDGE.version
        application.declaration_hash = CURRENT_PLEDGE.sha256
        application.save()
        details: dict[str, Json] = {
            "version": application.version,
            "declaration": CURRENT_PLEDGE.version,
            "declaration_sha256": CURRENT_PLEDGE.sha256,
            "scan_sha256": scan.sha256,
        }
        keep_version(application, applications.answers_of(application), at=now)
        audit.record(application, by=by, event=ApplicationEvent.SUBMIT, at=now, from_state=before, details=details)
        if application.sitting.programme_version.programme.application.counter_approves:
            _approve(application, by=by, now=now)
        return application


def _approve(application: Application, *, by: Staff, now: datetime) -> None:
    """Approve on the spot, and seal the photo: the programme's own exception to nobody deciding on their own entry."""
    before = ApplicationState(application.state)
    application.move(ApplicationEvent.APPROVE)
    application.decided_at = now
    application.save(update_fields=("state", "decided_at"))
    details: dict[str, Json] = {AT_COUNTER: True, **photo_versions.seals_of((application,)).get(application.pk, {})}
    audit.record(application, by=by, event=ApplicationEvent.APPROVE, at=now, from_state=before, details=details)
