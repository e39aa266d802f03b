"""The steps of the form as a candidate sees them: what is done, what comes next, what is asked for, what is locked.

Reads only, for an application that a loader of `queries` has handed out. Which pages there are and what is unlocked is
decided by `rules` and `locks`.
"""

from dataclasses import dataclass, replace
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise

from jinbang.application import labels, locks, papers, queries, rules, versions
from jinbang.application.errors import EvidenceNotAsked
from jinbang.application.evidence import PAGES_MAX, item_key
from jinbang.application.models import Application, Evidence
from jinbang.application.queries import Reading
from jinbang.application.reviewing import APPEAL_ITEM
from jinbang.application.rules import Answers, Offer, Task, TaskStatus
from jinbang.application.states import ApplicationState
from jinbang.people.queries import Candidate


@dataclass(frozen=True)
class Step:
    """One line of the list: a page of the form, or one item of evidence that a return asks for by name."""

    task: Task
    status: TaskStatus
    can_open: bool
    item: str = ""
    words: str = ""  # the reviewer's, beside what is asked for

    @property
    def label(self) -> Promise | str:
        """The name of the page, or of the item."""
        return self.item or labels.TASKS[self.task]

    @property
    def status_label(self) -> Promise:
        """The word beside it."""
        return labels.TASK_STATUSES[self.status]

    @property
    def path(self) -> str:
        """The page's address below the application's own."""
        return f"{self.task}/{item_key(self.item)}/" if self.item else f"{self.task}/"

    @property
    def key(self) -> str:
        """What tells this line from the others on a page."""
        return f"{self.task}-{item_key(self.item)}" if self.item else self.task.value


@dataclass(frozen=True)
class Steps:
    """The whole list. `asked` and `opened` are empty but after a return that names lines."""

    asked: tuple[Step, ...]
    opened: tuple[Step, ...]
    others: tuple[Step, ...]
    following: Step


def steps_of(reading: Reading) -> Steps:
    """Return the steps of an application that is the candidate's to change. Two queries, after a return only."""
    answers, offer = reading.answers, reading.offer
    lines = [
        Step(task, status, rules.may_open(task, answers=answers, offer=offer))
        for task, status in rules.progress(answers, offer)
    ]
    following = next(line for line in lines if line.status is TaskStatus.NEXT)
    if not answers.asked:
        return Steps((), (), tuple(lines), following)
    return _after_return(reading.application, answers, lines)


def _after_return(application: Application, answers: Answers, lines: list[Step]) -> Steps:
    state = ApplicationState(application.state)
    last = queries.find_last_submitted(application)
    changed = set(versions.changed_lines(last, answers)) if last else set()
    asked = _asked(application, lines, changed)
    named = {step.task for step in asked if not step.item} | {Task.EVIDENCE for step in asked if step.item}
    rest = [line for line in lines if line.task not in named]
    opened = [line for line in rest if locks.may_edit(line.task, state=state, asked=answers.asked)]
    others = [replace(line, status=TaskStatus.LOCKED, can_open=False) for line in rest if line not in opened]
    missing = [line for line in opened if line.status is TaskStatus.NEXT and line.task is not Task.DECLARATION]
    to_change = [line for line in asked if line.status is TaskStatus.ASKED]
    declaration = next(line for line in lines if line.task is Task.DECLARATION)
    following = next(iter((*to_change, *missing)), declaration)
    return Steps(asked, tuple(line for line in opened if line.task is not Task.DECLARATION), tuple(others), following)


def _asked(application: Application, lines: list[Step], changed: set[str]) -> tuple[Step, ...]:
    """Return a line for each that was asked for and stands here; evidence by its item."""
    here = {line.task: line for line in lines}
    steps = []
    for request in queries.line_requests_of(application):
        status = TaskStatus.CHANGED if request.line in changed else TaskStatus.ASKED
        if request.line.startswith(rules.EVIDENCE_LINE):
            item = request.line.removeprefix(rules.EVIDENCE_LINE)
            steps.append(Step(Task.EVIDENCE, status, can_open=True, item=item, words=request.words))
        elif request.line in here:
            line = here[Task(request.line)]
            steps.append(replace(line, status=status, words=request.words))
    return tuple(steps)


def onwards(application_id: UUID, *, by: Candidate) -> str:
    """Return the address of the next thing to do: a page, what a return asks for, at last reading and submitting."""
    reading = queries.reading_of(queries.get_own_application(application_id, by=by))
    return f"{reverse('application:show', args=[application_id])}{steps_of(reading).following.path}"


# ---------------------------------------------------------------- evidence


@dataclass(frozen=True)
class ItemPages:
    """One item of evidence with the pages given for it."""

    item: str
    pages: tuple[Evidence, ...]
    can_edit: bool
    words: str = ""

    @property
    def key(self) -> str:
        """How its address names it."""
        return item_key(self.item)

    @property
    def places_left(self) -> int:
        """How many more pages it takes."""
        return PAGES_MAX - len(self.pages)


def evidence_of(reading: Reading) -> tuple[ItemPages, ...]:
    """Return every item that is needed, with its pages, and whether it may be changed now. Two queries at most."""
    application, answers = reading.application, reading.answers
    state = ApplicationState(application.state)
    pages = [page for page in papers.evidence_pages_of(application) if page.item != APPEAL_ITEM]
    words = {request.line: request.words for request in queries.line_requests_of(application)}
    return tuple(
        ItemPages(
            item,
            tuple(page for page in pages if page.item == item),
            locks.may_edit(Task.EVIDENCE, state=state, asked=answers.asked, item=item),
            words.get(f"{rules.EVIDENCE_LINE}{item}", ""),
        )
        for item in _items_shown(answers, reading.offer, pages)
    )


def _items_shown(answers: Answers, offer: Offer, pages: list[Evidence]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*rules.evidence_needed(answers, offer), *(page.item for page in pages))))


def get_item(reading: Reading, key: str) -> ItemPages:
    """Return the item that an address names. Refuses one that nothing asks for."""
    for one in evidence_of(reading):
        if one.key == key:
            return one
    raise EvidenceNotAsked
