"""Keeping back small cells of published tables, and as many others as it takes that nobody can work them out. Pure.

A cell that counts fewer people than the threshold may tell what became of somebody known to be among them. Leaving
that cell alone empty protects nobody: its row and its column add up to totals that are printed beside it. So further
cells are kept back (complementary suppression) until, for each small cell, another table exists that agrees with
everything published and has another number there. The reader is taken to know the tables' sums, and that a cell kept
back is never a zero, because zeros are always printed.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import lcm
from typing import Final, TypeAlias

Cell: TypeAlias = tuple[str, ...]
Move: TypeAlias = Mapping[Cell, int]

LEAST_KEPT_BACK: Final = 1
"""What a reader knows of a cell kept back: that it is at least this."""
_ROOM: Final = 2
"""A cell chosen as cover should be able to give one away and still be no zero."""


@dataclass(frozen=True)
class Sum:
    """What every reader of the tables knows: these parts add up to this total."""

    total: Cell
    parts: tuple[Cell, ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Total and parts."""
        return (self.total, *self.parts)


def kept_back(
    values: Mapping[Cell, int],
    *,
    sums: Sequence[Sum],
    small: Collection[Cell],
    cost: Callable[[Cell], tuple[int, ...]],
) -> frozenset[Cell]:
    """Return the cells to keep back: the small ones, and the cheapest found that keep them from being worked out.

    `cost` orders the cells that may be kept back as cover, the cheapest first. Where nothing is left that could cover
    a small cell, everything connected with it has been kept back already.
    """
    hidden = set(small)
    while True:
        exposed = _exposed(hidden, values=values, sums=sums, small=small)
        if not exposed:
            return frozenset(hidden)
        cover = _cover(exposed, hidden, values=values, sums=sums, cost=cost)
        if cover is None:
            return frozenset(hidden)
        hidden.add(cover)


def _exposed(
    hidden: Collection[Cell], *, values: Mapping[Cell, int], sums: Sequence[Sum], small: Collection[Cell]
) -> list[Cell]:
    """Return the small cells that may be worked out, in order: the linear steps first, then the narrow ones."""
    open_cells = _left_after_peeling(hidden, sums)
    worked_out = sorted(set(small) - open_cells)
    if worked_out:
        return worked_out
    moves = list(_moves(open_cells, sums))
    uncovered = set(small) - _moved(moves, values)
    if uncovered:
        uncovered -= _moved(_pairs(moves, uncovered), values)
    return sorted(uncovered)


def _left_after_peeling(hidden: Collection[Cell], sums: Sequence[Sum]) -> set[Cell]:
    """Return what is still unknown once every sum with a single unknown has been solved, over and over."""
    unknown = set(hidden)
    while True:
        solved = {open_[0] for one in sums if len(open_ := _unknown_of(one, unknown)) == 1}
        if not solved:
            return unknown
        unknown -= solved


def _unknown_of(one: Sum, unknown: Collection[Cell]) -> list[Cell]:
    return [cell for cell in one.cells if cell in unknown]


def _moves(unknown: Collection[Cell], sums: Sequence[Sum]) -> Iterator[Move]:
    """Yield a basis of the ways to change the unknown cells that leave every sum right, in whole numbers."""
    pivots: dict[Cell, dict[Cell, Fraction]] = {}
    for one in sums:
        row = {cell: Fraction(-1 if cell == one.total else 1) for cell in one.cells if cell in unknown}
        _eliminate(row, pivots)
        if row:
            pivot = min(row)
            scale = row[pivot]
            row = {cell: factor / scale for cell, factor in row.items()}
            for other in pivots.values():
                if pivot in other:
                    _subtract(other, row, other[pivot])
            pivots[pivot] = row
    for free in sorted(set(unknown) - set(pivots)):
        move = {free: Fraction(1)}
        move |= {pivot: -row[free] for pivot, row in pivots.items() if free in row}
        scale_up = lcm(*(factor.denominator for factor in move.values()))
        yield {cell: int(factor * scale_up) for cell, factor in move.items()}


def _eliminate(row: dict[Cell, Fraction], pivots: Mapping[Cell, dict[Cell, Fraction]]) -> None:
    for cell in [cell for cell in row if cell in pivots]:
        _subtract(row, pivots[cell], row[cell])


def _subtract(row: dict[Cell, Fraction], other: Mapping[Cell, Fraction], times: Fraction) -> None:
    for cell, factor in other.items():
        left = row.get(cell, Fraction(0)) - times * factor
        if left:
            row[cell] = left
        else:
            row.pop(cell, None)


def _moved(moves: Iterator[Move] | Sequence[Move], values: Mapping[Cell, int]) -> set[Cell]:
    """Return the cells for which one of these moves, in one direction or the other, makes another possible table."""
    found: set[Cell] = set()
    for move in moves:
        for sign in (1, -1):
            if all(values[cell] + sign * by >= LEAST_KEPT_BACK for cell, by in move.items()):
                found |= set(move)
    return found


def _pairs(moves: Sequence[Move], wanted: Collection[Cell]) -> Iterator[Move]:
    """Yield what two moves come to together, of which one at least touches a wanted cell."""
    for one, other in combinations(moves, 2):
        if wanted.isdisjoint(one) and wanted.isdisjoint(other):  # type: ignore[attr-defined]  # always a set here
            continue
        for sign in (1, -1):
            both: Counter[Cell] = Counter(one)
            for cell, by in other.items():
                both[cell] += sign * by
            yield {cell: by for cell, by in both.items() if by}


def _cover(
    exposed: Sequence[Cell],
    hidden: Collection[Cell],
    *,
    values: Mapping[Cell, int],
    sums: Sequence[Sum],
    cost: Callable[[Cell], tuple[int, ...]],
) -> Cell | None:
    """Return the cheapest cell to keep back beside one that can be worked out; None where none is left.

    A sum in which an exposed cell stands alone comes first; then any through which it is reached.
    """
    alone = [one for one in sums if len(open_ := _unknown_of(one, hidden)) == 1 and open_[0] in set(exposed)]
    near = [one for one in sums if not set(one.cells).isdisjoint(exposed)]
    connected = _connected(exposed[0], hidden, sums)
    lonely = [one for one in connected if len(_unknown_of(one, hidden)) == 1]
    for room in (_ROOM, LEAST_KEPT_BACK):
        for among in (alone, lonely, near, connected):
            candidates = {cell for one in among for cell in one.cells if cell not in hidden and values[cell] >= room}
            if candidates:
                return min(candidates, key=lambda cell: (cost(cell), cell))
    return None


def _connected(start: Cell, hidden: Collection[Cell], sums: Sequence[Sum]) -> list[Sum]:
    """Return every sum that is reached from a cell by way of unknown cells."""
    through: dict[Cell, list[int]] = defaultdict(list)
    for number, one in enumerate(sums):
        for cell in _unknown_of(one, hidden):
            through[cell].append(number)
    seen: set[int] = set()
    ahead = [start]
    while ahead:
        for number in through.pop(ahead.pop(), ()):
            if number not in seen:
                seen.add(number)
                ahead += _unknown_of(sums[number], hidden)
    return [sums[number] for number in sorted(seen)]
