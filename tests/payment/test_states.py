"""The life of an order."""

import pytest

from jinbang.kernel.states import events_from
from jinbang.payment.states import TRANSITIONS, OrderState


@pytest.mark.parametrize("state", OrderState)
def test_only_what_is_owed_can_still_change(state: OrderState) -> None:
    assert bool(events_from(TRANSITIONS, state)) is (state is OrderState.OWED)
    assert state.is_final is (state is not OrderState.OWED)
    assert (state.whose_turn == "candidate") is (state is OrderState.OWED)


def test_every_other_state_is_reached_from_owed() -> None:
    assert set(TRANSITIONS.values()) == set(OrderState) - {OrderState.OWED}
