"""Pure judgments of seating: which rooms a group takes, where the centre places people, when a seed may be shown."""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from jinbang.seating.arrangement import Chance, Desks, Examinee, Rules, arrange, digest, room_sizes
from jinbang.seating.errors import (
    BadSeed,
    ExaminationNotOver,
    NobodyToSeat,
    PaymentStillOpen,
    PlacesTooFew,
    RoomsTooFew,
    SessionMissing,
    SiteWithoutRooms,
)

SEED_DIGITS: Final = 64
ROWS: Final = 6
COLUMNS: Final = 5
PAPERS_AT_ONCE: Final = 200


@dataclass(frozen=True)
class Sitter:
    """One paid application, as the draw needs it."""

    id: str
    employer: str
    level: str
    specialty: str
    subjects: tuple[str, ...]
    site: str = ""  # empty: the centre places


@dataclass(frozen=True)
class Timetabled:
    """A session as the draw needs it. `by_specialty`: each specialty sits a paper, hence rooms, of its own.

    `papers` is how many papers that makes: one, or as many as the level has specialties.
    """

    id: str
    level: str
    subject: str
    starts: datetime
    ends: datetime
    by_specialty: bool = False
    papers: int = 1


@dataclass(frozen=True)
class Group:
    """The people who sit one paper at one site at one time: the unit of the draw, and of a room."""

    site: str
    session: Timetabled
    specialty: str
    sitters: tuple[Sitter, ...]

    @property
    def label(self) -> str:
        """The name under which the group's chance is drawn: site|level|subject|specialty."""
        return f"{self.site}|{self.session.level}|{self.session.subject}|{self.specialty}"

    @property
    def examinees(self) -> tuple[Examinee, ...]:
        """The group's people as the arrangement sees them."""
        return tuple(Examinee(sitter.id, sitter.employer) for sitter in self.sitters)


@dataclass(frozen=True)
class Drawing:
    """A group with its rooms: all that its arrangement depends on, besides seed and rules. Published afterwards."""

    label: str
    rooms: tuple[Desks, ...]
    examinees: tuple[Examinee, ...]


@dataclass(frozen=True)
class DrawnSeat:
    """A seat that was drawn: whose, in which group, which room of the group's site, which desk."""

    label: str
    sitter: str
    room: int
    seat: int

    @property
    def line(self) -> str:
        """The seat as the digest of the plan reads it."""
        return f"{self.label}\t{self.room}\t{self.seat}\t{self.sitter}"


@dataclass(frozen=True)
class Drawn:
    """The whole plan of an exam region: every seat, its violations, the least there could be, its digest."""

    seats: tuple[DrawnSeat, ...]
    violations: int
    minimum: int
    digest: str


@dataclass(frozen=True)
class SitePlaces:
    """A site and the places it still has."""

    code: str
    left: int


def employer_key(employer: str) -> str:
    """Return what is equal for one employer: spaces and letter case as typed do not count."""
    return "".join(unicodedata.normalize("NFKC", employer).split()).casefold()


def draw(drawings: Iterable[Drawing], *, rules: Rules, seed: str) -> Drawn:
    """Return the plan of these groups. The same for whoever computes it, from the published file as from our rows."""
    seats: list[DrawnSeat] = []
    violations = minimum = 0
    for drawing in drawings:
        plan = arrange(drawing.examinees, rooms=drawing.rooms, rules=rules, seed=seed, label=drawing.label)
        seats += [DrawnSeat(drawing.label, place.examinee, place.room, place.seat) for place in plan.places]
        violations += plan.violations
        minimum += plan.minimum
    return Drawn(tuple(seats), violations, minimum, digest(seat.line for seat in seats))


def groups_of(sitters: Iterable[Sitter], *, timetable: Sequence[Timetabled]) -> tuple[Group, ...]:
    """Return who sits what together, in order of label. Refuses, with `SessionMissing`, a subject without a session."""
    sessions = {(session.level, session.subject): session for session in timetable}
    members: dict[tuple[str, str, str, str], list[Sitter]] = defaultdict(list)
    for sitter in sitters:
        for subject in sitter.subjects:
            session = sessions.get((sitter.level, subject))
            if session is None:
                raise SessionMissing(subject=subject)
            specialty = sitter.specialty if session.by_specialty else ""
            members[sitter.site, sitter.level, subject, specialty].append(sitter)
    return tuple(
        Group(site, sessions[level, subject], specialty, tuple(people))
        for (site, level, subject, specialty), people in sorted(members.items())
    )


