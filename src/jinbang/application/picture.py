"""An uploaded picture opened safely: bytes in, one upright sheet of plain colours out. Pure; any thread may call it.

Bytes are capped before anything is read, the kind is told by the first bytes and never by the name, and pixels are
capped from the header before a decoder sees them: Pillow itself only warns up to 179 megapixels, and a PNG of 74 bytes
may claim 92. EXIF turns the picture and is left behind with everything else that is not the picture. What the sheet is
good for (a face, sharpness) is judged elsewhere.
"""

import io
import struct
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from PIL import Image, ImageCms
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile
from pillow_heif.as_plugin import HeifImageFile

from jinbang.application.errors import PhotoFileTooLarge, PhotoTooManyPixels, PhotoUnreadable
from jinbang.kernel import pictures
from jinbang.kernel.pictures import MEGABYTE, MEGAPIXEL, find_picture, on_white

BYTES_READ_MAX: Final = 15 * MEGABYTE
PIXELS_MAX_DRAWN: Final = 16 * MEGAPIXEL
"""For PNG and WebP, which no camera writes: with transparency their decoders hold each pixel four times over."""
SCANS_TIMES_PIXELS_MAX: Final = 300 * MEGAPIXEL
"""Each scan of a progressive JPEG costs one pass over all of it; ten scans are usual, a thousand are an attack."""
SHEET_SIDE_MAX: Final = 2400
"""The longer side of a sheet: eight times what a portrait needs, enough for a person who stands far away."""
SHEET_QUALITY: Final = 90
ICC_BYTES_MAX: Final = MEGABYTE

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
_DAMAGED: Final = (*pictures.DAMAGED, MemoryError, ImageCms.PyCMSError)


