"""The scan of a paper that comes with a request: whatever a phone took becomes one JPEG of our own. Pure.

Bytes are capped before anything is read, pixels before anything is decoded (`kernel.pictures`). What follows the
picture, its EXIF and its comments are left behind because it is encoded anew.
"""

from typing import Final

from jinbang.kernel.pictures import DAMAGED, MEGABYTE, find_picture, has_too_many_scans, jpeg_of, page_of, pixels_max
from jinbang.people.errors import PaperUnreadable

BYTES_READ_MAX: Final = 10 * MEGABYTE
SIDE_MAX: Final = 2_000
"""A page of A4 is read well at this."""
QUALITY: Final = 85


def to_jpeg(content: bytes) -> bytes:
    """Return a picture as a JPEG of ours, at most 2,000 pixels along. Refuses what is too large or no picture."""
    if len(content) > BYTES_READ_MAX:
        raise PaperUnreadable
    try:
        picture = find_picture(content)
        if picture is None or picture.width * picture.height > pixels_max(picture):
            raise PaperUnreadable
        if has_too_many_scans(picture, content):
            raise PaperUnreadable
        return jpeg_of(page_of(picture, side_max=SIDE_MAX), quality=QUALITY)
    except DAMAGED as error:
        raise PaperUnreadable from error
