"""The portrait (照片): whatever a phone takes becomes one small JPEG of our own. Pure: bytes in, bytes out.

`picture` opens the file, `photo_faces` finds the head; here the programme's own shape is cut out around it and encoded
anew at the best quality that fits. White balance and everything else about the picture is left alone. Where the
portrait is kept and who may see it is `actions` and `photo_versions`.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from PIL import Image

from jinbang.application.errors import PhotoTooDetailed, PhotoTooSmall
from jinbang.application.photo_faces import Face, find_faces
from jinbang.application.photo_likeness import Likeness, likeness_of
from jinbang.application.picture import BYTES_READ_MAX, Box, Sheet, read_sheet

__all__ = ["BYTES_READ_MAX", "USUAL_SHAPE", "PhotoShape", "Portrait", "box_for", "box_of", "cut", "make_portrait"]

WIDTH: Final = 295
HEIGHT: Final = 413
JPEG_BYTES_MAX: Final = 20 * 1024

HEAD_SHARE: Final = 0.62
"""Crown to chin, of the portrait's height. Our own choice, in the middle of what reviewers take without a word."""
SPACE_ABOVE: Final = 0.10
"""Above the crown, of the portrait's height. Our own choice."""
HAND_BOX_SHARE_MIN: Final = 0.5
"""A box chosen by hand shows at least half of what the portrait is made to: below, one would see only pixels."""

QUALITY_BEST: Final = 95
QUALITY_FLOOR: Final = 40
"""Below this a face at 295 × 413 falls into blocks; rather say what is wrong with the picture than print those."""
QUALITY_WITH_FULL_COLOUR: Final = 88
"""From here on colours at full resolution are worth their bytes; below, halved colours leave more for the face."""
_FULL_COLOUR, _HALF_COLOUR = 0, 2  # Pillow's names for 4:4:4 and 4:2:0


@dataclass(frozen=True)
class PhotoShape:
    """What the portrait is made to: the programme's own figures, or the field's usual 25 by 35 mm at 300 dpi."""

    width: int = WIDTH
    height: int = HEIGHT
    bytes_max: int = JPEG_BYTES_MAX
    backgrounds: tuple[str, ...] = ("white",)


USUAL_SHAPE: Final = PhotoShape()


@dataclass(frozen=True)
class Portrait:
    """A JPEG that we encoded ourselves, with its hash, its measures and what it looks like."""

    jpeg: bytes
    sha256: str
    width: int
    height: int
    likeness: Likeness


def make_portrait(raw: bytes, *, shape: PhotoShape = USUAL_SHAPE, takes_heif: bool = True) -> Portrait:
    """Turn an uploaded picture into the portrait: upright, cut around the face, small, best quality that fits.

    Refuses files too large, pictures with too many or too few pixels, and anything else that is not a picture. A small
    picture is refused and not enlarged, because an enlarged face is of no use at the door of the room.
    """
    sheet = read_sheet(raw, takes_heif=takes_heif)
    return cut(sheet, box_for(sheet, find_faces(sheet), shape=shape), shape=shape)


def require_large_enough(sheet: Sheet, *, shape: PhotoShape) -> None:
    """Refuse a picture that has fewer pixels than the portrait itself (国考: the source is at least 295 × 413)."""
    box = _largest(sheet.full_width, sheet.full_height, shape=shape)
    if box.width < shape.width or box.height < shape.height:
        raise PhotoTooSmall(
            width=sheet.full_width, height=sheet.full_height, width_min=shape.width, height_min=shape.height
        )


def box_for(sheet: Sheet, faces: Sequence[Face], *, shape: PhotoShape) -> Box:
    """Return the part of the sheet that becomes the portrait: the head placed by its face, else the middle."""
    require_large_enough(sheet, shape=shape)
    if not faces:
        return _largest(sheet.width, sheet.height, shape=shape)
    face = faces[0]
    height = face.head_height / HEAD_SHARE
    width = height * shape.width / shape.height
    return _inside(
        sheet, left=face.middle - width / 2, top=face.crown - height * SPACE_ABOVE, height=height, shape=shape
    )


def box_of(sheet: Sheet, *, left: float, top: float, width: float, shape: PhotoShape) -> Box:
    """Return the box chosen by hand, given in shares of the sheet, moved and sized so that it lies wholly inside."""
    require_large_enough(sheet, shape=shape)
    least = shape.height * HAND_BOX_SHARE_MIN / sheet.scale
    height = max(least, width * sheet.width * shape.height / shape.width)
    return _inside(sheet, left=left * sheet.width, top=top * sheet.height, height=height, shape=shape)


def _largest(width: int, height: int, *, shape: PhotoShape) -> Box:
    """Return the largest box of the wanted proportions in the middle."""
    across = min(width, height * shape.width // shape.height)
    down = min(height, width * shape.height // shape.width)
    return Box((width - across) // 2, (height - down) // 2, across, down)


def _inside(sheet: Sheet, *, left: float, top: float, height: float, shape: PhotoShape) -> Box:
    """Return a box of this height as near as it can be while it lies on the sheet. Nothing is ever painted on."""
    most = _largest(sheet.width, sheet.height, shape=shape)
    down = max(1, min(round(height), most.height))
    across = max(1, min(round(height * shape.width / shape.height), most.width))
    left += (height * shape.width / shape.height - across) / 2
    return Box(
        min(max(0, round(left)), sheet.width - across),
        min(max(0, round(top)), sheet.height - down),
        across,
        down,
    )


def cut(sheet: Sheet, box: Box, *, shape: PhotoShape) -> Portrait:
    """Cut the portrait out and encode it. Refuses, with `PhotoTooDetailed`, one that would fit only as blocks."""
    picture = sheet.image.resize((shape.width, shape.height), Image.Resampling.LANCZOS, box=box.corners)
    jpeg = _encoded(picture, bytes_max=shape.bytes_max)
    return Portrait(jpeg, sha256(jpeg).hexdigest(), picture.width, picture.height, likeness_of(picture))


def _encoded(picture: Image.Image, *, bytes_max: int) -> bytes:
    """Return the best that fits: colours in full where quality is high anyway, else halved; progressive if it gains."""
    full, quality = _best_fit(picture, bytes_max=bytes_max, subsampling=_FULL_COLOUR, progressive=False)
    if full and quality >= QUALITY_WITH_FULL_COLOUR:
        return full
    plain, plain_quality = _best_fit(picture, bytes_max=bytes_max, subsampling=_HALF_COLOUR, progressive=False)
    scans, scans_quality = _best_fit(picture, bytes_max=bytes_max, subsampling=_HALF_COLOUR, progressive=True)
    best = scans if scans_quality > plain_quality else plain  # at equal quality the form that every old tool reads
    if not best:
        raise PhotoTooDetailed(kilobytes_max=bytes_max // 1024)
    return best


def _best_fit(picture: Image.Image, *, bytes_max: int, subsampling: int, progressive: bool) -> tuple[bytes, int]:
    """Return the JPEG of the highest quality that fits, and that quality, by halving; nothing where none does."""
    worst, best, fitting, reached = QUALITY_FLOOR, QUALITY_BEST, b"", 0
    while worst <= best:
        quality = (worst + best) // 2
        written = io.BytesIO()
        picture.save(written, "JPEG", quality=quality, optimize=True, progressive=progressive, subsampling=subsampling)
        if written.tell() <= bytes_max:
            worst, fitting, reached = quality + 1, written.getvalue(), quality
        else:
            best = quality - 1
    return fitting, reached
