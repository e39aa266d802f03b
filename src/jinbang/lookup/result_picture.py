"""A result as a picture, kept by a long press: apps that open pages inside themselves download nothing.

Drawn on the server when its owner asks for it, never beforehand and never kept. It shows in full what the person typed,
what the page shows of each subject, and where and when it was made; it proves nothing, and says so. Outside production
演示 lies across it, as across every paper.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final

import pylopdf_fonts_zh_cn
from fontTools.ttLib import TTFont
from PIL import Image, ImageDraw, ImageFont

from jinbang.lookup.cards import ReleaseHeader, ResultCard
from jinbang.lookup.pages import instant
from jinbang.lookup.query_form import Typed
from jinbang.lookup.result_page import GOLDEN, PANELS
from jinbang.lookup.words import OVERALL_WORDS, _, shown_subjects

WIDTH: Final = 720
_MARGIN: Final = 40
_LINE: Final = 1.5
_INK: Final = "#1d1d1f"
_SOFT: Final = "#5d636c"
_RULE: Final = "#d9d4c7"
_CINNABAR: Final = "#8f1a12"
_SLATE: Final = "#3d4756"
_GOLD: Final = "#f3d58a"
_COLOURS: Final = 32
_MARK_SIZE: Final = 200
_MARK_INK: Final = (172, 42, 27, 40)
_MARK_TURN: Final = 32
_GETA: Final = "〓"  # what printers set where they had no type


@dataclass(frozen=True, slots=True)
class _Row:
    """One paragraph: its words, size, colour, and what stands at the right of its first line."""

    words: str
    size: int = 26
    colour: str = _INK
    right: str = ""
    ruled: bool = False


@cache
def _covered() -> frozenset[int]:
    """Return the characters that the font can draw."""
    with TTFont(str(pylopdf_fonts_zh_cn.sans_path()), lazy=True) as font:
        return frozenset(font.getBestCmap())


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(pylopdf_fonts_zh_cn.sans_path()), size)


def result_picture(header: ReleaseHeader, card: ResultCard, *, typed: Typed, receipt: str, now: datetime) -> bytes:
    """Return the PNG, 720 pixels wide. Costs some tens of milliseconds, so a picture takes a pass that is used once."""
    rows = list(_rows(header, card, typed=typed, receipt=receipt, now=now))
    head = _wrapped(header.title, size=26, width=WIDTH - 4 * _MARGIN)
    head_height = int(2 * _MARGIN + len(head) * 26 * _LINE + 72 * _LINE)
    height = head_height + sum(_height(row) for row in rows) + 2 * _MARGIN
    image = Image.new("RGB", (WIDTH, height), "#ffffff")
    pen = ImageDraw.Draw(image)
    is_golden = PANELS[card.overall] == GOLDEN
    pen.rectangle((0, 0, WIDTH, head_height), fill=_CINNABAR if is_golden else _SLATE)
    ink = _GOLD if is_golden else "#ffffff"
    y = float(_MARGIN)
    for line in head:
        pen.text((WIDTH / 2, y), line, font=_font(26), fill=ink, anchor="ma")
        y += 26 * _LINE
    pen.text((WIDTH / 2, y + 12), OVERALL_WORDS[card.overall], font=_font(72), fill=ink, anchor="ma")
    y = float(head_height + _MARGIN)
    for row in rows:
        _draw(pen, row, y)
        y += _height(row)
    if header.environment != "production":
        image.paste(_MARK_INK[:3], mask=_marked(image.size))
    packed = io.BytesIO()
    image.quantize(_COLOURS).save(packed, "PNG", optimize=True)
    return packed.getvalue()


def _rows(header: ReleaseHeader, card: ResultCard, *, typed: Typed, receipt: str, now: datetime) -> Iterator[_Row]:
    covered = "".join(character if ord(character) in _covered() else _GETA for character in card.name)
    yield _Row(_("姓名：{name}").format(name=covered))
    if covered != card.name:
        yield _Row(_("姓名中有图片显示不了的字，以查询页上的为准。"), size=22, colour=_SOFT)
    yield _Row(_("准考证号：{number}").format(number=typed.ticket_number))
    yield _Row(_("证件号码：{number}").format(number=typed.document_number))
    for subject in shown_subjects(header, card):
        mark = _("{mark} 分").format(mark=subject.mark) if subject.mark else ""
        standard = _("合格标准 {mark} 分").format(mark=subject.pass_mark) if subject.pass_mark else " "
        yield _Row(subject.name, size=28, ruled=True)
        yield _Row(standard, size=24, colour=_SOFT, right=f"{mark} {subject.status}".strip())
    yield _Row(_("查询回执编号：{receipt}").format(receipt=receipt), size=22, colour=_SOFT, ruled=True)
    made = _("{time}（北京时间）由{name}的成绩查询生成。").format(time=instant(now), name=header.desk.name)
    proves = _("图片仅供本人留存，不作证明；核实成绩请到官方网址 {address} 查询。").format(
        address=header.desk.official_url
    )
    yield _Row(f"{made}{proves}", size=22, colour=_SOFT)


def _marked(size: tuple[int, int]) -> Image.Image:
    """Return how much of the mark's ink lies on each point: the word aslant across the middle."""
    mask = Image.new("L", size)
    middle = (size[0] / 2, size[1] / 2)
    ImageDraw.Draw(mask).text(middle, _("演示"), font=_font(_MARK_SIZE), fill=_MARK_INK[3], anchor="mm")
    return mask.rotate(_MARK_TURN, Image.Resampling.BICUBIC, center=middle)


def _height(row: _Row) -> int:
    lines = len(_wrapped(row.words, size=row.size, width=_room(row)))
    return int(lines * row.size * _LINE) + (24 if row.ruled else 0)


def _draw(pen: ImageDraw.ImageDraw, row: _Row, y: float) -> None:
    if row.ruled:
        pen.line((_MARGIN, y + 10, WIDTH - _MARGIN, y + 10), fill=_RULE, width=2)
        y += 24
    if row.right:
        pen.text((WIDTH - _MARGIN, y), row.right, font=_font(row.size), fill=_INK, anchor="ra")
    for line in _wrapped(row.words, size=row.size, width=_room(row)):
        pen.text((_MARGIN, y), line, font=_font(row.size), fill=row.colour)
        y += row.size * _LINE


def _room(row: _Row) -> float:
    room = WIDTH - 2 * _MARGIN
    return room - _font(row.size).getlength(row.right) - _MARGIN if row.right else room


def _wrapped(words: str, *, size: int, width: float) -> list[str]:
    """Return lines no wider than `width` pixels. Chinese breaks anywhere; nothing else here is that long."""
    font = _font(size)
    lines = [""]
    for character in words:
        if lines[-1] and font.getlength(lines[-1] + character) > width:
            lines.append("")
        lines[-1] += character
    return lines
