"""What operators see of a lookup process: one line for each request, counts for Prometheus, and whether it is well.

None of it holds anything about a person: no address, no query, no number; a request is its route, its status and its
duration. Lines are written by a thread, so that a full disk or a slow collector delays nobody; what cannot be written
is dropped. The processes of a node write down what they have counted, so that whichever is asked tells of all of them.
"""

import json
import os
import secrets
import threading
import time
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.process_collector import ProcessCollector

_BOUNDS_SECONDS: Final = (0.0001, 0.0002, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.1)
_LINES_WAITING_MAX: Final = 100_000
_PAUSE_SECONDS: Final = 0.2
_WRITTEN_SECONDS: Final = 1.0
_COUNTS: Final = "counts-"
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


@dataclass
class _Counted:
    """What one process, or all of a node together, have counted since they began."""

    requests: Counter[tuple[str, int]] = field(default_factory=Counter)
    buckets: list[int] = field(default_factory=lambda: [0] * (len(_BOUNDS_SECONDS) + 1))
    seconds: float = 0.0

    def written(self) -> str:
        """Return it as a line that another process reads."""
        return json.dumps([[[*key, count] for key, count in list(self.requests.items())], self.buckets, self.seconds])

    def add(self, line: str) -> None:
        """Add what another process wrote down."""
        requests, buckets, seconds = json.loads(line)
        for route, status, count in requests:
            self.requests[route, status] += count
        self.buckets = [one + other for one, other in zip(self.buckets, buckets, strict=True)]
        self.seconds += seconds


class Measures:
    """Counts in the text format of Prometheus: of one process, or of a node whose processes share a folder.

    There each writes its own down once a second, and they stay when it ends: a count never goes back while the node
    lives. What the gauges say, and how much memory is in use, is of the process that happens to be asked.
    """

    def __init__(self, folder: Path | None = None) -> None:
        """Begin with nothing counted here."""
        self._own = _Counted()
        self.gauges: dict[str, float] = {}
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)
        ProcessCollector(registry=self._registry)
        self._folder = folder
        self._name = secrets.token_hex(8)  # the number of a process may come again
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._keep_written, name="measures", daemon=True)
        if folder is not None:
            self._thread.start()

    def close(self) -> None:
        """Write down what was counted last."""
        self._ended.set()
        if self._folder is not None:
            self._thread.join(timeout=1.0)

    def note(self, route: str, status: int, *, seconds: float) -> None:
        """Count one request."""
        own = self._own
        own.requests[route, status] += 1
        own.buckets[bisect_left(_BOUNDS_SECONDS, seconds)] += 1
        own.seconds += seconds

    def text(self) -> bytes:
        """Return everything as Prometheus reads it."""
        return generate_latest(self._registry)

    def collect(self) -> Iterator[CounterMetricFamily | GaugeMetricFamily | HistogramMetricFamily]:
        """Yield the families, for the registry."""
        counted = self._of_all()
        requests = CounterMetricFamily("jinbang_lookup_requests", "requests answered", labels=("route", "status"))
        for (route, status), count in sorted(counted.requests.items()):
            requests.add_metric((route, str(status)), count)
        yield requests
        reached, rows = 0, []
        for bound, count in zip((*map(str, _BOUNDS_SECONDS), "+Inf"), counted.buckets, strict=True):
            reached += count
            rows.append((bound, reached))
        yield HistogramMetricFamily(
            "jinbang_lookup_answer_seconds", "time spent on an answer", buckets=rows, sum_value=counted.seconds
        )
        for name, value in self.gauges.items():
            yield GaugeMetricFamily(f"jinbang_lookup_{name}", name.replace("_", " "), value=value)

    def _of_all(self) -> _Counted:
        """Return what this process and the others of its node have counted."""
        if self._folder is None:
            return self._own
        self._write_down()
        counted = _Counted()
        for path in self._folder.glob(f"{_COUNTS}*"):
            with suppress(FileNotFoundError):  # the node ends
                counted.add(path.read_text(encoding="ascii"))
        return counted

    def _keep_written(self) -> None:
        while not self._ended.wait(_WRITTEN_SECONDS):
            self._write_down()
        self._write_down()

    def _write_down(self) -> None:
        if self._folder is None:
            return
        path = self._folder / f"{_COUNTS}{self._name}"
        draft = path.with_name(f".{path.name}-{threading.get_ident()}")
        with suppress(FileNotFoundError):  # the folder went with the node
            draft.write_text(self._own.written(), encoding="ascii")
            draft.replace(path)


def health_body(problems: list[str]) -> bytes:
    """Return what `/healthz` says."""
    return json.dumps({"status": "ok" if not problems else "ill", "problems": problems}).encode()
