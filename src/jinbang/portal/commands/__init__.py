"""The commands of `jinbang`. Each is thin: it reads what was typed, and calls what does the work.

Here: which there are, and in which module each of them stands. A module is loaded when one of its commands is called or
when help names them all: a role that starts need not wait for what plans a sitting.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Final

import click

MODULES: Final[Mapping[str, str]] = {
    "authority": "people",
    "catalogue": "catalogue",
    "demo": "worlds",
    "pointer-keys": "installation",
    "pull-snapshots": "roles",
    "rehearse": "worlds",
    "serve": "roles",
    "setup": "installation",
    "sitting": "sittings",
    "staff": "people",
    "workday": "sittings",
    "write-frame": "roles",
}


def find_command(name: str) -> click.Command | None:
    """Return a command by what is typed, its module loaded; None where there is none of this name."""
    if name not in MODULES:
        return None
    module = import_module(f"{__name__}.{MODULES[name]}")
    found: click.Command = getattr(module, name.replace("-", "_"))
    return found


class _Commands(click.Group):
    """The commands of the table."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click hands it over
        """Name them all."""
        return sorted(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # the same
        """Load the one that was typed."""
        return find_command(cmd_name)


@click.group(cls=_Commands, help="金榜：从公告到证书的考试系统。")
def cli() -> None:
    """Gather the commands."""
