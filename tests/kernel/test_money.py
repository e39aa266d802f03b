"""Sums: what is written is read back to the fen, what is none is refused by name."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jinbang.kernel.errors import BadAmount
from jinbang.kernel.money import LARGEST_FEN, AmountProblem, format_fen, parse_yuan


@pytest.mark.parametrize(
    "fen,written",
    [
        (0, "¥0.00"),
        (1, "¥0.01"),
        (12300, "¥123.00"),
        (123456, "¥1,234.56"),
        (100000000, "¥1,000,000.00"),
        (-1, "-¥0.01"),
        (-650, "-¥6.50"),
    ],
)
def test_a_sum_is_written_as_people_read_it(fen: int, written: str) -> None:
    assert format_fen(fen) == written


@pytest.mark.parametrize(
    "typed,fen",
    [
        ("65", 6500),
        ("65.5", 6550),
        ("65.50", 6550),
        ("65.500", 6550),
        ("0.01", 1),
        ("007", 700),
        ("¥1,234.00", 123400),
        ("￥ 65 元", 6500),
        ("６５．５元", 6550),
        ("1，234", 123400),
        ("cny 65", 6500),
        ("10000000000000", LARGEST_FEN),
    ],
)
def test_a_typed_sum_is_read(typed: str, fen: int) -> None:
    assert parse_yuan(typed) == fen


@pytest.mark.parametrize(
    "typed,problem",
    [
        ("", AmountProblem.EMPTY),
        (" \u3000", AmountProblem.EMPTY),
        ("-5", AmountProblem.NEGATIVE),
        ("-¥5", AmountProblem.NEGATIVE),
        ("¥-5", AmountProblem.NEGATIVE),
        ("0.001", AmountProblem.FINER_THAN_FEN),
        ("65.505", AmountProblem.FINER_THAN_FEN),
        ("10000000000000.01", AmountProblem.TOO_LARGE),
        ("9" * 5000, AmountProblem.TOO_LARGE),
        ("1,23", AmountProblem.NOT_A_SUM),
        ("12,34.00", AmountProblem.NOT_A_SUM),
        ("1.", AmountProblem.NOT_A_SUM),
        (".5", AmountProblem.NOT_A_SUM),
        ("六十五", AmountProblem.NOT_A_SUM),
        ("٦٥", AmountProblem.NOT_A_SUM),
        ("1e3", AmountProblem.NOT_A_SUM),
        ("65 66.0.0", AmountProblem.NOT_A_SUM),
    ],
)
def test_refuses_by_name_what_is_no_sum(typed: str, problem: AmountProblem) -> None:
    with pytest.raises(BadAmount) as refusal:
        parse_yuan(typed)
    assert (refusal.value.code, refusal.value.problem) == ("bad_amount", problem)


@settings(deadline=None)
@given(st.integers(0, LARGEST_FEN))
def test_what_is_written_is_read_back(fen: int) -> None:
    assert parse_yuan(format_fen(fen)) == fen
