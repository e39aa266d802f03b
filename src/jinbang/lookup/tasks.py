"""Long work of the lookup phase for the worker: thin, and safe to run again. The actions do and decide everything."""

from pathlib import Path
from uuid import UUID

from django.conf import settings

from jinbang.lookup import actions, distribution


def look_for_releases() -> int:
    """Publish what was approved, withdraw what was taken back, note what has opened. Scheduled every few seconds."""
    moved = actions.look_for_releases()
    if (store := distribution.store()) is not None:
        distribution.offer(store, Path(settings.JINBANG_SNAPSHOTS))
    return moved


def publish_snapshot(release_id: str) -> str:
    """Seal and arm one release; returns the name of the file."""
    return actions.publish_snapshot(release_id=UUID(release_id)).file
