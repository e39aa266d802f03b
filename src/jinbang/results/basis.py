"""What everybody's outcome is judged on: marks that count, pass marks, the programme's sittings, earlier passes.

Reads only. `basis_hash_of` names all of it without reading the marks themselves: batches, pass marks and rosters are
insert-only, so the ids of those that count say everything. Outcomes judged on another basis than the present one are
stale.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from django.db.models import F, Max, Q, QuerySet

from jinbang.application.commitment.queries import false_commitments
from jinbang.catalogue.programme import Subject, is_whole_level
from jinbang.kernel.digests import content_hash
from jinbang.results.models import Mark, MarkBatch, Outcome, PassMark, Release, RosterEntry
from jinbang.results.rules import SubjectMark
from jinbang.results.states import BatchState, MarkStatus, Overall, PassMarkState, ReleaseState, Verdict
from jinbang.results.validity import HeldSitting
from jinbang.results.violations.queries import findings_basis
from jinbang.sittings.models import ExamRegion, Sitting
from jinbang.sittings.states import SittingState

PassMarks: TypeAlias = dict[tuple[str, str], int]
"""Level and subject → the mark from which it is passed, in hundredths."""
Track: TypeAlias = tuple[UUID, str, str]
"""A person in one level and track. A change of either starts anew: 更改了报考级别，一律按新考生进行处理."""


@dataclass(frozen=True)
class EarlierSitting:
    """An earlier sitting that a person sat: what was passed there, and in which specialty."""

    code: str
    specialty: str
    passed: frozenset[str]


def track_of(person_id: UUID, *, level_code: str, track_code: str) -> Track:
    """Return the key under which passes are collected; the whole level has several spellings and one meaning."""
    return person_id, level_code, "" if is_whole_level(track_code) else track_code


def current_marks(region: ExamRegion) -> dict[UUID, dict[str, SubjectMark]]:
    """Return entry → subject → the mark that counts: the latest version of a valid batch. One query."""
    marks: dict[UUID, dict[str, SubjectMark]] = defaultdict(dict)
    rows = (
        counting_marks(region)
        .order_by("version", "batch__validated_at", "batch_id")
        .values_list("entry_id", "subject_code", "status", "mark_hundredths")
    )
    alike: dict[tuple[str, str, int | None], SubjectMark] = {}
    for entry_id, subject, status, number in rows.iterator(chunk_size=10_000):
        key = (subject, status, number)
        if key not in alike:
            alike[key] = SubjectMark(subject, MarkStatus(status), number)
        marks[entry_id][subject] = alike[key]
    return marks


def counting_marks(region: ExamRegion) -> QuerySet[Mark]:
    """Return every version of a mark that stands in a valid batch of the region."""
    return Mark.objects.filter(entry__region=region, batch__state=BatchState.VALID.value)


def next_versions(region: ExamRegion, *, batch: MarkBatch) -> dict[tuple[UUID, str], int]:
    """Return (entry, subject) → the version a mark of this batch has, for those that have one elsewhere. One query."""
    rows = (
        Mark.objects.filter(entry__region=region)
        .exclude(batch=batch)
        .exclude(batch__state=BatchState.DISCARDED.value)
        .values_list("entry_id", "subject_code")
        .annotate(latest=Max("version"))
    )
    return {(entry, subject): latest + 1 for entry, subject, latest in rows}


# ---------------------------------------------------------------- pass marks


def pass_marks_of(region: ExamRegion) -> dict[tuple[str, str], int]:
    """Return (level, subject) → the approved pass mark: the region's own latest row, else the sitting's. One query."""
    return pass_marks_and_lines_of(region)[0]


def pass_marks_and_lines_of(region: ExamRegion) -> tuple[PassMarks, dict[str, PassMarks]]:
    """Return the approved pass marks, and beside them district → (level, subject) → the line drawn there. One query."""
    return in_force(_approved(region))


def pass_marks_and_lines_with(
    region: ExamRegion, proposals: Iterable[PassMark]
) -> tuple[PassMarks, dict[str, PassMarks]]:
    """Return the same as if these proposals were approved too. One query."""
    return in_force([*_approved(region), *proposals])


def in_force(rows: Iterable[PassMark]) -> tuple[PassMarks, dict[str, PassMarks]]:
    """Return what these rows come to: ordinary pass marks, and the lines of each district."""
    found = list(rows)
    by_district: dict[str, list[PassMark]] = defaultdict(list)
    for row in found:
        by_district[row.district].append(row)
    ordinary = marks_in_force(by_district.pop("", []))
    return ordinary, {district: marks_in_force(some) for district, some in sorted(by_district.items())}


def marks_in_force(rows: Iterable[PassMark]) -> dict[tuple[str, str], int]:
    """Return (level, subject) → the mark that counts among these rows: a region's before the sitting's, late last."""
    ordered = sorted(rows, key=lambda row: (row.region_id is not None, row.approved_at or row.proposed_at, row.pk))
    return {(row.level_code, row.subject_code): row.mark_hundredths for row in ordered}


def pass_mark_for(subject: Subject, *, level_code: str, approved: Mapping[tuple[str, str], int]) -> int | None:
    """Return the pass mark in force: an approved row, else the programme's fixed one, else None (still awaited)."""
    return approved.get((level_code, subject.code), subject.pass_mark_hundredths)


