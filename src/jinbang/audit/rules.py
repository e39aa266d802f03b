"""How long work may be held, when it is given up, and which names a task may bear. Pure.

The figures concern the machine and decide nothing about a person, so they are constants and no dated rows.
"""

import re
from datetime import datetime, timedelta
from typing import Final

from jinbang.audit.errors import TaskUnknown
from jinbang.audit.states import WorkEvent, WorkState

LEASE: Final = timedelta(minutes=1)
"""How long a worker that says nothing keeps its work. Each step and each `renew` begins it anew."""

ATTEMPTS_MOST: Final = 3
"""So often work is begun without completing one step; then it is not the machine that is at fault."""

_TASK: Final = re.compile(r"jinbang\.[a-z_]+\.tasks\.[a-z_]+")


def require_task_name(name: str) -> str:
    """Return the name of a task. Refuses any other dotted name: a row must not be able to call whatever it likes."""
    if not _TASK.fullmatch(name):
        raise TaskUnknown(task=name)
    return name


def event_of_taking(*, state: WorkState, leased_until: datetime | None, now: datetime) -> WorkEvent | None:
    """Return what taking this work now would be; None while a living worker holds it, or nothing is left to do."""
    if state is WorkState.WAITING:
        return WorkEvent.START
    if state is WorkState.RUNNING and (leased_until is None or leased_until <= now):
        return WorkEvent.TAKE_UP
    return None


def is_to_be_given_up(attempts: int) -> bool:
    """Whether so many attempts without a single step are enough."""
    return attempts >= ATTEMPTS_MOST


def percent(done: int, total: int) -> int:
    """Return the whole percent reached; a hundred only when everything is done."""
    if total <= 0:
        return 0
    return min(100, max(0, done) * 100 // total)
