"""RESULTS.md in parts: each command writes its own and leaves the others as they are."""

from collections.abc import Sequence
from pathlib import Path

RESULTS = Path(__file__).parent / "RESULTS.md"
_MARK = "<!-- part: {} -->"


def write_part(name: str, lines: Sequence[str]) -> None:
    """Put these lines into the file as the part of this name; a part that is new comes last."""
    parts = _parts(RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else "")
    parts[name] = "\n".join(lines).strip()
    text = "\n\n".join(f"{_MARK.format(part)}\n{content}" for part, content in parts.items())
    RESULTS.write_text(f"# Benchmarks\n\n{text}\n", encoding="utf-8")


def _parts(text: str) -> dict[str, str]:
    opening, closing = _MARK.split("{}")
    found = {}
    for piece in text.split(opening)[1:]:
        name, _, content = piece.partition(closing)
        found[name] = content.strip()
    return found
