"""How a row is measured: both sides alternately, several times, and the ratio of the medians."""

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

ROUNDS = 5


@dataclass(frozen=True)
class Row:
    """One measured ratio. `rate` is things per second of ours; `ratio` is ours over the other's."""

    name: str
    against: str
    rate: float
    ratio: float


def measure(
    name: str,
    ours: Callable[[], int],
    *,
    against: str,
    other: Callable[[], int],
    before: Callable[[], object] = lambda: None,
    rounds: int = ROUNDS,
) -> Row:
    """Measure two workloads, each returning how many things it did, in turns. `before` each, off the clock."""
    rates: dict[str, list[float]] = {"ours": [], "other": []}
    for _ in range(rounds):
        for side, work in (("ours", ours), ("other", other)):
            before()
            gc.collect()
            began = time.perf_counter()
            done = work()
            rates[side].append(done / (time.perf_counter() - began))
    median = {side: statistics.median(found) for side, found in rates.items()}
    return Row(name, against, median["ours"], median["ours"] / median["other"])
