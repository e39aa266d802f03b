"""Threads that act at one instant, round after round, each on a connection of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier
from types import TracebackType
from typing import Self, TypeVar

from django.db import connection

from jinbang.kernel.clock import frozen_at
from jinbang.kernel.errors import DomainError
from tests.cast import NOW

T = TypeVar("T")
PATIENCE_SECONDS = 120


class Contest:
    """So many contenders. They stay for all rounds, so that a round costs what is done in it and no new connection."""

    def __init__(self, contenders: int, *, now: datetime = NOW) -> None:
        """Let them wait, with the clock held at this instant."""
        self.contenders, self.now = contenders, now
        self._pool = ThreadPoolExecutor(contenders)

    def __enter__(self) -> Self:
        """Nothing is to be done: threads begin when there is something to do."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let each close its connection: a database that somebody is connected to is not taken down."""
        self.race([_close] * self.contenders)
        self._pool.shutdown()

    def race(self, acts: Sequence[Callable[[], T]]) -> list[T | DomainError]:
        """Let as many as there are acts start at one instant. Refusals come back as values; faults are raised."""
        assert len(acts) <= self.contenders
        barrier = Barrier(len(acts))

        def run(act: Callable[[], T]) -> T | DomainError:
            with frozen_at(self.now):
                barrier.wait(timeout=PATIENCE_SECONDS)
                try:
                    return act()
                except DomainError as refusal:
                    return refusal

        return list(self._pool.map(run, acts))


def _close() -> None:
    connection.close()  # looked up in the thread that runs this: each has its own


def together(*acts: Callable[[], T]) -> list[T | DomainError]:
    """Let everybody start at one instant, once."""
    with Contest(len(acts)) as contest:
        return contest.race(acts)
