"""Counting what may be published of a release, once it is out and never before.

The worker comes looking for what has been released, corrected, or found void since; nobody who releases has to think of
it. What is stored is the published form: small cells are kept back before anything is written.
"""

from contextlib import suppress
from datetime import datetime
from typing import Final
from uuid import UUID

from jinbang.audit import actions as audit
from jinbang.audit.errors import WorkUnderWay
from jinbang.audit.long_work import AT_ONCE, Steps, enqueue
from jinbang.kernel.actors import SYSTEM
from jinbang.results import paper_queries, queries
from jinbang.results.models import ResultStatistics
from jinbang.results.statistics import FEWEST_SHOWN, Tally, sheets_of

COUNTED: Final = "count"
PEOPLE_AT_ONCE: Final = 2_000
_TASK: Final = "jinbang.results.tasks.count_results"


def look_for_statistics(*, now: datetime) -> int:
    """Ask for the statistics of every release that is out and not counted yet. One query where nothing is to do."""
    asked = 0
    for release in paper_queries.releases_to_count():
        people = len(paper_queries.entries_to_count(release))
        with suppress(WorkUnderWay):
            enqueue(_TASK, subject=release, arguments={"release_id": str(release.pk)}, total=people, by=SYSTEM, now=now)
            asked += 1
    return asked


# Step 10 of docs/cycles/release.md.
def count_results(*, release_id: UUID, now: datetime, keep: Steps = AT_ONCE) -> ResultStatistics | None:
    """Count everybody on a roster whose results are out, and keep what may be published. Nothing where nothing is out.

    Two queries for each 2,000 people. A worker that follows a killed one counts from the beginning: half a count is
    stored nowhere.
    """
    release = queries.get_release_for_system(release_id)
    generation = paper_queries.generation_out(release)
    if generation == 0:
        return None
    full_marks = paper_queries.full_marks_of(release)
    tally = Tally()
    entries = paper_queries.entries_to_count(release)
    for first in range(0, len(entries), PEOPLE_AT_ONCE):
        chunk = entries[first : first + PEOPLE_AT_ONCE]
        for one in paper_queries.registrants(release, chunk):
            tally.add(one, full_marks=full_marks)
        with keep.step(cursor={}, done=first + len(chunk), total=len(entries)):
            """Say how far it has come: there is nothing to store yet."""
    sheets = sheets_of(tally, full_marks=full_marks)
    with keep.last_step():
        locked = queries.lock_release_for_system(release_id)
        kept, _is_new = ResultStatistics.objects.update_or_create(
            release=locked,
            defaults={
                "generation": generation,
                "fewest_shown": FEWEST_SHOWN,
                "sheets": [sheet.facts() for sheet in sheets],
                "counted_at": now,
            },
        )
        audit.record(kept, by=SYSTEM, event=COUNTED, at=now, details={"generation": generation})
    return kept
