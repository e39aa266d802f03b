"""Reads of the files handed over by other systems: the queue of those that wait, and one opened to be linked."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from jinbang.application.passes import EarlierPass
from jinbang.catalogue.programme import Programme
from jinbang.kernel.crypto import key_ring, open_sealed
from jinbang.kernel.identity import DocumentKind, IdentityNumber, normalise_typed
from jinbang.people.queries import Staff, document_index, persons_by_document, place_of, within
from jinbang.people.states import Role
from jinbang.results.errors import ResultsNotFound
from jinbang.results.models import HandedOverFile, RosterEntry
from jinbang.results.states import LinkState
from jinbang.results.validity import Retention, StatedPass, one_spelling, translated
from jinbang.sittings.models import ExamRegion


@dataclass(frozen=True)
class OpenedFile:
    """A file with what it says of the person; `other_name` is who bears its number here, where that is another name."""

    file: HandedOverFile
    name: str
    number: IdentityNumber
    passes: tuple[EarlierPass, ...]
    other_name: str


def files_in(region: ExamRegion, *, by: Staff) -> QuerySet[HandedOverFile]:
    """Return the region's files, the oldest first; not those that are still arriving."""
    rows = _within(by).filter(region=region).exclude(state=LinkState.ARRIVING.value)
    return rows.order_by("brought_at", "id")


def opened(row: HandedOverFile) -> OpenedFile:
    """Open a file that the caller was allowed to hold. Two queries."""
    kind, _, digits = _open(row, "number_sealed", bytes(row.number_sealed)).partition(":")
    number = IdentityNumber(DocumentKind(kind), digits)
    person = persons_by_document([number]).get(number)
    return OpenedFile(row, name_of(row), number, passes_of(row), person.name if person is not None else "")


def get_file(file_id: UUID, *, by: Staff) -> HandedOverFile:
    """Return a file of a region where this officer brings marks in."""
    row = _within(by).exclude(state=LinkState.ARRIVING.value).filter(pk=file_id).first()
    if row is None:
        raise ResultsNotFound
    return row


def file_by_document(region: ExamRegion, *, kind: DocumentKind, number: str, by: Staff) -> HandedOverFile:
    """Return the region's file of this document, however the number is typed; one laid aside only where none stands."""
    index = document_index(IdentityNumber(kind, normalise_typed(number)))
    rows = files_in(region, by=by).filter(number_index=index)
    row = rows.exclude(state=LinkState.REJECTED.value).first() or rows.first()
    if row is None:
        raise ResultsNotFound
    return row


def files_beside(row: HandedOverFile, *, by: Staff) -> QuerySet[HandedOverFile]:
    """Return the other files that came with the same document number for the programme, the oldest first."""
    rows = _within(by).filter(programme_code=row.programme_code, number_index=row.number_index)
    return rows.exclude(state=LinkState.ARRIVING.value).exclude(pk=row.pk).order_by("brought_at", "id")


def name_of(row: HandedOverFile) -> str:
    """Return the name that a file gives. No query."""
    return _open(row, "name_sealed", bytes(row.name_sealed))


def lock_file(file_id: UUID, *, by: Staff) -> HandedOverFile:
    """Return the same, locked until the transaction ends."""
    rows = _within(by).exclude(state=LinkState.ARRIVING.value)
    row = rows.select_for_update(of=("self",)).filter(pk=file_id).first()
    if row is None:
        raise ResultsNotFound
    return row


def stated_passes(people: QuerySet[RosterEntry], *, programme_code: str) -> dict[UUID, tuple[StatedPass, ...]]:
    """Return person → what linked files state of the programme, for the people of these roster entries. One query."""
    found: dict[UUID, tuple[StatedPass, ...]] = {}
    for row in _linked(people, programme_code=programme_code):
        assert row.person_id is not None  # noqa: S101  # the database holds it against the state
        found[row.person_id] = (*found.get(row.person_id, ()), *map(stated_pass, passes_of(row)))
    return found


def stated_pass(one: EarlierPass) -> StatedPass:
    """Return a pass of a file as the rules of validity take it."""
    retention = Retention(one.subject_code, one.year, one.counts_through)
    return StatedPass(one.level_code, one_spelling(one.track_code), one.specialty_code, retention)


def subject_name(one: StatedPass, programme: Programme) -> str:
    """Return what a subject is called that a file states, an earlier one by its earlier name."""
    level = programme.level(one.level)
    names = {subject.code: subject.named_for(one.specialty).name for subject in level.subjects}
    return {**level.earlier_names(), **names}.get(one.retention.subject_code, one.retention.subject_code)


def linked_files(people: QuerySet[RosterEntry], *, programme_code: str) -> list[str]:
    """Return the ids of those files, in order: what is judged on them is stale when they are others. One query."""
    return [str(pk) for pk in _linked(people, programme_code=programme_code).values_list("id", flat=True)]


def _linked(people: QuerySet[RosterEntry], *, programme_code: str) -> QuerySet[HandedOverFile]:
    rows = HandedOverFile.objects.filter(programme_code=programme_code, state=LinkState.LINKED.value)
    return rows.filter(person__in=people.values("person")).order_by("id")


def waiting_count(region: ExamRegion) -> int:
    """Return how many of the region's files wait for a person. One query."""
    return HandedOverFile.objects.filter(region=region, state=LinkState.WAITING.value).count()


def files_waiting(by: Staff) -> QuerySet[HandedOverFile]:
    """Return the files that wait for a person in the regions where this officer brings marks in."""
    return _within(by).filter(state=LinkState.WAITING.value)


def passes_of(row: HandedOverFile) -> tuple[EarlierPass, ...]:
    """Return the passes that a file states."""
    return tuple(EarlierPass(**one) for one in row.passes)


def passes_to_note(row: HandedOverFile) -> tuple[EarlierPass, ...]:
    """Return the same in the subjects of the syllabus that the file's region examines by: what an application chooses.

    Read with its region's sitting, no query.
    """
    sitting = row.region.sitting
    ways: dict[tuple[str, str, str], list[Retention]] = defaultdict(list)
    for one in passes_of(row):
        retention = Retention(one.subject_code, one.year, one.counts_through)
        ways[one.level_code, one.specialty_code, one.track_code].append(retention)
    return tuple(
        EarlierPass(*way, one.subject_code, one.passed_year, one.counts_through_year)
        for way, stated in ways.items()
        for one in translated(
            stated,
            year=sitting.year,
            validity=sitting.programme_version.programme.validity_for(level=way[0], track=way[2]),
        )
    )


def _within(by: Staff) -> QuerySet[HandedOverFile]:
    return HandedOverFile.objects.select_related("region__authority", "region__sitting__programme_version").filter(
        within(by, Role.MARKS_CLERK, path_field="region__authority__path")
    )


def _open(row: HandedOverFile, column: str, blob: bytes) -> str:
    return open_sealed(bytes(row.wrapped_key), blob, aad=place_of(row, column), ring=key_ring()).decode()
