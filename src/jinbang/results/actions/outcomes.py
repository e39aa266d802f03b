"""Computing outcomes: everybody on a region's roster, from the marks that count, the pass marks and earlier passes.

Judging reads and reckons and takes no lock; storing is one short transaction of the release's own actions, which
compare what was judged on with what stands there now.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from jinbang.application.commitment.queries import false_commitments
from jinbang.catalogue.programme import Programme, Validity
from jinbang.results import basis, queries
from jinbang.results.basis import EarlierSitting
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


def judge_outcomes(*, release: Release, now: datetime) -> JudgedOutcomes:
    """Judge everybody on the roster for the release's generation, and store nothing. About nineteen queries."""
    region = release.region
    basis_hash = basis.basis_hash_of(release)
    given = _Basis(
        programme=queries.programme_of(region),
        sittings=basis.sittings_up_to(region),
        earlier=basis.earlier_sittings_sat(region),
        marks=basis.current_marks(region),
        findings=findings_of(region),
        void=frozenset(false_commitments(region)),
        approved=basis.pass_marks_of(region),
    )
    shapes: dict[tuple[str, str, str], _Shape] = {}
    outcomes = []
    for entry_id, person_id, level, specialty, track in _roster(region):
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
        outcomes.append(_outcome(judgement, entry_id=entry_id, generation=release.generation, now=now))
    return JudgedOutcomes(basis_hash, tuple(outcomes))


def store_outcomes(*, release: Release, judged: JudgedOutcomes) -> None:
    """Put these outcomes in the place of the generation's earlier ones, which nobody has seen.

    Called by the release's own actions, inside their transaction and under its lock. Other generations' outcomes stay.
    """
    Outcome.objects.filter(entry__region=release.region_id, generation=release.generation).delete()
    Outcome.objects.bulk_create(judged.outcomes, batch_size=ROWS_AT_ONCE)
    release.basis_hash = judged.basis_hash


def _roster(region: ExamRegion) -> Iterator[tuple[UUID, UUID, str, str, str]]:
    rows = RosterEntry.objects.filter(region=region).order_by("ticket_number")
    return rows.values_list("id", "person_id", "level_code", "specialty_code", "track_code").iterator(chunk_size=5_000)


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
