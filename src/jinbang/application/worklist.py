"""Many cases as lists: the rows of the queue with clock and holder, what waits at each step, what is approved together.

Reads only, within the scope of whoever reads.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from jinbang.application import caseload, dossier, labels, queries
from jinbang.application.casefile import Holder
from jinbang.application.models import Application, ApprovalRun
from jinbang.application.reviewing import list_hash
from jinbang.application.states import ApplicationState
from jinbang.people.queries import Staff

_IN_ONE_QUERY: Final = 500
_LEFT_SHOWN: Final = 100


@dataclass(frozen=True)
class QueueRow:
    """One line of the queue: the case with its clock, whose turn it is, and who has it on the table."""

    line: dossier.QueueLine
    step: str
    holder: Holder | None


def queue_rows(
    cases: Iterable[Application], *, holders: Mapping[UUID, str], by: Staff, now: datetime
) -> tuple[QueueRow, ...]:
    """Return the rows of the queue. One query, for the calendar of working days."""
    rows = []
    for line in dossier.queue_lines(cases, now=now):
        claim = caseload.claim_of(line.application)
        holder = None
        if claim.is_live(now) and claim.by is not None:
            holder = Holder(holders.get(claim.by, ""), claim.until, is_mine=claim.by == by.account_id)
        step = str(labels.STEPS_OF_REVIEW[ApplicationState(line.application.state)])
        rows.append(QueueRow(line, step, holder))
    return tuple(rows)


def queue_counts(by: Staff, *, now: datetime) -> tuple[tuple[str, str, int], ...]:
    """Return what waits at each step: its name, the filter that shows it, how many. What is overdue stands first."""
    counts = caseload.counts_of(caseload.cases_on_desk(by), now=now)
    steps = [(str(text), f"state={state.value}", counts[state.value]) for state, text in labels.STEPS_OF_REVIEW.items()]
    return ((_("已超期"), "overdue=on", counts["overdue"]), *steps)


@dataclass(frozen=True)
class ListToApprove:
    """Every case that would be approved together, and the hash that binds the confirmation to this very list."""

    lines: tuple[dossier.QueueLine, ...]
    sha256: str


def list_to_approve(filters: caseload.Filters, *, by: Staff, now: datetime) -> ListToApprove:
    """Return the whole list for reading before it is confirmed. Three queries for each five hundred."""
    cases = caseload.approvable(filters, by=by, now=now)
    rows: list[Application] = []
    for start in range(0, len(cases), _IN_ONE_QUERY):
        rows += queries.cases_selected([case for case, _version in cases[start : start + _IN_ONE_QUERY]], by=by)
    return ListToApprove(dossier.queue_lines(rows, now=now), list_hash(cases))


def cases_left(run: ApprovalRun, *, by: Staff) -> tuple[Application, ...]:
    """Return the first hundred of the cases that a run has left, for looking at one by one. One query."""
    ids = [UUID(one) for one in run.left[:_LEFT_SHOWN]]
    return tuple(queries.applications_in_scope(by).filter(pk__in=ids).order_by("review_due_at", "id"))


def is_id(typed: str) -> bool:
    """Whether what stands in an address has the shape of an id."""
    try:
        UUID(typed)
    except ValueError:
        return False
    return True
