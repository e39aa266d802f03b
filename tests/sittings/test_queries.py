"""What is read: the windows, prices and sites that count, lists at a fixed cost, and what planners see."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from jinbang.kernel.actors import SYSTEM
from jinbang.people import actions as people
from jinbang.people.queries import Staff, get_staff
from jinbang.people.states import Role
from jinbang.sittings import actions, planning, queries, workdays
from jinbang.sittings.errors import (
    AuthorityNotFound,
    FeeNotSet,
    NoticeNotFound,
    RegionNotFound,
    RegionNotHeld,
    SiteNotFound,
    SittingNotFound,
    WindowClosed,
    WindowNotAnnounced,
)
from jinbang.sittings.models import Workday
from jinbang.sittings.rules import Turn
from jinbang.sittings.states import WindowKind
from tests.cast import NOW, SINCE, Cast
from tests.sittings.plans import NATIONAL, SHANXI, at, create, publish

pytestmark = pytest.mark.django_db


def shanxi_planner(cast: Cast) -> Staff:
    """吴 is appointed for the length of one test: a planner of 山西省."""
    people.appoint(
        account=cast.wu.account,
        authority=cast.shanxi,
        role=Role.PLANNER,
        unit="计划处",
        starts_on=SINCE,
        by=SYSTEM,
        now=NOW,
    )
    return get_staff(cast.wu.account, today=NOW.date())


def test_a_draft_is_seen_by_nobody_outside(cast: Cast) -> None:
    sitting = create()
    for load in (queries.get_shown_sitting, queries.get_published_sitting):
        with pytest.raises(SittingNotFound):
            load(sitting.code)
    assert queries.sittings_on_show(NOW) == []
    assert list(queries.notices_on_show()) == []
    with pytest.raises(NoticeNotFound):
        queries.get_notice(sitting.notices.get().pk)


def test_a_closed_sitting_is_still_shown_but_no_longer_published(cast: Cast) -> None:
    sitting = publish()
    assert queries.get_published_sitting(sitting.code) == sitting
    actions.close_sitting(sitting_id=sitting.pk, by=SYSTEM, now=NOW)
    assert queries.get_shown_sitting(sitting.code) == sitting
    with pytest.raises(SittingNotFound):
        queries.get_published_sitting(sitting.code)


def test_a_regions_own_window_and_fee_come_before_the_sittings(cast: Cast) -> None:
    sitting = publish(NATIONAL)
    shanxi, chongqing = queries.get_region(sitting, "14"), queries.get_region(sitting, "50")
    general, own = (
        queries.window_of(shanxi, WindowKind.APPLICATION),
        queries.window_of(chongqing, WindowKind.APPLICATION),
    )
    assert general is not None
    assert own is not None
    assert (general.region_id, own.region_id) == (None, chongqing.pk)
    assert own.closes == at(date(2026, 4, 4), 0)
    assert queries.fee_of(shanxi, level="level-2", subject="basics") == 6500
    assert queries.fee_of(chongqing, level="level-2", subject="basics") == 7000
    assert queries.fee_of(chongqing, level="level-2", subject="practice") == 6500
    assert list(queries.windows_of(chongqing)) == [kind for kind in WindowKind if kind in queries.windows_of(shanxi)]
    with pytest.raises(FeeNotSet):
        queries.fee_of(shanxi, level="level-1", subject="basics")


def test_the_windows_of_a_region_cost_one_query(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    region = queries.get_region(publish(NATIONAL), "50")
    with django_assert_num_queries(1):
        queries.windows_of(region)


def test_requiring_an_open_window_refuses_before_after_without_and_where_nothing_is_held(cast: Cast) -> None:
    plan = replace(SHANXI, regions=(SHANXI.regions[0], replace(SHANXI.regions[0], authority_code="50", is_held=False)))
    sitting = publish(replace(plan, regions=(plan.regions[0], replace(plan.regions[1], sites=()))))
    region = queries.get_region(sitting, "14")
    window = queries.require_open(region, WindowKind.APPLICATION, now=NOW)
    assert queries.is_open(window, NOW)
    assert queries.require_open(region, WindowKind.APPLICATION, now=window.opens) == window
    for now in (window.opens - timedelta(microseconds=1), window.closes):
        with pytest.raises(WindowClosed):
            queries.require_open(region, WindowKind.APPLICATION, now=now)
    with pytest.raises(WindowNotAnnounced):
        queries.require_open(region, WindowKind.RECHECK, now=NOW)
    with pytest.raises(RegionNotHeld):
        queries.require_open(queries.get_region(sitting, "50"), WindowKind.APPLICATION, now=NOW)


def test_what_does_not_exist_is_refused_by_name(cast: Cast) -> None:
    sitting = publish()
    region = queries.get_region(sitting, "14")
    with pytest.raises(RegionNotFound):
        queries.get_region(sitting, "50")
    with pytest.raises(AuthorityNotFound):
        queries.get_authority("99")
    with pytest.raises(SiteNotFound):
        queries.get_site(region, sitting.pk)
    assert queries.get_site(region, queries.sites_of(region)[0].pk).code == "01"


def test_working_days_ask_our_rows_first(cast: Cast) -> None:
    friday = date(2026, 3, 13)
    assert queries.is_working_day(friday)
    Workday.objects.create(day=friday, is_working=False, name="本省放假")
    assert not queries.is_working_day(friday)
    assert not queries.workday_calendar().is_working(friday)
    sitting = create()
    assert queries.review_deadline(sitting, at(date(2026, 3, 12), 9)) == at(date(2026, 3, 18), 0)


@pytest.mark.parametrize(
    "closes,is_provisional,queries_most",
    [
        (at(date(2026, 12, 31), 9), False, 0),
        (at(date(2027, 1, 1), 0), False, 0),  # 24:00 of the last day that is announced
        (at(date(2027, 1, 5), 0), True, 1),
    ],
)
def test_a_deadline_is_provisional_until_its_year_is_announced_or_its_day_set(
    cast: Cast,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: DjangoAssertNumQueries,
    *,
    closes: datetime,
    is_provisional: bool,
    queries_most: int,
) -> None:
    monkeypatch.setattr(workdays, "ANNOUNCED_YEARS", frozenset({2026}))
    with django_assert_num_queries(queries_most):
        assert queries.is_provisional(closes) is is_provisional
    Workday.objects.create(day=date(2027, 1, 4), is_working=True)
    assert not queries.is_provisional(closes)


def test_a_regions_cities_are_its_own_and_no_points(cast: Cast) -> None:
    sitting = publish(NATIONAL)
    cities = [city.code for city in queries.cities_of(queries.get_region(sitting, "14"))]
    assert cities == ["1401", "1403"]
    assert queries.cities_of(queries.get_region(sitting, "50")) == []


def test_the_list_of_exams_costs_the_same_for_one_and_for_many(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    publish()
    with django_assert_num_queries(3):
        queries.sittings_on_show(NOW)
    for number in range(5):
        publish(replace(NATIONAL, code=f"cn-{number}"))
    with django_assert_num_queries(3):
        assert len(queries.sittings_on_show(NOW)) == 6


def test_the_list_is_narrowed_by_year_and_by_region(cast: Cast) -> None:
    publish()
    publish(NATIONAL)
    publish(replace(SHANXI, code="sx-2025", year=2025))

    def codes(**narrowed: object) -> set[str]:
        return {found.sitting.code for found in queries.sittings_on_show(NOW, **narrowed)}  # type: ignore[arg-type]  # the function's own names

    assert codes() == {SHANXI.code, NATIONAL.code, "sx-2025"}
    assert codes(year=2025) == {"sx-2025"}
    assert codes(region_code="50") == {NATIONAL.code}
    assert codes(region_code="14", year=2026) == {SHANXI.code, NATIONAL.code}
    assert codes(region_code="99") == set()
    assert queries.years_on_show() == [2026, 2025]
    assert [found.code for found in queries.authorities_on_show()] == ["14", "50"]


def test_open_for_application_looks_into_every_region(cast: Cast) -> None:
    sitting = publish(NATIONAL)
    last_in_chongqing = at(date(2026, 4, 3), 23, 59)
    assert [found.sitting for found in queries.open_for_application(last_in_chongqing)] == [sitting]
    held = queries.regions_open_for(sitting, WindowKind.APPLICATION, now=last_in_chongqing)
    assert [region.authority.code for region in held] == ["50"]
    assert queries.open_for_application(at(date(2026, 4, 4), 0)) == []


def test_an_overview_joins_regions_and_narrows_to_one(cast: Cast) -> None:
    overview = queries.overview_of(publish(NATIONAL), NOW)
    joined = overview.windows[WindowKind.APPLICATION]
    assert (joined.varies, joined.closes) == (True, at(date(2026, 4, 4), 0))
    assert overview.region("") is None
    chongqing = overview.region("50")
    assert chongqing is not None
    own = overview.within(chongqing, NOW)
    assert own.windows[WindowKind.APPLICATION].opens == at(date(2026, 3, 16), 0)
    assert own.stage.turn is Turn.CANDIDATE
    with pytest.raises(RegionNotFound):
        overview.region("11")


def test_the_timetable_carries_names_and_prices_in_two_queries(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    sitting = queries.get_shown_sitting(publish(NATIONAL).code)
    region = queries.get_region(sitting, "50")
    with django_assert_num_queries(2):
        rows = queries.timetable_of(sitting, region)
    assert [(row.subject_name, row.fee_fen) for row in rows] == [
        ("建设工程造价管理基础知识", 7000),
        ("建设工程计量与计价实务", 6500),
    ]
    assert queries.levels_of(sitting) == ["level-2"]


# ---------------------------------------------------------------- planners


def test_a_planner_sees_what_lies_below_and_owns_only_that(cast: Cast) -> None:
    own, national = create(), create(NATIONAL)
    planner = shanxi_planner(cast)
    assert set(planning.sittings_of(planner)) == {own, national}
    assert planning.owns(own, planner)
    assert not planning.owns(national, planner)
    assert [region.authority.code for region in planning.regions_run_by(national, planner)] == ["14"]
    assert planning.lock_sitting(own.pk, by=planner) == own
    with pytest.raises(SittingNotFound):
        planning.lock_sitting(national.pk, by=planner)
    assert planning.lock_region(queries.get_region(national, "14").pk, by=planner)
    with pytest.raises(RegionNotFound):
        planning.lock_region(queries.get_region(national, "50").pk, by=planner)
    with pytest.raises(SittingNotFound):
        planning.get_owned_sitting(national.code, by=planner)


def test_whoever_is_no_planner_finds_nothing(cast: Cast) -> None:
    sitting = publish(NATIONAL)
    for member in (cast.wu, cast.zhou):
        assert list(planning.sittings_of(member.staff)) == []
        with pytest.raises(SittingNotFound):
            planning.get_sitting_for(sitting.code, by=member.staff)
        with pytest.raises(RegionNotFound):
            planning.lock_region(queries.get_region(sitting, "14").pk, by=member.staff)
