"""Counting: each registration in one column, zero a mark and the five others none; what is published of it."""

from datetime import date
from itertools import product
from random import Random
from typing import Any

import pytest

from jinbang.results import statistics
from jinbang.results.states import MarkStatus, Overall, Verdict
from jinbang.results.statistics import (
    EVERYBODY,
    PRESENT_AS,
    AgeBand,
    Band,
    Column,
    Dimension,
    Registrant,
    Sheet,
    Tally,
    age_band,
    band_of,
    column_of,
    joined_bands,
    sheet_of,
    sheets_of,
    small_cells,
    sums_of,
    values_of,
)
from tests.results.test_suppression import worked_out

FULL = {("two", "basics"): 10_000}


def line(status: str | None, mark: int | None = None, verdict: str = "none") -> dict[str, Any]:
    return {"code": "basics", "status": status, "mark_hundredths": mark, "verdict": verdict}


def scored(mark: int) -> dict[str, Any]:
    return line("scored", mark, "passed" if mark >= 6_000 else "failed")


def somebody(
    *lines: dict[str, Any],
    district: str = "1403",
    age: AgeBand = AgeBand.UNDER_30,
    overall: Overall = Overall.FAILED,
    is_void: bool = False,
) -> Registrant:
    return Registrant("two", district, age, overall, lines, is_void)


def counted(*people: Registrant, fewest: int = 1) -> dict[str, Sheet]:
    tally = Tally()
    for one in people:
        tally.add(one, full_marks=FULL)
    return {sheet.subject: sheet for sheet in sheets_of(tally, full_marks=FULL, fewest=fewest)}


def test_zero_absent_violation_void_withheld_similar_and_not_registered_each_count_as_what_they_are() -> None:
    kinds = {
        Column.FAILED: scored(0),
        Column.ABSENT: line("absent"),
        Column.VIOLATION: line("violation"),
        Column.VOID: line("void"),
        Column.WITHHELD: line("withheld"),
        Column.SIMILAR: line("similar"),
    }
    people = [somebody(one) for one in kinds.values()]
    people += [somebody(line(None, verdict="retained")), somebody(line(None, verdict="exempt")), somebody()]
    row = counted(*people)["basics"].everybody
    assert {column: row[column] for column in kinds} == dict.fromkeys(kinds, 1)
    assert (row[Column.REGISTERED], row[Column.PRESENT], row[Column.MARKS]) == (6, 1, 0)
    assert (row.mean_hundredths, row.pass_rate) == (0, 0.0)
    assert [band.people for band in counted(*people)["basics"].histogram] == [1, *[0] * 9]


def test_no_two_statuses_count_alike() -> None:
    apart = [one for one in MarkStatus if one is not MarkStatus.SCORED]
    columns = [column_of(line(status.value)) for status in apart]
    assert len(set(columns)) == len(columns)
    assert not set(columns) & set(statistics.PRESENT_AS)


def test_a_result_withheld_for_similar_answers_counts_as_those_and_not_as_withheld() -> None:
    people = [
        somebody(line("similar"), overall=Overall.WITHHELD),
        somebody(line("withheld"), overall=Overall.WITHHELD),
        somebody(line("similar"), scored(100), overall=Overall.VOID),
    ]
    whole = counted(*people)[""].everybody
    assert [whole[column] for column in (Column.SIMILAR, Column.WITHHELD, Column.VOID)] == [1, 1, 1]


@pytest.mark.parametrize(
    "statuses,column",
    [
        (("violation", "violation"), Column.VIOLATION),
        (("absent", "violation"), Column.VIOLATION),
        (("void", "violation"), Column.VIOLATION),
        (("void", "absent"), Column.VOID),
        (("absent", "absent"), Column.ABSENT),
    ],
)
@pytest.mark.parametrize("overall", [Overall.FAILED, Overall.PARTIAL, Overall.PASSED, Overall.VOID])
def test_of_a_level_nobody_is_present_who_has_no_mark_whatever_the_result_says(
    *, statuses: tuple[str, ...], column: Column, overall: Overall
) -> None:
    whole = counted(somebody(*map(line, statuses), overall=overall))[""].everybody
    assert (whole[column], whole[Column.PRESENT], whole[Column.REGISTERED]) == (1, 0, 1)
    half_marked = counted(somebody(line(statuses[0]), scored(0)))[""].everybody
    assert (half_marked[Column.PRESENT], half_marked[column]) == (1, 0)


