"""Bringing in a roster that another system made: every line answered first, then everybody or nobody.

Who is new is prepared outside any transaction, for sealing takes long; then people and roster are written in one. So a
process that dies in between leaves nobody behind. The same file again finds everybody in place and changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q

from jinbang.audit import actions as audit
from jinbang.audit.long_work import AT_ONCE, Steps
from jinbang.kernel.identity import IdentityNumber
from jinbang.people.actions import Newcomer, NewPerson, prepare_people, register_prepared
from jinbang.people.models import Person
from jinbang.people.queries import Staff, persons_by_document
from jinbang.people.rules import is_same_name
from jinbang.people.states import Role
from jinbang.results import columns, queries
from jinbang.results.actions.roster import ROWS_AT_ONCE
from jinbang.results.errors import MarksSealed, RosterFileFaulty
from jinbang.results.models import RosterEntry
from jinbang.results.roster_file import RosterFault, RosterFaultKind, RosterFile, RosterRow, read_roster
from jinbang.results.states import ReleaseState
from jinbang.results.tables import Encoding
from jinbang.results.validity import one_spelling
from jinbang.sittings.models import ExamRegion

PEOPLE_AT_ONCE: Final = 500


@dataclass(frozen=True)
class RosterAnswer:
    """What an import would do, or did: lines, people new here, people known, rows added, rows that stand already."""

    read: RosterFile
    new_people: int
    known_people: int
    added: int
    standing: int


@dataclass(frozen=True)
class _Held:
    """A file held against the database: whom it names, and which rows stand already."""

    read: RosterFile
    known: Mapping[IdentityNumber, Person]
    to_add: tuple[RosterRow, ...]


# Step 1 of docs/cycles/release.md.
def check_roster(*, region: ExamRegion, content: bytes, by: Staff, encoding: Encoding | None = None) -> RosterAnswer:
    """Read a roster and hold it against who is on record, without storing anything: the dry run."""
    region = queries.get_region(region.pk, by=by, roles=(Role.MARKS_CLERK,))
    return _answer(_held(region, content, encoding=encoding))


# Step 1 of docs/cycles/release.md.
def import_roster(
    *,
    region: ExamRegion,
    content: bytes,
    by: Staff,
    now: datetime,
    encoding: Encoding | None = None,
    keep: Steps = AT_ONCE,
) -> RosterAnswer:
    """Put everybody in the file onto the roster, registering who is new. Everybody, or nobody where a line is wrong.

    Refuses a file with faults (the refusal holds the reading), and a region whose results are sealed.
    """
    region = queries.get_region(region.pk, by=by, roles=(Role.MARKS_CLERK,))
    _require_unsealed(region)
    held = _held(region, content, encoding=encoding)
    if held.read.faults:
        raise RosterFileFaulty(read=held.read)
    answer = _answer(held)
    newcomers: list[Newcomer] = []
    for start in range(0, len(held.to_add), PEOPLE_AT_ONCE):
        chunk = held.to_add[start : start + PEOPLE_AT_ONCE]
        newcomers += prepare_people([_newcomer(row) for row in chunk], now=now)
        with keep.step(cursor={}, done=len(newcomers), total=len(held.to_add)):
            """Say how far it has come: nothing is stored before everything is."""
    with keep.last_step():
        region = queries.lock_region(region.pk, by=by, role=Role.MARKS_CLERK)
        queries.lock_release_of(region.pk)
        _require_unsealed(region)
        persons = register_prepared(newcomers, by=by, now=now)
        entries = [_entry(row, person, region) for row, person in zip(held.to_add, persons, strict=True)]
        if entries:  # the same file again changes nothing, and leaves no trace of a change
            RosterEntry.objects.bulk_create(entries, batch_size=ROWS_AT_ONCE)
            audit.record(region, by=by, event=queries.DRAWN_UP, at=now, details={"added": len(entries)})
    return answer


def _require_unsealed(region: ExamRegion) -> None:
    """Refuse a region whose results are sealed."""
    release = queries.find_release(region)
    if release is not None and not ReleaseState(release.state).takes_marks:
        raise MarksSealed(release=release.code)


def _held(region: ExamRegion, content: bytes, *, encoding: Encoding | None) -> _Held:
    """Read the file and hold each line against who is on record and on the roster. A few queries for each thousand."""
    read = read_roster(
        content,
        programme=queries.programme_of(region),
        year=region.sitting.year,
        names=columns.names_of(region.sitting),
        encoding=encoding,
    )
    known = persons_by_document([row.number for row in read.rows])
    standing = _standing(region, read.rows, known)
    faults, to_add = list(read.faults), []
    for row in read.rows:
        found = _judge(row, known.get(row.number), standing, region=region)
        if isinstance(found, RosterFaultKind):
            faults.append(_fault(row, found, read.columns))
        elif found:
            to_add.append(row)
    faults.sort(key=lambda fault: fault.line)
    whole = RosterFile(
        read.sha256, read.rows, tuple(faults), read.lines, read.ignored, read.encoding, read.is_told, read.columns
    )
    return _Held(whole, known, tuple(to_add))


def _standing(
    region: ExamRegion, rows: Sequence[RosterRow], known: Mapping[IdentityNumber, Person]
) -> Mapping[object, RosterEntry]:
    """Return whoever stands on the sitting's roster already, by ticket and by person."""
    found: dict[object, RosterEntry] = {}
    people = [person.pk for person in known.values()]
    tickets = [row.ticket_number for row in rows]
    for start in range(0, max(len(people), len(tickets)), PEOPLE_AT_ONCE):
        part = slice(start, start + PEOPLE_AT_ONCE)
        here = Q(person__in=people[part]) | Q(ticket_number__in=tickets[part])
        for entry in RosterEntry.objects.filter(here, sitting=region.sitting_id):
            found[entry.ticket_number] = found[entry.person_id] = entry
    return found


