"""Building the demo world: authorities and officers, every season to its stage, four candidates one can sign in as."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from random import Random
from typing import Any, Final

from django.db.models import Count
from rich.console import Console

from jinbang.application.models import Application
from jinbang.catalogue.programme import Programme
from jinbang.kernel import clock
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.clock import SHANGHAI, frozen_at
from jinbang.kernel.identity import DocumentKind
from jinbang.lookup import queries as lookup
from jinbang.lookup.words import expected_of
from jinbang.messaging import actions as messaging
from jinbang.people import actions as people
from jinbang.people.models import Person
from jinbang.people.queries import document_numbers_of
from jinbang.portal.rehearsal.attachments import with_attachments
from jinbang.portal.rehearsal.cast import PROVINCES, Cast, Login, build_authorities, build_cast
from jinbang.portal.rehearsal.characters import Character, characters
from jinbang.portal.rehearsal.dry_run import prepare_world
from jinbang.portal.rehearsal.plans import SeasonPlan, Stage, programme_in_force, results_forecast
from jinbang.portal.rehearsal.report import Report
from jinbang.portal.rehearsal.season import Season, at
from jinbang.portal.rehearsal.seasons import demo_seasons
from jinbang.results.models import Outcome, Release
from jinbang.results.roster import leaves_of
from jinbang.results.states import Overall
from jinbang.sittings import actions as sittings
from jinbang.sittings.plan import NoticePlan, SittingPlan, WindowPlan
from jinbang.sittings.states import NoticeKind, WindowKind

SEED: Final = 2026
CHARACTERS: Final = 4_700
NATIONAL_ADDRESS: Final = "https://zg.cpta.com.cn/examfront/"


def build_world(*, people: int, console: Console) -> dict[str, Any]:
    """Build everything and return the description: instant, logins, samples."""
    built_at = clock.now()
    prepare_world()
    today = built_at.astimezone(SHANGHAI).date()
    long_ago = datetime(2016, 6, 1, 9, tzinfo=SHANGHAI)
    authorities = build_authorities(provinces=("14", "50"), now=long_ago)
    since = date(2016, 6, 1)
    casts = {
        "14": build_cast(authorities["14"], suffix="", since=since, now=long_ago, with_logins=True),
        "50": build_cast(authorities["50"], suffix="-cq", since=since, now=long_ago, with_logins=True),
    }
    report = Report(console)
    everybody = list(characters(CHARACTERS, seed=SEED))
    seasons = _play(today, casts=casts, everybody=everybody, scale=people / 4_000, report=report)
    _announce_forwarded(today)
    logins = [*casts["14"].logins, *casts["50"].logins, *_candidates(seasons, now=built_at)]
    messaging.collect_messages(now=built_at, quiet=True)
    console.print(report.table(title="演示世界"))
    return {
        "built_at": built_at.isoformat(),
        "logins": [_login(login) for login in logins],
        "samples": _samples(),
    }


def _play(
    today: date, *, casts: dict[str, Cast], everybody: list[Character], scale: float, report: Report
) -> list[Season]:
    seasons: list[Season] = []
    retained: dict[str, frozenset[str]] = {}
    for plan in demo_seasons(today, scale=scale):
        report.console.print(f"  {plan.sitting.name}")
        programme = programme_in_force(plan.sitting.programme_code, on=plan.days.announced)
        season = Season(
            plan=_with_attachments(plan, programme),
            programme=programme,
            cast=casts[plan.province],
            report=report,
            people=list(islice(everybody, plan.first, plan.first + plan.people)),
            seed=SEED,
            retained=retained if plan.sitting.programme_code == "social-worker" else {},
        )
        season.play()
        if plan.until >= Stage.ARMED:
            _forecast_results(season)
        if plan.sitting.programme_code == "social-worker" and plan.until is Stage.RELEASED:
            retained = season.passed_subjects()
        seasons.append(season)
    return seasons


def _with_attachments(plan: SeasonPlan, programme: Programme) -> SeasonPlan:
    """Return the season whose notice brings its attachments along."""
    issued, author = at(plan.days.announced, 9), PROVINCES[plan.province][1]
    return replace(plan, sitting=with_attachments(plan.sitting, programme, author=author, at=issued))


def _forecast_results(season: Season) -> None:
    """Say on the afternoon on which the results were signed when they will open."""
    plan = season.plan
    with frozen_at(at(plan.days.release.astimezone(SHANGHAI).date() - timedelta(days=2), 15)) as now:
        notice = results_forecast(plan.sitting.name, days=plan.days)
        sittings.issue_notice(notice, sitting_id=season.region.sitting_id, by=SYSTEM, now=now)


def _announce_forwarded(today: date) -> None:
    """Announce one sitting of the nation whose results were not handed over: its page forwards."""
    examination = today + timedelta(days=200)
    announced = datetime.combine(today - timedelta(days=3), time(9), tzinfo=SHANGHAI)
    name = f"{examination.year}年度一级建造师职业资格考试"
    sitting = sittings.create_sitting(
        SittingPlan(
            code=f"cn-constructor-1-{examination.year}",
            programme_code="constructor-1",
            owner_code="cn",
            name=name,
            year=examination.year,
            first_day=examination,
            last_day=examination + timedelta(days=1),
            windows=(WindowPlan.of_dates(WindowKind.EXAMINATION, examination, examination + timedelta(days=1)),),
            notices=(
                NoticePlan(
                    NoticeKind.FORECAST,
                    f"关于{name}有关事项的预告",
                    "本次考试的报名、成绩查询由国家考试机构统一办理，本网站转发通知并提供入口。",
                ),
            ),
            results_here=False,
            forward_url=NATIONAL_ADDRESS,
        ),
        by=SYSTEM,
        now=announced,
    )
    sittings.publish_sitting(sitting_id=sitting.pk, by=SYSTEM, now=announced)


def _candidates(seasons: list[Season], *, now: datetime) -> list[Login]:
    """Open an account for one candidate of four seasons: applying, owing, about to print a ticket, and with results."""
    logins = []
    chosen = {
        "linlin": Stage.APPLYING,
        "owing": Stage.REVIEWING,
        "printing": Stage.PRINTING,
        "results": Stage.RELEASED,
    }
    for username, stage in chosen.items():
        season = next(season for season in _come_again_first(seasons) if season.plan.until is stage)
        person = _account_holder(season)
        one = season.by_person[person.pk]
        password = f"demo-{Random(f'{SEED}|{username}').randrange(10**6):06d}"  # noqa: S311  # printed on the screen anyway
        people.create_candidate(
            username=username, phone=one.phone, password=password, person=person, by=SYSTEM, now=now
        )
        logins.append(Login("candidate", username, password))
    return logins


def _account_holder(season: Season) -> Person:
    """Return somebody of a season to open an account for: the first whose application stands.

    Where results are out, whoever has most years behind them comes first.
    """
    stage = season.plan.until
    standing = {"submitted"} if stage is Stage.APPLYING else {"submitted", "approved"}
    chosen = Application.objects.filter(region=season.region, state__in=standing).select_related("person")
    if stage is Stage.REVIEWING:
        chosen = chosen.filter(order__state="owed")
    if stage >= Stage.PRINTING:
        chosen = chosen.filter(ticket__isnull=False)
    if stage is Stage.RELEASED:
        return chosen.annotate(years=Count("person__roster")).order_by("-years", "id")[0].person
    return chosen.order_by("id")[0].person


def _come_again_first(seasons: list[Season]) -> list[Season]:
    """Return the seasons, those in front whose candidates have sat before: their results go over years."""
    return sorted(seasons, key=lambda season: not season.retained)


def _login(login: Login) -> dict[str, str]:
    found = {
        "role": login.role,
        "username": login.username,
        "password": login.password,
        "totp_secret": login.totp_secret,
    }
    if login.signing_passphrase:
        found["signing_passphrase"] = login.signing_passphrase
    return found


def _samples() -> list[dict[str, Any]]:
    """Choose five people of different fortunes over the released sittings, with what their page must show."""
    wanted = (
        ("social-worker", Overall.PASSED),
        ("social-worker", Overall.PARTIAL),
        ("social-worker", Overall.ABSENT),
        ("cost-engineer-2", Overall.AWAITING_PASS_MARK),
        ("psychological-counsellor-2017", Overall.FAILED),
    )
    return [_sample(programme, overall) for programme, overall in wanted]


def _sample(programme_code: str, overall: Overall) -> dict[str, Any]:
    outcomes = Outcome.objects.filter(
        entry__sitting__programme_version__code=programme_code,
        overall=overall.value,
        entry__region__release__released_at__isnull=False,
        entry__person__documents__kind=DocumentKind.RESIDENT_ID.value,
    ).select_related("entry__person", "entry__region", "entry__sitting__programme_version")
    outcome = outcomes.order_by("-entry__sitting__first_day", "entry__ticket_number")[0]
    release = lookup.get_release(Release.objects.get(region=outcome.entry.region).pk)
    number = document_numbers_of([outcome.entry.person_id])[outcome.entry.person_id].number
    programme = outcome.entry.sitting.programme_version.programme
    (leaf,) = leaves_of(Outcome.objects.filter(pk=outcome.pk), region=outcome.entry.region)
    judged = lookup.JudgedPerson.of(leaf)
    card = lookup.card_of(judged, programme, document_number=number, has_review=False)
    return {
        "sitting": outcome.entry.sitting.name,
        "path": f"/lookup/{release.code}",
        "fields": {
            "name": outcome.entry.person.name,
            "document_number": number,
            "ticket_number": outcome.entry.ticket_number,
        },
        "expected": expected_of(lookup.header_of(release), card),
    }
