"""Reading what happened: one object's history, everything after a cursor for those who come looking, and long work."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import models

from jinbang.audit.errors import WorkNotFound
from jinbang.audit.models import LongWork, StateChange
from jinbang.kernel.actors import Actor

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


def latest_work_on(subject: models.Model, *, task: str = "") -> LongWork | None:
    """Return the last long work, of any task or of this one, on an object that is already held. One query."""
    kind = subject._meta.label_lower  # noqa: SLF001  # `_meta` is Django's documented door to a model's names
    work = LongWork.objects.filter(subject_kind=kind, subject_id=subject.pk)
    return (work.filter(task=task) if task else work).order_by("-id").first()


def work_asked_by(by: Actor) -> models.QuerySet[LongWork]:
    """Return the long work that this actor has asked for, newest first. One query."""
    return LongWork.objects.filter(actor_kind=by.actor_kind.value, actor_id=by.actor_id).order_by("-id")


def get_work(work_id: UUID, *, by: Actor) -> LongWork:
    """Return long work to whoever asked for it. Another's does not exist for them. One query."""
    work = work_asked_by(by).filter(pk=work_id).first()
    if work is None:
        raise WorkNotFound
    return work
