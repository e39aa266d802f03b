"""The queue of files handed over, and one of them: what it says, whom it may mean, and what may be done."""

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from jinbang.application.passes import EarlierPass
from jinbang.audit.queries import history_of
from jinbang.catalogue.programme import Programme, is_whole_level
from jinbang.kernel.masking import mask_document
from jinbang.people.labels import DOCUMENT_KINDS
from jinbang.people.queries import Staff
from jinbang.results import handed_over, labels, queries
from jinbang.results.actions.handover import HandoverAnswer
from jinbang.results.mark_rows import FAULTS_SHOWN_MAX
from jinbang.results.models import HandedOverFile
from jinbang.results.screens.common import HistoryRow, history_rows
from jinbang.results.states import LinkState
from jinbang.sittings.models import ExamRegion

ON_ONE_PAGE = 50
SHOWN = tuple(state for state in LinkState if state is not LinkState.ARRIVING)


@dataclass(frozen=True)
class FileRow:
    """A file in the list; of one that waits, why nothing linked it."""

    file: HandedOverFile
    name: str
    passes: int
    why: Promise | str


@dataclass(frozen=True)
class FilesScreen:
    """A region's files of one state, page by page, and how many there are of each."""

    title: Promise
    is_waiting: bool
    page: Page[HandedOverFile]
    rows: tuple[FileRow, ...]
    counts: tuple[tuple[Promise, int, str], ...]


@dataclass(frozen=True)
class FileScreen:
    """One file, opened."""

    file: HandedOverFile
    name: str
    document_kind: Promise
    document: str
    other_name: str
    passes: tuple[tuple[str, str, int, str], ...]
    state: Promise
    colour: str
    is_waiting: bool
    is_linked: bool
    others: tuple[HandedOverFile, ...]  # that came with the same document number
    history: tuple[HistoryRow, ...]


def files_screen(region: ExamRegion, *, by: Staff, state: str = "", page: str = "") -> FilesScreen:
    """Gather the list: those of a state, of those that wait where none is said. They are opened, to read their names.

    Two queries for each that waits: a name and who bears its number are sealed, each under its own key.
    """
    chosen = LinkState(state) if state in set(SHOWN) else LinkState.WAITING
    rows = handed_over.files_in(region, by=by)
    shown = Paginator(rows.filter(state=chosen.value), ON_ONE_PAGE).get_page(page)
    counts = tuple((labels.LINK_STATES[one], rows.filter(state=one.value).count(), one.value) for one in SHOWN)
    return FilesScreen(
        labels.LINK_STATES[chosen],
        chosen is LinkState.WAITING,
        shown,
        tuple(_row(one) for one in shown.object_list),
        counts,
    )


def file_screen(row: HandedOverFile, *, by: Staff) -> FileScreen:
    """Gather one file's page. Its document number is masked; whoever links types the number of the person on record."""
    opened = handed_over.opened(row)
    programme = queries.programme_of(row.region)
    state = LinkState(row.state)
    return FileScreen(
        file=row,
        name=opened.name,
        document_kind=DOCUMENT_KINDS[opened.number.kind],
        document=mask_document(opened.number.number),
        other_name=opened.other_name if opened.other_name != opened.name else "",
        passes=tuple(_pass(one, programme) for one in opened.passes),
        state=labels.LINK_STATES[state],
        colour=labels.LINK_COLOURS[state],
        is_waiting=state is LinkState.WAITING,
        is_linked=state is LinkState.LINKED,
        others=tuple(handed_over.files_beside(row, by=by)),
        history=history_rows(history_of(row), labels.LINK_EVENTS),
    )


def handover_said(answer: HandoverAnswer) -> str:
    """Say what an import would do, or has done."""
    said = _("共 %(lines)d 行：按证件号码关联 %(linked)d 人，待人工关联 %(waiting)d 人，%(standing)d 人原已在库。") % {
        "lines": answer.read.lines,
        "linked": answer.linked,
        "waiting": answer.waiting,
        "standing": answer.standing,
    }
    added = len(answer.added)
    return said + _("其中 %(count)d 人增加合格记录。") % {"count": added} if added else said


def additions_said(answer: HandoverAnswer) -> list[str]:
    """Say row by row what a file adds to people who are in already: the first two hundred, and how many more."""
    rows = sorted(answer.added.items())
    said = [_addition_said(line, count) for line, count in rows[:FAULTS_SHOWN_MAX]]
    more = len(rows) - len(said)
    return [*said, _("另有 %(count)d 人。") % {"count": more}] if more else said


def _addition_said(line: int, count: int) -> str:
    if not count:
        return _("第 %(line)d 行：补上档案号。") % {"line": line}
    return _("第 %(line)d 行：增加 %(count)d 科。") % {"line": line, "count": count}


def _row(file: HandedOverFile) -> FileRow:
    opened = handed_over.opened(file)
    why: Promise | str = ""
    if file.state == LinkState.WAITING.value:
        why = labels.WAITS_FOR_NAME if opened.other_name else labels.WAITS_FOR_DOCUMENT
    return FileRow(file, opened.name, len(file.passes), why)


def _pass(one: EarlierPass, programme: Programme) -> tuple[str, str, int, str]:
    level = programme.level(one.level_code)
    way = level.name
    if not is_whole_level(one.track_code):
        way = f"{way} · {programme.track(one.track_code, level=level.code).name}"
    subject = handed_over.subject_name(handed_over.stated_pass(one), programme)
    return way, subject, one.year, str(one.counts_through) if one.counts_through else _("长期")
