"""Telling applications what people have passed, once results are out and never before.

`application` keeps a copy of what still counts, for choosing level, track, specialty and subjects (docs/decisions,
0019). The worker comes looking for what has been released; nobody who releases has to think of it.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final
from uuid import UUID

from jinbang.application.actions import note_passes
from jinbang.application.passes import EarlierPass
from jinbang.audit import actions as audit
from jinbang.audit.errors import WorkUnderWay
from jinbang.audit.long_work import AT_ONCE, Steps, enqueue
from jinbang.kernel.actors import SYSTEM
from jinbang.results import basis, paper_queries, queries
from jinbang.results.models import Outcome, RosterEntry

NOTED: Final = "note_passes"
PEOPLE_AT_ONCE: Final = 1_000
_TASK: Final = "jinbang.results.tasks.note_passes"


def look_for_passes(*, now: datetime) -> int:
    """Ask for the passes of every release that is out and not noted yet. One query where there is nothing to do."""
    asked = 0
    for release in queries.releases_out():
        people = RosterEntry.objects.filter(region=release.region_id).count()
        with suppress(WorkUnderWay):
            enqueue(_TASK, subject=release, arguments={"release_id": str(release.pk)}, total=people, by=SYSTEM, now=now)
            asked += 1
    return asked


# Step 10 of docs/cycles/release.md.
def note_released_passes(*, release_id: UUID, now: datetime, keep: Steps = AT_ONCE) -> None:
    """Note what still counts of everybody on a roster whose results are out. Five queries for each 1,000 people.

    Each person's rows say what their latest result of the programme left standing: an earlier one that is corrected
    afterwards does not bring back what a later sitting has used up. Does nothing where nothing is out.
    """
    release = queries.get_release_for_system(release_id)
    generation = paper_queries.generation_out(release)
    if generation == 0:
        return
    roster = RosterEntry.objects.filter(region=release.region_id).order_by("person_id")
    people = list(roster.values_list("person_id", flat=True))
    done = keep.cursor.get("done") if keep.cursor.get("generation") == generation else 0
    programme_code = release.region.sitting.programme_version.code
    for first in range(done if isinstance(done, int) else 0, len(people), PEOPLE_AT_ONCE):
        chunk = people[first : first + PEOPLE_AT_ONCE]
        reached = first + len(chunk)
        with keep.step(cursor={"generation": generation, "done": reached}, done=reached, total=len(people)):
            note_passes(programme_code, _standing(chunk, programme_code=programme_code))
    with keep.last_step():
        locked = queries.lock_release_for_system(release_id)
        locked.passes_noted = generation
        locked.save(update_fields=("passes_noted",))
        audit.record(locked, by=SYSTEM, event=NOTED, at=now, details={"generation": generation})


def _standing(people: Sequence[UUID], *, programme_code: str) -> dict[UUID, Sequence[EarlierPass]]:
    """Return person → what their latest result of the programme that is out left standing, what files state included.

    Of whom nothing is out is left out: what other systems' files state of them stays noted.
    """
    rows = (
        basis.outcomes_that_are_out()
        .filter(entry__person__in=people, entry__sitting__programme_version__code=programme_code)
        .select_related("entry")
        .order_by("entry__sitting__first_day", "entry__sitting__code")
    )
    latest: dict[UUID, Outcome] = {row.entry.person_id: row for row in rows}
    return {person: _kept(latest[person]) for person in people if person in latest}


def _kept(outcome: Outcome) -> tuple[EarlierPass, ...]:
    entry = outcome.entry
    return tuple(
        EarlierPass(
            level_code=entry.level_code,
            specialty_code=entry.specialty_code,
            track_code=entry.track_code,
            subject_code=subject,
            year=year,
            counts_through=through,
        )
        for subject, year, through in outcome.validity.get("kept", [])
    )
