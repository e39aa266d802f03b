"""Reads of the sittings phase: sittings, windows, workdays, sites, fees, timetables and notices.

What is published is public, and its loaders ask nobody who reads; what a planner may load stands in `planning`.
Costs in queries stand where a hot page relies on them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Self
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects

from jinbang.people.models import Authority
from jinbang.people.states import AuthorityKind
from jinbang.sittings import rules
from jinbang.sittings.errors import (
    AuthorityNotFound,
    FeeNotSet,
    NoticeNotFound,
    RegionNotFound,
    RegionNotHeld,
    SiteNotFound,
    SittingNotFound,
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
    Workday,
)
from jinbang.sittings.rules import Stage, WindowFacts
from jinbang.sittings.states import SittingState, WindowKind
from jinbang.sittings.workdays import WorkdayCalendar

SHOWN_STATES = (SittingState.PUBLISHED.value, SittingState.CLOSED.value, SittingState.CANCELLED.value)

# ---------------------------------------------------------------- sittings and regions that everybody may see


def get_published_sitting(code: str) -> Sitting:
    """Return a sitting that is published and neither closed nor cancelled. One query."""
    return one_sitting(_with_owner().filter(state=SittingState.PUBLISHED.value), code)


def get_shown_sitting(code: str) -> Sitting:
    """Return a sitting that has been published at any time: its page stays. One query."""
    return one_sitting(_with_owner().filter(state__in=SHOWN_STATES), code)


def _with_owner() -> QuerySet[Sitting]:
    return Sitting.objects.select_related("owner", "programme_version")


def one_sitting(sittings: QuerySet[Sitting], code: str) -> Sitting:
    """Return the sitting of this code out of those given. Refuses one that is not among them. One query."""
    found = sittings.filter(code=code).first()
    if found is None:
        raise SittingNotFound
    return found


def get_region(sitting: Sitting, authority_code: str) -> ExamRegion:
    """Return the sitting's exam region of this authority. One query."""
    found = regions_of(sitting).filter(authority__code=authority_code).first()
    if found is None:
        raise RegionNotFound(authority_code=authority_code)
    return found


def regions_of(sitting: Sitting) -> QuerySet[ExamRegion]:
    """Return the sitting's exam regions by code, their authorities with them. One query."""
    return ExamRegion.objects.filter(sitting=sitting).select_related("authority", "sitting").order_by("authority__code")


def get_authority(code: str) -> Authority:
    """Return the authority of this code, its parent with it. One query."""
    found = Authority.objects.select_related("parent").filter(code=code).first()
    if found is None:
        raise AuthorityNotFound(authority_code=code)
    return found


def cities_of(region: ExamRegion) -> list[Authority]:
    """Return the cities of an exam region by code: none where a city itself holds it. One query."""
    cities = Authority.objects.filter(parent_id=region.authority_id, kind=AuthorityKind.CITY.value)
    return list(cities.order_by("code"))


# ---------------------------------------------------------------- windows


def windows_of(region: ExamRegion) -> dict[WindowKind, Window]:
    """Return the windows that count in an exam region, in the order of a season. One query."""
    return _effective(Window.objects.filter(_reaching(region)), region.pk)


def windows_of_sitting(sitting: Sitting) -> dict[WindowKind, Window]:
    """Return the windows that count where a region has none of its own. One query."""
    return _effective(Window.objects.filter(sitting=sitting, region=None), None)


def window_of(region: ExamRegion, kind: WindowKind) -> Window | None:
    """Return the window of this kind that counts in an exam region: its own latest, else the sitting's. One query."""
    return _effective(Window.objects.filter(_reaching(region), kind=kind.value), region.pk).get(kind)


def is_open(window: Window | None, now: datetime) -> bool:
    """Return whether there is a window and `now` lies in it."""
    return rules.is_open(window.facts() if window else None, now)


