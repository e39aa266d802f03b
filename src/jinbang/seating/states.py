"""The life of a region's seat plan."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, assert_never


class PlanState(StrEnum):
    """The seed is committed to first, then the seats are drawn, then the seed is published so that anyone can redo it.

    Seats are stored in short transactions while the plan is `drawing`; they count when it is `drawn`, all at once.
    """

    COMMITTED = "committed"
    DRAWING = "drawing"
    DRAWN = "drawn"
    PUBLISHED = "published"

    @property
    def whose_turn(self) -> str:
        """Who has to do something next."""
        match self:
            case PlanState.COMMITTED | PlanState.DRAWN:
                return "seating_officer"
            case PlanState.DRAWING:
                return "system"
            case PlanState.PUBLISHED:
                return "nobody"
            case _:
                assert_never(self)

    @property
    def is_final(self) -> bool:
        """Whether nothing leads out of here."""
        return self is PlanState.PUBLISHED

    @property
    def has_seats(self) -> bool:
        """Whether seats and tickets count: before that nobody sees them."""
        return self in {PlanState.DRAWN, PlanState.PUBLISHED}


class PlanEvent(StrEnum):
    """What can happen to a seat plan."""

    BEGIN = "begin"
    DRAW = "draw"
    PUBLISH = "publish"


TRANSITIONS: Final[Mapping[tuple[PlanState, PlanEvent], PlanState]] = {
    (PlanState.COMMITTED, PlanEvent.BEGIN): PlanState.DRAWING,
    (PlanState.DRAWING, PlanEvent.BEGIN): PlanState.DRAWING,  # taking over a draw that died
    (PlanState.DRAWING, PlanEvent.DRAW): PlanState.DRAWN,
    (PlanState.DRAWN, PlanEvent.PUBLISH): PlanState.PUBLISHED,
}
