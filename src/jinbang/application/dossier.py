"""An application as people read it: the task list, the queue with its clock, the answers by name, the history in words.

Reads only, for objects that a loader of `queries` has already handed out; nothing here asks who reads.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise

from jinbang.application import labels, rules
from jinbang.application.models import Application
from jinbang.application.queries import answers_of, offer_of
from jinbang.application.rules import Answers, Offer, Task, TaskStatus
from jinbang.audit import queries as audit
from jinbang.catalogue.programme import Programme
from jinbang.kernel.actors import ActorKind
from jinbang.kernel.clock import SHANGHAI
from jinbang.kernel.masking import mask_document
from jinbang.people.labels import document_kind_label
from jinbang.people.queries import document_number_of
from jinbang.sittings import queries as sittings


@dataclass(frozen=True)
class TaskLine:
    """One line of the task-list page."""

    task: Task
    status: TaskStatus
    can_open: bool

    @property
    def label(self) -> Promise:
        """The name of the page."""
        return labels.TASKS[self.task]

    @property
    def status_label(self) -> Promise:
        """The word beside it."""
        return labels.TASK_STATUSES[self.status]


def task_lines(application: Application) -> tuple[TaskLine, ...]:
    """Return the task-list page of an application, line by line. Two queries."""
    answers, offer = answers_of(application), offer_of(application.sitting)
    return tuple(
        TaskLine(task, status, rules.may_open(task, answers=answers, offer=offer))
        for task, status in rules.progress(answers, offer)
    )


@dataclass(frozen=True)
class QueueLine:
    """One line of the reviewer's queue with its clock."""

    application: Application
    level_name: str
    days_left: int
    is_overdue: bool

    @property
    def clock(self) -> str:
        """The clock in words."""
        return labels.clock_label(self.days_left, is_overdue=self.is_overdue)


def queue_lines(applications: Iterable[Application], *, now: datetime) -> tuple[QueueLine, ...]:
    """Return queue lines for these applications. One query, for the calendar of working days.

    A programme is parsed once for each version in the list, not for each line.
    """
    calendar = sittings.workday_calendar()
    programmes: dict[UUID, Programme] = {}
    applications = list(applications)
    for application in applications:
        version = application.sitting.programme_version
        if version.pk not in programmes:
            programmes[version.pk] = version.programme
    return tuple(
        QueueLine(
            application,
            programmes[application.sitting.programme_version_id].level(application.level_code).name,
            rules.working_days_left(now, application.review_due_at, is_working=calendar.is_working),
            is_overdue=now >= application.review_due_at,
        )
        for application in applications
        if application.review_due_at is not None
    )


@dataclass(frozen=True)
class MaskedDocument:
    """The document by which a person is known, as the desk sees it before opening it on purpose."""

    kind: Promise
    number: str


def masked_document_of(application: Application) -> MaskedDocument:
    """Return the applicant's document, masked. One query."""
    document = document_number_of(application.person, on=application.made_on)
    return MaskedDocument(document_kind_label(document.kind), mask_document(document.number))


# ---------------------------------------------------------------- what a page shows of an application


@dataclass(frozen=True)
class SummaryLine:
    """One answer as it is read, and the page on which it is changed (empty: nowhere)."""

    label: Promise
    value: str
    task: str = ""


def summary_of(application: Application) -> tuple[SummaryLine, ...]:
    """Return everything answered, by name, in the order of the pages. Two queries."""
    answers, offer = answers_of(application), offer_of(application.sitting)
    lines = [SummaryLine(labels.SUMMARY["region"], application.region.authority.name)]
    if answers.level_code:
        lines += _chosen_lines(answers, offer)
    if answers.education:
        lines += _condition_lines(answers, offer)
    if application.site is not None:
        lines.append(
            SummaryLine(labels.SUMMARY["site"], f"{application.site.name}（{application.site.address}）", Task.SITE)
        )
    elif Task.SITE not in rules.tasks_for(answers, offer):
        lines.append(SummaryLine(labels.SUMMARY["site"], str(labels.SITE_BY_CENTRE)))
    return tuple(lines)


def _chosen_lines(answers: Answers, offer: Offer) -> list[SummaryLine]:
    level = offer.programme.level(answers.level_code)
    lines = [SummaryLine(labels.SUMMARY["level"], level.name, Task.LEVEL)]
    lines += [
        SummaryLine(labels.SUMMARY["specialty"], specialty.name, Task.SPECIALTY)
        for specialty in level.specialties
        if specialty.code == answers.specialty_code
    ]
    lines += [
        SummaryLine(labels.SUMMARY["track"], name or str(labels.WHOLE_LEVEL_NAME), Task.TRACK)
        for code, name, _ in rules.tracks_offered(level)
        if code == answers.track_code
    ]
    names = [
        subject.name for subject in rules.subjects_offered(answers, offer) if subject.code in answers.subject_codes
    ]
    if names:
        lines.append(SummaryLine(labels.SUMMARY["subjects"], "、".join(names), Task.SUBJECTS))
    return lines


def _condition_lines(answers: Answers, offer: Offer) -> list[SummaryLine]:
    texts = [one.text for one in rules.conditions_offered(answers, offer) if one.code == answers.condition_code]
    graduated = f"{answers.graduated_on:%Y-%m-%d}" if answers.graduated_on else ""
    years = "" if answers.work_years is None else labels.years_label(answers.work_years)
    told = (
        ("condition", texts[0] if texts else ""),
        ("education", str(labels.EDUCATIONS.get(answers.education, answers.education))),
        ("graduated_on", graduated),
        ("work_years", years),
        ("employer", answers.employer),
    )
    return [SummaryLine(labels.SUMMARY[key], value, Task.CONDITION) for key, value in told if value]


def verdict_of(application: Application, *, now: datetime) -> str:
    """Return in plain words whether what was typed meets the chosen condition; empty where none is chosen."""
    verdict = rules.condition_verdict(
        answers_of(application), offer_of(application.sitting), today=now.astimezone(SHANGHAI).date()
    )
    return labels.verdict_sentence(verdict.outcome, years_short=verdict.years_short) if verdict else ""


def evidence_for(application: Application) -> tuple[str, ...]:
    """Return what the reviewer asks to see for the chosen condition, as the notice names it."""
    offered = rules.conditions_offered(answers_of(application), offer_of(application.sitting))
    return next((one.evidence for one in offered if one.code == application.condition_code), ())


@dataclass(frozen=True)
class TimelineLine:
    """One thing that happened, in words."""

    at: datetime
    label: str
    by: str
    reason: str


def timeline_of(application: Application, *, names_staff: bool) -> tuple[TimelineLine, ...]:
    """Return what happened to an application, oldest first. Only the desk sees which colleague acted. One query."""
    return tuple(
        TimelineLine(
            at=change.at,
            label=str(labels.EVENTS.get(change.event, change.event)),
            by=change.actor_name if names_staff and change.actor_kind == ActorKind.STAFF else "",
            reason=str(labels.STORED_REASONS.get(change.reason, change.reason)),
        )
        for change in audit.history_of(application)
    )