@dataclass(frozen=True)
class Box:
    """A part of a sheet, in its pixels."""

    left: int
    top: int
    width: int
    height: int

    @property
    def corners(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom, as Pillow names a part."""
        return (self.left, self.top, self.left + self.width, self.top + self.height)


@dataclass(frozen=True)
class Sheet:
    """The picture upright, in sRGB, at most `SHEET_SIDE_MAX` long; `full_*` are the measures it came with."""

    image: Image.Image
    full_width: int
    full_height: int

    @property
    def width(self) -> int:
        """In pixels of the sheet."""
        return self.image.width

    @property
    def height(self) -> int:
        """In pixels of the sheet."""
        return self.image.height

    @property
    def scale(self) -> float:
        """How many pixels of the file one pixel of the sheet stands for, along one side."""
        return max(1.0, self.full_width / self.image.width)

    def jpeg(self) -> bytes:
        """Return the sheet as a JPEG of our own, to be kept until the portrait is accepted."""
        written = io.BytesIO()
        self.image.save(written, "JPEG", quality=SHEET_QUALITY)
        return written.getvalue()


def read_sheet(raw: bytes, *, takes_heif: bool = True) -> Sheet:
    """Open an uploaded JPEG, PNG, WebP or HEIC. Of an animation the first picture counts.

    Refuses files too large, pictures with too many pixels, and whatever is not a whole picture of these kinds.
    """
    if len(raw) > BYTES_READ_MAX:
        raise PhotoFileTooLarge(megabytes=-(-len(raw) // MEGABYTE), megabytes_max=BYTES_READ_MAX // MEGABYTE)
    try:
        picture = _open_webp(raw) if _is_webp(raw) else find_picture(raw, takes_heif=takes_heif)
        if picture is None:
            raise PhotoUnreadable
        _require_few_pixels(picture, raw)
        return _sheet(picture)
    except _DAMAGED as error:
        raise PhotoUnreadable from error


def reopen_sheet(jpeg: bytes, *, full_width: int, full_height: int) -> Sheet:
    """Return a sheet that was kept: bytes that we wrote ourselves, and the measures it came with."""
    return Sheet(Image.open(io.BytesIO(jpeg), formats=("JPEG",)).convert("RGB"), full_width, full_height)


# ---------------------------------------------------------------- the header


def _is_webp(raw: bytes) -> bool:
    return raw[:4] == b"RIFF" and raw[8:12] == b"WEBP"


def _open_webp(raw: bytes) -> ImageFile:
    """Read the measures from the first chunk ourselves: the decoder makes room for two canvases as soon as it opens."""
    if _webp_pixels(raw) > PIXELS_MAX_DRAWN:
        raise PhotoTooManyPixels(megapixels_max=PIXELS_MAX_DRAWN // MEGAPIXEL)
    return WebPImageFile(io.BytesIO(raw))


def _webp_pixels(raw: bytes) -> int:
    """Return width times height as a WebP's first chunk claims them (RFC 9649, sections 2.5 to 2.7)."""
    chunk, body = raw[12:16], raw[20:30]
    if chunk == b"VP8X":
        return (1 + int.from_bytes(body[4:7], "little")) * (1 + int.from_bytes(body[7:10], "little"))
    if chunk == b"VP8L":
        packed = int.from_bytes(body[1:5], "little")
        return (1 + (packed & 0x3FFF)) * (1 + (packed >> 14 & 0x3FFF))
    width, height = struct.unpack("<HH", body[6:10])
    return int((width & 0x3FFF) * (height & 0x3FFF))


def _require_few_pixels(picture: ImageFile, raw: bytes) -> None:
    pixels = picture.width * picture.height
    is_drawn = isinstance(picture, PngImageFile | WebPImageFile)
    most = PIXELS_MAX_DRAWN if is_drawn else pictures.pixels_max(picture)
    if pixels > most:
        raise PhotoTooManyPixels(megapixels_max=most // MEGAPIXEL)
    if pictures.is_progressive(picture) and pictures.count_scans(raw) * pixels > SCANS_TIMES_PIXELS_MAX:
        raise PhotoUnreadable


# ---------------------------------------------------------------- the picture


def _sheet(picture: ImageFile) -> Sheet:
    width, height = picture.size
    orientation, profile = _orientation(picture), picture.info.get("icc_profile")
    if isinstance(picture, JpegImageFile):
        picture.draft(None, (SHEET_SIDE_MAX, SHEET_SIDE_MAX))  # a fraction is decoded in a fraction of the time
    small = _reduced(_smooth(picture))
    plain = on_white(_in_srgb(small, profile))
    if orientation in _UPRIGHT_BY:
        plain = plain.transpose(_UPRIGHT_BY[orientation])
    if orientation in _LYING:
        width, height = height, width
    return Sheet(plain, width, height)


def _orientation(picture: ImageFile) -> int:
    """Return how the picture lies. HEIC says it in the container and has been turned by its decoder."""
    if isinstance(picture, HeifImageFile):
        return 1
    exif = (picture.info.get("exif") or b"").removeprefix(b"Exif\0\0")
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None:
        return 1
    try:
        return _first_orientation(exif, order)
    except struct.error:
        return 1  # A broken EXIF block tells nothing about the picture: it is taken as it lies.


def _first_orientation(exif: bytes, order: str) -> int:
    """Return the one entry we want (EXIF 2.32, 4.6.2), without a reader built for whole TIFF files."""
    (at,) = struct.unpack_from(f"{order}L", exif, 4)
    (count,) = struct.unpack_from(f"{order}H", exif, at)
    for entry in range(count):
        tag, _, _, value = struct.unpack_from(f"{order}HHLH", exif, at + 2 + entry * 12)
        if tag == _ORIENTATION:
            return int(value)
    return 1


def _smooth(picture: ImageFile) -> Image.Image:
    """Decode, and bring rare modes to one that can be resized smoothly. Colour pictures are not copied."""
    picture.load()
    if picture.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
    if picture.mode in {"I", "F"}:
        return Image.fromarray((np.clip(np.asarray(picture), 0, 65535) / 257).astype(np.uint8))
    if picture.mode in {"RGB", "RGBA", "L", "LA", "CMYK"}:
        return picture
    return picture.convert("RGBA")


def _reduced(picture: Image.Image) -> Image.Image:
    """Return the picture no longer than a sheet. Whole-number steps first: they need no copy at full size."""
    if max(picture.size) <= SHEET_SIDE_MAX:
        return picture
    by = SHEET_SIDE_MAX / max(picture.size)
    size = (max(1, round(picture.width * by)), max(1, round(picture.height * by)))
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _in_srgb(small: Image.Image, profile: bytes | None) -> Image.Image:
    """Turn the colours of a named profile into sRGB, so that a face keeps its tone. A broken profile is ignored."""
    if not profile or len(profile) > ICC_BYTES_MAX or small.mode not in {"RGB", "RGBA", "CMYK", "L"}:
        return small
    colours = small.convert("RGB") if small.mode == "RGBA" else small
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        turned = ImageCms.profileToProfile(colours, given, _srgb(), outputMode="RGB")
    except _DAMAGED:
        return small
    if turned is None:
        return small
    if small.mode == "RGBA":
        turned.putalpha(small.getchannel("A"))
    return turned


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
