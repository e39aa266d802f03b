"""The database's refusal to change or delete marks, taken away: for twins that show what it prevents, and to tidy up.

Nothing but a superuser, or the owner of the file, can do this: for them are the sealed root and its signatures.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations

TABLE = "results_mark"


@contextmanager
def laid_open() -> Iterator[None]:
    """Take the refusal away for the length of a block."""
    if connection.vendor == "postgresql":
        _do(f"ALTER TABLE {TABLE} DISABLE TRIGGER {TABLE}_insert_only")
        yield
        _do(f"ALTER TABLE {TABLE} ENABLE TRIGGER {TABLE}_insert_only")
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [TABLE])
        triggers: list[tuple[str, str]] = cursor.fetchall()
    for name, _sql in triggers:
        _do(f'DROP TRIGGER "{name}"')
    yield
    for _name, sql in triggers:
        _do(sql)


@contextmanager
def flush_past_it() -> Iterator[None]:
    """Let Django empty the database between tests: on PostgreSQL it truncates, on SQLite it deletes row by row."""
    flush = BaseDatabaseOperations.execute_sql_flush

    def execute(self: BaseDatabaseOperations, sql_list: Sequence[str]) -> Any:  # noqa: ANN401  # Django's own answer
        if self.connection.vendor == "postgresql" or TABLE not in self.connection.introspection.table_names():
            return flush(self, sql_list)
        with laid_open():
            return flush(self, sql_list)

    with patch.object(BaseDatabaseOperations, "execute_sql_flush", execute):
        yield


def _do(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
