"""Computing outcomes: everybody on a region's roster, from the marks that count, the pass marks and earlier passes.

Judging reads and reckons and takes no lock; storing is one short transaction of the release's own actions, which
compare what was judged on with what stands there now.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from jinbang.application.commitment.queries import false_findings
from jinbang.catalogue.programme import Programme
from jinbang.catalogue.regulations import Provenance
from jinbang.catalogue.validity import Validity
from jinbang.results import basis, queries
from jinbang.results.models import Outcome, Release, RosterEntry
from jinbang.results.rules import History, Judgement, SubjectMark, judge_person, voided
from jinbang.results.validity import HeldSitting, Registration, own_attempts
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
    histories: dict[tuple[Registration, ...], History] = field(default_factory=dict)


def judge_outcomes(*, release: Release, now: datetime) -> JudgedOutcomes:
    """Judge everybody on the roster for the release's generation, and store nothing. Fourteen queries at most."""
    region = release.region
    basis_hash = basis.basis_hash_of(release)
    given = _Basis(
        programme=queries.programme_of(region),
        sittings=basis.sittings_up_to(region),
        earlier=basis.earlier_registrations(region),
        marks=basis.current_marks(region),
        approved=basis.pass_marks_of(region),
    )
    shapes: dict[tuple[str, str, str], _Shape] = {}
    outcomes = []
    for entry_id, person_id, level, specialty, track, is_void in _roster(region):
        key = (level, specialty, track)
        if key not in shapes:
            shapes[key] = _shape_of(level, specialty=specialty, track=track, given=given)
        shape = shapes[key]
        marks = given.marks.get(entry_id, {})
        judgement = judge_person(
            required=shape.required,
            marks=voided(marks) if is_void else marks,
            pass_marks=shape.pass_marks,
            history=_history(shape, given.earlier.get(person_id, ()), sittings=given.sittings),
        )
        outcomes.append(_outcome(judgement, entry_id=entry_id, generation=release.generation, now=now))
    return JudgedOutcomes(basis_hash, tuple(outcomes))


def store_outcomes(*, release: Release, judged: JudgedOutcomes) -> None:
    """Put these outcomes in the place of the generation's earlier ones, which nobody has seen.

    Called by the release's own actions, inside their transaction and under its lock. Other generations' outcomes stay.
    """
    Outcome.objects.filter(entry__region=release.region_id, generation=release.generation).delete()
    Outcome.objects.bulk_create(judged.outcomes, batch_size=ROWS_AT_ONCE)
    release.basis_hash = judged.basis_hash


def _roster(region: ExamRegion) -> Iterator[tuple[UUID, UUID, str, str, str, bool]]:
    """Yield everybody; the last says that their commitment was found false, so that every mark of theirs is void."""
    here = false_findings().filter(commitment__application__region=region)
    is_void = Exists(here.filter(commitment__person=OuterRef("person_id")))
    rows = RosterEntry.objects.filter(region=region).annotate(is_void=is_void).order_by("ticket_number")
    columns = ("id", "person_id", "level_code", "specialty_code", "track_code", "is_void")
    return rows.values_list(*columns).iterator(chunk_size=5_000)


def _shape_of(level: str, *, specialty: str, track: str, given: _Basis) -> _Shape:
    programme = given.programme
    subjects = programme.subjects_for(level=level, specialty=specialty, track=track)
    ended = programme.level(level).earlier_names()  # still sat in the year in which a new syllabus begins
    return _Shape(
        level=level,
        specialty=specialty,
        track=basis.one_spelling(track),
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


def _history(shape: _Shape, earlier: tuple[Registration, ...], *, sittings: tuple[HeldSitting, ...]) -> History:
    """Return what this person's passes are counted over."""
    if earlier not in shape.histories:
        counting = own_attempts(
            earlier,
            level=shape.level,
            track=shape.track,
            specialty=shape.specialty,
            own=shape.own,
            lasts=shape.validity.outlasts_a_year,
        )
        shape.histories[earlier] = History(
            sittings=sittings,
            earlier=counting,
            validity=shape.validity,
            source=shape.source.source,
            is_verified=shape.source.is_verified("validity"),
        )
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
