"""What the calendar of a sitting means: which window counts, what is open, whose turn it is, what a deadline is.

Windows are half-open `[opens, closes)` in Asia/Shanghai. Pure: frozen facts and `now` in, verdicts out; `queries`
brings the rows, `labels` has the words.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from jinbang.kernel.clock import SHANGHAI
from jinbang.kernel.errors import IllegalTransition
from jinbang.kernel.workdays import add_working_days, end_of_day, start_of_day
from jinbang.sittings.errors import DayWithoutReason, ExtensionNotLater, Gap, GapKind, WindowClosed, WindowNotAnnounced
from jinbang.sittings.states import SittingState, WindowKind

ONE_DAY: Final = timedelta(days=1)


class Phase(StrEnum):
    """Where an instant lies relative to a window."""

    NOT_YET = "not_yet"
    OPEN = "open"
    OVER = "over"


class Turn(StrEnum):
    """Whose turn it is in a sitting at an instant."""

    CANDIDATE = "candidate"
    REVIEWER = "reviewer"
    CENTRE = "centre"
    EVERYBODY = "everybody"
    NOBODY = "nobody"


class Step(StrEnum):
    """The one next thing that a reader of a sitting's page can do."""

    APPLY = "apply"
    APPLY_ON_SITE = "apply_on_site"
    PAY = "pay"
    PRINT_TICKET = "print_ticket"
    QUERY_RESULTS = "query_results"
    ELSEWHERE = "elsewhere"
    ADD_TO_CALENDAR = "add_to_calendar"
    NONE = "none"


@dataclass(frozen=True)
class WindowFacts:
    """One window. `varies` says that it joins the windows of several exam regions, which differ."""

    kind: WindowKind
    opens: datetime
    closes: datetime
    version: int = 1
    region_id: UUID | None = None
    id: UUID | None = None
    varies: bool = False

    @property
    def is_in_days(self) -> bool:
        """Whether people name this window by its days alone: an examination, whose hours the timetable tells."""
        whole_days = is_end_of_day(self.opens) and is_end_of_day(self.closes)
        return self.kind is WindowKind.EXAMINATION and whole_days

    @property
    def is_one_day(self) -> bool:
        """Whether its days are one."""
        return self.is_in_days and self.closes - self.opens == ONE_DAY

    def phase(self, now: datetime) -> Phase:
        """Return where `now` lies: the opening instant is inside, the closing one is past it."""
        if now < self.opens:
            return Phase.NOT_YET
        return Phase.OPEN if now < self.closes else Phase.OVER


@dataclass(frozen=True)
class Stage:
    """Where a sitting stands: whose turn, what is open in the order of closing, and what opens next."""

    turn: Turn
    open: tuple[WindowFacts, ...]
    following: WindowFacts | None


@dataclass(frozen=True)
class CalendarLine:
    """One line of a calendar, with its state at the instant asked about."""

    window: WindowFacts
    phase: Phase


TURNS: Final[Mapping[WindowKind, Turn]] = {
    WindowKind.APPLICATION: Turn.CANDIDATE,
    WindowKind.ON_SITE_APPLICATION: Turn.CANDIDATE,
    WindowKind.REVIEW: Turn.REVIEWER,
    WindowKind.PAYMENT: Turn.CANDIDATE,
    WindowKind.TICKET_PRINTING: Turn.CANDIDATE,
    WindowKind.EXAMINATION: Turn.CANDIDATE,
    WindowKind.RELEASE: Turn.CANDIDATE,
    WindowKind.RECHECK: Turn.CANDIDATE,
    WindowKind.POST_EXAM_REVIEW: Turn.CANDIDATE,
    WindowKind.PUBLICATION: Turn.EVERYBODY,
}

STEPS: Final[tuple[tuple[WindowKind, Step], ...]] = (
    (WindowKind.APPLICATION, Step.APPLY),
    (WindowKind.PAYMENT, Step.PAY),
    (WindowKind.TICKET_PRINTING, Step.PRINT_TICKET),
    (WindowKind.RELEASE, Step.QUERY_RESULTS),
    (WindowKind.RECHECK, Step.QUERY_RESULTS),
    (WindowKind.ON_SITE_APPLICATION, Step.APPLY_ON_SITE),
)
"""What an open window invites to, the first match being offered: a way in comes before what follows it."""


def window_of_dates(first: date, last: date) -> tuple[datetime, datetime]:
    """Return the window that "5月8日至5月19日" means: both days whole, closing at the next 00:00 in Asia/Shanghai."""
    return start_of_day(first), end_of_day(last)


