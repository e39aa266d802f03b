"""What a reader can work out of a table with cells kept back: everything, unless further cells are kept back as cover.

The reader here is somebody else's program: whole-number programming over all that is published (scipy). It finds the
least and the greatest number that can stand in a cell; where they are one, the cell has been worked out.
"""

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from jinbang.results.suppression import Cell, Sum, kept_back

FEWEST = 5
ROWS = ("a", "b", "c", "d")
COLUMNS = ("passed", "failed", "absent", "violation")


def worked_out(cell: Cell, values: Mapping[Cell, int], sums: Sequence[Sum], *, hidden: frozenset[Cell]) -> bool:
    """Whether a reader who sees all other cells can say what stands in this one."""
    unknown = sorted(hidden)
    place = {one: number for number, one in enumerate(unknown)}
    matrix, right = [], []
    for one in sums:
        row = np.zeros(len(unknown))
        known = 0
        for each in one.cells:
            sign = -1 if each == one.total else 1
            if each in place:
                row[place[each]] += sign
            else:
                known += sign * values[each]
        matrix.append(row)
        right.append(-known)
    limits = []
    for direction in (1, -1):
        aim = np.zeros(len(unknown))
        aim[place[cell]] = direction
        found = milp(
            aim,
            constraints=LinearConstraint(np.array(matrix), np.array(right), np.array(right)),
            integrality=np.ones(len(unknown)),
            bounds=Bounds(1, 1 + max(values.values())),
        )
        assert found.success
        limits.append(round(direction * found.fun))
    return bool(limits[0] == limits[1])


def table(numbers: Sequence[Sequence[int]]) -> tuple[dict[Cell, int], list[Sum]]:
    """Return the cells of a table with totals on both sides, and the sums that hold in it."""
    rows, columns = ROWS[: len(numbers)], COLUMNS[: len(numbers[0])]
    values: dict[Cell, int] = {
        (row, column): numbers[i][j] for (i, row), (j, column) in product(enumerate(rows), enumerate(columns))
    }
    for row in rows:
        values[row, "all"] = sum(values[row, column] for column in columns)
    for column in (*columns, "all"):
        values["all", column] = sum(values[row, column] for row in rows)
    sums = [Sum((row, "all"), tuple((row, column) for column in columns)) for row in (*rows, "all")]
    sums += [Sum(("all", column), tuple((row, column) for row in rows)) for column in (*columns, "all")]
    return values, sums


def small_cells(values: Mapping[Cell, int]) -> frozenset[Cell]:
    return frozenset(cell for cell, value in values.items() if 0 < value < FEWEST)


def covered(values: Mapping[Cell, int], sums: Sequence[Sum]) -> frozenset[Cell]:
    return kept_back(values, sums=sums, small=small_cells(values), cost=lambda cell: ("all" in cell, values[cell]))


DISTRICTS = ((120, 80, 30, 2), (60, 70, 10, 0), (45, 50, 22, 0))


def test_the_twin_a_small_cell_left_alone_empty_is_worked_out_from_the_totals() -> None:
    values, sums = table(DISTRICTS)
    alone = small_cells(values)
    assert alone == {("a", "violation"), ("all", "violation")}
    assert worked_out(("a", "violation"), values, sums, hidden=alone)


def test_with_cover_the_same_cell_cannot_be_worked_out() -> None:
    values, sums = table(DISTRICTS)
    hidden = covered(values, sums)
    assert small_cells(values) < hidden
    for cell in small_cells(values):
        assert not worked_out(cell, values, sums, hidden=hidden), cell


def test_the_twin_two_ones_under_a_total_of_two_are_worked_out_because_zeros_are_printed() -> None:
    values, sums = table(((40, 1), (50, 1), (60, 20)))
    cells = frozenset({("a", "failed"), ("b", "failed"), ("a", "passed"), ("b", "passed")})
    assert worked_out(("a", "failed"), values, sums, hidden=cells)
    assert not any(worked_out(cell, values, sums, hidden=covered(values, sums)) for cell in small_cells(values))


def test_nothing_is_kept_back_where_nothing_is_small() -> None:
    values, sums = table(((40, 20), (50, 0)))
    assert covered(values, sums) == frozenset()


def test_cover_costs_little_in_a_table_of_ordinary_size() -> None:
    values, sums = table(DISTRICTS)
    assert len(covered(values, sums)) <= 6
    assert ("all", "all") not in covered(values, sums)


CELL = st.one_of(st.integers(0, 12), st.integers(0, 300))


@given(st.integers(1, 4).flatmap(lambda width: st.lists(st.tuples(*[CELL] * width), min_size=1, max_size=4)))
@settings(max_examples=150, deadline=None)
def test_no_small_cell_of_any_table_can_be_worked_out(numbers: list[tuple[int, ...]]) -> None:
    values, sums = table(numbers)
    hidden = covered(values, sums)
    assert not [cell for cell in small_cells(values) if worked_out(cell, values, sums, hidden=hidden)]


@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=2, max_size=4))
@settings(max_examples=50, deadline=None)
def test_zeros_are_always_printed(numbers: list[tuple[int, ...]]) -> None:
    values, sums = table(numbers)
    assert all(values[cell] for cell in covered(values, sums))


@pytest.mark.parametrize("count", [1, 4])
def test_a_table_with_next_to_nobody_in_it_says_nothing_of_them(count: int) -> None:
    values, sums = table(((count,),))
    assert covered(values, sums) == {cell for cell, value in values.items() if value}
