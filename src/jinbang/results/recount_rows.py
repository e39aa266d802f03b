"""What a release is recounted from, read out of the stored rows a second time. Reads only; `recount` judges.

Independent of `basis`, through which outcomes were judged: the queries are others, and which mark, pass mark and
earlier result counts is worked out here anew. Earlier sittings are read as they are out: status, mark and pass mark of
each line and no verdict; only who became complete is taken from them: a fact, whatever the rules say by now. What is
held against whom is the one reading that both share.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, TypeVar
from uuid import UUID

import numpy as np
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from jinbang.application.commitment.queries import false_findings
from jinbang.catalogue.programme import is_whole_level
from jinbang.results.ledger import NO_PASS_MARK, STATUSES, Numbers, SittingColumns, StatedColumns, Way
from jinbang.results.models import HandedOverFile, Mark, Outcome, PassMark, Release, RosterEntry
from jinbang.results.queries import programme_of
from jinbang.results.recount import (
    NO_LINES,
    NOTHING,
    OVERALLS,
    UNKNOWN,
    VERDICTS,
    Comparison,
    Held,
    Rows,
    compared,
    recounted,
)
from jinbang.results.recount_columns import ELSEWHERE, MarkColumns, OutcomeColumns, Roster
from jinbang.results.states import BatchState, LinkState, MarkStatus, Overall, PassMarkState, Verdict
from jinbang.results.violations.queries import known_of
from jinbang.results.violations.states import CaseArticle
from jinbang.sittings.models import ExamRegion
from jinbang.sittings.states import SittingState

_AT_ONCE: Final = 5_000
_T = TypeVar("_T")
_FOR_EVER: Final = np.iinfo(np.int32).max
_CITY: Final = "00"  # GB/T 2260: a city's code ends so, and its counties begin like it
_STATUS: Final[Mapping[str | None, int]] = {status.value: place for place, status in enumerate(STATUSES)}
_VERDICT: Final[Mapping[str, int]] = {verdict.value: place for place, verdict in enumerate(VERDICTS)}
_OVERALL: Final[Mapping[str, int]] = {overall.value: place for place, overall in enumerate(OVERALLS)}


# ---------------------------------------------------------------- the comparison
@dataclass(frozen=True)
class Recount:
    """The comparison of a release, with the roster entry of each person and the subject of each column."""

    comparison: Comparison
    entries: tuple[UUID, ...]
    subjects: tuple[str, ...]


def recount_of(release: Release, *, renew: Callable[[], None]) -> Recount:
    """Judge everybody of a release a second time and hold it against what is stored.

    Eleven queries, whatever the number of people. `renew` is called every few thousand rows: the reading goes on.
    """
    region = release.region
    roster = _roster_of(region, renew=renew)
    read = _read(region, roster, renew=renew)
    lines = _stored_lines(release, roster, renew=renew)  # may add columns, as everything above
    second = recounted(_rows(roster, read))
    stored = lines.account(len(roster.entries), len(roster.columns))
    return Recount(compared(stored, second), tuple(roster.entries), tuple(roster.columns))


@dataclass(frozen=True)
class _Read:
    """What was read, as far as it does not depend on how many columns there are in the end."""

    present: SittingColumns
    earlier: tuple[SittingColumns, ...]
    stated: StatedColumns
    approved: Mapping[str, Mapping[tuple[str, str], int]]  # by district, "" for everybody
    held: Mapping[int, tuple[Held, ...]]
    false: tuple[int, ...]


def _read(region: ExamRegion, roster: Roster, *, renew: Callable[[], None]) -> _Read:
    false = _found_false(region)
    return _Read(
        present=_present(region, roster, renew=renew),
        earlier=tuple(_earlier(region, roster, false=false, renew=renew)),
        stated=_stated(region, roster),
        approved=_approved(region),
        held=_held(region, roster),
        false=tuple(place for person, place in roster.persons.items() if (person, region.sitting_id) in false),
    )


def _rows(roster: Roster, read: _Read) -> Rows:
    lines, line_of = _lines(roster, read.approved)
    return Rows(
        ways=tuple(_ways(roster)),
        stated=read.stated,
        earlier=read.earlier,
        present=read.present,
        pass_marks=_pass_marks(roster, read.approved.get("", {})),
        lines=lines,
        line_of=line_of,
        held=read.held,
        false=read.false,
    )


# ---------------------------------------------------------------- who
def _roster_of(region: ExamRegion, *, renew: Callable[[], None]) -> Roster:
    """Return everybody, with the columns of the levels they sit. One query."""
    roster = Roster(programme_of(region))
    rows = RosterEntry.objects.filter(region=region).order_by("pk")
    names = ("id", "person_id", "level_code", "track_code", "specialty_code", "district")
    for entry, person, level, track, specialty, district in _renewing(rows.values_list(*names), renew):
        roster.entries[entry] = roster.persons[person] = len(roster.entries)
        way = (level, "" if is_whole_level(track) else track)
        roster.way.append(roster.ways.setdefault(way, len(roster.ways)))
        roster.specialty.append(roster.specialty_of(specialty))
        roster.districts.append(district)
    for code, _track in roster.ways:
        level = roster.programme.level(code)
        for subject in (*(one.code for one in level.subjects), *level.earlier_names()):
            roster.column(subject)
    return roster


def _ways(roster: Roster) -> Iterator[Way]:
    programme, columns = roster.programme, tuple(roster.columns)
    for level, track in roster.ways:
        taken = programme.subjects_for(level=level, track=track)
        own = frozenset(subject.code for subject in taken if subject.by_specialty)
        required = frozenset(subject.code for subject in taken)
        yield Way(programme.validity_for(level=level, track=track), columns, required, own)


# ---------------------------------------------------------------- this sitting
def _present(region: ExamRegion, roster: Roster, *, renew: Callable[[], None]) -> SittingColumns:
    """Return the marks of valid files, a later version behind the one that it takes the place of. One query."""
    found = MarkColumns(way=roster.way, specialty=roster.specialty)
    found.registered.extend(range(len(roster.entries)))
    rows = (
        Mark.objects.filter(entry__region=region, batch__state=BatchState.VALID.value)
        .order_by("version", "batch__validated_at", "batch_id")
        .values_list("entry_id", "subject_code", "status", "mark_hundredths")
    )
    for entry, subject, status, mark in _renewing(rows, renew):
        found.add(roster.entries[entry], roster.column(subject), status=_STATUS[status], mark=mark)
    return found.columns(region.sitting.first_day, year=region.sitting.year, is_held=region.is_held)


def _held(region: ExamRegion, roster: Roster) -> Mapping[int, tuple[Held, ...]]:
    """Return what is held against whom. Two queries, those of `violations.queries.known_of`."""
    held: dict[int, tuple[Held, ...]] = {}
    for one in known_of(region):
        person = roster.entries[one.entry_id]
        article = CaseArticle(one.article) if one.article else None
        held[person] = (*held.get(person, ()), Held(roster.column(one.subject_code), article, one.is_decided))
    return held


def _found_false(region: ExamRegion) -> frozenset[tuple[UUID, UUID]]:
    """Return (person, sitting) of every commitment of this programme that was found false. One query."""
    rows = false_findings().filter(
        commitment__application__region__sitting__programme_version__code=region.sitting.programme_version.code
    )
    return frozenset(rows.values_list("commitment__person_id", "commitment__application__region__sitting_id"))


def _approved(region: ExamRegion) -> Mapping[str, Mapping[tuple[str, str], int]]:
    """Return district → (level, subject) → the approved mark: of the region before the sitting's. One query."""
    rows = PassMark.objects.filter(
        Q(region=region) | Q(region__isnull=True), sitting=region.sitting_id, state=PassMarkState.APPROVED.value
    ).order_by(F("region").asc(nulls_first=True), Coalesce("approved_at", "proposed_at"), "pk")
    found: dict[str, dict[tuple[str, str], int]] = defaultdict(dict)
    for district, level, subject, mark in rows.values_list("district", "level_code", "subject_code", "mark_hundredths"):
        found[district][level, subject] = mark
    return found


