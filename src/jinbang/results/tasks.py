"""Long work of results for the worker: thin, resumable, counting lines. The actions do and decide."""

from uuid import UUID

from jinbang.audit.long_work import Holding
from jinbang.kernel import clock
from jinbang.people.acting import acting
from jinbang.people.errors import NotAppointed
from jinbang.people.queries import Staff
from jinbang.results.actions import incoming


def read_in(keep: Holding) -> None:
    """Read a large file in, with the rights that whoever brought it has now."""
    by = acting(keep.asker)
    if not isinstance(by, Staff):
        raise NotAppointed(roles=())
    incoming.read_in(file_id=UUID(str(keep.arguments["file_id"])), by=by, now=clock.now(), keep=keep)
