"""An application as people read it: the queue with its clock, the answers by name, the history in words.

Reads only, for objects that a loader of `queries` has already handed out; nothing here asks who reads.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise

from jinbang.application import labels, locks, queries, rules, versions
from jinbang.application.evidence import item_key
from jinbang.application.models import Application
from jinbang.application.passes import EarlierPass, passes_standing
from jinbang.application.queries import Reading, offer_of
from jinbang.application.rules import Answers, Offer, Task
from jinbang.application.states import ApplicationState
from jinbang.audit import queries as audit
from jinbang.catalogue.programme import Programme
from jinbang.kernel.actors import ActorKind
from jinbang.kernel.clock import SHANGHAI
from jinbang.kernel.masking import mask_document
from jinbang.people.labels import document_kind_label
from jinbang.people.queries import document_number_of
from jinbang.sittings import queries as sittings
from jinbang.sittings.labels import deadline
from jinbang.sittings.models import Site


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


def review_until(application: Application, *, now: datetime) -> str:
    """Return until when a review is to be decided, in words; once that is past, that it is late and whom to ask."""
    if application.review_due_at is None:
        return ""
    return labels.review_label(
        deadline(application.review_due_at, is_provisional=sittings.is_provisional(application.review_due_at)),
        is_overdue=now >= application.review_due_at,
        phone=application.region.authority.phone,
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
    """One answer as it is read, the page on which it stands (empty: nowhere), and whether it may be changed now."""

    label: Promise | str
    value: str
    task: str = ""
    can_change: bool = False
    item: str = ""

    @property
    def path(self) -> str:
        """The page's address below the application's own."""
        return f"{self.task}/{item_key(self.item)}/" if self.item else f"{self.task}/"


def summary_of(reading: Reading) -> tuple[SummaryLine, ...]:
    """Return everything answered, by name, in the order of the pages. No query."""
    application, answers = reading.application, reading.answers
    lines = [SummaryLine(labels.SUMMARY["region"], application.region.authority.name)]
    lines += lines_of(answers, reading.offer, site=site_label(application.site))
    state = ApplicationState(application.state)
    return tuple(
        replace(line, can_change=locks.may_edit(Task(line.task), state=state, asked=answers.asked, item=line.item))
        if line.task
        else line
        for line in lines
    )


def lines_of(answers: Answers, offer: Offer, *, site: str) -> list[SummaryLine]:
    """Return every answer given, by name, in the order of the pages; `site` is the name of the one chosen."""
    lines = _chosen_lines(answers, offer) if answers.level_code else []
    if answers.education:
        lines += _told_lines(answers, offer)
    if site:
        lines.append(SummaryLine(labels.SUMMARY["site"], site, Task.SITE))
    elif answers.level_code and Task.SITE not in rules.tasks_for(answers, offer):
        lines.append(SummaryLine(labels.SUMMARY["site"], str(labels.SITE_BY_CENTRE)))
    items = dict.fromkeys((*rules.evidence_needed(answers, offer), *(page.item for page in answers.evidence)))
    lines += [
        SummaryLine(item, labels.pages_label(len(versions.pages_of(answers, item))), Task.EVIDENCE, item=item)
        for item in items
    ]
    return lines


def site_label(site: Site | None) -> str:
    """Return a site by name and address; nothing for none."""
    return f"{site.name}（{site.address}）" if site is not None else ""


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
    return lines


def _told_lines(answers: Answers, offer: Offer) -> list[SummaryLine]:
    texts = [one.text for one in rules.conditions_offered(answers, offer) if one.code == answers.condition_code]
    names = [one.name for one in rules.subjects_offered(answers, offer) if one.code in answers.subject_codes]
    told = (
        ("education", str(labels.EDUCATIONS.get(answers.education, answers.education)), Task.EDUCATION),
        ("graduated_on", labels.day_label(answers.graduated_on) if answers.graduated_on else "", Task.EDUCATION),
        ("work_years", _years(answers), Task.EDUCATION),
        ("condition", texts[0] if texts else "", Task.CONDITION),
        ("subjects", "、".join(names), Task.SUBJECTS),
        ("employer", answers.employer, Task.EMPLOYER),
    )
    return [SummaryLine(labels.SUMMARY[key], value, task) for key, value, task in told if value]


def _years(answers: Answers) -> str:
    return "" if answers.work_years is None else labels.years_label(answers.work_years)


# ---------------------------------------------------------------- what a resubmission changed


@dataclass(frozen=True)
class DifferenceLine:
    """One line that the latest submission changed, in words; pictures and papers by what became of them."""

    label: Promise | str
    before: str
    after: str


def differences_of(application: Application) -> tuple[DifferenceLine, ...]:
    """Return what the latest submission changed against the one before, in words. Three queries at most."""
    found = queries.differences(application)
    if not found:
        return ()
    offer, sites = offer_of(application.sitting), _site_labels(found)
    sides = [
        {
            (line.label, line.item or line.task): line.value
            for line in lines_of(answers, offer, site=sites.get(answers.site_id, ""))
        }
        for answers in (found[0].before, found[0].after)
    ]
    lines = [
        DifferenceLine(key[0], sides[0].get(key, ""), sides[1].get(key, ""))
        for key in dict.fromkeys((*sides[0], *sides[1]))
        if sides[0].get(key) != sides[1].get(key)
    ]
    return (*lines, *_replaced(found, {str(line.label) for line in lines}))


def _replaced(found: Sequence[queries.Difference], told: Collection[str]) -> list[DifferenceLine]:
    """Return the lines whose words are the same on both sides although the picture or paper is another."""
    names = [
        labels.SUMMARY["photo"] if one.line == Task.PHOTO else one.line.removeprefix(rules.EVIDENCE_LINE)
        for one in found
        if one.line == Task.PHOTO or one.line.startswith(rules.EVIDENCE_LINE)
    ]
    return [
        DifferenceLine(name, str(labels.REPLACED_BEFORE), str(labels.REPLACED_AFTER))
        for name in names
        if str(name) not in told
    ]


def _site_labels(found: Sequence[queries.Difference]) -> dict[UUID | None, str]:
    ids = {answers.site_id for answers in (found[0].before, found[0].after) if answers.site_id}
    return {site.pk: site_label(site) for site in queries.sites_named(ids)}


def passes_of(application: Application) -> tuple[str, ...]:
    """Return the subjects passed before that still count, each with its level, its year and until when. Two queries."""
    programme, year = application.sitting.programme_version.programme, application.sitting.year
    standing = passes_standing([one.facts() for one in queries.earlier_passes_of(application)], year=year)
    return tuple(
        labels.pass_label(
            f"{programme.level(one.level_code).name} {_subject_name(one, programme)}",
            year=one.year,
            through=one.counts_through,
        )
        for one in standing
    )


def _subject_name(one: EarlierPass, programme: Programme) -> str:
    specialty = one.specialty_code or None
    return programme.subject(one.subject_code, level=one.level_code, specialty=specialty).name


def verdict_of(reading: Reading, *, now: datetime) -> str:
    """Return in plain words whether what was typed meets the chosen condition; empty where none is chosen."""
    verdict = rules.condition_verdict(reading.answers, reading.offer, today=now.astimezone(SHANGHAI).date())
    return labels.verdict_sentence(verdict.outcome, years_short=verdict.years_short) if verdict else ""


@dataclass(frozen=True)
class TimelineLine:
    """One thing that happened, in words."""

    at: datetime
    label: str
    by: str
    reason: str


def timeline_of(application: Application, *, names_staff: bool) -> tuple[TimelineLine, ...]:
    """Return what happened to an application, oldest first. One query.

    Only the desk sees which colleague acted, who took a case on the table, and what was proposed and not yet decided.
    """
    changes = audit.history_of(application)
    return tuple(
        TimelineLine(
            at=change.at,
            label=str(labels.EVENTS.get(change.event, change.event)),
            by=change.actor_name if names_staff and change.actor_kind == ActorKind.STAFF else "",
            reason=str(labels.STORED_REASONS.get(change.reason, change.reason))
            if names_staff or change.event not in labels.AMONG_COLLEAGUES
            else "",
        )
        for change in changes
        if names_staff or change.event not in labels.DESK_ONLY
    )
