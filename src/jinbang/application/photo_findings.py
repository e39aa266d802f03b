"""What the server sees in a photo: each finding with a code, a level and what was measured. Pure; refuses nobody.

Findings are advice. Where one says "look again" the candidate can probably mend it; where one says "a person decides"
the detector doubts and a reviewer looks. Every threshold is a row of `LIMITS` with its source, or says that it is our
own choice; the words stand in `photo_words`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import cv2
import numpy as np
from PIL import Image, ImageDraw

from jinbang.application.photo import PhotoShape
from jinbang.application.photo_faces import Face
from jinbang.application.picture import Box, Sheet


class Level(StrEnum):
    """What a finding asks for."""

    FINE = "fine"
    LOOK_AGAIN = "look_again"
    PERSON = "person"


class FindingCode(StrEnum):
    """Everything that can be found, one line of the page each."""

    FACE_ONE = "face_one"
    FACE_NONE = "face_none"
    FACE_SEVERAL = "face_several"
    HEAD_SIZE_FINE = "head_size_fine"
    HEAD_SMALL = "head_small"
    HEAD_LARGE = "head_large"
    HEAD_PLACE_FINE = "head_place_fine"
    HEAD_ASIDE = "head_aside"
    HEAD_CUT = "head_cut"
    UPRIGHT = "upright"
    TILTED = "tilted"
    SHARP = "sharp"
    BLURRED = "blurred"
    LIGHT_FINE = "light_fine"
    TOO_DARK = "too_dark"
    TOO_BRIGHT = "too_bright"
    BACKGROUND_FINE = "background_fine"
    BACKGROUND_BUSY = "background_busy"
    RESOLUTION_FINE = "resolution_fine"
    ENLARGED = "enlarged"


@dataclass(frozen=True)
class Limit:
    """A threshold, its unit, and where it comes from."""

    value: float
    unit: str
    source: str


_OURS: Final = "our own choice"
LIMITS: Final[Mapping[str, Limit]] = {
    "head_share_min": Limit(0.48, "of the portrait's height", f"{_OURS}: smaller faces are unclear at 25 by 35 mm"),
    "head_share_max": Limit(0.78, "of the portrait's height", f"{_OURS}: larger heads lose hair or chin in print"),
    "aside_max": Limit(
        0.08, "of the portrait's width", f"{_OURS}; the notices ask for a centred head and give no figure"
    ),
    "crown_min": Limit(0.015, "of the portrait's height", "GA/T 461-2004: 7 of 441 pixels above the head at least"),
    "tilt_max": Limit(
        8.0, "degrees", f"{_OURS}: half again the 5 degrees of ISO/IEC 19794-5, for the detector's error"
    ),
    "sharpness_min": Limit(10.0, "thousandths", f"{_OURS}: faces blurred step by step until they were unclear"),
    "dark_below": Limit(70.0, "of 255", f"{_OURS}: median of the face"),
    "bright_above": Limit(232.0, "of 255", f"{_OURS}: median of the face"),
    "burnt_max": Limit(0.2, "of the face", f"{_OURS}: share without any drawing"),
    "background_min": Limit(0.8, "of what is seen of it", f"{_OURS}; the notices ask for white and give no figure"),
    "enlarged_max": Limit(1.0, "times", "civil-service examination 2019: enlarging a small picture is forbidden"),
    "enlarged_doubtful": Limit(1.5, "times", _OURS),
}
_FACE_MEASURED_AT: Final = 160
"""Sharpness is measured on the face at this width, so that a large picture is not called sharper than a small one."""
_WHITE_FROM: Final = 165
_WHITE_SPREAD_MAX: Final = 40
_BURNT_FROM: Final = 250
_COLOUR_FROM: Final = 70
_HUES: Final[Mapping[str, tuple[int, int]]] = {"blue": (95, 130), "red": (170, 190)}  # of 180, as OpenCV counts


@dataclass(frozen=True)
class Finding:
    """One thing that was found. `measured` is in the unit of its limit."""

    code: FindingCode
    level: Level
    measured: float

    def facts(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return {"code": self.code.value, "level": self.level.value, "measured": self.measured}


def read_findings(kept: Iterable[Mapping[str, Any]]) -> tuple[Finding, ...]:
    """Return what `Finding.facts` wrote."""
    return tuple(Finding(FindingCode(one["code"]), Level(one["level"]), float(one["measured"])) for one in kept)


def judge(sheet: Sheet, box: Box, *, faces: Sequence[Face], shape: PhotoShape) -> tuple[Finding, ...]:
    """Return everything found in this part of the sheet, in the order of the page."""
    inside = [face for face in faces if _is_inside(face, box)]
    found = [_faces(inside)]
    if inside:
        face = inside[0]
        found += [_head_size(face, box), _head_place(face, box)]
        if face.tilt_degrees is not None:
            found.append(_tilt(face.tilt_degrees))
        part = _face_part(sheet, face.box)
    else:
        part = _face_part(sheet, box)
    found += [_sharpness(part), _light(part), _background(sheet, box, inside, shape=shape)]
    found.append(_resolution(sheet, box, shape=shape))
    return tuple(found)


def _finding(code: FindingCode, level: Level, measured: float) -> Finding:
    return Finding(code, level, round(float(measured), 3))


def _is_inside(face: Face, box: Box) -> bool:
    left, top, right, bottom = box.corners
    return left <= face.middle <= right and top <= face.box.top + face.box.height / 2 <= bottom


def _faces(inside: Sequence[Face]) -> Finding:
    if not inside:
        return _finding(FindingCode.FACE_NONE, Level.PERSON, 0)
    if len(inside) > 1:
        return _finding(FindingCode.FACE_SEVERAL, Level.PERSON, len(inside))
    return _finding(FindingCode.FACE_ONE, Level.FINE, 1)


def _head_size(face: Face, box: Box) -> Finding:
    share = face.head_height / box.height
    if share < LIMITS["head_share_min"].value:
        return _finding(FindingCode.HEAD_SMALL, Level.LOOK_AGAIN, share)
    if share > LIMITS["head_share_max"].value:
        return _finding(FindingCode.HEAD_LARGE, Level.LOOK_AGAIN, share)
    return _finding(FindingCode.HEAD_SIZE_FINE, Level.FINE, share)


def _head_place(face: Face, box: Box) -> Finding:
    above = (face.crown - box.top) / box.height
    if above < LIMITS["crown_min"].value or face.chin > box.top + box.height:
        return _finding(FindingCode.HEAD_CUT, Level.LOOK_AGAIN, above)
    aside = (face.middle - box.left) / box.width - 0.5
    if abs(aside) > LIMITS["aside_max"].value:
        return _finding(FindingCode.HEAD_ASIDE, Level.LOOK_AGAIN, aside)
    return _finding(FindingCode.HEAD_PLACE_FINE, Level.FINE, aside)


def _tilt(degrees: float) -> Finding:
    if abs(degrees) > LIMITS["tilt_max"].value:
        return _finding(FindingCode.TILTED, Level.LOOK_AGAIN, degrees)
    return _finding(FindingCode.UPRIGHT, Level.FINE, degrees)


def _face_part(sheet: Sheet, box: Box) -> "cv2.typing.MatLike":
    """Return a face in grey at the width at which faces are measured. A smaller one is enlarged, and so unsharp."""
    height = max(1, round(_FACE_MEASURED_AT * box.height / box.width))
    part = sheet.image.resize((_FACE_MEASURED_AT, height), Image.Resampling.BICUBIC, box=_clipped(box, sheet))
    return np.asarray(part.convert("L"))


def _clipped(box: Box, sheet: Sheet) -> tuple[int, int, int, int]:
    left, top, right, bottom = box.corners
    return (max(0, left), max(0, top), min(sheet.width, right), min(sheet.height, bottom))


def _sharpness(part: "cv2.typing.MatLike") -> Finding:
    """Judge by the variance of the Laplacian (Pech-Pacheco and others, 2000)."""
    # Against the contrast of the face, or every face in the dark would be called blurred.
    variance = 1000 * float(cv2.Laplacian(part, cv2.CV_64F).var()) / max(1.0, float(part.var()))
    if variance < LIMITS["sharpness_min"].value:
        return _finding(FindingCode.BLURRED, Level.LOOK_AGAIN, variance)
    return _finding(FindingCode.SHARP, Level.FINE, variance)


def _light(part: "cv2.typing.MatLike") -> Finding:
    """Judge the middle of the face, where there is neither hair nor background."""
    high, wide = part.shape[:2]
    skin = part[high // 5 : high * 4 // 5, wide // 5 : wide * 4 // 5]
    median, burnt = float(np.median(skin)), float((skin >= _BURNT_FROM).mean())
    if median < LIMITS["dark_below"].value:
        return _finding(FindingCode.TOO_DARK, Level.LOOK_AGAIN, median)
    if median > LIMITS["bright_above"].value or burnt > LIMITS["burnt_max"].value:
        return _finding(FindingCode.TOO_BRIGHT, Level.LOOK_AGAIN, median)
    return _finding(FindingCode.LIGHT_FINE, Level.FINE, median)


def _background(sheet: Sheet, box: Box, inside: Sequence[Face], *, shape: PhotoShape) -> Finding:
    """Judge the upper half beside and above the head, where nothing but the background should be."""
    size = (shape.width, shape.height)
    seen = np.asarray(sheet.image.resize(size, Image.Resampling.BILINEAR, box=box.corners))
    beside = np.asarray(_beside_the_head(box, inside, size=size), dtype=bool)
    if not beside.any():
        return _finding(FindingCode.BACKGROUND_FINE, Level.FINE, 1)
    share = max(float(_is_colour(seen, colour)[beside].mean()) for colour in shape.backgrounds)
    if share < LIMITS["background_min"].value:
        return _finding(FindingCode.BACKGROUND_BUSY, Level.LOOK_AGAIN if inside else Level.PERSON, share)
    return _finding(FindingCode.BACKGROUND_FINE, Level.FINE, share)


def _beside_the_head(box: Box, inside: Sequence[Face], *, size: tuple[int, int]) -> Image.Image:
    """Return a mask of the portrait: the upper 45 % without a generous oval around the head and its hair."""
    wide, high = size
    mask = Image.new("1", size, 0)
    draw = ImageDraw.Draw(mask)
    draw.rectangle((0, 0, wide, high * 0.45), fill=1)
    scale = wide / box.width
    if inside:
        face = inside[0]
        middle, half = (face.middle - box.left) * scale, face.box.width * scale * 0.72
        crown = (face.crown - box.top - face.box.height * 0.12) * scale
    else:
        middle, half, crown = wide / 2, wide * 0.38, high * 0.05
    draw.ellipse((middle - half, crown, middle + half, crown + half * 2.6), fill=0)
    draw.rectangle((middle - half, crown + half * 1.3, middle + half, high), fill=0)
    return mask


def _is_colour(seen: "cv2.typing.MatLike", colour: str) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
    """Return where the picture has a colour that the programme allows behind a person. White may be a wall in shade."""
    if colour == "white":
        lowest, highest = seen.min(axis=2).astype(np.int16), seen.max(axis=2).astype(np.int16)
        white: np.ndarray[tuple[int, ...], np.dtype[np.bool_]] = (lowest >= _WHITE_FROM) & (
            highest - lowest <= _WHITE_SPREAD_MAX
        )
        return white
    first, last = _HUES[colour]
    hue, strength, _ = (cv2.cvtColor(seen, cv2.COLOR_RGB2HSV)[:, :, channel].astype(np.int16) for channel in range(3))
    found: np.ndarray[tuple[int, ...], np.dtype[np.bool_]] = (strength >= _COLOUR_FROM) & (
        (hue - first) % 180 <= last - first
    )
    return found


def _resolution(sheet: Sheet, box: Box, *, shape: PhotoShape) -> Finding:
    """Say how much the picture has to be enlarged to fill the portrait, against the pixels that the file brought."""
    times = shape.width / (box.width * sheet.scale)
    if times > LIMITS["enlarged_doubtful"].value:
        return _finding(FindingCode.ENLARGED, Level.PERSON, times)
    if times > LIMITS["enlarged_max"].value:
        return _finding(FindingCode.ENLARGED, Level.LOOK_AGAIN, times)
    return _finding(FindingCode.RESOLUTION_FINE, Level.FINE, times)
