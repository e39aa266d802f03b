"""Storing many marks: COPY on PostgreSQL, packed columns on SQLite; in chunks, each a transaction of its own.

Rows are stored in the order of their entries, so that indexes grow at one end. What is stored already is left out, so
that an interrupted load is completed by doing it again.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import numpy as np
import polars as pl
from django.db import IntegrityError, connection

from jinbang.audit.long_work import Steps
from jinbang.results.binary_copy import binary_copy
from jinbang.results.models import Mark, MarkBatch
from jinbang.results.packed_insert import packed_inserts

COLUMNS: Final = (
    "id",
    "batch_id",
    "entry_id",
    "subject_code",
    "status",
    "mark_hundredths",
    "version",
    "by",
    "reason",
    "at",
)
_TABLE: Final = Mark._meta.db_table  # noqa: SLF001  # Django's documented door
_ID_BYTES: Final = 16
_MILLISECONDS: Final = 1000


def store_marks(
    marks: pl.DataFrame, *, batch: MarkBatch, versions: Mapping[tuple[UUID, str], int], rows_at_once: int, keep: Steps
) -> None:
    """Store these marks (entry_id, subject_code, status, mark_hundredths) in a batch, as far as they are not in yet.

    Two loads of one batch at once do no harm: whoever finds rows of the other begins anew with what is missing.
    """
    wanted = marks.sort("entry_id", "subject_code")
    while True:
        missing = _missing(wanted, batch=batch)
        try:
            done = wanted.height - missing.height
            for ready in _made_ahead(
                lambda chunk: readied(rows_of(chunk, batch=batch, versions=versions)), _chunks(missing, rows_at_once)
            ):
                done += ready.height
                with keep.step(cursor={}, done=done, total=wanted.height):
                    insert_rows(ready)
        except IntegrityError:
            if _missing(wanted, batch=batch).height == missing.height:
                raise
            continue
        return


def stored_count(batch: MarkBatch) -> int:
    """Return how many marks of a batch are stored for people of its region's roster. One query.

    Through the roster, whose index serves, and because PostgreSQL checks no mark by itself: what stands for nobody does
    not count, so that its batch never becomes complete.
    """
    return Mark.objects.filter(entry__region=batch.region_id, batch=batch).count()


@dataclass(frozen=True)
class Readied:
    """Rows as the database takes them: the parts of one COPY, or statements, each with its parameters."""

    height: int
    copy: tuple[bytes, ...] = ()
    statements: tuple[tuple[str, tuple[Any, ...]], ...] = ()


def readied(rows: pl.DataFrame) -> Readied:
    """Make rows of `COLUMNS` ready. Asks no database, so that another thread can."""
    if connection.vendor == "postgresql":
        return Readied(rows.height, copy=tuple(binary_copy(rows)))
    return Readied(rows.height, statements=tuple(packed_inserts(rows, table=_TABLE)))


def insert_rows(ready: Readied) -> None:
    """Insert rows within the caller's transaction."""
    with connection.cursor() as cursor:
        if ready.copy:
            cursor.execute("SELECT 1")  # what a test can kill before: COPY passes no wrapper of Django's
            columns = ", ".join(f'"{name}"' for name in COLUMNS)
            with cursor.copy(f'COPY "{_TABLE}" ({columns}) FROM STDIN (FORMAT binary)') as copy:
                for content in ready.copy:
                    copy.write(content)
        for statement, parameters in ready.statements:
            cursor.execute(statement, parameters)


def _chunks(rows: pl.DataFrame, size: int) -> Iterator[pl.DataFrame]:
    return (rows[start : start + size] for start in range(0, rows.height, size))


def _made_ahead(make: Callable[[pl.DataFrame], Readied], chunks: Iterator[pl.DataFrame]) -> Iterator[Readied]:
    """Yield the rows of each chunk; those of the next are made while the database takes these."""
    with ThreadPoolExecutor(max_workers=1) as maker:
        coming: list[Future[Readied]] = []
        for chunk in chunks:
            coming.append(maker.submit(make, chunk))
            if len(coming) > 1:
                yield coming.pop(0).result()
        yield from (rows.result() for rows in coming)


def _missing(marks: pl.DataFrame, *, batch: MarkBatch) -> pl.DataFrame:
    if not stored_count(batch):
        return marks
    rows = Mark.objects.filter(entry__region=batch.region_id, batch=batch).values_list("entry_id", "subject_code")
    found = [(entry.hex, code) for entry, code in rows.iterator(chunk_size=10_000)]
    there = pl.DataFrame(found, schema={"entry_id": pl.String, "subject_code": pl.String}, orient="row")
    return marks.join(there, on=["entry_id", "subject_code"], how="anti", maintain_order="left")


def rows_of(chunk: pl.DataFrame, *, batch: MarkBatch, versions: Mapping[tuple[UUID, str], int]) -> pl.DataFrame:
    """Return marks as rows of `COLUMNS`, each with an id of its own and the version that follows those it has."""
    version = pl.lit(1, dtype=pl.Int32)
    rows = chunk.select("entry_id", "subject_code", "status", "mark_hundredths")
    if versions:
        known = [(entry.hex, code, number) for (entry, code), number in versions.items()]
        schema = {"entry_id": pl.String, "subject_code": pl.String, "version": pl.Int32}
        rows = rows.join(
            pl.DataFrame(known, schema=schema, orient="row"),
            on=["entry_id", "subject_code"],
            how="left",
            maintain_order="left",
        )
        version = pl.col("version").fill_null(1)
    return rows.select(
        fresh_ids(chunk.height, at=batch.staged_at),
        pl.lit(batch.pk.hex).alias("batch_id"),
        "entry_id",
        "subject_code",
        "status",
        "mark_hundredths",
        version.alias("version"),
        pl.lit(batch.staged_by.hex if batch.staged_by else None, dtype=pl.String).alias("by"),
        pl.lit(batch.reason).alias("reason"),
        pl.lit(_stored_instant(batch.staged_at)).alias("at"),
    )


def _stored_instant(at: datetime) -> str:
    return str(connection.ops.adapt_datetimefield_value(at))


def fresh_ids(count: int, *, at: datetime) -> pl.Series:
    """Return so many fresh identifiers in rising order (UUIDv7 with a counter, RFC 9562 §6.2), in 32 hex digits.

    Made together, a hundred times as fast as one by one. The counter begins at random in the lower half of its 32 bits;
    42 bits of each are random.
    """
    raw = np.frombuffer(os.urandom(count * _ID_BYTES), dtype=np.uint8).reshape(count, _ID_BYTES).copy()
    raw[:, :6] = np.frombuffer(int(at.timestamp() * _MILLISECONDS).to_bytes(6, "big"), dtype=np.uint8)
    counter = np.arange(count, dtype=np.uint64) + np.uint64(int.from_bytes(os.urandom(4), "big") >> 1)
    raw[:, 6] = 0x70 | (counter >> np.uint64(28) & np.uint64(0xF))
    raw[:, 7] = counter >> np.uint64(20) & np.uint64(0xFF)
    raw[:, 8] = 0x80 | (counter >> np.uint64(14) & np.uint64(0x3F))
    raw[:, 9] = counter >> np.uint64(6) & np.uint64(0xFF)
    raw[:, 10] = (counter & np.uint64(0x3F)).astype(np.uint8) << 2 | raw[:, 10] & 0x03
    lines = pl.lit(raw.tobytes().hex("\n", _ID_BYTES))
    return pl.select(id=lines.str.split("\n").explode()).to_series()
