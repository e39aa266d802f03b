"""Document numbers: each kind's check, each named problem, and one number for every way of typing it."""

import random
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jinbang.kernel.identity import (
    BadIdentityNumber,
    DocumentKind,
    IdentityNumber,
    NumberProblem,
    Sex,
    birth_date,
    check_character,
    guess_kind,
    make_resident_id,
    normalise_typed,
    parse_number,
    sex,
)

RESIDENT, HMT, FOREIGNER = DocumentKind.RESIDENT_ID, DocumentKind.HMT_RESIDENCE, DocumentKind.FOREIGNER_RESIDENCE
HK_MACAO, TAIWAN = DocumentKind.HK_MACAO_PERMIT, DocumentKind.TAIWAN_PERMIT
PASSPORT, MILITARY = DocumentKind.PASSPORT, DocumentKind.MILITARY_ID


def iso_7064_mod_11_2(digits: str) -> str:
    """Return the check character by the recursion of ISO 7064, which knows no weights: the oracle."""
    carried = 0
    for digit in digits:
        carried = (carried + int(digit)) * 2 % 11
    return "0123456789X"[(12 - carried) % 11]


def foreigner_card(body: str) -> str:
    return body + iso_7064_mod_11_2(body)


@pytest.mark.parametrize(
    "number",
    ["11010519491231002X", "440524188001010014", "810000199003070015"],  # the first two are those of GB 11643-1999
)
def test_published_numbers_have_their_check_character(number: str) -> None:
    assert check_character(number[:17]) == number[17]


@settings(deadline=None)
@given(st.text("0123456789", min_size=17, max_size=17))
def test_check_character_agrees_with_the_recursion_of_iso_7064(body: str) -> None:
    assert check_character(body) == iso_7064_mod_11_2(body)


@settings(deadline=None)
@given(
    region=st.integers(100000, 799999).map(str),
    born=st.dates(date(1800, 1, 1), date(2099, 12, 31)),
    sequence=st.integers(0, 999),
)
def test_a_made_resident_id_is_read_back_whatever_the_region(region: str, born: date, sequence: int) -> None:
    number = parse_number(make_resident_id(region, born, sequence), kind=RESIDENT)
    assert birth_date(number) == born
    assert sex(number) is (Sex.MALE if sequence % 2 else Sex.FEMALE)
    assert guess_kind(number.number) is RESIDENT
    assert len(number.number) == 18


@settings(deadline=None)
@given(
    number=st.builds(
        make_resident_id,
        st.just("110105"),
        st.dates(date(1900, 1, 1), date(2020, 1, 1)),
        st.integers(0, 999),
    ),
    place=st.integers(0, 17),
    digit=st.sampled_from("0123456789X"),
)
def test_one_wrong_character_never_passes(number: str, place: int, digit: str) -> None:
    if number[place] == digit:
        return
    with pytest.raises(BadIdentityNumber):
        parse_number(number[:place] + digit + number[place + 1 :], kind=RESIDENT)


@pytest.mark.parametrize(
    "typed",
    [
        "11010519491231002X",
        "11010519491231002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        "１１０１０５１９４９１２３１００２ｘ",
        " 110105 19491231 002X\u3000",
        "110105-19491231-002X",
        "110105－19491231—002X",
        "\ufeff110105\u200b19491231\u00a0002X\n",
        "11010519491231002×",
        "11010519491231002Х",  # the Cyrillic letter
        "11010519491231002Ⅹ",
        "110105491231002",
        "１１０１０５ 491231 002",
    ],
)
def test_one_person_has_one_number_however_it_is_typed(typed: str) -> None:
    assert parse_number(typed, kind=RESIDENT) == IdentityNumber(RESIDENT, "11010519491231002X")
    assert normalise_typed(typed) == "11010519491231002X"
    assert guess_kind(typed) is RESIDENT


@pytest.mark.parametrize(
    "old,new_begins",
    [
        ("110105491231995", "11010519491231995"),
        ("110105491231996", "11010518491231996"),
        ("110105491231999", "11010518491231999"),
        ("110105491231000", "11010519491231000"),
    ],
)
def test_old_numbers_get_their_century_from_the_sequence(old: str, new_begins: str) -> None:
    number = parse_number(old, kind=RESIDENT).number
    assert number == new_begins + iso_7064_mod_11_2(new_begins)


def test_an_old_number_of_a_day_that_never_was_is_left_as_typed_and_refused() -> None:
    assert normalise_typed("110105000229001") == "110105000229001"  # 1900 had no 29 February
    with pytest.raises(BadIdentityNumber) as refusal:
        parse_number("110105000229001", kind=RESIDENT)
    assert refusal.value.problem == NumberProblem.BIRTH_DATE
    assert normalise_typed("110105040229001")[6:14] == "19040229"