def _approved(region: ExamRegion) -> QuerySet[PassMark]:
    """Return every approved row that concerns a region: its own and the sitting's, district lines included."""
    return PassMark.objects.filter(
        Q(region=region) | Q(region__isnull=True), sitting=region.sitting_id, state=PassMarkState.APPROVED.value
    )


# ---------------------------------------------------------------- earlier sittings


def sittings_up_to(region: ExamRegion) -> tuple[HeldSitting, ...]:
    """Return the programme's sittings of this owner in time order, ending with this one. Two queries.

    One counts as held where a region at, above or below this authority held it; elsewhere passes last a year longer.
    """
    path = region.authority.path
    held: set[UUID] = set()
    for sitting_id, other in ExamRegion.objects.filter(sitting__in=_earlier_sittings(region), is_held=True).values_list(
        "sitting_id", "authority__path"
    ):
        if other.startswith(path) or path.startswith(other):
            held.add(sitting_id)
    earlier = [
        HeldSitting(
            sitting.code,
            sitting.year,
            sitting.first_day,
            is_held=sitting.pk in held and sitting.state != SittingState.CANCELLED.value,
        )
        for sitting in _earlier_sittings(region).order_by("first_day", "code")
    ]
    here = region.sitting
    return (*earlier, HeldSitting(here.code, here.year, here.first_day, region.is_held))


def _earlier_sittings(region: ExamRegion) -> QuerySet[Sitting]:
    return Sitting.objects.filter(
        programme_version__code=region.sitting.programme_version.code,
        owner=region.sitting.owner_id,
        first_day__lt=region.sitting.first_day,
    ).exclude(state=SittingState.DRAFT.value)


def earlier_sittings_sat(region: ExamRegion) -> dict[Track, tuple[EarlierSitting, ...]]:
    """Return, for everybody on the roster, the earlier sittings sat, in time order, by level and track. One query.

    Only what has been released counts. A sitting that completed the level is where counting begins anew: its passes,
    and those before it, have become a certificate.
    """
    rows = (
        _released_outcomes(region)
        .exclude(overall=Overall.ABSENT.value)
        .order_by("entry__sitting__first_day", "entry__sitting__code")
        .values_list(
            "entry__person_id",
            "entry__level_code",
            "entry__track_code",
            "entry__sitting__code",
            "entry__specialty_code",
            "overall",
            "subjects",
        )
    )
    found: dict[Track, tuple[EarlierSitting, ...]] = {}
    for person, level, track, code, specialty, overall, subjects in rows.iterator(chunk_size=5_000):
        key = track_of(person, level_code=level, track_code=track)
        if overall == Overall.PASSED.value:
            found[key] = ()
            continue
        passed = frozenset(line["code"] for line in subjects if line["verdict"] == Verdict.PASSED.value)
        found[key] = (*found.get(key, ()), EarlierSitting(code, specialty, passed))
    return found


def _released_outcomes(region: ExamRegion) -> QuerySet[Outcome]:
    """Return the outcomes of earlier sittings that are out: not a correction that is still being prepared."""
    current = F("entry__region__release__generation")
    is_out = Q(entry__region__release__state=ReleaseState.RELEASED.value, generation=current) | Q(
        ~Q(entry__region__release__state=ReleaseState.RELEASED.value), generation=current - 1
    )
    return Outcome.objects.filter(
        is_out,
        entry__sitting__in=_earlier_sittings(region),
        entry__person__in=RosterEntry.objects.filter(region=region).values("person"),
    )


# ---------------------------------------------------------------- the name of it all


def basis_hash_of(release: Release) -> str:
    """Return the hash (hex) that changes whenever anything changes on which outcomes are judged. Ten queries."""
    region = release.region
    roster = RosterEntry.objects.filter(region=region)
    last = roster.order_by("-id").values_list("id", flat=True).first()
    batches = MarkBatch.objects.filter(region=region, state=BatchState.VALID.value).order_by("id")
    earlier = Release.objects.filter(region__sitting__in=_earlier_sittings(region)).order_by("id")
    false = sorted(str(check) for check in false_commitments(region).values())
    findings = findings_basis(region)
    return content_hash(
        {
            # Left out where there is none, so that what was judged before commitments could be found false stays fresh.
            **({"false_commitments": false} if false else {}),
            **({"violations": findings} if findings else {}),
            "release": str(release.pk),
            "generation": release.generation,
            "programme": region.sitting.programme_version.sha256,
            "roster": [roster.count(), str(last)],
            "batches": [str(pk) for pk in batches.values_list("id", flat=True)],
            "pass_marks": [str(pk) for pk in _approved(region).order_by("id").values_list("id", flat=True)],
            "sittings": [[s.code, s.year, s.first_day.isoformat(), s.is_held] for s in sittings_up_to(region)],
            "earlier": [
                [str(pk), generation, state == ReleaseState.RELEASED.value]
                for pk, generation, state in earlier.values_list("id", "generation", "state")
            ],
        }
    ).hex()
