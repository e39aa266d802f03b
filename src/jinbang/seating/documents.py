"""What seating prints: the admission ticket and the seat list of a room, by Typst. Data in, PDF out; no decisions.

Fonts and compilers are made once per process; a compiler serves one caller at a time. Fonts come from the wheel, then
from the machine's Noto CJK, then from the folder `fonts` of the installation, where an authority puts what rare
characters need. A name that none of them covers is refused, never printed as boxes.
"""

import json
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pylopdf_fonts_zh_cn
import typst
import zxingcpp
from django.conf import settings
from django.http import HttpResponse
from fontTools.ttLib import TTFont

from jinbang.seating import labels
from jinbang.seating.errors import UnprintableName
from jinbang.seating.models import Seat
from jinbang.seating.numbers import grouped
from jinbang.seating.queries import RoomList, TicketContents
from jinbang.seating.rules import PAPERS_AT_ONCE
from jinbang.sittings.labels import moment

HERE: Final = Path(__file__).resolve().parent
SANS: Final = "Noto Sans SC"
SERIF: Final = "Noto Serif SC"
_FALLBACK_FOLDERS: Final = (Path("/usr/share/fonts/opentype/noto"), Path("/usr/share/fonts/truetype/hanazono"))
_FONT_FILES: Final = (".otf", ".ttf", ".ttc", ".otc")
_VARIATION_SELECTORS: Final = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class SeatLine:
    """One row of the ticket's table."""

    subject: str
    starts: datetime
    ends: datetime
    site: str
    room: int
    seat: int


@dataclass(frozen=True)
class TicketPaper:
    """Everything one ticket shows. Personal data in full: the paper is checked against the document at the door."""

    number: str
    name: str
    sex: str
    document_kind: str
    document_number: str
    sitting: str
    level: str
    region: str
    authority: str
    phone: str
    site: str
    address: str
    photo: bytes
    photo_sha256: str
    seats: tuple[SeatLine, ...]
    prints_from: str
    prints_until: str


@dataclass(frozen=True)
class RoomSheet:
    """Everything one seat list shows; `people` are (name, ticket number) by seat."""

    sitting: str
    authority: str
    site: str
    room: int
    rows: int
    columns: int
    subject: str
    starts: datetime
    ends: datetime
    people: Mapping[int, tuple[str, str]]


def tickets_pdf(papers: Sequence[TicketPaper], *, at: datetime) -> bytes:
    """Return one page for each ticket, at most two hundred. Refuses, with `UnprintableName`, a name no font covers."""
    if len(papers) > PAPERS_AT_ONCE:
        message = f"at most {PAPERS_AT_ONCE} tickets a file"
        raise ValueError(message)
    for paper in papers:
        require_printable(paper.name)
    words: dict[str, object] = {key: str(word) for key, word in labels.TICKET.items()}
    words["columns"] = [str(column) for column in labels.SEAT_COLUMNS]
    given = {"words": words, "author": papers[0].authority, "papers": [_ticket(paper) for paper in papers]}
    return compiled(HERE / "ticket.typ", given, at=at)


def paper_of(contents: TicketContents) -> TicketPaper:
    """Return the opened ticket as the paper shows it."""
    ticket, window = contents.ticket, contents.window
    return TicketPaper(
        number=ticket.number,
        name=ticket.application.applicant_name,
        sex=contents.sex,
        document_kind=contents.document_kind,
        document_number=contents.document_number,
        sitting=ticket.sitting.name,
        level=contents.level,
        region=ticket.region.authority.name,
        authority=ticket.region.authority.organisation or ticket.sitting.owner.organisation,
        phone=ticket.region.authority.phone or ticket.sitting.owner.phone,
        site=ticket.site.name,
        address=ticket.site.address,
        photo=contents.photo,
        photo_sha256=contents.photo_sha256,
        seats=tuple(_line(line.seat, line.subject) for line in contents.lines),
        prints_from=moment(window.opens) if window else "",
        prints_until=moment(window.closes, closing=True) if window else "",
    )


