"""The lives of batches, pass marks and releases: what leads where, and what may still change there."""

from collections.abc import Mapping
from enum import StrEnum

import pytest

from jinbang.kernel.errors import IllegalTransition
from jinbang.kernel.states import advance
from jinbang.results.states import (
    BATCH_TRANSITIONS,
    PASS_MARK_TRANSITIONS,
    RELEASE_TRANSITIONS,
    BatchEvent,
    BatchState,
    PassMarkEvent,
    PassMarkState,
    ReleaseEvent,
    ReleaseState,
)

S, E = ReleaseState, ReleaseEvent


def test_a_release_goes_from_draft_to_released_in_five_steps() -> None:
    state = S.DRAFT
    for event in (E.VALIDATE, E.SEAL, E.APPROVE, E.ARM, E.RELEASE):
        state = advance(RELEASE_TRANSITIONS, state, event)
    assert state is S.RELEASED


@pytest.mark.parametrize("state", [S.VALIDATED, S.SEALED, S.APPROVED, S.ARMED])
def test_the_only_way_back_before_the_instant_is_to_the_draft(state: ReleaseState) -> None:
    assert advance(RELEASE_TRANSITIONS, state, E.REOPEN) is S.DRAFT
    earlier = {after for (before, _), after in RELEASE_TRANSITIONS.items() if before is state} - {S.DRAFT}
    order = list(S)
    assert all(order.index(after) >= order.index(state) for after in earlier)


def test_what_is_released_is_never_reopened_only_corrected() -> None:
    with pytest.raises(IllegalTransition):
        advance(RELEASE_TRANSITIONS, S.RELEASED, E.REOPEN)
    assert advance(RELEASE_TRANSITIONS, S.RELEASED, E.CORRECT) is S.DRAFT


@pytest.mark.parametrize("state", list(S))
def test_nothing_is_armed_without_approval(state: ReleaseState) -> None:
    if state is S.APPROVED:
        assert advance(RELEASE_TRANSITIONS, state, E.ARM) is S.ARMED
    else:
        with pytest.raises(IllegalTransition):
            advance(RELEASE_TRANSITIONS, state, E.ARM)


@pytest.mark.parametrize(
    "state,is_sealed,takes_marks",
    [
        (S.DRAFT, False, True),
        (S.VALIDATED, False, True),
        (S.SEALED, True, False),
        (S.APPROVED, True, False),
        (S.ARMED, True, False),
        (S.RELEASED, False, False),
    ],
)
def test_marks_come_in_before_sealing_and_pass_marks_stand_still_while_sealed(
    state: ReleaseState, *, is_sealed: bool, takes_marks: bool
) -> None:
    assert (state.is_sealed, state.takes_marks) == (is_sealed, takes_marks)


def test_a_discarded_batch_and_a_decided_pass_mark_stay_as_they_are() -> None:
    for event in BatchEvent:
        with pytest.raises(IllegalTransition):
            advance(BATCH_TRANSITIONS, BatchState.DISCARDED, event)
    for state in (PassMarkState.APPROVED, PassMarkState.REJECTED):
        for decision in PassMarkEvent:
            with pytest.raises(IllegalTransition):
                advance(PASS_MARK_TRANSITIONS, state, decision)


@pytest.mark.parametrize("table", [BATCH_TRANSITIONS, PASS_MARK_TRANSITIONS, RELEASE_TRANSITIONS])
def test_every_state_says_whose_turn_it_is(table: Mapping[tuple[StrEnum, StrEnum], StrEnum]) -> None:
    for state in {before for before, _ in table} | set(table.values()):
        assert state.whose_turn  # type: ignore[attr-defined]  # every state enumeration has it
