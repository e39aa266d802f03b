"""Whatever is uploaded ends in a plain refusal or in one small JPEG of our own."""

import io
import random
import struct
import zlib

import pytest
from PIL import Image, ImageCms

from jinbang.application.errors import (
    PhotoFileTooLarge,
    PhotoTooDetailed,
    PhotoTooManyPixels,
    PhotoTooSmall,
    PhotoUnreadable,
)
from jinbang.application.photo import BYTES_READ_MAX, HEIGHT, JPEG_BYTES_MAX, WIDTH, PhotoShape, make_portrait
from jinbang.application.picture import SHEET_SIDE_MAX, read_sheet
from tests.application.world import drawn_photo


def opened(jpeg: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(jpeg))
    picture.load()
    return picture


def with_orientation(raw: bytes, orientation: int) -> bytes:
    picture = Image.open(io.BytesIO(raw))
    exif = Image.Exif()
    exif[0x0112] = orientation
    written = io.BytesIO()
    picture.save(written, "JPEG", exif=exif, comment=b"taken at home", quality=95)
    return written.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        for name, content in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize(
    "kind,mode",
    [
        ("JPEG", "RGB"),
        ("JPEG", "L"),
        ("JPEG", "CMYK"),
        ("PNG", "RGB"),
        ("PNG", "RGBA"),
        ("PNG", "P"),
        ("PNG", "LA"),
        ("PNG", "1"),
        ("PNG", "I;16"),
        ("WEBP", "RGB"),
        ("WEBP", "RGBA"),
        ("HEIF", "RGB"),
        ("HEIF", "RGBA"),
    ],
)
def test_every_kind_of_picture_becomes_our_own_jpeg(kind: str, mode: str) -> None:
    portrait = make_portrait(drawn_photo(kind=kind, mode=mode))
    picture = opened(portrait.jpeg)
    assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (WIDTH, HEIGHT))
    assert (portrait.width, portrait.height) == (WIDTH, HEIGHT)
    assert len(portrait.jpeg) <= JPEG_BYTES_MAX


