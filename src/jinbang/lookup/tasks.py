"""The worker's part of the lookup phase: what it looks for every few seconds, and the one piece of long work."""

from pathlib import Path
from uuid import UUID

from django.conf import settings

from jinbang.audit import long_work
from jinbang.audit.long_work import Holding
from jinbang.lookup import actions, distribution


def look_for_releases() -> int:
    """Do everything that is due: void and withdraw what changed, publish what was approved, note what has opened.

    Returns how many releases were moved on. A publication is long work, so that the desk sees it, but does not wait for
    somebody's draw of seats: it is done here unless another worker has it. A refusal of one holds up no other.
    """
    moved = actions.void_what_changed() + len(actions.withdraw_stale_snapshots())
    actions.ask_for_snapshots()
    before = len(actions.armed_publications())
    while (keep := long_work.take(task=actions.PUBLISH)) is not None:
        long_work.run(keep)
    moved += len(actions.armed_publications()) - before + actions.release_what_has_opened()
    if (store := distribution.store()) is not None:
        distribution.offer(store, Path(settings.JINBANG_SNAPSHOTS))
    return moved


def publish_snapshot(keep: Holding) -> None:
    """Seal and arm one release. The program itself does, whoever's signature was the last."""
    actions.publish_snapshot(release_id=UUID(str(keep.arguments["release_id"])), keep=keep)
