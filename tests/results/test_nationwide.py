"""The table of all regions tells no more than theirs do: nobody subtracts their way to a cell that was kept back."""

from collections.abc import Mapping

import pytest

from jinbang.results import statistics
from jinbang.results.nationwide import added_up, nationwide
from jinbang.results.statistics import Column, Figures, Sheet, Tally, sheets_of, small_cells, sums_of, values_of
from jinbang.results.suppression import Cell, Sum
from tests.results.test_statistics import FULL, line, province, published, scored, somebody
from tests.results.test_suppression import worked_out

ORDER = (("two", ""), ("two", "basics"))
SMALL_REGION = 9


def regions(seed: int) -> dict[str, Tally]:
    """Return three provinces, one of them small."""
    return {"14": province(seed, 150), "50": province(seed + 100, 120), "54": province(seed + 200, SMALL_REGION)}


def basics(tallies: Mapping[str, Tally]) -> dict[str, Sheet]:
    return {
        code: next(sheet for sheet in sheets_of(tally, full_marks=FULL) if sheet.subject)
        for code, tally in tallies.items()
    }


def everything(tallies: Mapping[str, Tally]) -> tuple[dict[Cell, int], list[Sum], frozenset[Cell]]:
    """Return all regions' cells, what adds up within each and over all of them, and the small cells."""
    values: dict[Cell, int] = {}
    sums: list[Sum] = []
    small: set[Cell] = set()
    for code, tally in tallies.items():
        counts = tally.counts["two", "basics"]
        here = values_of(counts)
        values |= {(code, *cell): value for cell, value in here.items()}
        small |= {(code, *cell) for cell in small_cells(here, fewest=statistics.FEWEST_SHOWN)}
        sums += [Sum((code, *one.total), tuple((code, *cell) for cell in one.parts)) for one in sums_of(counts)]
    groups = dict.fromkeys(cell[1:3] for cell in values if cell[1] != "district")
    for dimension, group in groups:
        for column in Column:
            parts = tuple(
                (code, dimension, group, column) for code in tallies if (code, dimension, group, column) in values
            )
            total = ("cn", dimension, group, column.value)
            values[total] = sum(values[part] for part in parts)
            sums.append(Sum(total, parts))
    return values, sums, frozenset(small)


def kept_back_in(sheets: Mapping[str, Sheet]) -> frozenset[Cell]:
    return frozenset(
        (code, *cell) for code, sheet in sheets.items() for cell, shown in published(sheet).items() if shown is None
    )


@pytest.mark.parametrize("seed", range(4))
def test_nobody_works_out_a_small_cell_from_the_regions_and_the_whole_together(seed: int) -> None:
    tallies = regions(seed)
    sheets = basics(tallies)
    whole = nationwide({code: [sheet] for code, sheet in sheets.items()}, order=ORDER)[0]
    values, sums, small = everything(tallies)
    hidden = kept_back_in(sheets) | {
        ("cn", *cell) for cell, shown in published(whole).items() if shown is None and cell[0] != "district"
    }
    assert small
    assert not [cell for cell in small if worked_out(cell, values, sums, hidden=hidden)]


def test_the_twin_a_whole_that_is_printed_in_full_gives_small_cells_away() -> None:
    found = 0
    for seed in range(4):
        tallies = regions(seed)
        values, sums, small = everything(tallies)
        hidden = kept_back_in(basics(tallies))
        found += sum(worked_out(cell, values, sums, hidden=hidden) for cell in small)
    assert found


def test_what_every_region_publishes_is_added_up_and_what_one_keeps_back_is_kept_back() -> None:
    one = Figures("", {Column.PASSED: 50, Column.VIOLATION: 0, Column.VOID: 7})
    other = Figures("", {Column.PASSED: 60, Column.VIOLATION: None, Column.VOID: 0})
    assert added_up([one, other], group="").counts == {Column.PASSED: 110, Column.VIOLATION: None, Column.VOID: 7}


def test_rows_are_regions_a_region_without_the_level_has_none_and_no_distribution_is_given() -> None:
    tallies = {"14": Tally(), "50": Tally(), "54": Tally()}
    for code in ("50", "14"):
        for number in range(40):
            mark = scored(7_000) if number % 2 else line("absent")
            tallies[code].add(somebody(mark), full_marks=FULL)
    sheets = {code: sheets_of(tally, full_marks=FULL) for code, tally in tallies.items()}
    whole = {sheet.subject: sheet for sheet in nationwide(sheets, order=ORDER)}
    row = whole["basics"]
    assert [figures.group for figures in row.by_district] == ["14", "50"]
    assert (row.everybody[Column.REGISTERED], row.everybody[Column.PASSED], row.everybody[Column.ABSENT]) == (
        80,
        40,
        40,
    )
    assert row.everybody.mean_hundredths == 7_000
    assert row.histogram == ()
