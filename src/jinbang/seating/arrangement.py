"""Who sits where: a pure function of candidates, rooms, rules and seed, that anyone can compute again.

The order in which candidates arrive does not matter: they are sorted by id first, and every choice after that is drawn
from `Chance`. `rules.draw` calls this for every group of people who sit one paper at one site.

Two neighbours (left and right, front and back) of one employer are a violation. Seats are numbered along a serpentine,
so odd and even numbers are the two colours of a chessboard: no seat has a neighbour of its own colour.
"""

import hashlib
import hmac
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from itertools import chain
from typing import Final, TypeVar

T = TypeVar("T")

WORDS_PER_BLOCK: Final = 8
WORD_BYTES: Final = 4
WORD_RANGE: Final = 2**32
SWAPS_MOST: Final = 300
EXCHANGES_MOST: Final = 60


class TailPolicy(StrEnum):
    """What happens to the last people when they do not fill a room."""

    OWN_ROOM = "own_room"  # 不足一考场的单设考场
    EVEN = "even"  # the rooms that are needed share the people evenly
    MERGE = "merge"  # a tail of one to three goes to spare desks of the rooms before it


@dataclass(frozen=True)
class Rules:
    """How rooms are filled: normally thirty to a room, and the policy for what is left over."""

    seats_per_room: int = 30
    tail: TailPolicy = TailPolicy.OWN_ROOM
    merge_up_to: int = 3


@dataclass(frozen=True)
class Examinee:
    """Somebody to seat. The employer is any key that is equal for colleagues; empty for people without one."""

    id: str
    employer: str = ""


@dataclass(frozen=True)
class Desks:
    """A room: its number at the site, its desks in rows (front to back) and columns (left to right)."""

    number: int
    rows: int = 6
    columns: int = 5

    @property
    def count(self) -> int:
        """How many desks stand in the room."""
        return self.rows * self.columns


@dataclass(frozen=True, order=True)
class Place:
    """The desk of one examinee; seat 1 is front left."""

    room: int
    seat: int
    examinee: str


@dataclass(frozen=True)
class Arrangement:
    """Every examinee's desk, the violations it has, and the number below which no arrangement can go."""

    places: tuple[Place, ...]
    violations: int
    minimum: int


class Chance:
    """Unbiased choices that depend on nothing but seed and label.

    Block i is HMAC-SHA256(key = the seed's text, message = label, 0x00, i as four bytes), i from 0; each block gives
    eight big-endian words of 32 bits. A choice below n takes the next word under the largest multiple of n that fits,
    modulo n. A shuffle is Fisher and Yates from the end: place i exchanges with a choice below i + 1.
    """

    def __init__(self, seed: str, label: str) -> None:
        """Begin the stream of this seed and label."""
        self._key, self._label = seed.encode(), label.encode()
        self._words: list[int] = []
        self._block = 0

    def below(self, bound: int) -> int:
        """Return a whole number from 0 up to, not including, the bound."""
        limit = WORD_RANGE - WORD_RANGE % bound
        while True:
            word = self._next()
            if word < limit:
                return word % bound

    def shuffled(self, items: Iterable[T]) -> list[T]:
        """Return the items in a random order."""
        mixed = list(items)
        for last in range(len(mixed) - 1, 0, -1):
            other = self.below(last + 1)
            mixed[last], mixed[other] = mixed[other], mixed[last]
        return mixed

    def _next(self) -> int:
        if not self._words:
            message = self._label + b"\0" + self._block.to_bytes(WORD_BYTES, "big")
            block = hmac.digest(self._key, message, "sha256")
            self._block += 1
            self._words = [
                int.from_bytes(block[i * WORD_BYTES : (i + 1) * WORD_BYTES], "big")
                for i in reversed(range(WORDS_PER_BLOCK))
            ]
        return self._words.pop()


def commitment(seed: str) -> str:
    """Return what is made public before the draw: the SHA-256 of the seed's text, in hexadecimal."""
    return hashlib.sha256(seed.encode()).hexdigest()


