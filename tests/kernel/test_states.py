"""The one way to move: what the table says happens, all else is refused by name."""

from enum import StrEnum
from itertools import product
from typing import Final

import pytest

from jinbang.kernel.errors import IllegalTransition
from jinbang.kernel.states import advance, events_from


class Door(StrEnum):
    """The states of a door."""

    OPEN = "open"
    SHUT = "shut"
    LOCKED = "locked"


class Act(StrEnum):
    """What may be done to it."""

    OPEN = "open"
    SHUT = "shut"
    LOCK = "lock"


TRANSITIONS: Final[dict[tuple[Door, Act], Door]] = {
    (Door.OPEN, Act.SHUT): Door.SHUT,
    (Door.SHUT, Act.OPEN): Door.OPEN,
    (Door.SHUT, Act.LOCK): Door.LOCKED,
}


@pytest.mark.parametrize("state,event", product(Door, Act))
def test_every_pair_either_moves_by_the_table_or_is_refused(state: Door, event: Act) -> None:
    if (state, event) in TRANSITIONS:
        assert advance(TRANSITIONS, state, event) is TRANSITIONS[state, event]
        return
    with pytest.raises(IllegalTransition) as refusal:
        advance(TRANSITIONS, state, event)
    assert refusal.value.code == "illegal_transition"
    assert refusal.value.fields == {"state": state.value, "event": event.value}


def test_a_page_may_offer_exactly_the_events_that_lead_somewhere() -> None:
    assert events_from(TRANSITIONS, Door.SHUT) == (Act.OPEN, Act.LOCK)
    assert events_from(TRANSITIONS, Door.LOCKED) == ()
