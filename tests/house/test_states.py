"""Every state can be reached, every state that is not final has an exit, and every state says whose turn it is."""

from enum import StrEnum

import pytest

from tests.house.survey import state_machines

MACHINES = dict(state_machines())


@pytest.mark.parametrize("name", sorted(MACHINES))
def test_every_state_is_reachable_and_has_an_exit_unless_it_is_final(name: str) -> None:
    table = MACHINES[name]
    kind = type(next(iter(table))[0])
    first = next(iter(kind))
    reached: set[StrEnum] = {first}
    while True:
        further = {after for (before, _), after in table.items() if before in reached} - reached
        if not further:
            break
        reached |= further
    assert reached == set(kind)
    with_exit = {before for before, _ in table}
    for state in kind:
        assert (state in with_exit) == (not state.is_final), state  # type: ignore[attr-defined]  # every state enum has it
        assert state.whose_turn  # type: ignore[attr-defined]  # the same


@pytest.mark.parametrize("name", sorted(MACHINES))
def test_every_event_leads_somewhere(name: str) -> None:
    table = MACHINES[name]
    kind = type(next(iter(table))[1])
    assert {event for _, event in table} == set(kind)


def test_the_machines_of_the_journey_are_all_here() -> None:
    assert len(MACHINES) >= 8