def closing_of(day: date) -> datetime:
    """Return when "4月7日前" and "至4月7日" close: 8 April 00:00, written 4月7日24:00."""
    return end_of_day(day)


def last_day_of(closes: datetime) -> date:
    """Return the last day that lies before a closing instant: 7 April for 8 April 00:00."""
    return (closes - datetime.resolution).astimezone(SHANGHAI).date()


def is_end_of_day(instant: datetime) -> bool:
    """Return whether this closing instant is written as 24:00 of the day before."""
    local = instant.astimezone(SHANGHAI)
    return (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0)


def is_open(window: WindowFacts | None, now: datetime) -> bool:
    """Return whether the window exists and `now` is in it."""
    return window is not None and window.phase(now) is Phase.OPEN


def require_open(window: WindowFacts | None, *, kind: WindowKind, now: datetime) -> None:
    """Refuse what is asked before its window opens, after it closed, or with no window announced."""
    if window is None:
        raise WindowNotAnnounced(kind=kind, opens=None, closes=None)
    if window.phase(now) is not Phase.OPEN:
        raise WindowClosed(kind=kind, opens=window.opens, closes=window.closes)


def require_later(window: WindowFacts, *, closes: datetime, now: datetime) -> None:
    """Refuse an extension that does not close later than the window does, or that is over already."""
    if closes <= max(window.closes, now):
        raise ExtensionNotLater(kind=window.kind, closes=window.closes)


def require_running(state: SittingState, *, event: str) -> None:
    """Refuse what only a published sitting allows: before, nobody has read its calendar; afterwards, it is history."""
    if state is not SittingState.PUBLISHED:
        raise IllegalTransition(state=state, event=event)


def require_reason(reason: str) -> None:
    """Refuse a day that is set otherwise than announced without saying why."""
    if not reason.strip():
        raise DayWithoutReason


def require_unfinished(state: SittingState, *, event: str) -> None:
    """Refuse to change what has been closed or cancelled."""
    if state.is_final:
        raise IllegalTransition(state=state, event=event)


def effective_windows(windows: Iterable[WindowFacts], region_id: UUID | None) -> dict[WindowKind, WindowFacts]:
    """Return the window of each kind that counts, in the order of a season.

    A region's own latest version comes first; where it has none, the sitting's latest. Other regions' are left out.
    """
    best: dict[WindowKind, WindowFacts] = {}
    for window in windows:
        if window.region_id not in {None, region_id}:
            continue
        held = best.get(window.kind)
        if held is None or _weight(window) > _weight(held):
            best[window.kind] = window
    return {kind: best[kind] for kind in WindowKind if kind in best}


def _weight(window: WindowFacts) -> tuple[bool, int]:
    return window.region_id is not None, window.version


def joined_windows(windows: Sequence[WindowFacts], region_ids: Collection[UUID]) -> dict[WindowKind, WindowFacts]:
    """Return one window of each kind for all these regions: the widest span, marked where they differ."""
    if not region_ids:
        return effective_windows(windows, None)
    per_region = [effective_windows(windows, region_id) for region_id in region_ids]
    joined: dict[WindowKind, WindowFacts] = {}
    for kind in WindowKind:
        found = [own[kind] for own in per_region if kind in own]
        if found:
            joined[kind] = _join(found, everywhere=len(found) == len(per_region))
    return joined


def _join(found: Sequence[WindowFacts], *, everywhere: bool) -> WindowFacts:
    spans = {(window.opens, window.closes) for window in found}
    if len(spans) == 1 and everywhere:
        return found[0]
    return replace(
        found[0],
        opens=min(opens for opens, _ in spans),
        closes=max(closes for _, closes in spans),
        varies=True,
    )


def stage_of(windows: Mapping[WindowKind, WindowFacts], now: datetime) -> Stage:
    """Return whose turn it is, what is open (what closes first stands first) and what opens next."""
    running = sorted(
        (window for window in windows.values() if window.phase(now) is Phase.OPEN), key=lambda window: window.closes
    )
    ahead = sorted(
        (window for window in windows.values() if window.phase(now) is Phase.NOT_YET), key=lambda window: window.opens
    )
    return Stage(turn=_turn(running, is_over=not ahead), open=tuple(running), following=ahead[0] if ahead else None)


def _turn(running: Sequence[WindowFacts], *, is_over: bool) -> Turn:
    turns = {TURNS[window.kind] for window in running}
    for turn in (Turn.CANDIDATE, Turn.REVIEWER, Turn.EVERYBODY):
        if turn in turns:
            return turn
    return Turn.NOBODY if is_over else Turn.CENTRE


