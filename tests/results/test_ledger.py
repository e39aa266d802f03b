"""The columns against a database's window query over the same rows: the comparison of the benchmark, in small."""

import numpy as np
import pytest

from benchmarks.validity import drawn_sittings, judged_by_window, judged_in_columns, loaded
from jinbang.catalogue.validity import Validity
from jinbang.results.ledger import STATUSES, Ledger, SittingColumns, StatedColumns, Way
from jinbang.results.states import MarkStatus
from tests.tiers import Tier


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


def year(number: int, passed: str, *, completed: bool | None = None, way: int = 0) -> SittingColumns:
    """Return a sitting of one person who passed one subject of two."""
    return SittingColumns(
        year=number,
        month=number * 12,
        held=True,
        registered=np.array([0]),
        person=np.array([0]),
        subject=np.array(["ab".index(passed)]),
        mark=np.array([60]),
        status=np.array([STATUSES.index(MarkStatus.SCORED)]),
        pass_mark=np.array([60]),
        way=np.array([way]),
        specialty=np.array([0]),
        completed=None if completed is None else np.array([completed]),
    )


BOTH = Way(Validity(2), ("a", "b"), frozenset("ab"))


@pytest.mark.parametrize("completed,stands", [(None, [True, True]), (False, [True, True]), (True, [False, True])])
def test_what_was_released_as_complete_counts_no_more_whatever_is_asked_for_now(
    *, completed: bool | None, stands: list[bool]
) -> None:
    ledger = Ledger([BOTH], people=1)
    ledger.enter(year(2025, "a", completed=completed))
    assert ledger.enter(year(2026, "b")).standing.tolist() == [stands]


def stated(through: int, *, specialty: int = 0) -> StatedColumns:
    """Return one stated pass of the first subject."""
    return StatedColumns(*(np.array([one]) for one in (0, 0, 0, specialty, through)))


@pytest.mark.parametrize(
    "through,before,stands",
    [
        (2025, [], False),
        (2026, [], True),
        (2026, [year(2025, "b", completed=False)], True),  # a year in between uses up nothing of it
        (2026, [year(2025, "b", completed=True)], False),
        (2026, [year(2025, "b", way=1)], False),  # another level begins anew
    ],
)
def test_a_stated_pass_counts_through_its_year_and_ends_as_others_do(
    *, through: int, before: list[SittingColumns], stands: bool
) -> None:
    ledger = Ledger([BOTH, BOTH], people=1, stated=stated(through))
    for sitting in before:
        ledger.enter(sitting)
    assert ledger.enter(year(2026, "b")).standing[0, 0] == stands


@pytest.mark.parametrize("specialty,stands", [(0, True), (1, False)])
def test_a_stated_pass_of_another_specialty_s_own_subject_does_not_count(*, specialty: int, stands: bool) -> None:
    own = Way(Validity(2), ("a", "b"), frozenset("ab"), frozenset("a"))
    ledger = Ledger([own], people=1, stated=stated(2030, specialty=specialty))
    assert ledger.enter(year(2026, "b")).standing[0, 0] == stands


def test_what_is_kept_is_what_counts_in_the_year_after(tier: Tier) -> None:
    span = tier.random.randint(1, 3)
    ledger = Ledger([Way(Validity(span), ("a", "b"), frozenset("ab"))], people=1, stated=stated(2026))
    sitting = year(2026, "b")
    assert ledger.enter(sitting).complete.tolist() == [True]
    assert ledger.kept(sitting).tolist() == [[False, False]]  # it has become one full pass
    other = Ledger([Way(Validity(span), ("a", "b"), frozenset("ab"))], people=1)
    other.enter(sitting)
    assert other.kept(sitting).tolist() == [[False, span > 1]]


def test_refuses_ways_of_other_columns() -> None:
    with pytest.raises(ValueError, match="differ in their columns"):
        Ledger([Way(Validity(2), ("a",), frozenset("a")), Way(Validity(2), ("a", "b"), frozenset("a"))], people=1)
