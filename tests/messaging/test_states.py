"""What can become of a message, and what cannot."""

import pytest

from jinbang.kernel.errors import IllegalTransition
from jinbang.kernel.states import advance
from jinbang.messaging.states import TRANSITIONS, MessageEvent, MessageState


def test_a_message_that_was_sent_is_never_sent_again() -> None:
    for event in MessageEvent:
        with pytest.raises(IllegalTransition):
            advance(TRANSITIONS, MessageState.SENT, event)


def test_a_message_is_taken_before_it_is_sent() -> None:
    with pytest.raises(IllegalTransition):
        advance(TRANSITIONS, MessageState.WAITING, MessageEvent.SEND)
    taken = advance(TRANSITIONS, MessageState.WAITING, MessageEvent.TAKE)
    assert advance(TRANSITIONS, taken, MessageEvent.SEND) is MessageState.SENT
    assert advance(TRANSITIONS, taken, MessageEvent.PUT_BACK) is MessageState.WAITING


@pytest.mark.parametrize("state", MessageState)
def test_it_is_the_systems_turn_until_nothing_more_can_happen(state: MessageState) -> None:
    has_exit = any(before is state for before, _ in TRANSITIONS)
    assert state.is_final is not has_exit
    assert state.whose_turn == ("system" if has_exit else "nobody")
