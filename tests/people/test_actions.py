"""Writes about people: one person per document, one account per person, appointments and keys."""

import threading
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from jinbang.audit.queries import history_of
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.crypto import sign, verify
from jinbang.kernel.errors import BadIdentityNumber, DomainError, WrongPassphrase
from jinbang.kernel.identity import DocumentKind, IdentityNumber, Sex, make_resident_id
from jinbang.people import actions, errors, queries
from jinbang.people.actions import NewPerson
from jinbang.people.adapters import current_code_of
from jinbang.people.models import Account, Authority, OfficerKey, Person
from jinbang.people.states import AuthorityKind, Role
from tests.cast import LIN_NUMBER, NOW, PASSPHRASE, PASSWORD, Cast

RESIDENT = DocumentKind.RESIDENT_ID
NUMBER = make_resident_id("140105", date(1988, 12, 31), 501)
HASH = b"h" * 32


def somebody(number: str = NUMBER, name: str = "吴桐", phone: str = "") -> NewPerson:
    return NewPerson(name=name, kind=RESIDENT, number=number, phone=phone)


# ---------------------------------------------------------------- persons
@pytest.mark.django_db
def test_registers_what_the_document_says_with_all_numbers_sealed() -> None:
    person = actions.register_person(
        name="　吴　桐 ", kind=RESIDENT, number=NUMBER, phone="13600136000", email="A@b.cn", by=SYSTEM, now=NOW
    )
    person.refresh_from_db()
    assert (person.name, person.sex, person.born_on) == ("吴桐", Sex.MALE, date(1988, 12, 31))
    assert queries.phone_of(person) == "+8613600136000"
    assert queries.email_of(person) == "A@b.cn"
    assert person.phone_index == queries.phone_index("+8613600136000")
    assert person.email_index == queries.email_index("a@B.cn")
    assert b"13600136000" not in bytes(person.phone_sealed or b"")
    assert [change.event for change in history_of(person)] == ["person_registered"]


@pytest.mark.django_db
def test_the_fifteen_digits_of_a_number_are_the_same_person(cast: Cast) -> None:
    before = Person.objects.count()
    old_form = LIN_NUMBER[:6] + LIN_NUMBER[8:17]
    assert actions.register_person(name="林晓", kind=RESIDENT, number=old_form, by=SYSTEM, now=NOW) == cast.lin.bound
    assert Person.objects.count() == before


@pytest.mark.django_db
def test_a_list_may_name_one_person_twice_and_answers_in_its_own_order(cast: Cast) -> None:
    other = make_resident_id("500101", date(1999, 9, 9), 2)
    persons = actions.register_people(
        [somebody(), somebody(LIN_NUMBER.lower(), "林 晓"), somebody(other, "郝仁"), somebody()], by=SYSTEM, now=NOW
    )
    assert persons[0] == persons[3]
    assert persons[1] == cast.lin.bound
    assert [person.name for person in persons] == ["吴桐", "林晓", "郝仁", "吴桐"]


@pytest.mark.django_db
def test_refuses_a_list_with_another_name_for_a_known_number_and_stores_none_of_it(cast: Cast) -> None:
    before = Person.objects.count()
    with pytest.raises(errors.NameDiffers) as refusal:
        actions.register_people([somebody(), somebody(LIN_NUMBER, "林小")], by=SYSTEM, now=NOW)
    assert refusal.value.row == 2
    assert Person.objects.count() == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    "number",
    [
        NUMBER[:-1] + ("1" if NUMBER[-1] != "1" else "2"),
        "14010519881331501X",
        make_resident_id("140105", date(2026, 3, 11), 1),
    ],
    ids=["check digit", "no such day", "born tomorrow"],
)
def test_refuses_a_number_that_cannot_be_one(number: str) -> None:
    with pytest.raises(BadIdentityNumber):
        actions.register_people([somebody(number)], by=SYSTEM, now=NOW)
    assert not Person.objects.exists()