def _pass_marks(roster: Roster, approved: Mapping[tuple[str, str], int]) -> Numbers:
    """Return by way and column what a mark must reach: approved, else fixed by the programme, else not known yet."""
    table = np.full((len(roster.ways), len(roster.columns)), NO_PASS_MARK, np.int32)
    for (code, _track), way in roster.ways.items():
        fixed = {subject.code: subject.pass_mark_hundredths for subject in roster.programme.level(code).subjects}
        for subject, column in roster.columns.items():
            mark = approved.get((code, subject), fixed.get(subject))
            if mark is not None:
                table[way, column] = mark
    return table


def _lines(roster: Roster, approved: Mapping[str, Mapping[tuple[str, str], int]]) -> tuple[Numbers, Numbers]:
    """Return the separately drawn lines by group and column, and of everybody the group: district and level."""
    drawn = {district: lines for district, lines in approved.items() if district}
    levels = {way: level for (level, _track), way in roster.ways.items()}
    table = [np.full(len(roster.columns), NO_PASS_MARK, np.int32)]
    groups: dict[tuple[str, str], int] = {}
    line_of = np.full(len(roster.entries), NO_LINES, np.int64)
    for person, district in enumerate(roster.districts if drawn else ()):
        where, level = _district_for(district, drawn), levels[roster.way[person]]
        if not where:
            continue
        if (where, level) not in groups:
            groups[where, level] = len(table)
            reached = (drawn[where].get((level, subject), NO_PASS_MARK) for subject in roster.columns)
            table.append(np.fromiter(reached, np.int32))
        line_of[person] = groups[where, level]
    return np.stack(table), line_of


