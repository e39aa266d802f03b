"""State diagrams of docs/cycles, drawn from the code. `python -m tests.house.diagrams` writes them anew."""

import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

BLOCK = re.compile(r"<!-- states: (?P<name>[\w.:]+) -->\n```mermaid\n(?P<body>.*?)```\n", re.DOTALL)


def diagram_of(table: Mapping[tuple[StrEnum, StrEnum], StrEnum]) -> str:
    """Draw one machine as a Mermaid state diagram."""
    kind = type(next(iter(table))[0])
    lines = ["stateDiagram-v2", f"    [*] --> {next(iter(kind)).value}"]
    lines += [f"    {before.value} --> {after.value}: {event.value}" for (before, event), after in table.items()]
    lines += [f"    {state.value} --> [*]" for state in kind if state.is_final]  # type: ignore[attr-defined]  # every state enum has it
    return "\n".join(lines) + "\n"


def blocks_of(text: str) -> dict[str, str]:
    """Return the drawings of a paper by the name of their machine."""
    return {match["name"]: match["body"] for match in BLOCK.finditer(text)}


def redraw(path: Path, machines: Mapping[str, Mapping[tuple[StrEnum, StrEnum], StrEnum]]) -> None:
    """Write a paper's drawings anew."""

    def fresh(match: re.Match[str]) -> str:
        body = diagram_of(machines[match["name"]])
        return f"<!-- states: {match['name']} -->\n```mermaid\n{body}```\n"

    path.write_text(BLOCK.sub(fresh, path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()

    from tests.house.survey import ROOT, state_machines

    for paper in (ROOT / "docs" / "cycles").glob("*.md"):
        redraw(paper, dict(state_machines()))