@pytest.mark.django_db
def test_a_thousand_people_are_registered_in_few_queries(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    people = [
        somebody(make_resident_id("140105", date(1990, 1, 1) + timedelta(days=day), 10), f"考生{day}")
        for day in range(1_000)
    ]
    with django_assert_max_num_queries(60):
        persons = actions.register_people(people, by=SYSTEM, now=NOW)
    assert len({person.pk for person in persons}) == 1_000


@pytest.mark.django_db
def test_somebody_registered_by_another_request_in_between_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    first = actions.register_people([somebody()], by=SYSTEM, now=NOW)[0]
    looked_up = queries.persons_by_document
    answers: list[dict[IdentityNumber, Person]] = [{}]

    def blind_the_first_time(numbers: list[IdentityNumber]) -> dict[IdentityNumber, Person]:
        return answers.pop() if answers else looked_up(numbers)

    monkeypatch.setattr(queries, "persons_by_document", blind_the_first_time)
    again = actions.register_people([somebody()], by=SYSTEM, now=NOW)[0]
    assert again == first
    assert Person.objects.count() == 1


# ---------------------------------------------------------------- binding
@dataclass(frozen=True)
class Typed:
    """What is typed into the page of identity."""

    name: str = "孙悟"
    number: str = NUMBER

    def bind(self, cast: Cast) -> Person:
        return actions.bind_person(name=self.name, kind=RESIDENT, number=self.number, by=cast.sun.candidate, now=NOW)


@pytest.mark.django_db
def test_binds_a_new_person_with_the_proved_number(cast: Cast) -> None:
    person = Typed().bind(cast)
    cast.sun.account.refresh_from_db()
    assert cast.sun.account.person == person
    assert queries.phone_of(person) == cast.sun.phone
    assert [change.event for change in history_of(cast.sun.account)] == ["account_opened", "identity_bound"]


@pytest.mark.django_db
def test_binding_twice_changes_nothing(cast: Cast) -> None:
    assert Typed().bind(cast) == Typed().bind(cast)
    assert history_of(cast.sun.account).filter(event="identity_bound").count() == 1


@pytest.mark.django_db
def test_binds_somebody_from_a_roster_who_has_the_same_telephone(cast: Cast) -> None:
    known = actions.register_people([somebody(name="孙悟", phone=cast.sun.phone)], by=SYSTEM, now=NOW)[0]
    assert Typed().bind(cast) == known


@pytest.mark.django_db
@pytest.mark.parametrize(
    "on_record,refusal",
    [
        (somebody(name="孙悟", phone="13811112222"), errors.IdentityNotRecognised),
        (somebody(name="孙悟"), errors.IdentityNotRecognised),
        (somebody(name="孙行者", phone="13700137000"), errors.IdentityNotRecognised),
    ],
    ids=["other telephone", "no telephone", "other name"],
)
def test_a_stranger_who_knows_name_and_number_cannot_take_somebodys_record(
    cast: Cast, on_record: NewPerson, refusal: type[DomainError]
) -> None:
    actions.register_people([on_record], by=SYSTEM, now=NOW)
    with pytest.raises(refusal):
        Typed().bind(cast)
    cast.sun.account.refresh_from_db()
    assert cast.sun.account.person is None


@pytest.mark.django_db
def test_without_the_rule_the_stranger_would_have_the_record(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    victim = actions.register_people([somebody(name="孙悟", phone="13811112222")], by=SYSTEM, now=NOW)[0]
    monkeypatch.setattr("jinbang.people.rules.require_can_bind", lambda *_facts: None)
    assert Typed().bind(cast) == victim


@pytest.mark.django_db
def test_refuses_a_second_account_for_one_person(cast: Cast) -> None:
    taken = actions.register_people([somebody(name="孙悟", phone=cast.sun.phone)], by=SYSTEM, now=NOW)[0]
    Account.objects.filter(pk=cast.zhao.account.pk).update(person=taken)
    with pytest.raises(errors.IdentityTaken):
        Typed().bind(cast)


@pytest.mark.django_db
def test_refuses_another_person_for_a_bound_account_and_keeps_nothing_of_it(cast: Cast) -> None:
    Typed().bind(cast)
    before = Person.objects.count()
    with pytest.raises(errors.IdentityAlreadyBound):
        Typed(name="孙二", number=make_resident_id("140105", date(1977, 7, 7), 7)).bind(cast)
    assert Person.objects.count() == before


@pytest.mark.django_db
def test_refuses_an_account_whose_telephone_is_not_proved(cast: Cast) -> None:
    Account.objects.filter(pk=cast.sun.account.pk).update(phone_verified=False)
    with pytest.raises(errors.PhoneNotVerified):
        Typed().bind(cast)


@pytest.mark.django_db
def test_opening_a_number_is_written_down_with_its_reason(cast: Cast) -> None:
    number = actions.reveal_document(person_id=cast.lin.bound.pk, by=cast.zhou.staff, reason="核对证件原件", now=NOW)
    assert number.number == LIN_NUMBER
    change = history_of(cast.lin.bound).filter(event="document_revealed").get()
    assert (change.actor_id, change.reason) == (cast.zhou.account.pk, "核对证件原件")
    assert LIN_NUMBER not in str(change.details)


@pytest.mark.django_db
def test_refuses_to_open_a_number_without_a_reason(cast: Cast) -> None:
    with pytest.raises(errors.ReasonMissing):
        actions.reveal_document(person_id=cast.lin.bound.pk, by=cast.zhou.staff, reason="　 ", now=NOW)
    assert not history_of(cast.lin.bound).filter(event="document_revealed").exists()


# ---------------------------------------------------------------- authorities, staff, keys
@pytest.mark.django_db
def test_an_authority_knows_its_path(cast: Cast) -> None:
    assert cast.point.path == "cn/14/1403/140301/"
    assert [change.event for change in history_of(cast.point)] == ["authority_created"]


@pytest.mark.django_db
def test_refuses_a_taken_code_and_a_city_under_the_nation(cast: Cast) -> None:
    with pytest.raises(errors.CodeTaken):
        actions.create_authority(
            code="14", name="另一个山西", kind=AuthorityKind.PROVINCE, parent=cast.nation, by=SYSTEM, now=NOW
        )
    with pytest.raises(errors.AuthorityMisplaced):
        actions.create_authority(
            code="2201", name="长春市", kind=AuthorityKind.CITY, parent=cast.nation, by=SYSTEM, now=NOW
        )
    assert Authority.objects.count() == 6


@pytest.mark.django_db
def test_refuses_a_username_that_is_taken(cast: Cast) -> None:
    with pytest.raises(errors.UsernameTaken):
        actions.create_staff(username="zhou", display_name="周二", password=PASSWORD, by=SYSTEM, now=NOW)
    with pytest.raises(errors.UsernameTaken):
        actions.create_candidate(username="lin2", phone=cast.lin.phone, password=PASSWORD, by=SYSTEM, now=NOW)


@pytest.mark.django_db
def test_refuses_to_make_staff_of_a_candidate(cast: Cast) -> None:
    account = cast.lin.account
    with pytest.raises(errors.NotStaff):
        actions.appoint(
            account=account,
            authority=cast.shanxi,
            role=Role.REVIEWER,
            unit="审核科",
            starts_on=NOW.date(),
            by=SYSTEM,
            now=NOW,
        )
    with pytest.raises(errors.NotStaff):
        actions.enrol_officer_key(account=account, passphrase=PASSPHRASE, by=SYSTEM, now=NOW)
    with pytest.raises(errors.NotStaff):
        actions.enrol_second_factor(account=account, by=SYSTEM, now=NOW)


@pytest.mark.django_db
def test_an_officers_key_signs_with_its_passphrase_only(cast: Cast) -> None:
    key = actions.enrol_officer_key(account=cast.he.account, passphrase=PASSPHRASE, by=cast.he.staff, now=NOW)
    key.refresh_from_db()
    sealed = bytes(key.private_key_sealed)
    assert verify(bytes.fromhex(key.public_key), HASH, sign(sealed, HASH, passphrase=PASSPHRASE))
    with pytest.raises(WrongPassphrase):
        sign(sealed, HASH, passphrase=PASSPHRASE + "!")


@pytest.mark.django_db
def test_a_new_officers_key_retires_the_one_before(cast: Cast) -> None:
    before = queries.find_officer_key(cast.he.account.pk)
    after = actions.enrol_officer_key(account=cast.he.account, passphrase=PASSPHRASE, by=cast.he.staff, now=NOW)
    assert before is not None
    assert queries.find_officer_key(cast.he.account.pk) == after
    assert OfficerKey.objects.get(pk=before.pk).retired_at == NOW


@pytest.mark.django_db
def test_refuses_a_short_passphrase_and_keeps_the_key(cast: Cast) -> None:
    before = queries.find_officer_key(cast.he.account.pk)
    with pytest.raises(errors.PassphraseTooShort):
        actions.enrol_officer_key(account=cast.he.account, passphrase="short", by=cast.he.staff, now=NOW)
    assert queries.find_officer_key(cast.he.account.pk) == before


@pytest.mark.django_db
def test_a_second_factor_is_stored_sealed_and_a_new_one_voids_the_old(cast: Cast) -> None:
    account = cast.zhou.account
    assert not queries.has_second_factor(account)
    first = actions.enrol_second_factor(account=account, by=SYSTEM, now=NOW)
    second = actions.enrol_second_factor(account=account, by=SYSTEM, now=NOW)
    assert first != second
    assert queries.has_second_factor(account)
    (stored,) = Authenticator.objects.filter(user=account).values_list("data", flat=True)
    assert second not in str(stored)
    assert len(current_code_of(account)) == 6


# ---------------------------------------------------------------- races
def register_in_threads(count: int) -> list[Person]:
    """Register the same document in threads that start together, each with a connection of its own."""
    barrier, persons = threading.Barrier(count), list[Person]()

    def run() -> None:
        try:
            barrier.wait()
            persons.append(actions.register_people([somebody()], by=SYSTEM, now=NOW)[0])
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return persons


@pytest.mark.django_db(transaction=True)
def test_one_document_registered_by_eight_at_once_is_one_person() -> None:
    persons = register_in_threads(8)
    assert len(persons) == 8
    assert len({person.pk for person in persons}) == 1
    assert Person.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_when_numbers_are_not_indexed_alike_the_eight_are_eight_persons(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: with an index that differs each time, as a random one would, nothing holds them together."""
    monkeypatch.setattr(queries, "document_index", lambda _number: uuid4().hex)
    assert len({person.pk for person in register_in_threads(8)}) == 8
