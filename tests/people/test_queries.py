"""Who may where, and finding a person by what is typed."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from jinbang.kernel.actors import SYSTEM, ActorKind
from jinbang.kernel.errors import SealBroken
from jinbang.kernel.identity import DocumentKind, IdentityNumber, make_resident_id
from jinbang.people import actions, queries
from jinbang.people.errors import IdentityNotBound, NoSuchDocument, NotYours
from jinbang.people.models import Account, Authority, IdentityDocument, Person
from jinbang.people.states import Role
from tests.cast import LIN_NUMBER, NOW, ZHAO_NUMBER, Cast

TODAY = NOW.date()
RESIDENT = DocumentKind.RESIDENT_ID


@pytest.mark.django_db
def test_a_role_at_a_province_reaches_its_cities_and_points_and_no_other_province(cast: Cast) -> None:
    zhou = cast.zhou.staff
    assert zhou.paths(Role.REVIEWER) == ("cn/14/",)
    for place in (cast.shanxi, cast.yangquan, cast.point):
        zhou.require(Role.REVIEWER, place.path)
    for place in (cast.nation, cast.chongqing):
        with pytest.raises(NotYours) as refusal:
            zhou.require(Role.REVIEWER, place.path)
        assert refusal.value.role == Role.REVIEWER


@pytest.mark.django_db
def test_one_role_is_not_another(cast: Cast) -> None:
    with pytest.raises(NotYours):
        cast.zhou.staff.require(Role.BURSAR, cast.shanxi.path)


@pytest.mark.django_db
def test_wu_who_may_do_nothing_finds_nothing(cast: Cast) -> None:
    wu = cast.wu.staff
    assert wu.roles == frozenset()
    for role in Role:
        assert wu.paths(role) == ()
        assert not queries.authorities_of(wu, role).exists()
        with pytest.raises(NotYours):
            queries.get_authority_of(wu, role, authority_id=cast.point.pk)


@pytest.mark.django_db
def test_loaders_leave_only_what_lies_within(cast: Cast) -> None:
    assert list(queries.authorities_of(cast.zhou.staff, Role.REVIEWER)) == [
        cast.shanxi,
        cast.taiyuan,
        cast.yangquan,
        cast.point,
    ]
    assert queries.get_authority_of(cast.zhou.staff, Role.REVIEWER, authority_id=cast.point.pk) == cast.point
    with pytest.raises(NotYours):
        queries.get_authority_of(cast.zheng.staff, Role.REVIEWER, authority_id=cast.point.pk)


@pytest.mark.django_db
def test_every_role_in_every_place_agrees_with_walking_up_the_tree(cast: Cast) -> None:
    members = [getattr(cast, name) for name in ("zhou", "gu", "he", "lyu", "wu", "qian", "han", "zheng")]
    for staff in (member.staff for member in members):
        for authority in Authority.objects.all():
            above = set[UUID]()
            node: Authority | None = authority
            while node is not None:
                above.add(node.pk)
                node = node.parent
            for role in Role:
                by_walking = any(held.role == role and held.authority_id in above for held in staff.appointments)
                assert staff.holds(role, authority.path) is by_walking


@pytest.mark.django_db
@pytest.mark.parametrize(
    "starts,ends,holds",
    [(0, None, True), (1, None, False), (-9, 0, True), (-9, -1, False), (0, 0, True)],
    ids=["from today", "from tomorrow", "until today", "until yesterday", "today only"],
)
def test_an_appointment_counts_from_its_first_day_to_its_last(
    cast: Cast, starts: int, ends: int | None, *, holds: bool
) -> None:
    actions.appoint(
        account=cast.wu.account,
        authority=cast.point,
        role=Role.ROOM_CLERK,
        unit="考务组",
        starts_on=TODAY + timedelta(days=starts),
        ends_on=None if ends is None else TODAY + timedelta(days=ends),
        by=SYSTEM,
        now=NOW,
    )
    assert queries.get_staff(cast.wu.account, today=TODAY).holds(Role.ROOM_CLERK, cast.point.path) is holds


@pytest.mark.django_db
def test_a_closed_account_holds_nothing(cast: Cast) -> None:
    Account.objects.filter(pk=cast.zhou.account.pk).update(is_active=False)
    assert queries.get_staff(cast.zhou.account, today=TODAY).roles == frozenset()


@pytest.mark.django_db
def test_release_officers_are_of_different_units(cast: Cast) -> None:
    he, lyu = (member.staff.units(Role.RELEASE_OFFICER, cast.yangquan.path) for member in (cast.he, cast.lyu))
    assert he == {"考务处"}
    assert lyu == {"信息处"}
    assert cast.he.staff.units(Role.RELEASE_OFFICER, cast.chongqing.path) == frozenset()


@pytest.mark.django_db
def test_staff_and_candidates_are_actors(cast: Cast) -> None:
    assert (cast.zhou.staff.actor_kind, cast.zhou.staff.actor_name) == (ActorKind.STAFF, "周审")
    assert (cast.lin.candidate.actor_kind, cast.lin.candidate.actor_name) == (ActorKind.CANDIDATE, "")
    assert cast.lin.candidate.require_person() == cast.lin.bound.pk
    with pytest.raises(IdentityNotBound):
        cast.sun.candidate.require_person()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed",
    [
        LIN_NUMBER,
        LIN_NUMBER.lower(),
        f" {LIN_NUMBER[:6]} {LIN_NUMBER[6:14]}-{LIN_NUMBER[14:]} ",
        "".join(chr(ord(character) + 0xFEE0) for character in LIN_NUMBER),
        LIN_NUMBER[:6] + LIN_NUMBER[8:17],
    ],
    ids=["as it is", "small letters", "spaced", "full width", "fifteen digits"],
)
def test_a_person_is_found_however_the_number_is_typed(cast: Cast, typed: str) -> None:
    assert queries.find_person_by_document(kind=RESIDENT, number=typed) == cast.lin.bound


@pytest.mark.django_db
def test_an_unknown_number_and_another_kind_find_nobody(cast: Cast) -> None:
    stranger = make_resident_id("110101", date(1980, 1, 1), 7)
    assert queries.find_person_by_document(kind=RESIDENT, number=stranger) is None
    assert queries.find_person_by_document(kind=DocumentKind.PASSPORT, number=LIN_NUMBER) is None


def typings(number: str) -> st.SearchStrategy[str]:
    """Ways of typing one number: widths, letter case, separators, the old fifteen digits."""
    old = [number[:6] + number[8:17]] if number[6:8] == "19" else []
    wide = st.lists(st.booleans(), min_size=18, max_size=18)
    gap = st.lists(st.sampled_from(["", "", "", " ", "-", "\u3000"]), min_size=18, max_size=18)

    def spelt(text: str, wides: list[bool], gaps: list[str]) -> str:
        return "".join(
            (chr(ord(c) + 0xFEE0) if is_wide else c) + space
            for c, is_wide, space in zip(text, wides, gaps, strict=False)
        )

    return st.builds(spelt, st.sampled_from([number, number.lower(), *old]), wide, gap)


@pytest.mark.django_db
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(lin=typings(LIN_NUMBER), zhao=typings(ZHAO_NUMBER))
def test_variants_of_one_number_find_one_person_and_two_are_never_merged(cast: Cast, lin: str, zhao: str) -> None:
    assert queries.find_person_by_document(kind=RESIDENT, number=lin) == cast.lin.bound
    assert queries.find_person_by_document(kind=RESIDENT, number=zhao) == cast.zhao.bound


@pytest.mark.django_db
def test_the_number_lies_sealed_and_opens_only_in_its_own_row(cast: Cast) -> None:
    person = cast.lin.bound
    document = IdentityDocument.objects.get(person=person)
    assert LIN_NUMBER.encode() not in bytes(document.number_sealed)
    assert LIN_NUMBER not in document.number_index
    assert queries.document_number_of(person) == IdentityNumber(RESIDENT, LIN_NUMBER)
    assert queries.phone_of(person) == "+8613800138000"
    assert queries.email_of(person) == ""
    other = IdentityDocument.objects.get(person=cast.zhao.bound)
    other.number_sealed = document.number_sealed
    with pytest.raises(SealBroken):
        queries.open_document(other)


@pytest.mark.django_db
def test_numbers_of_many_persons_come_in_one_query(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ids = [cast.lin.bound.pk, cast.zhao.bound.pk]
    with django_assert_num_queries(1):
        numbers = queries.document_numbers_of(ids)
    assert [numbers[person_id].number for person_id in ids] == [LIN_NUMBER, ZHAO_NUMBER]


@pytest.mark.django_db
def test_a_person_without_a_document_is_refused_by_name(cast: Cast) -> None:
    person = cast.lin.bound
    bare = Person.objects.create(name="无证", wrapped_key=person.wrapped_key, created_at=NOW)
    with pytest.raises(NoSuchDocument):
        queries.document_number_of(bare)
