"""What becomes of an uploaded file, without a database: clean pages of our own, and clear refusals."""

import io
import zlib

import pytest
from PIL import Image
from PIL.ImageFile import ImageFile
from PIL.PngImagePlugin import PngInfo
from pillow_heif import from_pillow

from jinbang.application import evidence
from jinbang.application.errors import (
    EvidenceFileTooLarge,
    EvidenceTooManyPixels,
    EvidenceTooSmall,
    EvidenceUnreadable,
)
from jinbang.application.evidence import JPEG, PDF, clean_file
from tests.application.world import drawn_photo

WHOLE_PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
SECRET = b"Leica of the neighbour, 39.9N 116.4E"


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content), formats=("JPEG",))


def with_exif(orientation: int = 1) -> bytes:
    picture = Image.new("RGB", (1200, 800), "white")
    picture.paste("black", (0, 0, 1200, 200))
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = orientation, SECRET.decode()
    written = io.BytesIO()
    picture.save(written, "JPEG", exif=exif, comment=SECRET, icc_profile=SECRET)
    return written.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK", "RGBA", "P", "1"])
def test_every_kind_of_picture_becomes_a_jpeg(kind: str, mode: str) -> None:
    if (kind, mode) in {("PNG", "CMYK"), ("JPEG", "RGBA"), ("JPEG", "P"), ("JPEG", "1")}:
        mode = "RGB"  # these do not exist
    cleaned = clean_file(drawn_photo(900, 1200, kind=kind, mode=mode))
    assert cleaned.content_type == JPEG
    assert (opened(cleaned.content).mode, opened(cleaned.content).size) == ("RGB", (900, 1200))


def test_a_heic_of_a_phone_becomes_a_jpeg() -> None:
    written = io.BytesIO()
    from_pillow(Image.open(io.BytesIO(drawn_photo(640, 800)))).save(written, format="HEIF", quality=60)
    cleaned = clean_file(written.getvalue())
    assert cleaned.content_type == JPEG
    assert opened(cleaned.content).size == (640, 800)


def test_nothing_but_the_picture_is_kept() -> None:
    raw = with_exif()
    assert SECRET in raw
    assert SECRET not in clean_file(raw).content
    assert not opened(clean_file(raw).content).getexif()
    note = PngInfo()
    note.add_text("Comment", SECRET.decode())
    written = io.BytesIO()
    Image.new("RGB", (800, 800)).save(written, "PNG", pnginfo=note)
    assert SECRET in written.getvalue()
    assert SECRET not in clean_file(written.getvalue() + SECRET).content


def test_the_page_stands_upright() -> None:
    lying = opened(clean_file(with_exif(orientation=6)).content)
    assert lying.size == (800, 1200)
    assert lying.getpixel((790, 600)) < (60, 60, 60)  # type: ignore[operator]  # an RGB pixel: the top went to the right
    assert lying.getpixel((10, 600)) > (200, 200, 200)  # type: ignore[operator]  # a pixel of an RGB picture is a tuple


@pytest.mark.parametrize("size", [(6000, 4000), (1500, 9000)])
def test_a_large_picture_is_reduced(size: tuple[int, int]) -> None:
    assert max(opened(clean_file(drawn_photo(*size)).content).size) == evidence.SIDE_MAX


def test_a_pdf_is_kept_as_it_came() -> None:
    cleaned = clean_file(WHOLE_PDF)
    assert (cleaned.content, cleaned.content_type) == (WHOLE_PDF, PDF)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"GIF89a" + bytes(60),
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<html><script>alert(1)</script>",
        b"PK\x03\x04" + bytes(100),
        b"\xff\xd8\xff\xe0" + bytes(100),
        b"\x89PNG\r\n\x1a\n" + bytes(100),
        b"\x00\x00\x00\x18ftypheic" + bytes(100),
        WHOLE_PDF[:40],
        b" " + WHOLE_PDF,
    ],
)
def test_whatever_is_no_picture_and_no_pdf_is_refused(raw: bytes) -> None:
    with pytest.raises(EvidenceUnreadable):
        clean_file(raw)


def test_a_damaged_picture_is_refused() -> None:
    for share in (3, 2):
        with pytest.raises(EvidenceUnreadable):
            clean_file(drawn_photo(1200, 1600)[: -len(drawn_photo(1200, 1600)) // share])


def test_bytes_are_capped_before_anything_is_read() -> None:
    at_the_limit = WHOLE_PDF[:5] + bytes(evidence.BYTES_READ_MAX - len(WHOLE_PDF)) + WHOLE_PDF[5:]
    assert len(clean_file(at_the_limit).content) == evidence.BYTES_READ_MAX
    with pytest.raises(EvidenceFileTooLarge) as refused:
        clean_file(at_the_limit + b" ")
    assert refused.value.fields == {"megabytes": 11, "megabytes_max": 10}


def claiming(width: int, height: int) -> bytes:
    """Return a small PNG whose header claims other measures, with a right checksum."""
    body = b"IHDR" + width.to_bytes(4) + height.to_bytes(4) + b"\x08\x02\x00\x00\x00"
    return b"\x89PNG\r\n\x1a\n" + (13).to_bytes(4) + body + zlib.crc32(body).to_bytes(4) + drawn_photo(kind="PNG")[33:]


def test_pixels_are_capped_before_a_decoder_sees_them(monkeypatch: pytest.MonkeyPatch) -> None:
    too_many = claiming(5_001, 5_000)
    with monkeypatch.context() as watched:
        watched.setattr(ImageFile, "load", lambda _: pytest.fail("decoded"))
        with pytest.raises(EvidenceTooManyPixels):
            clean_file(too_many)
    with pytest.raises(EvidenceUnreadable):  # within the cap the decoder is asked, and finds the lie
        clean_file(claiming(5_000, 5_000))


def test_a_picture_too_small_to_read_is_refused() -> None:
    with pytest.raises(EvidenceTooSmall):
        clean_file(drawn_photo(399, 399))
    assert clean_file(drawn_photo(400, 100)).content_type == JPEG
