"""The initial eligibility review (资格审核): approve, return or refuse what was submitted, one by one or many at once.

Two reviewers may hold the same page. The decision is one compare-and-set over state and version: the first counts, the
second is told what the first decided and changes nothing.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final, TypeVar
from uuid import UUID

from django.db import transaction

from jinbang.application import labels, photo_versions, queries, rules
from jinbang.application.actions.leave import free_places_of
from jinbang.application.errors import AlreadyDecided
from jinbang.application.models import Application
from jinbang.application.states import ApplicationEvent, ApplicationState
from jinbang.audit import actions as audit
from jinbang.people.queries import Staff

IN_ONE_QUERY: Final = 500

T = TypeVar("T")


@dataclass(frozen=True)
class BulkApproval:
    """What became of the selected cases; those left were decided by another, have changed, or are one's own entries."""

    approved: tuple[UUID, ...]
    left: tuple[UUID, ...]


# Step 7 of docs/cycles/application.md.
@transaction.atomic
def approve_application(*, application_id: UUID, version: int, by: Staff, now: datetime) -> Application:
    """Approve this version of a submitted application. Refuses whoever entered it, and whoever comes second."""
    return _decide(application_id, ApplicationEvent.APPROVE, version=version, by=by, now=now)


# Step 7 of docs/cycles/application.md.
@transaction.atomic
def return_application(*, application_id: UUID, version: int, reason: str, by: Staff, now: datetime) -> Application:
    """Return it to the candidate to be corrected. The reason is what the candidate reads, so it must say something."""
    reason = rules.require_reason(reason)
    return _decide(application_id, ApplicationEvent.RETURN, version=version, by=by, now=now, reason=reason)


# Step 7 of docs/cycles/application.md.
@transaction.atomic
def refuse_application(*, application_id: UUID, version: int, reason: str, by: Staff, now: datetime) -> Application:
    """Refuse for good: this person cannot sit this examination. Frees the place. The reason is shown to them."""
    reason = rules.require_reason(reason)
    application = _decide(application_id, ApplicationEvent.REFUSE, version=version, by=by, now=now, reason=reason)
    free_places_of((application,))
    return application


def _decide(
    application_id: UUID, event: ApplicationEvent, *, version: int, by: Staff, now: datetime, reason: str = ""
) -> Application:
    application = queries.get_case(application_id, by=by)
    rules.require_independent_reviewer(entered_by_id=application.entered_by_id, reviewer_id=by.account_id)
    seen = ApplicationState(application.state)
    if seen is not ApplicationState.SUBMITTED or application.version != version:
        raise _already_decided(application)
    application.move(event)
    application.decided_at, application.reason = now, reason
    if not _win(application, seen=seen):
        raise _already_decided(queries.get_case(application_id, by=by))
    sealed = photo_versions.seals_of((application,)) if event is ApplicationEvent.APPROVE else {}
    details = sealed.get(application.pk)
    audit.record(application, by=by, event=event, at=now, from_state=seen, reason=reason, details=details)
    return application


def _win(application: Application, *, seen: ApplicationState) -> bool:
    """Write the decision only if the row is still what the reviewer saw; this is the whole defence against two."""
    unchanged = Application.objects.filter(pk=application.pk, state=seen.value, version=application.version)
    written = unchanged.update(state=application.state, decided_at=application.decided_at, reason=application.reason)
    return written == 1


def _already_decided(application: Application) -> AlreadyDecided:
    decision = queries.last_decision(application)
    return AlreadyDecided(
        state=ApplicationState(application.state),
        decided_by=labels.actor_label(decision.actor_kind, name=decision.actor_name) if decision else "",
        decided_at=decision.at if decision else None,
        reason=application.reason,
    )


# Step 7 of docs/cycles/application.md.
def approve_applications(
    ids: Collection[UUID], *, by: Staff, now: datetime, versions: Mapping[UUID, int] | None = None
) -> BulkApproval:
    """Approve many at once, five hundred in a transaction. What somebody else decided meanwhile is left and told.

    `versions` is what the preview showed: a case resubmitted since is left too. Four queries for each five hundred.
    """
    approved: list[UUID] = []
    for chunk in chunks(tuple(ids), IN_ONE_QUERY):
        approved += _approve_chunk(chunk, by=by, now=now, versions=versions)
    done = set(approved)
    return BulkApproval(tuple(approved), tuple(one for one in ids if one not in done))


@transaction.atomic
def _approve_chunk(ids: Sequence[UUID], *, by: Staff, now: datetime, versions: Mapping[UUID, int] | None) -> list[UUID]:
    waiting = queries.applications_awaiting_review(by).filter(pk__in=ids).exclude(entered_by_id=by.account_id)
    locked = waiting.select_related(None).select_for_update(of=("self",))  # no programme for each of hundreds
    cases = [case for case in locked if _is_as_seen(case, versions)]
    Application.objects.filter(pk__in=[case.pk for case in cases], state=ApplicationState.SUBMITTED.value).update(
        state=ApplicationState.APPROVED.value, decided_at=now, reason=""
    )
    for case in cases:
        case.move(ApplicationEvent.APPROVE)
    seals = photo_versions.seals_of(cases)
    audit.record_many(
        cases, by=by, event=ApplicationEvent.APPROVE, at=now, from_state=ApplicationState.SUBMITTED, details_of=seals
    )
    return [case.pk for case in cases]


def _is_as_seen(case: Application, versions: Mapping[UUID, int] | None) -> bool:
    return versions is None or versions.get(case.pk) == case.version


def chunks(rows: Sequence[T], size: int) -> Iterator[list[T]]:
    """Yield the rows in lists of at most this size."""
    remaining = iter(rows)
    while chunk := list(islice(remaining, size)):
        yield chunk
