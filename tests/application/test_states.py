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


DECIDED_FROM = {
    ApplicationEvent.APPROVE: {ApplicationState.SUBMITTED, ApplicationState.SAMPLED},
    ApplicationEvent.RETURN: {ApplicationState.SUBMITTED},
    ApplicationEvent.PROPOSE_REFUSAL: {ApplicationState.SUBMITTED},
    ApplicationEvent.REFUSE: {ApplicationState.REFUSAL_PROPOSED},
    ApplicationEvent.UPHOLD: {ApplicationState.APPEALED},
    ApplicationEvent.REOPEN: {ApplicationState.APPEALED},
}


@pytest.mark.parametrize("state", ApplicationState)
@pytest.mark.parametrize("event", sorted(DECIDED_FROM))
def test_each_decision_is_made_from_its_own_step_alone(state: ApplicationState, event: ApplicationEvent) -> None:
    if state in DECIDED_FROM[event]:
        assert advance(TRANSITIONS, state, event) is not state
        return
    with pytest.raises(IllegalTransition):
        advance(TRANSITIONS, state, event)


def test_nothing_that_was_refused_comes_back_but_by_an_appeal() -> None:
    ways = {(before, event) for (before, event), after in TRANSITIONS.items() if before is ApplicationState.REFUSED}
    assert {event for _, event in ways} == {ApplicationEvent.APPEAL, ApplicationEvent.STAND, ApplicationEvent.VOID}


def test_a_reason_is_shown_only_once_it_is_decided() -> None:
    assert not ApplicationState.REFUSAL_PROPOSED.shows_reason
    assert {state for state in ApplicationState if state.shows_reason} == {
        ApplicationState.RETURNED,
        ApplicationState.REFUSED,
        ApplicationState.APPEALED,
        ApplicationState.REFUSED_FINALLY,
        ApplicationState.VOIDED,
    }


@pytest.mark.parametrize("state", ApplicationState)
def test_what_can_be_edited_is_what_can_be_submitted(state: ApplicationState) -> None:
    assert state.is_editable is (ApplicationEvent.SUBMIT in events_from(TRANSITIONS, state))


@pytest.mark.parametrize("state", ApplicationState)
def test_it_is_nobodys_turn_exactly_at_the_end(state: ApplicationState) -> None:
    assert (state.whose_turn == "nobody") is state.is_final