def digest(lines: Iterable[str]) -> str:
    """Return the SHA-256 of the sorted lines (label, room, seat, id), each ended by a line feed."""
    return hashlib.sha256("".join(f"{line}\n" for line in sorted(lines)).encode()).hexdigest()


def room_sizes(count: int, rooms: Sequence[Desks], *, rules: Rules) -> tuple[int, ...]:
    """Return how many people each room takes, in order, leaving out the rooms that stay empty.

    Too few desks give a total below `count`; the caller refuses that.
    """
    normal = [min(room.count, rules.seats_per_room) for room in rooms]
    sizes: list[int] = []
    left = count
    for fill in normal:
        if not left:
            break
        sizes.append(min(fill, left))
        left -= sizes[-1]
    if rules.tail is TailPolicy.EVEN and not left:
        return _even(count, normal[: len(sizes)])
    if rules.tail is TailPolicy.MERGE and len(sizes) > 1 and sizes[-1] <= rules.merge_up_to:
        return _merged(sizes, rooms)
    return tuple(sizes)


def _even(count: int, normal: Sequence[int]) -> tuple[int, ...]:
    sizes = [0] * len(normal)
    for _ in range(count):
        room = min((i for i in range(len(normal)) if sizes[i] < normal[i]), key=lambda i: (sizes[i], i))
        sizes[room] += 1
    return tuple(sizes)


def _merged(sizes: Sequence[int], rooms: Sequence[Desks]) -> tuple[int, ...]:
    *full, tail = sizes
    for i in range(len(full)):
        spare = min(tail, rooms[i].count - full[i])
        full[i] += spare
        tail -= spare
    return tuple(sizes) if tail else tuple(full)


def arrange(
    examinees: Iterable[Examinee], *, rooms: Sequence[Desks], rules: Rules, seed: str, label: str
) -> Arrangement:
    """Seat everybody of one group. The rooms must have desks enough (`room_sizes` tells).

    Employers are dealt over the rooms as evenly as they go, the largest first; within a room each takes one colour of
    the chessboard; what still touches is exchanged, within the room first, then between rooms.
    """
    chance = Chance(seed, label)
    mixed = chance.shuffled(sorted(examinees, key=lambda someone: someone.id))
    sizes = room_sizes(len(mixed), rooms, rules=rules)
    minimum, share = _least(_largest(mixed), rooms, sizes)
    dealt = _deal(mixed, sizes=sizes, share=share, chance=chance)
    seated = [_seat(people, room=room, chance=chance) for people, room in zip(dealt, rooms, strict=False)]
    if sum(room.violations() for room in seated) > minimum:
        _exchange(seated, minimum=minimum, chance=chance)
    places = (
        Place(room.desks.number, seat, someone.id) for room in seated for seat, someone in enumerate(room.people, 1)
    )
    return Arrangement(tuple(sorted(places)), sum(room.violations() for room in seated), minimum)


def _largest(people: Sequence[Examinee]) -> int:
    """Return the size of the largest employer."""
    return max(Counter(someone.employer for someone in people if someone.employer).values(), default=0)


# ---------------------------------------------------------------- geometry and what cannot be avoided


