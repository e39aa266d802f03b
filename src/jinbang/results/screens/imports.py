"""What the pages of files show: faults in words, what a dry run found, how far a large file is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from jinbang.application.group.sheet import write_csv
from jinbang.audit.models import LongWork
from jinbang.audit.queries import latest_work_on
from jinbang.audit.states import WorkState
from jinbang.catalogue.programme import Subject, SubjectPart
from jinbang.kernel.errors import DomainError
from jinbang.people.queries import Staff
from jinbang.results import incoming, labels, queries
from jinbang.results.actions import enrol, handover, marks
from jinbang.results.actions.enrol import RosterAnswer
from jinbang.results.columns import names_of
from jinbang.results.errors import TableColumnTwice, TableWithoutColumn
from jinbang.results.file_subjects import names_in_files, names_of_sums
from jinbang.results.forms import ColumnsForm
from jinbang.results.handover_file import FILE_HEADINGS, HandedOver
from jinbang.results.mark_rows import MARK_HEADINGS, SUBJECT_HEADINGS, Fault, heading_of
from jinbang.results.marks_file import MarksFile
from jinbang.results.models import IncomingFile, MarkBatch
from jinbang.results.roster_file import HEADINGS, RosterFault, RosterFile
from jinbang.results.states import Coverage, FileContent
from jinbang.results.tables import Encoding
from jinbang.sittings.models import ExamRegion

Reading: TypeAlias = MarksFile | RosterFile | HandedOver


@dataclass(frozen=True)
class FaultRow:
    """One fault of a file, in words. `line` 0 is the file as a whole."""

    line: int
    column: str
    value: str
    sentence: Promise


@dataclass(frozen=True)
class IncomingScreen:
    """A large file: how far the worker is, what came of it, or what is wrong, as long as its content is kept."""

    file: IncomingFile
    work: LongWork | None
    batch: MarkBatch | None
    read: Reading | None
    faults: list[FaultRow]
    is_kept: bool


def fault_rows(read: Reading, *, region: ExamRegion, is_whole: bool = False) -> list[FaultRow]:
    """Return what is wrong with a file in words: what a page shows of it, or all."""
    names = names_in_files(queries.programme_of(region)) if isinstance(read, MarksFile) else {}
    return [_fault_row(fault, names) for fault in (read.faults if is_whole else read.shown)]


def fault_table(read: Reading, *, region: ExamRegion) -> bytes:
    """Return everything that is wrong with a file as a table for spreadsheets: by line, and then what is missing."""
    rows = sorted(fault_rows(read, region=region, is_whole=True), key=lambda row: (not row.line, row.line))
    words = {row.sentence: str(row.sentence) for row in rows}
    whole = _("整个文件")
    heading = (_("行"), _("列"), _("文件里的内容"), _("怎么办"))
    return write_csv([heading, *((str(row.line or whole), row.column, row.value, words[row.sentence]) for row in rows)])


def _fault_row(fault: Fault | RosterFault, names: Mapping[str, str]) -> FaultRow:
    sentence = labels.FAULTS[fault.kind] if isinstance(fault, Fault) else labels.ROSTER_FAULTS[fault.kind]
    return FaultRow(fault.line, names.get(fault.column, fault.column), fault.value, sentence)


def marks_checked(read: MarksFile) -> str:
    """Say what a dry run of marks found, and not one sum: those are for the second person to bring."""
    return _("按 %(encoding)s 读取，%(people)d 人、%(marks)d 条成绩或状态，没有发现问题。") % {
        "encoding": labels.ENCODINGS[read.encoding],
        "people": read.people,
        "marks": read.totals["marks"],
    }


def marks_notes(read: MarksFile, *, region: ExamRegion) -> list[str]:
    """Say which subjects are not in the file, how what came in parts was joined, and what was not read."""
    programme = queries.programme_of(region)
    names = names_of_sums(programme)
    notes = []
    if read.left:
        subjects = "、".join(names[f"{level}/{code}"] for level, code in read.left)
        notes.append(_("这个文件里没有：%(subjects)s。由其他文件或手工录分提供。") % {"subjects": subjects})
    for level, code in read.joined:
        notes.append(joined_said(programme.subject(code, level=level), name=names[f"{level}/{code}"]))
    return [*notes, *unread_said(read.ignored)]


def unread_said(unread: Iterable[str]) -> list[str]:
    """Name the columns of a file that are not read, where there are any: what stands in them counts for nothing."""
    names = "、".join(unread)
    return [_("以下各列没有读取：%(columns)s。") % {"columns": names}] if names else []


@dataclass(frozen=True)
class LevelNames:
    """How a level, and what can be chosen of it, is written in a file."""

    name: str
    subjects: str
    specialties: str
    tracks: str


def names_to_write(region: ExamRegion) -> list[LevelNames]:
    """Return how the programme's levels, subjects, specialties and tracks are written in a file. No query."""
    return [
        LevelNames(
            level.name,
            "、".join(one.name for one in level.subjects_in(region.sitting.year)),
            "、".join(one.name for one in level.specialties),
            "、".join(one.name for one in level.tracks),
        )
        for level in queries.programme_of(region).levels
    ]


