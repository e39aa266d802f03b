"""What everybody's outcome is judged on: marks that count, pass marks, the programme's sittings, earlier passes.

Reads only. `basis_hash_of` names all of it without reading the marks themselves: batches and pass marks are
insert-only, so the ids of those that count say everything; of the roster it holds who bears each ticket. Outcomes
judged on another basis than the present one are stale.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeAlias
from uuid import UUID

import polars as pl
from django.db.models import Exists, F, FilteredRelation, Max, OuterRef, Q, QuerySet

from jinbang.application.commitment.queries import false_findings
from jinbang.catalogue.programme import Subject
from jinbang.kernel.digests import content_hash
from jinbang.results import handed_over
from jinbang.results.models import Mark, MarkBatch, Outcome, PassMark, Release, RosterEntry
from jinbang.results.roster import roster_hash_of
from jinbang.results.rules import SubjectMark
from jinbang.results.states import BatchState, MarkStatus, Overall, PassMarkState, ReleaseState, Verdict
from jinbang.results.validity import Attempt, HeldSitting, Registration, one_spelling
from jinbang.results.violations.queries import Known, findings_basis, known_of
from jinbang.sittings.models import ExamRegion, Sitting
from jinbang.sittings.states import SittingState


@dataclass(frozen=True)
class Inputs:
    """What is read once, both to judge on and to name the basis by."""

    pass_marks: tuple[PassMark, ...]  # approved rows, district lines included
    sittings: tuple[HeldSitting, ...]
    known: tuple[Known, ...]  # violations


PassMarks: TypeAlias = dict[tuple[str, str], int]
"""Level and subject → the mark from which it is passed, in hundredths."""

_MARKS_AT_ONCE: Final = 500
_REGISTRATION: Final = (
    "entry__person_id",
    "entry__level_code",
    "entry__track_code",
    "entry__specialty_code",
    "entry__sitting__code",
)


def inputs_of(region: ExamRegion) -> Inputs:
    """Return what judging and its name have in common. Four queries: violations are of two kinds."""
    return Inputs(tuple(_approved(region)), sittings_up_to(region), tuple(known_of(region)))


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


def supersedes(region: ExamRegion, marks: pl.DataFrame) -> bool:
    """Whether one of these marks takes the place of one that counts. One query for each five hundred at most."""
    counting = counting_marks(region).filter(subject_code__in=marks["subject_code"].unique().to_list())
    if not counting.exists():
        return False
    for part in marks.iter_slices(_MARKS_AT_ONCE):
        given = {(UUID(entry), code) for entry, code in part.select("entry_id", "subject_code").iter_rows()}
        rows = counting.filter(entry__in={entry for entry, _code in given}).values_list("entry_id", "subject_code")
        if not given.isdisjoint(rows):
            return True
    return False


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
    return {(row.level_code, row.subject_code): row.mark_hundredths for row in _those_that_count_last(rows)}


def pass_mark_documents(region: ExamRegion) -> tuple[str, ...]:
    """Return the numbers of the documents that set what is in force here, each once: nothing rejected or replaced."""
    in_force = {
        (row.district, row.level_code, row.subject_code): row.document_number
        for row in _those_that_count_last(_approved(region))
    }
    return tuple(sorted({number for number in in_force.values() if number}))


def _those_that_count_last(rows: Iterable[PassMark]) -> list[PassMark]:
    return sorted(rows, key=lambda row: (row.region_id is not None, row.approved_at or row.proposed_at, row.pk))


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
    """Return the programme's sittings of this owner in time order, ending with this one. One query.

    One counts as held where a region at, above or below this authority held it; elsewhere passes last a year longer.
    """
    here = region.sitting
    earlier = _as_held(_earlier_sittings(region), path=region.authority.path)
    return (*earlier, HeldSitting(here.code, here.year, here.first_day, region.is_held))


def sittings_until(region: ExamRegion, *, today: date) -> tuple[HeldSitting, ...]:
    """Return the programme's sittings of this region's sitting's owner that have begun by a day. One query."""
    return _as_held(_sittings_like(region.sitting).filter(first_day__lte=today), path=region.authority.path)


def _as_held(sittings: QuerySet[Sitting], *, path: str) -> tuple[HeldSitting, ...]:
    rows = sittings.annotate(held=FilteredRelation("regions", condition=Q(regions__is_held=True))).values_list(
        "code", "year", "first_day", "state", "held__authority__path"
    )
    found: dict[str, HeldSitting] = {}
    for code, year, first_day, state, other in rows.order_by("first_day", "code"):
        is_here = other is not None and (other.startswith(path) or path.startswith(other))
        was_held = (code in found and found[code].is_held) or (is_here and state != SittingState.CANCELLED.value)
        found[code] = HeldSitting(code, year, first_day, is_held=was_held)
    return tuple(found.values())


def _earlier_sittings(region: ExamRegion) -> QuerySet[Sitting]:
    return _sittings_like(region.sitting).filter(first_day__lt=region.sitting.first_day)


def _sittings_like(sitting: Sitting) -> QuerySet[Sitting]:
    """Return every sitting of the same programme and owner that was ever published."""
    return Sitting.objects.filter(
        programme_version__code=sitting.programme_version.code, owner=sitting.owner_id
    ).exclude(state=SittingState.DRAFT.value)


