"""What the database itself refuses, taken away: for twins that show what it prevents, and to tidy up.

It changes and deletes no mark, and moves no release but on its way.

Nothing but a superuser, or the owner of the file, can do this: for them are the sealed root and its signatures.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from django.core.management.commands import flush
from django.db import connection, transaction
from django.db.backends.base.operations import BaseDatabaseOperations

TABLE = "results_mark"
RELEASES = "results_release"
LEFT_BY_MIGRATIONS = {"django_content_type", "auth_permission"}


@contextmanager
def laid_open(table: str = TABLE) -> Iterator[None]:
    """Take the refusal away for the length of a block: of one table, on PostgreSQL of all."""
    if connection.vendor == "postgresql":
        _do("SET session_replication_role = replica")
        yield
        _do("SET session_replication_role = origin")
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
        triggers: list[tuple[str, str]] = cursor.fetchall()
    for name, _sql in triggers:
        _do(f'DROP TRIGGER "{name}"')
    yield
    for _name, sql in triggers:
        _do(sql)


@contextmanager
def flush_past_it() -> Iterator[None]:
    """Let what Django does between tests with transactions of their own get past it, and cost less.

    Django empties every table and then fills again what migrations leave: a second for two hundred tables of which few
    ever hold anything. Here what is filled is emptied, and what migrations left stays.
    """
    with (
        patch.object(BaseDatabaseOperations, "execute_sql_flush", lambda _operations, _statements: _delete_all()),
        patch.object(flush, "emit_post_migrate_signal", lambda *_given: None),
    ):
        yield


def _delete_all() -> None:
    """Delete every row that no migration left, in whatever order: foreign keys are looked at when all are gone."""
    names = (
        set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - LEFT_BY_MIGRATIONS
    )
    look = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in names)  # noqa: S608  # our own names
    with transaction.atomic(), _past_every_trigger(holds_marks=TABLE in names), connection.cursor() as cursor:
        cursor.execute(look)
        for (name,) in cursor.fetchall():
            cursor.execute(f'DELETE FROM "{name}"')  # noqa: S608  # the same


@contextmanager
def _past_every_trigger(*, holds_marks: bool) -> Iterator[None]:
    if connection.vendor == "postgresql":
        _do("SET LOCAL session_replication_role = replica")
        yield
    elif holds_marks:
        with laid_open():
            yield
    else:
        yield


def _do(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
