"""Bringing in what another system knows of earlier years, and linking to people what does not link itself.

A document number links; a name never does. What names nobody on record here, or somebody of another name, waits for a
person, who links it by the number of a document that is on record, or rejects it. Linked passes are noted in
`application`, where choosing subjects looks for them. What a later file says more of somebody is a file of its own
beside the earlier ones; what it says otherwise is a fault.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from jinbang.application.actions.passes import note_passes
from jinbang.application.models import EarlierPass as NotedPass
from jinbang.application.passes import EarlierPass
from jinbang.audit import actions as audit
from jinbang.audit.long_work import AT_ONCE, Steps
from jinbang.kernel.crypto import key_ring, new_data_key, seal
from jinbang.kernel.errors import InvariantBroken
from jinbang.kernel.identity import DocumentKind, IdentityNumber
from jinbang.people.models import Person
from jinbang.people.queries import Staff, document_index, find_person_by_document, persons_by_document, place_of
from jinbang.people.rules import is_same_name
from jinbang.people.states import Role
from jinbang.results import columns, handed_over, queries
from jinbang.results.errors import NobodyOnRecord, RosterFileFaulty
from jinbang.results.handover_file import GivenFile, HandedOver, read_handover
from jinbang.results.models import HandedOverFile
from jinbang.results.roster_file import RosterFault, RosterFaultKind
from jinbang.results.states import LinkEvent, LinkState
from jinbang.results.tables import Encoding
from jinbang.sittings.models import ExamRegion

ATTEMPTS_MOST: Final = 5
FILES_AT_ONCE: Final = 500
"""A tenth of a second of SQLite's write lock."""


class WithReason(Protocol):
    """Something done to a file for a reason: unlinking or rejecting it."""

    def __call__(self, *, file_id: UUID, reason: str, by: Staff, now: datetime) -> HandedOverFile:
        """Do it."""


@dataclass(frozen=True)
class HandoverAnswer:
    """What an import would do, or did: people in the file, linked by number, waiting for a person, in already.

    `added`: line → how many passes, of those among them of whom the file says more.
    """

    read: HandedOver
    linked: int
    waiting: int
    standing: int
    added: Mapping[int, int]


@dataclass(frozen=True)
class _Place:
    """Where a file comes to stand beside those of its person: the how manieth it is, and whom they are linked to."""

    addition: int
    person: Person | None


@dataclass(frozen=True)
class _Held:
    """A file held against the database: whose files are new, which of those have not arrived yet, and what has gone by.

    `outdated` are rows that arrived when this file was read otherwise: they make way.
    """

    read: HandedOver
    new: tuple[GivenFile, ...]
    missing: tuple[GivenFile, ...]
    outdated: tuple[UUID, ...]
    known: Mapping[IdentityNumber, Person]
    beside: Mapping[IdentityNumber, _Place]  # of those who have a file already


def check_handover(
    *, region: ExamRegion, content: bytes, by: Staff, encoding: Encoding | None = None
) -> HandoverAnswer:
    """Read a file and say what would link, without storing anything: the dry run."""
    region = queries.get_region(region.pk, by=by, roles=(Role.MARKS_CLERK,))
    return _answer(_held(region, content, encoding=encoding))


# Step 1 of docs/cycles/release.md.
def import_handover(
    *,
    region: ExamRegion,
    content: bytes,
    by: Staff,
    now: datetime,
    encoding: Encoding | None = None,
    keep: Steps = AT_ONCE,
) -> HandoverAnswer:
    """Store everybody's file, link what a document number links, note its passes. All or none; again is nothing.

    Refuses a file with faults (the refusal holds the reading). Files arrive some hundred at a time, each chunk a short
    transaction, and nothing reads them before one statement takes all of them in. What an import that was killed left
    behind is completed by the same file, and makes way to any other.
    """
    region = queries.get_region(region.pk, by=by, roles=(Role.MARKS_CLERK,))
    held = _held(region, content, encoding=encoding)
    answer = _answer(held)
    for _attempt in range(ATTEMPTS_MOST):
        if held.read.faults:
            raise RosterFileFaulty(read=held.read)
        with suppress(IntegrityError):  # somebody else has brought one of them in between: hold it against that
            _let_arrive(held, region=region, by=by, now=now, keep=keep)
            if _take_in(held, region=region, by=by, now=now, keep=keep):
                _note_links(held.read, region=region, by=by, now=now, keep=keep)
                return answer
        held = _held(region, content, encoding=encoding)
    raise InvariantBroken(f"files of {region.pk} neither arrive nor stand there")


