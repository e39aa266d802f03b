"""Evidence (证明材料): whatever a phone or scanner gives becomes clean JPEG pages, or a PDF within caps. Pure.

Bytes are capped before anything is read, the kind is told by the first bytes and never by the name, and pixels are
capped from the header before a decoder sees them. Pictures are encoded anew, so EXIF, profiles and whatever else
followed them are left behind. A PDF is kept as it came, because it may bear signatures: it is never opened here, and
served only as a download in a sandbox. Where files are kept and who may see them is `actions` and `queries`.
"""

import io
import struct
import zlib
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from PIL import Image, ImageOps
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from pillow_heif import options as heif_options
from pillow_heif.as_plugin import HeifImageFile

from jinbang.application.counter.text import PLEDGE_ITEM
from jinbang.application.errors import (
    EvidenceFileTooLarge,
    EvidenceTooManyPixels,
    EvidenceTooSmall,
    EvidenceUnreadable,
)
from jinbang.application.reviewing import APPEAL_ITEM

MEGABYTE: Final = 1024 * 1024
BYTES_READ_MAX: Final = 10 * MEGABYTE
MEGAPIXEL: Final = 1_000_000
PIXELS_MAX: Final = 50 * MEGAPIXEL
"""For a plain JPEG, which is decoded at a fraction of its size."""
PIXELS_MAX_WHOLE: Final = 25 * MEGAPIXEL
"""For what has to be decoded whole: PNG, HEIC and progressive JPEG; with transparency that is 100 MB."""
SCANS_MAX: Final = 30
"""A progressive JPEG has about ten scans; each costs a pass over all of it, and a thousand are an attack."""
SIDE_MAX: Final = 2_000
SIDE_MIN: Final = 400
"""The writing of a certificate cannot be read on a smaller picture."""
QUALITY: Final = 85
PAGES_MAX: Final = 10
"""How many files one item takes: transcripts and statements run to several pages, more is a mistake."""

CHECK_ITEM: Final = "commitment_check"
KEPT_ITEMS: Final = (PLEDGE_ITEM, CHECK_ITEM, APPEAL_ITEM)
"""What lies beside the form: a pledge signed at a counter, papers for a check of a commitment or with an appeal."""

JPEG: Final = "image/jpeg"
PDF: Final = "application/pdf"
ACCEPT: Final = "image/jpeg,image/png,image/heic,image/heif,application/pdf,.heic,.heif"