def _district_for(district: str, drawn: Iterable[str]) -> str:
    """Return the district whose lines hold for somebody: their own, else the city that it lies in, else none."""
    if district in drawn:
        return district
    around = (one for one in drawn if one.endswith(_CITY) and district.startswith(one.removesuffix(_CITY)))
    return max(around, key=lambda one: len(one.removesuffix(_CITY)), default="")


# ---------------------------------------------------------------- the sittings before
def _earlier(
    region: ExamRegion,
    roster: Roster,
    *,
    false: frozenset[tuple[UUID, UUID]],
    renew: Callable[[], None],
) -> Iterator[SittingColumns]:
    """Yield the earlier sittings in the order of time, each with what is out of those on this roster. Three queries."""
    sitting = region.sitting
    regions = ExamRegion.objects.filter(
        sitting__programme_version__code=sitting.programme_version.code,
        sitting__owner=sitting.owner_id,
        sitting__first_day__lt=sitting.first_day,
    ).exclude(sitting__state=SittingState.DRAFT.value)
    found: dict[UUID, MarkColumns] = defaultdict(MarkColumns)
    for row in _renewing(_what_is_out(regions, region), renew):
        _note_earlier(found[row["entry__sitting_id"]], row, roster, false=false)
    held: dict[UUID, bool] = defaultdict(bool)
    days: dict[UUID, tuple[date, str, int]] = {}
    path = region.authority.path
    columns = ("sitting_id", "sitting__first_day", "sitting__code", "sitting__year", "sitting__state")
    for pk, day, code, year, state, is_held, other in regions.values_list(*columns, "is_held", "authority__path"):
        days[pk] = (day, code, year)
        is_here = other.startswith(path) or path.startswith(other)
        held[pk] |= is_held and is_here and state != SittingState.CANCELLED.value
    for pk, (day, _code, year) in sorted(days.items(), key=lambda item: item[1]):
        yield found[pk].columns(day, year=year, is_held=held[pk])


