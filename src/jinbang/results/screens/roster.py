"""One person on a roster, to be corrected: who they are, and what was corrected before."""

from dataclasses import dataclass

from jinbang.audit.queries import history_of
from jinbang.results import labels, queries
from jinbang.results.models import RosterEntry
from jinbang.results.screens.common import HistoryRow, history_rows
from jinbang.results.states import ReleaseState


@dataclass(frozen=True)
class EntryScreen:
    """One row of a roster."""

    entry: RosterEntry
    name: str
    takes_changes: bool
    history: tuple[HistoryRow, ...]


def entry_screen(entry: RosterEntry) -> EntryScreen:
    """Gather one row's page."""
    release = queries.find_release(entry.region)
    return EntryScreen(
        entry=entry,
        name=entry.person.name,
        takes_changes=release is None or ReleaseState(release.state).takes_marks,
        history=history_rows(history_of(entry), labels.ENTRY_EVENTS),
    )
