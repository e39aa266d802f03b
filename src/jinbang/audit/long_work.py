"""Long work: an action asks for it, the worker does it in steps, whoever asked watches it, and `kill -9` harms nothing.

An action calls `enqueue` in its own transaction, naming a task by its dotted name. The worker calls `take`, which has
the work on a lease, and `run`, which hands the task that `Holding`. The task calls an action, and the action writes in
steps: `with keep.step(...)` is one short transaction that first makes sure the work is still held here, and stores the
cursor beside the effect. So a step has happened with its cursor or not at all; a worker that was killed is followed
by another one from the last cursor; and one that only slept too long finds its work taken over and writes nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Final, Protocol, cast
from uuid import UUID

import structlog
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils.module_loading import import_string

from jinbang.audit import actions, rules
from jinbang.audit.errors import WorkTakenOver, WorkUnderWay
from jinbang.audit.models import LongWork
from jinbang.audit.refusals import kept_fields
from jinbang.audit.states import WorkEvent, WorkState
from jinbang.kernel import clock
from jinbang.kernel.actors import SYSTEM, Actor
from jinbang.kernel.digests import Json
from jinbang.kernel.errors import DomainError
from jinbang.kernel.ids import new_id

log = structlog.get_logger(__name__)

_LOOKED_AT: Final = 20


class Steps(Protocol):
    """What an action that may be long is given to write through."""

    @property
    def cursor(self) -> Mapping[str, Json]:
        """Where an earlier attempt stopped; empty at the beginning."""

    def renew(self) -> None:
        """Say that the computing between two steps goes on."""

    def step(self, *, cursor: Mapping[str, Json], done: int, total: int) -> AbstractContextManager[None]:
        """Open the transaction of one step, which ends by storing this cursor."""

    def last_step(self) -> AbstractContextManager[None]:
        """Open the transaction of the last step: with it the work is done."""


class AtOnce:
    """The steps of work that is done where it is called: a rehearsal, a test."""

    cursor: Mapping[str, Json] = {}

    def __init__(self, told: Callable[[int], object] = bool) -> None:
        """Tell somebody after each step how much is done; by default nobody."""
        self._told = told

    def renew(self) -> None:
        """Nobody has to be told."""

    @contextmanager
    def step(self, *, cursor: Mapping[str, Json], done: int, total: int) -> Iterator[None]:  # noqa: ARG002  # the protocol's
        """Open a transaction."""
        with transaction.atomic():
            yield
        self._told(done)

    @contextmanager
    def last_step(self) -> Iterator[None]:
        """Open a transaction."""
        with transaction.atomic():
            yield


AT_ONCE: Final = AtOnce()


class Holding:
    """A piece of long work in the hands of one worker."""

    def __init__(self, work: LongWork) -> None:
        """Hold what has just been taken."""
        self._work = work

    @property
    def id(self) -> UUID:
        """The work's id."""
        return self._work.pk

    @property
    def task(self) -> str:
        """The dotted name of its task."""
        return self._work.task

    @property
    def arguments(self) -> Mapping[str, Json]:
        """What was asked for, in plain values."""
        return cast("dict[str, Json]", self._work.arguments)

    @property
    def asker(self) -> tuple[str, UUID | None]:
        """Kind and account of whoever asked; `people.acting` makes an actor of them."""
        return self._work.actor_kind, self._work.actor_id

    @property
    def cursor(self) -> Mapping[str, Json]:
        """Where an earlier attempt stopped; empty at the beginning."""
        return cast("dict[str, Json]", self._work.cursor)

    @property
    def is_ended(self) -> bool:
        """Whether the last step has been done."""
        return WorkState(self._work.state).is_final

    # Step 3 of docs/cycles/long-work.md.
    def renew(self) -> None:
        """Begin the lease anew. Refuses, with `WorkTakenOver`, when another worker has the work."""
        if not self._mine().update(leased_until=clock.now() + rules.LEASE):
            raise WorkTakenOver

    # Step 3 of docs/cycles/long-work.md.
    @contextmanager
    def step(self, *, cursor: Mapping[str, Json], done: int, total: int) -> Iterator[None]:
        """Run one step in one transaction, and store where the next one begins. Two queries beside the step's own."""
        with transaction.atomic():
            self._require_held()
            yield
            kept = {"cursor": dict(cursor), "done": done, "total": total, "attempts": 0}
            self._mine().update(leased_until=clock.now() + rules.LEASE, **kept)
        for name, value in kept.items():
            setattr(self._work, name, value)

    # Step 5 of docs/cycles/long-work.md.
    @contextmanager
    def last_step(self) -> Iterator[None]:
        """Run the last step; in its transaction the work is done. Three queries beside the step's own."""
        with transaction.atomic():
            self._require_held()
            yield
            self._end(WorkEvent.FINISH, by=SYSTEM, done=self._work.total)

    # Step 5 of docs/cycles/long-work.md.
    def refuse(self, refusal: DomainError) -> None:
        """End the work because an action said no, and keep what it said for whoever asked."""
        fields = kept_fields(refusal)
        with transaction.atomic():
            self._require_held()
            self._end(WorkEvent.REFUSE, by=SYSTEM, refusal_code=refusal.code, refusal_fields=fields)

    # Step 5 of docs/cycles/long-work.md.
    def give_up(self) -> None:
        """End work that only ever breaks."""
        with transaction.atomic():
            self._require_held()
            self._end(WorkEvent.GIVE_UP, by=SYSTEM)

    def _mine(self) -> models.QuerySet[LongWork]:
        return LongWork.objects.filter(pk=self._work.pk, state=WorkState.RUNNING.value, holder=self._work.holder)

    def _require_held(self) -> None:
        """Lock the row: nobody can take it over while this step is written."""
        if not self._mine().select_for_update().exists():
            raise WorkTakenOver

    def _end(self, event: WorkEvent, *, by: Actor, **changes: object) -> None:
        now = clock.now()
        before = self._work.state
        self._work.move(event)
        for name, value in {**changes, "ended_at": now, "holder": None, "leased_until": None}.items():
            setattr(self._work, name, value)
        self._work.save(update_fields=("state", "ended_at", "holder", "leased_until", *changes))
        actions.record(self._work, by=by, event=event, at=now, from_state=before, reason=self._work.refusal_code)