def test_means_and_rates_leave_out_whoever_has_no_mark() -> None:
    people = [somebody(scored(mark)) for mark in (5_000, 6_000, 10_000)] + [somebody(line("absent"))] * 7
    row = counted(*people)["basics"].everybody
    assert row.mean_hundredths == 7_000
    assert row.pass_rate == pytest.approx(66.667, abs=0.001)


def test_while_the_pass_mark_is_awaited_there_is_no_rate() -> None:
    row = counted(somebody(line("scored", 7_000, "awaiting_pass_mark")))["basics"].everybody
    assert (row[Column.PRESENT], row[Column.AWAITING], row.pass_rate, row.mean_hundredths) == (1, 1, None, 7_000)


def test_a_commitment_found_false_counts_as_void_and_nowhere_else() -> None:
    sheets = counted(somebody(scored(9_000), overall=Overall.PASSED, is_void=True))
    for sheet in sheets.values():
        assert (sheet.everybody[Column.VOID], sheet.everybody[Column.PASSED], sheet.everybody[Column.PRESENT]) == (
            1,
            0,
            0,
        )


@pytest.mark.parametrize("overall", Overall)
def test_every_overall_result_has_its_column(overall: Overall) -> None:
    whole = counted(somebody(scored(0), overall=overall))[""].everybody
    assert whole[Column.REGISTERED] == 1
    assert sum(whole[column] or 0 for column in (*statistics.PRESENT_AS, *statistics.NOT_JUDGED)) == 1


@pytest.mark.parametrize(
    "born,band",
    [
        (date(2001, 1, 10), AgeBand.UNDER_30),
        (date(2001, 1, 11), AgeBand.UNDER_25),
        (date(1976, 1, 10), AgeBand.FROM_50),
        (date(1976, 1, 11), AgeBand.UNDER_50),
        (None, AgeBand.UNKNOWN),
    ],
)
def test_the_age_is_that_of_the_first_day(born: date | None, band: AgeBand) -> None:
    assert age_band(born, on=date(2026, 1, 10)) is band


@pytest.mark.parametrize("mark,band", [(0, 0), (999, 0), (1_000, 1), (9_000, 9), (9_999, 9), (10_000, 9)])
def test_the_last_band_holds_the_full_mark(mark: int, band: int) -> None:
    assert band_of(mark, full_mark=10_000) == band


def test_a_full_mark_that_is_no_multiple_of_ten_has_a_shorter_last_band() -> None:
    assert (band_of(11_900, full_mark=12_500), band_of(12_500, full_mark=12_500)) == (11, 12)


def test_bands_with_too_few_people_are_joined_to_their_neighbours() -> None:
    bands = joined_bands({0: 2, 1: 1, 2: 9, 4: 20, 9: 3}, full_mark=10_000, fewest=5)
    assert bands[0] == Band(0, 3_000, 12)
    assert sum(band.people for band in bands) == 35
    assert all(band.people == 0 or band.people >= 5 for band in bands)
    assert bands[-1].ends == 10_000
    assert [one.ends for one in bands[:-1]] == [other.begins for other in bands[1:]]


@pytest.mark.parametrize("seed", range(40))
def test_joined_bands_lose_nobody_and_show_no_few(seed: int) -> None:
    random = Random(seed)  # noqa: S311  # test cases, no secret
    counts = {number: random.choice((0, 0, 1, 3, 4, 5, 30)) for number in range(10)}
    bands = joined_bands(counts, full_mark=10_000, fewest=5)
    if bands:
        assert sum(band.people for band in bands) == sum(counts.values())
        assert (bands[0].begins, bands[-1].ends) == (0, 10_000)
    else:
        assert sum(counts.values()) < 5
    assert all(band.people == 0 or band.people >= 5 for band in bands)


