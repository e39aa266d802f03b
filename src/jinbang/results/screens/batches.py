"""One batch of marks: who it waits for, and once it counts, what it counts."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise

from jinbang.audit.queries import history_of
from jinbang.people.queries import Staff
from jinbang.people.states import Role
from jinbang.results import labels, queries
from jinbang.results.file_subjects import names_of_sums
from jinbang.results.models import MarkBatch, MarkSheet
from jinbang.results.screens.common import HistoryRow, history_rows, in_groups
from jinbang.results.states import BatchState, MarkSource, ReleaseState
from jinbang.sittings.models import ExamRegion


@dataclass(frozen=True)
class BatchScreen:
    """One file of marks: a second person sees the form, and nobody the counted totals, while it is staged."""

    batch: MarkBatch
    state: Promise
    colour: str
    turn: Promise
    is_waiting: bool
    sheet: MarkSheet | None
    encoding: str
    may_verify: bool
    is_own: bool
    may_discard: bool
    sha256: str
    totals: tuple[tuple[str | Promise, str], ...]
    history: tuple[HistoryRow, ...]


def batch_screen(batch: MarkBatch, *, by: Staff) -> BatchScreen:
    """Gather one file's page. While it waits for its second person, the totals are not shown to anybody."""
    state = BatchState(batch.state)
    is_waiting = state is BatchState.STAGED
    path = batch.region.authority.path
    is_own = by.account_id in queries.stagers_of(batch)
    release = queries.find_release(batch.region)
    takes_marks = release is None or ReleaseState(release.state).takes_marks
    is_file = batch.source == MarkSource.FILE.value
    is_verifier = is_file and by.holds(Role.MARKS_VERIFIER, path)
    return BatchScreen(
        batch=batch,
        state=labels.BATCH_STATES[state] if is_file or not is_waiting else labels.BEING_KEYED,
        colour=labels.BATCH_COLOURS[state],
        turn=labels.TURNS[state.whose_turn],
        is_waiting=is_waiting,
        sheet=None if is_file else batch.sheet,
        encoding=str(labels.ENCODINGS.get(batch.encoding, "")),
        may_verify=is_waiting and is_verifier and not is_own and takes_marks,
        is_own=is_waiting and is_verifier and is_own,
        may_discard=not state.is_final and takes_marks and by.holds(Role.MARKS_CLERK, path),
        sha256=in_groups(batch.sha256) if is_file and not is_waiting else "",
        totals=() if is_waiting else tuple(_total_rows(batch, sum_names(batch.region))),
        history=history_rows(history_of(batch), labels.BATCH_EVENTS),
    )


def sum_names(region: ExamRegion) -> dict[str, str]:
    """Return level/subject → name of whatever a manifest of this region may have a sum of."""
    return names_of_sums(queries.programme_of(region))


def _total_rows(batch: MarkBatch, names: dict[str, str]) -> Iterator[tuple[str | Promise, str]]:
    for name, label in labels.TOTALS.items():
        if name in batch.manifest:
            yield label, str(batch.manifest[name])
    for name in labels.sums_of(names):
        if name in batch.manifest:
            yield labels.sum_label(name, names), labels.format_mark(batch.manifest[name])
