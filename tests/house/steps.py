"""The numbered steps of docs/cycles and the functions that carry their numbers.

A step names its functions in backticks as `phase.function` (or `phase.Class.method`); a name without its phase belongs
to the phase named last in the step, and a star stands for every ending. In the code the number stands right above the
function, decorators included, as `# Step 4 of docs/cycles/application.md.`, one line for each step it is part of.
`python -m tests.house.steps` writes the comments anew from the papers, so a step can be put in between others.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.house.survey import PHASES, ROOT, SOURCE, python_files

CYCLES = ROOT / "docs" / "cycles"
STEP = re.compile(r"^(?P<number>\d+)\. (?P<text>.*?)(?=^\d+\. |\Z|^\n(?! ))", re.DOTALL | re.MULTILINE)
NAME = re.compile(r"`(?:(?P<phase>[a-z]+)\.)?(?P<name>(?:[A-Z][A-Za-z]+\.)?[a-z]+(?:_[a-z]+)*(?:_\*)?)`")
MARK = re.compile(r"# Step (?P<number>\d+) of docs/cycles/(?P<paper>[a-z-]+)\.md\.")
ANY_MARK = re.compile(r"# .*\b[Ss]teps?\b.*docs/cycles")
NOT_ACTS = {"views", "tasks", "queries", "forms", "rules"}


class Part(NamedTuple):
    """A function that is part of a step."""

    paper: str
    number: int
    function: str  # with its phase

    def __str__(self) -> str:
        """Name it as the comment does."""
        return f"{self.function}: # Step {self.number} of docs/cycles/{self.paper}.md."


@cache
def functions() -> dict[str, tuple[Path, ast.FunctionDef]]:
    """Return every function and method that a step may name, by phase and name."""
    found = {}
    for path in python_files():
        parts = path.relative_to(SOURCE).with_suffix("").parts
        if NOT_ACTS & set(parts):
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                found[f"{parts[0]}.{node.name}"] = (path, node)
            if isinstance(node, ast.ClassDef):
                methods = (part for part in node.body if isinstance(part, ast.FunctionDef))
                found.update({f"{parts[0]}.{node.name}.{method.name}": (path, method) for method in methods})
    return {name: where for name, where in found.items() if "._" not in name}


def steps_of(paper: Path) -> dict[int, str]:
    """Return the numbered steps of a paper."""
    text = paper.read_text(encoding="utf-8")
    section = text.split("\n## Steps\n", 1)[1].split("\n## ", 1)[0].split("\n<!--", 1)[0]
    return {int(match["number"]): match["text"] for match in STEP.finditer(section)}


def named(text: str, *, known: dict[str, tuple[Path, ast.FunctionDef]]) -> Iterator[str]:
    """Yield the functions that a step names. A name with a phase is yielded even where there is no such function."""
    phase = ""
    for match in NAME.finditer(text):
        if match["phase"] in PHASES:
            phase = match["phase"]
        elif match["phase"]:
            continue
        full = f"{phase}.{match['name']}"
        if full.endswith("*"):
            yield from (name for name in known if name.startswith(full[:-1]))
        elif match["phase"] or full in known:
            yield full


@cache
def parts_named() -> frozenset[Part]:
    """Return what the papers say."""
    known = functions()
    return frozenset(
        Part(paper.stem, number, name)
        for paper in CYCLES.glob("*.md")
        for number, text in steps_of(paper).items()
        for name in named(text, known=known)
    )


@cache
def parts_marked() -> frozenset[Part]:
    """Return what the code says: the comments right above each function."""
    found = set()
    read = cache(lambda path: path.read_text(encoding="utf-8").splitlines())
    for name, (path, node) in functions().items():
        lines = read(path)
        above = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)]) - 2
        while above >= 0 and lines[above].lstrip().startswith("#"):
            if match := MARK.fullmatch(lines[above].strip()):
                found.add(Part(match["paper"], int(match["number"]), name))
            above -= 1
    return frozenset(found)


def write_marks() -> None:
    """Write the comments of the whole program anew, as the papers number their steps.

    Fails before it writes anything where a paper names what is no function.
    """
    if unknown := sorted(str(part) for part in parts_named() if part.function not in functions()):
        raise SystemExit("No such function: " + "; ".join(unknown))
    for path in python_files():
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not MARK.fullmatch(line.strip())]
        if kept != lines:
            path.write_text("".join(kept), encoding="utf-8")
    functions.cache_clear()
    wanted: dict[Path, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for part in sorted(parts_named()):
        path, node = functions()[part.function]
        above = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)]) - 1
        mark = f"# Step {part.number} of docs/cycles/{part.paper}.md."
        wanted[path][above].append(f"{' ' * node.col_offset}{mark}\n")
    for path, marks in wanted.items():
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        for above in sorted(marks, reverse=True):
            lines[above:above] = marks[above]
        path.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    write_marks()
