"""Names of people: one written form to keep, one folded form to compare.

A name keeps every character of GB 18030-2022. NFKC and even NFC would turn compatibility ideographs (U+F900…) into
others, so only what is certainly a way of typing is folded: full-width ASCII, kinds of space and kinds of middle dot.
`matching_name` folds more and is only ever compared, never shown or printed.
"""

import re
import unicodedata
from typing import Final

MIDDLE_DOT: Final = "\u00b7"

_OTHER_DOTS: Final = (
    "\u2022\u2027\u2219\u22c5\u2e31\u30fb\uff65\u25cf\u02d9\u0387"  # • ‧ ∙ ⋅ ⸱ ・ ･ ● ˙ and the Greek ano teleia
)
# Format characters that arrive by copy and paste and that nobody sees. Variation selectors are not among them.
_INVISIBLE: Final = (
    "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
# Fourteen ideographs that GB 18030-2000 mapped to private-use code points; GB 18030-2022 gives them real ones. The
# GB bytes are the same, so this is one character in two spellings, and the old one shows as a box.
_PRIVATE_USE_OF_GB18030_2000: Final = {
    0xE816: 0x20087,
    0xE817: 0x20089,
    0xE818: 0x200CC,
    0xE81E: 0x9FB4,
    0xE826: 0x9FB5,
    0xE82B: 0x9FB6,
    0xE82C: 0x9FB7,
    0xE831: 0x215D7,
    0xE832: 0x9FB8,
    0xE83B: 0x2298F,
    0xE843: 0x9FB9,
    0xE854: 0x9FBA,
    0xE855: 0x241FE,
    0xE864: 0x9FBB,
}
_FOLD: Final[dict[int, int | None]] = {
    **dict.fromkeys(map(ord, _INVISIBLE)),
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},
    **dict.fromkeys(map(ord, _OTHER_DOTS), ord(MIDDLE_DOT)),
    **_PRIVATE_USE_OF_GB18030_2000,
}
_COMPATIBILITY: Final = "\uf900-\ufaff\U0002f800-\U0002fa1f"
_HAN: Final = (
    f"\u3007\u3400-\u4dbf\u4e00-\u9fff\ue000-\uf8ff{_COMPATIBILITY}\U00020000-\U0002f7ff\U00030000-\U0003ffff"
    "\ufe00-\ufe0f\U000e0100-\U000e01ef"  # an ideograph may end in a variation selector
)
_NOT_COMPATIBILITY: Final = re.compile(f"[^{_COMPATIBILITY}]+")
_HAN_CHARACTER: Final = re.compile(f"[{_HAN}]")
_SPACE_BETWEEN_HAN: Final = re.compile(f"(?<=[{_HAN}]) (?=[{_HAN}])")
_DOT_BETWEEN_HAN: Final = re.compile(rf"(?<=[{_HAN}]) ?[.{MIDDLE_DOT}][ .{MIDDLE_DOT}]*(?=[{_HAN}])")
_SPACED_DOT: Final = re.compile(f" ?{MIDDLE_DOT}[ {MIDDLE_DOT}]*")
_KANGXI_RADICAL: Final = re.compile("[\u2e80-\u2fdf]")
_ORDINARY_HAN: Final = re.compile("[\u4e00-\u9fff]+")  # every one is its own NFC, NFD and small letter
_IGNORED_WHEN_MATCHING: Final = re.compile(rf"[\s{MIDDLE_DOT}.'`\u2018\u2019\u2010-\u2015\u2212\-]+")


def normalise_name(raw: str) -> str:
    """Return the name as it is kept and shown; the same name typed in another way gives the same text.

    Spaces inside a Chinese name (张　三, as rosters pad it) go, those between Latin words become one; every kind of
    middle dot becomes U+00B7. No ideograph is replaced by another.
    """
    text = raw.translate(_FOLD)
    text = _NOT_COMPATIBILITY.sub(lambda run: unicodedata.normalize("NFC", run[0]), text)
    text = " ".join(text.split())
    text = _SPACE_BETWEEN_HAN.sub("", text)
    text = _DOT_BETWEEN_HAN.sub(MIDDLE_DOT, text)
    return _SPACED_DOT.sub(MIDDLE_DOT, text).strip(f" {MIDDLE_DOT}")


def matching_name(name: str) -> str:
    """Return the form in which two spellings of one name are equal. Only to be compared, never shown.

    Letter case, spaces, dots, hyphens and apostrophes do not count; Kangxi radicals (out of PDF files) and
    canonically equivalent compatibility ideographs equal the ordinary ideograph.
    """
    if _ORDINARY_HAN.fullmatch(name):  # most names are in that form already
        return name
    text = _KANGXI_RADICAL.sub(lambda found: unicodedata.normalize("NFKC", found[0]), normalise_name(name))
    text = unicodedata.normalize("NFD", unicodedata.normalize("NFD", text).casefold())
    return unicodedata.normalize("NFC", _IGNORED_WHEN_MATCHING.sub("", text))


def has_han(name: str) -> bool:
    """Whether any character of the name is a Chinese one."""
    return _HAN_CHARACTER.search(name) is not None
