"""Marks held against what the rooms noted, against the programme, and against last year: what no release should hide.

Reads only: figures for the release's go/no-go list, and the rows behind them for the desk. Whoever calls it was let
through to the region.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Final, TypeVar

from django.db.models import Count, Exists, F, Model, OuterRef, Q, QuerySet

from jinbang.attendance.models import Absence, RoomRecord
from jinbang.attendance.states import RecordState
from jinbang.results.models import Mark
from jinbang.results.queries import programme_of
from jinbang.results.states import BatchState, MarkStatus
from jinbang.seating.models import Seat
from jinbang.sittings.models import ExamRegion

_Row = TypeVar("_Row", bound=Model)
ROWS_SHOWN_MAX: Final = 200
BANDS: Final = 10
FAR_SHARE: Final = 0.2
"""From here on a spread is far from the earlier one: this share of the people would have to change their tenth."""
COMPARED_LEAST: Final = 100
"""Of fewer people, in either year, chance alone moves a spread that far."""


@dataclass(frozen=True)
class Conflict:
    """One person's subject in which marks and records disagree."""

    ticket_number: str
    subject_code: str


@dataclass(frozen=True)
class Conflicts:
    """All conflicts of one kind: how many, and the first two hundred."""

    count: int
    rows: tuple[Conflict, ...]


@dataclass(frozen=True)
class CrossChecks:
    """What was found. All of it should be nothing before results are released."""

    attended_without_mark: Conflicts
    marked_without_attending: Conflicts
    above_full_marks: Conflicts


@dataclass(frozen=True)
class Distribution:
    """How the marks of a subject are spread: people in each tenth of the full marks, and the mean in hundredths."""

    level_code: str
    subject_code: str
    bands: tuple[int, ...]
    earlier_bands: tuple[int, ...]
    mean_hundredths: int | None
    earlier_mean_hundredths: int | None

    @property
    def is_far(self) -> bool:
        """Whether it is far from the earlier one: something that a person should look at before results are out."""
        people, before = sum(self.bands), sum(self.earlier_bands)
        if min(people, before) < COMPARED_LEAST:
            return False
        apart = sum(abs(now * before - then * people) for now, then in zip(self.bands, self.earlier_bands, strict=True))
        return apart / (2 * people * before) >= FAR_SHARE


def cross_checks(region: ExamRegion) -> CrossChecks:
    """Hold the marks that count against records and full marks. Eight queries at most; four where all is well."""
    counting = _counting(region)
    return CrossChecks(
        attended_without_mark=_attended_without_mark(region, counting),
        marked_without_attending=_marked_without_attending(region, counting),
        above_full_marks=_conflicts(_above_full(region, counting)),
    )


def open_conflicts(region: ExamRegion) -> int:
    """Return how many people's subjects stand in the way of a release: for its go/no-go list."""
    found = cross_checks(region)
    return found.attended_without_mark.count + found.marked_without_attending.count + found.above_full_marks.count


def _marked_without_attending(region: ExamRegion, marks: QuerySet[Mark]) -> Conflicts:
    """Return the marks of those who were away. Two queries; what is read grows with those who were away, not with all.

    Paired here and not by the database: looked for mark by mark, a region of 20,000 takes SQLite many minutes.
    """
    absences = Absence.objects.filter(seat__plan__region=region)
    away = set(absences.values_list("seat__ticket__number", "seat__session__subject_code"))
    if not away:
        return Conflicts(0, ())
    theirs = marks.filter(
        entry__ticket_number__in=absences.values("seat__ticket__number"), status=MarkStatus.SCORED.value
    )
    rows = _in_order(_latest(theirs))
    found = [Conflict(*row) for row in rows if row in away]
    return Conflicts(len(found), tuple(found[:ROWS_SHOWN_MAX]))


def _above_full(region: ExamRegion, marks: QuerySet[Mark]) -> QuerySet[Mark]:
    above = Q(pk__in=[])
    for level in programme_of(region).levels:
        for subject in level.subjects:
            here = Q(entry__level_code=level.code, subject_code=subject.code)
            above |= here & Q(mark_hundredths__gt=subject.full_mark_hundredths)
    return _latest(marks.filter(above))


