"""Two portraits of one picture are found alike, those of two people are not, and look-ups by band find every pair."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from skimage import data

from jinbang.application.photo import make_portrait
from jinbang.application.photo_likeness import (
    SHORT_DISTANCE_MAX,
    Likeness,
    are_alike,
    likeness_of,
    probes,
    read_likeness,
)
from jinbang.portal.rehearsal.portraits import drawing


def encoded(picture: Image.Image, kind: str, quality: int) -> bytes:
    written = io.BytesIO()
    picture.save(written, kind, quality=quality)
    return written.getvalue()


@pytest.mark.parametrize("scale,quality", [(2.0, 60), (1.4, 90)])
def test_one_picture_encoded_and_resized_anew_is_alike(scale: float, quality: int) -> None:
    face = Image.fromarray(data.astronaut()).resize((1024, 1024), Image.Resampling.LANCZOS)
    other = Image.fromarray(data.astronaut()).resize((int(512 * scale), int(512 * scale)), Image.Resampling.LANCZOS)
    first = make_portrait(encoded(face, "JPEG", 92)).likeness
    assert are_alike(first, make_portrait(encoded(other, "WEBP", quality)).likeness)


def test_different_people_are_not_alike() -> None:
    drawings = [likeness_of(Image.open(io.BytesIO(drawing(number)))) for number in range(8)]
    person = likeness_of(Image.fromarray(data.astronaut()).crop((130, 10, 330, 290)))
    assert not any(are_alike(person, one) for one in drawings)


@given(st.integers(0, 2**64 - 1), st.sets(st.integers(0, 63), max_size=SHORT_DISTANCE_MAX))
def test_a_look_up_finds_every_pair_within_the_distance(short: int, flipped: set[int]) -> None:
    other = short
    for bit in flipped:
        other ^= 1 << bit
    bands = zip(Likeness(short, 0).bands, Likeness(other, 0).bands, strict=True)
    assert any(theirs in probes(ours) for ours, theirs in bands)


def test_eight_differences_may_escape_the_look_up() -> None:
    """Seven is what is found for certain: two in each band escape, so a larger distance would promise too much."""
    other = sum(0b11 << 16 * band for band in range(4))
    assert not any(theirs in probes(0) for theirs in Likeness(other, 0).bands)


def test_a_likeness_comes_back_as_it_was_written() -> None:
    likeness = Likeness(2**63 + 5, 2**255 + 7)
    assert read_likeness(likeness.text) == likeness
    assert len(likeness.text) == 80
