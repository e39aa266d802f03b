"""What is read for a recount as it comes: people, ways, specialties and subjects as numbers, marks as long columns.

Pure containers between `recount_rows`, which reads row by row, and `recount`, which judges whole columns. How many
subjects there are is known when everything has been read.
"""

from array import array
from dataclasses import dataclass, field
from datetime import date
from typing import Final, TypeAlias
from uuid import UUID

import numpy as np

from jinbang.catalogue.programme import Programme, is_whole_level
from jinbang.results.ledger import NO_PASS_MARK, Numbers, SittingColumns
from jinbang.results.recount import NOTHING, Account

ELSEWHERE: Final = -1
"""The way of whoever goes one that nobody on this roster goes."""
Ints: TypeAlias = "array[int]"
_MONTHS: Final = 12


def _ints() -> Ints:
    return array("q")


@dataclass
class Roster:
    """Everybody on the roster as numbers, and what the numbers stand for. Columns are added as subjects turn up."""

    programme: Programme
    entries: dict[UUID, int] = field(default_factory=dict)
    persons: dict[UUID, int] = field(default_factory=dict)
    ways: dict[tuple[str, str], int] = field(default_factory=dict)  # level and track
    specialties: dict[str, int] = field(default_factory=dict)
    columns: dict[str, int] = field(default_factory=dict)
    way: Ints = field(default_factory=_ints)
    specialty: Ints = field(default_factory=_ints)
    districts: list[str] = field(default_factory=list)

    def column(self, code: str) -> int:
        """Return the column of a subject."""
        return self.columns.setdefault(code, len(self.columns))

    def way_of(self, level: str, track: str) -> int:
        """Return the number of a way that somebody here goes, else that of all others."""
        return self.ways.get((level, "" if is_whole_level(track) else track), ELSEWHERE)

    def specialty_of(self, code: str) -> int:
        """Return the number of a specialty."""
        return self.specialties.setdefault(code, len(self.specialties))


@dataclass
class MarkColumns:
    """Rows of one sitting as they come, in plain numbers."""

    person: Ints = field(default_factory=_ints)
    subject: Ints = field(default_factory=_ints)
    mark: Ints = field(default_factory=_ints)
    status: Ints = field(default_factory=_ints)
    pass_mark: Ints = field(default_factory=_ints)
    registered: Ints = field(default_factory=_ints)
    way: Ints = field(default_factory=_ints)
    specialty: Ints = field(default_factory=_ints)
    completed: Ints = field(default_factory=_ints)

    def add(self, person: int, subject: int, *, status: int, mark: int | None, pass_mark: int | None = None) -> None:
        """Take one line down."""
        self.person.append(person)
        self.subject.append(subject)
        self.status.append(status)
        self.mark.append(NOTHING if mark is None else mark)
        self.pass_mark.append(NO_PASS_MARK if pass_mark is None else pass_mark)

    def columns(self, day: date, *, year: int, is_held: bool) -> SittingColumns:
        """Return them as the ledger takes them."""
        return SittingColumns(
            year=year,
            month=day.year * _MONTHS + day.month,
            held=is_held,
            registered=numbers_of(self.registered),
            person=numbers_of(self.person),
            subject=numbers_of(self.subject),
            mark=numbers_of(self.mark),
            status=numbers_of(self.status),
            pass_mark=numbers_of(self.pass_mark),
            way=numbers_of(self.way),
            specialty=numbers_of(self.specialty),
            completed=numbers_of(self.completed).astype(np.bool_) if self.completed else None,
        )


def numbers_of(found: Ints) -> Numbers:
    """Return the same numbers as a column; nothing can be added to them any more."""
    return np.frombuffer(found, np.int64) if found else np.zeros(0, np.int64)


@dataclass
class OutcomeColumns:
    """Every line of the stored outcomes in plain numbers, and who has which overall outcome, and what is kept."""

    overall: dict[int, int] = field(default_factory=dict)
    rows: MarkColumns = field(default_factory=MarkColumns)
    verdict: Ints = field(default_factory=_ints)
    kept_person: Ints = field(default_factory=_ints)
    kept_subject: Ints = field(default_factory=_ints)

    def account(self, people: int, width: int) -> Account:
        """Return them as an account of so many people and columns."""
        account, rows = Account.empty(people, width), self.rows
        account.overall[list(self.overall)] = list(self.overall.values())
        where = numbers_of(rows.person), numbers_of(rows.subject)
        account.seen[where] = True
        account.status[where] = numbers_of(rows.status)
        account.mark[where] = numbers_of(rows.mark)
        account.pass_mark[where] = numbers_of(rows.pass_mark)
        account.verdict[where] = numbers_of(self.verdict)
        account.kept[numbers_of(self.kept_person), numbers_of(self.kept_subject)] = True
        return account
