"""Long work of results for the worker: thin, resumable, counting people or lines. The actions do and decide."""

from uuid import UUID

from jinbang.audit.long_work import Holding
from jinbang.kernel import clock
from jinbang.people.acting import acting_staff
from jinbang.results.actions import incoming, passes, recompute, statistics
from jinbang.results.actions import release as actions


def read_in(keep: Holding) -> None:
    """Read a large file in, with the rights that whoever brought it has now."""
    file_id = UUID(str(keep.arguments["file_id"]))
    incoming.read_in(file_id=file_id, by=acting_staff(keep.asker), now=clock.now(), keep=keep)


def recompute_outcomes(keep: Holding) -> None:
    """Judge everybody of one release anew and keep the differences. The program itself asks, and no officer."""
    release_id = UUID(str(keep.arguments["release_id"]))
    recompute.recompute_outcomes(release_id=release_id, now=clock.now(), keep=keep)


def note_passes(keep: Holding) -> None:
    """Tell applications what the people of one release have passed."""
    release_id = UUID(str(keep.arguments["release_id"]))
    passes.note_released_passes(release_id=release_id, now=clock.now(), keep=keep)


def validate_release(keep: Holding) -> None:
    """Judge everybody of a release, with the rights that whoever asked has now."""
    release_id = UUID(str(keep.arguments["release_id"]))
    actions.validate_release(release_id=release_id, by=acting_staff(keep.asker), now=clock.now(), keep=keep)


def seal_release(keep: Holding) -> None:
    """Seal a release, with the rights that whoever asked has now."""
    release_id = UUID(str(keep.arguments["release_id"]))
    actions.seal_release(release_id=release_id, by=acting_staff(keep.asker), now=clock.now(), keep=keep)


def count_results(keep: Holding) -> None:
    """Count the statistics of one release that is out. The program itself asks, and no officer."""
    release_id = UUID(str(keep.arguments["release_id"]))
    statistics.count_results(release_id=release_id, now=clock.now(), keep=keep)
