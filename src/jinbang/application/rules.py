"""What may be chosen, what is still missing, who may decide and by when. Pure: the caller brings today and the facts.

Everything that depends on the programme is asked of the programme. `actions` applies these to one application and, row
by row, to a group entry; the task-list page shows the same answers.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Final, assert_never
from uuid import UUID

from jinbang.application.answers import (
    CHOICES,
    EVIDENCE_LINE,
    Answers,
    EvidencePage,
    Offer,
    SiteFacts,
    Task,
    TaskStatus,
)
from jinbang.application.eligibility import Background, Fit, try_conditions
from jinbang.application.errors import (
    ApplicationIncomplete,
    ChoiceUnknown,
    ConditionNotMet,
    NotEditable,
    NotIndependent,
    ReasonMissing,
    SiteNotOffered,
    SubjectsIncomplete,
)
from jinbang.application.passes import Choice, EarlierPass, counting_for, passes_standing, require_specialty_free
from jinbang.application.states import ApplicationState
from jinbang.catalogue.programme import (
    WHOLE_LEVEL,
    Condition,
    Education,
    Level,
    Subject,
    Track,
    is_whole_level,
)
from jinbang.catalogue.regulations import EvidenceRule
from jinbang.catalogue.rules import ConditionVerdict
from jinbang.kernel.clock import SHANGHAI
from jinbang.kernel.workdays import end_of_day, start_of_day, working_days_between
from jinbang.sittings.states import SitePolicy, WindowKind

NO_EDUCATION_LISTED: Final = "none"
"""What a person answers who holds none of the educations that a condition could ask for."""

WORK_YEARS_MAX: Final = 60

__all__ = ("CHOICES", "EVIDENCE_LINE", "Answers", "EvidencePage", "Offer", "SiteFacts", "Task", "TaskStatus")
"""What the rest of the phase reads through here from `answers`; everything else below is public as well."""


def tasks_for(answers: Answers, offer: Offer) -> tuple[Task, ...]:
    """Return the pages this person has to go through; specialty, track and site only where there is a choice."""
    level = offer.programme.level(answers.level_code) if answers.level_code else None
    left_out: set[Task] = set()
    if level is None or not level.specialties:
        left_out.add(Task.SPECIALTY)
    if level is None or not level.tracks:
        left_out.add(Task.TRACK)
    if level is not None and not conditions_offered(answers, offer):
        left_out.add(Task.CONDITION)
    if not offer.asks_commitment or answers.is_vouched_for:
        left_out.add(Task.COMMITMENT)
    if not evidence_needed(answers, offer):
        left_out.add(Task.EVIDENCE)
    if offer.policy_for(answers.level_code) is SitePolicy.CENTRE:
        left_out.add(Task.SITE)
    return tuple(task for task in Task if task not in left_out)


def is_done(task: Task, *, answers: Answers, offer: Offer) -> bool:
    """Whether this page has been answered."""
    answered: Mapping[Task, bool] = {
        Task.LEVEL: bool(answers.level_code),
        Task.SPECIALTY: bool(answers.specialty_code),
        Task.TRACK: bool(answers.track_code),
        Task.EDUCATION: bool(answers.education) and answers.work_years is not None,
        Task.CONDITION: bool(answers.condition_code),
        Task.SUBJECTS: bool(answers.subject_codes),
        Task.EMPLOYER: bool(answers.employer),
        Task.SITE: answers.site_id is not None,
        Task.PHOTO: answers.has_photo,
        Task.COMMITMENT: answers.has_commitment_answer,
        Task.EVIDENCE: not evidence_missing(answers, offer),
        Task.DECLARATION: False,  # agreeing is the act of submitting
    }
    return answered[task]


def unfinished(answers: Answers, offer: Offer, *, leaves_out: Collection[Task] = ()) -> tuple[Task, ...]:
    """Return what is still missing before the declaration can be read, in the order of the pages."""
    return tuple(
        task
        for task in tasks_for(answers, offer)
        if task is not Task.DECLARATION and task not in leaves_out and not is_done(task, answers=answers, offer=offer)
    )


def progress(answers: Answers, offer: Offer) -> tuple[tuple[Task, TaskStatus], ...]:
    """Return every page with its status. The first that is not done is the next one; there always is one."""
    statuses: list[tuple[Task, TaskStatus]] = []
    has_next = False
    for task in tasks_for(answers, offer):
        if is_done(task, answers=answers, offer=offer):
            statuses.append((task, TaskStatus.DONE))
        else:
            statuses.append((task, TaskStatus.LATER if has_next else TaskStatus.NEXT))
            has_next = True
    return tuple(statuses)


def has_chosen(answers: Answers, offer: Offer) -> bool:
    """Whether level, specialty and track stand, as far as there is a choice: what else is asked depends on them."""
    return not any(task in CHOICES for task in unfinished(answers, offer))


def may_open(task: Task, *, answers: Answers, offer: Offer) -> bool:
    """Whether this page can be filled in now: done before, or the next; after the choices all others are free."""
    if task not in tasks_for(answers, offer):
        return False
    missing = unfinished(answers, offer)
    if task is Task.DECLARATION:
        return not missing
    first_missing_choice = next((one for one in missing if one in CHOICES), None)
    if first_missing_choice is not None:
        return task is first_missing_choice or is_done(task, answers=answers, offer=offer)
    return task is not Task.CONDITION or Task.EDUCATION not in missing


# ---------------------------------------------------------------- evidence


def evidence_items(answers: Answers, offer: Offer) -> tuple[str, ...]:
    """Return what proves the chosen condition and the exemptions of the chosen track, as the notice names it."""
    items = [
        item
        for one in conditions_offered(answers, offer)
        if one.code == answers.condition_code
        for item in one.evidence
    ]
    if answers.level_code and not is_whole_level(answers.track_code):
        items += offer.programme.track(answers.track_code, level=answers.level_code).evidence
    return tuple(dict.fromkeys(items))


def is_evidence_demanded(answers: Answers, offer: Offer) -> bool:
    """Whether evidence must be there before submitting.

    Under the informed commitment (告知承诺制) no documents are asked; who does not choose it, or may not, brings them.
    Nobody is asked whose originals a counter has seen, or for whom a list answers: only a return asks them by name.
    """
    if answers.is_vouched_for:
        return False
    rule = offer.programme.application.evidence
    match rule:
        case EvidenceRule.BEFORE_SUBMITTING:
            return True
        case EvidenceRule.UNLESS_COMMITTED:
            return answers.has_commitment_answer and not answers.is_committed
        case EvidenceRule.AFTER_PASSING:
            return False
        case _:
            assert_never(rule)


def evidence_needed(answers: Answers, offer: Offer) -> tuple[str, ...]:
    """Return the items that have to be given now: what the notice demands, and what a return asked for by name."""
    demanded = evidence_items(answers, offer) if is_evidence_demanded(answers, offer) else ()
    return tuple(dict.fromkeys((*demanded, *asked_items(answers.asked))))


def evidence_missing(answers: Answers, offer: Offer) -> tuple[str, ...]:
    """Return the items needed of which not a single page is there."""
    given = {page.item for page in answers.evidence}
    return tuple(item for item in evidence_needed(answers, offer) if item not in given)


def asked_items(asked: Collection[str]) -> tuple[str, ...]:
    """Return the items of evidence among the lines of a return."""
    return tuple(line.removeprefix(EVIDENCE_LINE) for line in asked if line.startswith(EVIDENCE_LINE))


# ---------------------------------------------------------------- what the programme offers


def conditions_offered(answers: Answers, offer: Offer) -> tuple[Condition, ...]:
    """Return the conditions of the chosen level and track; none where the notice names none."""
    if not answers.level_code:
        return ()
    return offer.programme.conditions_for(level=answers.level_code, track=answers.track_code)


def subjects_offered(answers: Answers, offer: Offer) -> tuple[Subject, ...]:
    """Return what a person of the chosen level, specialty and track may sit, in the order of the timetable."""
    if not answers.level_code:
        return ()
    return offer.programme.subjects_for(
        level=answers.level_code, specialty=answers.specialty_code or None, track=answers.track_code
    )


def subjects_kept(answers: Answers, offer: Offer) -> Mapping[str, EarlierPass]:
    """Return the earlier passes that count for the choices made, by subject: these need not be applied for again."""
    here = Choice(answers.level_code, answers.specialty_code, answers.track_code)
    standing = passes_standing(answers.passes, year=offer.year)
    return counting_for(here, standing, programme=offer.programme) if answers.level_code else {}


def needs_every_subject(answers: Answers, offer: Offer) -> bool:
    """Whether all subjects must be passed at once, so that applying for some of them would be in vain."""
    validity = offer.programme.validity_for(level=answers.level_code, track=answers.track_code)
    return validity.same_sitting or (validity.consecutive_sittings == 1 and validity.resits is None)


def require_level(code: str, offer: Offer) -> Level:
    """Refuse a level that the programme does not have."""
    for level in offer.levels:
        if level.code == code:
            return level
    raise ChoiceUnknown(kind="level", choice=code)


def require_specialty(code: str, level: Level) -> None:
    """Refuse a specialty that the level does not have, and none where it has some."""
    if not level.specialties and not code:
        return
    if code not in {specialty.code for specialty in level.specialties}:
        raise ChoiceUnknown(kind="specialty", choice=code)


def require_track(code: str, level: Level | None) -> None:
    """Refuse a track that the level does not have; sitting every subject is always possible."""
    if not is_whole_level(code) and code not in {track.code for track in (level.tracks if level else ())}:
        raise ChoiceUnknown(kind="track", choice=code)


def require_subjects(codes: tuple[str, ...], *, answers: Answers, offer: Offer) -> tuple[str, ...]:
    """Return the chosen subjects in the order of the timetable. Refuses unknown ones, none, and too few."""
    offered = subjects_offered(answers, offer)
    unknown = set(codes) - {subject.code for subject in offered}
    if unknown or not codes:
        raise ChoiceUnknown(kind="subject", choice="、".join(sorted(unknown)))
    kept = subjects_kept(answers, offer)
    missing = [subject.name for subject in offered if subject.code not in codes and subject.code not in kept]
    if missing and needs_every_subject(answers, offer):
        raise SubjectsIncomplete(missing="、".join(missing))
    return tuple(subject.code for subject in offered if subject.code in codes)


def condition_verdict(answers: Answers, offer: Offer, *, today: date) -> ConditionVerdict | None:
    """Judge the chosen condition from what was typed; None where no condition is chosen."""
    tried = conditions_tried(answers, offer, today=today)
    return next((fit.verdict for fit in tried if fit.condition.code == answers.condition_code), None)


def conditions_tried(answers: Answers, offer: Offer, *, today: date) -> tuple[Fit, ...]:
    """Try every condition offered for this person: those that fit first, then the nearest."""
    return try_conditions(conditions_offered(answers, offer), _background(answers), today=today)


def _background(answers: Answers) -> Background:
    listed = answers.education and answers.education != NO_EDUCATION_LISTED
    education = Education(answers.education) if listed else None
    return Background(education, answers.graduated_on, answers.work_years or 0)


def require_condition(answers: Answers, offer: Offer, *, today: date) -> None:
    """Refuse a condition that is not offered, or that the typed education and years do not meet."""
    offered = conditions_offered(answers, offer)
    if not offered and not answers.condition_code:
        return
    verdict = condition_verdict(answers, offer, today=today)
    if verdict is None:
        raise ChoiceUnknown(kind="condition", choice=answers.condition_code)
    if not verdict.is_met:
        raise ConditionNotMet(outcome=verdict.outcome, years_short=verdict.years_short)


def require_site(site: SiteFacts | None, *, region_id: UUID, policy: SitePolicy) -> None:
    """Refuse a site of another region, one that is no registration point where that is asked, and any if placed."""
    match policy:
        case SitePolicy.CENTRE:
            offered = site is None
        case SitePolicy.POINT:
            offered = site is not None and site.region_id == region_id and site.is_registration_point
        case SitePolicy.CANDIDATE:
            offered = site is not None and site.region_id == region_id
        case _:
            assert_never(policy)
    if not offered:
        raise SiteNotOffered(policy=policy)


def require_complete(answers: Answers, offer: Offer, *, today: date, needs_photo: bool = True) -> None:
    """Refuse to submit while anything is missing or the choices do not go together; judge the condition again.

    A group entry may bring photos later, and with them the evidence; it asks nobody for a commitment.
    """
    later = set() if needs_photo else {Task.PHOTO, Task.EVIDENCE, Task.COMMITMENT}
    level = require_level(answers.level_code, offer) if answers.level_code else None
    require_track(answers.track_code, level)
    missing = unfinished(answers, offer, leaves_out=later)
    if missing or level is None:
        raise ApplicationIncomplete(missing=missing)
    require_specialty(answers.specialty_code, level)
    require_specialty_free(
        answers.specialty_code, level=level, standing=passes_standing(answers.passes, year=offer.year)
    )
    require_subjects(answers.subject_codes, answers=answers, offer=offer)
    require_condition(answers, offer, today=today)


def require_editable(state: ApplicationState) -> None:
    """Refuse to change what was submitted; only a return by review unlocks it."""
    if not state.is_editable:
        raise NotEditable(state=state)


def require_independent_reviewer(*, entered_by_id: UUID | None, reviewer_id: UUID | None) -> None:
    """Refuse a reviewer who entered this application: nobody decides on their own work."""
    if entered_by_id is not None and entered_by_id == reviewer_id:
        raise NotIndependent


def require_reason(reason: str) -> str:
    """Return the reason without outer spaces. Refuses an empty one: the candidate must know what to do."""
    if not reason.strip():
        raise ReasonMissing
    return reason.strip()


def working_days_left(now: datetime, due_at: datetime, *, is_working: Callable[[date], bool]) -> int:
    """Return how many working days a reviewer still has: 0 on the last one, negative once it is over.

    A deadline is written as the end of a day, so the day it belongs to is that of the instant before it.
    """
    today = now.astimezone(SHANGHAI).date()
    last_day = (due_at - timedelta(microseconds=1)).astimezone(SHANGHAI).date()
    return working_days_between(today, last_day, is_working=is_working)


def windows_for_submitting(state: ApplicationState, *, is_on_site: bool) -> tuple[WindowKind, ...]:
    """Return the windows in any of which this may be submitted.

    What was returned may come back as long as reviewing goes on, or a return on the last day would be a refusal.
    """
    kinds = (WindowKind.ON_SITE_APPLICATION if is_on_site else WindowKind.APPLICATION,)
    return (*kinds, WindowKind.REVIEW) if state is ApplicationState.RETURNED else kinds


def tracks_offered(level: Level) -> tuple[tuple[str, str, Track | None], ...]:
    """Return code, official name and track of each way through the level, sitting every subject first."""
    return ((WHOLE_LEVEL, "", None), *((track.code, track.name, track) for track in level.tracks))


def hold_ends(*, touched_at: datetime, days: int) -> datetime:
    """Return when a draft that nobody touches loses its place: so many whole days after the day it was touched."""
    return end_of_day(touched_at.astimezone(SHANGHAI).date() + timedelta(days=days))


def untouched_since(*, now: datetime, days: int) -> datetime:
    """Return the instant before which a draft was touched whose hold is over by now: `hold_ends` turned round."""
    return start_of_day(now.astimezone(SHANGHAI).date() - timedelta(days=days))
