"""Rows about whole applications: each side is a process of its own with a database of its own.

Beside a bare durable commit always, and beside the order path of pretix where an interpreter that has it is named:
`PRETIX_PYTHON=/path/to/bin/python make bench`.
"""

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Self

from benchmarks.measure import Row, measure
from config.databases import SQLITE_PRAGMAS

AT_ONCE = 25
PRETIX = "PRETIX_PYTHON"


class Counterpart:
    """A process that fills in so many cases when told to, and then, on the clock, hands them in."""

    def __init__(self, *command: str) -> None:
        """Start it and wait until its world stands."""
        self._process = subprocess.Popen(  # noqa: S603  # our own scripts
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("a process with pipes has pipes")
        self._to, self._from = self._process.stdin, self._process.stdout
        self._expect("ready")

    def __enter__(self) -> Self:
        """Return it."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it by closing its input."""
        self._process.communicate()

    def fill(self) -> None:
        """Fill in the next cases, unless some are waiting."""
        self._say(str(AT_ONCE))
        self._expect("filled")

    def hand_in(self) -> int:
        """Hand them in and return how many were taken."""
        self._say("")
        taken = int(self._read())
        self._expect("ready")
        return taken

    def _say(self, line: str) -> None:
        self._to.write(f"{line}\n")
        self._to.flush()

    def _read(self) -> str:
        return self._from.readline().strip()

    def _expect(self, word: str) -> None:
        if (answer := self._read()) != word:
            raise RuntimeError(f"the process answered {answer!r} instead of {word!r}")


def submission_rows() -> Iterator[Row]:
    """Measure submitting applications beside a bare commit, and beside pretix where it is installed."""
    with Counterpart(sys.executable, "-m", "benchmarks.submissions") as ours:
        yield _beside_commits(ours)
        if PRETIX in os.environ:
            script = str(Path(__file__).with_name("pretix_orders.py"))
            with Counterpart(os.environ[PRETIX], script) as pretix:
                yield _beside(ours, pretix)


def _beside(ours: Counterpart, pretix: Counterpart) -> Row:
    turn = iter((ours, pretix) * 100)
    return measure(
        "applications submitted",
        ours.hand_in,
        against="orders placed by pretix",
        other=pretix.hand_in,
        before=lambda: next(turn).fill(),
    )


def _beside_commits(ours: Counterpart) -> Row:
    with tempfile.TemporaryDirectory() as folder, closing(sqlite3.connect(f"{folder}/bench.sqlite3")) as database:
        database.executescript(SQLITE_PRAGMAS)
        database.execute("CREATE TABLE row (id INTEGER PRIMARY KEY, text TEXT)")

        def commits() -> int:
            for number in range(AT_ONCE):
                with database:
                    database.execute("INSERT INTO row (text) VALUES (?)", (str(number),))
            return AT_ONCE

        turns = iter((ours.fill, lambda: None) * 100)
        return measure(
            "applications submitted",
            ours.hand_in,
            against="bare durable commits of one row",
            other=commits,
            before=lambda: next(turns)(),  # noqa: PLW0108  # each turn its own
        )
