"""What a planner may load, and what a sitting still lacks. Reads the database: the desk's half of `queries`.

Every loader takes `by` and finds nothing outside the places where that person is appointed. The owner of a sitting may
do everything in it; the authority of an exam region only what concerns that region.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from jinbang.audit.models import StateChange
from jinbang.audit.queries import history_of
from jinbang.catalogue.errors import ProgrammeUnknown
from jinbang.catalogue.programme import Programme
from jinbang.catalogue.queries import get_programme_version
from jinbang.kernel.actors import ActorKind, SystemActor
from jinbang.kernel.clock import SHANGHAI
from jinbang.kernel.states import events_from
from jinbang.people.models import Account, Authority
from jinbang.people.queries import Staff, within
from jinbang.people.states import Role
from jinbang.sittings import rules
from jinbang.sittings.errors import (
    Gap,
    RegionNotFound,
    SittingCodeTaken,
    SittingFileFaulty,
    SittingNotFound,
    WindowNotAnnounced,
)
from jinbang.sittings.labels import event_label
from jinbang.sittings.models import ExamRegion, Notice, Site, Sitting, SubjectFee, Window
from jinbang.sittings.plan import SittingPlan
from jinbang.sittings.plan_check import expected_subjects, plan_faults
from jinbang.sittings.queries import (
    SittingOverview,
    one_sitting,
    overview_of,
    regions_of,
    sessions_of,
    with_calendar,
)
from jinbang.sittings.rules import Readiness, RegionReadiness, WindowFacts
from jinbang.sittings.sitting_file import read_sitting_file
from jinbang.sittings.states import (
    TRANSITIONS,
    SitePolicy,
    SittingEvent,
    SittingState,
    WindowKind,
)

Planner = Staff | SystemActor
"""Who may plan: a member of staff where appointed, or the program itself (rehearsal, demo world)."""

WINDOW_EXTENDED: Final = "extend_window"
REMINDERS_ON: Final = "send_ticket_numbers"
REMINDERS_OFF: Final = "keep_ticket_numbers"
"""How the history names the extension of a window."""


def sittings_of(by: Planner) -> QuerySet[Sitting]:
    """Return the sittings that a planner may see: owned in their scope, or with an exam region in it."""
    sittings = Sitting.objects.select_related("owner")
    if isinstance(by, SystemActor):
        return sittings.order_by("-first_day", "code")
    in_region = Q(
        pk__in=ExamRegion.objects.filter(within(by, Role.PLANNER, path_field="authority__path")).values("sitting_id")
    )
    return sittings.filter(within(by, Role.PLANNER, path_field="owner__path") | in_region).order_by(
        "-first_day", "code"
    )


def get_sitting_for(code: str, *, by: Planner) -> Sitting:
    """Return a sitting that this planner may see, in whatever state."""
    return one_sitting(sittings_of(by).select_related("owner", "programme_version"), code)


def lock_sitting(sitting_id: UUID, *, by: Planner) -> Sitting:
    """Lock a sitting that this planner owns; one outside their scope is not found."""
    sittings = Sitting.objects.select_for_update(of=("self",)).select_related("owner", "programme_version")
    if not isinstance(by, SystemActor):
        sittings = sittings.filter(within(by, Role.PLANNER, path_field="owner__path"))
    found = sittings.filter(pk=sitting_id).first()
    if found is None:
        raise SittingNotFound
    return found


def lock_region(region_id: UUID, *, by: Planner) -> ExamRegion:
    """Lock an exam region that this planner runs, as owner of the sitting or as the region's own authority."""
    regions = ExamRegion.objects.select_for_update(of=("self",)).select_related("sitting", "authority")
    if not isinstance(by, SystemActor):
        regions = regions.filter(
            within(by, Role.PLANNER, path_field="authority__path")
            | within(by, Role.PLANNER, path_field="sitting__owner__path")
        )
    found = regions.filter(pk=region_id).first()
    if found is None:
        raise RegionNotFound(authority_code="")
    return found


def get_owned_sitting(code: str, *, by: Planner) -> Sitting:
    """Return a sitting that this planner owns; one of which they only run an exam region is not found."""
    found = get_sitting_for(code, by=by)
    if not owns(found, by):
        raise SittingNotFound
    return found