def province(seed: int, people: int = 400) -> Tally:
    """Return the count of a made-up province: a few districts, most present, some of everything."""
    random = Random(seed)  # noqa: S311  # test cases, no secret
    tally = Tally()
    bands = list(AgeBand)
    for _number in range(people):
        status = random.choices(list(MarkStatus), (80, 15, 1, 1, 1, 1))[0]
        mark = random.randrange(0, 10_001, 50)
        one = scored(mark) if status is MarkStatus.SCORED else line(status.value)
        district = random.choices(("1401", "1403", "1405", "1410"), (50, 30, 15, 2))[0]
        tally.add(somebody(one, district=district, age=random.choice(bands)), full_marks=FULL)
    return tally


def published(sheet: Sheet) -> dict[tuple[str, str, str], int | None]:
    """Return every cell as it is published."""
    rows = [(EVERYBODY, sheet.everybody)]
    rows += [(Dimension.DISTRICT, row) for row in sheet.by_district] + [(Dimension.AGE, row) for row in sheet.by_age]
    return {
        (dimension, row.group, column.value): row.counts.get(column, 0)
        for (dimension, row), column in product(rows, Column)
    }


@pytest.mark.parametrize("seed", range(6))
def test_nobody_works_out_a_small_cell_of_a_whole_sheet(seed: int) -> None:
    tally = province(seed)
    (sheet,) = (one for one in sheets_of(tally, full_marks=FULL) if one.subject)
    counts = tally.counts["two", "basics"]
    values, sums = values_of(counts), sums_of(counts)
    hidden = frozenset(cell for cell, shown in published(sheet).items() if shown is None)
    small = small_cells(values, fewest=statistics.FEWEST_SHOWN)
    assert small
    assert not [cell for cell in small if worked_out(cell, values, sums, hidden=hidden)]


def test_the_twin_with_the_small_cells_alone_kept_back_most_are_worked_out() -> None:
    tally = province(1)
    counts = tally.counts["two", "basics"]
    values, sums = values_of(counts), sums_of(counts)
    small = small_cells(values, fewest=statistics.FEWEST_SHOWN)
    assert sum(worked_out(cell, values, sums, hidden=small) for cell in small) > len(small) // 2


def test_marks_of_too_few_people_are_kept_back_with_their_number() -> None:
    people = [somebody(scored(6_100), district="1401")] * 3 + [somebody(scored(5_000), district="1403")] * 40
    people += [somebody(scored(7_000), district="1405")] * 30
    rows = {row.group: row for row in counted(*people, fewest=5)["basics"].by_district}
    assert rows["1401"][Column.MARKS] is None
    assert sum(row[Column.MARKS] is None for row in rows.values()) > 1


def test_a_sheet_is_stored_and_read_back_as_it_was() -> None:
    for sheet in sheets_of(province(3), full_marks=FULL):
        assert sheet_of(sheet.facts()) == sheet


def test_levels_and_subjects_stand_in_the_programme_s_order_the_level_first() -> None:
    full = {("one", "b"): 10_000, ("one", "a"): 10_000, ("two", "b"): 10_000}
    tally = Tally()
    for level, subject in (("two", "b"), ("one", "a"), ("one", ""), ("one", "b")):
        tally.counts[level, subject][EVERYBODY, ""][Column.REGISTERED] = 1
    found = [(sheet.level, sheet.subject) for sheet in sheets_of(tally, full_marks=full)]
    assert found == [("one", ""), ("one", "b"), ("one", "a"), ("two", "b")]


@pytest.mark.parametrize("status", MarkStatus)
@pytest.mark.parametrize("verdict", [one for one in Verdict if one not in {Verdict.NONE, Verdict.EXEMPT}])
def test_every_line_that_can_come_of_a_mark_has_a_column(status: MarkStatus, verdict: Verdict) -> None:
    column = column_of({"status": status.value, "verdict": verdict.value})
    assert (column in PRESENT_AS) == (status is MarkStatus.SCORED)
