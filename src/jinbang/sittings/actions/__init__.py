"""Writes of the sittings phase: create, publish, extend, add sites, take places, announce, close, cancel.

Each change is one transaction with one actor and one row in the audit. Taking a place has no row of its own: it happens
inside the action that needs it (an application is submitted), whose row names the actor.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F

from jinbang.audit import actions as audit
from jinbang.catalogue.queries import get_programme_version
from jinbang.kernel.actors import SystemActor
from jinbang.kernel.clock import SHANGHAI
from jinbang.kernel.errors import InvariantBroken
from jinbang.people.models import Authority
from jinbang.people.states import Role
from jinbang.sittings import attachments, planning, queries, rules
from jinbang.sittings.actions.workdays import load_workdays as load_workdays  # one door to every act
from jinbang.sittings.actions.workdays import set_workday as set_workday  # the same
from jinbang.sittings.errors import (
    SiteCodeTaken,
    SiteFull,
    SittingCodeTaken,
    SittingIncomplete,
    SittingNotFound,
    WindowNotAnnounced,
)
from jinbang.sittings.models import (
    ExamRegion,
    Notice,
    NoticeAttachment,
    Session,
    Site,
    Sitting,
    SubjectFee,
    Window,
)
from jinbang.sittings.opening import tidy_hours
from jinbang.sittings.plan import FeePlan, NoticePlan, RegionPlan, SessionPlan, SitePlan, SittingPlan, WindowPlan
from jinbang.sittings.planning import WINDOW_EXTENDED, Planner
from jinbang.sittings.states import SittingEvent, SittingState, WindowKind

CREATED: Final = "create"
SITE_ADDED: Final = "add_site"
NOTICE_ISSUED: Final = "issue_notice"

# ---------------------------------------------------------------- create and publish


# Step 1 of docs/cycles/application.md.
@transaction.atomic
def create_sitting(plan: SittingPlan, *, by: Planner, now: datetime) -> Sitting:
    """Create a sitting with everything its plan names, unpublished. Refuses a code that is taken.

    Only a planner of the owning authority may; the programme's version is pinned for good when it is published.
    """
    owner = queries.get_authority(plan.owner_code)
    if not isinstance(by, SystemActor):
        by.require(Role.PLANNER, owner.path)
    if Sitting.objects.filter(code=plan.code).exists():
        raise SittingCodeTaken(sitting=plan.code)
    sitting = Sitting.objects.create(
        code=plan.code,
        programme_version=get_programme_version(plan.programme_code, on=now.astimezone(SHANGHAI).date()),
        owner=owner,
        name=plan.name,
        year=plan.year,
        ordinal=plan.ordinal,
        first_day=plan.first_day,
        last_day=plan.last_day,
        site_policy=plan.site_policy.value,
        name_required=plan.name_required,
        sends_ticket_numbers=plan.sends_ticket_numbers,
        results_here=plan.results_here,
        forward_url=plan.forward_url,
        review_working_days=plan.review_working_days,
        place_held_days=plan.place_held_days,
    )
    _write_calendar(sitting, plan, by=by, now=now)
    audit.record(sitting, by=by, event=CREATED, at=now)
    for notice in plan.notices:
        _write_notice(notice, authority=owner, sitting=sitting, by=by, now=now)
    return sitting


def _write_calendar(sitting: Sitting, plan: SittingPlan, *, by: Planner, now: datetime) -> None:
    windows = _window_rows(sitting, None, plan.windows, by=by, now=now)
    fees = _fee_rows(sitting, None, plan.fees)
    sites: list[Site] = []
    for region_plan in plan.regions:
        authority = queries.get_authority(region_plan.authority_code)
        region = ExamRegion.objects.create(sitting=sitting, authority=authority, is_held=region_plan.is_held)
        windows += _window_rows(sitting, region, region_plan.windows, by=by, now=now)
        fees += _fee_rows(sitting, region, region_plan.fees)
        sites += _site_rows(region, region_plan)
    Window.objects.bulk_create(windows)
    Session.objects.bulk_create(_session_rows(sitting, plan.sessions))
    SubjectFee.objects.bulk_create(fees)
    Site.objects.bulk_create(sites)


def _window_rows(
    sitting: Sitting, region: ExamRegion | None, plans: Iterable[WindowPlan], *, by: Planner, now: datetime
) -> list[Window]:
    return [
        Window(
            sitting=sitting,
            region=region,
            kind=plan.kind.value,
            opens=plan.opens,
            closes=plan.closes,
            author_id=by.actor_id,
            created_at=now,
        )
        for plan in plans
    ]


def _session_rows(sitting: Sitting, plans: Iterable[SessionPlan]) -> list[Session]:
    return [
        Session(
            sitting=sitting,
            level_code=plan.level_code,
            subject_code=plan.subject_code,
            starts=plan.starts,
            ends=plan.ends,
        )
        for plan in plans
    ]


def _fee_rows(sitting: Sitting, region: ExamRegion | None, plans: Iterable[FeePlan]) -> list[SubjectFee]:
    return [
        SubjectFee(
            sitting=sitting,
            region=region,
            level_code=plan.level_code,
            subject_code=plan.subject_code,
            fee_fen=plan.fee_fen,
        )
        for plan in plans
    ]


def _site_rows(region: ExamRegion, plan: RegionPlan) -> list[Site]:
    cities: dict[str, Authority] = {"": region.authority}
    for site in plan.sites:
        if site.authority_code not in cities:
            cities[site.authority_code] = queries.get_authority(site.authority_code)
    return [_site_row(region, site, authority=cities[site.authority_code]) for site in plan.sites]


def _site_row(region: ExamRegion, plan: SitePlan, *, authority: Authority) -> Site:
    return Site(
        region=region,
        authority=authority,
        code=plan.code,
        name=plan.name,
        address=plan.address,
        capacity=plan.capacity,
        is_registration_point=plan.is_registration_point,
        opening_hours=tidy_hours(plan.opening_hours),
    )


# Step 2 of docs/cycles/application.md.
@transaction.atomic
def publish_sitting(*, sitting_id: UUID, by: Planner, now: datetime) -> Sitting:
    """Show a sitting to everybody and pin the version of its programme that is in force on this day.

    Refuses, with every gap at once, a sitting that lacks windows, sessions, prices or sites.
    """
    sitting = planning.lock_sitting(sitting_id, by=by)
    version = get_programme_version(sitting.programme_version.code, on=now.astimezone(SHANGHAI).date())
    gaps = planning.gaps_of(sitting, version.programme)
    if gaps:
        raise SittingIncomplete(gaps=gaps)
    before = sitting.state
    sitting.move(SittingEvent.PUBLISH)
    sitting.programme_version = version
    sitting.save(update_fields=("state", "programme_version"))
    audit.record(
        sitting, by=by, event=SittingEvent.PUBLISH, at=now, from_state=before, details={"programme": version.sha256}
    )
    return sitting


@transaction.atomic
def close_sitting(*, sitting_id: UUID, by: Planner, now: datetime) -> Sitting:
    """End a sitting whose work is done. Its page, notices and results stay."""
    return _end(sitting_id, SittingEvent.CLOSE, by=by, now=now, reason="")


@transaction.atomic
def cancel_sitting(*, sitting_id: UUID, reason: str, by: Planner, now: datetime) -> Sitting:
    """Call a sitting off, in every exam region. The reason is shown with it in the desk's history."""
    return _end(sitting_id, SittingEvent.CANCEL, by=by, now=now, reason=reason)


