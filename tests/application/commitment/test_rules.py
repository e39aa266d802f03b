"""Who may sign, how the lot falls, and when a charge may be decided on. No database."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinbang.application.commitment import rules
from jinbang.application.commitment.errors import (
    ChargeUnfounded,
    CommitmentUnavailable,
    HearingClosed,
    HearingOpen,
    SecondPersonNeeded,
)
from jinbang.application.commitment.rules import Applicant
from jinbang.application.commitment.states import Obstacle, Stage
from jinbang.application.commitment.text import COMMITMENTS, CURRENT_COMMITMENT
from tests.cast import NOW

SEED = "5f" * 32


@pytest.mark.parametrize(
    "facts,obstacle",
    [
        ((True, True, False, False, False), None),
        ((True, False, True, False, False), None),
        ((False, True, False, False, False), Obstacle.NOT_OFFERED),
        ((True, True, True, False, False), Obstacle.EXEMPT),
        ((True, True, False, True, False), Obstacle.ON_RECORD),
        ((True, True, False, False, True), Obstacle.SPENT),
        ((True, True, True, True, True), Obstacle.ON_RECORD),
    ],
)
def test_who_may_sign(facts: tuple[bool, bool, bool, bool, bool], obstacle: Obstacle | None) -> None:
    applicant = Applicant(*facts)
    assert rules.find_obstacle(applicant) is obstacle
    if obstacle is not None:
        with pytest.raises(CommitmentUnavailable):
            rules.require_available(obstacle)


@pytest.mark.parametrize(
    "population,percent,size", [(0, 10, 0), (1, 10, 1), (10, 10, 1), (11, 10, 2), (100, 0, 0), (7, 100, 7)]
)
def test_the_lot_is_rounded_up(population: int, percent: int, size: int) -> None:
    assert rules.sample_size(population, percent=percent) == size


@given(ids=st.lists(st.uuids(), max_size=60, unique=True), percent=st.integers(0, 100), order=st.randoms())
def test_the_same_seed_draws_the_same_whatever_the_order(ids: list[UUID], percent: int, order: object) -> None:
    shuffled = list(ids)
    order.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis publishes no type for it
    drawn = rules.draw_sample(ids, seed=SEED, percent=percent)
    assert drawn == rules.draw_sample(shuffled, seed=SEED, percent=percent)
    assert set(drawn) <= set(ids)
    assert len(drawn) == len(set(drawn)) == rules.sample_size(len(ids), percent=percent)


def test_another_seed_draws_others_and_nobody_is_drawn_for_ever() -> None:
    ids = [uuid4() for _ in range(40)]
    drawn = [set(rules.draw_sample(ids, seed=f"{number:064x}", percent=10)) for number in range(400)]
    assert len({frozenset(some) for some in drawn}) > 300
    counts = [sum(one in some for some in drawn) for one in ids]
    assert min(counts) > 15  # forty are expected of each; fifteen are four deviations below
    assert max(counts) < 70


def test_the_digest_is_of_the_set() -> None:
    ids = [uuid4() for _ in range(5)]
    assert rules.population_digest(ids) == rules.population_digest(reversed(ids))
    assert rules.population_digest(ids) != rules.population_digest(ids[1:])


X, Y = uuid4(), uuid4()
UNTIL = NOW + timedelta(days=5)


@pytest.mark.parametrize(
    "now,decider,has_answered,refused",
    [
        (NOW, Y, False, HearingOpen),
        (UNTIL - timedelta(microseconds=1), Y, False, HearingOpen),
        (UNTIL, Y, False, None),
        (NOW, Y, True, None),
        (UNTIL, X, True, SecondPersonNeeded),
    ],
)
def test_nothing_is_decided_alone_or_before_the_hearing(
    *,
    now: datetime,
    decider: UUID,
    has_answered: bool,
    refused: type[Exception] | None,
) -> None:
    facts = {"charged_by_id": X, "decider_id": decider, "has_answered": has_answered, "until": UNTIL}
    if refused is None:
        rules.require_decidable(now, **facts)  # type: ignore[arg-type]  # one table for all four
    else:
        with pytest.raises(refused):
            rules.require_decidable(now, **facts)  # type: ignore[arg-type]  # the same


def test_a_statement_comes_in_time_and_says_something() -> None:
    rules.require_still_heard(UNTIL - timedelta(microseconds=1), until=UNTIL)
    with pytest.raises(HearingClosed):
        rules.require_still_heard(UNTIL, until=UNTIL)
    with pytest.raises(ChargeUnfounded):
        rules.require_words("  ")


@pytest.mark.parametrize(
    "first_day,stage",
    [(date(2026, 3, 11), Stage.BEFORE_EXAMINATION), (date(2026, 3, 10), Stage.AFTER_EXAMINATION)],
)
def test_from_the_first_day_on_marks_are_void(first_day: date, stage: Stage) -> None:
    assert rules.stage_at(NOW, first_day=first_day) is stage


def test_the_wording_is_never_edited() -> None:
    assert COMMITMENTS["2026-1"].sha256 == "0868eba179c219bb1980d6af7dbdc75620d7c8886b261915ec4d828520f62842"
    assert CURRENT_COMMITMENT is COMMITMENTS["2026-1"]
