"""Drawn portraits and papers: a head and shoulders before white, a paper without a name. Nobody's face."""

import io
from functools import lru_cache
from random import Random
from typing import Final

from PIL import Image, ImageDraw

from jinbang.application.evidence import CleanFile, clean_file
from jinbang.application.photo import Portrait, make_portrait

SIZE: Final = (590, 826)  # twice 295 × 413, so that the portrait is made smaller and never enlarged
KINDS: Final = 48
SKINS: Final = ("#f3d3b8", "#e8bf9d", "#d9a880", "#f6dcc6")
HAIRS: Final = ("#1d1a18", "#2c2420", "#3b302a", "#565050")
COATS: Final = ("#25324a", "#3a4a3f", "#5b3440", "#4a4a52", "#2b5163", "#6a4b2f")


def portrait(number: int) -> Portrait:
    """Return one of the forty-eight portraits, made by the same code as an uploaded photo's."""
    return _made(number % KINDS)


@lru_cache(maxsize=KINDS)
def _made(kind: int) -> Portrait:
    random = Random(f"portrait|{kind}")  # noqa: S311  # a drawing
    picture = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(picture)
    skin, hair, coat = random.choice(SKINS), random.choice(HAIRS), random.choice(COATS)
    wide, high = random.randrange(118, 142), random.randrange(158, 182)
    across, down = SIZE[0] // 2, 350
    draw.ellipse(
        (across - wide - 22, down - high - 34, across + wide + 22, down + random.randrange(-20, 150)), fill=hair
    )
    draw.polygon([(60, 826), (120, 640), (235, 575), (355, 575), (470, 640), (530, 826)], fill=coat)
    draw.rectangle((across - 52, down + 110, across + 52, down + 260), fill=skin)
    draw.polygon([(across - 60, 580), (across + 60, 580), (across, 690)], fill="#f4f4f1")
    draw.ellipse((across - wide, down - high, across + wide, down + high), fill=skin)
    draw.chord((across - wide - 6, down - high - 16, across + wide + 6, down + 40), 182, 358, fill=hair)
    for side in (-1, 1):
        eye = across + side * 56
        draw.ellipse((eye - 14, down - 8, eye + 14, down + 14), fill="#2a2320")
        draw.arc((eye - 30, down - 52, eye + 30, down - 4), 205, 335, fill=hair, width=8)
    draw.arc((across - 14, down + 18, across + 14, down + 58), 20, 160, fill="#b98a68", width=6)
    draw.arc((across - 42, down + 66, across + 42, down + 108), 20, 160, fill="#b0605a", width=8)
    encoded = io.BytesIO()
    picture.save(encoded, "PNG")
    return make_portrait(encoded.getvalue())


@lru_cache(maxsize=KINDS)
def paper(number: int) -> CleanFile:
    """Return a drawn paper with lines in the place of writing and a seal, made by the same code as an uploaded one."""
    random = Random(f"paper|{number}")  # noqa: S311  # a drawing
    picture = Image.new("RGB", (900, 1260), "#fbf8ef")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((40, 40, 860, 1220), outline="#9b3a2a", width=6)
    draw.rectangle((260, 130, 640, 190), fill="#9b3a2a")
    for line in range(9):
        draw.rectangle((120, 300 + 70 * line, random.randrange(480, 780), 318 + 70 * line), fill="#8a8a84")
    draw.ellipse((560, 960, 780, 1180), outline="#c33b2b", width=10)
    encoded = io.BytesIO()
    picture.save(encoded, "PNG")
    return clean_file(encoded.getvalue())
