"""What a candidate may still change: all of a draft, nothing of what was submitted, of a return what it asks for. Pure.

A return names lines (`LineRequest`): the code of a page, or `evidence:` and one item. Each opens with what rests on it,
because another level has other specialties, conditions and subjects. A return that names no line opens everything.
"""

from collections.abc import Collection, Mapping
from typing import Final

from jinbang.application import rules
from jinbang.application.errors import LineLocked
from jinbang.application.rules import Task
from jinbang.application.states import ApplicationState

OPENS: Final[Mapping[Task, tuple[Task, ...]]] = {
    Task.LEVEL: (
        Task.SPECIALTY,
        Task.TRACK,
        Task.EDUCATION,
        Task.CONDITION,
        Task.SUBJECTS,
        Task.SITE,
        Task.COMMITMENT,
        Task.EVIDENCE,
    ),
    Task.SPECIALTY: (Task.SUBJECTS,),
    Task.TRACK: (Task.EDUCATION, Task.CONDITION, Task.SUBJECTS, Task.COMMITMENT, Task.EVIDENCE),
    Task.EDUCATION: (Task.CONDITION, Task.EVIDENCE),
    Task.CONDITION: (Task.EDUCATION, Task.EVIDENCE),
    Task.COMMITMENT: (Task.EVIDENCE,),
}
"""What a return that asks for one line opens with it, because it rests on that line."""


def unlocked_tasks(state: ApplicationState, asked: Collection[str]) -> frozenset[Task]:
    """Return the pages that may be changed: all of a draft; of a return the lines it names, and what rests on them.

    A return that names no line opens everything. Agreeing again is always the candidate's own.
    """
    if not state.is_editable:
        return frozenset()
    if state is ApplicationState.DRAFT or not asked:
        return frozenset(Task)
    named = {Task(line) for line in asked if line in set(Task)}
    with_evidence = {Task.EVIDENCE} if rules.asked_items(asked) else set()
    return frozenset(
        named | with_evidence | {Task.DECLARATION} | {below for one in named for below in OPENS.get(one, ())}
    )


def may_edit(task: Task, *, state: ApplicationState, asked: Collection[str], item: str = "") -> bool:
    """Whether this page may be changed now; of the evidence, whether this item may, where a return named only some."""
    if task not in unlocked_tasks(state, asked):
        return False
    items = rules.asked_items(asked)
    is_whole = not items or any(Task.EVIDENCE in OPENS.get(Task(one), ()) for one in asked if one in set(Task))
    return task is not Task.EVIDENCE or not item or is_whole or Task.EVIDENCE in asked or item in items


def require_may_edit(task: Task, *, state: ApplicationState, asked: Collection[str], item: str = "") -> None:
    """Refuse to change what was submitted, and of what was returned the lines that nobody asked for."""
    rules.require_editable(state)
    if not may_edit(task, state=state, asked=asked, item=item):
        raise LineLocked(line=item or task)
