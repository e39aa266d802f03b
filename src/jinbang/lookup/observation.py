"""What operators see of a lookup process: one line for each request, counts for Prometheus, and whether it is well.

None of it holds anything about a person: no address, no query, no number; a request is its route, its status and its
duration. Lines are written by a thread, so that a full disk or a slow collector delays nobody; what cannot be written
is counted and dropped.
"""

import json
import os
import threading
import time
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Iterator
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.process_collector import ProcessCollector

_BOUNDS_SECONDS: Final = (0.0001, 0.0002, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.1)
_LINES_WAITING_MAX: Final = 100_000
_PAUSE_SECONDS: Final = 0.2
_FIXED: Final = {
    "/lookup": "list",
    "/lookup/": "list",
    "/lookup/challenge": "challenge",
    "/healthz": "healthz",
    "/metrics": "metrics",
}


def route_of(method: str, path: str) -> str:
    """Return what kind of address was asked for: one of a few words, whatever was written after them."""
    if route := _FIXED.get(path):
        return route
    if not path.startswith("/lookup/"):
        return "other"
    if path.startswith("/lookup/image/"):
        return "image"
    return "query" if method == "POST" else "form"


class AccessLog:
    """Writes a line of JSON per request to a file descriptor, from a thread of its own."""

    def __init__(self, descriptor: int = 1) -> None:
        """Take the descriptor (the standard output) and begin."""
        self._descriptor = descriptor
        self._lines: deque[tuple[float, str, int, float]] = deque(maxlen=_LINES_WAITING_MAX)
        self._thread = threading.Thread(target=self._write, name="access-log", daemon=True)
        self._ended = threading.Event()
        self._thread.start()

    def note(self, route: str, status: int, *, seconds: float) -> None:
        """Remember a request until the thread comes by; the oldest are dropped where it does not."""
        self._lines.append((time.time(), route, status, seconds))

    def close(self) -> None:
        """Write what is left."""
        self._ended.set()
        self._thread.join(timeout=1.0)

    def _write(self) -> None:
        while not self._ended.wait(_PAUSE_SECONDS) or self._lines:
            taken = [self._lines.popleft() for _ in range(min(len(self._lines), 5_000))]
            text = "".join(
                f'{{"at":{at:.3f},"event":"request","route":"{route}","status":{status},"us":{seconds * 1e6:.0f}}}\n'
                for at, route, status, seconds in taken
            ).encode()
            try:
                while text:
                    text = text[os.write(self._descriptor, text) :]
            except OSError:
                if self._ended.is_set():  # nobody takes the last lines either
                    return


class Measures:
    """Counts of one process, given out in the text format of Prometheus."""

    def __init__(self) -> None:
        """Begin with nothing counted."""
        self._requests: Counter[tuple[str, int]] = Counter()
        self._buckets = [0] * (len(_BOUNDS_SECONDS) + 1)
        self._seconds = 0.0
        self.gauges: dict[str, float] = {}
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def note(self, route: str, status: int, *, seconds: float) -> None:
        """Count one request."""
        self._requests[route, status] += 1
        self._buckets[bisect_left(_BOUNDS_SECONDS, seconds)] += 1
        self._seconds += seconds

    def text(self) -> bytes:
        """Return everything as Prometheus reads it."""
        return generate_latest(self._registry)

    def collect(self) -> Iterator[CounterMetricFamily | GaugeMetricFamily | HistogramMetricFamily]:
        """Yield the families, for the registry."""
        requests = CounterMetricFamily("jinbang_lookup_requests", "requests answered", labels=("route", "status"))
        for (route, status), count in sorted(self._requests.items()):
            requests.add_metric((route, str(status)), count)
        yield requests
        reached, rows = 0, []
        for bound, count in zip((*map(str, _BOUNDS_SECONDS), "+Inf"), self._buckets, strict=True):
            reached += count
            rows.append((bound, reached))
        yield HistogramMetricFamily(
            "jinbang_lookup_answer_seconds", "time spent on an answer", buckets=rows, sum_value=self._seconds
        )
        for name, value in self.gauges.items():
            yield GaugeMetricFamily(f"jinbang_lookup_{name}", name.replace("_", " "), value=value)


def health_body(problems: list[str]) -> bytes:
    """Return what `/healthz` says."""
    return json.dumps({"status": "ok" if not problems else "ill", "problems": problems}).encode()
