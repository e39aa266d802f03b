"""What public pages and candidates' pages may use of style sheets and of the browser: what Chromium 70 has.

Whether it can read the scripts at all is test_scripts. Here stand the features that came later and whose lack would
show: boxes that run into each other, a script that stops half way. What it lacks and nobody misses (a `:has()`,
a `:focus-visible`, a thicker underline, an accent colour) is not listed, as long as no other rule falls with it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

from tests.house.test_scripts import loaded

FLOOR: Final = 70
STATIC: Final = Path(settings.BASE_DIR) / "static"
DESK: Final = frozenset({"css/desk.css", "js/review.js"})  # an office has the browser of this year

Rule = tuple[str, str]
_COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
_SUPPORTS: Final = re.compile(
    r"@supports[^{]*\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}"
)  # whoever asks first may use it
_RULE: Final = re.compile(r"([^{};]+)\{([^{}]*)\}")


def _has(pattern: str) -> Callable[[Rule], bool]:
    """Whether the declarations of a rule have something, anywhere."""
    return lambda rule: re.search(pattern, rule[1]) is not None


def _selects(pattern: str) -> Callable[[Rule], bool]:
    return lambda rule: re.search(pattern, rule[0]) is not None


def _only(pattern: str) -> Callable[[Rule], bool]:
    """Whether a property has a value of this kind, and none before it in the same rule that the floor can read."""

    def stands_alone(rule: Rule) -> bool:
        known: set[str] = set()
        for declaration in rule[1].split(";"):
            name, _, value = (part.strip() for part in declaration.partition(":"))
            if re.search(pattern, value) is None:
                known.add(name)
            elif name not in known and name != "text-decoration-thickness":
                return True
        return False

    return stands_alone


def _gap_in_a_row(rule: Rule) -> bool:
    return _has(r"(?<![-\w])(row-|column-)?gap:")(rule) and not _has(r"display:\s*grid|columns:|column-count:")(rule)


def _falls_with_a_neighbour(rule: Rule) -> bool:
    """Whether a selector that the floor cannot read takes others with it, which stand in the same list."""
    apart = re.split(r",(?![^()]*\))", rule[0])
    unread = [part for part in apart if ":has(" in part or ":focus-visible" in part]
    return 0 < len(unread) < len(apart)


# The kit has rows with a gap in three parts of its own that no page of ours has.
KIT: Final = "npm/govuk-frontend.css"
UNUSED: Final = frozenset({"govuk-footer__list", "govuk-language-navigation__list", "govuk-summary-card__actions"})

STYLES: Final[Mapping[str, tuple[int, Callable[[Rule], bool]]]] = {
    "gap outside a grid": (84, _gap_in_a_row),
    "overflow-wrap: anywhere alone": (80, _only("anywhere")),
    "min(), max(), clamp() alone": (79, _only(r"(?<![-\w])(min|max|clamp)\(")),
    "dvh, svh, lvh alone": (108, _only(r"\d(dvh|svh|lvh)\b")),
    "inset": (87, _has(r"(?<![-\w])inset:")),
    "margin-inline and its kind": (87, _has(r"(margin|padding|inset|border)-(inline|block)\b")),
    "aspect-ratio": (88, _has(r"aspect-ratio:")),
    "translate, rotate, scale": (104, _has(r"(?<![-\w])(translate|rotate|scale):")),
    ":not() of several": (88, _selects(r":not\([^()]*,")),
    ":is(), :where()": (88, _selects(r":(is|where)\(")),
    "@layer, @container": (99, _selects(r"@(layer|container)\b")),
    "a list that falls as a whole": (86, _falls_with_a_neighbour),
}
SCRIPTS: Final[Mapping[str, tuple[int, str]]] = {
    "globalThis": (71, r"\A(?!.*typeof globalThis).*\bglobalThis\b"),
    "queueMicrotask": (71, r"\bqueueMicrotask\b"),
    "Object.fromEntries": (73, r"\bfromEntries\b"),
    "matchAll": (73, r"\.matchAll\("),
    "Promise.allSettled": (76, r"\ballSettled\b"),
    "requestSubmit": (76, r"\.requestSubmit\("),
    "arrayBuffer of a file": (76, r"(file|blob)\.arrayBuffer\("),
    "replaceAll": (85, r"\.replaceAll\("),
    "Promise.any": (85, r"\bPromise\.any\b"),
    "replaceChildren": (86, r"\.replaceChildren\("),
    "at": (92, r"\.at\("),
    "randomUUID": (92, r"\brandomUUID\b"),
    "Object.hasOwn": (93, r"\bhasOwn\("),
    "findLast": (97, r"\.findLast"),
    "structuredClone": (98, r"\bstructuredClone\b"),
    "toSorted and its kind": (110, r"\.to(Sorted|Reversed|Spliced)\("),
}


def newer_styles(text: str) -> Iterator[str]:
    """Return what a style sheet uses that the floor lacks, with the rule that does."""
    plain = _SUPPORTS.sub("", _COMMENT.sub("", text))
    rules = [(found[1].strip(), found[2]) for found in _RULE.finditer(plain)]
    rules += [(at_rule, "") for at_rule in re.findall(r"@[a-z-]+[^{;]*", plain)]
    for rule in rules:
        for feature, (_since, uses) in STYLES.items():
            if uses(rule):
                yield f"{feature}: {rule[0]}"


def newer_calls(text: str) -> Iterator[str]:
    """Return what a script calls that the floor lacks."""
    return (name for name, (_since, pattern) in SCRIPTS.items() if re.search(pattern, text, re.DOTALL))


def ours(kind: str) -> list[str]:
    """Return our own files of a kind that a phone may load."""
    found = {path.relative_to(STATIC).as_posix() for path in STATIC.rglob(f"*.{kind}")}
    return sorted(found - DESK)


def text_of(name: str) -> str:
    """Return a static file."""
    return Path(str(finders.find(name))).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ours("css"))
def test_every_style_sheet_is_drawn_by_the_oldest_browser(name: str) -> None:
    assert list(newer_styles(text_of(name))) == []


def test_so_is_all_that_our_pages_use_of_the_kit() -> None:
    assert set(newer_styles(text_of(KIT))) == {f"gap outside a grid: .{part}" for part in UNUSED}
    pages = "".join(path.read_text(encoding="utf-8") for path in (STATIC.parent / "templates").rglob("*.html"))
    assert not [part for part in UNUSED if part in pages]


@pytest.mark.parametrize("name", ours("js"))
def test_every_script_finds_what_it_calls_in_the_oldest_browser(name: str) -> None:
    assert list(newer_calls(text_of(name))) == []


@pytest.mark.django_db
def test_so_do_the_scripts_of_others_that_the_lookup_loads() -> None:
    theirs = [name for name in loaded() if name.startswith("npm/")]
    assert theirs
    assert {name: found for name in theirs if (found := list(newer_calls(text_of(name))))} == {}


def test_the_list_holds_only_what_the_floor_lacks() -> None:
    assert all(since > FLOOR for since, _ in (*STYLES.values(), *SCRIPTS.values()))


# ---------------------------------------------------------------- the same pages as they were would be noticed
@pytest.mark.parametrize(
    "rule",
    [
        ".a { display: flex; gap: 1rem; }",
        ".a { gap: 0 1rem; }",
        "@media (max-width: 26em) { .a { column-gap: 1rem; } }",
        ".a { overflow-wrap: anywhere; }",
        ".a { grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); }",
        ".a { height: 100dvh; }",
        ".a { inset: 6px; }",
        ".a { margin-inline: auto; }",
        ".a { aspect-ratio: 1; }",
        ".a { rotate: 3deg; }",
        ".a:not(.b, .c) { color: red; }",
        ":is(.a, .b) { color: red; }",
        "@container (min-width: 1px) { .a { color: red; } }",
        ".a:hover, .a:focus-visible { color: red; }",
    ],
)
def test_a_newer_style_would_be_noticed(rule: str) -> None:
    assert list(newer_styles(f"/* a sheet */\n{rule}\n"))


@pytest.mark.parametrize(
    "rule",
    [
        ".a { display: grid; gap: 1rem; }",
        ".a { overflow-wrap: break-word; overflow-wrap: anywhere; }",
        ".a { grid-template-columns: minmax(0, 1fr); }",
        ".a:focus-visible { color: red; }",
        ".a:not(.b):not(.c) { color: red; }",
        "@supports (inset: 0) { .a { inset: 0; } }",
        ".a { scroll-padding: 1px; clip-path: inset(50%); }",
    ],
)
def test_a_style_of_the_floor_is_accepted(rule: str) -> None:
    assert list(newer_styles(rule)) == []


@pytest.mark.parametrize(
    "call", ["Object.fromEntries([])", "a.replaceChildren(b)", "a.at(-1)", "text.replaceAll(a, b)"]
)
def test_a_newer_call_would_be_noticed(call: str) -> None:
    assert list(newer_calls(f"const a = {call};"))