def forget_arriving(region: ExamRegion, *, content: bytes) -> None:
    """Take away what arrived with a file that is not wanted and never counted, in the caller's transaction."""
    rows = HandedOverFile.objects.filter(region=region, source_sha256=hashlib.sha256(content).hexdigest())
    rows.filter(state=LinkState.ARRIVING.value).delete()


def _let_arrive(held: _Held, *, region: ExamRegion, by: Staff, now: datetime, keep: Steps) -> None:
    """Store what is missing, in chunks that count for nothing yet. Sealing, which takes long, holds no lock."""
    done, total = len(held.new) - len(held.missing), len(held.new)
    chunks = [held.missing[start : start + FILES_AT_ONCE] for start in range(0, len(held.missing), FILES_AT_ONCE)]
    for chunk in chunks or [()] if held.outdated else chunks:
        rows = [_row(given, held, region=region, by=by, now=now) for given in chunk]
        done += len(rows)
        with keep.step(cursor={}, done=done, total=total):
            in_the_way = Q(number_index__in=[row.number_index for row in rows]) | Q(pk__in=held.outdated)
            HandedOverFile.objects.filter(
                in_the_way, programme_code=queries.programme_of(region).code, state=LinkState.ARRIVING.value
            ).delete()
            HandedOverFile.objects.bulk_create(rows)
            audit.record_many(rows, by=by, event="bring", at=now)


def _take_in(held: _Held, *, region: ExamRegion, by: Staff, now: datetime, keep: Steps) -> bool:
    """Let everything that has arrived count, in one step; or nothing, and say so, where it is not whole."""
    if not held.new:  # the same file again changes nothing, and leaves no trace of a change
        return True
    with keep.step(cursor={}, done=len(held.new), total=len(held.new)):
        region = queries.lock_region(region.pk, by=by, role=Role.MARKS_CLERK)
        arriving = _of_source(region, held.read).filter(state=LinkState.ARRIVING.value)
        if arriving.count() != len(held.new):
            return False
        linked = arriving.filter(person__isnull=False).update(state=LinkState.LINKED.value)
        waiting = arriving.update(state=LinkState.WAITING.value)
        audit.record(region, by=by, event="take_in_files", at=now, details={"linked": linked, "waiting": waiting})
    return True


def _note_links(read: HandedOver, *, region: ExamRegion, by: Staff, now: datetime, keep: Steps) -> None:
    """Tell applications what the files state that document numbers linked. Goes on where a killed import stopped."""
    unnoted = _of_source(region, read).filter(state=LinkState.LINKED.value, is_noted=False).order_by("id")
    while some := list(unnoted.values_list("pk", flat=True)[:FILES_AT_ONCE]):
        with keep.step(cursor={}, done=len(read.files), total=len(read.files)):
            rows = list(unnoted.select_for_update().filter(pk__in=some))
            audit.record_many(rows, by=by, event=LinkEvent.LINK, at=now, from_state=LinkState.ARRIVING)
            _note(queries.programme_of(region).code, {row.person_id: () for row in rows if row.person_id is not None})
            HandedOverFile.objects.filter(pk__in=some).update(is_noted=True)


def _of_source(region: ExamRegion, read: HandedOver) -> QuerySet[HandedOverFile]:
    return HandedOverFile.objects.filter(region=region, source_sha256=read.sha256)


# Step 1 of docs/cycles/release.md.
@transaction.atomic
def link_file(*, file_id: UUID, kind: DocumentKind, number: str, by: Staff, now: datetime) -> HandedOverFile:
    """Link a waiting file to whoever bears this document. Refuses a document of nobody on record here."""
    row = handed_over.lock_file(file_id, by=by)
    person = find_person_by_document(kind=kind, number=number)
    if person is None:
        raise NobodyOnRecord
    row.move(LinkEvent.LINK)
    row.person, row.is_noted = person, True
    row.save(update_fields=("state", "person", "is_noted"))
    audit.record(row, by=by, event=LinkEvent.LINK, at=now, from_state=LinkState.WAITING)
    _note(row.programme_code, {person.pk: ()})
    return row