def _line(seat: Seat, subject: str) -> SeatLine:
    return SeatLine(
        subject=subject,
        starts=seat.session.starts,
        ends=seat.session.ends,
        site=seat.room.site.name,
        room=seat.room.number,
        seat=seat.number,
    )


def sheet_of(room_list: RoomList) -> RoomSheet:
    """Return the people of a room as their seat list shows them."""
    room, session, region = room_list.room, room_list.session, room_list.region
    return RoomSheet(
        sitting=region.sitting.name,
        authority=region.authority.organisation,
        site=room.site.name,
        room=room.number,
        rows=room.rows,
        columns=room.columns,
        subject=room_list.subject,
        starts=session.starts,
        ends=session.ends,
        people={seat.number: (seat.ticket.application.applicant_name, seat.ticket.number) for seat in room_list.seats},
    )


# Step 6 of docs/cycles/examination.md.
def room_pdf(sheet: RoomSheet, *, at: datetime) -> bytes:
    """Return the seat list of one room in one session, one page. Characters no font covers stay empty here."""
    desks: list[dict[str, str] | None] = [None] * (sheet.rows * sheet.columns)
    for seat, (name, number) in sheet.people.items():
        desks[desk_of(seat, rows=sheet.rows, columns=sheet.columns)] = {
            "seat": labels.seat_label(seat),
            "name": name,
            "number": grouped(number),
        }
    given = {
        "words": {key: str(word) for key, word in labels.ROOM.items()},
        "author": sheet.authority,
        "sitting": sheet.sitting,
        "place": sheet.site,
        "room": labels.room_label(sheet.room),
        "session": f"{sheet.subject}　{labels.day_label(sheet.starts)} {labels.time_label(sheet.starts, sheet.ends)}",
        "rows": sheet.rows,
        "columns": sheet.columns,
        "desks": desks,
        "count": labels.people_count(len(sheet.people)),
    }
    return compiled(HERE / "room.typ", given, at=at)


def desk_of(seat: int, *, rows: int, columns: int) -> int:
    """Return where seat 1, 2, … of the serpentine stands when the room is read row by row from the front, from 0."""
    column, along = divmod(seat - 1, rows)
    row = along if column % 2 == 0 else rows - 1 - along
    return row * columns + column


def check_code(number: str, *, photo_sha256: str) -> str:
    """Return what the QR code says: ticket number and hash of the approved photo.

    A portrait that was swapped after the approval is found at the door.
    """
    return f"JINBANG/1/{number}/{photo_sha256[:32].upper()}"


def pdf_response(pdf: bytes, *, name: str) -> HttpResponse:
    """Return a PDF to be shown in the browser under this file name."""
    return HttpResponse(
        pdf, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )


@dataclass(frozen=True)
class UnprintableLine:
    """A ticket whose name cannot be printed here, with the code points to find a font for."""

    ticket_id: UUID
    name: str
    characters: tuple[str, ...]


def unprintable_names(names: Iterable[tuple[UUID, str]]) -> tuple[UnprintableLine, ...]:
    """Return those of these tickets whose names no font here can print."""
    lines = (UnprintableLine(ticket_id, name, missing_characters(name)) for ticket_id, name in names)
    return tuple(line for line in lines if line.characters)


def grid_of(room_list: RoomList) -> tuple[tuple[Seat | None, ...], ...]:
    """Return the seats of a room row by row from the front, as the page shows them."""
    room = room_list.room
    desks: list[Seat | None] = [None] * (room.rows * room.columns)
    for seat in room_list.seats:
        desks[desk_of(seat.number, rows=room.rows, columns=room.columns)] = seat
    return tuple(tuple(desks[start : start + room.columns]) for start in range(0, len(desks), room.columns))


def missing_characters(text: str) -> tuple[str, ...]:
    """Return the characters that no font here can draw, as code points. Opens further fonts only when it must."""
    missing = [character for character in dict.fromkeys(text) if not _is_mark(ord(character))]
    for path in (*_own_fonts(), *_further_fonts()):
        if not missing:
            break
        missing = [character for character in missing if ord(character) not in _characters_of(path)]
    return tuple(f"U+{ord(character):04X}" for character in missing)


