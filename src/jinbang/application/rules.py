"""What may be chosen, what is still missing, who may decide and by when. Pure: the caller brings today and the facts.

Everything that depends on the programme is asked of the programme. `actions` applies these to one application and, row
by row, to a group entry; the task-list page shows the same answers.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, assert_never
from uuid import UUID

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
from jinbang.application.states import ApplicationState
from jinbang.catalogue.programme import (
    WHOLE_LEVEL,
    Condition,
    Education,
    Level,
    Programme,
    Subject,
    Track,
    is_whole_level,
)
from jinbang.catalogue.rules import ConditionVerdict, judge_condition
from jinbang.kernel.clock import SHANGHAI
from jinbang.kernel.workdays import end_of_day, start_of_day, working_days_between
from jinbang.sittings.states import SitePolicy, WindowKind

NO_EDUCATION_LISTED: Final = "none"
"""What a person answers who holds none of the educations that a condition could ask for."""

WORK_YEARS_MAX: Final = 60


class Task(StrEnum):
    """The pages of an application, in the order in which a person meets them."""

    LEVEL = "level"
    SPECIALTY = "specialty"
    TRACK = "track"
    CONDITION = "condition"
    SUBJECTS = "subjects"
    SITE = "site"
    PHOTO = "photo"
    DECLARATION = "declaration"


class TaskStatus(StrEnum):
    """Where a task stands: exactly one is the next."""

    DONE = "done"
    NEXT = "next"
    LATER = "later"


@dataclass(frozen=True)
class Answers:
    """Everything a person has answered so far."""

    level_code: str = ""
    specialty_code: str = ""
    track_code: str = ""
    condition_code: str = ""
    education: str = ""
    graduated_on: date | None = None
    work_years: int | None = None
    employer: str = ""
    subject_codes: tuple[str, ...] = ()
    site_id: UUID | None = None
    has_photo: bool = False


@dataclass(frozen=True)
class Offer:
    """What a sitting offers: of its pinned programme the levels held this time, and who decides the site.

    `held_levels` empty: all of them, because no timetable restricts it.
    """

    programme: Programme
    site_policy: SitePolicy
    held_levels: tuple[str, ...] = ()

    @property
    def levels(self) -> tuple[Level, ...]:
        """The levels that can be applied for."""
        return tuple(one for one in self.programme.levels if not self.held_levels or one.code in self.held_levels)

    def policy_for(self, level: str) -> SitePolicy:
        """Return who decides the site at this level: its own rule first, then the sitting's."""
        own = self.programme.level(level).site_choice if level else None
        return SitePolicy(own.value) if own else self.site_policy


@dataclass(frozen=True)
class SiteFacts:
    """What has to be known of a site to judge whether it can be chosen."""

    region_id: UUID
    is_registration_point: bool


def tasks_for(answers: Answers, offer: Offer) -> tuple[Task, ...]:
    """Return the pages this person has to go through; specialty, track and site only where there is a choice."""
    level = offer.programme.level(answers.level_code) if answers.level_code else None
    left_out: set[Task] = set()
    if level is None or not level.specialties:
        left_out.add(Task.SPECIALTY)
    if level is None or not level.tracks:
        left_out.add(Task.TRACK)
    if offer.policy_for(answers.level_code) is SitePolicy.CENTRE:
        left_out.add(Task.SITE)
    return tuple(task for task in Task if task not in left_out)


def is_done(task: Task, *, answers: Answers, offer: Offer) -> bool:
    """Whether this page has been answered."""
    answered: Mapping[Task, bool] = {
        Task.LEVEL: bool(answers.level_code),
        Task.SPECIALTY: bool(answers.specialty_code),
        Task.TRACK: bool(answers.track_code),
        Task.CONDITION: _has_condition(answers, offer),
        Task.SUBJECTS: bool(answers.subject_codes),
        Task.SITE: answers.site_id is not None,
        Task.PHOTO: answers.has_photo,
        Task.DECLARATION: False,  # agreeing is the act of submitting
    }
    return answered[task]


def _has_condition(answers: Answers, offer: Offer) -> bool:
    told = bool(answers.education and answers.employer) and answers.work_years is not None
    return told and (bool(answers.condition_code) or not conditions_offered(answers, offer))


def unfinished(answers: Answers, offer: Offer, *, needs_photo: bool = True) -> tuple[Task, ...]:
    """Return what is still missing before the declaration can be read, in the order of the pages."""
    return tuple(
        task
        for task in tasks_for(answers, offer)
        if task is not Task.DECLARATION
        and (needs_photo or task is not Task.PHOTO)
        and not is_done(task, answers=answers, offer=offer)
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


def may_open(task: Task, *, answers: Answers, offer: Offer) -> bool:
    """Whether this page can be filled in now: done before, or the next; after the choices all others are free."""
    if task not in tasks_for(answers, offer):
        return False
    missing = unfinished(answers, offer)
    if task is Task.DECLARATION:
        return not missing
    choices = (Task.LEVEL, Task.SPECIALTY, Task.TRACK)
    first_missing_choice = next((one for one in missing if one in choices), None)
    return first_missing_choice is None or task is first_missing_choice or is_done(task, answers=answers, offer=offer)


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
    missing = [subject.name for subject in offered if subject.code not in codes]
    if missing and needs_every_subject(answers, offer):
        raise SubjectsIncomplete(missing="、".join(missing))
    return tuple(subject.code for subject in offered if subject.code in codes)


def condition_verdict(answers: Answers, offer: Offer, *, today: date) -> ConditionVerdict | None:
    """Judge the chosen condition from what was typed; None where no condition is chosen."""
    chosen = next((one for one in conditions_offered(answers, offer) if one.code == answers.condition_code), None)
    if chosen is None:
        return None
    listed = answers.education and answers.education != NO_EDUCATION_LISTED
    return judge_condition(
        chosen,
        education=Education(answers.education) if listed else None,
        work_years=answers.work_years or 0,
        graduated_on=answers.graduated_on,
        today=today,
    )


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
    """Refuse to submit while anything is missing or the choices do not go together; judge the condition again."""
    level = require_level(answers.level_code, offer) if answers.level_code else None
    require_track(answers.track_code, level)
    missing = unfinished(answers, offer, needs_photo=needs_photo)
    if missing or level is None:
        raise ApplicationIncomplete(missing=missing)
    require_specialty(answers.specialty_code, level)
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
