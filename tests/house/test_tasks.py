"""Tasks call actions and decide nothing; actions enqueue tasks by dotted names that resolve and have a label."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from jinbang.audit.long_work import Holding, task_named
from jinbang.portal.work import TASKS
from tests.house.survey import ROOT, SOURCE, python_files

DOTTED = re.compile(r"jinbang\.\w+\.tasks\.\w+")


def words(path: Path) -> Iterator[str]:
    """Yield every string of a file that stands for itself."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def is_of_actions(path: Path) -> bool:
    return path.stem == "actions" or path.parent.name == "actions"


ENQUEUED = {
    word: path.relative_to(SOURCE)
    for path in python_files()
    if is_of_actions(path)
    for word in words(path)
    if DOTTED.fullmatch(word)
}


def tasks_of_holdings() -> set[str]:
    """Return the dotted names of all functions in `tasks` that take a `Holding`."""
    found = set()
    for path in SOURCE.glob("*/tasks.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and any(
                isinstance(argument.annotation, ast.Name) and argument.annotation.id == Holding.__name__
                for argument in node.args.args
            ):
                found.add(f"jinbang.{path.parent.name}.tasks.{node.name}")
    return found


def test_some_work_is_long() -> None:
    assert ENQUEUED


@pytest.mark.parametrize("name", sorted(ENQUEUED))
def test_every_name_that_an_action_enqueues_resolves(name: str) -> None:
    task = task_named(name)
    assert f"{task.__module__}.{task.__name__}" == name
    assert task.__annotations__["keep"] is Holding
    assert name.split(".")[1] == ENQUEUED[name].parts[0], "an action enqueues a task of its own phase"


def test_every_task_is_enqueued_by_an_action_and_called_something_on_screen() -> None:
    assert tasks_of_holdings() == set(ENQUEUED) == set(TASKS)


def test_only_actions_enqueue() -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for path in python_files()
        if not is_of_actions(path)
        and path != SOURCE / "audit" / "long_work.py"
        and re.search(r"\benqueue\(", path.read_text(encoding="utf-8"))
    ]
    assert wrong == []


@pytest.mark.parametrize("path", sorted(SOURCE.glob("*/tasks.py")), ids=lambda path: path.parent.name)
def test_tasks_call_actions_and_ask_no_database(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.search(r"\bactions\b", text)
    for word in (".objects", ".save(", ".move(", "atomic", "models import"):
        assert word not in text, word
