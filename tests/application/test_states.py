"""The life of an application."""

import pytest

from jinbang.application.states import TRANSITIONS, ApplicationEvent, ApplicationState
from jinbang.kernel.errors import IllegalTransition
from jinbang.kernel.states import advance, events_from


@pytest.mark.parametrize("state", ApplicationState)
def test_only_final_states_have_no_way_out(state: ApplicationState) -> None:
    assert bool(events_from(TRANSITIONS, state)) is not state.is_final


def test_every_state_but_the_first_is_reached_by_an_event() -> None:
    assert set(TRANSITIONS.values()) == set(ApplicationState) - {ApplicationState.DRAFT}


@pytest.mark.parametrize("state", [state for state in ApplicationState if state is not ApplicationState.SUBMITTED])
@pytest.mark.parametrize("event", [ApplicationEvent.APPROVE, ApplicationEvent.RETURN, ApplicationEvent.REFUSE])
def test_only_what_was_submitted_is_decided(state: ApplicationState, event: ApplicationEvent) -> None:
    with pytest.raises(IllegalTransition):
        advance(TRANSITIONS, state, event)


@pytest.mark.parametrize("state", ApplicationState)
def test_what_can_be_edited_is_what_can_be_submitted(state: ApplicationState) -> None:
    assert state.is_editable is (ApplicationEvent.SUBMIT in events_from(TRANSITIONS, state))


@pytest.mark.parametrize("state", ApplicationState)
def test_it_is_nobodys_turn_exactly_at_the_end(state: ApplicationState) -> None:
    assert (state.whose_turn == "nobody") is state.is_final
