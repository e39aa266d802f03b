"""The home page opens with what can be queried; every page says whose it is and whether it is the demo."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from jinbang.kernel.actors import SYSTEM
from jinbang.people.models import Account
from jinbang.portal.queries import home_page
from jinbang.results.models import Release
from jinbang.results.states import ReleaseState
from jinbang.sittings import actions
from jinbang.sittings.models import Sitting
from jinbang.sittings.plan import SittingPlan, WindowPlan
from jinbang.sittings.queries import regions_of
from jinbang.sittings.states import WindowKind
from tests.cast import NOW, Cast
from tests.insert_only import RELEASES, laid_open
from tests.sittings.plans import NATIONAL, SHANXI, publish

SAT: tuple[tuple[WindowKind, date, date], ...] = (
    (WindowKind.APPLICATION, date(2025, 9, 1), date(2025, 9, 20)),
    (WindowKind.PAYMENT, date(2025, 9, 1), date(2025, 9, 25)),
    (WindowKind.TICKET_PRINTING, date(2025, 12, 1), date(2025, 12, 6)),
    (WindowKind.EXAMINATION, date(2025, 12, 7), date(2025, 12, 7)),
)


def sat(code: str, *windows: tuple[WindowKind, date, date]) -> SittingPlan:
    """Return a sitting whose examination is over."""
    plans = tuple(WindowPlan.of_dates(kind, first, last) for kind, first, last in (*SAT, *windows))
    return replace(SHANXI, code=code, name=f"2025年度考试 {code}", windows=plans)


def released(sitting: Sitting, *, hours: float) -> Release:
    """Store a release that opens so many hours from now; one in the past has been released."""
    opens = NOW + timedelta(hours=hours)
    is_out = hours <= 0
    with laid_open(RELEASES):
        return Release.objects.create(
            code=f"{sitting.code}-14",
            region=regions_of(sitting).get(authority__code="14"),
            opens_at=opens,
            released_at=opens if is_out else None,
            state=(ReleaseState.RELEASED if is_out else ReleaseState.ARMED).value,
        )


@pytest.mark.parametrize("hours, kept", [(-1, 2), (1, 2), (1.9 / 3600, 1), (0.1 / 3600, 1)])
def test_caches_may_keep_the_home_page_for_a_moment_and_past_an_instant_by_less_than_a_second(
    *, cast: Cast, client: Client, hours: float, kept: int
) -> None:
    released(publish(sat("sx-out")), hours=hours)
    answer = client.get("/")
    assert answer.get("Cache-Control") == f"public, max-age={kept}"
    assert not answer.cookies


def test_what_the_home_page_says_to_whoever_brings_a_cookie_is_for_nobody_else(cast: Cast, client: Client) -> None:
    client.cookies["some"] = "thing"
    assert "Cache-Control" not in client.get("/").headers


def test_the_home_page_opens_with_an_open_query(cast: Cast, client: Client) -> None:
    publish()
    released(publish(sat("sx-out")), hours=-1)
    html = client.get("/").content.decode()
    assert html.index("成绩可以查询") < html.index("正在报名")
    assert 'href="/lookup/sx-out-14"' in html


def test_an_opening_names_its_region_only_where_the_sitting_has_several(cast: Cast, client: Client) -> None:
    plan = sat("sx-alone")
    released(publish(plan), hours=-1)
    several = replace(plan, code="cn-two", name="2025年度考试 cn-two", owner_code="cn", regions=NATIONAL.regions)
    released(publish(several), hours=-1)
    openings = home_page(NOW).open
    assert {one.title.split()[-1]: one.region for one in openings} == {"sx-alone": "", "cn-two": "山西省"}


def test_before_the_instant_the_home_page_counts_down(cast: Cast, client: Client) -> None:
    released(publish(sat("sx-soon")), hours=3)
    html = client.get("/").content.decode()
    assert "成绩即将公布" in html
    assert "data-countdown-to" in html
    assert "成绩可以查询" not in html


@pytest.mark.parametrize("minutes, is_open", [(-1, False), (0, True), (1, True)])
def test_a_query_is_open_from_the_very_instant(cast: Cast, minutes: int, is_open: bool) -> None:  # noqa: FBT001  # a case of the table
    released(publish(sat("sx-edge")), hours=1)
    home = home_page(NOW + timedelta(hours=1, minutes=minutes))
    assert [one.is_open for one in (*home.open, *home.ahead)] == [is_open]


def test_a_forecast_release_is_announced_as_soon_as_the_examination_is_over(cast: Cast) -> None:
    publish(sat("sx-forecast", (WindowKind.RELEASE, date(2026, 3, 12), date(2026, 12, 31))))
    publish()
    assert [one.title for one in home_page(NOW).ahead] == ["2025年度考试 sx-forecast"]


def test_nothing_is_open_that_was_only_forecast(cast: Cast) -> None:
    """A window of release that has begun shows nothing until officers have released."""
    publish(sat("sx-late", (WindowKind.RELEASE, date(2026, 3, 1), date(2026, 12, 31))))
    home = home_page(NOW)
    assert home.open == home.ahead == ()


@pytest.mark.parametrize("last, is_shown", [(date(2026, 3, 10), True), (date(2026, 3, 9), False)])
def test_a_release_stays_at_the_top_until_the_recheck_closes(cast: Cast, last: date, is_shown: bool) -> None:  # noqa: FBT001  # a case of the table
    windows = (
        (WindowKind.RELEASE, date(2026, 2, 1), date(2026, 12, 31)),
        (WindowKind.RECHECK, date(2026, 2, 1), last),
    )
    released(publish(sat("sx-recheck", *windows)), hours=-24)
    assert bool(home_page(NOW).open) is is_shown


def test_results_that_another_authority_shows_are_led_to(cast: Cast, client: Client) -> None:
    windows = tuple(
        WindowPlan.of_dates(kind, first, last)
        for kind, first, last in (*SAT, (WindowKind.RELEASE, date(2026, 3, 1), date(2026, 12, 31)))
    )
    publish(replace(NATIONAL, code="cn-out", windows=windows, results_here=False, forward_url="https://example.org/"))
    assert "/exams/cn-out/results/" in client.get("/").content.decode()


def test_a_card_shows_candidates_their_own_deadlines(cast: Cast) -> None:
    publish()
    [card] = home_page(NOW).applying
    assert WindowKind.REVIEW in [window.kind for window in card.overview.stage.open]
    assert [window.kind for window in card.open] == [WindowKind.APPLICATION, WindowKind.PAYMENT]
    assert card.is_yours


def test_what_was_called_off_is_not_on_the_home_page(cast: Cast) -> None:
    sitting = publish()
    actions.cancel_sitting(sitting_id=sitting.pk, by=SYSTEM, reason="停考", now=NOW)
    home = home_page(NOW)
    assert home.applying == home.under_way == ()


def test_an_empty_house_says_so(cast: Cast, client: Client) -> None:
    assert "目前没有正在进行的考试" in client.get("/").content.decode()


def test_the_home_page_costs_five_queries_and_has_no_pop_up(
    cast: Cast, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    publish()
    publish(NATIONAL)
    released(publish(sat("sx-out")), hours=-1)
    with django_assert_num_queries(5):
        html = client.get("/").content.decode()
    assert "<dialog" not in html


def test_every_page_says_whose_it_is(db: None, client: Client, settings: Settings) -> None:
    settings.JINBANG_AUTHORITY_NAME = "某省人事考试中心"
    settings.JINBANG_AUTHORITY_PHONE = "0351-1234567"
    settings.JINBANG_ICP_NUMBER = "某ICP备12345678号"
    settings.JINBANG_POLICE_NUMBER = "某公网安备12345678901234号"
    settings.JINBANG_DEMO = False
    for path in ("/", "/exams/", "/notices/", "/account/login/", "/account/signup/", "/desk/sign-in/", "/no/such/"):
        html = client.get(path).content.decode()
        for words in ("某省人事考试中心", "0351-1234567", "某ICP备12345678号", "某公网安备12345678901234号"):
            assert words in html, (path, words)
        assert "jb-demo" not in html


def test_the_demo_says_so_on_every_page_with_its_clock(cast: Cast, client: Client, settings: Settings) -> None:
    settings.JINBANG_DEMO = True
    for path in ("/", "/exams/", "/account/login/", "/desk/sign-in/", "/no/such/"):
        html = client.get(path).content.decode()
        assert "演示时间：2026年3月10日（星期二）10:00" in html, path


def test_pages_carry_no_script_or_style_in_their_text(
    cast: Cast, client: Client, client_of: Callable[[Any], Client]
) -> None:
    pages = [client.get(path) for path in ("/", "/account/login/", "/account/signup/", "/account/recover/")]
    pages += [client_of(cast.lin).get("/me/"), client_of(cast.zhou).get("/desk/")]
    for page in pages:
        html = page.content.decode()
        assert page.status_code == 200
        assert " style=" not in html
        assert "<style" not in html
        assert "<script>" not in html


def test_signing_in_may_be_filled_in_by_the_browser(db: None, client: Client) -> None:
    html = client.get("/account/login/").content.decode()
    assert 'autocomplete="current-password"' in html
    assert 'autocomplete="new-password"' in client.get("/account/signup/").content.decode()


def test_the_second_factor_has_a_page_in_the_house_style(cast: Cast, client_of: Callable[[Any], Client]) -> None:
    client = client_of(Account.objects.get(username="sun"))
    response = client.get("/account/2fa/totp/activate/", follow=True)
    assert response.status_code == 200
    html = response.content.decode()
    assert "jb-header" in html
    assert "govuk-button" in html
