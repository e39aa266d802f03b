"""Opening a picture that a stranger uploaded: its header first, then plain pixels on white paper, then a JPEG of ours.

The kind is told by the first bytes and never by the name, and a header says how many pixels there are before a decoder
sees them: Pillow itself only warns up to 179 megapixels, and a PNG of 74 bytes may claim 92. What is too much for a
use, and in which words it is refused, is that use's own.
"""

import io
import struct
import zlib
from typing import Final

from PIL import Image, ImageOps
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from pillow_heif import options as heif_options
from pillow_heif.as_plugin import HeifImageFile

MEGABYTE: Final = 1024 * 1024
MEGAPIXEL: Final = 1_000_000
PIXELS_MAX: Final = 50 * MEGAPIXEL
"""For a plain JPEG, which is decoded at a fraction of its size."""
PIXELS_MAX_WHOLE: Final = 25 * MEGAPIXEL
"""For what has to be decoded whole: PNG, HEIC and progressive JPEG; with transparency that is 100 MB."""
SCANS_MAX: Final = 30
"""A progressive JPEG has about ten scans; each costs a pass over all of it, and a thousand are an attack."""
DAMAGED: Final = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    KeyError,
    IndexError,
    TypeError,
    AttributeError,
    AssertionError,
    RuntimeError,
    OverflowError,
    struct.error,
    zlib.error,
)
"""What the decoders raise on damaged files: there is no common ancestor below Exception."""

_JPEG_START: Final = b"\xff\xd8\xff"
_JPEG_SCAN: Final = b"\xff\xda"
_PNG_START: Final = b"\x89PNG\r\n\x1a\n"
_HEIF_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_ORIENTATION: Final = 0x0112
_WHITE: Final = (255, 255, 255)
# One thread a picture: many people upload at once, and each further thread of the decoder takes memory of its own.
heif_options.DECODE_THREADS = 1
heif_options.THUMBNAILS = False
heif_options.DEPTH_IMAGES = False
heif_options.AUX_IMAGES = False


# ---------------------------------------------------------------- the header


def find_picture(raw: bytes, *, takes_heif: bool = True) -> ImageFile | None:
    """Return a JPEG, PNG or HEIC of which only the header is read; None for anything else.

    `Image.open` would try forty kinds and warn, process-wide, where we refuse. Raises one of `DAMAGED`.
    """
    if raw.startswith(_JPEG_START):
        return JpegImageFile(io.BytesIO(raw))
    if raw.startswith(_PNG_START):
        return PngImageFile(io.BytesIO(raw))
    if takes_heif and raw[4:8] == b"ftyp" and raw[8:12] in _HEIF_BRANDS:
        return HeifImageFile(io.BytesIO(raw))  # type: ignore[no-untyped-call]  # the library types all but this class
    return None


def is_progressive(picture: ImageFile) -> bool:
    """Whether a JPEG comes in several scans."""
    return "progressive" in picture.info


def count_scans(raw: bytes) -> int:
    """Return how many scans a JPEG may have: never fewer than it has."""
    return raw.count(_JPEG_SCAN)


def pixels_max(picture: ImageFile) -> int:
    """Return how many pixels of this kind may be decoded for a page of paper."""
    is_plain = isinstance(picture, JpegImageFile) and not is_progressive(picture)
    return PIXELS_MAX if is_plain else PIXELS_MAX_WHOLE


def has_too_many_scans(picture: ImageFile, raw: bytes) -> bool:
    """Whether decoding would cost more passes than any camera writes."""
    return is_progressive(picture) and count_scans(raw) > SCANS_MAX


# ---------------------------------------------------------------- the pixels


def page_of(picture: ImageFile, *, side_max: int) -> Image.Image:
    """Decode, reduce, put on white and turn upright. Raises one of `DAMAGED`."""
    if isinstance(picture, JpegImageFile):
        picture.draft(None, (side_max, side_max))  # a fraction of the size is decoded in a fraction of the time
    picture.load()
    small: Image.Image = picture
    if picture.mode.startswith("I"):  # 16 bits of grey
        small = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    elif picture.mode not in {"RGB", "RGBA", "L", "LA", "CMYK"}:
        small = picture.convert("RGBA")
    small.thumbnail((side_max, side_max), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return _upright(on_white(small), picture)


def on_white(picture: Image.Image) -> Image.Image:
    """Put a picture on fresh white paper. What the file carried besides the picture stays on the old sheet."""
    paper = Image.new("RGB", picture.size, _WHITE)
    if picture.mode in {"RGBA", "LA"}:
        layer = picture.convert("RGBA")
        paper.paste(layer, mask=layer.getchannel("A"))
    else:
        paper.paste(picture.convert("RGB"))
    return paper


def _upright(paper: Image.Image, picture: ImageFile) -> Image.Image:
    """Turn the sheet as the camera was held. HEIC says it in the container and has been turned by its decoder."""
    if isinstance(picture, HeifImageFile):
        return paper
    try:
        paper.getexif()[_ORIENTATION] = int(picture.getexif().get(_ORIENTATION, 1))
    except DAMAGED:
        return paper  # A broken EXIF block tells nothing about the picture: it is taken as it lies.
    return ImageOps.exif_transpose(paper)


def jpeg_of(page: Image.Image, *, quality: int) -> bytes:
    """Write the pixels alone as a JPEG: no EXIF, no profile, no comment."""
    written = io.BytesIO()
    Image.frombytes("RGB", page.size, page.tobytes()).save(written, "JPEG", quality=quality, optimize=True)
    return written.getvalue()
