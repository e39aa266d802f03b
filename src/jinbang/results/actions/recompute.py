"""Judging everybody anew when a mark, a pass mark or a rule has changed, and keeping what became different for whom.

The worker comes looking (`look_for_changes`): nobody who changes a mark has to think of it. It is long work, in steps;
while it goes on the release rests on no basis, so that nothing half judged is ever sealed. What is out is never
rewritten: there only the differences are kept, for those who decide whether to correct it.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from jinbang.audit import actions as audit
from jinbang.audit.errors import WorkUnderWay
from jinbang.audit.long_work import AT_ONCE, Steps, enqueue
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.digests import Json
from jinbang.people import limits
from jinbang.people.limits import Limit
from jinbang.results import basis, queries
from jinbang.results.actions.outcomes import ROWS_AT_ONCE, judge_outcomes
from jinbang.results.actions.recount import recount_outcomes
from jinbang.results.models import Outcome, OutcomeChange, Release, RosterEntry
from jinbang.results.rules import Facts, difference_between
from jinbang.results.states import ReleaseState

RECOMPUTED: Final = "recompute"
_TASK: Final = "jinbang.results.tasks.recompute_outcomes"
# What is out rests on many rows of many years, and changes seldom: it is looked through once an hour.
_LOOKS_AT_RELEASED: Final = Limit("results_released_looked_at", 1, timedelta(hours=1))


class _TakenOver(Exception):  # no error: somebody else validates this release now
    """Somebody has reopened, sealed or validated the release meanwhile; what they do comes first."""


def look_for_changes(*, now: datetime) -> int:
    """Ask for judging anew wherever outcomes rest on what is no longer so. About ten queries for each open release."""
    states = [ReleaseState.VALIDATED]
    if limits.take(_LOOKS_AT_RELEASED, now=now):
        states.append(ReleaseState.RELEASED)
    asked = 0
    for release in (release for state in states for release in queries.releases_awaiting(state)):
        if _is_due(release):
            asked += _ask(release, now=now)
    return asked


def _is_due(release: Release) -> bool:
    """Whether outcomes are stale, or a new generation has not been compared with what is out."""
    if not release.basis_hash:  # somebody is storing outcomes at this moment
        return False
    present = basis.basis_hash_of(release)
    if release.state == ReleaseState.VALIDATED.value:
        return release.basis_hash != present or (release.generation > 1 and release.differences_basis != present)
    return present not in {release.basis_hash, release.differences_basis}


def _ask(release: Release, *, now: datetime) -> bool:
    people = RosterEntry.objects.filter(region=release.region_id).count()
    with suppress(WorkUnderWay):
        enqueue(_TASK, subject=release, arguments={"release_id": str(release.pk)}, total=people, by=SYSTEM, now=now)
        return True
    return False


# Step 6 of docs/cycles/release.md.
def recompute_outcomes(*, release_id: UUID, now: datetime, keep: Steps = AT_ONCE) -> int:
    """Judge everybody of a release anew, keep what became different, and return for how many people.

    Of a validated release the outcomes are replaced, of a released one nothing is: its differences lead to the next
    generation. Does nothing to one that is being prepared or sealed. Goes on where a killed worker stopped, as long as
    what is judged on has stayed the same. What was replaced is recounted before it counts. Queries: those of judging
    and recounting, and about five for each 2,000 people.
    """
    release = queries.get_release_for_system(release_id)
    if release.state not in {ReleaseState.VALIDATED.value, ReleaseState.RELEASED.value}:
        return 0
    judged = judge_outcomes(release=release, now=now)
    replaces = release.state == ReleaseState.VALIDATED.value
    generation = release.generation + (not replaces)
    at_work: dict[str, Json] = {"basis": judged.basis_hash, "generation": generation}
    done = keep.cursor.get("done") if all(keep.cursor.get(name) == value for name, value in at_work.items()) else 0
    start, total = done if isinstance(done, int) else 0, len(judged.outcomes)
    with suppress(_TakenOver):
        for first in range(start, total, ROWS_AT_ONCE):
            chunk = judged.outcomes[first : first + ROWS_AT_ONCE]
            reached = first + len(chunk)
            with keep.step(cursor={**at_work, "done": reached}, done=reached, total=total):
                _lock(release, at_work=bool(first))
                _store(chunk, release=release, basis_hash=judged.basis_hash, now=now)
        if replaces:
            recount_outcomes(release, basis_hash=judged.basis_hash, keep=keep)
        with keep.last_step():
            _finish(release, basis_hash=judged.basis_hash, at_work=bool(total), now=now)
    changes = OutcomeChange.objects.filter(entry__region=release.region_id, generation=generation)
    return changes.filter(basis_hash=judged.basis_hash).count()


def _lock(release: Release, *, at_work: bool) -> Release:
    """Lock the release for one step, and let it rest on no basis while it is at work. Refuses one in other hands."""
    locked = queries.lock_release_for_system(release.pk)
    unchanged = locked.state == release.state and locked.generation == release.generation
    if not unchanged:
        raise _TakenOver
    if release.state == ReleaseState.VALIDATED.value:
        if at_work and locked.basis_hash:
            raise _TakenOver
        Release.objects.filter(pk=release.pk).update(basis_hash="")
    return locked


def _store(chunk: Sequence[Outcome], *, release: Release, basis_hash: str, now: datetime) -> None:
    """Keep the differences of these people, and replace what changed of a release that is not out."""
    replaces = release.state == ReleaseState.VALIDATED.value
    entries = [outcome.entry_id for outcome in chunk]
    present = _stored(entries, generation=release.generation)
    before = present
    if replaces and release.generation > 1:  # a correction is compared with what is out, not with its own draft
        before = {**present, **_stored(entries, generation=release.generation - 1)}
    generation = release.generation + (not replaces)
    differences = [
        OutcomeChange(
            entry_id=outcome.entry_id,
            generation=generation,
            basis_hash=basis_hash,
            from_overall=found.from_overall,
            to_overall=found.to_overall,
            subjects=[list(one) for one in found.subjects],
            causes=[cause.value for cause in found.causes],
            noted_at=now,
        )
        for outcome in chunk
        if (found := difference_between(before.get(outcome.entry_id), _facts(outcome))) is not None
    ]
    OutcomeChange.objects.bulk_create(differences, ignore_conflicts=True)
    if replaces:
        changed = [outcome for outcome in chunk if present.get(outcome.entry_id) != _facts(outcome)]
        Outcome.objects.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=("entry", "generation"),
            update_fields=("overall", "subjects", "validity", "computed_at"),
        )


def _stored(entries: Sequence[UUID], *, generation: int) -> Mapping[UUID, Facts]:
    rows = Outcome.objects.filter(entry__in=entries, generation=generation)
    columns = rows.values_list("entry_id", "overall", "subjects", "validity")
    return {entry: (overall, subjects, validity) for entry, overall, subjects, validity in columns}


def _facts(outcome: Outcome) -> Facts:
    return outcome.overall, outcome.subjects, outcome.validity


def _finish(release: Release, *, basis_hash: str, at_work: bool, now: datetime) -> None:
    """Say on what the outcomes rest now; if that has moved meanwhile, the worker finds them stale and begins again."""
    locked = _lock(release, at_work=at_work)
    locked.differences_basis = basis_hash
    if release.state == ReleaseState.VALIDATED.value:
        locked.basis_hash = basis_hash
    locked.save(update_fields=("basis_hash", "differences_basis"))
    # How many changed is told on the desk alone: before the instant nothing outside these tables may depend on it.
    audit.record(locked, by=SYSTEM, event=RECOMPUTED, at=now, details={"generation": locked.generation})
