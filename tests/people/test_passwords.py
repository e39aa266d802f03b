"""What is said of a password that will not do: plain Chinese, full-width, and no name of a field in English."""

import re

import pytest
from django.contrib.auth.password_validation import get_default_password_validators, validate_password
from django.core.exceptions import ValidationError
from django.utils import translation

from jinbang.people.models import Account

LIN = Account(username="linxiaolin2026", phone="+8613800138000", email="linxiaolin@example.cn")
ENGLISH_OR_HALF_WIDTH = re.compile(r"[a-zA-Z]{2,}|[\u3400-\u9fff][,.!?:;]|你")


@pytest.mark.parametrize(
    "password,said",
    [
        ("九个字符的密码哈", "密码太短，至少要有 10 个字符。"),
        ("qwertyuiop", "这个密码太常见，容易被猜到，请换一个。"),
        ("linxiaolin2026", "密码与您的用户名、手机号或其他个人信息太相似，请换一个。"),
        ("13800138000", "密码与您的用户名、手机号或其他个人信息太相似，请换一个。"),
        ("+8613800138000", "密码与您的用户名、手机号或其他个人信息太相似，请换一个。"),
    ],
)
def test_a_password_that_will_not_do_is_told_why(password: str, said: str) -> None:
    with translation.override("zh-hans"), pytest.raises(ValidationError) as refused:
        validate_password(password, LIN)
    assert refused.value.messages == [said]
    assert not ENGLISH_OR_HALF_WIDTH.search(said)


def test_a_good_one_is_taken() -> None:
    validate_password("jin-bang-ti-ming-2026", LIN)
    validate_password("十个字符的密码刚好够了", LIN)


def test_every_rule_is_told_beforehand_in_our_words() -> None:
    with translation.override("zh-hans"):
        for validator in get_default_password_validators():
            assert type(validator).__module__ == "jinbang.people.passwords"
            text = validator.get_help_text().replace("“password”", "")
            assert text.endswith("。")
            assert not ENGLISH_OR_HALF_WIDTH.search(text)
