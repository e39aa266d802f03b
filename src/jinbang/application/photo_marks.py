"""The picture with what was found drawn on it: the part that becomes the portrait, the face, the head. Pure.

Only lines are drawn and the rest is dimmed; what they mean is said in words beside the picture, because a colour alone
tells nothing to many people.
"""

import io
from collections.abc import Sequence
from typing import Any, Final

from PIL import Image, ImageDraw, ImageEnhance

from jinbang.application.photo_faces import Face
from jinbang.application.picture import Box, Sheet

MARKED_SIDE: Final = 900
_QUALITY: Final = 80
_DIMMED: Final = 0.45
_PORTRAIT_LINE: Final = (43, 58, 143)  # indigo, as links are
_FACE_LINE: Final = (196, 154, 58)  # gold
_OTHER_FACE_LINE: Final = (172, 42, 27)  # cinnabar


def facts_of(faces: Sequence[Face]) -> list[dict[str, Any]]:
    """Return faces as they are kept."""
    return [
        {"box": [one.box.left, one.box.top, one.box.width, one.box.height], "tilt_degrees": one.tilt_degrees}
        for one in faces
    ]


def read_faces(kept: Sequence[dict[str, Any]]) -> tuple[Face, ...]:
    """Return what `facts_of` wrote."""
    return tuple(Face(Box(*one["box"]), one["tilt_degrees"]) for one in kept)


def marked(sheet: Sheet, box: Box, *, faces: Sequence[Face]) -> bytes:
    """Return the sheet as a small JPEG with the portrait's part, the faces, crown and chin drawn on it."""
    scale = min(1.0, MARKED_SIDE / max(sheet.width, sheet.height))
    small = sheet.image.resize((max(1, round(sheet.width * scale)), max(1, round(sheet.height * scale))))
    dimmed = ImageEnhance.Brightness(small).enhance(_DIMMED)
    left, top, right, bottom = (round(side * scale) for side in box.corners)
    dimmed.paste(small.crop((left, top, right, bottom)), (left, top))
    draw, wide = ImageDraw.Draw(dimmed), max(2, max(small.size) // 220)
    draw.rectangle((left, top, right - 1, bottom - 1), outline=_PORTRAIT_LINE, width=wide)
    for number, face in enumerate(faces):
        corners = tuple(round(side * scale) for side in face.box.corners)
        draw.rectangle(corners, outline=_OTHER_FACE_LINE if number else _FACE_LINE, width=wide)
    if faces:
        for level in (faces[0].crown, faces[0].chin):
            draw.line(
                (left, round(level * scale), right, round(level * scale)), fill=_FACE_LINE, width=max(1, wide // 2)
            )
    return _written(dimmed)


def plain(sheet: Sheet) -> bytes:
    """Return the sheet as a small JPEG with nothing on it, for moving the frame."""
    small = sheet.image.copy()
    small.thumbnail((MARKED_SIDE, MARKED_SIDE))
    return _written(small)


def _written(picture: Image.Image) -> bytes:
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=_QUALITY, optimize=True)
    return written.getvalue()