_JPEG_START: Final = b"\xff\xd8\xff"
_JPEG_SCAN: Final = b"\xff\xda"
_PNG_START: Final = b"\x89PNG\r\n\x1a\n"
_PDF_START: Final = b"%PDF-"
_PDF_END: Final = b"%%EOF"
_PDF_TAIL: Final = 2_048
_HEIF_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_ORIENTATION: Final = 0x0112
_WHITE: Final = (255, 255, 255)
# What the decoders raise on damaged files: there is no common ancestor below Exception.
_DAMAGED: Final = (
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
heif_options.DECODE_THREADS = 1  # many people upload at once
heif_options.THUMBNAILS = False
heif_options.DEPTH_IMAGES = False
heif_options.AUX_IMAGES = False


@dataclass(frozen=True)
class CleanFile:
    """A file that may be kept: a JPEG that we encoded ourselves, or a PDF within the caps."""

    content: bytes
    content_type: str

    @property
    def sha256(self) -> str:
        """The hash of what is kept, before it is sealed."""
        return sha256(self.content).hexdigest()


UNREADABLE: Final = (EvidenceFileTooLarge, EvidenceTooManyPixels, EvidenceTooSmall, EvidenceUnreadable)
"""Everything that `clean_file` refuses, which the page of an upload puts right itself."""


def item_key(item: str) -> str:
    """Return how an address names an item of evidence, whose own name is Chinese and long."""
    return sha256(item.encode()).hexdigest()[:12]


def clean_file(raw: bytes) -> CleanFile:
    """Return what is kept of an uploaded file. Refuses one too large, too fine, too small, or of no kind known here."""
    if len(raw) > BYTES_READ_MAX:
        raise EvidenceFileTooLarge(megabytes=-(-len(raw) // MEGABYTE), megabytes_max=BYTES_READ_MAX // MEGABYTE)
    if raw.startswith(_PDF_START):
        return CleanFile(_whole_pdf(raw), PDF)
    try:
        picture = _opened(raw)
        _require_measures(picture, raw)
        return CleanFile(_encoded(_on_white(picture)), JPEG)
    except _DAMAGED as error:
        raise EvidenceUnreadable from error


def _whole_pdf(raw: bytes) -> bytes:
    """Refuse a PDF that was cut off. What it holds is not read here: that would be the attack it waits for."""
    if _PDF_END not in raw[-_PDF_TAIL:]:
        raise EvidenceUnreadable
    return raw


def _opened(raw: bytes) -> ImageFile:
    """Read the header only. `Image.open` would try forty kinds and warn, process-wide, where we refuse."""
    if raw.startswith(_JPEG_START):
        return JpegImageFile(io.BytesIO(raw))
    if raw.startswith(_PNG_START):
        return PngImageFile(io.BytesIO(raw))
    if raw[4:8] == b"ftyp" and raw[8:12] in _HEIF_BRANDS:
        return HeifImageFile(io.BytesIO(raw))  # type: ignore[no-untyped-call]  # its constructor carries no types
    raise EvidenceUnreadable


def _require_measures(picture: ImageFile, raw: bytes) -> None:
    is_progressive = "progressive" in picture.info
    is_plain = isinstance(picture, JpegImageFile) and not is_progressive
    most = PIXELS_MAX if is_plain else PIXELS_MAX_WHOLE
    if picture.width * picture.height > most:
        raise EvidenceTooManyPixels(megapixels_max=most // MEGAPIXEL)
    if is_progressive and raw.count(_JPEG_SCAN) > SCANS_MAX:
        raise EvidenceUnreadable
    if max(picture.size) < SIDE_MIN:
        raise EvidenceTooSmall(width=picture.width, height=picture.height, side_min=SIDE_MIN)


def _on_white(picture: ImageFile) -> Image.Image:
    """Decode, reduce, turn upright, and put it on fresh white paper."""
    if isinstance(picture, JpegImageFile):
        picture.draft(None, (SIDE_MAX, SIDE_MAX))  # a fraction of the size is decoded in a fraction of the time
    picture.load()
    small: Image.Image = picture
    if picture.mode.startswith("I"):  # 16 bits of grey
        small = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    elif picture.mode not in {"RGB", "RGBA", "L", "LA", "CMYK"}:
        small = picture.convert("RGBA")
    small.thumbnail((SIDE_MAX, SIDE_MAX), Image.Resampling.LANCZOS, reducing_gap=2.0)
    paper = Image.new("RGB", small.size, _WHITE)
    if small.mode in {"RGBA", "LA"}:
        layer = small.convert("RGBA")
        paper.paste(layer, mask=layer.getchannel("A"))
    else:
        paper.paste(small.convert("RGB"))
    return _upright(paper, picture)


def _upright(paper: Image.Image, picture: ImageFile) -> Image.Image:
    """Turn the sheet as the camera was held. HEIC says it in the container and has been turned by its decoder."""
    if isinstance(picture, HeifImageFile):
        return paper
    try:
        paper.getexif()[_ORIENTATION] = int(picture.getexif().get(_ORIENTATION, 1))
    except _DAMAGED:
        return paper  # A broken EXIF block tells nothing about the picture: it is taken as it lies.
    return ImageOps.exif_transpose(paper)


def _encoded(page: Image.Image) -> bytes:
    """Write the pixels alone: no EXIF, no profile, no comment."""
    written = io.BytesIO()
    Image.frombytes("RGB", page.size, page.tobytes()).save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()
