"""Thousands of hostile uploads, the same for the same seed, and a process of its own that is given them one by one.

`python -m tests.application.hostile_uploads COUNT SEED` reads each as the program would, within a limit on memory, and
prints what came of it. It knows no Django, so that what is measured is the picture.
"""

import io
import json
import random
import resource
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from PIL import Image
from pillow_heif import register_heif_opener
from skimage import data

from jinbang.application.photo import USUAL_SHAPE, box_for, cut
from jinbang.application.photo_faces import find_faces
from jinbang.application.photo_findings import judge
from jinbang.application.picture import read_sheet
from jinbang.kernel.errors import DomainError

ADDRESS_SPACE_MAX = 2 * 1024**3
"""More than the half gigabyte that may be used: libraries reserve what they never touch. The use itself is measured."""
SCRIPT = b"<script>alert(1)</script>"
TRAILER = b"PK\x03\x04" + bytes(20) + SCRIPT
UNWANTED = (b"<script", b"PK\x03\x04", b"Exif", b"ICC_PROFILE", b"http://")

register_heif_opener()  # to write HEIC here; the program itself never registers it
Chance = random.Random
Case = tuple[str, bytes]


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    written = io.BytesIO()
    picture.save(written, kind, **options)
    return written.getvalue()


@cache
def seeds() -> tuple[Case, ...]:
    """Return real encodings of a photograph of a person: what a phone or a scanner makes."""
    face = Image.fromarray(data.astronaut()).crop((60, 0, 420, 504))
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "x" * 60_000
    other = face.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return (
        ("jpeg", encoded(face, "JPEG", quality=85)),
        ("jpeg-progressive", encoded(face, "JPEG", quality=80, progressive=True)),
        ("jpeg-grey", encoded(face.convert("L"), "JPEG")),
        ("jpeg-cmyk", encoded(face.convert("CMYK"), "JPEG")),
        ("jpeg-exif", encoded(face, "JPEG", exif=exif)),
        ("jpeg-icc", encoded(face, "JPEG", icc_profile=bytes(range(256)) * 200)),
        ("png", encoded(face, "PNG")),
        ("png-alpha", encoded(face.convert("RGBA"), "PNG")),
        ("png-palette", encoded(face.convert("P"), "PNG", transparency=3)),
        ("png-bits", encoded(face.convert("1"), "PNG")),
        ("png-16", encoded(Image.fromarray(data.astronaut()[:, :, 0].astype("uint16") * 257), "PNG")),
        ("png-animated", encoded(face, "PNG", save_all=True, append_images=[other])),
        ("webp", encoded(face, "WEBP", quality=80)),
        ("webp-lossless", encoded(face.convert("RGBA"), "WEBP", lossless=True, method=0)),
        ("webp-animated", encoded(face, "WEBP", save_all=True, append_images=[other])),
        ("heic", encoded(face, "HEIF", quality=60)),
    )


# ---------------------------------------------------------------- ways of damaging a file


def cut_short(raw: bytearray, chance: Chance) -> None:
    del raw[chance.randrange(len(raw)) :]


def cut_short_in_the_header(raw: bytearray, chance: Chance) -> None:
    del raw[chance.randrange(min(len(raw), 700)) :]


def flip_bits(raw: bytearray, chance: Chance) -> None:
    for _ in range(chance.choice((1, 2, 8, 64))):
        raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)


def flip_bits_in_the_header(raw: bytearray, chance: Chance) -> None:
    for _ in range(chance.randint(1, 6)):
        raw[chance.randrange(min(len(raw), 300))] ^= 1 << chance.randrange(8)


def overwrite(raw: bytearray, chance: Chance) -> None:
    at, length = chance.randrange(len(raw)), chance.choice((1, 4, 50, 2000))
    raw[at : at + length] = chance.randbytes(length)


def take_out(raw: bytearray, chance: Chance) -> None:
    at = chance.randrange(len(raw))
    del raw[at : at + chance.choice((1, 2, 16, 500))]