def test_a_transparent_background_becomes_white() -> None:
    picture = Image.new("RGBA", (600, 800), (0, 0, 0, 0))
    written = io.BytesIO()
    picture.save(written, "PNG")
    red, green, blue = opened(make_portrait(written.getvalue()).jpeg).getpixel((5, 5))  # type: ignore[misc]  # three bands of RGB
    assert min(red, green, blue) > 250


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_taken_sideways_stands_upright(orientation: int) -> None:
    upright = Image.open(io.BytesIO(drawn_photo()))
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    method = undo.get(orientation)
    lying = upright if method is None else upright.transpose(Image.Transpose(method))
    written = io.BytesIO()
    lying.save(written, "JPEG", quality=95)
    picture = opened(make_portrait(with_orientation(written.getvalue(), orientation)).jpeg)
    hair, chin = picture.getpixel((WIDTH // 2, HEIGHT // 4)), picture.getpixel((WIDTH // 2, HEIGHT * 3 // 5))
    assert max(hair) < 80, "the hair is at the top"  # type: ignore[arg-type]  # three bands of RGB
    assert max(chin) > 150  # type: ignore[arg-type]  # three bands of RGB


def test_nothing_but_the_picture_comes_through() -> None:
    raw = with_orientation(drawn_photo(), 1) + b"PK\x03\x04<script>alert(1)</script>"
    portrait = make_portrait(raw)
    for unwanted in (b"Exif", b"taken at home", b"<script>", b"PK\x03\x04"):
        assert unwanted in raw
        assert unwanted not in portrait.jpeg


def test_the_middle_of_a_wide_picture_is_kept() -> None:
    picture = Image.new("RGB", (2000, 600), "blue")
    picture.paste("red", (700, 0, 1300, 600))
    written = io.BytesIO()
    picture.save(written, "PNG")
    jpeg = opened(make_portrait(written.getvalue()).jpeg)
    for place in ((5, 200), (WIDTH // 2, 200), (WIDTH - 5, 200)):
        red, _, blue = jpeg.getpixel(place)  # type: ignore[misc]  # three bands of RGB
        assert red > 200
        assert blue < 60


def noise() -> bytes:
    raw = random.Random(7).randbytes(600 * 800 * 3)  # noqa: S311  # a noisy picture, not a secret
    written = io.BytesIO()
    Image.frombytes("RGB", (600, 800), raw).save(written, "PNG")
    return written.getvalue()


def test_noise_that_fits_at_no_quality_is_refused_in_words_and_not_printed_as_blocks() -> None:
    with pytest.raises(PhotoTooDetailed) as refused:
        make_portrait(noise())
    assert refused.value.fields == {"kilobytes_max": 20}


def test_the_best_quality_that_fits_is_taken() -> None:
    sizes = [len(make_portrait(noise(), shape=PhotoShape(bytes_max=kilobytes * 1024)).jpeg) for kilobytes in (60, 90)]
    assert 52 * 1024 < sizes[0] <= 60 * 1024 < 80 * 1024 < sizes[1] <= 90 * 1024


def test_the_programmes_own_measures_are_kept() -> None:
    portrait = make_portrait(drawn_photo(), shape=PhotoShape(width=210, height=300, bytes_max=30 * 1024))
    assert (portrait.width, portrait.height) == (210, 300)


def test_the_same_upload_gives_the_same_portrait() -> None:
    assert make_portrait(drawn_photo()) == make_portrait(drawn_photo())


def test_refuses_too_many_bytes_before_reading_them() -> None:
    with pytest.raises(PhotoFileTooLarge):
        make_portrait(b"\xff\xd8\xff" + bytes(BYTES_READ_MAX))


def test_refuses_too_many_pixels_before_decoding_them() -> None:
    with pytest.raises(PhotoTooManyPixels):
        make_portrait(png_that_claims(10_000, 9_200))


@pytest.mark.parametrize("width,height", [(294, 413), (295, 412), (100, 4000), (4000, 100)])
def test_refuses_a_picture_that_would_have_to_be_enlarged(width: int, height: int) -> None:
    with pytest.raises(PhotoTooSmall):
        make_portrait(drawn_photo(width, height))


def test_takes_a_picture_of_exactly_the_size() -> None:
    assert make_portrait(drawn_photo(WIDTH, HEIGHT)).width == WIDTH


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"GIF89a" + bytes(100),
        b"RIFF\x00\x00\x00\x00WEBP",
        b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic",
        b"\x00\x00\x00\x18ftypavif\x00\x00\x00\x00mif1avif",
        b"%PDF-1.7",
        b"\xff\xd8\xff",
        b"\x89PNG\r\n\x1a\n",
        b"<svg/>",
    ],
)
def test_refuses_what_is_no_picture_of_the_four_kinds(raw: bytes) -> None:
    with pytest.raises(PhotoUnreadable):
        make_portrait(raw)


def test_heic_is_refused_where_the_setting_says_so() -> None:
    raw = drawn_photo(kind="HEIF")
    assert make_portrait(raw).width == WIDTH
    with pytest.raises(PhotoUnreadable):
        make_portrait(raw, takes_heif=False)


def test_of_an_animation_the_first_picture_counts() -> None:
    first, second = (Image.new("RGB", (400, 560), colour) for colour in ("navy", "yellow"))
    for kind in ("WEBP", "PNG"):
        written = io.BytesIO()
        first.save(written, kind, save_all=True, append_images=[second])
        red, _, blue = opened(make_portrait(written.getvalue()).jpeg).getpixel((9, 9))  # type: ignore[misc]  # three bands of RGB
        assert (red < 60, blue > 90) == (True, True), kind


def test_colours_of_a_named_profile_become_srgb() -> None:
    """The same numbers mean stronger colours in Display P3, as phones use it; a broken profile changes nothing."""
    plain = Image.new("RGB", (300, 420), (120, 180, 60))
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    for profile, is_same in ((ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(), True), (b"no", True)):
        written = io.BytesIO()
        plain.save(written, "PNG", icc_profile=profile)
        colour = read_sheet(written.getvalue()).image.getpixel((9, 9))
        assert (max(abs(a - b) for a, b in zip(colour, (120, 180, 60), strict=True)) <= 2) is is_same  # type: ignore[arg-type]  # three bands
    written = io.BytesIO()
    plain.save(written, "PNG", icc_profile=lab.tobytes())
    assert read_sheet(written.getvalue()).image.mode == "RGB"


def test_a_large_picture_becomes_a_sheet_and_remembers_its_measures() -> None:
    sheet = read_sheet(with_orientation(drawn_photo(6000, 8000), 6))
    assert (sheet.full_width, sheet.full_height) == (8000, 6000)
    assert max(sheet.width, sheet.height) == SHEET_SIDE_MAX


def test_a_progressive_picture_of_a_thousand_scans_is_refused_before_it_is_decoded() -> None:
    written = io.BytesIO()
    Image.open(io.BytesIO(drawn_photo(3000, 4000))).save(written, "JPEG", progressive=True)
    assert make_portrait(written.getvalue()).width == WIDTH
    with pytest.raises(PhotoUnreadable):
        make_portrait(written.getvalue() + b"\xff\xda" * 1000)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_refuses_a_picture_cut_short(kind: str) -> None:
    raw = drawn_photo(kind=kind)
    with pytest.raises(PhotoUnreadable):
        make_portrait(raw[: len(raw) // 2])