NO_SUCH_DAY = make_resident_id("110105", date(2023, 2, 28), 2)[:6] + "20230229002"


@pytest.mark.parametrize(
    "kind,typed,problem",
    [
        (RESIDENT, "", NumberProblem.LENGTH),
        (RESIDENT, "11010519491231002", NumberProblem.LENGTH),
        (RESIDENT, "11010519491231002X0", NumberProblem.LENGTH),
        (RESIDENT, "11010549123100A", NumberProblem.LENGTH),
        (RESIDENT, "1101051949123100AX", NumberProblem.CHARACTERS),
        (RESIDENT, "X10105194912310021", NumberProblem.CHARACTERS),
        (RESIDENT, "١١٠١٠٥١٩٤٩١٢٣١٠٠٢٣", NumberProblem.CHARACTERS),
        (RESIDENT, "110105194912310021", NumberProblem.CHECK_DIGIT),
        (RESIDENT, "110105194913310028", NumberProblem.BIRTH_DATE),
        (RESIDENT, NO_SUCH_DAY + check_character(NO_SUCH_DAY), NumberProblem.BIRTH_DATE),
        (RESIDENT, make_resident_id("110105", date(1799, 12, 31), 2), NumberProblem.BIRTH_DATE),
        (RESIDENT, make_resident_id("110105", date(2100, 1, 1), 2), NumberProblem.BIRTH_DATE),
        (RESIDENT, "110105491331002", NumberProblem.BIRTH_DATE),
        (RESIDENT, "010105491231002", NumberProblem.REGION),
        (RESIDENT, "010105194912310027", NumberProblem.REGION),
        (RESIDENT, "810000199003070015", NumberProblem.REGION),
        (RESIDENT, foreigner_card("91115619900101001"), NumberProblem.REGION),
        (HMT, "11010519491231002X", NumberProblem.REGION),
        (HMT, make_resident_id("840000", date(1990, 3, 7), 1), NumberProblem.REGION),
        (HMT, make_resident_id("810001", date(1990, 3, 7), 1), NumberProblem.REGION),
        (HMT, "810000199003070010", NumberProblem.CHECK_DIGIT),
        (FOREIGNER, "11010519491231002X", NumberProblem.REGION),
        (FOREIGNER, "CAN1100781205011", NumberProblem.LENGTH),
        (FOREIGNER, "CA1100781205011", NumberProblem.CHARACTERS),
        (FOREIGNER, "9X0105491231002", NumberProblem.CHARACTERS),
        (HK_MACAO, "H1234567", NumberProblem.LENGTH),
        (HK_MACAO, "H123456789", NumberProblem.LENGTH),
        (HK_MACAO, "T12345678", NumberProblem.CHARACTERS),
        (HK_MACAO, "123456789", NumberProblem.CHARACTERS),
        (TAIWAN, "1234567", NumberProblem.LENGTH),
        (TAIWAN, "123456789", NumberProblem.LENGTH),
        (TAIWAN, "T1234567", NumberProblem.CHARACTERS),
        (PASSPORT, "E123", NumberProblem.LENGTH),
        (PASSPORT, "E123456789012345", NumberProblem.LENGTH),
        (PASSPORT, "EABCDEFGH", NumberProblem.CHARACTERS),
        (PASSPORT, "E1234567é", NumberProblem.CHARACTERS),
        (PASSPORT, "11010519491231002X", NumberProblem.LENGTH),
        (MILITARY, "军字第1", NumberProblem.CHARACTERS),
        (MILITARY, "军?1234567", NumberProblem.CHARACTERS),
        (MILITARY, "123", NumberProblem.LENGTH),
    ],
)
def test_refuses_by_name_what_cannot_be_a_number_of_its_kind(
    kind: DocumentKind, typed: str, problem: NumberProblem
) -> None:
    with pytest.raises(BadIdentityNumber) as refusal:
        parse_number(typed, kind=kind)
    assert (refusal.value.code, refusal.value.kind, refusal.value.problem) == ("bad_identity_number", kind, problem)
    assert not typed or typed not in repr(refusal.value.fields)