def without_names(drawing: Drawing) -> Drawing:
    """Return the group as it is published: employers as bare numbers, in order of the ids. The plan is the same."""
    sizes = Counter(someone.employer for someone in drawing.examinees)
    in_order = sorted(drawing.examinees, key=lambda someone: someone.id)
    shared = dict.fromkeys(one.employer for one in in_order if one.employer and sizes[one.employer] > 1)
    numbers = {employer: str(number) for number, employer in enumerate(shared, 1)}
    anonymous = tuple(Examinee(someone.id, numbers.get(someone.employer, "")) for someone in in_order)
    return Drawing(drawing.label, drawing.rooms, anonymous)


def place_by_centre(ids: Sequence[str], *, sites: Sequence[SitePlaces], seed: str) -> dict[str, str]:
    """Return the site of everybody whom the centre places: at random, sites in order of code.

    Each is filled before the next, which keeps the number of open sites small. Refuses, with `PlacesTooFew`, more
    people than places.
    """
    available = sum(site.left for site in sites)
    if len(ids) > available:
        raise PlacesTooFew(needed=len(ids), available=available)
    mixed = Chance(seed, "sites").shuffled(sorted(ids))
    places = (site.code for site in sorted(sites, key=lambda site: site.code) for _ in range(site.left))
    return dict(zip(mixed, places, strict=False))


def allot_rooms(
    groups: Sequence[Group], *, rooms: Sequence[Desks], rules: Rules, site_name: str
) -> Mapping[str, tuple[Desks, ...]]:
    """Return the rooms of each group of one site by its label; groups whose sessions overlap never share a room.

    Groups take rooms in order of time, then label; each the lowest numbers that are free. Refuses, with `RoomsTooFew`.
    """
    if not rooms:
        raise SiteWithoutRooms(site=site_name)
    allotted: dict[str, tuple[Desks, ...]] = {}
    in_order = sorted(groups, key=lambda group: (group.session.starts, group.label))
    for place, group in enumerate(in_order):
        busy = {
            room.number
            for earlier in in_order[:place]
            if earlier.session.starts < group.session.ends and group.session.starts < earlier.session.ends
            for room in allotted[earlier.label]
        }
        free = [room for room in sorted(rooms, key=lambda room: room.number) if room.number not in busy]
        sizes = room_sizes(len(group.sitters), free, rules=rules)
        if sum(sizes) < len(group.sitters):
            available = sum(min(room.count, rules.seats_per_room) for room in free)
            raise RoomsTooFew(site=site_name, needed=len(group.sitters), available=available)
        allotted[group.label] = tuple(free[: len(sizes)])
    return allotted


def rooms_needed(*, capacity: int, overlapping: int, rules: Rules) -> int:
    """Return how many rooms a site prepares: its capacity in rooms, and one tail more for each overlapping paper."""
    return -(-capacity // rules.seats_per_room) + max(overlapping - 1, 0)


def most_overlapping(sessions: Sequence[Timetabled]) -> int:
    """Return how many papers at most are sat at one moment."""
    return max(
        (sum(other.papers for other in sessions if other.starts <= one.starts < other.ends) for one in sessions),
        default=0,
    )


def require_seed(seed: str) -> str:
    """Return the seed. Refuses anything but 64 lower-case hexadecimal digits."""
    if len(seed) != SEED_DIGITS or not set(seed) <= set("0123456789abcdef"):
        raise BadSeed
    return seed


def require_somebody(count: int) -> None:
    """Refuse a draw of nobody."""
    if not count:
        raise NobodyToSeat


def require_payment_over(*, closes: datetime | None, now: datetime) -> None:
    """Refuse a draw while somebody may still pay and join."""
    if closes is not None and now < closes:
        raise PaymentStillOpen(closes=closes)


def require_examination_over(*, ends: datetime | None, now: datetime) -> None:
    """Refuse to show the seed before the last session has ended."""
    if ends is not None and now < ends:
        raise ExaminationNotOver(ends=ends)