def regions_run_by(sitting: Sitting, by: Planner) -> list[ExamRegion]:
    """Return the exam regions of a sitting in which this planner may act. One query."""
    regions = regions_of(sitting)
    if isinstance(by, SystemActor):
        return list(regions)
    return list(
        regions.filter(
            within(by, Role.PLANNER, path_field="authority__path")
            | within(by, Role.PLANNER, path_field="sitting__owner__path")
        )
    )


def owns(sitting: Sitting, by: Planner) -> bool:
    """Return whether this planner may act for the whole sitting, not only for exam regions of it."""
    if isinstance(by, SystemActor):
        return True
    return by.holds(Role.PLANNER, sitting.owner.path)


def latest_own_window(sitting: Sitting, region: ExamRegion | None, *, kind: WindowKind) -> Window | None:
    """Return the latest version that this region (or, without one, the sitting) set for itself. One query."""
    return Window.objects.filter(sitting=sitting, region=region, kind=kind.value).order_by("-version").first()


def sittings_on_desk(by: Planner, now: datetime) -> list[SittingOverview]:
    """Return a planner's sittings with where each stands. Three queries."""
    return [overview_of(sitting, now) for sitting in with_calendar(sittings_of(by))]


# ---------------------------------------------------------------- one sitting on the desk


@dataclass(frozen=True)
class WindowVersion:
    """One version of a window as the desk reads it: who set it, why, and whether it is the one that counts."""

    window: Window
    author: str
    is_latest: bool


@dataclass(frozen=True)
class HistoryLine:
    """One thing that happened, in words. `by` is empty where the program itself acted."""

    label: str
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True)
class DeskSitting:
    """One sitting on the desk, with what this planner may do to it."""

    sitting: Sitting
    is_owner: bool
    is_running: bool
    is_unfinished: bool
    takes_orders: bool  # what is published is changed under a document alone
    events: tuple[str, ...]
    versions: tuple[WindowVersion, ...]
    sites: tuple[Site, ...]
    notices: tuple[Notice, ...]
    gaps: tuple[Gap, ...]
    history: tuple[HistoryLine, ...]


def desk_of(sitting: Sitting, by: Planner) -> DeskSitting:
    """Return everything the desk shows of one sitting."""
    state, regions = SittingState(sitting.state), regions_run_by(sitting, by)
    is_owner = owns(sitting, by)
    events = tuple(event.value for event in events_from(TRANSITIONS, state)) if is_owner else ()
    return DeskSitting(
        sitting=sitting,
        is_owner=is_owner,
        is_running=state is SittingState.PUBLISHED,
        is_unfinished=not state.is_final,
        takes_orders=state is not SittingState.DRAFT,
        events=events,
        versions=_versions(sitting),
        sites=tuple(
            Site.objects.filter(region__in=regions)
            .select_related("authority", "region__authority")
            .order_by("region__authority__code", "code")
        ),
        notices=tuple(Notice.objects.filter(sitting=sitting).order_by("-issued_at", "-id")),
        gaps=gaps_of(sitting, sitting.programme_version.programme) if SittingEvent.PUBLISH in events else (),
        history=tuple(_history_line(change) for change in history_of(sitting)),
    )


def _history_line(change: StateChange) -> HistoryLine:
    by = "" if change.actor_kind == ActorKind.SYSTEM else change.actor_name
    return HistoryLine(event_label(change.event), change.at, by, change.reason)


def _versions(sitting: Sitting) -> tuple[WindowVersion, ...]:
    rows = list(
        Window.objects.filter(sitting=sitting)
        .select_related("region__authority", "notice")
        .order_by("region__authority__code", "opens", "kind", "-version")
    )
    names = dict(Account.objects.filter(pk__in=[row.author_id for row in rows]).values_list("pk", "display_name"))
    latest: dict[tuple[UUID | None, str], int] = {}
    for row in rows:
        latest[row.region_id, row.kind] = max(row.version, latest.get((row.region_id, row.kind), 0))
    return tuple(
        WindowVersion(
            window=row,
            author=names.get(row.author_id, "") if row.author_id else "",
            is_latest=row.version == latest[row.region_id, row.kind],
        )
        for row in rows
    )


# ---------------------------------------------------------------- before a window is extended


@dataclass(frozen=True)
class ExtensionPreview:
    """What an extension would change. `unaffected` names the exam regions that keep a window of their own."""

    before: WindowFacts
    after: WindowFacts
    unaffected: tuple[str, ...]


