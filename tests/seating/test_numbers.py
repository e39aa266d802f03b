"""Ticket numbers: their shape, that no two are alike, and that neighbours tell nothing about the tail."""

import itertools
import math
from collections import Counter
from uuid import UUID

import pytest

from jinbang.kernel.crypto import KeyRing
from jinbang.seating import numbers

SITTING, OTHER = UUID(int=1), UUID(int=2)
RING = KeyRing.generate()
KEY = numbers.tail_key(RING, sitting_id=SITTING)
BEGINNING = numbers.prefix(year=2026, authority_code="14", sitting_code="sx-cost-engineer-2-2026")


def test_a_number_begins_with_year_and_province_and_has_seventeen_digits() -> None:
    number = numbers.ticket_number(BEGINNING, 123, key=KEY)
    assert number.startswith("2614")
    assert number[6:12] == "000123"
    assert len(number) == numbers.LENGTH
    assert numbers.has_default_shape(number)


@pytest.mark.parametrize("code, province", [("14", "14"), ("1403", "14"), ("140301", "14"), ("50", "50"), ("cn", "00")])
def test_the_province_comes_from_the_authority(code: str, province: str) -> None:
    assert numbers.prefix(year=2017, authority_code=code, sitting_code="x")[:4] == f"17{province}"


def test_numbers_of_one_sitting_are_all_different() -> None:
    made = {numbers.ticket_number(BEGINNING, serial, key=KEY) for serial in range(1, 50_001)}
    assert len(made) == 50_000


def test_tails_of_neighbours_look_like_chance() -> None:
    """A thousand known numbers tell nothing about the next: digits, steps and repeats are those of random tails."""
    tails = [int(numbers.ticket_number(BEGINNING, serial, key=KEY)[-5:]) for serial in range(1, 20_001)]
    digits = Counter(digit for tail in tails for digit in f"{tail:05d}")
    expected = len(tails) * 5 / 10
    spread = sum((digits[str(digit)] - expected) ** 2 / expected for digit in range(10))
    assert spread < 33.7  # chi-square, 9 degrees, 0.01 %
    steps = Counter((after - before) % 100_000 for before, after in itertools.pairwise(tails))
    assert steps.most_common(1)[0][1] < 8
    different = len(set(tails))
    assert math.isclose(different, 100_000 * (1 - math.exp(-0.2)), rel_tol=0.02)


def test_a_sequential_tail_would_be_found_out() -> None:
    """The same test with the defence off: a counter instead of the keyed tail."""
    tails = list(range(1, 20_001))
    steps = Counter((after - before) % 100_000 for before, after in itertools.pairwise(tails))
    assert steps.most_common(1)[0][1] > 8


def test_each_sitting_and_each_installation_has_tails_of_its_own() -> None:
    keys = [KEY, numbers.tail_key(RING, sitting_id=OTHER), numbers.tail_key(KeyRing.generate(), sitting_id=SITTING)]
    rows = [tuple(numbers.ticket_number(BEGINNING, serial, key=key)[-5:] for serial in range(1, 9)) for key in keys]
    assert len(set(rows)) == 3


@pytest.mark.parametrize("serial", [0, -1, numbers.SERIAL_MOST + 1])
def test_a_serial_that_does_not_fit_is_a_fault(serial: int) -> None:
    with pytest.raises(ValueError, match="serial"):
        numbers.ticket_number(BEGINNING, serial, key=KEY)


@pytest.mark.parametrize("text", ["", "1234", "26" + "99" + "0" * 13, "26140700012348213X", "2614070001234821"])
def test_other_shapes_are_not_ours(text: str) -> None:
    assert not numbers.has_default_shape(text)


@pytest.mark.parametrize(
    "typed", ["2614 0700 0123 48213", "２６１４０７０００１２３４８２１３", " 2614-0700-0123-48213"]
)
def test_what_is_typed_differently_is_the_same_number(typed: str) -> None:
    assert numbers.normalise_number(typed) == "26140700012348213"


def test_a_number_is_read_out_in_groups_and_a_foreign_one_left_alone() -> None:
    assert numbers.grouped("26140700012348213") == "2614 0700 0123 48213"
    assert numbers.grouped("ZJ-0001/7") == "ZJ-0001/7"