@lru_cache(maxsize=512)
def neighbours(rows: int, taken: int) -> tuple[tuple[int, ...], ...]:
    """Return for each seat (from 0) of a serpentine of columns the taken seats beside, before and behind it."""
    beside: list[list[int]] = [[] for _ in range(taken)]
    for seat in range(taken):
        left = 2 * (seat // rows) * rows - 1 - seat  # the serpentine turns, so the left neighbour is a reflection
        for other in {seat - 1, left}:
            if 0 <= other < seat:
                beside[seat].append(other)
                beside[other].append(seat)
    return tuple(tuple(sorted(of_seat)) for of_seat in beside)


@lru_cache(maxsize=512)
def least_pairs(rows: int, columns: int, *, taken: int) -> tuple[int, ...]:
    """Return for every number of colleagues the fewest pairs of neighbours they can form on the first seats.

    Exact: a dynamic programme over desks with the last `columns` of them as its state. Up to half of the seats (rounded
    up) the answer is none, which is the chessboard.
    """
    best: dict[int, list[int | None]] = {0: [0]}  # profile of the last desks: fewest pairs by number of colleagues
    ends = (1 << columns) - 1
    for row in range(rows):
        for column in range(columns):
            seat = column * rows + (row if column % 2 == 0 else rows - 1 - row)
            following: dict[int, list[int | None]] = {}
            for profile, pairs in best.items():
                _keep(following, profile << 1 & ends, pairs)
                if seat < taken:
                    touching = (profile >> columns - 1 & 1) + (profile & 1 if column else 0)
                    _keep(
                        following, (profile << 1 | 1) & ends, [None, *(p if p is None else p + touching for p in pairs)]
                    )
            best = following
    return tuple(
        min(pairs[count] or 0 for pairs in best.values() if len(pairs) > count and pairs[count] is not None)
        for count in range(taken + 1)
    )


def _keep(table: dict[int, list[int | None]], profile: int, pairs: Sequence[int | None]) -> None:
    """Keep the better of two answers for one profile."""
    known = table.setdefault(profile, [])
    known.extend([None] * (len(pairs) - len(known)))
    for count, number in enumerate(pairs):
        here = known[count]
        if number is not None and (here is None or number < here):
            known[count] = number


def _least(largest: int, rooms: Sequence[Desks], sizes: Sequence[int]) -> tuple[int, tuple[int, ...] | None]:
    """Return the fewest violations the largest employer allows, and its share of each room if it fills over half.

    Only one employer can be larger than half of the seats, and only such a one must sit beside its own.
    """
    if largest <= sum((size + 1) // 2 for size in sizes):
        return 0, None
    best: dict[int, tuple[int, tuple[int, ...]]] = {0: (0, ())}
    for room, size in zip(rooms, sizes, strict=False):
        costs = least_pairs(room.rows, room.columns, taken=size)
        following: dict[int, tuple[int, tuple[int, ...]]] = {}
        for dealt, (pairs, shares) in best.items():
            for count in range(size // 2, min(size, largest - dealt) + 1):
                candidate = (pairs + costs[count], (*shares, count))
                if dealt + count not in following or candidate < following[dealt + count]:
                    following[dealt + count] = candidate
        best = following
    return best[largest]


# ---------------------------------------------------------------- dealing over rooms


def _deal(
    mixed: Sequence[Examinee], *, sizes: Sequence[int], share: Sequence[int] | None, chance: Chance
) -> list[list[Examinee]]:
    """Deal employers, largest first, over the rooms: a room of n gets its turns at the odd 2n-ths of the way."""
    employers: dict[str, list[Examinee]] = {}
    for someone in mixed:
        employers.setdefault(someone.employer or f"\0{someone.id}", []).append(someone)
    in_order = sorted(employers.values(), key=len, reverse=True)  # stable: equal sizes keep the order of the shuffle
    dealt: list[list[Examinee]] = [[] for _ in sizes]
    if share is not None:
        first, *in_order = in_order
        for room, count in enumerate(share):
            dealt[room].extend(first[sum(share[:room]) : sum(share[:room]) + count])
    turn = {room: place for place, room in enumerate(chance.shuffled(range(len(sizes))))}
    open_seats = [size - len(people) for size, people in zip(sizes, dealt, strict=True)]
    turns = sorted(
        ((2 * i + 1) / (2 * count), turn[room], room) for room, count in enumerate(open_seats) for i in range(count)
    )
    for (_, _, room), someone in zip(turns, chain.from_iterable(in_order), strict=True):
        dealt[room].append(someone)
    return dealt


# ---------------------------------------------------------------- seating within a room


@dataclass
class _Seated:
    """A room being filled: people in the order of their seats."""

    desks: Desks
    people: list[Examinee]
    beside: tuple[tuple[int, ...], ...] = field(init=False)

    def __post_init__(self) -> None:
        self.beside = neighbours(self.desks.rows, len(self.people))

    def touching(self, seat: int) -> int:
        """Count the neighbours of a seat who are colleagues of its sitter."""
        employer = self.people[seat].employer
        return sum(self.people[other].employer == employer for other in self.beside[seat]) if employer else 0

    def violations(self) -> int:
        """Count the pairs of neighbours of one employer."""
        return sum(self.touching(seat) for seat in range(len(self.people))) // 2

    def swap(self, one: int, other: int) -> None:
        """Let two people change seats."""
        self.people[one], self.people[other] = self.people[other], self.people[one]

    def gain(self, one: int, other: int) -> int:
        """Return how many violations fewer a swap would leave (negative: more)."""
        before = self.touching(one) + self.touching(other)
        self.swap(one, other)
        after = self.touching(one) + self.touching(other)
        self.swap(one, other)
        return before - after

    def minimum(self) -> int:
        """Return the fewest violations that the largest employer of this room allows."""
        largest = _largest(self.people)
        if largest <= (len(self.people) + 1) // 2:
            return 0
        return least_pairs(self.desks.rows, self.desks.columns, taken=len(self.people))[largest]


def _seat(people: Sequence[Examinee], *, room: Desks, chance: Chance) -> _Seated:
    """Give each employer one colour of the chessboard, at random within it, and mend what still touches."""
    mixed = chance.shuffled(people)
    sizes = Counter(someone.employer for someone in people if someone.employer)
    place = {someone.employer: -i for i, someone in reversed(list(enumerate(mixed)))}  # first come, first in the order
    in_order = sorted(
        mixed,
        key=lambda someone: (
            (sizes[someone.employer], place[someone.employer]) if sizes[someone.employer] > 1 else (1, 0)
        ),
        reverse=True,
    )
    colours = [list(range(0, len(people), 2)), list(range(1, len(people), 2))]
    if len(people) % 2 == 0 and chance.below(2):
        colours.reverse()
    seats = [*chance.shuffled(colours[0]), *chance.shuffled(colours[1])]
    by_seat = sorted(zip(seats, in_order, strict=True), key=lambda pair: pair[0])
    seated = _Seated(room, [someone for _, someone in by_seat])
    _mend(seated, chance=chance)
    return seated


def _mend(room: _Seated, *, chance: Chance) -> None:
    """Swap people who touch a colleague for the best (never a worse) seat, until the minimum or the patience ends."""
    wanted = room.minimum()
    for _ in range(SWAPS_MOST):
        restless = [seat for seat in range(len(room.people)) if room.touching(seat)]
        if sum(room.touching(seat) for seat in restless) // 2 <= wanted:
            return
        seat = restless[chance.below(len(restless))]
        others = [
            other for other in range(len(room.people)) if room.people[other].employer != room.people[seat].employer
        ]
        gains = [room.gain(seat, other) for other in others]
        best = max(gains, default=-1)
        if best >= 0:
            equal = [other for other, gain in zip(others, gains, strict=True) if gain == best]
            room.swap(seat, equal[chance.below(len(equal))])


def _exchange(rooms: list[_Seated], *, minimum: int, chance: Chance) -> None:
    """Exchange a restless person with somebody of another room and seat both rooms anew, if that is no worse."""
    for _ in range(EXCHANGES_MOST):
        restless = [
            (i, seat) for i, room in enumerate(rooms) for seat in range(len(room.people)) if room.touching(seat)
        ]
        if len(rooms) == 1 or sum(room.violations() for room in rooms) <= minimum:
            return
        one, seat = restless[chance.below(len(restless))]
        other = chance.below(len(rooms) - 1)
        other += other >= one
        place = chance.below(len(rooms[other].people))
        mine, theirs = list(rooms[one].people), list(rooms[other].people)
        mine[seat], theirs[place] = theirs[place], mine[seat]
        anew = [_seat(people, room=rooms[i].desks, chance=chance) for i, people in ((one, mine), (other, theirs))]
        if sum(room.violations() for room in anew) <= rooms[one].violations() + rooms[other].violations():
            rooms[one], rooms[other] = anew