def parts_said(parts: Iterable[SubjectPart]) -> str:
    """Say what a subject is made of."""
    return "、".join(f"{part.name} {part.weight_percent}%" for part in parts)


def joined_said(subject: Subject, *, name: str) -> str:
    """Say how a subject's mark is made of its parts."""
    return _("%(subject)s由%(parts)s合成，%(rounding)s到 %(step)s 分。") % {
        "subject": name,
        "parts": parts_said(subject.parts),
        "rounding": labels.ROUNDINGS[subject.rounding],
        "step": labels.format_mark(subject.mark_step_hundredths),
    }


def roster_checked(answer: RosterAnswer) -> str:
    """Say what an import would do."""
    return _(
        "按 %(encoding)s 读取，共 %(lines)d 行，没有发现问题："
        "新增 %(added)d 人（其中 %(new)d 人首次登记），%(standing)d 人已在名册上。"
    ) % {
        "encoding": labels.ENCODINGS[answer.read.encoding],
        "lines": answer.read.lines,
        "added": answer.added,
        "new": answer.new_people,
        "standing": answer.standing,
    }


def roster_taken(answer: RosterAnswer) -> str:
    """Say what an import has done."""
    return _("名册新增 %(added)d 人，%(standing)d 人已在名册上。") % {
        "added": answer.added,
        "standing": answer.standing,
    }


def columns_form(
    region: ExamRegion, refusal: TableWithoutColumn | TableColumnTwice, *, contains: FileContent | None = None
) -> ColumnsForm | None:
    """Offer to say what the columns of a refused file are called, where there are any that nobody knows."""
    ours = our_columns(region, contains=contains)
    found = _columns_found(refusal, ours)
    if not found:
        return None
    return ColumnsForm(found=found, ours=ours, said=names_of(region.sitting))


def columns_said(region: ExamRegion) -> ColumnsForm | None:
    """Offer to change or forget what was said of columns for this sitting's files."""
    said = names_of(region.sitting)
    return ColumnsForm(found=sorted(said), ours=our_columns(region), said=said) if said else None


def _columns_found(refusal: TableWithoutColumn | TableColumnTwice, ours: list[tuple[str, str]]) -> list[str]:
    """Return the headings that a file does have and nobody knows here."""
    called = (name for names in (*HEADINGS.values(), *FILE_HEADINGS.values()) for name in names)
    known = {heading_of(name) for name in (*called, *(name for name, _label in ours))}
    return [name for name in str(refusal.fields["found"]).split("、") if name and name not in known]


def our_columns(region: ExamRegion, *, contains: FileContent | None = None) -> list[tuple[str, str]]:
    """Return what a column may be said to be: of a file of marks, of a table of people, or of either."""
    fixed = [called[0] for called in {**HEADINGS, **FILE_HEADINGS}.values()]
    names = {name: name for name in fixed}
    if contains not in {FileContent.ROSTER, FileContent.HANDOVER}:
        names |= {name: name for name in (SUBJECT_HEADINGS[0], MARK_HEADINGS[0])}
        for level in queries.programme_of(region).levels:
            for subject in level.subjects:
                names |= {name: name for name in (subject.name, *(part.name for part in subject.parts))}
            names |= {name: name for name in level.earlier_names().values()}
    return list(names.items())


def region_address(region: ExamRegion) -> str:
    """Return the address of a region's results page."""
    return reverse("results:region", args=[region.pk])


def incoming_screen(row: IncomingFile, *, by: Staff) -> IncomingScreen:
    """Gather the page of a large file. Where it was refused for its faults, it is read again to list them."""
    work = latest_work_on(row)
    is_kept = row.pieces.exists()
    is_refused = work is not None and work.state == WorkState.REFUSED.value and is_kept
    read = read_again(row, by=by) if is_refused else None
    faults = fault_rows(read, region=row.region) if read is not None else []
    is_marks = row.contains == FileContent.MARKS.value
    return IncomingScreen(row, work, incoming.batch_of(row) if is_marks else None, read, faults, is_kept)


def read_again(row: IncomingFile, *, by: Staff) -> Reading | None:
    """Read a large file that is kept as the worker read it, storing nothing; None where it is no table, or gone."""
    content, encoding = incoming.content_of(row), Encoding(row.encoding) if row.encoding else None
    try:
        if row.contains == FileContent.MARKS.value:
            coverage = Coverage(row.coverage)
            return marks.check_marks(region=row.region, content=content, by=by, encoding=encoding, coverage=coverage)
        if row.contains == FileContent.HANDOVER.value:
            return handover.check_handover(region=row.region, content=content, by=by, encoding=encoding).read
        return enrol.check_roster(region=row.region, content=content, by=by, encoding=encoding).read
    except DomainError:
        return None  # no table at all: the refusal of the work itself says so
