"""Approving many cases at once: what was ticked, or all that match, in chunks of a few hundred.

What somebody decided, changed or took on the table meanwhile is left and told. A long list becomes a run with a cursor
that the worker carries on, so that a page shows how far it is and a killed process loses nothing.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Final, TypeVar
from uuid import UUID

from django.db import transaction

from jinbang.application import caseload, queries, reviewing
from jinbang.application.actions.decide import approval_of, seals_for
from jinbang.application.caseload import Filters
from jinbang.application.errors import ListChanged
from jinbang.application.models import Application, ApprovalRun, LineMark
from jinbang.application.reviewing import LineVerdict, Plan
from jinbang.application.states import ApplicationEvent, ApplicationState
from jinbang.audit import actions as audit
from jinbang.people.models import Account
from jinbang.people.queries import Staff, get_staff

IN_ONE_QUERY: Final = 500

T = TypeVar("T")


@dataclass(frozen=True)
class BulkApproval:
    """What became of the cases: approved, drawn for the second tier, or left.

    Those left were decided by another, have changed, lie on another's table, have a line that is not fine, or are
    one's own entries.
    """

    approved: tuple[UUID, ...]
    left: tuple[UUID, ...]
    sampled: tuple[UUID, ...] = ()


@dataclass
class _Chunk:
    """What became of one chunk."""

    approved: list[UUID] = field(default_factory=list)
    sampled: list[UUID] = field(default_factory=list)


# Step 7 of docs/cycles/application.md.
def approve_applications(
    ids: Collection[UUID], *, by: Staff, now: datetime, versions: Mapping[UUID, int] | None = None
) -> BulkApproval:
    """Approve many at once, five hundred in a transaction. What somebody else decided meanwhile is left and told.

    `versions` is what the preview showed: a case resubmitted since is left too. Six queries for each five hundred.
    """
    done = [_approve_chunk(chunk, by=by, now=now, versions=versions) for chunk in chunks(tuple(ids), IN_ONE_QUERY)]
    approved = tuple(one for chunk in done for one in chunk.approved)
    sampled = tuple(one for chunk in done for one in chunk.sampled)
    dealt_with = {*approved, *sampled}
    return BulkApproval(approved, tuple(one for one in ids if one not in dealt_with), sampled)


@transaction.atomic
def _approve_chunk(ids: Sequence[UUID], *, by: Staff, now: datetime, versions: Mapping[UUID, int] | None) -> _Chunk:
    waiting = queries.applications_awaiting_review(by).filter(pk__in=ids).exclude(entered_by_id=by.account_id)
    free = waiting.filter(caseload.free_for(by, now)).select_related(None).select_related("region__authority")
    locked = list(free.select_for_update(of=("self",)))  # no programme for each of hundreds
    doubted = set(
        LineMark.objects.filter(application__in=locked).exclude(verdict=LineVerdict.FINE.value)
        .values_list("application_id", "version")
    )  # fmt: skip
    plans: dict[UUID, Plan] = {}
    chosen: dict[ApplicationEvent, list[Application]] = {ApplicationEvent.APPROVE: [], ApplicationEvent.SAMPLE: []}
    for case in locked:
        if (case.pk, case.version) not in doubted and _is_as_seen(case, versions):
            if case.region_id not in plans:
                plans[case.region_id] = caseload.plan_of(case.region_id)
            chosen[approval_of(case, by=by, plan=plans[case.region_id])].append(case)
    for event, cases in chosen.items():
        _write(cases, event, by=by, now=now)
    return _Chunk(*([case.pk for case in cases] for cases in chosen.values()))


def _write(cases: Sequence[Application], event: ApplicationEvent, *, by: Staff, now: datetime) -> None:
    if not cases:
        return
    for case in cases:
        case.move(event)
    Application.objects.filter(pk__in=[case.pk for case in cases], state=ApplicationState.SUBMITTED.value).update(
        state=cases[0].state, decided_at=now, reason="", claimed_by_id=None, claimed_until=None
    )
    seals = seals_for(cases, event)
    audit.record_many(cases, by=by, event=event, at=now, from_state=ApplicationState.SUBMITTED, details_of=seals)


def _is_as_seen(case: Application, versions: Mapping[UUID, int] | None) -> bool:
    return versions is None or versions.get(case.pk) == case.version


# ---------------------------------------------------------------- all that match, as a run that can be carried on


# Step 7 of docs/cycles/application.md.
@transaction.atomic
def start_approval_run(*, filters: Filters, list_sha256: str, by: Staff, now: datetime) -> ApprovalRun:
    """Begin to approve all that match. Refuses when that is no longer the list that was shown, by its hash."""
    cases = caseload.approvable(filters, by=by, now=now)
    if not cases or reviewing.list_hash(cases) != list_sha256:
        raise ListChanged
    return ApprovalRun.objects.create(
        account_id=by.account_id,
        list_sha256=list_sha256,
        cases=[[str(case), version] for case, version in cases],
        started_at=now,
    )


@transaction.atomic
def carry_on_run(*, run_id: UUID, now: datetime) -> ApprovalRun:
    """Deal with the next five hundred of a run, as whoever started it and within their scope of today.

    The row is locked: the worker and the page may both carry on, and no case is counted twice.
    """
    run = ApprovalRun.objects.select_for_update().get(pk=run_id)
    if run.finished_at is not None:
        return run
    by = get_staff(Account.objects.get(pk=run.account_id))
    versions = {UUID(case): version for case, version in run.cases[run.done : run.done + IN_ONE_QUERY]}
    became = approve_applications(tuple(versions), by=by, now=now, versions=versions)
    run.done += len(versions)
    run.approved += len(became.approved)
    run.sampled += len(became.sampled)
    run.left = [*run.left, *(str(one) for one in became.left)]
    run.finished_at = now if run.done >= len(run.cases) else None
    run.save()
    return run


def carry_on_runs(*, now: datetime) -> int:
    """Carry on every unfinished run by one chunk; the worker calls this every few seconds. Returns how many."""
    runs = caseload.runs_to_go_on()
    for run_id in runs:
        carry_on_run(run_id=run_id, now=now)
    return len(runs)


def chunks(rows: Sequence[T], size: int) -> Iterator[list[T]]:
    """Yield the rows in lists of at most this size."""
    remaining = iter(rows)
    while chunk := list(islice(remaining, size)):
        yield chunk
