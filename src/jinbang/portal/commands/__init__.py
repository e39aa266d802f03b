"""The commands of `jinbang`. Each is thin: it reads what was typed, and calls what does the work.

Here: demo, serve, rehearse, setup, catalogue. Who an installation belongs to stands in `people`, its sittings and
working days in `sittings`.
"""

import json
import sys
from pathlib import Path

import click
from django.conf import settings
from django.core.management import call_command

from jinbang.catalogue.actions import load_programmes
from jinbang.catalogue.check import check_all, describe, find_programme_in_files
from jinbang.catalogue.errors import ProgrammeUnknown
from jinbang.kernel import clock
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.crypto import key_ring
from jinbang.kernel.parents import end_with
from jinbang.lookup.pointer import PointerKeys
from jinbang.portal import demo as demo_world
from jinbang.portal import serving
from jinbang.portal.commands.answers import answered
from jinbang.portal.commands.people import authority, staff
from jinbang.portal.commands.sittings import sitting, workday
from jinbang.portal.servers import LISTEN
from jinbang.sittings.actions import load_workdays

YEARS_OF_WORKDAYS = (-1, 0, 1)
PORT = click.IntRange(0, 65_535)
FEWEST = 24  # some are returned, refused, unpaid or away: of fewer nobody might be left to sit


@click.group(help="金榜：从公告到证书的考试系统。")
def cli() -> None:
    """Gather the commands."""


for group in (authority, staff, sitting, workday):
    cli.add_command(group)


@cli.command(help="建好演示世界并在本机运行。")
@click.option("--build-only", is_flag=True, help="只建好，不运行。")
@click.option("--show", is_flag=True, help="以 JSON 打印地址、登录信息和示例查询。")
@click.option("--code", metavar="USER", help="打印某个工作人员此刻的动态口令。")
@click.option("--rebuild", is_flag=True, help="丢弃旧的演示世界，重新建立。")
@click.option("--port", type=PORT, default=8000, show_default=True, help="端口。")
@click.option("--people", type=click.IntRange(1), default=demo_world.PEOPLE, show_default=True, help="大约多少人。")
def demo(*, build_only: bool, show: bool, code: str | None, rebuild: bool, port: int, people: int) -> None:
    """Build the demo world where it is missing, then serve it."""
    if code is not None:
        click.echo(demo_world.code_of(code))
        return
    if show:
        click.echo(json.dumps(demo_world.shown(port=port), ensure_ascii=False, indent=2))
        return
    demo_world.ensure_built(rebuild=rebuild, people=people)
    if not build_only:
        demo_world.introduce(port=port)
        serving.serve(port=port, shift_seconds=demo_world.clock_shift_seconds())


@cli.command(help="运行：不写角色则全部一起运行。")
@click.argument("role", required=False, type=click.Choice(["web", "lookup", "worker", "keyholder"]))
@click.option("--port", type=PORT, default=8000, show_default=True, help="端口。")
@click.option("--host", default=LISTEN, show_default=True, help="在哪个地址上接受连接（网页、查询角色）。")
@click.option("--workers", type=click.IntRange(1), help="查询角色的进程数。[默认：可用的核数]")
@click.option("--granian", is_flag=True, help="查询角色改用 Granian，不用自带的 HTTP 服务器；只有一个进程。")
@click.option("--parent", type=int, hidden=True, help="与哪个进程同时结束。")
def serve(*, role: str | None, port: int, host: str, workers: int | None, granian: bool, parent: int | None) -> None:
    """Serve one role, or all of them together. A role that `serve` began itself is told to end with it."""
    if parent is not None:
        end_with(parent)
    shift = settings.JINBANG_CLOCK_SHIFT_SECONDS or demo_world.clock_shift_seconds()
    if role is not None:
        serving.serve_role(role, port=port, host=host, workers=workers, behind_granian=granian)
    elif host != LISTEN or workers is not None or granian:
        raise click.ClickException("--host、--workers 和 --granian 只用于单个角色，例如：jinbang serve lookup。")
    else:
        serving.serve(port=port, shift_seconds=shift)


