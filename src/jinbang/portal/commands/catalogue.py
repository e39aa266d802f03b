"""Commands about the catalogue: checking its files, showing one of them, loading what is new."""

import sys
from pathlib import Path

import click

from jinbang.catalogue.actions import load_programmes
from jinbang.catalogue.check import check_all, describe, find_programme_in_files
from jinbang.catalogue.errors import ProgrammeUnknown
from jinbang.kernel import clock
from jinbang.kernel.actors import SYSTEM
from jinbang.portal.commands.answers import answered


@click.group(help="考试目录。")
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