def _judge(
    row: RosterRow, person: Person | None, standing: Mapping[object, RosterEntry], *, region: ExamRegion
) -> RosterFaultKind | bool:
    """Return what is wrong with a line, or whether it adds somebody: False where they stand there just so."""
    if person is not None and not _bears(person, row.name):
        return RosterFaultKind.NAME_DIFFERS
    with_ticket = standing.get(row.ticket_number)
    mine = standing.get(person.pk) if person is not None else None
    if mine is not None and mine.region_id != region.pk:
        return RosterFaultKind.STANDS_ELSEWHERE
    if with_ticket is not None and (mine is None or with_ticket.pk != mine.pk):
        return RosterFaultKind.TICKET_TAKEN
    if mine is None:
        return True
    return False if _stands_so(mine, row) else RosterFaultKind.STANDS_OTHERWISE


def _stands_so(entry: RosterEntry, row: RosterRow) -> bool:
    """Whether somebody stands on the roster as a line has them; a line without a district says nothing of it."""
    return (
        entry.ticket_number == row.ticket_number
        and entry.level_code == row.level_code
        and entry.specialty_code == row.specialty_code
        and one_spelling(entry.track_code) == one_spelling(row.track_code)
        and sorted(entry.subject_codes) == sorted(row.subject_codes)
        and row.district in {"", entry.district}
    )


def _bears(person: Person, name: str) -> bool:
    """Whether this is the person's name, or was before it was changed."""
    return any(is_same_name(name, one) for one in (person.name, *(str(old["name"]) for old in person.former_names)))


def _fault(row: RosterRow, kind: RosterFaultKind, called: Mapping[str, str]) -> RosterFault:
    if kind is RosterFaultKind.NAME_DIFFERS:
        return RosterFault(row.line, called["name"], kind, row.name)
    return RosterFault(row.line, called["ticket"], kind, row.ticket_number)


def _answer(held: _Held) -> RosterAnswer:
    known = sum(row.number in held.known for row in held.read.rows)
    return RosterAnswer(
        read=held.read,
        new_people=len(held.read.rows) - known,
        known_people=known,
        added=len(held.to_add),
        standing=len(held.read.rows) - len(held.to_add),
    )


def _newcomer(row: RosterRow) -> NewPerson:
    return NewPerson(name=row.name, kind=row.number.kind, number=row.number.number)


def _entry(row: RosterRow, person: Person, region: ExamRegion) -> RosterEntry:
    return RosterEntry(
        sitting=region.sitting,
        region=region,
        person=person,
        ticket_number=row.ticket_number,
        level_code=row.level_code,
        specialty_code=row.specialty_code,
        track_code=row.track_code,
        district=row.district,
        subject_codes=list(row.subject_codes),
    )
