"""Other people's code for browsers: which npm files are served, and what is taken out of them first.

`npm ci` puts the packages into node_modules; the finder hands Django the few files in `SERVED`, in cleaned copies under
var/, so that the development server, the tests and `collectstatic` see the same bytes. Cleaning removes what is not
ours to use (the GDS typeface, the royal crest) and what would lead nowhere (source maps).
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

PREFIX: Final = "npm"

SERVED: Final[dict[str, str]] = {
    "govuk-frontend.css": "govuk-frontend/dist/govuk/govuk-frontend.min.css",
    "govuk-frontend.js": "govuk-frontend/dist/govuk/govuk-frontend.min.js",
    "echarts.js": "echarts/dist/echarts.common.min.js",
    "sha256.js": "js-sha256/build/sha256.min.js",
}

_SOURCE_MAP: Final = re.compile(r"/\*# sourceMappingURL=.*?\*/|//# sourceMappingURL=\S*")
# The licence comment goes with the rules it is about: neither the typeface nor its files are served.
_FONT: Final = re.compile(r"(?:/\*![^*]*Margaret Calvert[^*]*\*/)?(?:@font-face\{[^}]*\})+")
_REMOTE: Final = re.compile(r"url\(/assets/[^)]*\)")
_FAMILY: Final = re.compile(r"font-family:(?:GDS Transport,arial,)?sans-serif")
# Chinese is set in squares: body text needs more air between lines, and less size, than the kit's Latin does.
_SIZES: Final = (
    ("font-size:1.1875rem;line-height:1.3157894737", "font-size:1.0625rem;line-height:1.6"),
    ("font-size:1.1875rem;line-height:1.25", "font-size:1.0625rem;line-height:1.5"),
    ("font-size:1.1875rem;line-height:1}", "font-size:1.0625rem;line-height:1.4}"),
    ("font-size:1rem;line-height:1.25", "font-size:1rem;line-height:1.6"),
)


class UnexpectedPackage(Exception):
    """A package no longer looks as the cleaning expects: it was upgraded, and this module must be read again."""


class PackageStorage(FileSystemStorage):
    """The cleaned copies, as a storage for `collectstatic`."""

    prefix = PREFIX


class PackagesFinder(BaseFinder):
    """Finds `npm/<name>` for the names in `SERVED` and nothing else of node_modules."""

    def __init__(self, app_names: Iterable[str] | None = None, *args: object, **kwargs: object) -> None:  # noqa: ARG002  # Django's signature
        """Remember where packages are installed and where their cleaned copies lie."""
        self.packages = Path(settings.BASE_DIR) / "node_modules"
        self.copies = Path(settings.BASE_DIR) / "var" / PREFIX
        self.storage = PackageStorage(location=self.copies)

    def check(self, **kwargs: object) -> list[CheckMessage]:  # noqa: ARG002  # Django's signature
        """Report nothing: a missing package is told when its file is asked for."""
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:  # noqa: ANN401, ARG002, FBT001, FBT002  # Django's signature
        """Return the cleaned copy of a served file, made anew when the package is newer."""
        folder, _, name = path.partition("/")
        if folder != PREFIX or name not in SERVED:
            return []
        copy = str(self._copied(name))
        return [copy] if find_all else copy

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, PackageStorage]]:  # noqa: ARG002  # Django's signature
        """Yield every served file, for `collectstatic`."""
        for name in SERVED:
            self._copied(name)
            yield name, self.storage

    def _copied(self, name: str) -> Path:
        source, copy = self.packages / SERVED[name], self.copies / name
        if not source.is_file():
            message = f"{SERVED[name]} is not in node_modules: run `npm ci --ignore-scripts`"
            raise ImproperlyConfigured(message)
        made_of = max(source.stat().st_mtime, Path(__file__).stat().st_mtime)
        if not copy.is_file() or copy.stat().st_mtime < made_of:
            self.copies.mkdir(parents=True, exist_ok=True)
            fresh = copy.with_suffix(f"{copy.suffix}.new")
            fresh.write_text(cleaned(name, source.read_text(encoding="utf-8")), encoding="utf-8")
            fresh.replace(copy)
        return copy


class AssetStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # its module carries no types
    """Names every collected file by its content, imports between modules included, and compresses it."""

    support_js_module_import_aggregation = True


def cleaned(name: str, text: str) -> str:
    """Return a package's file as it is served. Refuses one in which nothing of what it expects is found."""
    text = _SOURCE_MAP.sub("", text)
    if name != "govuk-frontend.css":
        return text
    for pattern, replacement in ((_FONT, ""), (_REMOTE, "none"), (_FAMILY, "font-family:var(--jb-sans)")):
        text, count = pattern.subn(replacement, text)
        if not count:
            raise UnexpectedPackage(pattern.pattern)
    for theirs, ours in _SIZES:
        if theirs not in text:
            raise UnexpectedPackage(theirs)
        text = text.replace(theirs, ours)
    return text