def double(raw: bytearray, chance: Chance) -> None:
    at, length = chance.randrange(len(raw)), chance.choice((16, 500, 8000))
    raw[at:at] = raw[at : at + length] * chance.choice((1, 3, 20))


def append_a_program(raw: bytearray, chance: Chance) -> None:
    raw += TRAILER * chance.choice((1, 1000))


def claim_another_size(raw: bytearray, chance: Chance) -> None:
    """Write other measures where this kind of file keeps its own, with a checksum that fits."""
    wide, high = chance.choice((1, 300, 5000, 10_000, 16_000, 65_000)), chance.choice((1, 413, 9200, 16_000, 65_000))
    if raw[:2] == b"\xff\xd8":
        for marker in (b"\xff\xc0", b"\xff\xc2"):
            at = raw.find(marker)
            if at > 0:
                raw[at + 5 : at + 9] = struct.pack(">HH", high, wide)
    elif raw[:4] == b"\x89PNG":
        raw[16:24] = struct.pack(">II", wide, high)
        raw[29:33] = struct.pack(">I", zlib.crc32(raw[12:29]))
    elif raw[:4] == b"RIFF" and raw[12:16] == b"VP8X":
        raw[24:30] = struct.pack("<I", wide - 1)[:3] + struct.pack("<I", high - 1)[:3]
    elif raw[:4] == b"RIFF":
        raw[26:30] = struct.pack("<HH", wide & 0x3FFF, high & 0x3FFF)
    else:
        at = raw.find(b"ispe")
        raw[at + 8 : at + 16] = struct.pack(">II", wide, high)


def swell(raw: bytearray, chance: Chance) -> None:
    """Put many segments of text or EXIF at the front of a JPEG, or chunks that unpack to much into a PNG."""
    if raw[:2] == b"\xff\xd8":
        segment = chance.choice(
            (b"\xff\xe1\xff\xff" + b"Exif\0\0MM\0*" + bytes(65_523), b"\xff\xfe\xff\xff" + b"x" * 65_533)
        )
        raw[2:2] = segment * chance.choice((1, 20, 200))
    elif raw[:4] == b"\x89PNG":
        packed = zlib.compress(bytes(chance.choice((10_000, 20_000_000))))
        name, body = chance.choice(((b"zTXt", b"k\0\0"), (b"iCCP", b"k\0\0"), (b"iTXt", b"k\0\1\0\0\0")))
        chunk = name + body + packed
        raw[33:33] = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    else:
        overwrite(raw, chance)


def scan_often(raw: bytearray, chance: Chance) -> None:
    """Repeat the last scan of a JPEG many times."""
    at = raw.rfind(b"\xff\xda")
    if at > 0:
        raw[-2:] = raw[at:-2] * chance.choice((5, 50)) + b"\xff\xd9"


def splice(raw: bytearray, chance: Chance) -> None:
    _, other = chance.choice(seeds())
    raw[chance.randrange(len(raw)) :] = other[chance.randrange(len(other)) :]


DAMAGES: tuple[Callable[[bytearray, Chance], None], ...] = (
    cut_short,
    cut_short_in_the_header,
    flip_bits,
    flip_bits_in_the_header,
    overwrite,
    take_out,
    double,
    append_a_program,
    claim_another_size,
    swell,
    scan_often,
    splice,
)


