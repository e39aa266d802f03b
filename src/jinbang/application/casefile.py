"""One case as the reviewer reads it: a checklist beside pages of evidence, what a resubmission changed, who holds it.

Reads only, for a case that a loader has already handed out, as `dossier` does for the candidate's pages.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from jinbang.application import caseload, dossier, labels, papers, photo_report, photo_versions, rules, versions
from jinbang.application.dossier import DifferenceLine
from jinbang.application.evidence import JPEG
from jinbang.application.models import Appeal, Application, LineMark
from jinbang.application.photo_report import PhotoOfCase
from jinbang.application.queries import Reading, reading_of
from jinbang.application.reviewing import IDENTITY_LINE, Claim, LineVerdict, ReasonKind, can_appeal
from jinbang.application.rules import EVIDENCE_LINE, Answers, Task
from jinbang.application.states import ApplicationState
from jinbang.people.queries import Staff, verifications_of
from jinbang.people.verification import queries as verifications
from jinbang.people.verification.queries import VerificationFacts

KEYS: Final[Mapping[str, str]] = {str(label): key for key, label in labels.SUMMARY.items()}
"""Which line of the checklist a line of the summary is, by its label; evidence is named by its item."""


@dataclass(frozen=True)
class Line:
    """One line of the checklist. `before` is what the version before said, where it said something else."""

    code: str
    label: str
    value: str
    before: str = ""
    has_changed: bool = False
    mark: LineMark | None = None

    @property
    def verdict(self) -> str:
        """What is ticked; empty for nothing yet."""
        return self.mark.verdict if self.mark else ""

    @property
    def words(self) -> str:
        """What is written beside it."""
        return self.mark.words if self.mark else ""

    @property
    def is_wrong(self) -> bool:
        """Whether it is ticked as anything but fine."""
        return bool(self.verdict) and self.verdict != LineVerdict.FINE


@dataclass(frozen=True)
class PageOfEvidence:
    """One page for the viewer: shown as a picture, or offered as a file."""

    id: UUID
    item: str
    number: int
    is_picture: bool
    size_kb: int


@dataclass(frozen=True)
class Holder:
    """Who has the case on the table, as this reviewer is told."""

    name: str
    until: datetime | None
    is_mine: bool


def checklist_of(reading: Reading, differences: Iterable[DifferenceLine] | None = None) -> tuple[Line, ...]:
    """Return what is to be checked, line by line, with what is ticked and what a resubmission changed.

    Six queries at most, three fewer with `dossier.differences_of` in hand.
    """
    application = reading.application
    found = dossier.differences_of(application) if differences is None else differences
    changed, marks = {str(one.label): one for one in found}, caseload.marks_of(application)
    return tuple(
        replace(
            line,
            before=_before(line, changed.get(line.label)),
            has_changed=line.label in changed,
            mark=marks.get(line.code),
        )
        for line in (_identity_line(application), *_answer_lines(reading), _photo_line(application))
    )


def _before(line: Line, difference: DifferenceLine | None) -> str:
    """Return what the version before said, where words can say it: of pictures that were replaced they cannot."""
    if difference is None or line.code == Task.PHOTO or line.code.startswith(EVIDENCE_LINE):
        return ""
    return difference.before or _("（空）")


def _identity_line(application: Application) -> Line:
    document = dossier.masked_document_of(application)
    return Line(IDENTITY_LINE, _("身份"), f"{application.applicant_name}，{document.kind} {document.number}")


def _answer_lines(reading: Reading) -> list[Line]:
    """Return a line for each answer, and for each item that the condition needs or that was handed in."""
    answers, offer = reading.answers, reading.offer
    said = dossier.lines_of(answers, offer, site=dossier.site_label(reading.application.site))
    lines = [Line(KEYS[str(one.label)], str(one.label), one.value) for one in said if one.task and not one.item]
    items = dict.fromkeys((*rules.evidence_items(answers, offer), *(one.item for one in said if one.item)))
    return lines + [Line(f"{EVIDENCE_LINE}{item}", item, _pages_said(answers, item)) for item in items]


def _pages_said(answers: Answers, item: str) -> str:
    count = len(versions.pages_of(answers, item))
    return _("%(count)s 页，见“照片和材料”") % {"count": count} if count else _("没有上传")


def _photo_line(application: Application) -> Line:
    photo = photo_versions.find_current(application)
    said = _("%(width)s×%(height)s 像素，见“照片和材料”") if photo else _("没有照片（集体报名，照片另行采集）")
    shape = {"width": photo.width, "height": photo.height} if photo else {}
    return Line(Task.PHOTO.value, str(labels.SUMMARY["photo"]), said % shape)


# ---------------------------------------------------------------- the viewer


def pages_of(application: Application) -> tuple[PageOfEvidence, ...]:
    """Return the pages handed in, item by item in the order in which they came. One query."""
    numbers: dict[str, int] = {}
    pages = []
    for one in papers.evidence_pages_of(application):
        numbers[one.item] = numbers.get(one.item, 0) + 1
        label, kilobytes = labels.evidence_label(one.item), -(-one.size_bytes // 1024)
        pages.append(PageOfEvidence(one.pk, label, numbers[one.item], one.content_type == JPEG, kilobytes))
    return tuple(pages)


# ---------------------------------------------------------------- who holds it


def holder_of(application: Application, *, by: Staff, now: datetime) -> Holder | None:
    """Return who has the case on the table at this instant; None when nobody does. At most one query."""
    claim: Claim = caseload.claim_of(application)
    if not claim.is_live(now) or claim.by is None:
        return None
    is_mine = claim.by == by.account_id
    return Holder(by.name if is_mine else caseload.names_of([claim.by]).get(claim.by, ""), claim.until, is_mine)


# ---------------------------------------------------------------- the whole of it


@dataclass(frozen=True)
class CaseFile:
    """Everything the page of a case shows, and which step this reviewer may take on it now."""

    application: Application
    state: ApplicationState
    queue_line: dossier.QueueLine | None
    lines: tuple[Line, ...]
    pages: tuple[PageOfEvidence, ...]
    gone: tuple[DifferenceLine, ...]
    photo: PhotoOfCase
    verdict: str
    timeline: tuple[dossier.TimelineLine, ...]
    holder: Holder | None
    appeals: tuple[Appeal, ...]
    is_for_me: bool
    checks: tuple[VerificationFacts, ...]

    @property
    def state_label(self) -> str:
        """What the desk calls the state."""
        return str(labels.STEPS_OF_REVIEW.get(self.state, labels.STATES[self.state]))

    @property
    def state_colour(self) -> str:
        """The colour of its tag."""
        return labels.COLOURS[self.state]

    @property
    def is_held_by_another(self) -> bool:
        """Whether it lies on a colleague's table at this instant."""
        return self.holder is not None and not self.holder.is_mine

    @property
    def is_machine_verified(self) -> bool:
        """Whether identity and a diploma are confirmed."""
        return caseload.is_verified(self.checks)

    @property
    def step(self) -> str:
        """What this reviewer may do now: decide, look again, judge an appeal; empty for nothing."""
        return "" if self.is_held_by_another or not self.is_for_me else labels.STEPS_OF_A_REVIEWER.get(self.state, "")

    @property
    def seen_at(self) -> str:
        """Which proposal this page shows, for the decision to be compared with."""
        return self.application.decided_at.isoformat() if self.application.decided_at else ""