def _what_is_out(regions: QuerySet[ExamRegion], region: ExamRegion) -> QuerySet[Outcome, Any]:
    """Return what has been released of these regions and of the people of this one. Two queries, one of them now."""
    out: dict[int, list[UUID]] = defaultdict(list)
    for one, released in Release.objects.filter(region__in=regions).values_list("region_id", "out"):
        if released:
            out[released["generation"]].append(one)
    generations = Q(pk__in=[])
    for generation, those in out.items():
        generations |= Q(entry__region__in=those, generation=generation)
    people = RosterEntry.objects.filter(region=region).values("person")
    return Outcome.objects.filter(generations, entry__person__in=people).values(
        "overall",
        "subjects",
        "entry__person_id",
        "entry__sitting_id",
        "entry__level_code",
        "entry__track_code",
        "entry__specialty_code",
    )


def _note_earlier(
    found: MarkColumns, row: Mapping[str, Any], roster: Roster, *, false: frozenset[tuple[UUID, UUID]]
) -> None:
    """Note one person's earlier sitting. A commitment found false since voids it, and what it had completed."""
    person = roster.persons[row["entry__person_id"]]
    is_void = (row["entry__person_id"], row["entry__sitting_id"]) in false
    found.registered.append(person)
    found.way.append(roster.way_of(row["entry__level_code"], row["entry__track_code"]))
    found.specialty.append(roster.specialty_of(row["entry__specialty_code"]))
    found.completed.append(row["overall"] == Overall.PASSED.value and not is_void)
    for line in row["subjects"]:
        status = line["status"]
        if status is None:  # not applied for then
            continue
        if is_void and status != MarkStatus.ABSENT.value:
            status = MarkStatus.VOID.value
        # Nothing is kept of what was passed by the line of a district.
        is_local = line["verdict"] == Verdict.PASSED_LOCALLY.value
        pass_mark = None if is_local else line["pass_mark_hundredths"]
        mark = line["mark_hundredths"]
        found.add(person, roster.column(line["code"]), status=_STATUS[status], mark=mark, pass_mark=pass_mark)


def _stated(region: ExamRegion, roster: Roster) -> StatedColumns:
    """Return what linked files of other systems state of the people here and of the ways they go. One query."""
    files = HandedOverFile.objects.filter(
        programme_code=region.sitting.programme_version.code,
        state=LinkState.LINKED.value,
        person__in=RosterEntry.objects.filter(region=region).values("person"),
    )
    rows = [
        (
            roster.persons[person],
            roster.way_of(one["level_code"], one["track_code"]),
            roster.column(one["subject_code"]),
            roster.specialty_of(one["specialty_code"]),
            _FOR_EVER if one["counts_through"] is None else one["counts_through"],
        )
        for person, passes in files.order_by("id").values_list("person_id", "passes")
        for one in passes
    ]
    found = np.array([row for row in rows if row[1] != ELSEWHERE], np.int64).reshape(-1, 5)
    return StatedColumns(*found.T)


# ---------------------------------------------------------------- what is stored
def _stored_lines(release: Release, roster: Roster, *, renew: Callable[[], None]) -> OutcomeColumns:
    """Return what is stored of the release's generation. One query."""
    found = OutcomeColumns()
    rows = Outcome.objects.filter(entry__region=release.region_id, generation=release.generation).order_by()
    for entry, overall, lines, why in _renewing(rows.values_list("entry_id", "overall", "subjects", "validity"), renew):
        person = roster.entries[entry]
        found.overall[person] = _OVERALL.get(overall, UNKNOWN)
        for line in lines:
            status = NOTHING if line["status"] is None else _STATUS.get(line["status"], UNKNOWN)
            column = roster.column(line["code"])
            mark, pass_mark = line["mark_hundredths"], line["pass_mark_hundredths"]
            found.rows.add(person, column, status=status, mark=mark, pass_mark=pass_mark)
            found.verdict.append(_VERDICT.get(line["verdict"], UNKNOWN))
        for subject, _year, _through in why["kept"]:
            found.kept_person.append(person)
            found.kept_subject.append(roster.column(subject))
    return found


def _renewing(rows: QuerySet[Any, _T], renew: Callable[[], None]) -> Iterator[_T]:
    for number, row in enumerate(rows.iterator(chunk_size=_AT_ONCE)):
        if number % _AT_ONCE == 0:
            renew()
        yield row
