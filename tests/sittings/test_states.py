"""A sitting is published once and ends once."""

import pytest

from jinbang.kernel.errors import IllegalTransition
from jinbang.kernel.states import advance, events_from
from jinbang.sittings.states import TRANSITIONS, SittingEvent, SittingState


@pytest.mark.parametrize(
    "state,event,following",
    [
        (SittingState.DRAFT, SittingEvent.PUBLISH, SittingState.PUBLISHED),
        (SittingState.DRAFT, SittingEvent.CANCEL, SittingState.CANCELLED),
        (SittingState.PUBLISHED, SittingEvent.CLOSE, SittingState.CLOSED),
        (SittingState.PUBLISHED, SittingEvent.CANCEL, SittingState.CANCELLED),
    ],
)
def test_a_sitting_moves_as_the_table_says(state: SittingState, event: SittingEvent, following: SittingState) -> None:
    assert advance(TRANSITIONS, state, event) is following


@pytest.mark.parametrize("event", list(SittingEvent))
@pytest.mark.parametrize("state", [SittingState.CLOSED, SittingState.CANCELLED])
def test_nothing_leads_out_of_an_ended_sitting(state: SittingState, event: SittingEvent) -> None:
    assert state.is_final
    with pytest.raises(IllegalTransition):
        advance(TRANSITIONS, state, event)


def test_whoever_has_a_turn_has_something_to_do() -> None:
    for state in SittingState:
        assert (state.whose_turn == "planner") == bool(events_from(TRANSITIONS, state))