def require_open(region: ExamRegion, kind: WindowKind, *, now: datetime) -> Window:
    """Return the window that is open. Refuses a region where nothing is held, and a time outside. One query."""
    if not region.is_held:
        raise RegionNotHeld
    window = window_of(region, kind)
    rules.require_open(window.facts() if window else None, kind=kind, now=now)
    if window is None:  # unreachable: the rule refuses a missing window
        raise RegionNotHeld
    return window


def _reaching(region: ExamRegion) -> Q:
    return Q(region=region) | Q(sitting_id=region.sitting_id, region=None)


def _effective(windows: Iterable[Window], region_id: UUID | None) -> dict[WindowKind, Window]:
    rows = {window.pk: window for window in windows}
    best = rules.effective_windows((window.facts() for window in rows.values()), region_id)
    return {kind: rows[facts.id] for kind, facts in best.items() if facts.id is not None}


def window_versions(sitting: Sitting, region: ExamRegion | None) -> Mapping[str, int]:
    """Return how many versions of each kind ever stood in the place of the one that counts here. One query."""
    windows = Window.objects.filter(Q(region=None) | Q(region=region), sitting=sitting)
    return Counter(windows.values_list("kind", flat=True))


# ---------------------------------------------------------------- working days


def workday_calendar() -> WorkdayCalendar:
    """Return the calendar with every row laid over it: for deadlines and for bulk work. One query."""
    return WorkdayCalendar(dict(Workday.objects.values_list("day", "is_working")))


def is_provisional(closes: datetime) -> bool:
    """Return whether a deadline over working days rests on weekends alone, its year's holidays not being announced.

    No query where the year is announced, else one.
    """
    day = rules.last_day_of(closes)
    if not WorkdayCalendar().is_provisional(day):
        return False
    return WorkdayCalendar(dict(Workday.objects.filter(day=day).values_list("day", "is_working"))).is_provisional(day)


def is_working_day(day: date) -> bool:
    """Return whether this day is worked. One query; ask `workday_calendar` once for many days."""
    return WorkdayCalendar(dict(Workday.objects.filter(day=day).values_list("day", "is_working"))).is_working(day)


def review_deadline(sitting: Sitting, submitted_at: datetime) -> datetime:
    """Return until when the review of what was submitted then must be decided. One query."""
    return rules.review_deadline(
        submitted_at, working_days=sitting.review_working_days, is_working=workday_calendar().is_working
    )


# ---------------------------------------------------------------- sites, fees, sessions


def sites_of(region: ExamRegion) -> list[Site]:
    """Return the sites of an exam region by code, each with `places_left` as of now. One query."""
    return list(Site.objects.filter(region=region).select_related("authority").order_by("code"))


def get_site(region: ExamRegion, site_id: UUID) -> Site:
    """Return one site of this exam region. One query."""
    found = Site.objects.filter(region=region, pk=site_id).first()
    if found is None:
        raise SiteNotFound
    return found


def fees_of(region: ExamRegion) -> dict[tuple[str, str], int]:
    """Return what each (level, subject) costs in an exam region, in fen; its own price first. One query."""
    return _prices(SubjectFee.objects.filter(_reaching(region)))


def fee_of(region: ExamRegion, *, level: str, subject: str) -> int:
    """Return what one subject costs in an exam region, in fen. Refuses one that has no price. One query."""
    prices = _prices(SubjectFee.objects.filter(_reaching(region), level_code=level, subject_code=subject))
    if (level, subject) not in prices:
        raise FeeNotSet(level=level, subject=subject)
    return prices[level, subject]


def _prices(fees: QuerySet[SubjectFee]) -> dict[tuple[str, str], int]:
    general_first = sorted(fees, key=lambda fee: fee.region_id is not None)
    return {(fee.level_code, fee.subject_code): fee.fee_fen for fee in general_first}


def sessions_of(sitting: Sitting, level: str | None = None) -> list[Session]:
    """Return the sessions of a sitting, or of one of its levels, in the order of time. One query."""
    sessions = Session.objects.filter(sitting=sitting).order_by("starts", "level_code", "subject_code")
    return list(sessions.filter(level_code=level) if level is not None else sessions)


