"""Reading what another system hands over of earlier years: candidate file numbers and passes. Pure.

One line per pass, or per person where there is only a file number. The lines of one document number are one file. The
same number typed with 15 and with 18 digits is one; every line is answered.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from jinbang.application.passes import EarlierPass
from jinbang.catalogue.programme import Level, Programme
from jinbang.kernel.identity import IdentityNumber
from jinbang.results.errors import TableWithoutColumn
from jinbang.results.mark_rows import Answered, heading_of
from jinbang.results.roster_file import (
    HEADINGS,
    RosterFault,
    RosterFaultKind,
    find_columns,
    level_named,
    number_of,
    one_named,
    tracks_of,
    unread,
)
from jinbang.results.tables import Encoding, read_table
from jinbang.results.validity import one_spelling

FILE_HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "file_number": ("档案号", "考生档案号", "file_number"),
    "name": HEADINGS["name"],
    "number": HEADINGS["number"],
    "kind": HEADINGS["kind"],
    "level": HEADINGS["level"],
    "specialty": HEADINGS["specialty"],
    "track": HEADINGS["track"],
    "subject": ("合格科目", "科目", "subject"),
    "year": ("合格年度", "年度", "year"),
    "through": ("有效至", "有效年度", "counts_through"),
}
FILE_NUMBER_MAX: Final = 32
_YEAR: Final = re.compile(r"(19|20)[0-9]{2}")


@dataclass(frozen=True)
class GivenFile:
    """What is said of one person: the first line that names them, file number, name, number, passes and their lines."""

    line: int
    file_number: str
    name: str = field(repr=False)
    number: IdentityNumber = field(repr=False)
    passes: tuple[EarlierPass, ...]
    pass_lines: tuple[int, ...]


@dataclass(frozen=True)
class HandedOver(Answered[RosterFault]):
    """A whole file, read."""

    sha256: str
    files: tuple[GivenFile, ...]
    faults: tuple[RosterFault, ...]
    lines: int
    ignored: tuple[str, ...] = ()  # the columns that were not read


def read_handover(
    content: bytes, *, programme: Programme, names: Mapping[str, str] | None = None, encoding: Encoding | None = None
) -> HandedOver:
    """Read a file against the programme. Refuses what is no table, and a first line that lacks a column."""
    renamed = {heading_of(given): heading_of(ours) for given, ours in (names or {}).items()}
    known = {*(name for called in FILE_HEADINGS.values() for name in called), *renamed}
    table = read_table(content, encoding=encoding, knows=lambda cell: heading_of(cell) in known)
    reader = _Reader(table.heading, programme, renamed)
    lines = 0
    for line, cells in table.lines():
        if line > 1:
            lines += 1
            reader.take(line, cells)
    return HandedOver(table.sha256, tuple(reader.files.values()), tuple(reader.faults), lines, reader.ignored)


def columns_of(heading: Sequence[str], *, renamed: Mapping[str, str]) -> tuple[list[str], dict[str, int]]:
    """Find the columns. Refuses a heading without people, without anything to hand over, or with passes of no end.

    The end may be empty, and a pass then counts for good; a file that does not speak of it says no such thing.
    """
    cells, places = find_columns(heading, called=FILE_HEADINGS, required=("name", "number"), renamed=renamed)
    missing = [] if {"file_number", "subject"} & places.keys() else ["file_number"]
    missing += ["through"] if "subject" in places and "through" not in places else []
    if missing:
        found = "、".join(filter(None, map(heading_of, heading)))
        raise TableWithoutColumn(column=FILE_HEADINGS[missing[0]][0], found=found)
    return cells, places


class _Reader:
    """Collects files of people and faults, line by line."""

    def __init__(self, heading: Sequence[str], programme: Programme, renamed: Mapping[str, str]) -> None:
        self.programme = programme
        self.heading, self.places = columns_of(heading, renamed=renamed)
        self.ignored = unread(self.heading, self.places)
        self.files: dict[IdentityNumber, GivenFile] = {}
        self.faults: list[RosterFault] = []

    def take(self, line: int, cells: Sequence[str]) -> None:
        """Take one line, or note what is wrong with it."""
        if len(cells) < len(self.heading) or any(cell.strip() for cell in cells[len(self.heading) :]):
            self.faults.append(RosterFault(line, "", RosterFaultKind.COLUMNS, f"{len(cells)}/{len(self.heading)}"))
            return
        given = {what: cells[at].strip() for what, at in self.places.items()}
        number = number_of(given)
        if isinstance(number, RosterFaultKind):
            self._note(line, "kind" if number is RosterFaultKind.KIND_UNKNOWN else "number", number, given)
            return
        file_number = given.get("file_number", "")
        if not given["name"]:
            self._note(line, "name", RosterFaultKind.NAME_MISSING, given)
        elif len(file_number) > FILE_NUMBER_MAX or not file_number.isprintable():
            self._note(line, "file_number", RosterFaultKind.FILE_NUMBER_WRONG, given)
        else:
            self._join(line, number, given)

    def _join(self, line: int, number: IdentityNumber, given: Mapping[str, str]) -> None:
        """Put a line to those of the same person; their name and file number must agree."""
        known = self.files.get(number)
        file_number = given.get("file_number", "")
        if known is not None and heading_of(known.name) != heading_of(given["name"]):
            self._note(line, "name", RosterFaultKind.NAME_DIFFERS, given)
            return
        if known is not None and file_number and known.file_number not in {"", file_number}:
            self._note(line, "file_number", RosterFaultKind.FILE_NUMBER_WRONG, given)
            return
        passed = self._pass(line, given)
        if isinstance(passed, RosterFaultKind):
            return
        if known is not None and passed is not None and passed in known.passes:
            self._note(line, "subject", RosterFaultKind.PASS_TWICE, given)
            return
        passes = (*(known.passes if known else ()), *([passed] if passed else ()))
        self.files[number] = GivenFile(
            known.line if known else line,
            file_number or (known.file_number if known else ""),
            known.name if known else given["name"],
            number,
            passes,
            (*(known.pass_lines if known else ()), *([line] if passed else ())),
        )

    def _pass(self, line: int, given: Mapping[str, str]) -> EarlierPass | RosterFaultKind | None:  # noqa: PLR0911  # one for each thing that can be wrong
        """Return the pass a line states, None where it states none, or what is wrong after it was noted."""
        if not given.get("subject"):
            return None
        level = level_named(given.get("level", ""), self.programme)
        if level is None:
            return self._note(line, "level", RosterFaultKind.LEVEL_UNKNOWN, given)
        specialty = one_named(given.get("specialty", ""), [(one.code, one.name) for one in level.specialties])
        if specialty is None:
            return self._note(line, "specialty", RosterFaultKind.SPECIALTY_UNKNOWN, given)
        track = one_named(given.get("track", ""), tracks_of(level))
        if track is None:
            return self._note(line, "track", RosterFaultKind.TRACK_UNKNOWN, given)
        own = _subjects(level, specialty=specialty, track=one_spelling(track))
        subject = one_named(given["subject"], own, is_subject=True)
        if not subject:
            return self._note(line, "subject", RosterFaultKind.SUBJECT_UNKNOWN, given)
        year, through = given.get("year", ""), given.get("through", "")
        if not _YEAR.fullmatch(year):
            return self._note(line, "year", RosterFaultKind.YEAR_WRONG, given)
        if through and (not _YEAR.fullmatch(through) or int(through) < int(year)):
            return self._note(line, "through", RosterFaultKind.YEAR_WRONG, given)
        return EarlierPass(
            level.code, specialty, one_spelling(track), subject, int(year), int(through) if through else None
        )

    def _note(self, line: int, what: str, kind: RosterFaultKind, given: Mapping[str, str]) -> RosterFaultKind:  # noqa: PLR0917  # a fault in the order in which it is read
        column = self.heading[self.places[what]] if what in self.places else FILE_HEADINGS[what][0]
        self.faults.append(RosterFault(line, column, kind, "" if what == "number" else given.get(what, "")[:40]))
        return kind


def _subjects(level: Level, *, specialty: str, track: str) -> list[tuple[str, str]]:
    """Return code and name of all that can have been passed in this way, the subjects of an earlier syllabus too."""
    exempt = {code for one in level.tracks if one.code == track for code in one.exempt_subjects}
    subjects = [subject for subject in level.subjects if subject.code not in exempt]
    named = [(subject.code, subject.named_for(specialty).name) for subject in subjects]
    return [*named, *((subject.code, subject.name) for subject in subjects), *level.earlier_names().items()]