Task = Callable[[Holding], None]


# Step 1 of docs/cycles/long-work.md.
@transaction.atomic
def enqueue(
    task: str, *, subject: models.Model, arguments: Mapping[str, Json], total: int, by: Actor, now: datetime
) -> LongWork:
    """Ask for long work on an object, in the transaction of the action that asks. Two queries.

    Refuses, with `WorkUnderWay`, what has been asked for already and has not ended: the database decides between two
    clicks. The task is checked when it is run: with the rights that the asker has then.
    """
    work = LongWork(
        task=rules.require_task_name(task),
        subject_kind=subject._meta.label_lower,  # noqa: SLF001  # `_meta` is Django's documented door to a model's names
        subject_id=subject.pk,
        arguments=dict(arguments),
        actor_kind=by.actor_kind.value,
        actor_id=by.actor_id,
        actor_name=by.actor_name,
        asked_at=now,
        total=total,
    )
    try:
        with transaction.atomic():
            work.save(force_insert=True)
    except IntegrityError as error:
        raise WorkUnderWay from error
    actions.record(work, by=by, event="ask", at=now, details={"task": task})
    return work


def task_named(name: str) -> Task:
    """Return the function of a task. Refuses a name that is none of ours."""
    return cast("Task", import_string(rules.require_task_name(name)))


def run_next() -> bool:
    """Take one piece of work and run it to its end, here and now. Whether there was one."""
    holding = take()
    if holding is not None:
        run(holding)
    return holding is not None


# Step 3 of docs/cycles/long-work.md.
def run(holding: Holding) -> None:
    """Run work that was taken, to its end. A refusal ends it and is kept for whoever asked.

    A fault goes through, and leaves the work to its lease, after which it is tried again: the worker runs each piece
    where a fault ends that piece alone (`portal.serving`).
    """
    try:
        task_named(holding.task)(holding)
        if not holding.is_ended:
            with holding.last_step():
                pass
    except WorkTakenOver:
        log.warning("long_work_taken_over", work=str(holding.id), task=holding.task)
    except DomainError as refusal:
        log.info("long_work_refused", work=str(holding.id), task=holding.task, code=refusal.code)
        holding.refuse(refusal)


# Step 2 of docs/cycles/long-work.md.
# Step 4 of docs/cycles/long-work.md.
def take(*, task: str = "") -> Holding | None:
    """Take the oldest work that waits, or whose worker has died. What broke three times without getting on is given up.

    Of several workers one has it: a compare-and-set decides. Whoever names a task takes no other work: what must not
    wait behind somebody's draw is done by those who come looking for it.
    """
    now = clock.now()
    lapsed = Q(state=WorkState.RUNNING.value, leased_until__lte=now)
    open_work = LongWork.objects.filter(Q(state=WorkState.WAITING.value) | lapsed)
    for work in (open_work.filter(task=task) if task else open_work).order_by("id")[:_LOOKED_AT]:
        attempts = work.attempts
        if not _claim(work, now=now):
            continue
        holding = Holding(work)
        if not rules.is_to_be_given_up(attempts):
            return holding
        holding.give_up()
    return None


@transaction.atomic
def _claim(work: LongWork, *, now: datetime) -> bool:
    """Take this work if it is still as it was read: of several workers one does."""
    event = rules.event_of_taking(state=WorkState(work.state), leased_until=work.leased_until, now=now)
    if event is None:
        return False
    unchanged = LongWork.objects.filter(
        pk=work.pk, state=work.state, holder=work.holder, leased_until=work.leased_until
    )
    before = work.state
    work.move(event)
    work.holder, work.leased_until = new_id(), now + rules.LEASE
    taken = unchanged.update(
        state=work.state, holder=work.holder, leased_until=work.leased_until, attempts=F("attempts") + 1
    )
    if taken:
        actions.record(work, by=SYSTEM, event=event, at=now, from_state=before)
    return taken == 1
