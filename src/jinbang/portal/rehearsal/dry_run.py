"""`jinbang rehearse`: one season of the social workers' examination in one province, in a fresh world of its own."""

import shutil
from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from rich.console import Console

from jinbang.catalogue.actions import load_programmes
from jinbang.kernel import clock
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.clock import SHANGHAI
from jinbang.kernel.digests import content_hash
from jinbang.people.queries import get_authority
from jinbang.portal.rehearsal.cast import PROVINCES, build_authorities, build_cast
from jinbang.portal.rehearsal.characters import characters
from jinbang.portal.rehearsal.plans import Days, Share, Where, programme_in_force, season_plan
from jinbang.portal.rehearsal.report import Report
from jinbang.portal.rehearsal.season import Season
from jinbang.portal.rehearsal.sums import summary_of
from jinbang.sittings.actions import load_workdays

TICKETS_RENDERED = 200
SOCIAL_WORKERS = (Share("junior", weight=50), Share("intermediate", weight=42), Share("senior", weight=8))


def rehearse(*, candidates: int, province: str, seed: int, console: Console | None = None) -> Season:
    """Play the season, print the closing table, and return it. The world of the last rehearsal is replaced."""
    console = console or Console()
    report = Report(console)
    prepare_world()
    season = build_season(candidates=candidates, province=province, seed=seed, report=report)
    season.play()
    season.render_tickets(TICKETS_RENDERED)
    facts = summary_of(season.region, numbers={pk: one.number for pk, one in season.by_person.items()})
    console.print(report.table(title=f"演练结果：{candidates:,} 人，种子 {seed}"))
    for name, value in facts.items():
        console.print(f"{name}：{value}")
    console.print(f"与输入一致：成绩、状态、座位。摘要 {content_hash(facts).hex()[:16]}")
    return season


def prepare_world() -> None:
    """Make a new world in the home folder: database, catalogue, working days. No commit waits for a disk."""
    connection.close()
    database = Path(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        for path in database.parent.glob(f"{database.name}*"):
            path.unlink()
    for folder in ("snapshots", "vault", "files"):
        shutil.rmtree(Path(settings.JINBANG_HOME) / folder, ignore_errors=True)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous = NORMAL")
    call_command("migrate", verbosity=0)
    now = clock.now()
    load_programmes(by=SYSTEM, now=now)
    for year in range(2017, now.year + 2):
        load_workdays(year, by=SYSTEM, now=now)


def build_season(*, candidates: int, province: str, seed: int, report: Report) -> Season:
    """Return the season to be played: everything lies in the past, its release an hour ago."""
    today = clock.today()
    days = Days(
        announced=today - timedelta(days=120),
        apply=(today - timedelta(days=110), today - timedelta(days=100)),
        pay=(today - timedelta(days=108), today - timedelta(days=95)),
        tickets=(today - timedelta(days=70), today - timedelta(days=61)),
        examination=(today - timedelta(days=60), today - timedelta(days=59)),
        release=datetime.combine(today - timedelta(days=1), time(10), tzinfo=SHANGHAI),
    )
    began = datetime.combine(days.announced - timedelta(days=30), time(9), tzinfo=SHANGHAI)
    build_authorities(provinces=(province,), now=began)
    authority = get_authority(province)
    cast = build_cast(authority, suffix="", since=date(2016, 1, 1), now=began, with_logins=False)
    programme = programme_in_force("social-worker", on=days.announced)
    cities = PROVINCES[province][3] if province in PROVINCES else ((f"{province}01", authority.name),)
    plan = season_plan(
        "social-worker",
        code=f"rehearsal-{seed}",
        name=f"{days.examination[0].year}年度社会工作者职业资格考试（演练）",
        where=Where(province, cities, owner=province),
        days=days,
        people=candidates,
        shares=SOCIAL_WORKERS,
    )
    people = list(characters(candidates, seed=seed))
    return Season(plan=plan, programme=programme, cast=cast, report=report, people=people, seed=seed)
