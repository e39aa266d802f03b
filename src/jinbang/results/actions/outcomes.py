"""Computing outcomes: everybody on a region's roster, from the marks that count, the pass marks and earlier passes.

Judging reads and reckons and takes no lock. What was judged is stored in short steps; the release's own actions compare
what it was judged on with what stands there then.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from jinbang.application.commitment.queries import false_commitments
from jinbang.audit.long_work import Steps
from jinbang.catalogue.programme import Programme, Validity
from jinbang.kernel.digests import Json
from jinbang.results import basis, queries
from jinbang.results.basis import EarlierSitting
from jinbang.results.local_lines import Lines, judged_locally, lines_for
from jinbang.results.models import Outcome, Release, RosterEntry
from jinbang.results.rules import History, Judgement, SubjectMark, judge_person, voided
from jinbang.results.validity import HeldSitting
from jinbang.results.violations.queries import findings_of
from jinbang.results.violations.rules import Finding, marks_after
from jinbang.sittings.models import ExamRegion

ROWS_AT_ONCE = 2_000


@dataclass(frozen=True)
class JudgedOutcomes:
    """Everybody's outcome, not stored yet, and the hash of what it was judged on."""

    basis_hash: str
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True)
class _Basis:
    """What is the same for everybody of a region."""

    programme: Programme
    sittings: tuple[HeldSitting, ...]
    earlier: Mapping[basis.Track, tuple[EarlierSitting, ...]]
    marks: Mapping[UUID, Mapping[str, SubjectMark]]
    approved: Mapping[tuple[str, str], int]
    local: Lines  # lines drawn for listed districts
    findings: Mapping[UUID, tuple[Finding, ...]]  # what is found, or still undecided, against a roster entry
    void: frozenset[UUID]  # people whose commitment was found false: every mark of theirs in this sitting is void


@dataclass
class _Shape:
    """What is the same for everybody of one level, specialty and track. `own` are the specialty's own subjects.

    `histories` holds one for each set of earlier sittings that occurs: thousands of people share a few.
    """

    required: tuple[str, ...]
    own: frozenset[str]
    pass_marks: Mapping[str, int | None]
    validity: Validity
    histories: dict[tuple[EarlierSitting, ...], History] = field(default_factory=dict)


def nothing() -> None:
    """Say nothing while the computing goes on: nobody holds it on a lease."""


def judge_outcomes(*, release: Release, now: datetime, renew: Callable[[], None] = nothing) -> JudgedOutcomes:
    """Judge everybody on the roster for the release's generation, and store nothing. About nineteen queries.

    `renew` is called every so many people: the computing goes on.
    """
    basis_hash = basis.basis_hash_of(release)
    region = release.region
    approved, local = basis.pass_marks_and_lines_of(region)
    given = _basis_of(region, approved=approved, local=local)
    outcomes: list[Outcome] = []
    for entry_id, judgement in _judgements(region, given=given, among=None):
        if len(outcomes) % ROWS_AT_ONCE == 0:
            renew()
        outcomes.append(_outcome(judgement, entry_id=entry_id, generation=release.generation, now=now))
    return JudgedOutcomes(basis_hash, tuple(outcomes))


def store_in_steps(release: Release, judged: JudgedOutcomes, *, keep: Steps) -> None:
    """Put these outcomes in the place of the generation's earlier ones, a few thousand at a time.

    While they are stored the release rests on no basis, so that nothing half stored is ever sealed; its last step says
    on which. Goes on where a worker that was killed stopped, if what they were judged on is still the same.
    """
    at_work: dict[str, Json] = {"basis": judged.basis_hash, "generation": release.generation}
    stored = keep.cursor.get("stored")
    if not isinstance(stored, int) or any(keep.cursor.get(name) != value for name, value in at_work.items()):
        _clear(release, keep=keep)
        stored = 0
    total = len(judged.outcomes)
    for start in range(stored, total, ROWS_AT_ONCE):
        chunk = judged.outcomes[start : start + ROWS_AT_ONCE]
        reached = start + len(chunk)
        with keep.step(cursor={**at_work, "stored": reached}, done=reached, total=total):
            Outcome.objects.bulk_create(chunk)