def scopes_of(sitting: Sitting, by: Planner) -> list[tuple[UUID | None, str]]:
    """Return for whom this planner may extend a window: the owner for all, others for their exam regions."""
    scopes: list[tuple[UUID | None, str]] = [(None, _("全部考区"))] if owns(sitting, by) else []
    return scopes + [(region.pk, region.authority.name) for region in regions_run_by(sitting, by)]


def preview_extension(
    sitting: Sitting,
    *,
    region_id: UUID | None,
    kind: WindowKind,
    closes: datetime,
    by: Planner,
    now: datetime,
) -> ExtensionPreview:
    """Return what would change. Refuses exactly what the extension itself would refuse. Two queries."""
    rules.require_running(SittingState(sitting.state), event=WINDOW_EXTENDED)
    regions = {region.pk: region for region in regions_run_by(sitting, by)}
    if region_id is None and not owns(sitting, by):
        raise SittingNotFound
    facts = [window.facts() for window in Window.objects.filter(sitting=sitting, kind=kind.value)]
    before = rules.effective_windows(facts, region_id).get(kind)
    if before is None:
        raise WindowNotAnnounced(kind=kind, opens=None, closes=None)
    rules.require_later(before, closes=closes, now=now)
    own = {window.region_id for window in facts} - {None}
    return ExtensionPreview(
        before=before,
        after=replace(before, closes=closes),
        unaffected=tuple(region.authority.name for pk, region in regions.items() if pk in own and region_id is None),
    )


# ---------------------------------------------------------------- what is missing before publication


def readiness_of(sitting: Sitting, programme: Programme) -> Readiness:
    """Return what a sitting has and what its programme expects. Five queries."""
    regions = list(regions_of(sitting).filter(is_held=True))
    facts = [window.facts() for window in Window.objects.filter(sitting=sitting)]
    fees: dict[UUID | None, set[tuple[str, str]]] = defaultdict(set)
    for fee in SubjectFee.objects.filter(sitting=sitting):
        fees[fee.region_id].add((fee.level_code, fee.subject_code))
    sites: dict[UUID, int] = defaultdict(int)
    for region_id in Site.objects.filter(region__sitting=sitting).values_list("region_id", flat=True):
        sites[region_id] += 1
    scheduled = frozenset((session.level_code, session.subject_code) for session in sessions_of(sitting))
    return Readiness(
        is_run_here=sitting.results_here,
        forward_url=sitting.forward_url,
        needs_sites=sitting.site_policy != SitePolicy.CENTRE,
        kinds=frozenset(rules.effective_windows(facts, None)),
        scheduled=scheduled,
        expected=expected_subjects(programme, {level for level, _ in scheduled}),
        regions=tuple(
            RegionReadiness(
                name=region.authority.name,
                kinds=frozenset(rules.effective_windows(facts, region.pk)),
                priced=frozenset(fees[None] | fees[region.pk]),
                sites=sites[region.pk],
            )
            for region in regions
        ),
    )


def gaps_of(sitting: Sitting, programme: Programme) -> tuple[Gap, ...]:
    """Return what is missing before this sitting can be published. Five queries."""
    return rules.gaps_of(readiness_of(sitting, programme))


# ---------------------------------------------------------------- a sitting that is still a file


# Step 1 of docs/cycles/application.md.
def check_sitting_file(content: bytes, *, by: Planner, now: datetime) -> SittingPlan:
    """Return the plan of a file that can be created as it is. Three queries.

    Refuses, with every fault, a file that does not hold; a planner of somewhere else; a sitting that is there already.
    """
    plan = read_sitting_file(content)
    named = {plan.owner_code} | {region.authority_code for region in plan.regions}
    named |= {site.authority_code for region in plan.regions for site in region.sites}
    authorities = {one.code: (one.path, one.name) for one in Authority.objects.filter(code__in=named)}
    faults = plan_faults(plan, programme=_find_programme(plan.programme_code, now=now), authorities=authorities)
    if faults:
        raise SittingFileFaulty(faults=faults)
    if not isinstance(by, SystemActor):
        by.require(Role.PLANNER, authorities[plan.owner_code][0])
    if Sitting.objects.filter(code=plan.code).exists():
        raise SittingCodeTaken(sitting=plan.code)
    return plan


def _find_programme(code: str, *, now: datetime) -> Programme | None:
    try:
        return get_programme_version(code, on=now.astimezone(SHANGHAI).date()).programme
    except ProgrammeUnknown:
        return None
