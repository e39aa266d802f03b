"""Who acts. Every change of state names its actor by plain values, because the audit stands before people."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID


class ActorKind(StrEnum):
    """The kinds of actor that a state change can name."""

    CANDIDATE = "candidate"
    STAFF = "staff"
    SYSTEM = "system"


class Actor(Protocol):
    """Anything that may stand after `by=`: `people.queries.Candidate`, `people.queries.Staff`, `SYSTEM`."""

    @property
    def actor_kind(self) -> ActorKind:
        """Whether a candidate, a member of staff or the system itself acts."""

    @property
    def actor_id(self) -> UUID | None:
        """The account's id; None for the system."""

    @property
    def actor_name(self) -> str:
        """How the desk's history names the actor (a candidate is never named here)."""


@dataclass(frozen=True)
class SystemActor:
    """The program acting by itself: a deadline passed, a release instant came."""

    actor_name: str = "system"
    actor_id: UUID | None = None
    actor_kind: ActorKind = ActorKind.SYSTEM


SYSTEM: Final = SystemActor()