def _clear(release: Release, *, keep: Steps) -> None:
    """Take away the generation's outcomes, which nobody has seen, and what they rested on before any of them."""
    with keep.step(cursor={}, done=0, total=0):
        Release.objects.filter(pk=release.pk).update(basis_hash="")
    rows = Outcome.objects.filter(entry__region=release.region_id, generation=release.generation)
    while some := list(rows.values_list("pk", flat=True)[:ROWS_AT_ONCE]):
        with keep.step(cursor={}, done=0, total=0):
            Outcome.objects.filter(pk__in=some).delete()


def judge_as_if(
    region: ExamRegion, *, approved: Mapping[tuple[str, str], int], local: Lines, among: Collection[UUID]
) -> dict[UUID, Judgement]:
    """Judge these entries as if such pass marks were in force, and store nothing. About ten queries."""
    given = _basis_of(region, approved=approved, local=local)
    return dict(_judgements(region, given=given, among=among))


def _basis_of(region: ExamRegion, *, approved: Mapping[tuple[str, str], int], local: Lines) -> _Basis:
    return _Basis(
        programme=queries.programme_of(region),
        sittings=basis.sittings_up_to(region),
        earlier=basis.earlier_sittings_sat(region),
        marks=basis.current_marks(region),
        findings=findings_of(region),
        void=frozenset(false_commitments(region)),
        approved=approved,
        local=local,
    )


def _judgements(
    region: ExamRegion, *, given: _Basis, among: Collection[UUID] | None
) -> Iterator[tuple[UUID, Judgement]]:
    shapes: dict[tuple[str, str, str], _Shape] = {}
    for entry_id, person_id, level, specialty, track, district in _roster(region):
        if among is not None and entry_id not in among:
            continue
        key = (level, specialty, track)
        if key not in shapes:
            shapes[key] = _shape_of(level, specialty=specialty, track=track, given=given)
        shape = shapes[key]
        earlier = given.earlier.get(basis.track_of(person_id, level_code=level, track_code=track), ())
        judgement = judge_person(
            required=shape.required,
            marks=_marks_of(entry_id, person_id=person_id, given=given),
            pass_marks=shape.pass_marks,
            history=_history(shape, earlier, specialty=specialty, sittings=given.sittings),
        )
        lines = lines_for(district, given.local)
        yield entry_id, judged_locally(judgement, level_code=level, lines=lines)


def _roster(region: ExamRegion) -> Iterator[tuple[UUID, UUID, str, str, str, str]]:
    rows = RosterEntry.objects.filter(region=region).order_by("ticket_number")
    columns = ("id", "person_id", "level_code", "specialty_code", "track_code", "district")
    return rows.values_list(*columns).iterator(chunk_size=5_000)


def _shape_of(level: str, *, specialty: str, track: str, given: _Basis) -> _Shape:
    subjects = given.programme.subjects_for(level=level, specialty=specialty, track=track)
    return _Shape(
        required=tuple(subject.code for subject in subjects),
        own=frozenset(subject.code for subject in subjects if subject.by_specialty),
        pass_marks={
            subject.code: basis.pass_mark_for(subject, level_code=level, approved=given.approved)
            for subject in subjects
        },
        validity=given.programme.validity_for(level=level, track=track),
    )


def _marks_of(entry_id: UUID, *, person_id: UUID, given: _Basis) -> Mapping[str, SubjectMark]:
    marks = marks_after(given.marks.get(entry_id, {}), given.findings.get(entry_id, ()))
    return voided(marks) if person_id in given.void else marks


def _history(
    shape: _Shape, earlier: tuple[EarlierSitting, ...], *, specialty: str, sittings: tuple[HeldSitting, ...]
) -> History:
    """Return what this person's passes are counted over.

    Another specialty keeps what is common to all specialties, and nothing of the other one's own subjects.
    """
    if earlier not in shape.histories:
        sat = {
            sitting.code: sitting.passed if sitting.specialty == specialty else sitting.passed - shape.own
            for sitting in earlier
        }
        shape.histories[earlier] = History(sittings=sittings, earlier=sat, validity=shape.validity)
    return shape.histories[earlier]


def _outcome(judgement: Judgement, *, entry_id: UUID, generation: int, now: datetime) -> Outcome:
    return Outcome(
        entry_id=entry_id,
        generation=generation,
        overall=judgement.overall.value,
        subjects=[line.facts() for line in judgement.lines],
        validity=judgement.explanation,
        computed_at=now,
    )
