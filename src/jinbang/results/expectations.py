"""The roster as a file of marks is read against it: who stands on it, what they applied for, what the rooms noted.

Reads only; `queries` has no room left. Whoever calls it has been let through to the region.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from jinbang.attendance.models import Absence
from jinbang.catalogue.programme import Programme, Subject
from jinbang.people.rules import name_borne_on
from jinbang.results.basis import counting_marks
from jinbang.results.errors import RosterEmpty
from jinbang.results.marks_file import Expected, Kind, Roster, heading_of, ticket_of
from jinbang.results.models import MarkSheet, RosterEntry
from jinbang.results.queries import programme_of
from jinbang.results.states import BatchState
from jinbang.sittings.models import ExamRegion

_Shape = tuple[str, str, str]
_COLUMNS = (
    "id",
    "ticket_number",
    "level_code",
    "specialty_code",
    "track_code",
    "subject_codes",
    "person__name",
    "person__former_names",
)


def roster_of(region: ExamRegion) -> Roster:
    """Return the roster in columns, ticket numbers as files are compared by. Five queries. Refuses an empty one."""
    return Roster(*_collected(region, elsewhere=_come_elsewhere(region)))


def expected_by_ticket(region: ExamRegion) -> dict[str, Expected]:
    """Return ticket number, as it is printed, → what a file of marks must say of it. Three queries."""
    people, kinds = _collected(region, elsewhere={})
    found = {}
    for ticket, name, entry_id, number in people.select("printed", "name", "entry_id", "kind").iter_rows():
        found[ticket] = Expected.of(entry_id, name, kind=kinds[number])
    return found


@dataclass
class _Kinds:
    """The kinds of people met so far: a few, however many people there are."""

    programme: Programme
    year: int
    elsewhere: Mapping[str, frozenset[str]]
    shapes: dict[_Shape, tuple[dict[str, Subject], dict[str, str]]] = field(default_factory=dict)
    places: dict[tuple[object, ...], int] = field(default_factory=dict)
    kinds: list[Kind] = field(default_factory=list)

    def place_of(self, shape: _Shape, codes: list[str], *, absent: frozenset[str]) -> int:
        """Return the place of the kind of somebody of this shape with these subjects."""
        key = (shape, tuple(codes), absent)
        if key not in self.places:
            if shape not in self.shapes:
                self.shapes[shape] = _subjects_and_headings(shape, self.programme, year=self.year)
            subjects, headings = self.shapes[shape]
            self.places[key] = len(self.kinds)
            self.kinds.append(
                Kind(
                    {code: subjects[code].full_mark_hundredths for code in codes},
                    headings,
                    absent,
                    level=shape[0],
                    weighted={code: subjects[code] for code in codes if subjects[code].parts},
                    elsewhere=self.elsewhere.get(shape[0], frozenset()),
                )
            )
        return self.places[key]


def _come_elsewhere(region: ExamRegion) -> dict[str, frozenset[str]]:
    """Return level → subjects of which marks count already, or that are being keyed by hand. Two queries."""
    found: dict[str, set[str]] = defaultdict(set)
    marked = counting_marks(region).order_by().values_list("entry__level_code", "subject_code").distinct()
    keyed = MarkSheet.objects.filter(batch__region=region, batch__state=BatchState.STAGED.value)
    for level, subject in (*marked, *keyed.values_list("level_code", "subject_code")):
        found[level].add(subject)
    return {level: frozenset(codes) for level, codes in found.items()}


def _collected(region: ExamRegion, *, elsewhere: Mapping[str, frozenset[str]]) -> tuple[pl.DataFrame, tuple[Kind, ...]]:
    absent = _absences(region)
    nothing: frozenset[str] = frozenset()
    kinds = _Kinds(programme_of(region), region.sitting.year, elsewhere)
    text: dict[str, list[str]] = {"ticket": [], "printed": [], "name": [], "entry_id": []}
    places: list[int] = []
    rows = RosterEntry.objects.filter(region=region).order_by("id").values_list(*_COLUMNS)
    for entry_id, ticket, level, specialty, track, codes, name, former in rows.iterator(chunk_size=10_000):
        away = frozenset(absent.get(ticket, nothing))
        places.append(kinds.place_of((level, specialty, track), codes, absent=away))
        text["ticket"].append(ticket_of(ticket))
        text["printed"].append(ticket)
        text["name"].append(name_borne_on(region.sitting.last_day, name=name, former_names=former))
        text["entry_id"].append(entry_id.hex)
    if not places:
        raise RosterEmpty
    columns = {name: pl.Series(values, dtype=pl.String) for name, values in text.items()}
    return pl.DataFrame({**columns, "kind": pl.Series(places, dtype=pl.UInt32)}), tuple(kinds.kinds)


def _absences(region: ExamRegion) -> dict[str, set[str]]:
    """Return ticket number → subjects for which a room record notes an empty seat. One query."""
    absent: dict[str, set[str]] = defaultdict(set)
    seats = Absence.objects.filter(seat__plan__region=region)
    for number, subject in seats.values_list("seat__ticket__number", "seat__session__subject_code"):
        absent[number].add(subject)
    return absent


def _subjects_and_headings(
    shape: _Shape, programme: Programme, *, year: int
) -> tuple[dict[str, Subject], dict[str, str]]:
    """Return subjects by code, and what a column may be called: code, the level's name, the specialty's own.

    Those of the earlier syllabus are among them in the year in which it ends.
    """
    level, specialty, track = shape
    own = (
        *programme.subjects_for(level=level, specialty=specialty, track=track),
        *programme.level(level).earlier_subjects(year=year),
    )
    headings = {heading_of(name): subject.code for subject in own for name in (subject.code, subject.name)}
    for subject in programme.level(level).subjects:
        headings.setdefault(heading_of(subject.name), subject.code)
    return {subject.code: subject for subject in own}, headings