@transaction.atomic
def unlink_file(*, file_id: UUID, reason: str, by: Staff, now: datetime) -> HandedOverFile:
    """Undo a wrong link: the passes it noted are noted no longer, and the file waits again."""
    row = handed_over.lock_file(file_id, by=by)
    person_id = row.person_id
    row.move(LinkEvent.UNLINK)
    row.person, row.is_noted = None, False
    row.save(update_fields=("state", "person", "is_noted"))
    audit.record(row, by=by, event=LinkEvent.UNLINK, at=now, from_state=LinkState.LINKED, reason=reason)
    assert person_id is not None  # noqa: S101  # the database holds it against the state
    _note(row.programme_code, {person_id: handed_over.passes_to_note(row)})
    return row


# Step 1 of docs/cycles/release.md.
@transaction.atomic
def reject_file(*, file_id: UUID, reason: str, by: Staff, now: datetime) -> HandedOverFile:
    """Lay a waiting file aside for good, with the reason."""
    row = handed_over.lock_file(file_id, by=by)
    row.move(LinkEvent.REJECT)
    row.save(update_fields=("state",))
    audit.record(row, by=by, event=LinkEvent.REJECT, at=now, from_state=LinkState.WAITING, reason=reason)
    return row


def _held(region: ExamRegion, content: bytes, *, encoding: Encoding | None) -> _Held:
    """Read the file, and part what is new or says more from what stands already; standing otherwise is a fault."""
    programme = queries.programme_of(region)
    read = read_handover(content, programme=programme, names=columns.names_of(region.sitting), encoding=encoding)
    indexes = {document_index(given.number): given for given in read.files}
    standing = _standing(programme.code, list(indexes))
    arrived = {row.number_index: row for row in _of_source(region, read).filter(state=LinkState.ARRIVING.value)}
    faults, new, missing, beside = list(read.faults), [], [], {}
    for index, given in indexes.items():
        more = _more(given, standing.get(index, ()))
        if isinstance(more, RosterFault):
            faults.append(more)
        elif more is not None:
            new.append(more)
            if index in standing:
                beside[given.number] = _place(standing[index])
            if index in arrived and _is_same(arrived[index], more):
                del arrived[index]
            else:
                missing.append(more)
    whole = replace(read, faults=tuple(sorted(faults, key=lambda one: one.line)))
    outdated = tuple(row.pk for row in arrived.values())
    known = persons_by_document([given.number for given in new if given.number not in beside])
    return _Held(whole, tuple(new), tuple(missing), outdated, known, beside)


def _more(given: GivenFile, rows: Sequence[HandedOverFile]) -> GivenFile | RosterFault | None:
    """Return what a file says more of a person than the files that stand; None: nothing. A contradiction is a fault.

    It is one to have passed a subject in another year, or with another end, to bear another file number, and to add
    something under another name.
    """
    if not rows:
        return given
    stated = {one for row in rows for one in handed_over.passes_of(row)}
    subjects = {_subject_of(one) for one in stated}
    numbers = {row.file_number for row in rows} - {""}
    if given.file_number and numbers - {given.file_number}:
        return RosterFault(given.line, "", RosterFaultKind.STANDS_OTHERWISE)
    new = [(one, line) for one, line in zip(given.passes, given.pass_lines, strict=True) if one not in stated]
    for one, line in new:
        if _subject_of(one) in subjects:
            return RosterFault(line, "", RosterFaultKind.STANDS_OTHERWISE)
    if not new and (numbers or not given.file_number):
        return None
    if not _is_named_so(given, rows):
        return RosterFault(given.line, "", RosterFaultKind.NAME_DIFFERS)
    line = new[0][1] if new else given.line
    return replace(given, line=line, passes=tuple(one for one, _ in new), pass_lines=tuple(at for _, at in new))


def _subject_of(one: EarlierPass) -> tuple[str, str, str, str]:
    return one.level_code, one.specialty_code, one.track_code, one.subject_code


