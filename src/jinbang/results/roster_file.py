"""Reading a roster made by another system: people, tickets, levels, subjects, districts. Pure.

One line per person. Who a person is, the document number says: 15 and 18 digits of one number are one, a name alone
never finds anybody. Every line is answered: taken, or its faults with line, column, what is wrong and what to do.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from jinbang.catalogue.errors import ProgrammePartUnknown
from jinbang.catalogue.programme import WHOLE_LEVEL, Level, Programme, Subject
from jinbang.kernel.identity import BadIdentityNumber, DocumentKind, IdentityNumber, guess_kind, parse_number
from jinbang.kernel.names import normalise_name
from jinbang.results.errors import TableColumnTwice, TableWithoutColumn
from jinbang.results.mark_rows import NAME_HEADINGS, TICKET_HEADINGS, VALUE_SHOWN_MAX, Answered, heading_of, ticket_of
from jinbang.results.tables import Encoding, Table, read_table

TICKET_MAX: Final = 32
NAME_MAX: Final = 64
HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "ticket": TICKET_HEADINGS,
    "name": NAME_HEADINGS,
    "number": ("证件号码", "证件号", "身份证号", "身份证号码", "公民身份号码", "document_number"),
    "kind": ("证件类型", "document_kind"),
    "level": ("级别", "报考级别", "level"),
    "specialty": ("专业", "报考专业", "specialty"),
    "track": ("考试类别", "免试类别", "track"),
    "subjects": ("科目", "报考科目", "subjects"),
    "district": ("区划代码", "行政区划", "考区代码", "district"),
}
REQUIRED: Final = ("ticket", "name", "number")
KINDS: Final[Mapping[str, DocumentKind]] = {
    "居民身份证": DocumentKind.RESIDENT_ID,
    "身份证": DocumentKind.RESIDENT_ID,
    "港澳台居民居住证": DocumentKind.HMT_RESIDENCE,
    "外国人永久居留身份证": DocumentKind.FOREIGNER_RESIDENCE,
    "港澳居民来往内地通行证": DocumentKind.HK_MACAO_PERMIT,
    "台湾居民来往大陆通行证": DocumentKind.TAIWAN_PERMIT,
    "护照": DocumentKind.PASSPORT,
    "军官证": DocumentKind.MILITARY_ID,
}
_BETWEEN: Final = re.compile(r"[、,，;；/|\s]+")
_BRACKETED: Final = re.compile(r"([^()]+)\(([^()]+)\)")
_DISTRICT: Final = re.compile(r"[0-9]{2,12}")


class RosterFaultKind(StrEnum):
    """What can be wrong with a line of a roster. The desk has a sentence for each."""

    COLUMNS = "columns"
    TICKET_MISSING = "ticket_missing"
    TICKET_TWICE = "ticket_twice"
    TICKET_TAKEN = "ticket_taken"
    NAME_MISSING = "name_missing"
    NAME_DIFFERS = "name_differs"
    KIND_UNKNOWN = "kind_unknown"
    NUMBER_WRONG = "number_wrong"
    PERSON_TWICE = "person_twice"
    LEVEL_UNKNOWN = "level_unknown"
    SPECIALTY_UNKNOWN = "specialty_unknown"
    TRACK_UNKNOWN = "track_unknown"
    SUBJECT_UNKNOWN = "subject_unknown"
    DISTRICT_WRONG = "district_wrong"
    STANDS_OTHERWISE = "stands_otherwise"
    STANDS_ELSEWHERE = "stands_elsewhere"
    FILE_NUMBER_WRONG = "file_number_wrong"
    YEAR_WRONG = "year_wrong"
    PASS_TWICE = "pass_twice"  # noqa: S105  # 合格记录重复


@dataclass(frozen=True)
class RosterFault:
    """One thing wrong: `line` as spreadsheets count, the heading being line 1."""

    line: int
    column: str
    kind: RosterFaultKind
    value: str = ""


@dataclass(frozen=True)
class RosterRow:
    """One person of the file, ready to be put onto the roster."""

    line: int
    ticket_number: str
    name: str = field(repr=False)
    number: IdentityNumber = field(repr=False)
    level_code: str
    specialty_code: str
    track_code: str
    subject_codes: tuple[str, ...]
    district: str


@dataclass(frozen=True)
class RosterFile(Answered[RosterFault]):
    """A whole file, read: the rows that are right, the faults of the others, and the columns that were not read."""

    sha256: str
    rows: tuple[RosterRow, ...]
    faults: tuple[RosterFault, ...]
    lines: int
    ignored: tuple[str, ...]
    encoding: Encoding
    is_told: bool
    columns: Mapping[str, str]


def read_roster(
    content: bytes,
    *,
    programme: Programme,
    year: int,
    names: Mapping[str, str] | None = None,
    encoding: Encoding | None = None,
) -> RosterFile:
    """Read a file against the programme. Refuses what is no table, and a first line that lacks a column.

    In the year in which a new syllabus begins, subjects of the earlier one may be sat where a line names them.
    """
    renamed = {heading_of(given): heading_of(ours) for given, ours in (names or {}).items()}
    known = {*(name for names_ in HEADINGS.values() for name in names_), *renamed}
    table = read_table(content, encoding=encoding, knows=lambda cell: heading_of(cell) in known)
    reader = _Reader(table, programme, renamed, year=year)
    lines = 0
    for line, cells in table.lines():
        if line > 1:
            lines += 1
            reader.take(line, cells)
    return RosterFile(
        sha256=table.sha256,
        rows=tuple(reader.rows),
        faults=tuple(reader.faults),
        lines=lines,
        ignored=reader.ignored,
        encoding=table.encoding,
        is_told=table.is_told,
        columns={what: reader.heading[at] for what, at in reader.places.items()},
    )


class _Reader:
    """Collects rows and faults line by line."""

    def __init__(self, table: Table, programme: Programme, renamed: Mapping[str, str], *, year: int) -> None:
        """Find the columns. Refuses a heading without ticket, name or document number, or with a column twice."""
        self.programme = programme
        self.year = year
        self.rows: list[RosterRow] = []
        self.faults: list[RosterFault] = []
        self._tickets: set[str] = set()
        self._numbers: set[IdentityNumber] = set()
        self.heading, self.places = find_columns(table.heading, called=HEADINGS, required=REQUIRED, renamed=renamed)
        self.ignored = unread(self.heading, self.places)

    def take(self, line: int, cells: Sequence[str]) -> None:
        """Take one line whole, or note everything that is wrong with it."""
        if len(cells) < len(self.heading) or any(cell.strip() for cell in cells[len(self.heading) :]):
            self.faults.append(RosterFault(line, "", RosterFaultKind.COLUMNS, f"{len(cells)}/{len(self.heading)}"))
            return
        given = {what: cells[at].strip() for what, at in self.places.items()}
        before = len(self.faults)
        ticket, number = self._ticket(line, given), self._number(line, given)
        name = normalise_name(given["name"])
        if not name or len(name) > NAME_MAX:
            self._note(line, "name", RosterFaultKind.NAME_MISSING, given)
        level = self._level(line, given)
        way = self._way(line, given, level) if level else None
        district = ticket_of(given.get("district", ""))
        if district and not _DISTRICT.fullmatch(district):
            self._note(line, "district", RosterFaultKind.DISTRICT_WRONG, given)
        if len(self.faults) == before and number is not None and level is not None and way is not None:
            specialty, track, subjects = way
            self.rows.append(RosterRow(line, ticket, name, number, level.code, specialty, track, subjects, district))

    def _ticket(self, line: int, given: Mapping[str, str]) -> str:
        ticket = ticket_of(given["ticket"])
        if not ticket or len(ticket) > TICKET_MAX or not ticket.isprintable():
            self._note(line, "ticket", RosterFaultKind.TICKET_MISSING, given)
        elif ticket in self._tickets:
            self._note(line, "ticket", RosterFaultKind.TICKET_TWICE, given)
        self._tickets.add(ticket)
        return ticket

    def _number(self, line: int, given: Mapping[str, str]) -> IdentityNumber | None:
        number = number_of(given)
        if isinstance(number, RosterFaultKind):
            self._note(line, "kind" if number is RosterFaultKind.KIND_UNKNOWN else "number", number, given)
            return None
        if number in self._numbers:
            self._note(line, "number", RosterFaultKind.PERSON_TWICE, given)
        self._numbers.add(number)
        return number

    def _level(self, line: int, given: Mapping[str, str]) -> Level | None:
        level = level_named(given.get("level", ""), self.programme)
        if level is None:
            self._note(line, "level", RosterFaultKind.LEVEL_UNKNOWN, given)
        return level

    def _way(self, line: int, given: Mapping[str, str], level: Level) -> tuple[str, str, tuple[str, ...]] | None:
        """Return specialty, track and subjects of somebody at this level, or None with what is wrong."""
        specialty = one_named(given.get("specialty", ""), [(one.code, one.name) for one in level.specialties])
        if specialty is None or (not specialty and level.specialties):
            self._note(line, "specialty", RosterFaultKind.SPECIALTY_UNKNOWN, given)
            return None
        track = one_named(given.get("track", ""), tracks_of(level))
        if track is None:
            self._note(line, "track", RosterFaultKind.TRACK_UNKNOWN, given)
            return None
        try:
            own = self.programme.subjects_for(level=level.code, specialty=specialty, track=track or WHOLE_LEVEL)
        except ProgrammePartUnknown:
            self._note(line, "specialty", RosterFaultKind.SPECIALTY_UNKNOWN, given)
            return None
        subjects = _subjects(given.get("subjects", ""), own, earlier=level.earlier_subjects(year=self.year))
        if not subjects:
            self._note(line, "subjects", RosterFaultKind.SUBJECT_UNKNOWN, given)
            return None
        return specialty, track or WHOLE_LEVEL, subjects

    def _note(self, line: int, what: str, kind: RosterFaultKind, given: Mapping[str, str]) -> None:  # noqa: PLR0917  # a fault in the order in which it is read
        column = self.heading[self.places[what]] if what in self.places else HEADINGS[what][0]
        value = "" if what == "number" else given.get(what, "")[:VALUE_SHOWN_MAX]  # a number is shown to nobody
        self.faults.append(RosterFault(line, column, kind, value))


def find_columns(
    heading: Sequence[str], *, called: Mapping[str, Sequence[str]], required: Sequence[str], renamed: Mapping[str, str]
) -> tuple[list[str], dict[str, int]]:
    """Return the headings as they are compared, and where each thing stands. Refuses a column twice, or one missing."""
    given = "、".join(filter(None, map(heading_of, heading)))
    cells = [renamed.get(cell, cell) for cell in map(heading_of, heading)]
    while cells and not cells[-1]:
        cells.pop()  # spreadsheets leave empty columns behind
    places: dict[str, int] = {}
    for what, names in called.items():
        found = [at for at, cell in enumerate(cells) if cell in names]
        if len(found) > 1:
            raise TableColumnTwice(column=cells[found[1]], found=given)
        if found:
            places[what] = found[0]
        elif what in required:
            raise TableWithoutColumn(column=names[0], found=given)
    return cells, places


def unread(heading: Sequence[str], places: Mapping[str, int]) -> tuple[str, ...]:
    """Return the columns that are not read: what stands in them counts for nothing, so they are always named."""
    return tuple(cell for at, cell in enumerate(heading) if cell and at not in set(places.values()))


def number_of(given: Mapping[str, str]) -> IdentityNumber | RosterFaultKind:
    """Return the document number of a line, of the kind it states or the one it looks like; or what is wrong."""
    stated = given.get("kind", "")
    kind = KINDS.get(heading_of(stated)) if stated else guess_kind(given["number"])
    if kind is None and stated:
        return RosterFaultKind.KIND_UNKNOWN
    try:
        return parse_number(given["number"], kind=kind or DocumentKind.RESIDENT_ID)
    except BadIdentityNumber:
        return RosterFaultKind.NUMBER_WRONG


def level_named(said: str, programme: Programme) -> Level | None:
    """Return the level named by code or name; the programme's only one where nothing is said."""
    if not heading_of(said) and len(programme.levels) == 1:
        return programme.levels[0]
    code = one_named(said, [(one.code, one.name) for one in programme.levels])
    return programme.level(code) if code else None


