"""What many tests begin with is built once a process by the program's own actions, and written again after that.

Whatever a builder writes is remembered after its first call. Later calls write the very same, ids included, without
asking anything in between, and return a copy of what the first call returned. That holds where the builder finds the
same rows at the same instant, so it is done only in a test that has written nothing else so far: `replayed` for what
stands at the beginning of any test, `repeated` for what is built upon that, where nothing is changed but rows.

A replay leaves rows and nothing else. Whoever looks at how they came (counts queries, takes what was to be done after
the commit) gets them built, or is told. What no such look can find is that a builder depends on something its key does
not name: `--built-anew` runs any tests without a replay, and whatever passes only with one fails there.
"""

import pickle
import re
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final, TypeVar

from django.db import connection, transaction

from jinbang.kernel import clock

T = TypeVar("T")
Statements = list[tuple[str, list[Any]]]
READS: Final = re.compile("SELECT|BEGIN|SAVEPOINT|RELEASE|PRAGMA|EXPLAIN")
"""What leaves every row as it is. ROLLBACK TO is none of them: it takes back what has been noted as written."""
WRITES: Final = re.compile("INSERT|UPDATE|DELETE")
BEFORE_COPY: Final = "SELECT 1"
"""What the program says before marks go to PostgreSQL by a way that nobody can watch."""
COPIED: Final = "results_mark"


@dataclass(frozen=True)
class _Kept:
    statements: Statements
    """On PostgreSQL a single one without values: it travels once, whatever stands in it."""
    made: bytes
    calls_back: bool
    """Whether something was to be done after the commit."""


is_off = False
_kept: dict[Hashable, _Kept] = {}
_standing: Hashable | None = None
"""What was replayed in this test, each with what it was built upon; None once something else has been written."""
_is_usual = _is_changed = False


@contextmanager
def noticed(*, is_usual: bool, is_changed: bool) -> Iterator[None]:
    """Notice, for the length of a test, whether anything is written but what is replayed.

    A test is not usual that changes the program itself or writes through other connections: nothing is repeated in it.
    What is built where the program is changed is not kept for other tests.
    """
    global _standing, _is_usual, _is_changed  # noqa: PLW0603  # one test at a time

    def notice(execute: Callable[..., Any], sql: str, *given: Any) -> Any:  # noqa: ANN401  # as Django calls it
        global _standing  # noqa: PLW0603  # the same
        if _standing is not None and (not READS.match(sql) or sql == BEFORE_COPY):
            _standing = None
        return execute(sql, *given)

    _standing, _is_usual, _is_changed = (), is_usual, is_changed
    with connection.execute_wrapper(notice):
        yield
    _standing = None


def repeated(key: Hashable, build: Callable[[], T]) -> T:
    """Return what `build` returns, replayed where this test's database holds nothing but what was replayed before.

    The key names whatever else the builder depends on, but for the clock.
    """
    return replayed(key, build) if _is_usual else build()


def replayed(key: Hashable, build: Callable[[], T]) -> T:
    """Return what `build` returns: built the first time this key is met upon what stands, written again later."""
    global _standing  # noqa: PLW0603  # one test at a time
    if is_off or _standing is None or connection.force_debug_cursor:  # the last: somebody counts queries
        return build()
    key = (_standing, key, clock.now())
    kept = _kept.get(key)
    if kept is not None and (connection.in_atomic_block or not kept.calls_back):
        _write(kept.statements)
        if kept.calls_back:
            transaction.on_commit(_not_replayed)
        made: T = pickle.loads(kept.made)  # noqa: S301  # what `build` of this key returned
    else:
        made = _build(key, build)
    _standing = key if key in _kept else None
    return made


def _not_replayed() -> None:
    message = "what is done after the commit was left out of a replay: begin it before its commit is looked at"
    raise AssertionError(message)


def _build(key: Hashable, build: Callable[[], T]) -> T:
    written: list[tuple[str, Any]] = []
    unknown: list[str] = []
    copied: list[int] = []
    called_back = len(connection.run_on_commit)
    before = _copied() if connection.vendor == "postgresql" else {}

    def note(execute: Callable[..., Any], sql: str, values: Any, many: bool, context: Any) -> Any:  # noqa: ANN401, FBT001, PLR0917  # as Django calls it
        if WRITES.match(sql):
            plain = sql.partition(" RETURNING ")[0]
            written.extend((plain, row) for row in (values if many else (values,)))
        elif sql == BEFORE_COPY:
            copied.append(len(written))
        elif not READS.match(sql):
            unknown.append(sql)
        return execute(sql, values, many, context)

    with connection.execute_wrapper(note):
        made = build()
    if copied and len(_copied()) > len(before):
        rows = [row for id_, row in _copied().items() if id_ not in before]
        insert = f'INSERT INTO "{COPIED}" VALUES ({", ".join(["%s"] * len(rows[0]))})'  # noqa: S608  # a name of our own
        written[copied[0] : copied[0]] = [(insert, row) for row in rows]
    if not unknown and not _is_changed:
        grouped = groupby(written, key=lambda one: one[0])
        statements = [(sql, [values for _, values in some]) for sql, some in grouped]
        if connection.vendor == "postgresql":
            statements = [(_as_one_text(statements), [])]
        _kept[key] = _Kept(statements, pickle.dumps(made), len(connection.run_on_commit) > called_back)
    return made


def _as_one_text(statements: Statements) -> str:
    with connection.cursor() as cursor:
        return ";".join(cursor.mogrify(sql, values) for sql, rows in statements for values in rows)


def _copied() -> dict[object, tuple[Any, ...]]:
    """Return every row that may have come by COPY, by its id."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{COPIED}"')  # noqa: S608  # a name of our own
        at = [column[0] for column in cursor.description].index("id")
        return {row[at]: row for row in cursor.fetchall()}


def _write(statements: Statements) -> None:
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        for sql, values in statements:
            if values:
                cursor.executemany(sql, values)
            elif sql:
                cursor.execute(sql)
