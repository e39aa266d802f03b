"""What the commands of an installation share: a refusal is said in words, a day is read, an officer is found."""

import sys
from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Final, ParamSpec

import click

from jinbang.kernel import clock
from jinbang.kernel.errors import DomainError
from jinbang.people.queries import Staff, get_staff
from jinbang.people.staffing import get_member

P = ParamSpec("P")
REFUSED: Final = 1


def answered(command: Callable[P, None]) -> Callable[P, None]:
    """Let a command say what was refused and what to do about it, as a page would, and leave with 1."""

    @wraps(command)
    def said(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except DomainError as refusal:
            from jinbang.portal.problems import sentence_of, title_of  # noqa: PLC0415  # every phase: only to refuse

            click.echo(f"{title_of(refusal)}：{sentence_of(refusal)}", err=True)
            sys.exit(REFUSED)

    return said


def day(typed: str) -> date:
    """Return the day that was typed, or say how one is written."""
    try:
        return date.fromisoformat(typed)
    except ValueError as error:
        message = f"“{typed}”不是日期，请写成 2027-03-01。"
        raise click.BadParameter(message) from error


def officer(username: str) -> Staff:
    """Return a member of staff with the roles of today, under whose name a command acts. Refuses an unknown one."""
    return get_staff(get_member(username), today=clock.today())
