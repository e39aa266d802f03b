"""Blind indexes: equal for equal values only, joined by no column, guessed by nobody without the ring."""

import hashlib
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from jinbang.kernel.crypto import KeyRing, Purpose, blind_index

RING = KeyRing.generate()
NUMBER = "11010519491231002X"


@settings(deadline=None)
@given(st.text(), st.text())
def test_indexes_are_equal_exactly_when_values_are(one: str, other: str) -> None:
    first, second = (blind_index(RING, purpose="document|resident_id", value=each) for each in (one, other))
    assert (first == second) == (one == other)
    assert re.fullmatch(r"[0-9a-f]{64}", first)


def test_equal_values_of_two_columns_cannot_be_joined() -> None:
    assert blind_index(RING, purpose="document|resident_id", value=NUMBER) != blind_index(
        RING, purpose="document|hmt_residence", value=NUMBER
    )


def test_rotation_gives_another_index_and_still_knows_the_old_one() -> None:
    turned = RING.with_new_key(Purpose.INDEX)
    old = blind_index(RING, purpose="phone", value="13812345678")
    assert blind_index(turned, purpose="phone", value="13812345678") != old
    assert blind_index(turned, purpose="phone", value="13812345678", key_id=1) == old


def test_trying_all_numbers_of_a_birthday_finds_nothing_without_the_ring() -> None:
    stolen = blind_index(RING, purpose="document|resident_id", value=NUMBER)
    wrong_ring = KeyRing.generate()
    guesses = [f"11010519491231{sequence:03d}{check}" for sequence in range(100) for check in "0123456789X"]
    assert NUMBER in guesses
    assert all(blind_index(wrong_ring, purpose="document|resident_id", value=guess) != stolen for guess in guesses)


def test_trying_all_numbers_of_a_birthday_opens_a_plain_hash() -> None:
    stolen = hashlib.sha256(NUMBER.encode()).hexdigest()
    guesses = [f"11010519491231{sequence:03d}{check}" for sequence in range(100) for check in "0123456789X"]
    assert [guess for guess in guesses if hashlib.sha256(guess.encode()).hexdigest() == stolen] == [NUMBER]
