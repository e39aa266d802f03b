"""Doing one thing to many pieces, here or by several processes at once: who asks need not know which.

A piece goes to a process pickled, and what came of it comes back in the order of the pieces.
"""

import gc
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Protocol, TypeVar

from jinbang.kernel.parents import end_with_parent

Piece = TypeVar("Piece")
Made = TypeVar("Made")


class Spread(Protocol):
    """`map`, whoever does it."""

    def __call__(self, act: Callable[[Piece], Made], pieces: Iterable[Piece], /) -> Iterator[Made]:
        """Yield what comes of each piece, in their order."""


def here(act: Callable[[Piece], Made], pieces: Iterable[Piece], /) -> Iterator[Made]:
    """Do it in this process, one after the other."""
    return map(act, pieces)


@contextmanager
def over_processes(count: int, *, begin: Callable[[], object] | None = None) -> Iterator[Spread]:
    """Give so many fresh processes for a while, in each of which `begin` is called first; with one, do it here.

    What has not been begun when the while ends is not done any more.
    """
    if count < 2:  # noqa: PLR2004  # several
        yield here
        return
    pool = ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_begin, initargs=(begin,))
    try:
        yield pool.map
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(begin: Callable[[], object] | None) -> None:
    """Begin such a process: it may be given keys, and waits for pieces for ever once nobody brings any.

    What is there by now stays, so nobody need look through it for garbage again and again: a sixth of the time.
    """
    end_with_parent()
    if begin is not None:
        begin()
    gc.freeze()
