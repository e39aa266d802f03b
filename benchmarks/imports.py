"""A file of three million marks: checked, and loaded into PostgreSQL and SQLite, each beside the barest of its kind.

Checking is held against polars reading the same file into columns and nothing more; loading into PostgreSQL against
COPY of ready-made rows, into a table with the same keys and checks and into a bare one, without index, key or check;
loading into SQLite against `executemany` into a bare table. Databases are made for this and thrown away.
"""

import os
import sys
from collections.abc import Iterator

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

import json
import subprocess
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.measure import Row, measure
from jinbang.results.marks_file import Kind, Roster, read_marks

LINES = int(os.environ.get("BENCH_LINES", "3000000"))
PEOPLE_SEED = 7
ROUNDS = 3
_HEADINGS = {"成绩": "basics", "basics": "basics"}


def import_rows() -> Iterator[Row]:
    """Measure the check here and each load in a process of its own, which starts its database and Django."""
    yield _check()
    for database, against in (("postgresql", "same"), ("postgresql", "bare"), ("sqlite", "bare")):
        line = subprocess.run(  # noqa: S603  # this very module
            [sys.executable, "-m", "benchmarks.imports", database, against],
            check=True,
            capture_output=True,
            text=True,
            env={name: value for name, value in os.environ.items() if name != "JINBANG_HOME"},  # each has its own
            cwd=Path(__file__).parents[1],
        ).stdout.splitlines()[-1]
        yield Row(**json.loads(line))


def _tickets() -> pl.Series:
    numbers = pl.select(pl.int_range(0, LINES).cast(pl.String).str.zfill(9)).to_series()
    return ("2614" + numbers).rename("准考证号")


def _file() -> tuple[bytes, Roster]:
    """Return a file with people in no order, each with a name and a mark, one in ten absent; and their roster."""
    draw = np.random.default_rng(PEOPLE_SEED)
    tickets = _tickets()
    names = pl.Series([f"考生{chr(0x4E00 + at)}" for at in range(5_000)]).gather(draw.integers(0, 5_000, LINES))
    away = draw.random(LINES) < 0.1  # noqa: PLR2004  # one in ten
    marks = pl.Series(draw.integers(0, 201, LINES) / 2).cast(pl.String)
    cells = pl.select(pl.when(pl.Series(away)).then(pl.lit("缺考")).otherwise(marks)).to_series()
    ids = pl.Series([f"{at:032x}" for at in range(LINES)])
    people = pl.DataFrame(
        {"ticket": tickets, "name": names, "entry_id": ids, "kind": pl.Series(away.astype(np.uint32))}
    )
    full = {"basics": 10_000}
    kinds = (Kind(full, _HEADINGS), Kind(full, _HEADINGS, absent=frozenset(full)))
    table = pl.DataFrame({"准考证号": tickets, "姓名": names, "成绩": cells})[draw.permutation(LINES)]
    return table.write_csv().encode(), Roster(people, kinds)


def _check() -> Row:
    content, roster = _file()

    def ours() -> int:
        found = read_marks(content, roster=roster)
        assert found.fault_count == 0  # noqa: S101  # a benchmark of a refusal would measure nothing
        return found.marks.height

    def other() -> int:
        return pl.read_csv(content, infer_schema=False).height

    return measure("lines of marks checked", ours, against="polars reading the file", other=other, rounds=ROUNDS)


def main(database: str, against: str) -> None:
    """Measure loading on one database, and print the row."""
    from benchmarks import loading  # noqa: PLC0415  # it sets Django up, on the database that is started first

    sys.stdout.write(json.dumps(vars(loading.measured(database, against=against, lines=LINES, rounds=ROUNDS))) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
