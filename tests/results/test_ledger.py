"""The columns against a database's window query over the same rows: the comparison of the benchmark, in small."""

import numpy as np
import pytest

from benchmarks.validity import drawn_sittings, judged_by_window, judged_in_columns, loaded
from jinbang.catalogue.validity import Validity
from jinbang.results.ledger import Ledger, Way


def test_the_window_query_of_a_database_names_the_same_people_and_years() -> None:
    sittings = drawn_sittings(people=20_000, results=60_000)
    ours = judged_in_columns(sittings, people=20_000)
    assert np.array_equal(ours, judged_by_window(loaded(sittings), people=20_000))
    assert np.count_nonzero(ours) > 20


def test_a_pass_mark_one_hundredth_off_names_other_people() -> None:
    """The twin: the comparison sees a mark on the other side of the line."""
    sittings = drawn_sittings(people=20_000, results=60_000)
    right = judged_in_columns(sittings, people=20_000)
    for sitting in sittings:
        sitting.pass_mark[:] += 100
    assert not np.array_equal(judged_in_columns(sittings, people=20_000), right)


def test_refuses_ways_of_other_columns() -> None:
    with pytest.raises(ValueError, match="differ in their columns"):
        Ledger([Way(Validity(2), ("a",), frozenset("a")), Way(Validity(2), ("a", "b"), frozenset("a"))], people=1)
