"""Three million people's results of four years, judged in columns beside the window query of DuckDB over the same rows.

Both say who has passed every subject within two consecutive years, and when first; they have to name the same people.
Rates are by processor time, of all threads together: a database that takes two cores pays for both.
"""

import statistics
import time
from collections.abc import Callable

import duckdb
import numpy as np
import numpy.typing as npt

from benchmarks.measure import Row
from jinbang.catalogue.validity import Validity
from jinbang.results.ledger import STATUSES, Ledger, SittingColumns, Way
from jinbang.results.states import MarkStatus

PEOPLE = 3_000_000
RESULTS = 9_000_000
FIRST_YEAR, YEARS = 2023, 4
SUBJECTS = ("law", "management", "economics", "practice")
PASS_MARK = 6_000
SPAN = 2
ROUNDS = 3
SCORED_SHARE = 0.9
_SCORED = STATUSES.index(MarkStatus.SCORED)
_UNDECIDED = ", ".join(str(place) for place, status in enumerate(STATUSES) if status.is_undecided)
# Whoever waits for a decision on a withheld mark has not passed yet: hence every row, and a second window.
WINDOW_QUERY = f"""
    SELECT person, min(year) AS first_year FROM (
        SELECT person, year,
            bit_or(CASE WHEN status = {_SCORED} AND mark >= {PASS_MARK} THEN 1::TINYINT << subject ELSE 0 END) OVER (
                PARTITION BY person ORDER BY year RANGE BETWEEN {SPAN - 1} PRECEDING AND CURRENT ROW
            ) AS passed,
            bool_or(status IN ({_UNDECIDED})) OVER (PARTITION BY person, year) AS withheld
        FROM results
    ) WHERE passed = {2 ** len(SUBJECTS) - 1} AND NOT withheld GROUP BY person ORDER BY person
"""  # noqa: S608  # made of constants of this module


def drawn_sittings(people: int = PEOPLE, results: int = RESULTS) -> list[SittingColumns]:
    """Draw the results of all years: each year some register, for two or more subjects, with marks of every status."""
    random = np.random.default_rng(20_260_410)
    each = results // YEARS
    pass_mark = np.full(each, PASS_MARK, np.int32)
    sittings = []
    for number in range(YEARS):
        flat = np.sort(random.choice(people * len(SUBJECTS), each, replace=False, shuffle=False))
        person, subject = (flat // len(SUBJECTS)).astype(np.int32), (flat % len(SUBJECTS)).astype(np.int8)
        drawn = random.integers(0, len(STATUSES), each)
        status = np.where(random.random(each) < SCORED_SHARE, 0, drawn).astype(np.int8)
        sittings.append(
            SittingColumns(
                year=FIRST_YEAR + number,
                month=(FIRST_YEAR + number) * 12 + 9,
                held=True,
                registered=np.unique(person),
                person=person,
                subject=subject,
                mark=random.integers(3_000, 10_000, each).astype(np.int32),
                status=status,
                pass_mark=pass_mark,
            )
        )
    return sittings


def judged_in_columns(sittings: list[SittingColumns], *, people: int = PEOPLE) -> npt.NDArray[np.int16]:
    """Return the year in which each person first had everything, 0 for whoever never did."""
    ledger = Ledger([Way(Validity(SPAN), SUBJECTS, frozenset(SUBJECTS))], people=people)
    first = np.zeros(people, np.int16)
    for sitting in sittings:
        done = sitting.registered[ledger.enter(sitting).complete]
        first[done] = np.where(first[done] == 0, sitting.year, first[done])
    return first


def loaded(sittings: list[SittingColumns]) -> duckdb.DuckDBPyConnection:
    """Return a database in memory with the same rows in one table."""
    database = duckdb.connect()
    database.execute("SET enable_progress_bar = false")
    columns = {
        "person": np.concatenate([one.person for one in sittings]),
        "subject": np.concatenate([one.subject for one in sittings]),
        "mark": np.concatenate([one.mark for one in sittings]),
        "status": np.concatenate([one.status for one in sittings]),
        "year": np.concatenate([np.full(len(one.person), one.year, np.int16) for one in sittings]),
    }
    database.register("columns", columns)
    database.execute("CREATE TABLE results AS SELECT * FROM columns")
    return database


def judged_by_window(database: duckdb.DuckDBPyConnection, *, people: int = PEOPLE) -> npt.NDArray[np.int16]:
    """Return the same by the window query."""
    found = database.execute(WINDOW_QUERY).fetchnumpy()
    first = np.zeros(people, np.int16)
    first[found["person"]] = found["first_year"]
    return first


def validity_row() -> Row:
    """Measure both in turns. Fails where they name one different person or year."""
    sittings = drawn_sittings()
    database = loaded(sittings)
    seconds: dict[str, list[float]] = {"ours": [], "other": []}
    for _ in range(ROUNDS):
        ours = _timed(lambda: judged_in_columns(sittings), seconds["ours"])
        other = _timed(lambda: judged_by_window(database), seconds["other"])
        if not np.array_equal(ours, other):
            raise AssertionError(f"{int((ours != other).sum())} people are judged differently")
    median = {side: statistics.median(found) for side, found in seconds.items()}
    return Row(
        f"results of {PEOPLE:,} people judged, of {YEARS} years, in columns ({median['ours']:.2f} s of processor time)",
        f"a window query of DuckDB, identical people ({median['other']:.2f} s)",
        RESULTS / median["ours"],
        median["other"] / median["ours"],
    )


def _timed(work: Callable[[], npt.NDArray[np.int16]], seconds: list[float]) -> npt.NDArray[np.int16]:
    began = time.process_time()
    found = work()
    seconds.append(time.process_time() - began)
    return found