def require_printable(name: str) -> None:
    """Refuse a name with a character that would come out as a box."""
    if missing := missing_characters(name):
        raise UnprintableName(characters=missing)


def _ticket(paper: TicketPaper) -> dict[str, object]:
    facts = {
        "name": paper.name,
        "sex": paper.sex,
        "document_kind": paper.document_kind,
        "document_number": paper.document_number,
        "level": paper.level,
        "site": paper.site,
    }
    return {
        "number_shown": grouped(paper.number),
        "sitting": paper.sitting,
        "region": paper.region,
        "authority": paper.authority,
        "address": paper.address,
        "facts": [
            {"label": str(labels.FACTS[key]), "value": value, "large": key == "name"}
            for key, value in facts.items()
            if value
        ],
        "photo": list(paper.photo),
        "qr": qr_svg(check_code(paper.number, photo_sha256=paper.photo_sha256)),
        "seats": [_seat(line) for line in paper.seats],
        "notes": [str(note) for note in labels.NOTES],
        "window": labels.printing_window(paper.prints_from, paper.prints_until),
        "contact": labels.contact(paper.phone),
    }


def _seat(line: SeatLine) -> dict[str, str]:
    return {
        "subject": line.subject,
        "day": labels.day_label(line.starts),
        "time": labels.time_label(line.starts, line.ends),
        "site": line.site,
        "room": f"{line.room:03d}",
        "seat": labels.seat_label(line.seat),
    }


def qr_svg(content: str) -> str:
    """Return a QR code that says this, as a picture for a template."""
    barcode = zxingcpp.create_barcode(content, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    return str(zxingcpp.write_barcode_to_svg(barcode, add_quiet_zones=True))


# ---------------------------------------------------------------- fonts and the compiler, once per process


def _own_fonts() -> list[Path]:
    return [pylopdf_fonts_zh_cn.sans_path(), pylopdf_fonts_zh_cn.serif_path()]


def _further_fonts() -> list[Path]:
    """Return what else lies on this machine, ordinary weights first: they cover what the others do."""
    folders = [folder for folder in (*_FALLBACK_FOLDERS, settings.JINBANG_HOME / "fonts") if folder.is_dir()]
    files = [path for folder in folders for path in folder.iterdir() if path.suffix.lower() in _FONT_FILES]
    return sorted(files, key=lambda path: ("Regular" not in path.name, path))


@cache
def _characters_of(path: Path) -> frozenset[int]:
    """Return every code point that this font file can draw; the faces of a collection share theirs."""
    with TTFont(path, lazy=True, fontNumber=0) as font:
        return frozenset(font.getBestCmap() or ())


def _is_mark(code: int) -> bool:
    """Whether this is a variation selector, which is not drawn itself."""
    return any(code in selectors for selectors in _VARIATION_SELECTORS)


@cache
def _fonts() -> Any:  # noqa: ANN401  # typst publishes no usable type for it
    files = [str(path) for path in (*_own_fonts(), *_further_fonts())]
    folders = sorted({str(Path(file).parent) for file in files})
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)


@cache
def _families(first: str) -> list[str]:
    """Return the font families in the order in which a character is looked for."""
    families = [family for family in _fonts().families() if "Mono" not in family]
    return [
        first,
        *sorted(set(families) - {first}, key=lambda family: ("SC" not in family, "Sans" not in family, family)),
    ]


@cache
def _compiler(template: Path) -> typst.Compiler:
    return typst.Compiler(str(template), root=str(template.parent), font_paths=_fonts())


def compiled(template: Path, given: Mapping[str, object], *, at: datetime) -> bytes:
    """Return the PDF that a template makes of what is given, dated `at`. A demo's papers say that they are samples.

    Later phases print through this as well, so that fonts are loaded once in a process.
    """
    content = json.dumps(
        {**given, "sans": _families(SANS), "serif": _families(SERIF), "demo": settings.JINBANG_DEMO}, ensure_ascii=False
    )
    with _one_at_a_time:
        pdf = _compiler(template).compile(format="pdf", sys_inputs={"given": content}, timestamp=int(at.timestamp()))
    if not isinstance(pdf, bytes):
        message = "Typst returned no document"
        raise TypeError(message)
    return pdf