def _province(_context: click.Context, _option: click.Parameter, typed: str) -> str:
    """Return a province's two digits, or say how they are written."""
    if len(typed) == 2 and typed.isascii() and typed.isdecimal():  # noqa: PLR2004  # as GB/T 2260 begins
        return typed
    message = f"“{typed}”不是省级代码，请写行政区划代码的前两位，例如 14（山西）。"
    raise click.BadParameter(message)


@cli.command(help="用合成的考生把一季考试从头演练一遍。")
@click.option("--candidates", type=click.IntRange(FEWEST), default=2_000, show_default=True, help="考生人数。")
@click.option("--province", callback=_province, default="14", show_default=True, help="省级行政区划代码前两位。")
@click.option("--seed", default=1, show_default=True, help="随机种子：种子相同，结果相同。")
def rehearse(*, candidates: int, province: str, seed: int) -> None:
    """Play a season in compressed time, in a world of its own."""
    from jinbang.portal.rehearsal import dry_run  # noqa: PLC0415  # every phase: no other command waits for them

    dry_run.rehearse(candidates=candidates, province=province, seed=seed)


@cli.command(help="建立或升级数据库，载入考试目录和已公布的节假日安排，收集静态文件。")
def setup() -> None:
    """Make an installation ready, or bring it to this version: migrations, catalogue, working days, static files."""
    call_command("migrate", verbosity=0)
    load_programmes(by=SYSTEM, now=clock.now())
    for offset in YEARS_OF_WORKDAYS:
        load_workdays(clock.today().year + offset, by=SYSTEM, now=clock.now())
    serving.collect_static_files()


@cli.command("pull-snapshots", help="从快照存储取来新的成绩快照，供本机的查询节点使用。")
@click.option("--every", default=0.0, help="每隔多少秒取一次；0 表示只取一次。")
def pull_snapshots(*, every: float) -> None:
    """Bring this machine's snapshots to the state of the store."""
    serving.pull_snapshots(every=every)


@cli.command("write-frame", help="写出本版本的查询页面框架；正在运行的查询角色收到 SIGHUP 后使用它。")
def write_frame() -> None:
    """Write the frame of this version, for a lookup that goes on while it is renewed."""
    serving.write_frame()


@cli.command("pointer-keys", help="打印公钥，供其他机器上的查询节点核对成绩快照由谁发布（JINBANG_POINTER_KEYS）。")
def pointer_keys() -> None:
    """Print the public keys by which nodes know what this installation has published."""
    click.echo(PointerKeys.of_ring(key_ring()).text())


@cli.group(help="考试目录。")
def catalogue() -> None:
    """Gather the catalogue's commands."""


@catalogue.command("check", help="校验全部目录文件，每个项目打印一行。")
@click.option("--folder", type=click.Path(exists=True, file_okay=False, path_type=Path), help="目录文件夹。")
def catalogue_check(*, folder: Path | None) -> None:
    """Check every programme file; exit 1 where one is wrong."""
    lines = check_all(folder) if folder else check_all()
    for line in lines:
        click.echo(line.text)
    sys.exit(1 if any(line.is_fault for line in lines) else 0)


@catalogue.command("show", help="打印一个项目。")
@click.argument("code")
@answered
def catalogue_show(*, code: str) -> None:
    """Print one programme in full. Refuses, in words, a code that no file has."""
    try:
        click.echo(describe(find_programme_in_files(code)))
    except ProgrammeUnknown as refusal:
        message = f"目录里没有代码为 {code} 的项目。用 jinbang catalogue check 查看全部代码。"
        raise click.ClickException(message) from refusal


@catalogue.command("load", help="把目录文件的新版本载入数据库。")
def catalogue_load() -> None:
    """Insert the versions that are new."""
    for version in load_programmes(by=SYSTEM, now=clock.now()):
        click.echo(str(version))
