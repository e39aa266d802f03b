"""Entering many applications at once: an employer's group entry, or a rehearsal. The same rules, row by row.

All or none in one transaction; whoever wants a progress bar hands over one batch after the other. The photo may come
later, everything else may not.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from jinbang.application import queries, rules
from jinbang.application.actions.attach import attach_entered_evidence
from jinbang.application.actions.portray import sealed_photo
from jinbang.application.actions.submit import declared, version_of
from jinbang.application.declaration import CURRENT_DECLARATION
from jinbang.application.errors import AlreadyApplied, EntryRefused
from jinbang.application.evidence import CleanFile
from jinbang.application.models import Application, ApplicationSubject, Photo, SubmittedVersion
from jinbang.application.photo import Portrait
from jinbang.application.rules import Answers, EvidencePage, Offer, SiteFacts
from jinbang.application.states import ApplicationEvent, ApplicationState
from jinbang.audit import actions as audit
from jinbang.catalogue.programme import WHOLE_LEVEL
from jinbang.kernel.actors import Actor
from jinbang.kernel.clock import SHANGHAI
from jinbang.kernel.errors import DomainError
from jinbang.people.models import Person
from jinbang.sittings import actions as sittings_actions
from jinbang.sittings import queries as sittings
from jinbang.sittings.models import ExamRegion, Site
from jinbang.sittings.states import SitePolicy, WindowKind

IN_ONE_QUERY: Final = 500


@dataclass(frozen=True)
class NewApplication:
    """One row: who applies where, for what, and on which ground. The portrait was made by `photo.make_portrait`."""

    person_id: UUID
    region_id: UUID
    level_code: str
    subject_codes: tuple[str, ...]
    education: str
    work_years: int
    employer: str
    graduated_on: date | None = None
    condition_code: str = ""
    specialty_code: str = ""
    track_code: str = ""
    site_id: UUID | None = None
    is_on_site: bool = False
    portrait: Portrait | None = field(default=None, repr=False)
    papers: Mapping[str, Sequence[CleanFile]] = field(default_factory=dict, repr=False)  # by item of evidence

    @property
    def answers(self) -> Answers:
        """The row as the rules read it; a list names a track only where somebody takes one."""
        return Answers(
            level_code=self.level_code,
            specialty_code=self.specialty_code,
            track_code=self.track_code or WHOLE_LEVEL,
            condition_code=self.condition_code,
            education=self.education,
            graduated_on=self.graduated_on,
            work_years=self.work_years,
            employer=self.employer.strip(),
            subject_codes=tuple(sorted(self.subject_codes)),
            site_id=self.site_id,
            has_photo=self.portrait is not None,
            photo_sha256=self.portrait.sha256 if self.portrait else "",
            evidence=tuple(EvidencePage(item, file.sha256) for item, files in self.papers.items() for file in files),
        )


@dataclass(frozen=True)
class _Ground:
    """What the rows of one region are judged by, read once."""

    region: ExamRegion
    offer: Offer
    sites: Mapping[UUID, Site]
    due: datetime


@transaction.atomic
def enter_applications(rows: Sequence[NewApplication], *, by: Actor, now: datetime) -> list[Application]:
    """Enter these rows as submitted applications, in their order. All or none: `EntryRefused` names the first bad row.

    Places are taken by one UPDATE for each site. Whoever enters them never reviews them.
    """
    grounds = _grounds(rows, now=now)
    _require_rows(rows, grounds, today=now.astimezone(SHANGHAI).date())
    _require_first(rows, grounds)
    sittings_actions.take_places(
        Counter(grounds[row.region_id].sites[row.site_id] for row in rows if row.site_id is not None)
    )
    entered = [_application(row, grounds[row.region_id], by=by, now=now) for row in rows]
    Application.objects.bulk_create(entered, batch_size=IN_ONE_QUERY)
    ApplicationSubject.objects.bulk_create(
        [
            ApplicationSubject(application=application, subject_code=code)
            for application, row in zip(entered, rows, strict=True)
            for code in row.subject_codes
        ],
        batch_size=IN_ONE_QUERY * 4,
    )
    _keep_photos(rows, entered, by=by, now=now)
    if papers := {one: row.papers for one, row in zip(entered, rows, strict=True) if row.papers}:
        attach_entered_evidence(papers, by=by, now=now)
    _keep_versions(rows, entered, at=now)
    audit.record_many(
        entered,
        by=by,
        event=ApplicationEvent.SUBMIT,
        at=now,
        from_state=ApplicationState.DRAFT,
        details=declared(1),
    )
    return entered


def _grounds(rows: Sequence[NewApplication], *, now: datetime) -> dict[UUID, _Ground]:
    """Read what each region offers, and refuse regions in which nobody may apply at this instant."""
    ids = {row.region_id for row in rows}
    regions = ExamRegion.objects.filter(pk__in=ids).select_related("sitting__programme_version")
    grounds: dict[UUID, _Ground] = {}
    for region in regions:
        for is_on_site in {row.is_on_site for row in rows if row.region_id == region.pk}:
            kind = WindowKind.ON_SITE_APPLICATION if is_on_site else WindowKind.APPLICATION
            sittings.require_open(region, kind, now=now)
        grounds[region.pk] = _Ground(
            region=region,
            offer=queries.offer_of(region.sitting),
            sites={site.pk: site for site in sittings.sites_of(region)},
            due=sittings.review_deadline(region.sitting, now),
        )
    return grounds


def _require_rows(rows: Sequence[NewApplication], grounds: Mapping[UUID, _Ground], *, today: date) -> None:
    for number, row in enumerate(rows, start=1):
        ground = grounds[row.region_id]
        try:
            rules.require_complete(row.answers, ground.offer, today=today, needs_photo=False)
            _require_site(row, ground)
        except DomainError as refusal:
            raise EntryRefused(row=number, refusal=refusal) from refusal


def _require_site(row: NewApplication, ground: _Ground) -> None:
    site = ground.sites.get(row.site_id) if row.site_id is not None else None
    facts = SiteFacts(site.region_id, site.is_registration_point) if site is not None else None
    policy = ground.offer.policy_for(row.level_code)
    if policy is SitePolicy.CENTRE and row.site_id is not None and facts is None:
        facts = SiteFacts(row.site_id, is_registration_point=False)
    rules.require_site(facts, region_id=row.region_id, policy=policy)


def _require_first(rows: Sequence[NewApplication], grounds: Mapping[UUID, _Ground]) -> None:
    """Refuse a person who has a living application for the sitting, or stands twice in the list."""
    sitting_of = {region_id: ground.region.sitting_id for region_id, ground in grounds.items()}
    people = [row.person_id for row in rows]
    taken: set[tuple[UUID, UUID]] = set()
    for start in range(0, len(people), IN_ONE_QUERY):
        living = Application.objects.filter(
            person_id__in=people[start : start + IN_ONE_QUERY], sitting_id__in=set(sitting_of.values())
        ).exclude(state=ApplicationState.WITHDRAWN.value)
        taken.update(living.values_list("person_id", "sitting_id"))
    for number, row in enumerate(rows, start=1):
        place = (row.person_id, sitting_of[row.region_id])
        if place in taken:
            refusal = AlreadyApplied(sitting=grounds[row.region_id].region.sitting.name)
            raise EntryRefused(row=number, refusal=refusal)
        taken.add(place)


def _application(row: NewApplication, ground: _Ground, *, by: Actor, now: datetime) -> Application:
    application = Application(
        sitting=ground.region.sitting,
        region=ground.region,
        person_id=row.person_id,
        level_code=row.level_code,
        specialty_code=row.specialty_code,
        track_code=row.answers.track_code,
        condition_code=row.condition_code,
        education=row.education,
        graduated_on=row.graduated_on,
        work_years=row.work_years,
        employer=row.answers.employer,
        site_id=row.site_id,
        is_on_site=row.is_on_site,
        entered_by_id=by.actor_id,
        declaration_version=CURRENT_DECLARATION.version,
        declaration_hash=CURRENT_DECLARATION.sha256,
        submitted_at=now,
        review_due_at=ground.due,
    )
    application.move(ApplicationEvent.SUBMIT)
    return application


def _keep_photos(rows: Sequence[NewApplication], entered: Sequence[Application], *, by: Actor, now: datetime) -> None:
    pairs = [(row, one) for row, one in zip(rows, entered, strict=True) if row.portrait is not None]
    for start in range(0, len(pairs), IN_ONE_QUERY):
        chunk = pairs[start : start + IN_ONE_QUERY]
        people = Person.objects.in_bulk([row.person_id for row, _ in chunk])
        Photo.objects.bulk_create(
            [
                sealed_photo(row.portrait, application, person=people[row.person_id], by=by, now=now)
                for row, application in chunk
                if row.portrait is not None
            ]
        )


def _keep_versions(rows: Sequence[NewApplication], entered: Sequence[Application], *, at: datetime) -> None:
    """Keep what each row said as the first version, so that a return and what comes back are told apart."""
    versions = [
        version_of(application, replace(row.answers, has_commitment_answer=True), at=at)  # nobody is asked afterwards
        for row, application in zip(rows, entered, strict=True)
    ]
    SubmittedVersion.objects.bulk_create(versions, batch_size=IN_ONE_QUERY)
