"""Computing outcomes: everybody on a region's roster, from the marks that count, the pass marks and earlier passes.

Judging reads and reckons and takes no lock. What was judged is stored in short steps; the release's own actions compare
what it was judged on with what stands there then.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from jinbang.application.commitment.queries import false_findings
from jinbang.audit.long_work import Steps
from jinbang.catalogue.programme import Programme
from jinbang.catalogue.regulations import Provenance
from jinbang.catalogue.validity import Validity
from jinbang.kernel.digests import Json
from jinbang.results import basis, queries
from jinbang.results.basis import Inputs
from jinbang.results.handed_over import stated_passes
from jinbang.results.local_lines import Lines, judged_locally, lines_for
from jinbang.results.models import Outcome, Release, RosterEntry
from jinbang.results.rules import History, Judgement, SubjectMark, judge_person, voided
from jinbang.results.validity import HeldSitting, Registration, StatedPass, one_spelling, own_attempts, own_stated
from jinbang.results.violations.queries import findings_in
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
    earlier: Mapping[UUID, tuple[Registration, ...]]
    marks: Mapping[UUID, Mapping[str, SubjectMark]]
    approved: Mapping[tuple[str, str], int]
    local: Lines  # lines drawn for listed districts
    stated: Mapping[UUID, tuple[StatedPass, ...]]  # what files of other systems say of years before ours
    findings: Mapping[UUID, tuple[Finding, ...]]  # what is found, or still undecided, against a roster entry


@dataclass
class _Shape:
    """What is the same for everybody of one level, specialty and track. `own` are the specialty's own subjects.

    `histories` holds one for each row of earlier registrations that occurs: thousands of people share a few.
    """

    level: str
    specialty: str
    track: str
    required: tuple[str, ...]
    own: frozenset[str]
    pass_marks: Mapping[str, int | None]
    validity: Validity
    source: Provenance
    histories: dict[tuple[tuple[Registration, ...], tuple[StatedPass, ...]], History] = field(default_factory=dict)


def nothing() -> None:
    """Say nothing while the computing goes on: nobody holds it on a lease."""


def judge_outcomes(*, release: Release, now: datetime, renew: Callable[[], None] = nothing) -> JudgedOutcomes:
    """Judge everybody on the roster for the release's generation, and store nothing. Thirteen queries.

    `renew` is called every so many people: the computing goes on.
    """
    region = release.region
    inputs = basis.inputs_of(region)
    basis_hash = basis.basis_hash_of(release, inputs=inputs)
    approved, local = basis.in_force(inputs.pass_marks)
    given = _basis_of(region, inputs, approved=approved, local=local)
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
    given = _basis_of(region, basis.inputs_of(region), approved=approved, local=local)
    return dict(_judgements(region, given=given, among=among))


def _basis_of(region: ExamRegion, inputs: Inputs, *, approved: Mapping[tuple[str, str], int], local: Lines) -> _Basis:
    return _Basis(
        programme=queries.programme_of(region),
        sittings=inputs.sittings,
        earlier=basis.earlier_registrations(region),
        marks=basis.current_marks(region),
        stated=stated_passes(
            RosterEntry.objects.filter(region=region), programme_code=region.sitting.programme_version.code
        ),
        findings=findings_in(inputs.known),
        approved=approved,
        local=local,
    )


def _judgements(
    region: ExamRegion, *, given: _Basis, among: Collection[UUID] | None
) -> Iterator[tuple[UUID, Judgement]]:
    shapes: dict[tuple[str, str, str], _Shape] = {}
    for entry_id, person_id, level, specialty, track, district, is_void in _roster(region):
        if among is not None and entry_id not in among:
            continue
        key = (level, specialty, track)
        if key not in shapes:
            shapes[key] = _shape_of(level, specialty=specialty, track=track, given=given)
        shape = shapes[key]
        marks = marks_after(given.marks.get(entry_id, {}), given.findings.get(entry_id, ()))
        judgement = judge_person(
            required=shape.required,
            marks=voided(marks) if is_void else marks,
            pass_marks=shape.pass_marks,
            history=_history(shape, person_id, given=given),
        )
        lines = lines_for(district, given.local)
        yield entry_id, judged_locally(judgement, level_code=level, lines=lines)


def _roster(region: ExamRegion) -> Iterator[tuple[UUID, UUID, str, str, str, str, bool]]:
    """Yield everybody; the last says that their commitment was found false, so that every mark of theirs is void."""
    here = false_findings().filter(commitment__application__region=region)
    is_void = Exists(here.filter(commitment__person=OuterRef("person_id")))
    rows = RosterEntry.objects.filter(region=region).annotate(is_void=is_void).order_by("ticket_number")
    columns = ("id", "person_id", "level_code", "specialty_code", "track_code", "district", "is_void")
    return rows.values_list(*columns).iterator(chunk_size=5_000)


def _shape_of(level: str, *, specialty: str, track: str, given: _Basis) -> _Shape:
    programme = given.programme
    subjects = programme.subjects_for(level=level, specialty=specialty, track=track)
    ended = programme.level(level).earlier_names()  # still sat in the year in which a new syllabus begins
    return _Shape(
        level=level,
        specialty=specialty,
        track=one_spelling(track),
        required=tuple(subject.code for subject in subjects),
        own=frozenset(subject.code for subject in subjects if subject.by_specialty),
        pass_marks={
            subject.code: basis.pass_mark_for(subject, level_code=level, approved=given.approved)
            for subject in subjects
        }
        | {code: given.approved.get((level, code)) for code in ended},
        validity=programme.validity_for(level=level, track=track),
        source=programme.validity_provenance_for(level=level, track=track),
    )


def _history(shape: _Shape, person_id: UUID, *, given: _Basis) -> History:
    """Return what this person's passes are counted over."""
    earlier, stated = given.earlier.get(person_id, ()), given.stated.get(person_id, ())
    if (earlier, stated) not in shape.histories:
        counting = own_attempts(
            earlier,
            level=shape.level,
            track=shape.track,
            specialty=shape.specialty,
            own=shape.own,
            lasts=shape.validity.outlasts_a_year,
        )
        counting_elsewhere = own_stated(
            stated,
            earlier,
            level=shape.level,
            track=shape.track,
            specialty=shape.specialty,
            own=shape.own,
            lasts=shape.validity.outlasts_a_year,
        )
        shape.histories[earlier, stated] = History(
            sittings=given.sittings,
            earlier=counting,
            validity=shape.validity,
            source=shape.source.source,
            is_verified=shape.source.is_verified("validity"),
            stated=counting_elsewhere,
        )
    return shape.histories[earlier, stated]


def _outcome(judgement: Judgement, *, entry_id: UUID, generation: int, now: datetime) -> Outcome:
    return Outcome(
        entry_id=entry_id,
        generation=generation,
        overall=judgement.overall.value,
        subjects=[line.facts() for line in (*judgement.lines, *judgement.earlier)],
        validity=judgement.explanation,
        computed_at=now,
    )
