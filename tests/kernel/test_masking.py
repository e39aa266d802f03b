"""Masks: exactly the positions allowed, one rule a value, and always something hidden."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jinbang.kernel.masking import STAR, mask_document, mask_email, mask_name, mask_phone, mask_ticket


@pytest.mark.parametrize(
    "name,masked",
    [
        ("", ""),
        ("李", "*"),
        ("张三", "张*"),
        ("张小三", "张*三"),
        ("欧阳小明", "欧**明"),
        ("买买提·艾力", "买**·艾*"),
        ("买买提·吐尔逊·艾力", "买**·***·艾*"),
        ("阿·力", "阿·*"),
        ("John Smith", "J*** S****"),
        ("Anne-Marie O'Neil", "A***-M**** O*****"),
        ("J S", "J *"),
        ("J", "*"),
        ("𠮷田", "𠮷*"),
        ("葛\U000e0100小明", "葛\U000e0100*明"),
    ],
)
def test_names_are_masked(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    "number,masked",
    [
        ("11010519491231002X", "110***********002X"),
        ("CAN110078120501", "CAN********0501"),
        ("H1234567801", "H********01"),
        ("E12345678", "E******78"),
        ("12345678", "1*****78"),
        ("1234567", "1******"),
        ("1", "*"),
        ("", ""),
        ("军字第2001988号", "军********8号"),
        ("A\u0301\u0301\u0301\u0301\u0301BC", "A\u0301\u0301\u0301\u0301\u0301**"),  # three characters in eight
    ],
)
def test_document_numbers_are_masked(number: str, masked: str) -> None:
    assert mask_document(number) == masked


@pytest.mark.parametrize(
    "phone,masked",
    [
        ("13812345678", "138****5678"),
        ("138 1234-5678", "138****5678"),
        ("+8613812345678", "+86138****5678"),
        ("+86 138 1234 5678", "+86138****5678"),
        ("+85291234567", "+85*****4567"),
        ("91234567", "91****67"),
        ("1234567", "12***67"),
        ("123456", "******"),
        ("+86", "***"),
        ("+861", "+86*"),
        ("", ""),
    ],
)
def test_telephone_numbers_are_masked(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


@pytest.mark.parametrize(
    "address,masked",
    [
        ("lin@example.org", "l***@example.org"),
        ("a-very-long-name@example.org", "a***@example.org"),
        ("a@example.org", "***@example.org"),
        ("not an address", "***"),
        ("", ""),
    ],
)
def test_addresses_are_masked_without_telling_their_length(address: str, masked: str) -> None:
    assert mask_email(address) == masked


@pytest.mark.parametrize(
    "ticket,masked",
    [("15110203071", "*******3071"), ("12345678", "****5678"), ("123", "**3"), ("1", "*"), ("", "")],
)
def test_ticket_numbers_show_their_tail(ticket: str, masked: str) -> None:
    assert mask_ticket(ticket) == masked


VISIBLE = st.text(st.sampled_from("张三艾力ABCdef0123456789· -+@.\U000e0100X"), min_size=1, max_size=24)


@settings(deadline=None)
@given(
    VISIBLE.filter(lambda value: value.strip(" -")),
    st.sampled_from([mask_document, mask_ticket, mask_phone, mask_email]),
)
def test_something_is_always_hidden(value: str, mask: object) -> None:
    assert callable(mask)
    assert STAR in mask(value)
    assert mask(value) != value


@settings(deadline=None)
@given(st.text("张三明艾力ABcd é·-", min_size=1, max_size=12).filter(lambda name: name.strip(" ·-")))
def test_something_of_every_name_is_hidden_and_nothing_is_added(name: str) -> None:
    masked = mask_name(name)
    assert STAR in masked
    assert all(shown in (STAR, real) for shown, real in zip(masked, name, strict=True))


@settings(deadline=None)
@given(st.text("0123456789X", min_size=18, max_size=18))
def test_a_resident_number_shows_three_and_four(number: str) -> None:
    assert mask_document(number) == number[:3] + STAR * 11 + number[14:]
