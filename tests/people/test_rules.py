"""Pure decisions about people, both sides of each boundary."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from jinbang.kernel.errors import DomainError
from jinbang.people import errors, rules
from jinbang.people.states import AuthorityKind

NATION, PROVINCE, CITY, POINT = AuthorityKind

ALLOWED = {(NATION, None), (PROVINCE, NATION), (CITY, PROVINCE), (POINT, CITY), (POINT, PROVINCE)}


@pytest.mark.parametrize("kind", list(AuthorityKind))
@pytest.mark.parametrize("parent", [None, *AuthorityKind])
def test_an_authority_stands_only_under_a_kind_it_belongs_to(kind: AuthorityKind, parent: AuthorityKind | None) -> None:
    if (kind, parent) in ALLOWED:
        rules.require_place_in_tree(kind, parent_kind=parent)
    else:
        with pytest.raises(errors.AuthorityMisplaced):
            rules.require_place_in_tree(kind, parent_kind=parent)


@pytest.mark.parametrize(
    "path,scopes,expected",
    [
        ("cn/14/", ("cn/14/",), True),
        ("cn/14/1403/", ("cn/14/",), True),
        ("cn/14/", ("cn/14/1403/",), False),
        ("cn/140/", ("cn/14/",), False),
        ("cn/50/", ("cn/14/", "cn/50/"), True),
        ("cn/14/", (), False),
    ],
)
def test_scope_is_a_prefix_of_whole_codes(path: str, scopes: tuple[str, ...], *, expected: bool) -> None:
    assert rules.is_within(path, scopes) is expected


def test_a_path_ends_in_a_slash() -> None:
    assert rules.path_below("", "cn") == "cn/"
    assert rules.path_below("cn/", "14") == "cn/14/"


def test_an_appointment_may_last_one_day_and_not_less() -> None:
    day = date(2026, 3, 10)
    rules.require_period(day, day)
    rules.require_period(day, None)
    with pytest.raises(errors.BadPeriod):
        rules.require_period(day, date(2026, 3, 9))


def test_a_passphrase_has_twelve_characters_and_blanks_do_not_count() -> None:
    rules.require_passphrase("a" * 12)
    for short in ("a" * 11, " " * 20, "a" * 11 + " " * 9):
        with pytest.raises(errors.PassphraseTooShort):
            rules.require_passphrase(short)


@pytest.mark.parametrize(
    "typed,expected",
    [
        ("13800138000", "+8613800138000"),
        ("138 0013 8000", "+8613800138000"),
        ("138-0013-8000", "+8613800138000"),
        ("+86 13800138000", "+8613800138000"),
        ("008613800138000", "+8613800138000"),
        ("１３８００１３８０００", "+8613800138000"),
        ("19912345678", "+8619912345678"),
        ("+852 9123 4567", "+85291234567"),
        ("+886 912 345 678", "+886912345678"),
        ("+1 650 253 0000", "+16502530000"),
    ],
)
def test_a_telephone_number_has_one_form(typed: str, expected: str) -> None:
    assert rules.parse_phone(typed) == expected


@pytest.mark.parametrize("typed", ["", "1380013800", "138001380000", "0351-1234567", "hello", "+86", "12345678901"])
def test_refuses_what_cannot_take_a_code(typed: str) -> None:
    with pytest.raises(errors.BadPhone):
        rules.parse_phone(typed)


RECORD = rules.PersonOnRecord(
    person_id=uuid4(), name="阿依古丽·买买提", phone="index-of-138", email="", account_id=None
)
CLAIM = rules.Claim(name="阿依古丽•买买提", phone="index-of-138", email="", is_verified=True, bound_to=None)


def test_binds_the_person_whose_name_and_number_agree() -> None:
    rules.require_can_bind(CLAIM, RECORD)


def test_an_email_of_the_record_stands_in_for_its_telephone() -> None:
    by_email = replace(CLAIM, phone="", email="index-of-mail")
    rules.require_can_bind(by_email, replace(RECORD, email="index-of-mail"))
    with pytest.raises(errors.IdentityNotRecognised):
        rules.require_can_bind(replace(by_email, email=""), RECORD)


@pytest.mark.parametrize(
    "typed,expected",
    [
        (" Lin@Example.ORG ", "lin@example.org"),
        ("lin＠example.org", "lin@example.org"),
        ("138 0013 8000", "+8613800138000"),
    ],
)
def test_a_contact_has_one_form(typed: str, expected: str) -> None:
    assert rules.parse_contact(typed) == expected
    assert rules.is_email(expected) is ("@" in expected)


@pytest.mark.parametrize("typed", ["", "lin@", "@example.org", "a b@example.org", "lin@localhost", "lin@-x.org", "1@2"])
def test_refuses_what_is_no_contact(typed: str) -> None:
    with pytest.raises(errors.BadPhone):
        rules.parse_contact(typed)


@pytest.mark.parametrize(
    "agent,expected",
    [
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit Chrome/120 Mobile Safari MicroMessenger/8.0", "wechat android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17) AppleWebKit Version/17.0 Mobile Safari/604.1", "safari iphone"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/120 Safari/537 Edg/120", "edge windows"),
        ("curl/8", "other other"),
    ],
)
def test_a_browser_is_known_by_family_and_system_only(agent: str, expected: str) -> None:
    assert rules.device_of(agent) == expected


def test_binding_the_same_person_again_is_no_refusal() -> None:
    rules.require_can_bind(replace(CLAIM, bound_to=RECORD.person_id), replace(RECORD, account_id=uuid4()))


@pytest.mark.parametrize(
    "claim,record,refusal",
    [
        (replace(CLAIM, is_verified=False), RECORD, errors.PhoneNotVerified),
        (replace(CLAIM, bound_to=uuid4()), RECORD, errors.IdentityAlreadyBound),
        (replace(CLAIM, name="阿依古丽"), RECORD, errors.IdentityNotRecognised),
        (replace(CLAIM, phone="index-of-139"), RECORD, errors.IdentityNotRecognised),
        (replace(CLAIM, phone=""), replace(RECORD, phone=""), errors.IdentityNotRecognised),
        (CLAIM, replace(RECORD, account_id=uuid4()), errors.IdentityTaken),
        # Whoever does not know the person does not learn that an account exists.
        (replace(CLAIM, phone="x"), replace(RECORD, account_id=uuid4()), errors.IdentityNotRecognised),
    ],
)
def test_refuses_to_bind_what_is_not_shown_to_be_theirs(
    claim: rules.Claim, record: rules.PersonOnRecord, refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal):
        rules.require_can_bind(claim, record)


def test_personal_values_stay_out_of_representations() -> None:
    assert "阿依古丽" not in repr(CLAIM) + repr(RECORD)
