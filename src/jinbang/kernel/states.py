"""The one way in which anything with a state moves.

Each phase keeps its own enumerations and its own `TRANSITIONS` table in its `states.py` and calls this; no phase
keeps a second way. What is not in the table is refused, so forgetting a transition is safe.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from jinbang.kernel.errors import IllegalTransition

S = TypeVar("S", bound=StrEnum)
E = TypeVar("E", bound=StrEnum)


def advance(transitions: Mapping[tuple[S, E], S], state: S, event: E, /) -> S:
    """Return the state that the event leads to. Refuses, with `IllegalTransition`, an event that leads nowhere."""
    following = transitions.get((state, event))
    if following is None:
        raise IllegalTransition(state=str(state), event=str(event))
    return following


def events_from(transitions: Mapping[tuple[S, E], S], state: S) -> tuple[E, ...]:
    """Return the events possible in this state, in the order of the table: what a page may offer."""
    return tuple(event for origin, event in transitions if origin == state)
