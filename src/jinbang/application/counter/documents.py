"""The printed integrity pledge: one A4 page by Typst, with what was entered and the wording to be signed.

Fonts and the compiler are made once per process and serve one caller at a time, as in `seating.documents`, which stands
later and cannot be asked. Data in, PDF out; no decisions.
"""

import json
import threading
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import pylopdf_fonts_zh_cn
import typst
from django.conf import settings
from django.http import HttpResponse
from fontTools.ttLib import TTFont

from jinbang.application.counter import labels
from jinbang.application.counter.errors import PledgeUnprintable
from jinbang.application.declaration import Declaration
from jinbang.application.dossier import SummaryLine
from jinbang.application.models import Application
from jinbang.people.labels import document_kind_label
from jinbang.people.queries import document_number_of
from jinbang.sittings.labels import moment

HERE: Final = Path(__file__).resolve().parent
SANS: Final = "Noto Sans SC"
SERIF: Final = "Noto Serif SC"
_FALLBACK: Final = (Path("/usr/share/fonts/opentype/noto"), Path("/usr/share/fonts/truetype/hanazono"))
_one_at_a_time = threading.Lock()


def pledge_pdf(application: Application, text: Declaration, *, summary: Sequence[SummaryLine], at: datetime) -> bytes:
    """Return the pledge to be signed. Refuses a name that no font covers: it would be signed under a box.

    Personal data in full: the person reads and signs it at the counter. One query.
    """
    require_printable(application.person.name)
    document = document_number_of(application.person)
    facts = [
        (str(labels.NAME), application.person.name),
        (str(document_kind_label(document.kind)), document.number),
        *((str(line.label), line.value) for line in summary),
    ]
    return _compiled(
        {
            "words": {key: str(word) for key, word in labels.PLEDGE_WORDS.items()},
            "title": text.title,
            "paragraphs": list(text.paragraphs),
            "sitting": application.sitting.name,
            "authority": application.region.authority.organisation or application.region.authority.name,
            "facts": [{"label": label, "value": value} for label, value in facts],
            "version": labels.pledge_version(text.version, text.sha256),
            "printed": labels.printed_at(moment(at)),
        },
        at=at,
    )


def pledge_response(pdf: bytes) -> HttpResponse:
    """Return the pledge to be shown and printed. Its name says nothing of the person."""
    return HttpResponse(
        pdf, content_type="application/pdf", headers={"Content-Disposition": 'inline; filename="pledge.pdf"'}
    )


def require_printable(name: str) -> None:
    """Refuse a name with a character that would come out as a box."""
    missing = list(dict.fromkeys(name))
    for path in _font_files():
        if not missing:
            return
        missing = [character for character in missing if ord(character) not in _characters_of(path)]
    if missing:
        raise PledgeUnprintable(characters=tuple(f"U+{ord(character):04X}" for character in missing))


@cache
def _font_files() -> tuple[Path, ...]:
    folders = [folder for folder in (*_FALLBACK, settings.JINBANG_HOME / "fonts") if folder.is_dir()]
    further = sorted(
        path for folder in folders for path in folder.iterdir() if path.suffix.lower() in {".otf", ".ttf", ".ttc"}
    )
    return (pylopdf_fonts_zh_cn.sans_path(), pylopdf_fonts_zh_cn.serif_path(), *further)


@cache
def _characters_of(path: Path) -> frozenset[int]:
    with TTFont(path, lazy=True, fontNumber=0) as font:
        return frozenset(font.getBestCmap() or ())


@cache
def _fonts() -> Any:  # noqa: ANN401  # typst publishes no usable type for it
    folders = sorted({str(path.parent) for path in _font_files()})
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(str(HERE / "pledge.typ"), root=str(HERE), font_paths=_fonts())


def _compiled(given: dict[str, object], *, at: datetime) -> bytes:
    families = [family for family in _fonts().families() if "Mono" not in family]
    rest = sorted(families, key=lambda family: ("SC" not in family, "Sans" not in family, family))
    content = json.dumps(
        {**given, "sans": [SANS, *rest], "serif": [SERIF, *rest], "demo": settings.JINBANG_DEMO}, ensure_ascii=False
    )
    with _one_at_a_time:
        pdf = _compiler().compile(format="pdf", sys_inputs={"given": content}, timestamp=int(at.timestamp()))
    if not isinstance(pdf, bytes):
        message = "Typst returned no document"
        raise TypeError(message)
    return pdf