def _is_named_so(given: GivenFile, rows: Sequence[HandedOverFile]) -> bool:
    """Whether the name is that of the person's files, or the one they bear here today."""
    names = [handed_over.name_of(rows[0]), *(row.person.name for row in rows if row.person is not None)]
    return any(is_same_name(given.name, name) for name in names)


def _place(rows: Sequence[HandedOverFile]) -> _Place:
    """Return the next place beside these; linked where all of them are, to one person, and waiting otherwise."""
    people = {row.person_id: row.person for row in rows}
    return _Place(max(row.addition for row in rows) + 1, next(iter(people.values())) if len(people) == 1 else None)


def _standing(programme_code: str, indexes: Sequence[str]) -> dict[str, list[HandedOverFile]]:
    """Return document → the files of it that count, the first one first. One query for each five hundred."""
    found: dict[str, list[HandedOverFile]] = {}
    rows = HandedOverFile.objects.filter(programme_code=programme_code).exclude(
        state__in=[LinkState.REJECTED.value, LinkState.ARRIVING.value]
    )
    for start in range(0, len(indexes), FILES_AT_ONCE):
        some = rows.filter(number_index__in=indexes[start : start + FILES_AT_ONCE])
        for row in some.select_related("person").order_by("addition", "id"):
            found.setdefault(row.number_index, []).append(row)
    return found


def _is_same(row: HandedOverFile, given: GivenFile) -> bool:
    return row.file_number == given.file_number and set(handed_over.passes_of(row)) == set(given.passes)


def _person_of(given: GivenFile, held: _Held) -> Person | None:
    """Return whom the document number links, if their name is the same; who has files already, as those are linked."""
    if given.number in held.beside:
        return held.beside[given.number].person
    person = held.known.get(given.number)
    return person if person is not None and is_same_name(given.name, person.name) else None


def _answer(held: _Held) -> HandoverAnswer:
    first = [given for given in held.new if given.number not in held.beside]
    linked = sum(_person_of(given, held) is not None for given in first)
    added = {given.line: len(given.passes) for given in held.new if given.number in held.beside}
    standing = len(held.read.files) - len(first)
    return HandoverAnswer(held.read, linked, len(first) - linked, standing, added)


def _row(given: GivenFile, held: _Held, *, region: ExamRegion, by: Staff, now: datetime) -> HandedOverFile:
    ring = key_ring()
    row = HandedOverFile(
        region=region,
        programme_code=queries.programme_of(region).code,
        source_sha256=held.read.sha256,
        file_number=given.file_number,
        wrapped_key=new_data_key(ring),
        number_index=document_index(given.number),
        passes=[asdict(one) for one in given.passes],
        addition=held.beside[given.number].addition if given.number in held.beside else 0,
        person=_person_of(given, held),
        brought_by=by.account_id,
        brought_at=now,
    )
    number = f"{given.number.kind.value}:{given.number.number}"
    row.name_sealed = seal(bytes(row.wrapped_key), given.name.encode(), aad=place_of(row, "name_sealed"), ring=ring)
    row.number_sealed = seal(bytes(row.wrapped_key), number.encode(), aad=place_of(row, "number_sealed"), ring=ring)
    return row


def _note(programme_code: str, without: Mapping[UUID, Iterable[EarlierPass]]) -> None:
    """Note these people's passes anew: those noted, without these, and whatever linked files state. Four queries."""
    found: dict[UUID, set[EarlierPass]] = {person_id: set() for person_id in without}
    for noted in NotedPass.objects.filter(person__in=without, programme_code=programme_code):
        found[noted.person_id].add(_of(noted))
    for person_id, passes in without.items():
        found[person_id] -= set(passes)
    files = HandedOverFile.objects.filter(
        person__in=without, programme_code=programme_code, state=LinkState.LINKED.value
    )
    for row in files.select_related("region__sitting__programme_version"):
        assert row.person_id is not None  # noqa: S101  # the database holds it against the state
        found[row.person_id] |= set(handed_over.passes_to_note(row))
    note_passes(programme_code, {person_id: sorted(passes, key=str) for person_id, passes in found.items()})


def _of(row: NotedPass) -> EarlierPass:
    return EarlierPass(
        row.level_code, row.specialty_code, row.track_code, row.subject_code, row.year, row.counts_through
    )
