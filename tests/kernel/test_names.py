"""Names: every way of typing folds, no character is lost or turned into another."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jinbang.kernel.names import has_han, matching_name, normalise_name


@pytest.mark.parametrize(
    "typed,kept",
    [
        ("张三", "张三"),
        ("张　三", "张三"),
        ("  欧阳 明\t", "欧阳明"),
        ("\u200b张\ufeff三\u202c", "张三"),
        ("买买提·艾力", "买买提·艾力"),
        ("买买提•艾力", "买买提·艾力"),
        ("买买提・艾力", "买买提·艾力"),
        ("买买提･艾力", "买买提·艾力"),
        ("买买提‧艾力", "买买提·艾力"),
        ("买买提∙艾力", "买买提·艾力"),
        ("买买提●艾力", "买买提·艾力"),
        ("买买提．艾力", "买买提·艾力"),
        ("买买提.艾力", "买买提·艾力"),
        ("买买提 · 艾力", "买买提·艾力"),
        ("买买提··艾力", "买买提·艾力"),
        ("王（suo）", "王(suo)"),
        ("Ｊｏｈｎ　 Ｓｍｉｔｈ　Jr.", "John Smith Jr."),
        ("Jose\u0301", "José"),
        ("J. R. Müller", "J. R. Müller"),
        ("", ""),
        (" · ", ""),
    ],
)
def test_one_name_is_kept_in_one_form_however_it_is_typed(typed: str, kept: str) -> None:
    assert normalise_name(typed) == kept


@pytest.mark.parametrize(
    "rare",
    [
        "\u9fb4",  # among the last of the basic block
        "\u3400",  # Extension A
        "\U00020bb7",  # 𠮷
        "\U0003106c",  # Extension H, level 3 of GB 18030-2022
        "\uf92c",  # one of the 21 compatibility ideographs of GB 18030: NFC would turn it into 郎
        "\ufa0e",
        "\ufa18",
        "〇",
        "葛\U000e0100",  # with a variation selector
    ],
)
def test_rare_characters_are_kept(rare: str) -> None:
    assert normalise_name(f"王{rare}") == f"王{rare}"


def test_without_the_exception_the_compatibility_ideograph_would_be_lost() -> None:
    assert unicodedata.normalize("NFC", "\uf92c") != "\uf92c"
    assert normalise_name("\uf92c") == "\uf92c"


@settings(deadline=None)
@given(
    st.characters(min_codepoint=0x3400, max_codepoint=0x9FFF, categories=["Lo"])
    | st.characters(min_codepoint=0xF900, max_codepoint=0xFAD9, categories=["Lo"])
    | st.characters(min_codepoint=0x20000, max_codepoint=0x323AF, categories=["Lo"])
)
def test_no_ideograph_is_replaced_by_another(ideograph: str) -> None:
    assert normalise_name(f"王{ideograph}明") == f"王{ideograph}明"


@pytest.mark.parametrize(
    "gb_bytes,standard",
    [
        # The bytes of GB 18030, and the code point that GB 18030-2022 gives them.
        ("fe51", "\U00020087"),
        ("fe52", "\U00020089"),
        ("fe53", "\U000200cc"),
        ("fe59", "\u9fb4"),
        ("fe61", "\u9fb5"),
        ("fe66", "\u9fb6"),
        ("fe67", "\u9fb7"),
        ("fe6c", "\U000215d7"),
        ("fe6d", "\u9fb8"),
        ("fe76", "\U0002298f"),
        ("fe7e", "\u9fb9"),
        ("fe90", "\u9fba"),
        ("fe91", "\U000241fe"),
        ("fea0", "\u9fbb"),
    ],
)
def test_private_use_spellings_of_old_systems_become_the_standard_character(gb_bytes: str, standard: str) -> None:
    assert normalise_name("王" + bytes.fromhex(gb_bytes).decode("gb18030")) == "王" + standard


@pytest.mark.parametrize(
    "one,other",
    [
        ("买买提·艾力", "买买提艾力"),
        ("买买提.艾力", "买买提•艾力"),
        ("John Smith", "JOHN SMITH"),
        ("O’Brien-Smith", "o'brien smith"),
        ("王\u2f08", "王\u4eba"),  # a Kangxi radical out of a PDF file
        ("王\uf92c", "王\u90ce"),
        ("José", "JOSE\u0301"),
        ("Straße", "STRASSE"),
    ],
)
def test_two_spellings_of_one_name_match(one: str, other: str) -> None:
    assert matching_name(one) == matching_name(other)


@pytest.mark.parametrize(
    "one,other",
    [
        ("张三", "张二"),
        ("李明", "李鸣"),
        ("王(suo)", "王"),
        ("𠮷田", "吉田"),
        ("Jose", "José"),
        ("王\ufa0e", "王\ufa0f"),
    ],
)
def test_two_names_do_not_match(one: str, other: str) -> None:
    assert matching_name(one) != matching_name(other)


AWKWARD = st.text(
    st.sampled_from("张三艾力AaßéİŉΣς \u3000\t.·•．-'’\u0301\u0307\u0345\uf92c\ufa0e\u2f08\ue81e\ufe00\u200b(（")
    | st.characters(exclude_categories=["Cs"]),
    max_size=12,
)


@settings(deadline=None, max_examples=400)
@given(AWKWARD)
def test_folding_twice_changes_nothing(raw: str) -> None:
    once = normalise_name(raw)
    assert normalise_name(once) == once
    assert matching_name(matching_name(raw)) == matching_name(raw) == matching_name(once)


def test_the_short_way_of_ordinary_names_leads_to_the_same_form() -> None:
    """Every ordinary ideograph beside itself with a dot before it, which takes the long way and does not count."""
    for code in range(0x4E00, 0xA000):
        assert matching_name(chr(code)) == matching_name(f"·{chr(code)}")


def test_tells_chinese_names_from_others() -> None:
    assert has_han("John 张")
    assert has_han("\uf92c")
    assert not has_han("John Müller")
