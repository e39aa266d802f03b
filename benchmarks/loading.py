"""Loading marks into a database of its own, as `actions.load` does, beside the barest load of the same rows."""

import os
from datetime import UTC, datetime
from typing import Any

import polars as pl

from benchmarks.measure import Row, measure
from tests.services import PostgresServer

AT = datetime(2026, 3, 10, 2, tzinfo=UTC)
BARE = "bare"


def measured(database: str, *, against: str, lines: int, rounds: int) -> Row:
    """Start the database, measure against a table that is the "same" or "bare", and leave nothing behind."""
    if database == "sqlite":
        return _measured(against=against, lines=lines, rounds=rounds)
    server = PostgresServer()
    os.environ["JINBANG_DATABASE_URL"] = server.start()
    try:
        return _measured(against=against, lines=lines, rounds=rounds)
    finally:
        from django.db import connection  # noqa: PLC0415  # Django is set up once the database runs

        connection.close()
        server.stop()


def _measured(*, against: str, lines: int, rounds: int) -> Row:
    import django  # noqa: PLC0415  # after the database has been chosen

    django.setup()
    from django.db import connection, transaction  # noqa: PLC0415  # the same

    from jinbang.audit.long_work import AT_ONCE  # noqa: PLC0415  # the same
    from jinbang.results.actions import load  # noqa: PLC0415  # the same
    from jinbang.results.actions.marks import ROWS_AT_ONCE as CHUNK  # noqa: PLC0415  # the same
    from jinbang.results.models import Mark, MarkBatch  # noqa: PLC0415  # the same
    from tests.insert_only import laid_open  # noqa: PLC0415  # the same

    connection.creation.create_test_db(verbosity=0)
    batch = _batch(lines)
    marks = _marks(lines)
    ready = load.rows_of(marks, batch=batch, versions={})  # the other side is given finished rows
    text = ready.write_csv(include_header=False).encode() if connection.vendor == "postgresql" else b""
    rows = ready.rows() if connection.vendor == "sqlite" else []
    columns = ", ".join(f'"{name}"' for name in load.COLUMNS)
    kinds = ["uuid", "uuid", "uuid", "varchar", "varchar", "integer", "smallint", "uuid", "varchar", "timestamptz"]
    described = ", ".join(f'"{name}" {kind}' for name, kind in zip(load.COLUMNS, kinds, strict=True))

    def empty() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {BARE}")
            if against == "same" and connection.vendor == "postgresql":
                cursor.execute(f"CREATE TABLE {BARE} (LIKE {Mark._meta.db_table} INCLUDING ALL)")  # noqa: SLF001  # Django's documented door
            else:
                cursor.execute(f"CREATE TABLE {BARE} ({described})")
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"TRUNCATE {Mark._meta.db_table}")  # noqa: SLF001  # Django's documented door
        else:
            with laid_open():
                Mark.objects.all()._raw_delete(using="default")  # noqa: SLF001  # without asking for each row
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def ours() -> int:
        load.store_marks(marks, batch=batch, versions={}, rows_at_once=CHUNK, keep=AT_ONCE)
        return lines

    def other() -> int:
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {BARE} ({columns}) FROM STDIN (FORMAT csv, FORCE_NOT_NULL (reason))") as copy:
                    copy.write(text)
            else:
                cursor.executemany(f"INSERT INTO {BARE} VALUES ({', '.join(['%s'] * len(load.COLUMNS))})", rows)  # noqa: S608  # our own names
        return lines

    name = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}[connection.vendor]
    how = {"postgresql": "COPY", "sqlite": "executemany"}[connection.vendor]
    beside = f"{how} into {'a table with the same keys and checks' if against == 'same' else 'a bare table'}"
    row = measure(f"marks loaded into {name}", ours, against=beside, other=other, before=empty, rounds=rounds)
    assert Mark.objects.filter(batch=batch).count() in {0, lines}  # noqa: S101  # all of them, or the other side ran last
    assert MarkBatch.objects.count() == 1  # noqa: S101  # the same
    return row


def _batch(lines: int) -> Any:  # a model, which can be imported only once Django is set up
    """Put a roster of so many people in, copies of one, so that every key and every check is paid for."""
    from jinbang.results.models import MarkBatch  # noqa: PLC0415  # after Django has been set up
    from tests.cast import build_cast  # noqa: PLC0415  # the same
    from tests.results.world import enrol, new_world  # noqa: PLC0415  # the same

    cast = build_cast()
    world = new_world(cast)
    entry = enrol(world, [cast.lin.bound])[0]
    _multiply(entry.person, lines, {})
    _multiply(entry, lines, {"ticket_number": "'B' || n", "person_id": None})
    return MarkBatch.objects.create(
        region=world.region,
        file_name="bench",
        sha256="0" * 64,
        manifest={},
        staged_at=AT,
        staged_by=cast.chu.account.pk,
    )


def _multiply(row: Any, lines: int, made: dict[str, str | None]) -> None:  # a model
    """Copy one row so many times under the ids 1, 2, 3…; what is None in `made` is that id as well."""
    from django.db import connection  # noqa: PLC0415  # after Django has been set up

    meta = row._meta  # noqa: SLF001  # Django's documented door
    names = [field.column for field in meta.fields]
    postgres = connection.vendor == "postgresql"
    number = "lpad(to_hex(n), 32, '0')::uuid" if postgres else "printf('%%032x', n)"
    series = (
        f"generate_series(1, {lines}) n"
        if postgres
        else f"(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {lines}) SELECT n FROM s)"  # noqa: S608  # a number of our own
    )
    given = {"id": None, **made}
    picked = ", ".join((given[name] or number) if name in given else f"e.{name}" for name in names)
    sql = f"INSERT INTO {meta.db_table} ({', '.join(names)}) SELECT {picked} FROM {meta.db_table} e, {series}"  # noqa: S608  # our own names
    key = row.pk if postgres else row.pk.hex
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} WHERE e.id = %s", [key])


def _marks(lines: int) -> pl.DataFrame:
    mark = pl.int_range(0, lines) % 101 * 100
    return pl.select(
        entry_id=pl.Series([f"{at:032x}" for at in range(1, lines + 1)]),
        subject_code=pl.lit("basics"),
        status=pl.lit("scored"),
        mark_hundredths=mark.cast(pl.Int32),
    )
