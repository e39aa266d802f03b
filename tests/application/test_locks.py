"""What a return unlocks and what stays as it was submitted. No database."""

import pytest

from jinbang.application import locks
from jinbang.application.errors import LineLocked, NotEditable
from jinbang.application.rules import Task
from jinbang.application.states import ApplicationState

RETURNED, DRAFT = ApplicationState.RETURNED, ApplicationState.DRAFT
ITEM = "学历证书"
LINE = f"evidence:{ITEM}"


@pytest.mark.parametrize("task", Task)
def test_a_draft_and_a_return_without_lines_are_open_throughout(task: Task) -> None:
    assert locks.may_edit(task, state=DRAFT, asked=())
    assert locks.may_edit(task, state=RETURNED, asked=())


@pytest.mark.parametrize("state", [one for one in ApplicationState if one not in {DRAFT, RETURNED}])
def test_nothing_else_is_ever_open(state: ApplicationState) -> None:
    for task in Task:
        assert not locks.may_edit(task, state=state, asked=())
        assert not locks.may_edit(task, state=state, asked=(task.value,))
        with pytest.raises(NotEditable):
            locks.require_may_edit(task, state=state, asked=(task.value,))


@pytest.mark.parametrize(
    "asked,opened",
    [
        ((Task.PHOTO,), {Task.PHOTO}),
        ((Task.EMPLOYER,), {Task.EMPLOYER}),
        ((Task.SPECIALTY,), {Task.SPECIALTY, Task.SUBJECTS}),
        ((Task.CONDITION,), {Task.CONDITION, Task.EDUCATION, Task.EVIDENCE}),
        ((Task.EDUCATION,), {Task.CONDITION, Task.EDUCATION, Task.EVIDENCE}),
        ((Task.LEVEL,), set(Task) - {Task.EMPLOYER, Task.PHOTO}),
        ((Task.PHOTO, Task.SITE), {Task.PHOTO, Task.SITE}),
        ((LINE,), {Task.EVIDENCE}),
        (("identity",), set()),
    ],
)
def test_a_return_opens_what_it_names_and_what_rests_on_that(asked: tuple[str, ...], opened: set[Task]) -> None:
    assert locks.unlocked_tasks(RETURNED, asked) == opened | {Task.DECLARATION}
    for task in set(Task) - opened - {Task.DECLARATION}:
        with pytest.raises(LineLocked):
            locks.require_may_edit(task, state=RETURNED, asked=asked)


@pytest.mark.parametrize(
    "asked,item,is_open",
    [
        ((LINE,), ITEM, True),
        ((LINE,), "从事社会工作年限证明", False),
        ((LINE, Task.EVIDENCE), "从事社会工作年限证明", True),
        ((LINE, Task.CONDITION), "从事社会工作年限证明", True),
        ((LINE, Task.PHOTO), "从事社会工作年限证明", False),
        ((Task.EVIDENCE,), ITEM, True),
        ((Task.PHOTO,), ITEM, False),
    ],
)
def test_one_item_asked_for_leaves_the_others_locked(asked: tuple[str, ...], item: str, *, is_open: bool) -> None:
    assert locks.may_edit(Task.EVIDENCE, state=RETURNED, asked=asked, item=item) is is_open
