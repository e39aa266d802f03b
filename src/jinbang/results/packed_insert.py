"""Rows of marks as SQLite takes them fastest: whole columns packed into a few values, cut up by the statement itself.

A row handed over value by value costs half as much again, and holds Python's lock while it is; one statement of many
rows leaves the lock to whoever makes the next rows meanwhile.
"""

from collections.abc import Iterator
from typing import Any, Final, cast

import polars as pl

_PARTED_BY: Final = ("batch_id", "by", "reason", "at")
"""Of what may hold blanks each statement has but one value, handed over as it is."""


def packed_inserts(rows: pl.DataFrame, *, table: str) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Yield the statements that insert rows of `load.COLUMNS`, each with its parameters. Rows stay in their order.

    In SQLite's own sign for a parameter: Django's would have to be looked for in every statement.
    """
    names = ", ".join(f'"{name}"' for name in rows.columns)
    lines = "WITH RECURSIVE line(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM line WHERE n + 1 < ?1)"
    for group in rows.partition_by(_PARTED_BY, maintain_order=True):
        sources, values = zip(*(_packed(column, at=at) for at, column in enumerate(group, start=2)), strict=True)
        yield (
            f'INSERT INTO "{table}" ({names}) {lines} SELECT {", ".join(sources)} FROM line',  # noqa: S608  # our own names
            (group.height, *values),
        )


def _packed(column: pl.Series, *, at: int) -> tuple[str, Any]:
    """Return how SQLite cuts the value of line `n` out of parameter `at`, and that parameter: the whole column in one.

    A value that all lines share is handed over once. Others lie one behind the other in bytes, the shorter ones filled
    up with blanks: only codes and numbers are shorter, which have none of their own. All blank is NULL.
    """
    if column.n_unique() == 1:
        return f"?{at}", column[0]
    texts = column.cast(pl.String)
    lengths = texts.str.len_bytes()
    width = cast("int", lengths.max())
    cut = f"CAST(SUBSTR(?{at}, n * {width} + 1, {width}) AS TEXT)"
    if lengths.min() == width and not texts.null_count():
        return cut, texts.str.join("").item().encode()
    return f"NULLIF(RTRIM({cut}), '')", b"".join(text.encode().ljust(width) for text in texts.fill_null(""))
