"""`jinbang sitting` and `jinbang workday`: a sitting from a file, another system's roster, days that are worked."""

import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import click
from django.db import transaction

from jinbang.kernel import clock
from jinbang.kernel.money import format_fen
from jinbang.portal.commands.answers import REFUSED, answered, day, officer
from jinbang.sittings import actions, planning
from jinbang.sittings.errors import SittingFileFaulty
from jinbang.sittings.labels import beginning, ending, fault_sentence, window_label
from jinbang.sittings.plan import SittingPlan, WindowPlan
from jinbang.sittings.rules import WindowFacts


@click.group(help="考次。")
def sitting() -> None:
    """Gather the commands of sittings."""


@sitting.command("create", help="按文件建立一次考试，不发布；只核对用 --check。样例：docs/sitting.example.toml。")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--by", "username", required=True, help="办理人的登录名，须在主办机构有考务计划岗。")
@click.option("--check", "is_check", is_flag=True, help="只核对，不建立。")
@answered
def sitting_create(*, file: Path, username: str, is_check: bool) -> None:
    """Create what the file describes, or say everything that is wrong with it; exit 1 where something is."""
    by, now = officer(username), clock.now()
    try:
        with transaction.atomic():
            plan = planning.check_sitting_file(file.read_bytes(), by=by, now=now)
            if not is_check:
                actions.create_sitting(plan, by=by, now=now)
    except SittingFileFaulty as refusal:
        for fault in refusal.faults:
            click.echo(fault_sentence(fault), err=True)
        click.echo(f"{file.name}：共 {len(refusal.faults)} 处要改，没有建立考试。", err=True)
        sys.exit(REFUSED)
    for line in _summary(plan):
        click.echo(line)
    click.echo(
        "核对无误，没有建立。"
        if is_check
        else f"已建立，还没有发布。请考务计划岗登录工作台，在 /desk/sittings/{plan.code}/ 核对后发布。"
    )


def _summary(plan: SittingPlan) -> Iterable[str]:
    yield f"{plan.name}（{plan.code}）"
    yield from (f"  {_window_line(window)}" for window in plan.windows)
    prices = sorted({fee.fee_fen for fee in plan.fees})
    yield f"  {len(plan.sessions)} 个场次，每科 {'、'.join(map(format_fen, prices)) or '收费由考区规定'}"
    for region in plan.regions:
        places = sum(site.capacity for site in region.sites)
        held = f"{len(region.sites)} 个考点，{places} 个名额" if region.is_held else "本次不举行"
        yield f"  考区 {region.authority_code}：{held}"
        yield from (f"    {_window_line(window)}" for window in region.windows)


def _window_line(plan: WindowPlan) -> str:
    window = WindowFacts(plan.kind, plan.opens, plan.closes)
    return f"{window_label(plan.kind)}：{beginning(window)}至{ending(window)}"


@sitting.command("import", help="读入其他系统的名册，或历年合格与档案号；只核对不存用 --dry-run。")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--sitting", "code", required=True, help="考次代码。")
@click.option("--region", required=True, help="考区机构代码。")
@click.option("--by", "username", required=True, help="办理人的登录名，须有成绩录入岗。")
@click.option(
    "--contains", type=click.Choice(["roster", "passes"]), default="roster", show_default=True, help="文件内容。"
)
@click.option("--encoding", type=click.Choice(["utf-8", "gb18030"]), help="编码；不写则由文件自己说明。")
@click.option("--dry-run", is_flag=True, help="只核对，不存。")
def sitting_import(**given: Any) -> None:  # noqa: ANN401  # click's options, one by one, handed on
    """Bring a file in, or say line by line what is wrong with it; exit 1 where something is."""
    from jinbang.portal.bringing import bring_in  # noqa: PLC0415  # every phase: no other command waits for them

    sys.exit(bring_in(echo=click.echo, **given))


@click.group(help="工作日。")
def workday() -> None:
    """Gather the commands of working days."""


@workday.command("set", help="把一天定为工作日（on）或休息日（off），优先于已公布的安排；以后计算的期限按此办理。")
@click.argument("on", metavar="DAY", type=day)
@click.argument("working", type=click.Choice(["on", "off"]))
@click.option("--reason", required=True, help="依据，例如通知的文号。")
@click.option("--by", "username", required=True, help="办理人的登录名，须在国家一级有考务计划岗。")
@answered
def workday_set(*, on: date, working: str, reason: str, username: str) -> None:
    """Lay a row over what was announced."""
    is_working = working == "on"
    actions.set_workday(on, is_working=is_working, reason=reason, by=officer(username), now=clock.now())
    click.echo(f"{on}：{'工作日' if is_working else '休息日'}")
