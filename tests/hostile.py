"""Bad inputs out of good ones: what a hostile or unlucky hand makes of a text or a file, by seeded random numbers.

Good inputs get characters and bytes changed, doubled, cut and spliced, with a liking for what breaks programs: digits
of other scripts, invisible and right-to-left characters, line ends of every kind, quotes and markup, great lengths.
"""

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Final

NASTY: Final[tuple[str, ...]] = (
    *"\x00\x01\t\n\r\x0b\x0c\x1b\x7f\x85\u2028\u2029",  # controls and line ends
    *" \u00a0\u1680\u2003\u3000\u00ad\u200b\u200d\u200e\u202e\u2060\ufeff\ufe0f\U000e0100",  # spaces, unseen, reversed
    *"²٣೭𝟗１Ⅷ㊈½零〇",  # digits that are not ASCII
    *"ＸｘХχ×ı𝐗ﬃßİ",  # letters that fold into others
    *"－−–ー‐·•・.,:;/\\",  # dashes, dots, separators
    *"'\"`<>&%=+@?#|{}[]()$",  # quotes, markup, formulas
    *"\u0301\u0338\u1dc4가😀👨\ue816\uf900\U0002f800\U0010ffff\ufffe",  # combining, spelt twice, none
)
LONGEST: Final = 600


def mutated(good: Sequence[str], *, random: Random, count: int) -> Iterator[str]:
    """Yield so many bad texts: each a good one that was hit one to six times."""
    for _ in range(count):
        text = random.choice(good)
        for _ in range(random.randint(1, 6)):
            text = random.choice(_HITS)(text, random, good)[:LONGEST]
        yield text


def mutated_bytes(good: Sequence[bytes], *, random: Random, count: int) -> Iterator[bytes]:
    """Yield so many bad files: texts as above in one of four encodings, some of them with bytes changed as well."""
    texts = [one.decode("utf-8") for one in good]
    for text in mutated(texts, random=random, count=count):
        raw = bytearray(text.encode(random.choice(("utf-8", "utf-8", "utf-8-sig", "gb18030", "utf-16")), "replace"))
        if random.random() < 0.5:
            for _ in range(random.randint(1, 4)):
                place = random.randrange(len(raw) + 1)
                raw[place : place + random.randint(0, 2)] = random.randbytes(random.randint(0, 3))
        yield bytes(raw)


def _change(text: str, random: Random, _good: Sequence[str]) -> str:
    place = random.randrange(len(text) + 1)
    return text[:place] + random.choice(NASTY) + text[place + 1 :]


def _insert(text: str, random: Random, _good: Sequence[str]) -> str:
    place = random.randrange(len(text) + 1)
    return text[:place] + random.choice(NASTY) + text[place:]


def _insert_any(text: str, random: Random, _good: Sequence[str]) -> str:
    place, code = random.randrange(len(text) + 1), random.randrange(0x110000)
    return text[:place] + (chr(code) if not 0xD800 <= code < 0xE000 else "\ufffd") + text[place:]


def _turn_digit(text: str, random: Random, _good: Sequence[str]) -> str:
    places = [place for place, character in enumerate(text) if character.isdigit()]
    if not places:
        return text
    place = random.choice(places)
    return text[:place] + random.choice("0123456789") + text[place + 1 :]


def _cut(text: str, random: Random, _good: Sequence[str]) -> str:
    first, last = sorted(random.randrange(len(text) + 1) for _ in range(2))
    return text[:first] + text[last:]


def _double(text: str, random: Random, _good: Sequence[str]) -> str:
    first, last = sorted(random.randrange(len(text) + 1) for _ in range(2))
    return text[:last] + text[first:last] * random.choice((1, 1, 1, 2, 40)) + text[last:]


def _splice(text: str, random: Random, good: Sequence[str]) -> str:
    other = random.choice(good)
    return text[: random.randrange(len(text) + 1)] + other[random.randrange(len(other) + 1) :]


_HITS: Final[tuple[Callable[[str, Random, Sequence[str]], str], ...]] = (
    _change,
    _insert,
    _insert_any,
    _turn_digit,
    _turn_digit,
    _cut,
    _double,
    _splice,
)