@dataclass(frozen=True)
class CheckPage:
    """One check as whoever settles it reads it: what was stated, and what the register said."""

    application: Application
    facts: VerificationFacts
    document: str
    diploma_number: str


def check_page_of(application: Application, verification_id: UUID) -> CheckPage:
    """Return one check of whoever applied, for a case that a loader has handed out. Six queries."""
    row = verifications.get_own(application.person_id, verification_id=verification_id)
    facts = next(one for one in verifications_of(application.person_id) if one.id == row.pk)
    document = dossier.masked_document_of(application)
    return CheckPage(
        application, facts, f"{document.kind} {document.number}", diploma_number=verifications.diploma_number_of(row)
    )


def open_case(application: Application, *, by: Staff, now: datetime) -> CaseFile:
    """Return the file of a case that a loader has handed out. About thirty queries, whatever its size."""
    reading, differences = reading_of(application), dossier.differences_of(application)
    lines = checklist_of(reading, differences)
    shown = {line.label for line in lines}
    return CaseFile(
        application=application,
        state=ApplicationState(application.state),
        queue_line=next(iter(dossier.queue_lines((application,), now=now)), None),
        lines=lines,
        pages=pages_of(application),
        gone=tuple(one for one in differences if str(one.label) not in shown),
        photo=photo_report.photo_of_case(application, by=by, now=now),
        verdict=dossier.verdict_of(reading, now=now),
        timeline=dossier.timeline_of(application, names_staff=True),
        holder=holder_of(application, by=by, now=now),
        appeals=caseload.appeals_of(application),
        is_for_me=caseload.is_for(application, by=by),
        checks=verifications_of(application.person_id),
    )


def reasons_for(application: Application) -> dict[ReasonKind, dict[str, str]]:
    """Return the reasons that this case's desk lists, by kind and code: built in, and the authority's. One query."""
    reasons, of_authority = {}, caseload.listed_reasons(application)
    for kind in ReasonKind:
        listed: dict[str, str | None] = {code: str(text) for code, text in labels.LISTED_REASONS[kind].items()}
        other = listed.pop(labels.OTHER_REASON)
        listed |= of_authority[kind]
        reasons[kind] = {code: text for code, text in (*listed.items(), (labels.OTHER_REASON, other)) if text}
    return reasons


# ---------------------------------------------------------------- the candidate's side of an appeal


@dataclass(frozen=True)
class AppealPage:
    """What a candidate reads about an appeal: the state, whether one can be made, and what became of those made."""

    state_label: str
    state_colour: str
    happens_next: str
    can_appeal: bool
    appeals: tuple[tuple[Appeal, str], ...]


def appeal_page_of(application: Application, *, now: datetime) -> AppealPage:
    """Return the page of one's own appeal. One query."""
    state = ApplicationState(application.state)
    is_open = state is ApplicationState.REFUSED and can_appeal(application.appeal_until, now=now)
    return AppealPage(
        state_label=str(labels.STATES[state]),
        state_colour=labels.COLOURS[state],
        happens_next=str(labels.WHAT_HAPPENS_NEXT[state]),
        can_appeal=is_open,
        appeals=tuple(
            (one, str(labels.APPEAL_VERDICTS.get(one.verdict, ""))) for one in caseload.appeals_of(application)
        ),
    )
