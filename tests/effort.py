"""What the embedded database has to do for something, whatever the machine: the instructions of its virtual machine.

To see that work grows with people and not with their square. SQLite plans without looking at what is in its tables, so
the same statement costs the same in every run; a server changes its plans with what it has seen, and is left out.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from django.db import connection

T = TypeVar("T")
_INSTRUCTIONS: Final = 100


def effort(act: Callable[[T], object], given: T) -> int:
    """Return how many hundreds of instructions this act costs, done with what it is given."""
    count = 0

    def tick() -> int:
        nonlocal count
        count += 1
        return 0  # go on

    connection.ensure_connection()
    database: Any = connection.connection
    database.set_progress_handler(tick, _INSTRUCTIONS)
    try:
        act(given)
    finally:
        database.set_progress_handler(None, 0)
    return count
