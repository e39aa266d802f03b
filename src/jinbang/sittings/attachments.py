"""Which files a notice may carry: kinds, sizes, number. Pure. A file is what its first bytes say, not its name."""

import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Final

from jinbang.sittings.errors import AttachmentKindRefused, AttachmentTooLarge, TooManyAttachments
from jinbang.sittings.plan import AttachmentPlan

BYTES_IN_MEGABYTE: Final = 1024 * 1024
LARGEST_MEGABYTES: Final = 10
MOST_ATTACHMENTS: Final = 10
LONGEST_FILE_NAME: Final = 120

_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OFFICE: Final = "application/vnd.openxmlformats-officedocument"

KINDS: Final[Mapping[str, tuple[str, bytes]]] = {
    ".pdf": ("application/pdf", b"%PDF-"),
    ".docx": (f"{_OFFICE}.wordprocessingml.document", _ZIP),
    ".xlsx": (f"{_OFFICE}.spreadsheetml.sheet", _ZIP),
    ".doc": ("application/msword", _OLE),
    ".xls": ("application/vnd.ms-excel", _OLE),
    ".jpg": ("image/jpeg", b"\xff\xd8\xff"),
    ".jpeg": ("image/jpeg", b"\xff\xd8\xff"),
    ".png": ("image/png", b"\x89PNG\r\n\x1a\n"),
}
"""What may be attached, with the bytes that such a file begins with. Nothing here runs in a browser."""


def content_type_of(attachment: AttachmentPlan) -> str:
    """Return the media type of an acceptable file. Refuses one that is too large, of no listed kind, or disguised."""
    if len(attachment.content) > LARGEST_MEGABYTES * BYTES_IN_MEGABYTE:
        raise AttachmentTooLarge(file_name=attachment.file_name, largest_megabytes=LARGEST_MEGABYTES)
    found = KINDS.get(PurePosixPath(attachment.file_name).suffix.lower())
    if found is None or not attachment.content.startswith(found[1]):
        raise AttachmentKindRefused(file_name=attachment.file_name, kinds="、".join(sorted(KINDS)))
    return found[0]


def require_few(attachments: Sequence[AttachmentPlan]) -> None:
    """Refuse more files than a notice carries."""
    if len(attachments) > MOST_ATTACHMENTS:
        raise TooManyAttachments(most=MOST_ATTACHMENTS)


def tidy_file_name(raw: str) -> str:
    """Return a name fit for a download: no folders, no control characters, not too long, its ending kept."""
    last = unicodedata.normalize("NFC", raw).replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(character for character in last if character.isprintable() and character not in '"<>:|?*').strip()
    path = PurePosixPath(shown or "file")
    return path.stem[: LONGEST_FILE_NAME - len(path.suffix)] + path.suffix
