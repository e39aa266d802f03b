"""A plan held against the catalogue, the tree of authorities and itself: everything that is wrong with it, at once.

Pure. A sitting that comes from a file cannot be given windows, subjects or prices later, so what would keep it from
being published is a fault already here.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain

from jinbang.catalogue.programme import Delivery, Programme
from jinbang.kernel.clock import SHANGHAI
from jinbang.sittings import rules
from jinbang.sittings.errors import FaultKind, GapKind, SittingFault
from jinbang.sittings.plan import FeePlan, RegionPlan, SessionPlan, SittingPlan, WindowPlan
from jinbang.sittings.rules import Readiness, RegionReadiness
from jinbang.sittings.states import SitePolicy

Faults = Iterable[SittingFault]


def plan_faults(
    plan: SittingPlan, *, programme: Programme | None, authorities: Mapping[str, tuple[str, str]]
) -> tuple[SittingFault, ...]:
    """Return every fault of a plan. `authorities` holds path and name of those it names and that exist."""
    faults = [
        *_own_days(plan),
        *_windows(plan.windows, at="windows"),
        *_subjects(plan, programme),
        *chain.from_iterable(_region(region, authorities=authorities) for region in plan.regions),
        *_twice((region.authority_code for region in plan.regions), at="regions"),
    ]
    if plan.owner_code not in authorities:
        faults.append(SittingFault("owner", FaultKind.NO_AUTHORITY, plan.owner_code))
    if programme is None:
        faults.append(SittingFault("programme", FaultKind.NO_PROGRAMME, plan.programme_code))
    else:
        names = {code: name for code, (_path, name) in authorities.items()}
        gaps = rules.gaps_of(readiness_of_plan(plan, programme, names=names))
        faults += [SittingFault(_place(gap.kind), FaultKind.GAP, gap=gap) for gap in gaps]
    return tuple(faults)


def expected_subjects(programme: Programme, levels: Iterable[str]) -> tuple[tuple[str, str, str], ...]:
    """Return level, subject and name of what must be in the timetable of these levels.

    A panel (thesis and defence) gets its day from the province later and may have no session here.
    """
    held = set(levels)
    return tuple(
        (level.code, subject.code, subject.name)
        for level in programme.levels
        if level.code in held
        for subject in level.subjects
        if subject.delivery is not Delivery.PANEL
    )


def readiness_of_plan(plan: SittingPlan, programme: Programme, *, names: Mapping[str, str]) -> Readiness:
    """Return what a plan has and what its programme expects, in the terms of a sitting that stands."""
    own = {window.kind for window in plan.windows}
    priced = {(fee.level_code, fee.subject_code) for fee in plan.fees}
    scheduled = frozenset((session.level_code, session.subject_code) for session in plan.sessions)
    return Readiness(
        is_run_here=plan.results_here,
        forward_url=plan.forward_url,
        needs_sites=plan.site_policy is not SitePolicy.CENTRE,
        kinds=frozenset(own),
        scheduled=scheduled,
        expected=expected_subjects(programme, {level for level, _subject in scheduled}),
        regions=tuple(
            RegionReadiness(
                name=names.get(region.authority_code, region.authority_code),
                kinds=frozenset(own | {window.kind for window in region.windows}),
                priced=frozenset(priced | {(fee.level_code, fee.subject_code) for fee in region.fees}),
                sites=len(region.sites),
            )
            for region in plan.regions
            if region.is_held
        ),
    )


def _own_days(plan: SittingPlan) -> Faults:
    if plan.last_day < plan.first_day:
        yield SittingFault("last_day", FaultKind.ENDS_EARLY)
    for session in plan.sessions:
        day = session.starts.astimezone(SHANGHAI).date()
        if not plan.first_day <= day <= plan.last_day:
            yield SittingFault(f"{_key(session)}.starts", FaultKind.OUTSIDE_DAYS, day.isoformat())
        if session.ends <= session.starts:
            yield SittingFault(f"{_key(session)}.ends", FaultKind.ENDS_EARLY)


def _windows(windows: Iterable[WindowPlan], *, at: str) -> Faults:
    for window in windows:
        if window.closes <= window.opens:
            yield SittingFault(f"{at}.{window.kind.value}.closes", FaultKind.ENDS_EARLY)


def _subjects(plan: SittingPlan, programme: Programme | None) -> Faults:
    yield from _twice((_pair(session) for session in plan.sessions), at="subjects")
    pairs = [_pair(session) for session in plan.sessions] + [_pair(fee) for fee in plan.fees]
    parts = [(pair, "subjects") for pair in dict.fromkeys(pairs)]
    for region in plan.regions:
        at = f"regions.{region.authority_code}.fees"
        yield from _twice((_pair(fee) for fee in region.fees), at=at)
        parts += [(_pair(fee), at) for fee in region.fees]
    known = (
        {level.code: {subject.code for subject in level.subjects} for level in programme.levels} if programme else {}
    )
    for pair, at in parts if programme else ():
        level, _slash, subject = pair.partition("/")
        if level not in known:
            yield SittingFault(f"{at}.{pair}.level", FaultKind.NO_LEVEL, "、".join(known))
        elif subject not in known[level]:
            yield SittingFault(f"{at}.{pair}.subject", FaultKind.NO_SUBJECT, "、".join(sorted(known[level])))


def _region(region: RegionPlan, *, authorities: Mapping[str, tuple[str, str]]) -> Faults:
    at = f"regions.{region.authority_code}"
    yield from _windows(region.windows, at=f"{at}.windows")
    yield from _twice((site.code for site in region.sites), at=f"{at}.sites")
    place = authorities.get(region.authority_code)
    if place is None:
        yield SittingFault(f"{at}.authority", FaultKind.NO_AUTHORITY, region.authority_code)
    for site in region.sites:
        city = authorities.get(site.authority_code or region.authority_code)
        key = f"{at}.sites.{site.code}.city"
        if city is None and site.authority_code:
            yield SittingFault(key, FaultKind.NO_AUTHORITY, site.authority_code)
        elif city is not None and place is not None and not city[0].startswith(place[0]):
            yield SittingFault(key, FaultKind.OTHER_REGION, site.authority_code)


def _twice(codes: Iterable[str], *, at: str) -> Faults:
    return [SittingFault(f"{at}.{code}", FaultKind.TWICE) for code, count in Counter(codes).items() if count > 1]


def _pair(one: SessionPlan | FeePlan) -> str:
    return f"{one.level_code}/{one.subject_code}"


def _key(session: SessionPlan) -> str:
    return f"subjects.{_pair(session)}"


def _place(kind: GapKind) -> str:
    match kind:
        case GapKind.WINDOW:
            return "windows"
        case GapKind.SESSION | GapKind.SUBJECT_SESSION | GapKind.FEE:
            return "subjects"
        case GapKind.REGION:
            return "regions"
        case GapKind.SITE:
            return "regions.sites"
        case GapKind.FORWARD_URL:
            return "forward_url"