@transaction.atomic
def choose_reminders(*, sitting_id: UUID, are_sent: bool, by: Planner, now: datetime) -> Sitting:
    """Say whether a forgotten ticket number of this sitting goes to the telephone of whom it belongs to."""
    sitting = planning.lock_sitting(sitting_id, by=by)
    sitting.sends_ticket_numbers = are_sent
    sitting.save(update_fields=("sends_ticket_numbers",))
    audit.record(sitting, by=by, event=planning.REMINDERS_ON if are_sent else planning.REMINDERS_OFF, at=now)
    return sitting


def _end(sitting_id: UUID, event: SittingEvent, *, by: Planner, now: datetime, reason: str) -> Sitting:
    sitting = planning.lock_sitting(sitting_id, by=by)
    before = sitting.state
    sitting.move(event)
    sitting.save(update_fields=("state",))
    audit.record(sitting, by=by, event=event, at=now, from_state=before, reason=reason)
    return sitting


# ---------------------------------------------------------------- windows


# Step 2 of docs/cycles/application.md.
@transaction.atomic
def extend_window(
    *,
    sitting_id: UUID,
    region_id: UUID | None,
    kind: WindowKind,
    closes: datetime,
    reason: str,
    notice: NoticePlan,
    by: Planner,
    now: datetime,
) -> Window:
    """Let a window close later, in one exam region or, with None, in every one that has no window of its own.

    The earlier version stays; the new one carries its reason, its author and the notice that announces it. Refuses a
    time that is not later than the present closing and than now, and a window that was never announced.
    """
    sitting, region = _lock_target(sitting_id, region_id, by=by)
    rules.require_running(SittingState(sitting.state), event=WINDOW_EXTENDED)
    effective = queries.window_of(region, kind) if region else queries.windows_of_sitting(sitting).get(kind)
    if effective is None:
        raise WindowNotAnnounced(kind=kind, opens=None, closes=None)
    rules.require_later(effective.facts(), closes=closes, now=now)
    own = planning.latest_own_window(sitting, region, kind=kind)
    window = Window.objects.create(
        sitting=sitting,
        region=region,
        kind=kind.value,
        opens=effective.opens,
        closes=closes,
        version=own.version + 1 if own else 1,
        reason=reason,
        notice=_write_notice(notice, authority=_announcer(sitting, region), sitting=sitting, by=by, now=now),
        author_id=by.actor_id,
        created_at=now,
    )
    audit.record(window, by=by, event=WINDOW_EXTENDED, at=now, reason=reason, details=_span(effective, window))
    return window


