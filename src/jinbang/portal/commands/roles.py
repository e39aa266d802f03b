"""Commands about running roles, and about what a node of the lookup needs besides."""

import click
from django.conf import settings

from jinbang.kernel.parents import end_with
from jinbang.portal import serving
from jinbang.portal.demo_record import clock_shift_seconds
from jinbang.portal.servers import LISTEN

PORT = click.IntRange(0, 65_535)


@click.command(help="运行：不写角色则全部一起运行。")
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
    shift = settings.JINBANG_CLOCK_SHIFT_SECONDS or clock_shift_seconds()
    if role is not None:
        serving.serve_role(role, port=port, host=host, workers=workers, behind_granian=granian)
    elif host != LISTEN or workers is not None or granian:
        raise click.ClickException("--host、--workers 和 --granian 只用于单个角色，例如：jinbang serve lookup。")
    else:
        serving.serve(port=port, shift_seconds=shift)


@click.command("pull-snapshots", help="从快照存储取来新的成绩快照，供本机的查询节点使用。")
@click.option("--every", default=0.0, help="每隔多少秒取一次；0 表示只取一次。")
def pull_snapshots(*, every: float) -> None:
    """Bring this machine's snapshots to the state of the store."""
    serving.pull_snapshots(every=every)


@click.command("write-frame", help="写出本版本的查询页面框架；正在运行的查询角色收到 SIGHUP 后使用它。")
def write_frame() -> None:
    """Write the frame of this version, for a lookup that goes on while it is renewed."""
    serving.write_frame()
