"""Drawn portraits and papers: a head and shoulders before white, a paper without a name. Nobody's face.

Portraits are shaded as a detector of faces expects it (eyes in shadow, a light bridge of the nose), so that the demo's
findings are those of a good photo. Drawing takes a tenth of a second, so there are `KINDS` drawings; each person is
photographed from one of them in a light, at a distance and at an angle of their own, which takes some milliseconds and
lets no two count as one picture.
"""

import io
import math
from functools import lru_cache
from hashlib import sha256
from random import Random
from typing import Final

import cv2
import numpy as np
from PIL import Image, ImageChops, ImageDraw

from jinbang.application.evidence import CleanFile, clean_file
from jinbang.application.photo import USUAL_SHAPE, Portrait
from jinbang.application.photo_likeness import likeness_of

SIZE: Final = (590, 826)  # twice 295 × 413, so that the portrait is made smaller and never enlarged
KINDS: Final = 96
SKINS: Final = ("#f3d3b8", "#e8bf9d", "#d9a880", "#f6dcc6", "#c98f68")
HAIRS: Final = ("#1d1a18", "#2c2420", "#3b302a", "#565050", "#7a756e")
COATS: Final = ("#25324a", "#3a4a3f", "#5b3440", "#4a4a52", "#2b5163", "#6a4b2f", "#8a8f9a", "#1f1f24")
SHIRTS: Final = ("#f4f4f1", "#cfdbe8", "#e9d3d0", "#3b4656")
HEAD_AND_SHOULDERS: Final = (90, 98, 499, 671)  # left, top, right, bottom: where the detector would put the frame
QUALITY: Final = 82  # of the JPEG: a drawing is far below 20 KB
BLUR: Final = 1.8  # pixels: a drawing with hard edges is no photograph
_ACROSS: Final = SIZE[0] // 2
_DOWN: Final = 350


def portrait(number: int) -> Portrait:
    """Return one person's portrait, as if it had been uploaded and cut: in a light, distance and angle of its own."""
    random = Random(f"light|{number}")  # noqa: S311  # a drawing
    picture = _lit(_taken(_drawn(number % KINDS), number), random)
    encoded = io.BytesIO()
    picture.save(encoded, "JPEG", quality=QUALITY)
    jpeg = encoded.getvalue()
    return Portrait(jpeg, sha256(jpeg).hexdigest(), picture.width, picture.height, likeness_of(picture))


def _taken(drawn: Image.Image, number: int) -> Image.Image:
    """Cut head and shoulders out of a drawing: nearer or farther, higher or lower, leaning, from either side.

    Whoever shares a drawing is dealt another place, in steps that meet again after hundreds of people.
    """
    left, top, right, bottom = HEAD_AND_SHOULDERS
    turn = number // KINDS
    scale = (right - left + 14 * (turn * 5 % 7 - 3)) / USUAL_SHAPE.width
    across = (left + right) / 2 + 10 * (turn * 3 % 5 - 2)
    down = (top + bottom) / 2 + 12 * (turn * 2 % 3 - 1)
    lean = math.radians(1.4 * (turn * 7 % 5 - 2))
    flip = -1 if turn % 2 else 1
    along_x = (flip * scale * math.cos(lean), flip * scale * math.sin(lean))
    along_y = (-scale * math.sin(lean), scale * math.cos(lean))
    middle = (USUAL_SHAPE.width / 2, USUAL_SHAPE.height / 2)
    coefficients = (
        *along_x,
        across - along_x[0] * middle[0] - along_x[1] * middle[1],
        *along_y,
        down - along_y[0] * middle[0] - along_y[1] * middle[1],
    )
    size = (USUAL_SHAPE.width, USUAL_SHAPE.height)
    return drawn.transform(size, Image.Transform.AFFINE, coefficients, Image.Resampling.BILINEAR, fillcolor="white")


def drawing(kind: int) -> bytes:
    """Return the drawing as somebody would upload it, a PNG."""
    encoded = io.BytesIO()
    _lit(_drawn(kind), Random(f"upload|{kind}")).save(encoded, "PNG", compress_level=1)  # noqa: S311  # a drawing
    return encoded.getvalue()


@lru_cache(maxsize=KINDS)
def _drawn(kind: int) -> Image.Image:
    random = Random(f"portrait|{kind}")  # noqa: S311  # a drawing
    picture = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(picture)
    skin, hair = random.choice(SKINS), random.choice(HAIRS)
    wide, high = random.randrange(110, 132), random.randrange(148, 170)
    _draw_clothes(draw, random)
    _draw_hair_behind(draw, random, hair=hair, wide=wide, high=high)
    draw.rectangle((_ACROSS - 52, _DOWN + 110, _ACROSS + 52, _DOWN + 250), fill=_shade(skin, 0.86))
    draw.ellipse((_ACROSS - wide, _DOWN - high, _ACROSS + wide, _DOWN + high), fill=skin)
    _draw_fringe(draw, random, hair=hair, wide=wide, high=high)
    _draw_features(draw, random, skin=skin, hair=hair)
    return Image.fromarray(cv2.GaussianBlur(np.asarray(picture), (0, 0), sigmaX=BLUR))


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


