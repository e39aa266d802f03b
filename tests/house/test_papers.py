"""The papers say what is true: links resolve, diagrams match the code, the example of the environment is complete."""

import re
from pathlib import Path

import pytest

from config.env import KNOWN
from tests.house.diagrams import blocks_of, diagram_of
from tests.house.survey import ROOT, state_machines

PAPERS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
ARCHITECTURE_LINES_MOST = 200
TERMS_LEAST = 60
DECISIONS_LEAST = 6


@pytest.mark.parametrize("path", PAPERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_in_papers_resolve(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|href)="([^"]+)"', text)
    broken = [
        target
        for target in targets
        if not target.startswith(("http://", "https://", "#", "mailto:"))
        and not (path.parent / target.split("#")[0]).exists()
    ]
    assert broken == []


def test_the_example_environment_lists_every_setting_and_no_other() -> None:
    listed = re.findall(r"^#?\s?(JINBANG_[A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(listed) == sorted(KNOWN)


def test_every_machine_is_drawn_and_every_drawing_is_of_the_code() -> None:
    machines = dict(state_machines())
    drawn = {}
    for path in (ROOT / "docs" / "cycles").glob("*.md"):
        drawn.update(blocks_of(path.read_text(encoding="utf-8")))
    assert set(drawn) == set(machines)
    for name, block in drawn.items():
        assert block == diagram_of(machines[name]), f"{name}: run python -m tests.house.diagrams"


def test_the_papers_keep_their_measure() -> None:
    assert len((ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").splitlines()) <= ARCHITECTURE_LINES_MOST
    terms = re.findall(r"^\| [\u3400-\u9fff]", (ROOT / "GLOSSARY.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(terms) >= TERMS_LEAST
    assert len(list((ROOT / "docs" / "decisions").glob("[0-9]*.md"))) >= DECISIONS_LEAST
