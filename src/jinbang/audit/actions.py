"""Writing down that something happened. Called inside the transaction of the change itself, and by nothing else.

There is no action that alters or removes a row: what was written stays.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import models

from jinbang.audit.models import StateChange
from jinbang.kernel.actors import Actor
from jinbang.kernel.digests import Json

_ROWS_AT_ONCE: Final = 1_000


def record(
    subject: models.Model,
    *,
    by: Actor,
    event: str,
    at: datetime,
    from_state: str = "",
    reason: str = "",
    details: Mapping[str, Json] | None = None,
) -> StateChange:
    """Record one event of one object that has already been moved: its present `state` is where the event led.

    One query. `reason` and `details` must hold no personal data: the commitment to the row outlives an erasure.
    """
    change = _change(subject, by=by, event=event, at=at)
    change.from_state, change.reason, change.details = str(from_state), reason, dict(details or {})
    change.save(force_insert=True)
    return change


def record_many(
    subjects: Iterable[models.Model],
    *,
    by: Actor,
    event: str,
    at: datetime,
    from_state: str = "",
    reason: str = "",
    details: Mapping[str, Json] | None = None,
    details_of: Mapping[UUID, Mapping[str, Json]] | None = None,
) -> list[StateChange]:
    """Record the same event of many objects; one query for each thousand (SQLite: each ninety).

    `details` are the same for all; `details_of` holds those of one object, by its id, beside them.
    """
    changes = [_change(subject, by=by, event=event, at=at) for subject in subjects]
    own = details_of or {}
    for change in changes:
        change.from_state, change.reason = str(from_state), reason
        change.details = {**(details or {}), **own.get(change.subject_id, {})}
    return StateChange.objects.bulk_create(changes, batch_size=_ROWS_AT_ONCE)


def _change(subject: models.Model, *, by: Actor, event: str, at: datetime) -> StateChange:
    return StateChange(
        at=at,
        actor_kind=by.actor_kind.value,
        actor_id=by.actor_id,
        actor_name=by.actor_name,
        subject_kind=subject._meta.label_lower,  # noqa: SLF001  # `_meta` is Django's documented door to a model's names
        subject_id=subject.pk,
        event=str(event),
        to_state=str(getattr(subject, "state", "")),
    )
