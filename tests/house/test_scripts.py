"""Every script of a lookup page is written for the oldest browser that is served: Chromium 70, which knows ES2018.

What the pages load is read from their frame, not listed here. acorn parses; it is a dependency for tests alone.
"""

import re
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

from jinbang.lookup.actions import rendered_html

ACORN = Path(settings.BASE_DIR) / "node_modules" / "acorn" / "bin" / "acorn"
FLOOR = "2018"
_ADDRESS = re.compile(r'"/static/([^"]+\.js)"')


def parses(script: Path, *, module: bool) -> bool:
    """Whether the oldest browser would read a script without a syntax error."""
    words = ["node", str(ACORN), f"--ecma{FLOOR}", "--silent", *(["--module"] if module else []), str(script)]
    return subprocess.run(words, check=False, capture_output=True).returncode == 0


def loaded() -> dict[str, bool]:
    """Return every script that a lookup page leads to, and whether it is a module: tags, data attributes, imports."""
    found: dict[str, bool] = {}
    for tag in re.findall("<script[^>]*>", rendered_html()):
        for name in _ADDRESS.findall(tag):
            found[name] = 'type="module"' in tag
    for name in [name for name, is_module in found.items() if is_module]:
        text = Path(str(finders.find(name))).read_text(encoding="utf-8")
        for imported in re.findall(r'from "\.\./([^"]+)"', text):
            found[imported] = True
    return found


@pytest.mark.django_db
def test_every_script_of_the_lookup_is_read_by_the_oldest_browser() -> None:
    scripts = loaded()
    assert {"lookup/query.js", "lookup/solver.js", "npm/sha256.js", "npm/govuk-frontend.js"} <= set(scripts)
    newer = [name for name, module in scripts.items() if not parses(Path(str(finders.find(name))), module=module)]
    assert newer == []


@pytest.mark.django_db
def test_nothing_that_a_query_needs_is_a_module() -> None:
    assert not any(is_module for name, is_module in loaded().items() if name.startswith("lookup/"))


@pytest.mark.parametrize(
    "newer", ["window?.print();", "const a = window.b ?? 1;", "class A { #b = 1; }", "let a = 1n;"]
)
def test_newer_syntax_would_be_noticed(tmp_path: Path, newer: str) -> None:
    script = tmp_path / "newer.js"
    script.write_text(newer, encoding="utf-8")
    assert not parses(script, module=False)


def test_syntax_of_the_floor_is_accepted(tmp_path: Path) -> None:
    script = tmp_path / "floor.js"
    script.write_text("const a = { ...window.b };\n", encoding="utf-8")
    assert parses(script, module=False)
