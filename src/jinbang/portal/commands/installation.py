"""Commands about the installation as a whole: setting it up, and by which keys others know what it has published."""

import click
from django.core.management import call_command

from jinbang.catalogue.actions import load_programmes
from jinbang.kernel import clock
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.crypto import key_ring
from jinbang.lookup.pointer import PointerKeys
from jinbang.portal import serving
from jinbang.sittings.actions import load_workdays

YEARS_OF_WORKDAYS = (-1, 0, 1)


@click.command(help="建立或升级数据库，载入考试目录和已公布的节假日安排，收集静态文件。")
def setup() -> None:
    """Make an installation ready, or bring it to this version: migrations, catalogue, working days, static files."""
    call_command("migrate", verbosity=0)
    load_programmes(by=SYSTEM, now=clock.now())
    for offset in YEARS_OF_WORKDAYS:
        load_workdays(clock.today().year + offset, by=SYSTEM, now=clock.now())
    serving.collect_static_files()


@click.command("pointer-keys", help="打印公钥，供其他机器上的查询节点核对成绩快照由谁发布（JINBANG_POINTER_KEYS）。")
def pointer_keys() -> None:
    """Print the public keys by which nodes know what this installation has published."""
    click.echo(PointerKeys.of_ring(key_ring()).text())
