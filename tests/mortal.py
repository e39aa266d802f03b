"""A real process that is killed at a given instant of its work, by SIGKILL: nothing in it can catch that or tidy up.

Django takes a second to start, so one process (`python -m tests.mortal`) starts it once and forks a child for each task
it is told of. It kills the child itself and reaps it afterwards, so that the number it kills is never another process.
"""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import django
from django.db import connection
from django.utils.module_loading import import_string

LONG_SECONDS = 300.0
ROOT = Path(__file__).parents[1]


class Mortal:
    """Does one task, named by its dotted path, as often as wanted, each time in a child that may have to die."""

    def __init__(self, task: str) -> None:
        """Start the process that forks, on the database of this test."""
        command = [sys.executable, "-m", "tests.mortal", task, str(connection.settings_dict["NAME"])]
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "PYTHONPATH": f"{ROOT}/src:{ROOT}",
        }
        self.lifetime = 0.0
        """How many seconds the last child lived that ended by itself: what a kill at random has to lie within."""
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Self:
        """Hand over what has been running since it was made."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close its input, which ends it."""
        self._process.communicate(timeout=LONG_SECONDS)

    def live(self, given: Mapping[str, object], *, kill_after: float = LONG_SECONDS) -> bool:
        """Do the task with these values, to be killed so many seconds after birth; returns whether it was."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"kill_after": kill_after, "given": dict(given)}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        wait_until_alone()
        assert answer["status"] in {0, signal.SIGKILL}, "the child failed by itself; its traceback stands above"
        was_killed: bool = answer["status"] == signal.SIGKILL
        if not was_killed:
            self.lifetime = answer["seconds"]
        return was_killed


def wait_until_alone() -> None:
    """Wait until the server has noticed that its client is dead: until then it may still hold its locks."""
    if connection.vendor != "postgresql":
        return
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    until = time.monotonic() + LONG_SECONDS
    with connection.cursor() as cursor:
        while cursor.execute(others) and cursor.fetchone() != (0,):
            assert time.monotonic() < until, "a connection of the dead stays open"
            time.sleep(0.002)


def main(task: str, database: str) -> None:
    """Fork for every line of the input, and answer each with how the child ended."""
    django.setup()
    connection.settings_dict["NAME"] = database
    act = import_string(task)
    for line in sys.stdin:
        asked = json.loads(line)
        born = time.monotonic()
        child = os.fork()
        if child == 0:
            _do(act, asked["given"])
        status = _kill_and_bury(child, at=born + asked["kill_after"])
        sys.stdout.write(json.dumps({"status": status, "seconds": time.monotonic() - born}) + "\n")
        sys.stdout.flush()


def _do(act: Any, given: Mapping[str, Any]) -> None:  # noqa: ANN401  # any task
    try:
        act(**given)
    except BaseException:  # noqa: BLE001  # a child reports whatever it was, and never goes on as its parent
        sys.excepthook(*sys.exc_info())
        os._exit(1)
    os._exit(0)


def _kill_and_bury(child: int, *, at: float) -> int:
    """Return how it ended: 0, the signal's number, or more for a failure of its own."""
    living = os.pidfd_open(child)
    try:
        has_ended, _, _ = select.select([living], [], [], max(0.0, at - time.monotonic()))
    finally:
        os.close(living)
    if not has_ended:
        os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1]


if __name__ == "__main__":
    main(*sys.argv[1:])