def _lock_target(sitting_id: UUID, region_id: UUID | None, *, by: Planner) -> tuple[Sitting, ExamRegion | None]:
    if region_id is None:
        return planning.lock_sitting(sitting_id, by=by), None
    region = planning.lock_region(region_id, by=by)
    if region.sitting_id != sitting_id:
        raise SittingNotFound
    return region.sitting, region


def _announcer(sitting: Sitting, region: ExamRegion | None) -> Authority:
    return region.authority if region else sitting.owner


def _span(before: Window, after: Window) -> dict[str, str]:
    return {"kind": after.kind, "from": before.closes.isoformat(), "to": after.closes.isoformat()}


# ---------------------------------------------------------------- sites and their places


@transaction.atomic
def add_site(*, region_id: UUID, plan: SitePlan, by: Planner, now: datetime) -> Site:
    """Add a site to an exam region. Refuses a code the region already uses."""
    region = planning.lock_region(region_id, by=by)
    rules.require_unfinished(SittingState(region.sitting.state), event=SITE_ADDED)
    if Site.objects.filter(region=region, code=plan.code).exists():
        raise SiteCodeTaken(site=plan.code)
    authority = queries.get_authority(plan.authority_code) if plan.authority_code else region.authority
    site = _site_row(region, plan, authority=authority)
    site.save(force_insert=True)
    audit.record(site, by=by, event=SITE_ADDED, at=now, details={"capacity": site.capacity})
    return site


def take_place(site: Site) -> None:
    """Take one place by one conditional UPDATE; the caller's transaction undoes it. Refuses a full site.

    The database decides, not the number this object was read with, which stays as it was.
    """
    taken = Site.objects.filter(pk=site.pk, taken__lt=F("capacity")).update(taken=F("taken") + 1)
    if taken != 1:
        raise SiteFull(site=site.name)


def free_place(site: Site) -> None:
    """Give one place back. A place that nobody had taken is a fault."""
    free_places({site: 1})


@transaction.atomic
def take_places(places: Mapping[Site, int]) -> None:
    """Take many places, at each site all that were asked for. Refuses, taking none, when one site has too few."""
    for site, count in sorted(places.items(), key=lambda pair: pair[0].pk):  # one order, so two of these never deadlock
        room = Site.objects.filter(pk=site.pk, taken__lte=F("capacity") - count)
        if room.update(taken=F("taken") + count) != 1:
            raise SiteFull(site=site.name)


@transaction.atomic
def free_places(places: Mapping[Site, int]) -> None:
    """Give many places back, as when unpaid applications lapse together. Places that nobody had taken are a fault."""
    for site, count in sorted(places.items(), key=lambda pair: pair[0].pk):
        if Site.objects.filter(pk=site.pk, taken__gte=count).update(taken=F("taken") - count) != 1:
            message = f"site {site.pk} has no {count} places taken that could be given back"
            raise InvariantBroken(message)


# ---------------------------------------------------------------- notices


@transaction.atomic
def issue_notice(plan: NoticePlan, *, sitting_id: UUID, by: Planner, now: datetime) -> Notice:
    """Announce something about a sitting, at once and for everybody once the sitting is published.

    Refuses attachments that are too many, too large, or not of a kind people can safely open.
    """
    sitting = planning.lock_sitting(sitting_id, by=by)
    return _write_notice(plan, authority=sitting.owner, sitting=sitting, by=by, now=now)


def _write_notice(plan: NoticePlan, *, authority: Authority, sitting: Sitting, by: Planner, now: datetime) -> Notice:
    attachments.require_few(plan.attachments)
    notice = Notice.objects.create(
        authority=authority,
        sitting=sitting,
        kind=plan.kind.value,
        title=plan.title,
        document_number=plan.document_number,
        body=plan.body,
        issued_at=now,
    )
    NoticeAttachment.objects.bulk_create(_attachment_rows(notice, plan))
    audit.record(notice, by=by, event=NOTICE_ISSUED, at=now, details={"attachments": len(plan.attachments)})
    return notice


def _attachment_rows(notice: Notice, plan: NoticePlan) -> Sequence[NoticeAttachment]:
    return [
        NoticeAttachment(
            notice=notice,
            title=attachment.title,
            file_name=attachments.tidy_file_name(attachment.file_name),
            content_type=attachments.content_type_of(attachment),
            content=attachment.content,
            size_bytes=len(attachment.content),
            order=order,
        )
        for order, attachment in enumerate(plan.attachments, start=1)
    ]
