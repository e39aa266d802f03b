"""Commands about made-up worlds: the demo, and a season rehearsed from beginning to end."""

import json

import click

from jinbang.portal import demo as demo_world
from jinbang.portal import serving
from jinbang.portal.commands.roles import PORT
from jinbang.portal.demo_record import clock_shift_seconds

FEWEST = 24  # some are returned, refused, unpaid or away: of fewer nobody might be left to sit


@click.command(help="建好演示世界并在本机运行。")
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
        serving.serve(port=port, shift_seconds=clock_shift_seconds())


def _province(_context: click.Context, _option: click.Parameter, typed: str) -> str:
    """Return a province's two digits, or say how they are written."""
    if len(typed) == 2 and typed.isascii() and typed.isdecimal():  # noqa: PLR2004  # as GB/T 2260 begins
        return typed
    message = f"“{typed}”不是省级代码，请写行政区划代码的前两位，例如 14（山西）。"
    raise click.BadParameter(message)


@click.command(help="用合成的考生把一季考试从头演练一遍。")
@click.option("--candidates", type=click.IntRange(FEWEST), default=2_000, show_default=True, help="考生人数。")
@click.option("--province", callback=_province, default="14", show_default=True, help="省级行政区划代码前两位。")
@click.option("--seed", default=1, show_default=True, help="随机种子：种子相同，结果相同。")
def rehearse(*, candidates: int, province: str, seed: int) -> None:
    """Play a season in compressed time, in a world of its own."""
    from jinbang.portal.rehearsal import dry_run  # noqa: PLC0415  # every phase: no other command waits for them

    dry_run.rehearse(candidates=candidates, province=province, seed=seed)
