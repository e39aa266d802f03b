"""One file of marks: what is wrong with it, who it waits for, and once it counts, what it counts."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise

from jinbang.audit.queries import history_of
from jinbang.people.queries import Staff
from jinbang.people.states import Role
from jinbang.results import labels, queries
from jinbang.results.marks_file import MarksFile
from jinbang.results.models import MarkBatch
from jinbang.results.screens.common import HistoryRow, history_rows, in_groups
from jinbang.results.states import BatchState, ReleaseState
from jinbang.sittings.models import ExamRegion


@dataclass(frozen=True)
class FaultRow:
    """One fault of a file, in words. `line` 0 is the file as a whole."""

    line: int
    column: str
    value: str
    sentence: Promise


@dataclass(frozen=True)
class BatchScreen:
    """One file of marks: a second person sees the form, and nobody the counted totals, while it is staged."""

    batch: MarkBatch
    state: Promise
    colour: str
    turn: Promise
    is_waiting: bool
    may_verify: bool
    is_own: bool
    may_discard: bool
    sha256: str
    totals: tuple[tuple[str | Promise, str], ...]
    history: tuple[HistoryRow, ...]


def fault_rows(read: MarksFile, *, region: ExamRegion) -> list[FaultRow]:
    """Return the faults of a file in words; of a very faulty file the first two hundred."""
    names = queries.subject_names(region)
    return [
        FaultRow(fault.line, names.get(fault.column, fault.column), fault.value, labels.FAULTS[fault.kind])
        for fault in read.faults
    ]


def batch_screen(batch: MarkBatch, *, by: Staff) -> BatchScreen:
    """Gather one file's page. While it waits for its second person, the totals are not shown to anybody."""
    state = BatchState(batch.state)
    is_waiting = state is BatchState.STAGED
    path = batch.region.authority.path
    is_own = by.account_id in queries.stagers_of(batch)
    release = queries.find_release(batch.region)
    takes_marks = release is None or ReleaseState(release.state).takes_marks
    is_verifier = by.holds(Role.MARKS_VERIFIER, path)
    return BatchScreen(
        batch=batch,
        state=labels.BATCH_STATES[state],
        colour=labels.BATCH_COLOURS[state],
        turn=labels.TURNS[state.whose_turn],
        is_waiting=is_waiting,
        may_verify=is_waiting and is_verifier and not is_own and takes_marks,
        is_own=is_waiting and is_verifier and is_own,
        may_discard=not state.is_final and takes_marks and by.holds(Role.MARKS_CLERK, path),
        sha256="" if is_waiting else in_groups(batch.sha256),
        totals=() if is_waiting else tuple(_total_rows(batch, queries.subject_names(batch.region))),
        history=history_rows(history_of(batch), labels.BATCH_EVENTS),
    )


def _total_rows(batch: MarkBatch, names: dict[str, str]) -> Iterator[tuple[str | Promise, str]]:
    for name, label in labels.TOTALS.items():
        if name in batch.manifest:
            yield label, str(batch.manifest[name])
    for name in labels.sums_of(names):
        if name in batch.manifest:
            yield labels.sum_label(name, names), labels.format_mark(batch.manifest[name])
