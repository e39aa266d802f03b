"""What looking for news costs the database depends on what is new, and not on how much has ever happened."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from jinbang.audit.models import StateChange
from jinbang.kernel.actors import ActorKind
from jinbang.kernel.ids import new_id
from jinbang.messaging import actions
from jinbang.messaging.models import Cursor, Message
from jinbang.messaging.texts import APPLICATION
from tests.cast import NOW
from tests.effort import effort

pytestmark = pytest.mark.django_db

LAST_YEAR = datetime(2025, 3, 10, tzinfo=UTC)
RANDOM_BITS = 80
DEEPER = 10
"""Hundreds of instructions: an index of more rows has more levels. Five thousand rows, read, are seven thousand."""


def happened(count: int, *, event: str, at: datetime | None = None) -> None:
    """Write so many changes of applications that nobody has; `at` is when they were named, not what they say."""
    StateChange.objects.bulk_create(
        StateChange(
            id=new_id() if at is None else named_at(at),
            at=NOW,
            actor_kind=ActorKind.SYSTEM.value,
            subject_kind=APPLICATION,
            subject_id=new_id(),
            event=event,
        )
        for _ in range(count)
    )


def named_at(at: datetime) -> UUID:
    """Return an identifier as it would have been given out then."""
    return UUID(int=(int(at.timestamp() * 1_000) << RANDOM_BITS) + new_id().int % (1 << RANDOM_BITS))


def look(_given: None) -> None:
    actions.collect_messages(NOW)


def test_whatever_has_happened_before_looking_again_costs_the_same() -> None:
    happened(50, event="submit", at=LAST_YEAR)
    happened(10, event="submit")
    look(None)
    before = effort(look, None)
    happened(5_000, event="submit", at=LAST_YEAR)
    assert effort(look, None) <= before + DEEPER


def test_what_concerns_nobody_is_looked_at_once() -> None:
    look(None)
    happened(3, event="fill")
    look(None)
    assert Cursor.objects.get().position == StateChange.objects.latest("id").pk
    assert not Message.objects.exists()
