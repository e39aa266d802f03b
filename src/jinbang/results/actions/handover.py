"""Bringing in what another system knows of earlier years, and linking to people what does not link itself.

A document number links; a name never does. What names nobody on record here, or somebody of another name, waits for a
person, who links it by the number of a document that is on record, or rejects it. Linked passes are noted in
`application`, where choosing subjects looks for them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.db import transaction

from jinbang.application.actions.passes import note_passes
from jinbang.application.models import EarlierPass as NotedPass
from jinbang.application.passes import EarlierPass
from jinbang.audit import actions as audit
from jinbang.kernel.crypto import key_ring, new_data_key, seal
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


class WithReason(Protocol):
    """Something done to a file for a reason: unlinking or rejecting it."""

    def __call__(self, *, file_id: UUID, reason: str, by: Staff, now: datetime) -> HandedOverFile:
        """Do it."""


@dataclass(frozen=True)
class HandoverAnswer:
    """What an import would do, or did: people in the file, linked by number, waiting for a person, in already."""

    read: HandedOver
    linked: int
    waiting: int
    standing: int


def check_handover(
    *, region: ExamRegion, content: bytes, by: Staff, encoding: Encoding | None = None
) -> HandoverAnswer:
    """Read a file and say what would link, without storing anything: the dry run."""
    region = queries.get_region(region.pk, by=by, roles=(Role.MARKS_CLERK,))
    read, new, known = _held(region, content, encoding=encoding)
    return _answer(read, new, known)


# Step 1 of docs/cycles/release.md.
@transaction.atomic
def import_handover(
    *, region: ExamRegion, content: bytes, by: Staff, now: datetime, encoding: Encoding | None = None
) -> HandoverAnswer:
    """Store everybody's file, link what a document number links, note its passes. All or none; again is nothing.

    Refuses a file with faults (the refusal holds the reading).
    """
    region = queries.lock_region(region.pk, by=by, role=Role.MARKS_CLERK)
    read, new, known = _held(region, content, encoding=encoding)
    if read.faults:
        raise RosterFileFaulty(read=read)
    programme_code = queries.programme_of(region).code
    for given in new:
        row = _row(given, region=region, programme_code=programme_code, by=by, now=now)
        row.save(force_insert=True)
        audit.record(row, by=by, event="bring", at=now)
        person = known.get(given.number)
        if person is not None and is_same_name(given.name, person.name):
            _link(row, person, by=by, now=now)
    return _answer(read, new, known)


# Step 1 of docs/cycles/release.md.
@transaction.atomic
def link_file(*, file_id: UUID, kind: DocumentKind, number: str, by: Staff, now: datetime) -> HandedOverFile:
    """Link a waiting file to whoever bears this document. Refuses a document of nobody on record here."""
    row = handed_over.lock_file(file_id, by=by)
    person = find_person_by_document(kind=kind, number=number)
    if person is None:
        raise NobodyOnRecord
    _link(row, person, by=by, now=now)
    return row


@transaction.atomic
def unlink_file(*, file_id: UUID, reason: str, by: Staff, now: datetime) -> HandedOverFile:
    """Undo a wrong link: the passes it noted are noted no longer, and the file waits again."""
    row = handed_over.lock_file(file_id, by=by)
    person_id = row.person_id
    row.move(LinkEvent.UNLINK)
    row.person = None
    row.save(update_fields=("state", "person"))
    audit.record(row, by=by, event=LinkEvent.UNLINK, at=now, from_state=LinkState.LINKED, reason=reason)
    assert person_id is not None  # noqa: S101  # the database holds it against the state
    _note(person_id, row.programme_code, without=handed_over.passes_to_note(row))
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


def _held(
    region: ExamRegion, content: bytes, *, encoding: Encoding | None
) -> tuple[HandedOver, list[GivenFile], Mapping[IdentityNumber, Person]]:
    """Read the file, and part what is new from what stands already; standing otherwise is a fault."""
    programme = queries.programme_of(region)
    read = read_handover(content, programme=programme, names=columns.names_of(region.sitting), encoding=encoding)
    indexes = {document_index(given.number): given for given in read.files}
    rows = HandedOverFile.objects.filter(programme_code=programme.code).exclude(state=LinkState.REJECTED.value)
    standing = {row.number_index: row for row in rows.filter(number_index__in=indexes)}
    faults, new = list(read.faults), []
    for index, given in indexes.items():
        row = standing.get(index)
        if row is None:
            new.append(given)
        elif row.file_number != given.file_number or set(handed_over.passes_of(row)) != set(given.passes):
            faults.append(RosterFault(given.line, "", RosterFaultKind.STANDS_OTHERWISE))
    whole = HandedOver(read.sha256, read.files, tuple(sorted(faults, key=lambda one: one.line)), read.lines)
    return whole, new, persons_by_document([given.number for given in new])


def _answer(read: HandedOver, new: list[GivenFile], known: Mapping[IdentityNumber, Person]) -> HandoverAnswer:
    linked = sum(given.number in known and is_same_name(given.name, known[given.number].name) for given in new)
    return HandoverAnswer(read, linked, len(new) - linked, len(read.files) - len(new))


def _row(given: GivenFile, *, region: ExamRegion, programme_code: str, by: Staff, now: datetime) -> HandedOverFile:
    ring = key_ring()
    row = HandedOverFile(
        region=region,
        programme_code=programme_code,
        file_number=given.file_number,
        wrapped_key=new_data_key(ring),
        number_index=document_index(given.number),
        passes=[asdict(one) for one in given.passes],
        brought_by=by.account_id,
        brought_at=now,
    )
    number = f"{given.number.kind.value}:{given.number.number}"
    row.name_sealed = seal(bytes(row.wrapped_key), given.name.encode(), aad=place_of(row, "name_sealed"), ring=ring)
    row.number_sealed = seal(bytes(row.wrapped_key), number.encode(), aad=place_of(row, "number_sealed"), ring=ring)
    return row


def _link(row: HandedOverFile, person: Person, *, by: Staff, now: datetime) -> None:
    row.move(LinkEvent.LINK)
    row.person = person
    row.save(update_fields=("state", "person"))
    audit.record(row, by=by, event=LinkEvent.LINK, at=now, from_state=LinkState.WAITING)
    _note(person.pk, row.programme_code, more=handed_over.passes_to_note(row))


def _note(
    person_id: UUID, programme_code: str, *, more: Iterable[EarlierPass] = (), without: Iterable[EarlierPass] = ()
) -> None:
    """Note a person's passes anew: those noted, with these and without those. What another file states too, stays."""
    noted = {_of(row) for row in NotedPass.objects.filter(person=person_id, programme_code=programme_code)}
    stated = {
        one
        for row in HandedOverFile.objects.filter(person=person_id, programme_code=programme_code).select_related(
            "region__sitting__programme_version"
        )
        for one in handed_over.passes_to_note(row)
    }
    note_passes(programme_code, {person_id: sorted((noted - set(without)) | set(more) | stated, key=str)})


def _of(row: NotedPass) -> EarlierPass:
    return EarlierPass(
        row.level_code, row.specialty_code, row.track_code, row.subject_code, row.year, row.counts_through
    )
