"""What the tests about the house look at: the phases in order, their files, and every class of a kind."""

import importlib
import pkgutil
import tomllib
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from types import ModuleType

import jinbang

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "jinbang"
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS = PYPROJECT["tool"]["importlinter"]["contracts"]
PHASES: tuple[str, ...] = tuple(reversed(CONTRACTS[0]["layers"]))  # kernel first
NOUNS: dict[str, list[str]] = PYPROJECT["tool"]["jinbang"]["nouns"]


def modules() -> Iterator[ModuleType]:
    """Import and yield every module of the program."""
    for found in pkgutil.walk_packages(jinbang.__path__, "jinbang."):
        if "migrations" not in found.name and not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


def python_files() -> Iterator[Path]:
    """Yield every source file but migrations."""
    for path in sorted(SOURCE.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path


def phase_of(module: str) -> str:
    """Return the phase a dotted name belongs to."""
    return module.split(".")[1]


def state_machines() -> Iterator[tuple[str, dict[tuple[StrEnum, StrEnum], StrEnum]]]:
    """Yield the name and the table of every state machine."""
    for module in modules():
        if module.__name__.endswith(".states"):
            for name in dir(module):
                if name.endswith("TRANSITIONS"):
                    yield f"{module.__name__}:{name}", dict(getattr(module, name))
