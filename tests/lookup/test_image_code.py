"""The image code: letters or a sum, one answer each, pictures that stay the same, nothing readable in the token."""

import pytest

from jinbang.lookup.challenge import LIFETIME_SECONDS
from jinbang.lookup.errors import VerificationRefused
from jinbang.lookup.image_code import ImageCode, ImageCodes, in_words
from tests.lookup.test_challenge import Clock


def refused(codes: ImageCodes, token: str, answer: str) -> str:
    with pytest.raises(VerificationRefused) as refusal:
        codes.require_answer(token, answer)
    return str(refusal.value.fields["problem"])


def answers_of(codes: ImageCodes, code: ImageCode) -> tuple[str, str]:
    asked = codes._opened(code.token)
    return asked.letters, str(asked.first + asked.second)


def test_the_letters_are_accepted_however_they_are_typed() -> None:
    codes = ImageCodes()
    for change in (str.lower, str.upper, " ".join):
        code = codes.issue()
        codes.require_answer(code.token, change(answers_of(codes, code)[0]))


def test_the_sum_is_accepted_in_digits_and_in_words() -> None:
    codes = ImageCodes()
    first, second, third = codes.issue(), codes.issue(), codes.issue()
    codes.require_answer(first.token, answers_of(codes, first)[1])
    codes.require_answer(second.token, in_words(int(answers_of(codes, second)[1])))
    codes.require_answer(
        third.token, chr(0xFEE0 + ord(answers_of(codes, third)[1][0])) + answers_of(codes, third)[1][1:]
    )


def test_a_code_can_be_answered_once_rightly_or_wrongly() -> None:
    codes = ImageCodes()
    right, wrong = codes.issue(), codes.issue()
    codes.require_answer(right.token, answers_of(codes, right)[0])
    assert refused(codes, right.token, answers_of(codes, right)[0]) == "used"
    assert refused(codes, wrong.token, "0") == "wrong"
    assert refused(codes, wrong.token, answers_of(codes, wrong)[0]) == "used"


def test_a_code_expires_and_is_nobody_elses() -> None:
    clock = Clock()
    codes = ImageCodes(now=clock)
    code = codes.issue()
    letters, _ = answers_of(codes, code)
    assert refused(ImageCodes(), code.token, letters) == "expired"
    clock.time += LIFETIME_SECONDS + 1
    assert refused(codes, code.token, letters) == "expired"


@pytest.mark.parametrize("token", ["", "林", "%%%", "AAAA", "A" * 52])
def test_no_other_token_is_accepted_or_drawn(token: str) -> None:
    codes = ImageCodes()
    assert refused(codes, token, "12") in {"missing", "wrong", "expired"}
    with pytest.raises(VerificationRefused):
        codes.drawing(token)


def test_the_picture_of_a_code_is_drawn_once() -> None:
    codes = ImageCodes()
    code = codes.issue()
    assert codes.drawing(code.token) == codes.drawing(code.token)
    assert codes.drawing(code.token).startswith(b"\x89PNG")


def test_tokens_and_questions_have_one_length() -> None:
    codes = [ImageCodes().issue() for _ in range(50)]
    assert {len(code.token) for code in codes} == {52}
    assert len({len(code.question) for code in codes}) == 1


@pytest.mark.parametrize(
    "number, words", [(4, "四"), (10, "十"), (12, "十二"), (18, "十八"), (20, "二十"), (35, "三十五")]
)
def test_numbers_in_words(number: int, words: str) -> None:
    assert in_words(number) == words
