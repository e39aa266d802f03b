"""Two collectors at once tell nobody twice; the twin shows that without the constraint they do."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, local
from uuid import UUID

import pytest
from django.db import connection

from jinbang.messaging import actions, queries
from jinbang.messaging.models import Cursor, Message
from tests.application.world import World
from tests.cast import NOW, Cast
from tests.messaging.world import Recorder, entered
from tests.tiers import Measure, Tier

pytestmark = pytest.mark.django_db(transaction=True)

TOLD_ONCE = next(one for one in Message._meta.constraints if one.name == "messaging_told_once")


@pytest.fixture
def both_read_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two collectors see the same untold changes before either of them writes."""
    barrier, met, read = Barrier(2), local(), queries.changes_untold

    def read_together(position: UUID | None, *, is_first: bool, limit: int) -> list[queries.Happening]:
        found = read(position, is_first=is_first, limit=limit)
        if not getattr(met, "done", False):
            met.done = True
            barrier.wait(timeout=20)
        return found

    monkeypatch.setattr(queries, "changes_untold", read_together)


@pytest.fixture
def no_constraint() -> Iterator[None]:
    """Take the defence away for one test. SQLite makes the table anew from what the model says: it may not say it."""
    kept = Message._meta.constraints
    Message._meta.constraints = [one for one in kept if one is not TOLD_ONCE]
    with connection.schema_editor() as editor:
        editor.remove_constraint(Message, TOLD_ONCE)
    yield
    Message.objects.all().delete()
    Message._meta.constraints = kept
    with connection.schema_editor() as editor:
        editor.add_constraint(Message, TOLD_ONCE)


def collect_in_two_threads() -> None:
    def collect(_number: int) -> None:
        try:
            actions.collect_messages(NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(collect, range(2)))


@pytest.mark.usefixtures("both_read_first")
def test_two_collectors_that_see_the_same_change_tell_it_once(cast: Cast, world: World, tier: Tier) -> None:
    entered(world, cast.lin.bound)
    for _ in range(tier[Measure.RACE_ROUNDS]):
        Message.objects.all().delete()
        Cursor.objects.update(position=None)
        collect_in_two_threads()
        assert Message.objects.count() == 1


@pytest.mark.usefixtures("no_constraint", "both_read_first")
def test_without_the_constraint_they_tell_it_twice(cast: Cast, world: World) -> None:
    entered(world, cast.lin.bound)
    collect_in_two_threads()
    assert Message.objects.count() == 2


def test_two_senders_carry_each_message_once(cast: Cast, world: World) -> None:
    for person in (cast.lin.bound, cast.zhao.bound):
        entered(world, person)
    actions.collect_messages(NOW)
    sender, barrier = Recorder(), Barrier(4)

    def deliver(_number: int) -> None:
        try:
            barrier.wait(timeout=20)
            actions.deliver_messages(NOW, sender)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(deliver, range(4)))
    assert len(sender.carried) == 2
    assert len({outgoing.message_id for outgoing in sender.carried}) == 2
