"""Text on screen is wrapped for translation, pages hold no inline script or style, no file names a machine.

Whatever a check is told to pass over has its reason beside it.
"""

import ast
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.house.survey import ROOT, SOURCE, python_files

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
CHINESE = re.compile(r"[\u3400-\u9fff]")
TAGS = re.compile(
    r"\{%\s*(?:blocktranslate|blocktrans)\b.*?\{%\s*endblocktrans(?:late)?\s*%\}|\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}"
    r"|\{%\s*comment.*?endcomment\s*%\}",
    re.DOTALL,
)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_chinese_in_a_template_is_wrapped_for_translation(path: Path) -> None:
    bare = TAGS.sub("", path.read_text(encoding="utf-8"))
    assert CHINESE.search(bare) is None, CHINESE.findall(bare)[:20]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_has_inline_script_or_style(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<style\b|\sstyle=|\son[a-z]+=", text)
    for tag in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in tag or "application/json" in tag, tag


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_never_compares_states(path: Path) -> None:
    assert not re.search(r"\{%\s*(?:el)?if[^%]*\.state\s*(?:==|!=|in\b)", path.read_text(encoding="utf-8"))


def committed() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S607  # git is found on the path
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_committed_file_names_a_registry_or_a_machine() -> None:
    words = [
        "python" + "hosted",
        "pypi" + ".org",
        "registry" + ".npmjs",
        "deb." + "debian",
        "/wo" + "rk/",
        "/tm" + "p/w",
    ]
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in committed()
        if path.suffix not in {".png", ".webp", ".jpg", ".pdf"}
        for word in words
        if word in path.read_text(encoding="utf-8", errors="ignore")
    ]
    assert found == []


UNREASONED = re.compile(
    r"# (?:noqa(?:: ?[A-Z]+\d+(?:, ?[A-Z]+\d+)*)?|type: ignore(?:\[[a-z, -]+\])?)(?!  # \S)(?=\s|$)"
)


def test_whatever_a_check_is_told_to_pass_over_has_its_reason_beside_it() -> None:
    bare = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in committed()
        if path.suffix == ".py" and path != Path(__file__)  # which names what it looks for
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if UNREASONED.search(line)
    ]
    assert bare == []


TRANSLATORS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
CHINESE_DATA = {
    "kernel": "names and numbers as they are written",
    "catalogue": "programmes are Chinese documents",
    "rehearsal": "made-up people and notices",
}
CHINESE_FILES = {
    "portal/cli.py": "the operator's terminal",
    "portal/commands/__init__.py": "the operator's terminal",
    "portal/commands/answers.py": "the operator's terminal",
    "portal/commands/catalogue.py": "the operator's terminal",
    "portal/commands/installation.py": "the operator's terminal",
    "portal/commands/people.py": "the operator's terminal",
    "portal/commands/roles.py": "the operator's terminal",
    "portal/commands/sittings.py": "the operator's terminal",
    "portal/commands/worlds.py": "the operator's terminal",
    "portal/demo.py": "the operator's terminal",
    "portal/serving.py": "the operator's terminal",
    "application/declaration.py": "a dated text that people agree to, stored with its hash",
    "application/commitment/text.py": "the same",
    "application/counter/text.py": "the same",
    "application/group/rules.py": "the word that people write behind a number of years",
    "application/counter/rules.py": "words that card readers print",
    "lookup/image_code.py": "a sum in Chinese digits",
    "portal/bringing.py": "the operator's terminal",
    "results/mark_rows.py": "headings and words of other systems' files",
    "results/marks_lines.py": "headings of other systems' files, listed in a refusal",
    "results/roster_file.py": "headings and words of other systems' files",
    "results/handover_file.py": "the same",
    "lookup/self_check.py": "characters that people type by mistake",
    "sittings/forms.py": "the ways in which people write a date",
    "sittings/opening.py": "the ways in which people write a stretch of hours",
}


def bare_chinese(path: Path) -> list[str]:
    """Return the Chinese string literals of a file that no call for translation takes, docstrings aside."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    wrapped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in TRANSLATORS:
                wrapped |= {id(part) for argument in node.args for part in ast.walk(argument)}
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            wrapped.add(id(node.value))  # a docstring, of a module, a class, a function or a name
    return [
        f"{path.relative_to(ROOT)}:{node.lineno}: {node.value[:40]}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and CHINESE.search(node.value)
        and id(node) not in wrapped
    ]


def test_chinese_in_python_is_wrapped_for_translation_or_is_data() -> None:
    wrong = [
        found
        for path in python_files()
        if not set(CHINESE_DATA) & set(path.parts) and str(path.relative_to(SOURCE)) not in CHINESE_FILES
        for found in bare_chinese(path)
    ]
    assert wrong == []


def test_the_list_of_texts_is_the_texts_of_the_tree(tmp_path: Path) -> None:
    if shutil.which("xgettext") is None:
        pytest.fail("the list of texts needs the Debian package gettext (`make test-setup`)")
    for folder in ("src", "templates", "config"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run([ROOT / "scripts" / "messages", tmp_path], check=True, capture_output=True)
    fresh = (tmp_path / "locale" / "django.pot").read_text(encoding="utf-8")
    assert (ROOT / "locale" / "django.pot").read_text(encoding="utf-8") == fresh, "run `make messages`"
