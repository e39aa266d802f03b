"""Long work of the lookup phase for the worker: thin, and safe to run again. The actions do and decide everything."""

from uuid import UUID

from jinbang.lookup import actions


def look_for_releases() -> int:
    """Publish what was approved, withdraw what was taken back, note what has opened. Scheduled every few seconds."""
    return actions.look_for_releases()


def publish_snapshot(release_id: str) -> str:
    """Seal and arm one release; returns the name of the file."""
    return actions.publish_snapshot(release_id=UUID(release_id)).file