def _attended_without_mark(region: ExamRegion, marks: QuerySet[Mark]) -> Conflicts:
    """Return the seats of signed records that were taken, and have no mark nor a status in its place, or are 缺考.

    Two queries, one more where somebody is absent in the file, and one where more is found than is shown. That somebody
    who came is absent there is paired here, as above.
    """
    signed = RoomRecord.objects.filter(
        room=OuterRef("room"), session=OuterRef("session"), state=RecordState.CLOSED.value
    )
    marked = marks.filter(
        entry__sitting=region.sitting_id,
        entry__ticket_number=OuterRef("ticket__number"),
        subject_code=OuterRef("session__subject_code"),
    )
    taken = Seat.objects.filter(Exists(signed), plan__region=region, absence__isnull=True)
    key = ("ticket__number", "session__subject_code")
    unmarked = taken.filter(~Exists(marked))
    absent = marks.filter(status=MarkStatus.ABSENT.value)
    away = set(_in_order(_latest(absent)))
    came = taken.filter(ticket__number__in=absent.values("entry__ticket_number")).values_list(*key)
    contradicted = [row for row in came if row in away] if away else []
    rows, count = _first_of(unmarked.order_by(*key).values_list(*key))
    found = tuple(Conflict(*row) for row in sorted([*rows, *contradicted])[:ROWS_SHOWN_MAX])
    return Conflicts(count + len(contradicted), found)


def _conflicts(marks: QuerySet[Mark]) -> Conflicts:
    rows, count = _first_of(_in_order(marks))
    return Conflicts(count, tuple(Conflict(*row) for row in rows))


def _first_of(rows: QuerySet[_Row, tuple[str, str]]) -> tuple[list[tuple[str, str]], int]:
    """Return the rows that are shown, and how many there are: asked only where that is not all of them."""
    shown = list(rows[:ROWS_SHOWN_MAX])
    return shown, len(shown) if len(shown) < ROWS_SHOWN_MAX else rows.count()


def _in_order(marks: QuerySet[Mark]) -> QuerySet[Mark, tuple[str, str]]:
    return marks.order_by("entry__ticket_number", "subject_code").values_list("entry__ticket_number", "subject_code")


def _counting(region: ExamRegion) -> QuerySet[Mark]:
    return Mark.objects.filter(entry__region=region, batch__state=BatchState.VALID.value)


def _latest(marks: QuerySet[Mark]) -> QuerySet[Mark]:
    """Leave out what a later version has replaced."""
    later = Mark.objects.filter(
        entry=OuterRef("entry"),
        subject_code=OuterRef("subject_code"),
        batch__state=BatchState.VALID.value,
        version__gt=OuterRef("version"),
    )
    return marks.filter(~Exists(later))


# ---------------------------------------------------------------- against last year


def far_from_last(region: ExamRegion) -> int:
    """Return how many subjects' marks are spread far from the last sitting's: for a release's list. Three queries."""
    return sum(one.is_far for one in distributions(region))


def distributions(region: ExamRegion) -> tuple[Distribution, ...]:
    """Return how each subject's marks are spread, beside those of the last sitting of this authority. Three queries.

    Only plain marks: an absence or a violation is no number. Nothing earlier: empty bands and no mean.
    """
    now, before = _spread(_counting(region)), _spread(_counting_before(region))
    full = {
        (level.code, subject.code): subject.full_mark_hundredths
        for level in programme_of(region).levels
        for subject in level.subjects_in(region.sitting.year)
    }
    return tuple(
        Distribution(
            *key,
            _bands(now[key], full=most),
            _bands(before.get(key, {}), full=most),
            _mean(now[key]),
            _mean(before.get(key, {})),
        )
        for key, most in full.items()
        if key in now
    )


def _counting_before(region: ExamRegion) -> QuerySet[Mark]:
    earlier = (
        ExamRegion.objects.filter(
            authority=region.authority_id,
            sitting__programme_version__code=region.sitting.programme_version.code,
            sitting__first_day__lt=region.sitting.first_day,
        )
        .order_by("-sitting__first_day")
        .first()
    )
    return Mark.objects.none() if earlier is None else _counting(earlier)


def _spread(marks: QuerySet[Mark]) -> dict[tuple[str, str], dict[int, int]]:
    """Return (level, subject) → mark in hundredths → people."""
    found: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    rows = (
        _latest(marks.filter(status=MarkStatus.SCORED.value))
        .annotate(level=F("entry__level_code"))
        .values_list("level", "subject_code", "mark_hundredths")
        .annotate(people=Count("pk"))
        .order_by()
    )
    for level, subject, mark, people in rows:
        found[level, subject][mark or 0] = people
    return found


def _bands(spread: dict[int, int], *, full: int) -> tuple[int, ...]:
    """Return people in each tenth of the full marks; the full mark itself belongs to the last."""
    bands = [0] * BANDS
    for mark, people in spread.items():
        bands[min(mark * BANDS // full, BANDS - 1)] += people
    return tuple(bands)


def _mean(spread: dict[int, int]) -> int | None:
    people = sum(spread.values())
    return round(sum(mark * count for mark, count in spread.items()) / people) if people else None
