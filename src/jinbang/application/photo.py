"""The portrait (照片): whatever a phone takes becomes one small JPEG of our own. Pure: bytes in, bytes out.

Bytes are capped before anything is read, pixels before anything is decoded. Only the two decoders named here ever see
the file; what follows the picture, its EXIF, profiles and comments are left behind because we encode anew. Where the
portrait is kept and who may see it is `actions` and `queries`.
"""

import io
import struct
import zlib
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from PIL import Image, ImageFilter
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from jinbang.application.errors import PhotoFileTooLarge, PhotoTooManyPixels, PhotoTooSmall, PhotoUnreadable

MEGABYTE: Final = 1024 * 1024
BYTES_READ_MAX: Final = 15 * MEGABYTE
MEGAPIXEL: Final = 1_000_000
PIXELS_MAX: Final = 50 * MEGAPIXEL
"""A 50-megapixel PNG with transparency decodes to 200 MB, the most that one upload may cost."""

WIDTH: Final = 295
HEIGHT: Final = 413
JPEG_BYTES_MAX: Final = 20 * 1024

_JPEG_START: Final = b"\xff\xd8\xff"
_PNG_START: Final = b"\x89PNG\r\n\x1a\n"
_ORIENTATION: Final = 0x0112
_UPRIGHT_BY: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_LYING: Final = frozenset({5, 6, 7, 8})
_QUALITY_BEST: Final = 95
_QUALITY_WORST: Final = 20
_WHITE: Final = (255, 255, 255)
# What Pillow's two decoders raise on damaged files: there is no common ancestor below Exception.
_DAMAGED: Final = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    KeyError,
    IndexError,
    TypeError,
    OverflowError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True)
class PhotoShape:
    """What the portrait is made to: the programme's own figures, or the field's usual 25 by 35 mm at 300 dpi."""

    width: int = WIDTH
    height: int = HEIGHT
    bytes_max: int = JPEG_BYTES_MAX


USUAL_SHAPE: Final = PhotoShape()


@dataclass(frozen=True)
class Portrait:
    """A JPEG that we encoded ourselves, with its hash and measures."""

    jpeg: bytes
    sha256: str
    width: int
    height: int


def make_portrait(raw: bytes, *, shape: PhotoShape = USUAL_SHAPE) -> Portrait:
    """Turn an uploaded JPEG or PNG into the portrait: upright, centre-cropped, small, best quality that fits.

    Refuses files too large, pictures with too many or too few pixels, and anything else that is not a picture. A small
    picture is refused and not enlarged, because an enlarged face is of no use at the door of the room.
    """
    if len(raw) > BYTES_READ_MAX:
        raise PhotoFileTooLarge(
            megabytes=-(-len(raw) // MEGABYTE),
            megabytes_max=BYTES_READ_MAX // MEGABYTE,
        )
    picture = _opened(raw)
    if picture.width * picture.height > PIXELS_MAX:
        raise PhotoTooManyPixels(megapixels_max=PIXELS_MAX // MEGAPIXEL)
    orientation = _orientation(picture)
    wide, high = (shape.height, shape.width) if orientation in _LYING else (shape.width, shape.height)
    box = _centre(picture.width, picture.height, wide=wide, high=high)
    if box[2] - box[0] < wide or box[3] - box[1] < high:
        raise PhotoTooSmall(width=picture.width, height=picture.height, width_min=shape.width, height_min=shape.height)
    try:
        small = _flattened(picture).resize((wide, high), Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)
    except _DAMAGED as error:
        raise PhotoUnreadable from error
    upright = _on_white(small)
    if orientation in _UPRIGHT_BY:
        upright = upright.transpose(_UPRIGHT_BY[orientation])
    jpeg = _encoded(upright, bytes_max=shape.bytes_max)
    return Portrait(jpeg, sha256(jpeg).hexdigest(), upright.width, upright.height)


def _opened(raw: bytes) -> ImageFile:
    """Read the header only. `Image.open` would try forty formats and warn, process-wide, where we refuse."""
    decoder = JpegImageFile if raw.startswith(_JPEG_START) else PngImageFile if raw.startswith(_PNG_START) else None
    if decoder is None:
        raise PhotoUnreadable
    try:
        return decoder(io.BytesIO(raw))
    except _DAMAGED as error:
        raise PhotoUnreadable from error


def _orientation(picture: ImageFile) -> int:
    try:
        return int(picture.getexif().get(_ORIENTATION, 1))
    except _DAMAGED:
        return 1  # A broken EXIF block tells nothing about the picture: it is taken as it lies.


def _centre(width: int, height: int, *, wide: int, high: int) -> tuple[int, int, int, int]:
    """Return the largest box of the wanted proportions in the middle of the picture."""
    across = min(width, height * wide // high)
    down = min(height, width * high // wide)
    left, top = (width - across) // 2, (height - down) // 2
    return (left, top, left + across, top + down)


def _flattened(picture: ImageFile) -> Image.Image:
    """Decode, and bring rare modes to one that can be resized smoothly. Colour pictures are not copied."""
    picture.load()
    if picture.mode.startswith("I"):  # 16 bits of grey
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if picture.mode in {"RGB", "RGBA", "L", "LA", "CMYK", "YCbCr"}:
        return picture
    return picture.convert("RGBA")


def _on_white(small: Image.Image) -> Image.Image:
    """Put the picture on fresh white paper. What the file carried besides the picture stays on the old sheet."""
    paper = Image.new("RGB", small.size, _WHITE)
    if small.mode in {"RGBA", "LA"}:
        layer = small.convert("RGBA")
        paper.paste(layer, mask=layer.getchannel("A"))
    else:
        paper.paste(small.convert("RGB"))
    return paper


def _encoded(upright: Image.Image, *, bytes_max: int) -> bytes:
    """Find the best quality that fits, by halving. What fits at no quality (noise) is softened until it does."""
    while True:
        worst, best, fitting = _QUALITY_WORST, _QUALITY_BEST, b""
        while worst <= best:
            quality = (worst + best) // 2
            tried = _jpeg(upright, quality)
            if len(tried) <= bytes_max:
                worst, fitting = quality + 1, tried
            else:
                best = quality - 1
        if fitting:
            return fitting
        upright = upright.filter(ImageFilter.GaussianBlur(1))


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=quality, optimize=True)
    return written.getvalue()
