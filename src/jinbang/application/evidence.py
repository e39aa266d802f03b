"""Evidence (证明材料): whatever a phone or scanner gives becomes clean JPEG pages, or a PDF within caps. Pure.

Bytes are capped before anything is read, the kind is told by the first bytes and never by the name, and pixels are
capped from the header before a decoder sees them. Pictures are encoded anew, so EXIF, profiles and whatever else
followed them are left behind. A PDF is kept as it came, because it may bear signatures: it is never opened here, and
served only as a download in a sandbox. Where files are kept and who may see them is `actions` and `queries`.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from PIL.ImageFile import ImageFile

from jinbang.application.counter.text import PLEDGE_ITEM
from jinbang.application.errors import (
    EvidenceFileTooLarge,
    EvidenceTooManyPixels,
    EvidenceTooSmall,
    EvidenceUnreadable,
)
from jinbang.application.reviewing import APPEAL_ITEM
from jinbang.kernel.pictures import (
    DAMAGED,
    MEGABYTE,
    MEGAPIXEL,
    find_picture,
    has_too_many_scans,
    jpeg_of,
    page_of,
    pixels_max,
)

BYTES_READ_MAX: Final = 10 * MEGABYTE
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

_PDF_START: Final = b"%PDF-"
_PDF_END: Final = b"%%EOF"
_PDF_TAIL: Final = 2_048


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
        picture = find_picture(raw)
        if picture is None:
            raise EvidenceUnreadable
        _require_measures(picture, raw)
        return CleanFile(jpeg_of(page_of(picture, side_max=SIDE_MAX), quality=QUALITY), JPEG)
    except DAMAGED as error:
        raise EvidenceUnreadable from error


def _whole_pdf(raw: bytes) -> bytes:
    """Refuse a PDF that was cut off. What it holds is not read here: that would be the attack it waits for."""
    if _PDF_END not in raw[-_PDF_TAIL:]:
        raise EvidenceUnreadable
    return raw


def _require_measures(picture: ImageFile, raw: bytes) -> None:
    most = pixels_max(picture)
    if picture.width * picture.height > most:
        raise EvidenceTooManyPixels(megapixels_max=most // MEGAPIXEL)
    if has_too_many_scans(picture, raw):
        raise EvidenceUnreadable
    if max(picture.size) < SIDE_MIN:
        raise EvidenceTooSmall(width=picture.width, height=picture.height, side_min=SIDE_MIN)
