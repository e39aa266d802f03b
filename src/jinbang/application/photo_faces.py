"""Where a face stands on a sheet, and how its eyes lie. Pure; by the Haar cascades that OpenCV 4 brings along.

What this finds is advice. The detector doubts glasses, dark skin in poor light and uncommon faces more than others, so
nothing here or after it may refuse anybody: what it misses goes to a person.
"""

import math
import threading
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from cv2.data import haarcascades
from PIL import Image

from jinbang.application.picture import Box, Sheet

LOOKED_AT_SIDE: Final = 512
"""The sheet is looked at this small: a face there is still twice the detector's 20 pixels."""
FACE_SHARE_MIN: Final = 0.12
"""Of the shorter side. Smaller faces stand in the background or on a wall."""
SAME_SIZE_SHARE: Final = 0.5
"""Faces less than half as wide as the largest are taken for pictures on the wall or mistakes of the detector."""
CROWN_ABOVE: Final = 0.28
"""How far above the detector's box, in its heights, the crown stands: measured on drawn heads and on photographs."""

_STEP: Final = 1.1
_NEIGHBOURS: Final = 5
_EYES_PART: Final = 0.6
_EYES_APART_MIN: Final = 0.25
_EYES_APART_MAX: Final = 0.7

# Many people upload at once: one thread a picture is faster for all of them than all threads for one.
cv2.setNumThreads(1)
_of_this_thread = threading.local()  # a cascade keeps its working memory and must not be shared


@dataclass(frozen=True)
class Face:
    """A face from brow to chin, in pixels of the sheet, and how far it leans (None: the eyes were not found)."""

    box: Box
    tilt_degrees: float | None = None

    @property
    def head_height(self) -> float:
        """From crown to chin."""
        return self.box.height * (1 + CROWN_ABOVE)

    @property
    def crown(self) -> float:
        """Where the head begins, from the top of the sheet."""
        return self.box.top - self.box.height * CROWN_ABOVE

    @property
    def chin(self) -> float:
        """Where the face ends, from the top of the sheet."""
        return float(self.box.top + self.box.height)

    @property
    def middle(self) -> float:
        """The middle of the face, from the left of the sheet."""
        return self.box.left + self.box.width / 2


def find_faces(sheet: Sheet) -> tuple[Face, ...]:
    """Return the faces that count, the largest first. About a tenth of a second."""
    scale = min(1.0, LOOKED_AT_SIDE / max(sheet.width, sheet.height))
    size = (max(1, round(sheet.width * scale)), max(1, round(sheet.height * scale)))
    grey = cv2.equalizeHist(np.asarray(sheet.image.resize(size, Image.Resampling.BILINEAR).convert("L")))
    smallest = max(24, round(min(size) * FACE_SHARE_MIN))
    seen = _cascade("frontalface_alt2").detectMultiScale(grey, _STEP, _NEIGHBOURS, minSize=(smallest, smallest))
    boxes = sorted((Box(*(int(side) for side in one)) for one in seen), key=lambda box: -box.width)
    counting: list[Box] = []
    for box in boxes:
        if box.width >= boxes[0].width * SAME_SIZE_SHARE and not any(_overlap(box, other) for other in counting):
            counting.append(box)
    return tuple(Face(_enlarged(box, 1 / scale), _tilt(grey, box)) for box in counting)


def _overlap(one: Box, other: Box) -> bool:
    """Whether the middle of one box lies in the other: then both are of one face."""
    across, down = one.left + one.width / 2, one.top + one.height / 2
    left, top, right, bottom = other.corners
    return left <= across <= right and top <= down <= bottom


def _enlarged(box: Box, by: float) -> Box:
    return Box(*(round(side * by) for side in (box.left, box.top, box.width, box.height)))


def _tilt(grey: "cv2.typing.MatLike", face: Box) -> float | None:
    """Return how far the line between the eyes leans, in degrees, clockwise. None where two eyes were not found."""
    part = grey[face.top : face.top + round(face.height * _EYES_PART), face.left : face.left + face.width]
    smallest = max(8, face.width // 8)
    seen = _cascade("eye").detectMultiScale(part, _STEP, _NEIGHBOURS, minSize=(smallest, smallest))
    middles = sorted((left + width / 2, top + height / 2) for left, top, width, height in seen)
    if len(middles) != 2:  # noqa: PLR2004  # a face has two eyes
        return None
    (left, left_down), (right, right_down) = middles
    if not _EYES_APART_MIN <= (right - left) / face.width <= _EYES_APART_MAX:
        return None
    return math.degrees(math.atan2(right_down - left_down, right - left))


def _cascade(name: str) -> cv2.CascadeClassifier:
    kept: dict[str, cv2.CascadeClassifier] = vars(_of_this_thread).setdefault("cascades", {})
    if name not in kept:
        kept[name] = cv2.CascadeClassifier(f"{haarcascades}haarcascade_{name}.xml")
    return kept[name]