def _draw_clothes(draw: ImageDraw.ImageDraw, random: Random) -> None:
    coat, shirt = random.choice(COATS), random.choice(SHIRTS)
    slope, neck, tip = random.randrange(610, 690), random.randrange(60, 86), random.randrange(650, 780)
    draw.polygon([(40, 826), (110, slope), (235, 575), (355, 575), (480, slope), (550, 826)], fill=coat)
    draw.polygon([(_ACROSS - neck, 578), (_ACROSS + neck, 578), (_ACROSS, tip)], fill=shirt)
    if random.random() < 0.4:
        draw.polygon([(_ACROSS - 14, 610), (_ACROSS + 14, 610), (_ACROSS + 22, tip), (_ACROSS - 22, tip)], fill=coat)


def _draw_hair_behind(draw: ImageDraw.ImageDraw, random: Random, *, hair: str, wide: int, high: int) -> None:
    beside, above, length = random.randrange(10, 40), random.randrange(20, 52), random.choice((-30, 10, 60, 150, 260))
    draw.ellipse((_ACROSS - wide - beside, _DOWN - high - above, _ACROSS + wide + beside, _DOWN + 40), fill=hair)
    if length > 0:
        draw.rounded_rectangle(
            (_ACROSS - wide - beside, _DOWN - 80, _ACROSS + wide + beside, _DOWN + length), 40, fill=hair
        )


def _draw_fringe(draw: ImageDraw.ImageDraw, random: Random, *, hair: str, wide: int, high: int) -> None:
    left, top, right = _ACROSS - wide - 4, _DOWN - high - 12, _ACROSS + wide + 4
    parting, depth = random.randrange(-90, 91), random.randrange(34, 74)
    draw.chord((left, top, right, _DOWN - 20), 190, 350, fill=hair)
    for edge, down in ((left + 6, random.randrange(60, 150)), (right - 6, random.randrange(60, 150))):
        draw.polygon([(_ACROSS + parting, top + 10), (_ACROSS + parting, top + depth), (edge, top + down)], fill=hair)


def _draw_features(draw: ImageDraw.ImageDraw, random: Random, *, skin: str, hair: str) -> None:
    level, apart = _DOWN + random.randrange(-2, 10), random.randrange(46, 56)
    has_glasses = random.random() < 0.25
    for side in (-1, 1):
        eye = _ACROSS + side * apart
        draw.ellipse((eye - 36, level - 22, eye + 36, level + 22), fill=_shade(skin, 0.72))
        draw.rounded_rectangle((eye - 34, level - 41, eye + 34, level - random.randrange(28, 33)), 6, fill=hair)
        draw.ellipse((eye - 24, level - 11, eye + 24, level + 13), fill="#efe9e2")
        draw.ellipse((eye - 13, level - 12, eye + 13, level + 14), fill="#231c18")
        if has_glasses:
            draw.rounded_rectangle((eye - 42, level - 27, eye + 42, level + 31), 16, outline="#33302e", width=4)
    _draw_nose_and_mouth(draw, random, skin=skin, level=level)


def _draw_nose_and_mouth(draw: ImageDraw.ImageDraw, random: Random, *, skin: str, level: int) -> None:
    nose, mouth = level + random.randrange(40, 56), level + random.randrange(84, 100)
    half, aside = random.randrange(28, 48), random.randrange(-5, 6)
    for side in (-1, 1):
        draw.ellipse((_ACROSS + side * 11 - 9, nose, _ACROSS + side * 11 + 9, nose + 15), fill=_shade(skin, 0.62))
    left, right = _ACROSS + aside - half, _ACROSS + aside + half
    draw.ellipse((left, mouth - 9, right, mouth + random.randrange(9, 18)), fill="#a4514d")
    draw.line((left + 4, mouth + 2, right - 4, mouth + 2), fill="#5d2a28", width=4)


def _lit(picture: Image.Image, random: Random) -> Image.Image:
    """Let the light fall unevenly, as in a room: no two faces have the same shade everywhere."""
    small = Image.new("L", (14, 18), 255)
    small.putdata([random.randrange(190, 256) for _ in range(14 * 18)])
    shade = small.resize(picture.size, Image.Resampling.BICUBIC)
    return ImageChops.lighter(
        ImageChops.multiply(picture, Image.merge("RGB", (shade, shade, shade))),
        picture.point(lambda value: 255 if value == 255 else 0),  # the background stays white
    )


def _shade(colour: str, by: float) -> tuple[int, int, int]:
    red, green, blue = (int(int(colour[place : place + 2], 16) * by) for place in (1, 3, 5))
    return (red, green, blue)