def next_step(stage: Stage, *, results_here: bool, is_off: bool) -> Step:
    """Return the one thing a page offers. Results that are not here are asked for elsewhere, once there can be any."""
    if is_off:
        return Step.NONE
    kinds = {window.kind for window in stage.open}
    for kind, step in STEPS:
        if kind in kinds:
            return step if results_here or step is not Step.QUERY_RESULTS else Step.ELSEWHERE
    is_to_come = stage.following is not None or WindowKind.EXAMINATION in kinds
    if not results_here and not is_to_come:
        return Step.ELSEWHERE
    return Step.ADD_TO_CALENDAR if stage.open or is_to_come else Step.NONE


def calendar_of(windows: Iterable[WindowFacts], now: datetime) -> tuple[CalendarLine, ...]:
    """Return the lines of a calendar in the order of opening, then of closing, then of the season."""
    season = list(WindowKind)
    in_order = sorted(windows, key=lambda window: (window.opens, window.closes, season.index(window.kind)))
    return tuple(CalendarLine(window, window.phase(now)) for window in in_order)


def review_deadline(submitted_at: datetime, *, working_days: int, is_working: Callable[[date], bool]) -> datetime:
    """Return the end of the N-th working day after the day of submission, when the review must have been decided."""
    submitted_on = submitted_at.astimezone(SHANGHAI).date()
    return end_of_day(add_working_days(submitted_on, working_days, is_working=is_working))


# ---------------------------------------------------------------- what a published sitting must have


@dataclass(frozen=True)
class RegionReadiness:
    """What one exam region has, its sitting's windows and fees included. `priced` holds (level, subject)."""

    name: str
    kinds: frozenset[WindowKind]
    priced: frozenset[tuple[str, str]]
    sites: int


@dataclass(frozen=True)
class Readiness:
    """What a sitting has. `expected` are the subjects of every level in the timetable, panels left out."""

    is_run_here: bool
    forward_url: str
    needs_sites: bool
    kinds: frozenset[WindowKind]
    scheduled: frozenset[tuple[str, str]]
    expected: tuple[tuple[str, str, str], ...]  # level, subject, name of the subject
    regions: tuple[RegionReadiness, ...]


NEEDED_BY_APPLICANTS: Final = (WindowKind.PAYMENT, WindowKind.TICKET_PRINTING, WindowKind.EXAMINATION)


def gaps_of(readiness: Readiness) -> tuple[Gap, ...]:
    """Return everything missing before publication, or nothing.

    A sitting that is only forwarded needs its examination days and the address; one whose roster comes from files
    needs no windows of application; one that takes applications needs the whole way to the seat, with its price.
    """
    if not readiness.is_run_here:
        gaps = [] if readiness.forward_url else [Gap(GapKind.FORWARD_URL)]
        return tuple(gaps + _window_gaps(readiness.kinds, (WindowKind.EXAMINATION,), where=""))
    gaps = [] if readiness.regions else [Gap(GapKind.REGION)]
    if not readiness.scheduled:
        gaps.append(Gap(GapKind.SESSION))
    gaps += [
        Gap(GapKind.SUBJECT_SESSION, what=name)
        for level, subject, name in readiness.expected
        if (level, subject) not in readiness.scheduled
    ]
    for region in readiness.regions:
        gaps += _region_gaps(region, readiness)
    return tuple(gaps)


def _region_gaps(region: RegionReadiness, readiness: Readiness) -> list[Gap]:
    takes_applications = bool(region.kinds & {WindowKind.APPLICATION, WindowKind.ON_SITE_APPLICATION})
    if not takes_applications:
        return _window_gaps(region.kinds, (WindowKind.EXAMINATION,), where=region.name)
    gaps = _window_gaps(region.kinds, NEEDED_BY_APPLICANTS, where=region.name)
    gaps += [
        Gap(GapKind.FEE, what=name, where=region.name)
        for level, subject, name in readiness.expected
        if (level, subject) not in region.priced
    ]
    if readiness.needs_sites and not region.sites:
        gaps.append(Gap(GapKind.SITE, where=region.name))
    return gaps


def _window_gaps(kinds: Collection[WindowKind], needed: Sequence[WindowKind], *, where: str) -> list[Gap]:
    return [Gap(GapKind.WINDOW, what=kind.value, where=where) for kind in needed if kind not in kinds]
