"""What is typed differently but meant rightly is understood; what is wrong gets a sentence saying what to do."""

from datetime import date

import pytest

from jinbang.kernel.identity import make_resident_id
from jinbang.people.forms import IdentityForm, OfficerKeyForm, PhoneField

NUMBER = make_resident_id("140105", date(1988, 12, 31), 0)


def identity(**typed: str) -> IdentityForm:
    return IdentityForm({"name": "林晓", "kind": "resident_id", "number": NUMBER, **typed})


@pytest.mark.parametrize(
    "typed",
    [NUMBER.lower(), f" {NUMBER[:6]}-{NUMBER[6:]} ", NUMBER[:6] + NUMBER[8:17]],
    ids=["small letters", "hyphen", "fifteen digits"],
)
def test_a_number_is_cleaned_to_its_one_form(typed: str) -> None:
    form = identity(number=typed)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["number"] == NUMBER


@pytest.mark.parametrize(
    "number,sentence",
    [
        (NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1"), "校验码不对"),
        (NUMBER[:10], "位数不对"),
        ("14010519881331501X", "出生日期"),
        ("0" + NUMBER[1:], "开头"),
        ("1401051988123150PX", "不会出现的字符"),
    ],
)
def test_a_wrong_number_gets_a_sentence_that_says_where_to_look(number: str, sentence: str) -> None:
    form = identity(number=number)
    assert not form.is_valid()
    (error,) = map(str, form.errors["number"])
    assert sentence in error
    assert error.endswith("。")
    assert number not in error


def test_a_number_of_another_kind_is_judged_by_that_kind() -> None:
    form = identity(kind="passport", number="e12345678")
    assert form.is_valid()
    assert form.cleaned_data["number"] == "E12345678"
    assert not identity(kind="taiwan_permit").is_valid()


@pytest.mark.parametrize(
    "typed,kept",
    [
        ("　林　晓　", "林晓"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("𠮷田", "𠮷田"),
        ("Maria  da Silva", "Maria da Silva"),
    ],
)
def test_a_name_is_cleaned_to_its_one_form(typed: str, kept: str) -> None:
    form = identity(name=typed)
    assert form.is_valid()
    assert form.cleaned_data["name"] == kept


def test_a_name_of_blanks_and_dots_is_none() -> None:
    assert "name" in identity(name="· ·").errors


def test_fields_bear_the_tokens_that_let_a_telephone_fill_them_in() -> None:
    form = IdentityForm()
    assert form.fields["name"].widget.attrs["autocomplete"] == "name"
    assert form.fields["number"].widget.attrs["autocomplete"] == "off"
    assert PhoneField().widget.attrs["autocomplete"] == "tel"


def test_a_passphrase_is_typed_twice_alike() -> None:
    assert OfficerKeyForm({"passphrase": "一二三四五六七八九十一二", "again": "一二三四五六七八九十一二"}).is_valid()
    assert "again" in OfficerKeyForm({"passphrase": "一二三四五六七八九十一二", "again": "一二"}).errors
    assert "passphrase" in OfficerKeyForm({"passphrase": "短", "again": "短"}).errors