def tracks_of(level: Level) -> list[tuple[str, str]]:
    """Return code and name of every way through a level, the whole of it first."""
    return [(WHOLE_LEVEL, "全科"), *((one.code, one.name) for one in level.tracks)]


def one_named(said: str, among: Sequence[tuple[str, str]], *, is_subject: bool = False) -> str | None:
    """Return the code of what is named; "" where nothing is said, None where it is not known or may be several.

    By code or name. Of 中级（社会工作师） either half does, where no other has the same; of a subject, the first.
    """
    wanted = heading_of(said)
    if not wanted:
        return ""
    whole = next((code for code, name in among if wanted in {code, heading_of(name)}), None)
    if whole is not None:
        return whole
    halves = {code for code, name in among if wanted in _halves(name)[: 1 if is_subject else 2]}
    return halves.pop() if len(halves) == 1 else None


def _halves(name: str) -> tuple[str, ...]:
    """Return what stands before and within the brackets at the end of a name; nothing where it has none."""
    found = _BRACKETED.fullmatch(heading_of(name))
    return found.groups() if found else ()


def _subjects(said: str, own: Sequence[Subject], *, earlier: Sequence[Subject]) -> tuple[str, ...]:
    """Return the codes of the subjects named, in order; all where nothing is said, none where one is not known."""
    if not said.strip() or heading_of(said) == "全部":
        return tuple(sorted(subject.code for subject in own))
    among = [(subject.code, subject.name) for subject in (*own, *earlier)]
    whole = one_named(said, among, is_subject=True)
    if whole:
        return (whole,)
    found: list[str | None] = []
    rest = heading_of(_BETWEEN.sub("、", said))
    for code, name in sorted(among, key=lambda one: -len(one[1])):
        plain = heading_of(_BETWEEN.sub("、", name))
        if "、" in plain and plain in rest:  # a name with such a sign of its own
            rest = rest.replace(plain, "")
            found.append(code)
    found += [one_named(part, among, is_subject=True) for part in _BETWEEN.split(rest) if part]
    return tuple(sorted({code for code in found if code})) if all(found) else ()
