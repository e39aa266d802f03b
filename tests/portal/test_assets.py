"""Other people's files are served without what is not ours to use, and the lock file names no registry."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from PIL import Image
from pytest_django.fixtures import Settings

from jinbang.portal.assets import SERVED, PackagesFinder, UnexpectedPackage, cleaned

ROOT = Path(settings.BASE_DIR)


@pytest.mark.parametrize("name", SERVED)
def test_every_served_file_is_found_and_leads_to_no_source_map(name: str) -> None:
    found = finders.find(f"npm/{name}")
    assert found
    assert "sourceMappingURL" not in Path(found).read_text(encoding="utf-8")


def test_nothing_else_of_node_modules_is_served() -> None:
    assert finders.find("npm/govuk-frontend/package.json") is None
    assert PackagesFinder().find("npm/../package.json") == []


def test_the_kit_comes_without_typeface_crest_or_foreign_address() -> None:
    original = (ROOT / "node_modules" / SERVED["govuk-frontend.css"]).read_text(encoding="utf-8")
    assert "GDS Transport" in original
    text = Path(str(finders.find("npm/govuk-frontend.css"))).read_text(encoding="utf-8")
    assert "GDS" not in text
    assert "@font-face" not in text
    assert re.findall(r"url\(", text) == []
    assert "font-family:var(--jb-sans)" in text


def test_an_upgraded_kit_that_looks_different_is_refused() -> None:
    with pytest.raises(UnexpectedPackage):
        cleaned("govuk-frontend.css", ".govuk-body{color:red}")


def test_a_missing_package_says_how_to_install_it(settings: Settings, tmp_path: Path) -> None:
    settings.BASE_DIR = tmp_path
    with pytest.raises(ImproperlyConfigured, match="npm ci"):
        PackagesFinder().find("npm/sha256.js")


def test_the_lock_file_names_hashes_and_no_registry() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    installed = {name: package for name, package in packages.items() if name}
    assert installed
    assert all("resolved" not in package for package in installed.values())
    assert all(package["integrity"].startswith("sha512-") for package in installed.values())


def test_collected_files_bear_their_content_in_their_names(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "jinbang.portal.assets.AssetStorage"}}
    call_command("collectstatic", interactive=False, verbosity=0)
    paths = json.loads((tmp_path / "staticfiles.json").read_text(encoding="utf-8"))["paths"]
    script = (tmp_path / paths["js/jinbang.js"]).read_text(encoding="utf-8")
    assert Path(paths["npm/govuk-frontend.js"]).name in script
    assert paths["npm/govuk-frontend.css"] != "npm/govuk-frontend.css"


def test_the_palette_can_be_read() -> None:
    css = (ROOT / "static" / "css" / "jinbang.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--(jb-[a-z-]+): (#[0-9a-f]{6});", css))
    pairs = (
        ("jb-ink", "#ffffff"),
        ("jb-ink-soft", colours["jb-paper-deep"]),
        ("jb-indigo", "#ffffff"),
        ("jb-indigo", colours["jb-paper"]),
        ("jb-cinnabar", colours["jb-paper"]),
        ("jb-gold-light", colours["jb-cinnabar-deep"]),
        ("jb-gold-ink", "#fffaf0"),
        ("jb-slate", colours["jb-slate-pale"]),
    )
    for ink, ground in pairs:
        assert contrast(colours[ink], ground) >= 4.5, (ink, ground)
    assert contrast(colours["jb-gold"], "#ffffff") < 4.5  # gold is for rules, never for words


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_icon_of_the_manifest_is_there_in_the_size_it_names() -> None:
    """Launchers of phones want PNG in 192 and 512 pixels, and one that may be cut to any shape."""
    manifest = json.loads(Path(str(finders.find("manifest.webmanifest"))).read_text(encoding="utf-8"))
    drawn: dict[tuple[str, str], tuple[int, ...]] = {}
    for icon in manifest["icons"]:
        found = Path(str(finders.find(icon["src"])))
        if icon["type"] == "image/png":
            with Image.open(found) as picture:
                width, height = picture.size
                corner = picture.convert("RGBA").crop((0, 0, 1, 1)).tobytes()
            drawn[f"{width}x{height}", icon.get("purpose", "any")] = tuple(corner)
            assert icon["sizes"] == f"{width}x{height}"
    assert drawn[("192x192", "any")][3] == drawn[("512x512", "any")][3] == 0  # the mark has round corners
    assert drawn[("512x512", "maskable")] == (0xAC, 0x2A, 0x1B, 0xFF)  # filled to its edge


def test_the_icons_are_drawn_from_the_mark_as_it_is(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    (copy / "scripts").mkdir(parents=True)
    (copy / ".venv").symlink_to(ROOT / ".venv")
    shutil.copy(ROOT / "scripts" / "icons", copy / "scripts")
    (copy / "static" / "images").mkdir(parents=True)
    shutil.copy(ROOT / "static" / "images" / "mark.svg", copy / "static" / "images")
    subprocess.run([copy / "scripts" / "icons"], check=True)
    for path in (copy / "static" / "images").glob("*.png"):
        with Image.open(path) as drawn, Image.open(ROOT / "static" / "images" / path.name) as kept:
            assert drawn.convert("RGBA").tobytes() == kept.convert("RGBA").tobytes(), "run scripts/icons"