@pytest.mark.parametrize(
    "kind,typed,number",
    [
        (HMT, "810000199003070015", "810000199003070015"),
        (HMT, make_resident_id("820000", date(1990, 3, 7), 1), make_resident_id("820000", date(1990, 3, 7), 1)),
        (HMT, make_resident_id("830000", date(1990, 3, 7), 2), make_resident_id("830000", date(1990, 3, 7), 2)),
        (FOREIGNER, "can 110078120501", "CAN110078120501"),
        (FOREIGNER, foreigner_card("91112419900101001"), foreigner_card("91112419900101001")),
        (HK_MACAO, "h12345678", "H12345678"),
        (HK_MACAO, "Ｍ１２３４５６７８", "M12345678"),
        (HK_MACAO, "H12345678 01", "H1234567801"),
        (TAIWAN, "1234 5678", "12345678"),
        (TAIWAN, "0123456789", "0123456789"),
        (PASSPORT, "e12345678", "E12345678"),
        (PASSPORT, "12345", "12345"),
        (PASSPORT, "A23456789012345", "A23456789012345"),
        (MILITARY, "军字第2001988号", "军字第2001988号"),
        (MILITARY, "军２００１９８８", "军字第2001988号"),
        (MILITARY, " 军字 第 2001988 ", "军字第2001988号"),
        (MILITARY, "字第2001988号", "2001988"),
        (MILITARY, "2001988", "2001988"),
    ],
)
def test_keeps_a_good_number_of_each_kind_in_one_form(kind: DocumentKind, typed: str, number: str) -> None:
    assert parse_number(typed, kind=kind) == IdentityNumber(kind, number)
    assert normalise_typed(number) == number
    assert normalise_typed(typed) == number


@pytest.mark.parametrize(
    "typed,kind",
    [
        ("110105194912310021", RESIDENT),  # a wrong check character is still a resident id, wrongly typed
        ("110105491231002", RESIDENT),
        ("810000199003070010", HMT),
        (foreigner_card("91112419900101001"), FOREIGNER),
        ("CAN110078120501", FOREIGNER),
        ("M12345678", HK_MACAO),
        ("12345678", TAIWAN),
        ("E12345678", PASSPORT),
        ("军字第2001988号", MILITARY),
        ("hello", None),
        ("", None),
        ("1101051949123100211", None),
    ],
)
def test_guesses_the_kind_by_its_shape(typed: str, kind: DocumentKind | None) -> None:
    assert guess_kind(typed) is kind


@pytest.mark.parametrize("today,refused", [(date(2024, 5, 1), True), (date(2024, 5, 2), False)])
def test_nobody_is_born_after_today(today: date, *, refused: bool) -> None:
    typed = make_resident_id("110105", date(2024, 5, 2), 1)
    if refused:
        with pytest.raises(BadIdentityNumber) as refusal:
            parse_number(typed, kind=RESIDENT, today=today)
        assert refusal.value.problem == NumberProblem.BIRTH_DATE
    else:
        assert parse_number(typed, kind=RESIDENT, today=today).number == typed


@pytest.mark.parametrize(
    "kind,typed",
    [(FOREIGNER, "CAN110078120501"), (PASSPORT, "E12345678"), (TAIWAN, "12345678"), (MILITARY, "2001988")],
)
def test_a_number_that_states_no_birth_gives_neither_date_nor_sex(kind: DocumentKind, typed: str) -> None:
    number = parse_number(typed, kind=kind)
    assert birth_date(number) is None
    assert sex(number) is None


def test_the_number_stays_out_of_logs() -> None:
    assert "1949" not in repr(parse_number("11010519491231002X", kind=RESIDENT))


@settings(deadline=None)
@given(st.text())
def test_folding_never_refuses_and_folds_once(raw: str) -> None:
    assert normalise_typed(normalise_typed(raw)) == normalise_typed(raw)


@settings(deadline=None)
@given(raw=st.text("0123456789XHMECANx -军字第号", max_size=20), kind=st.sampled_from(DocumentKind))
def test_lookup_and_registration_read_the_same_number(raw: str, kind: DocumentKind) -> None:
    try:
        number = parse_number(raw, kind=kind).number
    except BadIdentityNumber:
        return
    assert number == normalise_typed(raw) == normalise_typed(number)


def test_ten_thousand_ways_of_typing_never_split_or_merge_people() -> None:
    rng = random.Random(30)  # noqa: S311  # a fixed sequence of test cases, not a secret
    people = [
        make_resident_id(str(rng.randint(110000, 659999)), date.fromordinal(rng.randint(693596, 730000)), sequence)
        for sequence in range(500)
    ]
    assert len(set(people)) == 500
    for number in people:
        for _ in range(20):
            assert normalise_typed(typed_somehow(number, rng)) == number


def typed_somehow(number: str, rng: random.Random) -> str:
    if rng.random() < 0.3 and number[14:17] < "996" and number[6:8] == "19":
        number = number[:6] + number[8:17]
    characters = [chr(ord(each) + 0xFEE0) if rng.random() < 0.3 else each for each in number]
    if rng.random() < 0.5:
        characters = [each.lower() for each in characters]
    return "".join(each + rng.choice(["", "", "", " ", "-", "\u3000", "－"]) for each in characters)