def levels_of(sitting: Sitting) -> list[str]:
    """Return the codes of the levels held in this sitting, in the programme's order. One query."""
    held = {session.level_code for session in sessions_of(sitting)}
    return [level.code for level in sitting.programme_version.programme.levels if level.code in held]


@dataclass(frozen=True)
class TimetableRow:
    """One subject on a page: names, time, price. `fee_fen` None: not announced here."""

    level_name: str
    subject_name: str
    starts: datetime
    ends: datetime
    fee_fen: int | None


def timetable_of(sitting: Sitting, region: ExamRegion | None) -> list[TimetableRow]:
    """Return the timetable with the prices of an exam region (without one, the sitting's own). Two queries."""
    general = SubjectFee.objects.filter(sitting=sitting, region=None)
    prices = fees_of(region) if region is not None else _prices(general)
    programme = sitting.programme_version.programme
    return [
        TimetableRow(
            level_name=programme.level(session.level_code).name,
            subject_name=programme.subject(session.subject_code, level=session.level_code).name,
            starts=session.starts,
            ends=session.ends,
            fee_fen=prices.get((session.level_code, session.subject_code)),
        )
        for session in sessions_of(sitting)
    ]


# ---------------------------------------------------------------- lists for everybody


@dataclass(frozen=True)
class SittingOverview:
    """A sitting as lists show it. `windows` join those of its exam regions; `varies` marks where these differ."""

    sitting: Sitting
    regions: tuple[ExamRegion, ...]
    windows: Mapping[WindowKind, WindowFacts]
    own_windows: tuple[WindowFacts, ...]
    stage: Stage
    step: rules.Step

    def region(self, code: str) -> ExamRegion | None:
        """Return the exam region of this authority; without a code the only one held, if there is but one.

        Refuses a code that is none of this sitting's.
        """
        if not code:
            held = [region for region in self.regions if region.is_held]
            return held[0] if len(held) == 1 else None
        for region in self.regions:
            if region.authority.code == code:
                return region
        raise RegionNotFound(authority_code=code)

    def within(self, region: ExamRegion, now: datetime) -> Self:
        """Return the same sitting as it is in one exam region."""
        windows = rules.effective_windows(self.own_windows, region.pk)
        stage = rules.stage_of(windows, now)
        step = rules.next_step(stage, results_here=self.sitting.results_here, is_off=self.is_off or not region.is_held)
        return replace(self, windows=windows, stage=stage, step=step)

    @property
    def is_off(self) -> bool:
        """Whether the sitting has been called off."""
        return self.sitting.state == SittingState.CANCELLED

    def may_still_apply(self, now: datetime) -> bool:
        """Return whether anybody can apply, online or on site, now or later: from then on no place is to be had."""
        kinds = (WindowKind.APPLICATION, WindowKind.ON_SITE_APPLICATION)
        return any(self.windows[kind].phase(now) is not rules.Phase.OVER for kind in kinds if kind in self.windows)

    def is_open_anywhere(self, kind: WindowKind, now: datetime) -> bool:
        """Return whether the window of this kind is open in at least one exam region where the sitting is held."""
        held: list[UUID | None] = [region.pk for region in self.regions if region.is_held]
        effective = (rules.effective_windows(self.own_windows, region_id) for region_id in held or [None])
        return any(rules.is_open(windows.get(kind), now) for windows in effective)


def sittings_on_show(
    now: datetime, *, year: int | None = None, region_code: str | None = None
) -> list[SittingOverview]:
    """Return what has been published, what is under way first, then by the first day, latest first. Three queries."""
    sittings = Sitting.objects.filter(state__in=SHOWN_STATES).select_related("owner")
    if year is not None:
        sittings = sittings.filter(year=year)
    if region_code is not None:
        sittings = sittings.filter(Q(regions__authority__code=region_code) | Q(owner__code=region_code)).distinct()
    found = [overview_of(sitting, now) for sitting in with_calendar(sittings)]
    found.sort(key=lambda overview: (overview.sitting.first_day, overview.sitting.code), reverse=True)
    found.sort(key=lambda overview: overview.is_off or overview.stage.turn is rules.Turn.NOBODY)
    return found


