"""The words with which a role's process becomes a server: our own for the lookup, Granian for the web role.

`serving` starts roles with them; the tests and benchmarks that run a role take the same words, so that what is tested
and measured is what is served. Free of Django.
"""

import os
import sys
from typing import Final

LISTEN: Final = "127.0.0.1"
WEB: Final = "config.wsgi:application"
LOOKUP_BEHIND_GRANIAN: Final = "jinbang.lookup.rsgi:application"
LOOKUP: Final = "jinbang.lookup.supervision"
_THREADS: Final = 4
# By default Granian lets as many connections in as its backlog is long, and idle ones would keep others out. One thread
# for all connections is enough where Python, which has another, takes ten times as long over an answer.
_ROOM: Final = ("--backlog", "4096", "--backpressure", "20000", "--runtime-mode", "st", "--no-ws")


def web_words(*, port: int, host: str = LISTEN, target: str = WEB) -> list[str]:
    """Return what starts the web role: one process of Granian with a few threads for Django."""
    return [*_granian(target, "wsgi", host=host, port=port), "--blocking-threads", str(_THREADS)]


def lookup_words(*, port: int, host: str = LISTEN, workers: int = 0, module: str = LOOKUP) -> list[str]:
    """Return what starts the lookup on our own server: as many workers as this process may use cores, or so many."""
    count = workers or len(os.sched_getaffinity(0))
    return [sys.executable, "-m", module, "--host", host, "--port", str(port), "--workers", str(count)]


def granian_lookup_words(*, port: int, host: str = LISTEN, target: str = LOOKUP_BEHIND_GRANIAN) -> list[str]:
    """Return what starts the lookup behind Granian: one worker, because several would not share what was used."""
    return [*_granian(target, "rsgi", host=host, port=port), *_ROOM]


def _granian(target: str, interface: str, *, host: str, port: int) -> list[str]:
    words = [sys.executable, "-m", "granian", "--interface", interface, "--host", host, "--port", str(port)]
    return [*words, "--workers", "1", "--no-access-log", "--log-level", "warning", target]
