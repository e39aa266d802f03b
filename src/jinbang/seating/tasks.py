"""Long work of seating for the worker: thin, resumable, counting people placed. The actions do and decide."""

from uuid import UUID

from jinbang.audit.long_work import Holding
from jinbang.kernel import clock
from jinbang.people.acting import acting
from jinbang.seating import actions


def draw_seats(keep: Holding) -> None:
    """Draw the seats of one exam region, with the rights that whoever asked has now."""
    region_id = UUID(str(keep.arguments["region_id"]))
    actions.draw_seats(region_id=region_id, by=acting(keep.asker), now=clock.now(), keep=keep)