def made_by_hand() -> Iterator[Case]:
    """Yield what no damage makes: wrong kinds, nothing, the largest that is allowed and a little more."""
    yield "nothing", b""
    for name, start in (("gif", b"GIF89a"), ("tiff", b"II*\0"), ("pdf", b"%PDF-1.7"), ("zip", b"PK\x03\x04")):
        yield name, start + bytes(5000)
    yield "svg", b"<svg xmlns='http://www.w3.org/2000/svg'>" + SCRIPT + b"</svg>"
    yield "avif", b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + bytes(500)
    for start in (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBPVP8X", b"\0\0\0\x18ftypheic"):
        yield "start only", start
        yield "start and zeros", start + bytes(100_000)
    yield "sixteen megabytes", b"\xff\xd8\xff" + bytes(16 * 1024 * 1024)
    for wide, high in ((7000, 7100), (7200, 7200)):
        yield f"jpeg {wide}x{high}", encoded(Image.new("RGB", (wide, high), "white"), "JPEG")
    grey = Image.effect_mandelbrot((4000, 3990), (-2, -1.5, 1, 1.5), 40)
    yield "png with alpha, large", encoded(grey.convert("RGBA"), "PNG", compress_level=1)
    yield (
        "jpeg progressive, large",
        encoded(Image.merge("RGB", (grey, grey, grey)).resize((5000, 4900)), "JPEG", progressive=True, subsampling=0),
    )
    yield "webp, large", encoded(Image.new("RGBA", (4000, 3990), (9, 9, 9, 9)), "WEBP", lossless=True, method=0)
    yield "heic, large", encoded(Image.new("RGB", (4000, 3000), "white"), "HEIF")


def kept_by_hand() -> Iterator[Case]:
    """Yield them from files that another process made: drawing the largest takes more memory than reading them may."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", __spec__.name, "--make", folder], check=True)
        for path in sorted(Path(folder).iterdir()):
            yield path.name, path.read_bytes()


def make(folder: Path) -> None:
    for number, (name, raw) in enumerate(made_by_hand()):
        (folder / f"{number:02} {name}").write_bytes(raw)


def cases(count: int, seed: int) -> Iterator[Case]:
    """Yield so many damaged files, after those made by hand."""
    yield from kept_by_hand()
    chance = Chance(seed)
    for number in range(count):
        name, whole = seeds()[number % len(seeds())]
        raw = bytearray(whole)
        damages = [DAMAGES[number // len(seeds()) % len(DAMAGES)], *chance.sample(DAMAGES, chance.choice((0, 0, 1)))]
        for damage in damages:
            if raw:
                damage(raw, chance)
        yield f"{name}: {', '.join(damage.__name__ for damage in damages)} ({number})", bytes(raw)


def what_becomes_of(raw: bytes) -> str:
    """Return the code of the refusal, or "portrait"; anything else is a bug and raises."""
    try:
        sheet = read_sheet(raw)
        faces = find_faces(sheet)
        box = box_for(sheet, faces, shape=USUAL_SHAPE)
        judge(sheet, box, faces=faces, shape=USUAL_SHAPE)
        portrait = cut(sheet, box, shape=USUAL_SHAPE)
    except DomainError as refusal:
        return refusal.code
    picture = Image.open(io.BytesIO(portrait.jpeg), formats=("JPEG",))
    picture.load()
    assert (picture.mode, picture.size) == ("RGB", (295, 413))
    assert len(portrait.jpeg) <= USUAL_SHAPE.bytes_max
    assert portrait.jpeg.endswith(b"\xff\xd9")
    assert not any(word in portrait.jpeg for word in UNWANTED)
    return "portrait"


def peak_kilobytes() -> int:
    """Return the most memory this program has held. What getrusage says begins with that of whoever started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0])


def main(count: int, seed: int) -> dict[str, object]:
    what_becomes_of(seeds()[0][1])  # what is loaded once is not the first case's
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE_MAX, ADDRESS_SPACE_MAX))
    made = peak_kilobytes()
    outcomes: Counter[str] = Counter()
    slowest: list[tuple[float, str]] = []
    faults = []
    for name, raw in cases(count, seed):
        began = time.process_time()
        try:
            outcomes[what_becomes_of(raw)] += 1
        except Exception as fault:  # noqa: BLE001  # every kind of fault is what is looked for
            faults.append(f"{name}: {type(fault).__name__}: {fault}")
        slowest = sorted([*slowest, (time.process_time() - began, name)])[-5:]
    return {
        "cases": outcomes.total() + len(faults),
        "outcomes": dict(outcomes),
        "faults": faults,
        "slowest": slowest,
        "before_mb": made // 1024,
        "peak_mb": peak_kilobytes() // 1024,
    }


if __name__ == "__main__":
    if sys.argv[1] == "--make":
        make(Path(sys.argv[2]))
    else:
        sys.stdout.write(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]))))