def earlier_registrations(region: ExamRegion) -> dict[UUID, tuple[Registration, ...]]:
    """Return, for everybody on the roster, the earlier sittings they were registered for, in time order. One query.

    Only what has been released counts. Where a commitment was found false after the release, the sitting is void from
    then on: nothing was passed there, and what it had completed is open again.
    """
    rows = (
        with_findings(_released_outcomes(region))
        .order_by("entry__sitting__first_day", "entry__sitting__code")
        .values("overall", "subjects", "is_void", *_REGISTRATION)
    )
    alike: dict[Registration, Registration] = {}
    found: dict[UUID, tuple[Registration, ...]] = {}
    for row in rows.iterator(chunk_size=5_000):
        one = _registration(row)
        person = row["entry__person_id"]
        found[person] = (*found.get(person, ()), alike.setdefault(one, one))
    return found


def outcomes_over_the_years(entry: RosterEntry) -> tuple[Outcome, ...]:
    """Return what is out of one person's sittings of this programme and owner, in time order, with `is_void`.

    One query. `registration_of` makes of each what is counted.
    """
    rows = with_findings(outcomes_that_are_out()).filter(
        entry__person=entry.person_id, entry__sitting__in=_sittings_like(entry.sitting)
    )
    ordered = rows.order_by("entry__sitting__first_day", "entry__sitting__code")
    return tuple(ordered.select_related("entry__sitting__programme_version"))


def registration_of(outcome: Outcome, *, is_void: bool) -> Registration:
    """Return what a released outcome says of the registration for its sitting."""
    entry = outcome.entry
    return Registration(
        code=entry.sitting.code,
        level=entry.level_code,
        track=one_spelling(entry.track_code),
        specialty=entry.specialty_code,
        attempt=_attempt(outcome.subjects, is_void=is_void),
        is_complete=outcome.overall == Overall.PASSED.value and not is_void,
    )


def _registration(row: Mapping[str, Any]) -> Registration:
    return Registration(
        code=row["entry__sitting__code"],
        level=row["entry__level_code"],
        track=one_spelling(row["entry__track_code"]),
        specialty=row["entry__specialty_code"],
        attempt=_attempt(row["subjects"], is_void=row["is_void"]),
        is_complete=row["overall"] == Overall.PASSED.value and not row["is_void"],
    )


def with_findings(outcomes: QuerySet[Outcome]) -> QuerySet[Outcome]:
    """Annotate outcomes with `is_void`: the person's commitment for that sitting was found false since."""
    found_false = false_findings().filter(
        commitment__person=OuterRef("entry__person"),
        commitment__application__region__sitting=OuterRef("entry__sitting"),
    )
    return outcomes.annotate(is_void=Exists(found_false))


def _attempt(subjects: Sequence[Mapping[str, str | None]], *, is_void: bool) -> Attempt:
    passed = (line["code"] for line in subjects if line["verdict"] == Verdict.PASSED.value and not is_void)
    sat = (line["code"] for line in subjects if line["status"] not in {None, MarkStatus.ABSENT.value})
    return Attempt(frozenset(code for code in passed if code), frozenset(code for code in sat if code))


def _released_outcomes(region: ExamRegion) -> QuerySet[Outcome]:
    """Return the outcomes of earlier sittings that are out: not a correction that is still being prepared."""
    return outcomes_that_are_out().filter(
        entry__sitting__in=_earlier_sittings(region),
        entry__person__in=RosterEntry.objects.filter(region=region).values("person"),
    )


def outcomes_that_are_out() -> QuerySet[Outcome]:
    """Return every outcome that has been released and has not been replaced by a released correction."""
    current = F("entry__region__release__generation")
    return Outcome.objects.filter(
        Q(entry__region__release__state=ReleaseState.RELEASED.value, generation=current)
        | Q(~Q(entry__region__release__state=ReleaseState.RELEASED.value), generation=current - 1)
    )


# ---------------------------------------------------------------- the name of it all


def basis_hash_of(release: Release, *, inputs: Inputs | None = None) -> str:
    """Return the hash (hex) that changes whenever anything changes on which outcomes are judged.

    Ten queries, six where the inputs have been read.
    """
    region = release.region
    inputs = inputs or inputs_of(region)
    roster = RosterEntry.objects.filter(region=region)
    batches = MarkBatch.objects.filter(region=region, state=BatchState.VALID.value).order_by("id")
    earlier = Release.objects.filter(region__sitting__in=_earlier_sittings(region)).order_by("id")
    here = Q(commitment__application__region=region)
    earlier_ones = Q(commitment__application__region__sitting__in=_earlier_sittings(region))
    false = [str(pk) for pk in false_findings().filter(here | earlier_ones).values_list("id", flat=True)]
    findings = findings_basis(inputs.known)
    files = handed_over.linked_files(roster, programme_code=region.sitting.programme_version.code)
    return content_hash(
        {
            # Left out where there is none, so that what was judged before commitments could be found false stays fresh.
            **({"false_commitments": false} if false else {}),
            **({"violations": findings} if findings else {}),
            **({"handed_over": files} if files else {}),
            "release": str(release.pk),
            "generation": release.generation,
            "programme": region.sitting.programme_version.sha256,
            "roster": roster_hash_of(region),
            "batches": [str(pk) for pk in batches.values_list("id", flat=True)],
            "pass_marks": sorted(str(row.pk) for row in inputs.pass_marks),
            "sittings": [[s.code, s.year, s.first_day.isoformat(), s.is_held] for s in inputs.sittings],
            "earlier": [
                [str(pk), generation, state == ReleaseState.RELEASED.value]
                for pk, generation, state in earlier.values_list("id", "generation", "state")
            ],
        }
    ).hex()
