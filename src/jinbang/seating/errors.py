"""What the seating phase refuses: seats that cannot be drawn, tickets not for now, names that cannot be printed."""

from jinbang.kernel.errors import DomainError


class TicketNotFound(DomainError):
    """No such ticket for this reader: unknown, somebody else's, or the seats are not drawn yet."""

    code = "ticket_not_found"


class RoomNotFound(DomainError):
    """No such room, or no seats in it for this session."""

    code = "room_not_found"


class PlanNotFound(DomainError):
    """The exam region has not committed to a seed yet, so there is nothing to draw or to publish."""

    code = "seat_plan_not_found"


class SeedAlreadyCommitted(DomainError):
    """The exam region has a commitment. A second one would let somebody choose among draws."""

    code = "seed_already_committed"


class BadSeed(DomainError):
    """A seed is 64 hexadecimal digits: 32 bytes."""

    code = "bad_seed"


class PaymentStillOpen(DomainError):
    """Seats are drawn once, when nobody can join any more. Field: `closes`, the end of the payment window."""

    code = "payment_still_open"


class DrawUnderWay(DomainError):
    """Another draw of this exam region is being stored at this moment."""

    code = "draw_under_way"


class NobodyToSeat(DomainError):
    """The exam region has no paid application."""

    code = "nobody_to_seat"


class SiteWithoutRooms(DomainError):
    """A site has people and no prepared room. Field: `site`, its name."""

    code = "site_without_rooms"


class RoomsTooFew(DomainError):
    """Sessions that overlap need more rooms than a site has. Fields: `site`, `needed` seats, `available` seats."""

    code = "rooms_too_few"

    def __init__(self, *, site: str, needed: int, available: int) -> None:
        """Name the site and both numbers of seats."""
        super().__init__(site=site, needed=needed, available=available)
        self.site = site
        self.needed = needed
        self.available = available


class PlacesTooFew(DomainError):
    """The centre cannot place everybody. Fields: `needed`, `available` places of all sites of the exam region."""

    code = "places_too_few"

    def __init__(self, *, needed: int, available: int) -> None:
        """Name both numbers of places."""
        super().__init__(needed=needed, available=available)
        self.needed = needed
        self.available = available


class SessionMissing(DomainError):
    """Somebody applied for a subject that has no session. Field: `subject`."""

    code = "session_missing"


class ExaminationNotOver(DomainError):
    """The seed is published only after the last session, so that no seat can be worked out early. Field: `ends`."""

    code = "examination_not_over"


class UnprintableName(DomainError):
    """A name holds characters that no font here can draw. Field: `characters`, as code points (U+20BB7)."""

    code = "unprintable_name"

    def __init__(self, *, characters: tuple[str, ...]) -> None:
        """Name the code points, never the name."""
        super().__init__(characters=characters)
        self.characters = characters
