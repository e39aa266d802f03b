"""Long work of results for the worker: thin, resumable, counting people. The actions do and decide."""

from uuid import UUID

from jinbang.audit.long_work import Holding
from jinbang.kernel import clock
from jinbang.results.actions import passes, recompute, statistics


def recompute_outcomes(keep: Holding) -> None:
    """Judge everybody of one release anew and keep the differences. The program itself asks, and no officer."""
    release_id = UUID(str(keep.arguments["release_id"]))
    recompute.recompute_outcomes(release_id=release_id, now=clock.now(), keep=keep)


def note_passes(keep: Holding) -> None:
    """Tell applications what the people of one release have passed."""
    release_id = UUID(str(keep.arguments["release_id"]))
    passes.note_released_passes(release_id=release_id, now=clock.now(), keep=keep)


def count_results(keep: Holding) -> None:
    """Count the statistics of one release that is out. The program itself asks, and no officer."""
    release_id = UUID(str(keep.arguments["release_id"]))
    statistics.count_results(release_id=release_id, now=clock.now(), keep=keep)
