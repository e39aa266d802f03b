"""Reading what happened: one object's history, and everything after a cursor for those who come looking."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import models

from jinbang.audit.models import StateChange

_RANDOM_BITS: Final = 80
_NOTHING: Final = UUID(int=0)


def history_of(subject: models.Model) -> models.QuerySet[StateChange]:
    """Return what happened to one object, oldest first. One query."""
    return changes_of(subject._meta.label_lower, subject.pk)  # noqa: SLF001  # `_meta` is Django's documented door to a model's names


def changes_of(subject_kind: str, subject_id: UUID) -> models.QuerySet[StateChange]:
    """Return what happened to one object known by its kind ("application.application") and id, oldest first."""
    return StateChange.objects.filter(subject_kind=subject_kind, subject_id=subject_id).order_by("id")


def changes_after(cursor: UUID | None, *, overlap: timedelta) -> models.QuerySet[StateChange]:
    """Return what was written after the row of this id, and once more what was written up to `overlap` before it.

    Ids are given out before their transaction commits, so a row may become visible after one with a later id. Whoever
    reads by cursor therefore looks back over the longest transaction and leaves out what it has already dealt with.
    """
    return StateChange.objects.filter(id__gt=_moved_back(cursor, overlap)).order_by("id")


def _moved_back(cursor: UUID | None, overlap: timedelta) -> UUID:
    """Return the smallest UUIDv7 of the instant that lies `overlap` before the cursor's."""
    if cursor is None:
        return _NOTHING
    milliseconds = (cursor.int >> _RANDOM_BITS) - overlap // timedelta(milliseconds=1)
    return UUID(int=max(milliseconds, 0) << _RANDOM_BITS)
