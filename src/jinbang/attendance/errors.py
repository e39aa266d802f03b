"""What the attendance phase refuses: records that are not one's own, not open, or say what cannot be."""

from collections.abc import Iterable

from jinbang.kernel.errors import DomainError


class RecordNotFound(DomainError):
    """No such room record for this reader: unknown, or outside the places where this person is room clerk."""

    code = "room_record_not_found"


class RecordClosed(DomainError):
    """The record is signed off. Reopening it, with a reason, comes before any change."""

    code = "room_record_closed"


class SessionNotBegun(DomainError):
    """Nobody is absent from what has not begun. Field: `starts`."""

    code = "session_not_begun"


class NoSeatsDrawn(DomainError):
    """The exam region has no seats yet, so there are no rooms to record."""

    code = "no_seats_drawn"


class SeatNotInRoom(DomainError):
    """Seats that nobody was to sit at in this room and session. Field: `seats`, their numbers."""

    code = "seat_not_in_room"

    def __init__(self, *, seats: Iterable[int]) -> None:
        """Name the seats in order."""
        self.seats = tuple(sorted(seats))
        super().__init__(seats=self.seats)


class AbsentAndViolating(DomainError):
    """One seat is noted as empty and as violating. Field: `seats`, their numbers."""

    code = "absent_and_violating"

    def __init__(self, *, seats: Iterable[int]) -> None:
        """Name the seats in order."""
        self.seats = tuple(sorted(seats))
        super().__init__(seats=self.seats)


class FactsMissing(DomainError):
    """A violation is noted with what was seen, or not at all."""

    code = "violation_facts_missing"


class ReopenReasonMissing(DomainError):
    """A signed record is reopened only with a reason."""

    code = "reopen_reason_missing"


class ViolationNotFound(DomainError):
    """The record notes no such violation."""

    code = "violation_not_found"
