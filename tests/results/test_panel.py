"""One mark out of a panel's marks, and out of two or three readings of a sheet."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jinbang.catalogue.regulations import PanelRule
from jinbang.results import panel
from jinbang.results.errors import SheetCellWrong
from jinbang.results.mark_rows import FaultKind, Kind
from jinbang.results.states import MarkStatus

SCORED = MarkStatus.SCORED
LINE = panel.Line("e1", "T1", Kind({"review": 10_000}, {"review": "review"}))


@pytest.mark.parametrize(
    "marks,rule,mean",
    [
        ([8000, 8100, 8200], PanelRule(3), 8100),
        ([8000, 8000, 8100], PanelRule(3), 8033),
        ([8000, 8100], PanelRule(2, decimals=0), 8100),  # 80.5 is rounded half up
        ([8000, 8099], PanelRule(2, decimals=0), 8000),
        ([0, 8000, 8100, 8200, 10_000], PanelRule(5, drop_highest=1, drop_lowest=1), 8100),
        ([8000, 8100, 8200, 10_000], PanelRule(4, drop_highest=1), 8100),
        ([6049, 6050], PanelRule(2, decimals=1), 6050),
        ([0, 0, 0], PanelRule(3), 0),
    ],
)
def test_the_mean_of_what_the_rule_leaves(marks: list[int], rule: PanelRule, mean: int) -> None:
    assert panel.average(marks, rule=rule) == mean


@given(
    marks=st.lists(st.integers(0, 15_000), min_size=3, max_size=9),
    low=st.integers(0, 1),
    high=st.integers(0, 1),
    decimals=st.integers(0, 2),
)
@settings(max_examples=1_000, deadline=None)
def test_the_mean_against_fractions(*, marks: list[int], low: int, high: int, decimals: int) -> None:
    left = sorted(marks)[low : len(marks) - high]
    step = 10 ** (2 - decimals)
    exact = Fraction(sum(left), len(left)) / step
    rounded = int(exact + Fraction(1, 2)) * step
    rule = PanelRule(len(marks), drop_highest=high, drop_lowest=low, decimals=decimals)
    assert panel.average(marks, rule=rule) == rounded


def read(*cells: str) -> dict[panel.Cell, panel.Read]:
    typed = {("e1", at): text for at, text in enumerate(cells, start=1)}
    return panel.read_cells(typed, lines=[LINE], layout=panel.Layout("review", assessors=len(cells)))


def test_a_status_fills_the_line_and_a_zero_is_a_mark() -> None:
    assert set(read("缺考", "", "").values()) == {(MarkStatus.ABSENT, None)}
    assert set(read("0", "0", "0").values()) == {(SCORED, 0)}


@pytest.mark.parametrize(
    "cells,fault",
    [
        (("80", "", "80"), FaultKind.MARK_MISSING),
        (("80", "缺考", "80"), FaultKind.MARK_TWICE),
        (("缺考", "违纪", ""), FaultKind.MARK_TWICE),
        (("80", "x", "80"), FaultKind.NOT_A_MARK),
        (("缺考", "x", ""), FaultKind.NOT_A_MARK),
        (("80", "100.01", "80"), FaultKind.ABOVE_FULL),
    ],
)
def test_a_cell_that_cannot_stand_is_named(cells: tuple[str, ...], fault: FaultKind) -> None:
    with pytest.raises(SheetCellWrong) as refusal:
        read(*cells)
    assert refusal.value.cells[0].fault == fault.value


def test_everything_that_is_wrong_with_a_sheet_is_named_at_once() -> None:
    people = [panel.Line(name, f"T{name}", LINE.kind) for name in "abc"]
    typed = {("a", 0): "x", ("b", 0): "60", ("c", 0): "101"}
    with pytest.raises(SheetCellWrong) as refusal:
        panel.read_cells(typed, lines=people, layout=panel.Layout("review"))
    found = [(one.ticket_number, one.column, one.fault) for one in refusal.value.cells]
    assert found == [("Ta", 0, "not_a_mark"), ("Tc", 0, "above_full")]


def test_two_of_three_agree_or_nobody_does() -> None:
    first, second = {("e", 0): (SCORED, 6000), ("f", 0): (SCORED, 1)}, {("e", 0): (SCORED, 9000), ("f", 0): (SCORED, 1)}
    assert panel.differing(first, second) == (("e", 0),)
    assert panel.agreed(first, second, third={("e", 0): (SCORED, 9000)}) == second
    assert panel.agreed(first, second, third={("e", 0): (SCORED, 6900)}) is None
