"""How alike two portraits are, by two fingerprints that encoding and size hardly change. Pure.

Each bit says whether a place is brighter than its neighbour to the left ("dHash"). The short one (64 places) finds
candidates among millions: it is kept in four bands of 16 bits, each with an index. Two fingerprints that differ in at
most seven bits have a band that differs in at most one (four bands cannot all hold two differences), so 4 × 17 exact
look-ups find every such pair without a scan (Norouzi and others, "Fast search in Hamming space with multi-index
hashing", 2012). The long one (256 places) then tells the same picture from portraits that merely have the same pose.
Waves of a cosine transform ("pHash") were tried and left: on a face seen from the front half of them are noise.
Neither fingerprint can be turned back into a face.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from PIL import Image, ImageFilter

Bits: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]"

BANDS: Final = 4
BAND_BITS: Final = 16
SHORT_DISTANCE_MAX: Final = 7
"""Our own choice, bound to the look-up: with four bands probed to one bit each, seven is what is found for certain."""
LONG_DISTANCE_MAX: Final = 30
"""Our own choice, of 256: one picture encoded and resized anew measures below, two different people from 60 on."""

_SHORT_SIDE: Final = 8
_SHORT_BLUR: Final = 1 / 50  # of the width: what is finer than a place of the short one must not decide its bits
_LONG_SIDE: Final = 16
# Frames and plain backgrounds are alike on every portrait: only the middle, where the face is, is looked at.
_MIDDLE: Final = (0.14, 0.12, 0.86, 0.84)


@dataclass(frozen=True)
class Likeness:
    """The two fingerprints of a portrait, as numbers."""

    short: int
    long: int

    @property
    def bands(self) -> tuple[int, ...]:
        """The short one in four parts, as they are indexed."""
        mask = (1 << BAND_BITS) - 1
        return tuple(self.short >> BAND_BITS * band & mask for band in range(BANDS))

    @property
    def text(self) -> str:
        """Both in hexadecimal, as they are kept: 16 digits and 64."""
        return f"{self.short:016x}{self.long:064x}"


def read_likeness(text: str) -> Likeness:
    """Return what `Likeness.text` wrote."""
    return Likeness(int(text[:16], 16), int(text[16:], 16))


def probes(band: int) -> tuple[int, ...]:
    """Return every value that differs from a band's in at most one bit: what is looked up in its index."""
    return (band, *(band ^ 1 << bit for bit in range(BAND_BITS)))


def are_alike(one: Likeness, other: Likeness) -> bool:
    """Whether both fingerprints say that this is one picture."""
    short, long = (one.short ^ other.short).bit_count(), (one.long ^ other.long).bit_count()
    return short <= SHORT_DISTANCE_MAX and long <= LONG_DISTANCE_MAX


def likeness_of(portrait: Image.Image) -> Likeness:
    """Return the fingerprints of a portrait of any size."""
    grey = portrait.convert("L")
    smooth = grey.filter(ImageFilter.GaussianBlur(grey.width * _SHORT_BLUR))
    # Dealt to the bands in turn, so that each has places of every row and none is alike on all portraits.
    short = _brighter(smooth, _SHORT_SIDE).reshape(-1, BANDS).T.flatten()
    return Likeness(_number(short), _number(_brighter(grey, _LONG_SIDE)))


def _brighter(grey: Image.Image, side: int) -> Bits:
    """Return for each place of the middle of a portrait whether it is brighter than its neighbour to the left."""
    left, top, right, bottom = _MIDDLE
    middle = (grey.width * left, grey.height * top, grey.width * right, grey.height * bottom)
    places = np.asarray(grey.resize((side + 1, side), Image.Resampling.BOX, box=middle), dtype=np.int16)
    return (places[:, 1:] > places[:, :-1]).flatten()


def _number(bits: Bits) -> int:
    return int.from_bytes(np.packbits(bits).tobytes(), "big")
