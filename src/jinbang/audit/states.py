"""The life of a piece of long work, from being asked for to whatever became of it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, assert_never


class WorkState(StrEnum):
    """Work waits, is run by a worker that holds it on a lease, and ends in one of three ways."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"  # an action said no: its code and fields are kept
    FAILED = "failed"  # a fault, or workers that died over it again and again without getting on

    @property
    def whose_turn(self) -> str:
        """Who has to do something next."""
        match self:
            case WorkState.WAITING | WorkState.RUNNING:
                return "system"
            case WorkState.REFUSED | WorkState.FAILED:
                return "asker"
            case WorkState.DONE:
                return "nobody"
            case _:
                assert_never(self)

    @property
    def is_final(self) -> bool:
        """Whether nothing leads out of here. Whoever wants another attempt asks anew."""
        return self in {WorkState.DONE, WorkState.REFUSED, WorkState.FAILED}


class WorkEvent(StrEnum):
    """What can happen to a piece of long work."""

    START = "start"
    TAKE_UP = "take_up"
    FINISH = "finish"
    REFUSE = "refuse"
    GIVE_UP = "give_up"


TRANSITIONS: Final[Mapping[tuple[WorkState, WorkEvent], WorkState]] = {
    (WorkState.WAITING, WorkEvent.START): WorkState.RUNNING,
    (WorkState.RUNNING, WorkEvent.TAKE_UP): WorkState.RUNNING,  # the lease of a worker that died has run out
    (WorkState.RUNNING, WorkEvent.FINISH): WorkState.DONE,
    (WorkState.RUNNING, WorkEvent.REFUSE): WorkState.REFUSED,
    (WorkState.RUNNING, WorkEvent.GIVE_UP): WorkState.FAILED,
}
