"""Identifiers grow with time; a refusal keeps its facts and says nothing else."""

from jinbang.kernel.actors import SYSTEM, Actor, ActorKind
from jinbang.kernel.errors import DomainError
from jinbang.kernel.ids import new_id


class SeatTaken(DomainError):
    """A refusal as a phase declares it."""

    code = "seat_taken_in_a_test"


def test_identifiers_are_of_version_seven_and_never_repeat() -> None:
    ids = [new_id() for _ in range(1000)]
    assert {each.version for each in ids} == {7}
    assert len(set(ids)) == 1000
    assert ids[0].bytes[:6] <= ids[-1].bytes[:6]


def test_a_refusal_keeps_its_facts_apart_from_its_text() -> None:
    refusal = SeatTaken(room=3)
    assert refusal.fields == {"room": 3}
    assert str(refusal) == "seat_taken_in_a_test"


def test_the_system_is_an_actor_without_an_account() -> None:
    actor: Actor = SYSTEM
    assert (actor.actor_kind, actor.actor_id) == (ActorKind.SYSTEM, None)
