"""What proposed pass marks would come to: computed when somebody looks, stored nowhere. Reads only.

Only those are judged, twice, whose mark lies between the line as it is and as it would be; everybody else stays.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from jinbang.results import basis, queries
from jinbang.results.actions.outcomes import judge_as_if
from jinbang.results.basis import PassMarks
from jinbang.results.local_lines import Lines, lines_for
from jinbang.results.models import PassMark, RosterEntry
from jinbang.results.rules import Judgement, SubjectMark
from jinbang.results.states import MarkStatus, Overall
from jinbang.results.violations.queries import findings_of
from jinbang.results.violations.rules import marks_after
from jinbang.sittings.models import ExamRegion

SubjectKey = tuple[str, str]


@dataclass(frozen=True)
class LinesInForce:
    """Ordinary pass marks and the lines of districts, as they are or would be."""

    ordinary: Mapping[SubjectKey, int | None]
    local: Lines

    def of(self, key: SubjectKey, district: str) -> int | None:
        """Return the line by which a subject is passed in a district; None while none is set."""
        own, ordinary = lines_for(district, self.local).get(key), self.ordinary.get(key)
        if own is None or ordinary is None:
            return ordinary
        return min(own, ordinary)

    def drawn_below(self, key: SubjectKey) -> tuple[int, ...]:
        """Return the lines of districts that let somebody pass there who does not pass elsewhere, lowest first."""
        ordinary = self.ordinary.get(key)
        drawn = {lines[key] for lines in self.local.values() if key in lines}
        return tuple(sorted(line for line in drawn if ordinary is not None and line < ordinary))


@dataclass(frozen=True)
class Tally:
    """How many were scored, and how many pass before and after."""

    scored: int = 0
    before: int = 0
    after: int = 0

    def and_one(self, *, before: bool, after: bool) -> "Tally":
        """Return the tally with one person more."""
        return Tally(self.scored + 1, self.before + before, self.after + after)

    def with_all(self, other: "Tally") -> "Tally":
        """Return the two together."""
        return Tally(self.scored + other.scored, self.before + other.before, self.after + other.after)


@dataclass(frozen=True)
class Change:
    """One person whose result as a whole would be another."""

    entry: RosterEntry
    before: Overall
    after: Overall
    marks: Mapping[str, SubjectMark]


@dataclass(frozen=True)
class Preview:
    """What would come of the open proposals of a region."""

    proposals: tuple[PassMark, ...]
    before: LinesInForce
    after: LinesInForce
    by_subject: Mapping[SubjectKey, Tally]
    by_district: Mapping[tuple[str, SubjectKey], Tally]
    changes: tuple[Change, ...]


def preview_proposals(region: ExamRegion) -> Preview:
    """Return what would change if every open proposal for a region were approved. About thirty queries, no writes."""
    proposals = tuple(queries.open_proposals_of(region))
    before, after = _before_and_after(region, proposals)
    marks = _marks_of(region)
    entries = {entry.pk: entry for entry in RosterEntry.objects.filter(region=region).order_by("ticket_number")}
    by_subject: dict[SubjectKey, Tally] = {}
    by_district: dict[tuple[str, SubjectKey], Tally] = {}
    touched: set[UUID] = set()
    rows = ((entry.pk, entry.level_code, entry.district) for entry in entries.values())
    for pk, district, key, was, would in _scored(rows, marks, before=before, after=after):
        by_subject[key] = by_subject.get(key, Tally()).and_one(before=bool(was), after=bool(would))
        place = (district, key)
        by_district[place] = by_district.get(place, Tally()).and_one(before=bool(was), after=bool(would))
        if was != would:
            touched.add(pk)
    return Preview(
        proposals=proposals,
        before=before,
        after=after,
        by_subject=by_subject,
        by_district=by_district,
        changes=tuple(_changes(region, entries, touched, marks=marks, before=before, after=after)),
    )


def tallies_of(region: ExamRegion) -> dict[SubjectKey, Tally]:
    """Return how many would pass in each subject of one region. Six queries; who they are is not worked out."""
    tallies: dict[SubjectKey, Tally] = {}
    before, after = _before_and_after(region, queries.open_proposals_of(region))
    rows = RosterEntry.objects.filter(region=region).values_list("id", "level_code", "district")
    scored = _scored(rows.iterator(chunk_size=5_000), _marks_of(region), before=before, after=after)
    for _pk, _district, key, was, would in scored:
        tallies[key] = tallies.get(key, Tally()).and_one(before=bool(was), after=bool(would))
    return tallies


def _scored(
    rows: Iterable[tuple[UUID, str, str]],
    marks: Mapping[UUID, Mapping[str, SubjectMark]],
    *,
    before: LinesInForce,
    after: LinesInForce,
) -> Iterator[tuple[UUID, str, SubjectKey, bool | None, bool | None]]:
    """Yield each mark of these entries (id, level, district), with whether it passes before and after."""
    for pk, level, district in rows:
        for mark in marks.get(pk, {}).values():
            if mark.status is MarkStatus.SCORED and mark.mark_hundredths is not None:
                key = (level, mark.subject_code)
                was, would = (_passes(mark.mark_hundredths, lines.of(key, district)) for lines in (before, after))
                yield pk, district, key, was, would


def _before_and_after(region: ExamRegion, proposals: Iterable[PassMark]) -> tuple[LinesInForce, LinesInForce]:
    before = _lines(region, *basis.pass_marks_and_lines_of(region))
    return before, _lines(region, *basis.pass_marks_and_lines_with(region, proposals))


def _marks_of(region: ExamRegion) -> dict[UUID, Mapping[str, SubjectMark]]:
    """Return entry → subject → the mark as violations leave it."""
    findings = findings_of(region)
    return {pk: marks_after(own, findings.get(pk, ())) for pk, own in basis.current_marks(region).items()}


def _lines(region: ExamRegion, ordinary: PassMarks, local: Lines) -> LinesInForce:
    """Return the lines with those that the programme fixes where nothing is approved."""
    programme = queries.programme_of(region)
    fixed = {
        (level.code, subject.code): basis.pass_mark_for(subject, level_code=level.code, approved=ordinary)
        for level in programme.levels
        for subject in level.subjects
    }
    return LinesInForce(fixed, local)


def _passes(mark: int, line: int | None) -> bool | None:
    """Whether a mark passes; None while there is no line."""
    return None if line is None else mark >= line


def _changes(
    region: ExamRegion,
    entries: Mapping[UUID, RosterEntry],
    touched: set[UUID],
    *,
    marks: Mapping[UUID, Mapping[str, SubjectMark]],
    before: LinesInForce,
    after: LinesInForce,
) -> Iterable[Change]:
    if not touched:
        return
    was = _judged(region, before, among=touched)
    would = _judged(region, after, among=touched)
    for pk, entry in entries.items():
        if pk in touched and was[pk].overall is not would[pk].overall:
            yield Change(entry, was[pk].overall, would[pk].overall, marks[pk])


def _judged(region: ExamRegion, lines: LinesInForce, *, among: set[UUID]) -> Mapping[UUID, Judgement]:
    approved = {key: mark for key, mark in lines.ordinary.items() if mark is not None}
    return judge_as_if(region, approved=approved, local=lines.local, among=among)
