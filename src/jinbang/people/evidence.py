"""The scan of a paper (证明材料): whatever a phone took becomes one JPEG of our own. Pure: bytes in, bytes out.

Bytes are capped before anything is read, pixels before anything is decoded, and only two decoders ever see the file.
What follows the picture, its EXIF and its comments are left behind because it is encoded anew.
"""

import io
import struct
import zlib
from typing import Final

from PIL import Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile

from jinbang.people.errors import PaperUnreadable

BYTES_READ_MAX: Final = 10 * 1024 * 1024
PIXELS_MAX: Final = 50_000_000
_EDGE_MAX: Final = 2_000  # a page of A4 is read well at this
_QUALITY: Final = 85
# What Pillow's two decoders raise on damaged files: there is no common ancestor below Exception.
_DAMAGED: Final = (
    OSError, ValueError, SyntaxError, EOFError, KeyError, IndexError, TypeError, OverflowError,
    struct.error, zlib.error,
)  # fmt: skip


def to_jpeg(content: bytes) -> bytes:
    """Return a picture as a JPEG of ours, at most 2,000 pixels along. Refuses what is too large or no picture."""
    if len(content) > BYTES_READ_MAX:
        raise PaperUnreadable
    try:
        picture = _opened(content)
        if picture.width * picture.height > PIXELS_MAX:
            raise PaperUnreadable
        upright = ImageOps.exif_transpose(picture).convert("RGB")
        upright.thumbnail((_EDGE_MAX, _EDGE_MAX))
        written = io.BytesIO()
        upright.save(written, "JPEG", quality=_QUALITY)
    except _DAMAGED as error:
        raise PaperUnreadable from error
    return written.getvalue()


def _opened(content: bytes) -> Image.Image:
    if content.startswith(b"\xff\xd8\xff"):
        return JpegImageFile(io.BytesIO(content))
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PngImageFile(io.BytesIO(content))
    raise PaperUnreadable
