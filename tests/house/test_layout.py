"""Files bear the names of the vocabulary, stay within their budgets, and stand in the room that HOUSE gives them."""

import ast
from pathlib import Path

import pytest

from tests.house.survey import CONTRACTS, NOUNS, PHASES, ROOT, SOURCE, python_files

VOCABULARY = {
    "__init__", "errors", "states", "rules", "models", "queries", "actions", "forms", "views", "tasks", "documents",
    "api", "fields", "adapters", "templatetags", "apps", "urls", "admin", "management", "migrations",
}  # fmt: skip
KERNEL = {
    "errors", "clock", "ids", "actors", "workdays", "identity", "names", "money", "masking", "crypto", "merkle",
    "states", "digests", "pictures", "parents", "spread", "__init__",
}  # fmt: skip
FILE_LINES_MOST = 400
FUNCTION_LINES_MOST = 70
VIEW_LINES_MOST = 20
TEMPLATE_AUDIENCES = {"public", "candidate", "desk"}


def test_every_phase_of_the_contract_is_a_folder_and_no_folder_is_outside_it() -> None:
    folders = {path.name for path in SOURCE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == set(PHASES)


def test_every_folder_that_acts_is_under_the_contract_of_what_knows_what() -> None:
    """A phase, or a matter within one, that has actions: its files know only the files below them."""
    acting = {
        path.parent for path in SOURCE.rglob("actions*") if "__pycache__" not in path.parts and path.suffix != ".pyc"
    }
    names = {f"jinbang.{'.'.join(folder.relative_to(SOURCE).parts)}" for folder in acting}
    inside = next(one for one in CONTRACTS if one["name"].startswith("Inside a phase"))
    assert names - set(inside["containers"]) == set()


def test_no_file_has_an_unlisted_name() -> None:
    strangers = []
    for phase in PHASES:
        allowed = KERNEL if phase == "kernel" else VOCABULARY | set(NOUNS.get(phase, ()))
        for path in (SOURCE / phase).iterdir():
            if path.name == "__pycache__" or path.suffix in {".toml", ".typ"} or path.name == "programmes":
                continue
            if path.stem not in allowed:
                strangers.append(f"{phase}/{path.name}")
    assert strangers == []


def test_no_listed_noun_is_without_its_file() -> None:
    absent = [
        f"{phase}/{noun}"
        for phase, nouns in NOUNS.items()
        for noun in nouns
        if not (SOURCE / phase / f"{noun}.py").exists() and not (SOURCE / phase / noun).is_dir()
    ]
    assert absent == []


def functions(path: Path) -> list[ast.FunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def lines_of(function: ast.FunctionDef) -> int:
    """Count the lines of the body after its docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_files_and_functions_stay_within_their_budgets() -> None:
    over = []
    for path in python_files():
        name = path.relative_to(ROOT)
        count = len(path.read_text(encoding="utf-8").splitlines())
        if count > FILE_LINES_MOST:
            over.append(f"{name}: {count} lines")
        over += [f"{name}:{f.name}: {lines_of(f)} lines" for f in functions(path) if lines_of(f) > FUNCTION_LINES_MOST]
    assert over == []


def test_views_are_short_and_ask_no_database() -> None:
    wrong = []
    for path in SOURCE.rglob("views/*.py"):
        name = path.relative_to(ROOT)
        text = path.read_text(encoding="utf-8")
        if ".objects" in text:
            wrong.append(f"{name}: asks the database")
        wrong += [f"{name}:{f.name}: {lines_of(f)} lines" for f in functions(path) if lines_of(f) > VIEW_LINES_MOST]
    assert wrong == []


def test_past_two_arguments_are_named() -> None:
    wrong = []
    for path in python_files():
        if path.parent.name in {"views", "templatetags", "adapters"} or path.stem in {"adapters", "middleware", "rsgi"}:
            continue  # called by a framework that passes by position
        for function in functions(path):
            plain = [a for a in function.args.args if a.arg not in {"self", "cls"}]
            if len(plain) > 2 and not function.name.startswith("_"):  # two is the rule
                wrong.append(f"{path.relative_to(ROOT)}:{function.name}")
    assert wrong == []


@pytest.mark.parametrize("path", sorted(p for p in (ROOT / "templates").iterdir() if p.is_dir()), ids=lambda p: p.name)
def test_templates_stand_in_phase_and_audience(path: Path) -> None:
    if path.name not in PHASES:
        assert path.name in {"account", "allauth", "mfa", "socialaccount", "usersessions", "django"}
        return
    wrong = [
        str(file.relative_to(ROOT))
        for file in path.rglob("*.html")
        if file.relative_to(path).parts[0] not in TEMPLATE_AUDIENCES and not file.name.startswith("_")
    ]
    assert wrong == []
