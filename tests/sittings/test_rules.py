"""Windows at both sides of both ends, the versions that count, whose turn it is, and what publication needs."""

from bisect import bisect_right
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinbang.kernel.clock import SHANGHAI
from jinbang.kernel.errors import IllegalTransition
from jinbang.sittings import rules
from jinbang.sittings.errors import ExtensionNotLater, Gap, GapKind, WindowClosed, WindowNotAnnounced
from jinbang.sittings.rules import (
    Phase,
    Readiness,
    RegionReadiness,
    Step,
    Turn,
    WindowFacts,
)
from jinbang.sittings.states import SittingState, WindowKind
from jinbang.sittings.workdays import ANNOUNCED_REST, ANNOUNCED_WORK, WorkdayCalendar

A_MOMENT = timedelta(microseconds=1)
A_SECOND = timedelta(seconds=1)
SHANXI, CHONGQING = uuid4(), uuid4()
PAYMENT = WindowKind.PAYMENT


def day(month: int, number: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:  # noqa: PLR0917  # a time is read in order
    return datetime(2017, month, number, hour, minute, second, tzinfo=SHANGHAI)


def window(
    opens: datetime,
    closes: datetime,
    *,
    kind: WindowKind = PAYMENT,
    version: int = 1,
    region: UUID | None = None,
) -> WindowFacts:
    return WindowFacts(kind, opens, closes, version=version, region_id=region)


TICKETS = window(*rules.window_of_dates(date(2017, 5, 8), date(2017, 5, 19)), kind=WindowKind.TICKET_PRINTING)


@pytest.mark.parametrize(
    "now,phase",
    [
        (day(5, 7, 23, 59, 59), Phase.NOT_YET),
        (day(5, 8) - A_MOMENT, Phase.NOT_YET),
        (day(5, 8), Phase.OPEN),
        (day(5, 19, 23, 59, 59), Phase.OPEN),
        (day(5, 20) - A_MOMENT, Phase.OPEN),
        (day(5, 20), Phase.OVER),
        (day(5, 20) + A_MOMENT, Phase.OVER),
    ],
)
def test_a_window_of_dates_holds_both_days_whole(now: datetime, phase: Phase) -> None:
    assert TICKETS.phase(now) is phase
    assert rules.is_open(TICKETS, now) is (phase is Phase.OPEN)


def test_a_closing_date_without_a_time_includes_the_day() -> None:
    closes = rules.closing_of(date(2017, 4, 7))
    assert closes == day(4, 8)
    assert rules.is_end_of_day(closes)
    assert not rules.is_end_of_day(closes - A_SECOND)
    assert not rules.is_end_of_day(day(4, 7, 16))


def test_a_window_across_the_end_of_the_year_closes_in_the_new_one() -> None:
    opens, closes = rules.window_of_dates(date(2025, 12, 31), date(2025, 12, 31))
    assert opens == datetime(2025, 12, 31, tzinfo=SHANGHAI)
    assert closes == datetime(2026, 1, 1, tzinfo=SHANGHAI)


def test_refuses_outside_the_window_and_names_it() -> None:
    rules.require_open(TICKETS, kind=WindowKind.TICKET_PRINTING, now=day(5, 8))
    for now in (day(5, 8) - A_MOMENT, day(5, 20)):
        with pytest.raises(WindowClosed) as refused:
            rules.require_open(TICKETS, kind=WindowKind.TICKET_PRINTING, now=now)
        assert refused.value.code == "window_closed"
        assert (refused.value.kind, refused.value.opens) == (WindowKind.TICKET_PRINTING, TICKETS.opens)


def test_refuses_what_has_no_window_with_a_code_of_its_own() -> None:
    with pytest.raises(WindowNotAnnounced) as refused:
        rules.require_open(None, kind=WindowKind.RECHECK, now=day(5, 8))
    assert refused.value.code == "window_not_announced"
    assert not rules.is_open(None, day(5, 8))


GENERAL = window(day(3, 1), day(4, 8))
EXTENDED = window(day(3, 1), day(4, 15), version=2)
OWN = window(day(3, 5), day(4, 5), region=SHANXI)
OWN_EXTENDED = window(day(3, 5), day(4, 20), version=2, region=SHANXI)
OTHERS = window(day(3, 9), day(4, 30), version=9, region=CHONGQING)


@pytest.mark.parametrize(
    "windows,region,expected",
    [
        ([GENERAL], None, GENERAL),
        ([GENERAL], SHANXI, GENERAL),
        ([GENERAL, EXTENDED], SHANXI, EXTENDED),
        ([EXTENDED, GENERAL], None, EXTENDED),
        ([GENERAL, EXTENDED, OWN], SHANXI, OWN),
        ([OWN_EXTENDED, GENERAL, OWN], SHANXI, OWN_EXTENDED),
        ([GENERAL, OTHERS], SHANXI, GENERAL),
        ([GENERAL, OTHERS], None, GENERAL),
    ],
)
def test_a_regions_own_latest_version_comes_before_the_sittings(
    windows: list[WindowFacts], region: UUID | None, expected: WindowFacts
) -> None:
    assert rules.effective_windows(windows, region) == {PAYMENT: expected}


def test_a_region_without_any_window_of_a_kind_has_none() -> None:
    assert rules.effective_windows([OTHERS], SHANXI) == {}


def test_windows_come_in_the_order_of_a_season() -> None:
    shuffled = [replace(GENERAL, kind=kind) for kind in reversed(WindowKind)]
    assert list(rules.effective_windows(shuffled, None)) == list(WindowKind)


def test_joined_windows_span_the_regions_and_say_where_they_differ() -> None:
    same = rules.joined_windows([GENERAL], [SHANXI, CHONGQING])[PAYMENT]
    assert (same, same.varies) == (GENERAL, False)
    spread = rules.joined_windows([GENERAL, OWN, OTHERS], [SHANXI, CHONGQING])[PAYMENT]
    assert (spread.opens, spread.closes, spread.varies) == (OWN.opens, OTHERS.closes, True)
    only_one = rules.joined_windows([OTHERS], [SHANXI, CHONGQING])[PAYMENT]
    assert (only_one.opens, only_one.closes, only_one.varies) == (OTHERS.opens, OTHERS.closes, True)
    assert rules.joined_windows([GENERAL, OWN], []) == {PAYMENT: GENERAL}


SEASON = {
    kind: WindowFacts(kind, opens, closes)
    for kind, opens, closes in (
        (WindowKind.APPLICATION, day(3, 1), day(3, 11)),
        (WindowKind.REVIEW, day(3, 1), day(3, 15)),
        (WindowKind.PAYMENT, day(3, 3), day(4, 8)),
        (WindowKind.TICKET_PRINTING, day(5, 8), day(5, 20)),
        (WindowKind.EXAMINATION, day(5, 20), day(5, 22)),
        (WindowKind.RELEASE, day(7, 1), day(8, 1)),
        (WindowKind.PUBLICATION, day(8, 10), day(8, 20)),
    )
}


@pytest.mark.parametrize(
    "now,turn,opened,following,step",
    [
        (day(2, 28), Turn.CENTRE, [], WindowKind.APPLICATION, Step.ADD_TO_CALENDAR),
        (day(3, 1), Turn.CANDIDATE, ["application", "review"], PAYMENT, Step.APPLY),
        (day(3, 3), Turn.CANDIDATE, ["application", "review", "payment"], WindowKind.TICKET_PRINTING, Step.APPLY),
        (day(3, 11), Turn.CANDIDATE, ["review", "payment"], WindowKind.TICKET_PRINTING, Step.PAY),
        (day(4, 8), Turn.CENTRE, [], WindowKind.TICKET_PRINTING, Step.ADD_TO_CALENDAR),
        (day(5, 8), Turn.CANDIDATE, ["ticket_printing"], WindowKind.EXAMINATION, Step.PRINT_TICKET),
        (day(5, 21), Turn.CANDIDATE, ["examination"], WindowKind.RELEASE, Step.ADD_TO_CALENDAR),
        (day(5, 22), Turn.CENTRE, [], WindowKind.RELEASE, Step.ADD_TO_CALENDAR),
        (day(7, 1), Turn.CANDIDATE, ["release"], WindowKind.PUBLICATION, Step.QUERY_RESULTS),
        (day(8, 10), Turn.EVERYBODY, ["publication"], None, Step.ADD_TO_CALENDAR),
        (day(8, 20), Turn.NOBODY, [], None, Step.NONE),
    ],
)
def test_a_season_says_at_each_point_whose_turn_it_is_and_what_to_do(  # noqa: PLR0917  # the columns of the table
    now: datetime, turn: Turn, opened: list[str], following: WindowKind | None, step: Step
) -> None:
    stage = rules.stage_of(SEASON, now)
    assert stage.turn is turn
    assert [found.kind for found in stage.open] == opened
    assert (stage.following.kind if stage.following else None) == following
    assert rules.next_step(stage, results_here=True, is_off=False) is step


def test_the_reviewers_turn_is_theirs_when_nothing_waits_for_the_candidate() -> None:
    only_review = {WindowKind.REVIEW: SEASON[WindowKind.REVIEW]}
    assert rules.stage_of(only_review, day(3, 12)).turn is Turn.REVIEWER


@pytest.mark.parametrize(
    "now,step",
    [
        (day(2, 28), Step.ADD_TO_CALENDAR),
        (day(3, 1), Step.APPLY),
        (day(5, 8), Step.PRINT_TICKET),
        (day(5, 21), Step.ADD_TO_CALENDAR),
        (day(7, 1), Step.ELSEWHERE),
        (day(8, 10), Step.ELSEWHERE),
        (day(8, 20), Step.ELSEWHERE),
    ],
)
def test_results_kept_elsewhere_are_asked_for_elsewhere_once_there_can_be_any(now: datetime, step: Step) -> None:
    assert rules.next_step(rules.stage_of(SEASON, now), results_here=False, is_off=False) is step


def test_a_forwarded_sitting_offers_its_calendar_until_the_examination_is_over() -> None:
    only = {WindowKind.EXAMINATION: SEASON[WindowKind.EXAMINATION]}
    offered = [
        rules.next_step(rules.stage_of(only, now), results_here=False, is_off=False)
        for now in (day(5, 19), day(5, 20), day(5, 22))
    ]
    assert offered == [Step.ADD_TO_CALENDAR, Step.ADD_TO_CALENDAR, Step.ELSEWHERE]


def test_what_is_off_offers_nothing() -> None:
    assert rules.next_step(rules.stage_of(SEASON, day(3, 1)), results_here=True, is_off=True) is Step.NONE


def test_every_kind_of_window_has_a_turn() -> None:
    assert set(rules.TURNS) == set(WindowKind)


def test_a_calendar_runs_in_the_order_of_time() -> None:
    lines = rules.calendar_of(reversed(SEASON.values()), day(3, 3))
    assert [line.window.opens for line in lines] == sorted(found.opens for found in SEASON.values())
    assert [line.window.kind for line in lines][:2] == [WindowKind.APPLICATION, WindowKind.REVIEW]
    assert [line.phase for line in lines][2:4] == [Phase.OPEN, Phase.NOT_YET]


@pytest.mark.parametrize(
    "closes,now",
    [
        (GENERAL.closes, day(4, 1)),
        (GENERAL.closes - A_SECOND, day(4, 1)),
        (day(4, 10), day(4, 10)),
        (day(4, 10), day(4, 11)),
    ],
)
def test_an_extension_must_be_later_than_the_window_and_than_now(closes: datetime, now: datetime) -> None:
    with pytest.raises(ExtensionNotLater):
        rules.require_later(GENERAL, closes=closes, now=now)
    rules.require_later(GENERAL, closes=max(GENERAL.closes, now) + A_MOMENT, now=now)


@pytest.mark.parametrize("state", list(SittingState))
def test_only_a_published_sitting_has_its_windows_extended(state: SittingState) -> None:
    if state is SittingState.PUBLISHED:
        rules.require_running(state, event="extend_window")
    else:
        with pytest.raises(IllegalTransition):
            rules.require_running(state, event="extend_window")


# ---------------------------------------------------------------- deadlines in working days


@pytest.mark.parametrize(
    "submitted,working_days,due",
    [
        (day(3, 30, 9), 2, day(4, 2)),  # Thursday; Friday and the worked Saturday 1 April 2017 before Qingming
        (day(3, 31, 9), 2, day(4, 6)),  # Friday; the worked Saturday, then the 5th after three days of rest
        (day(4, 1, 23, 59, 59), 1, day(4, 6)),
        (day(4, 2), 1, day(4, 6)),  # a rest day; the first working day after it is the 5th
        (day(4, 7, 23, 59, 59), 2, day(4, 12)),
        (day(4, 8), 2, day(4, 12)),
        (datetime(2017, 12, 29, 18, tzinfo=SHANGHAI), 2, datetime(2018, 1, 4, tzinfo=SHANGHAI)),
    ],
)
def test_a_review_ends_with_the_nth_working_day_after_the_submission(
    submitted: datetime, working_days: int, due: datetime
) -> None:
    is_working = WorkdayCalendar().is_working
    assert rules.review_deadline(submitted, working_days=working_days, is_working=is_working) == due


def slow_is_working(asked: date) -> bool:
    """Say it the long way, out of the announced lists alone."""
    if asked in ANNOUNCED_REST:
        return False
    if asked in ANNOUNCED_WORK:
        return True
    return asked.isoweekday() not in {6, 7}


def slow_deadline(submitted: datetime, working_days: int) -> datetime:
    """Walk hour by hour through the calendar and count the midnights that end a working day."""
    hour = submitted.astimezone(SHANGHAI).replace(minute=0, second=0, microsecond=0, tzinfo=None)
    first, ended = hour.date(), 0
    while ended < working_days:
        following = hour + timedelta(hours=1)
        if following.date() != hour.date() and hour.date() != first and slow_is_working(hour.date()):
            ended += 1
        hour = following
    return hour.replace(tzinfo=SHANGHAI)


INSTANTS = st.datetimes(
    min_value=datetime(2015, 1, 1),  # noqa: DTZ001  # Hypothesis adds the zone
    max_value=datetime(2026, 11, 30),  # noqa: DTZ001  # the same
    timezones=st.just(SHANGHAI),
)


@given(submitted=INSTANTS, working_days=st.integers(min_value=1, max_value=15))
def test_deadlines_agree_with_a_slow_walk_through_the_calendar(submitted: datetime, working_days: int) -> None:
    quick = rules.review_deadline(submitted, working_days=working_days, is_working=WorkdayCalendar().is_working)
    assert quick == slow_deadline(submitted, working_days)


def test_a_hundred_thousand_deadlines_agree_with_a_list_of_the_days_that_are_worked() -> None:
    every = [date(2015, 1, 1) + timedelta(days=number) for number in range(4_100)]
    worked = [found for found in every if slow_is_working(found)]
    is_working = WorkdayCalendar().is_working
    for submitted in every[:4_000]:
        following = bisect_right(worked, submitted)
        for count in range(1, 26):
            due = rules.review_deadline(
                datetime.combine(submitted, time(23, 59, 59), tzinfo=SHANGHAI),
                working_days=count,
                is_working=is_working,
            )
            assert due == datetime.combine(worked[following + count - 1] + timedelta(days=1), time(), tzinfo=SHANGHAI)


@given(instant=INSTANTS, first=st.dates(date(2015, 1, 1), date(2026, 1, 1)), length=st.integers(0, 400))
def test_a_window_of_dates_is_open_exactly_on_its_dates(instant: datetime, first: date, length: int) -> None:
    last = first + timedelta(days=length)
    found = window(*rules.window_of_dates(first, last))
    assert rules.is_open(found, instant) is (first <= instant.date() <= last)


# ---------------------------------------------------------------- publication

COMPLETE_REGION = RegionReadiness(
    name="山西省",
    kinds=frozenset({WindowKind.APPLICATION, *rules.NEEDED_BY_APPLICANTS}),
    priced=frozenset({("level-2", "basics")}),
    sites=1,
)
COMPLETE = Readiness(
    is_run_here=True,
    forward_url="",
    needs_sites=True,
    kinds=frozenset(),
    scheduled=frozenset({("level-2", "basics")}),
    expected=(("level-2", "basics", "基础知识"),),
    regions=(COMPLETE_REGION,),
)


def with_region(**changes: object) -> Readiness:
    return replace(COMPLETE, regions=(replace(COMPLETE_REGION, **changes),))  # type: ignore[arg-type]  # names of the dataclass


@pytest.mark.parametrize(
    "readiness,gaps",
    [
        (COMPLETE, ()),
        (replace(COMPLETE, regions=()), (Gap(GapKind.REGION),)),
        (replace(COMPLETE, scheduled=frozenset()), (Gap(GapKind.SESSION), Gap(GapKind.SUBJECT_SESSION, "基础知识"))),
        (with_region(priced=frozenset()), (Gap(GapKind.FEE, "基础知识", "山西省"),)),
        (with_region(sites=0), (Gap(GapKind.SITE, "", "山西省"),)),
        (replace(with_region(sites=0), needs_sites=False), ()),
        (
            with_region(kinds=COMPLETE_REGION.kinds - {WindowKind.PAYMENT}),
            (Gap(GapKind.WINDOW, "payment", "山西省"),),
        ),
        # The roster comes from files: nobody applies here, and nothing is priced or seated by choice.
        (with_region(kinds=frozenset({WindowKind.EXAMINATION}), priced=frozenset(), sites=0), ()),
        (with_region(kinds=frozenset()), (Gap(GapKind.WINDOW, "examination", "山西省"),)),
        # Owned by the nation and not handed over: a calendar and an address are all there is.
        (
            replace(COMPLETE, is_run_here=False, regions=()),
            (Gap(GapKind.FORWARD_URL), Gap(GapKind.WINDOW, "examination")),
        ),
        (
            replace(
                COMPLETE,
                is_run_here=False,
                regions=(),
                forward_url="https://zg.cpta.com.cn/",
                kinds=frozenset({WindowKind.EXAMINATION}),
            ),
            (),
        ),
    ],
)
def test_publication_names_every_gap(readiness: Readiness, gaps: tuple[Gap, ...]) -> None:
    assert rules.gaps_of(readiness) == gaps