def with_calendar(sittings: QuerySet[Sitting]) -> QuerySet[Sitting]:
    """Return these sittings with windows and exam regions fetched along: two more queries for all of them."""
    return sittings.prefetch_related(*_calendar_parts())


def _calendar_parts() -> "tuple[str, Prefetch[str, QuerySet[ExamRegion], str]]":
    regions = ExamRegion.objects.select_related("authority").order_by("authority__code")
    return "windows", Prefetch("regions", queryset=regions)


def overview_of(sitting: Sitting, now: datetime) -> SittingOverview:
    """Return one sitting as lists show it; two queries unless windows and regions were fetched with it."""
    prefetch_related_objects([sitting], *_calendar_parts())
    regions = tuple(sitting.regions.all())
    facts = tuple(window.facts() for window in sitting.windows.all())
    windows = rules.joined_windows(facts, [region.pk for region in regions if region.is_held])
    stage = rules.stage_of(windows, now)
    is_off = sitting.state == SittingState.CANCELLED
    step = rules.next_step(stage, results_here=sitting.results_here, is_off=is_off)
    return SittingOverview(sitting=sitting, regions=regions, windows=windows, own_windows=facts, stage=stage, step=step)


def open_for_application(now: datetime) -> list[SittingOverview]:
    """Return the sittings for which people can apply online somewhere at this instant. Three queries."""
    return [
        overview
        for overview in sittings_on_show(now)
        if overview.sitting.state == SittingState.PUBLISHED and overview.is_open_anywhere(WindowKind.APPLICATION, now)
    ]


def regions_open_for(sitting: Sitting, kind: WindowKind, *, now: datetime) -> list[ExamRegion]:
    """Return the held exam regions whose window of this kind is open. Two queries."""
    facts = [window.facts() for window in Window.objects.filter(sitting=sitting, kind=kind.value)]
    return [
        region
        for region in regions_of(sitting).filter(is_held=True)
        if rules.is_open(rules.effective_windows(facts, region.pk).get(kind), now)
    ]


def years_on_show() -> list[int]:
    """Return the years that have published sittings, latest first. One query."""
    shown = Sitting.objects.filter(state__in=SHOWN_STATES)
    return list(shown.order_by("-year").values_list("year", flat=True).distinct())


def authorities_on_show() -> list[Authority]:
    """Return the authorities in whose regions published sittings are held, by code. One query."""
    shown = Authority.objects.filter(regions__sitting__state__in=SHOWN_STATES)
    return list(shown.order_by("code").distinct())


# ---------------------------------------------------------------- notices


def notices_on_show(sitting: Sitting | None = None) -> QuerySet[Notice]:
    """Return what has been announced, newest first; those of a sitting nobody may see yet are left out. One query."""
    notices = Notice.objects.filter(Q(sitting=None) | Q(sitting__state__in=SHOWN_STATES))
    if sitting is not None:
        notices = notices.filter(sitting=sitting)
    return notices.select_related("authority", "sitting").order_by("-issued_at", "-id")


def get_notice(notice_id: UUID) -> Notice:
    """Return one notice that everybody may see, with its attachments (their content left in the database)."""
    attachments = NoticeAttachment.objects.defer("content").order_by("order", "id")
    found = (
        notices_on_show().filter(pk=notice_id).prefetch_related(Prefetch("attachments", queryset=attachments)).first()
    )
    if found is None:
        raise NoticeNotFound
    return found


def get_attachment(notice_id: UUID, attachment_id: UUID) -> NoticeAttachment:
    """Return one attachment, content and all, of a notice that everybody may see. Two queries."""
    notice = notices_on_show().filter(pk=notice_id).first()
    found = NoticeAttachment.objects.filter(pk=attachment_id, notice=notice).first() if notice else None
    if found is None:
        raise NoticeNotFound
    return found
