"""A new telephone at the counter: two members of staff, the owner told, and nobody in anybody's account alone."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from jinbang.audit.queries import history_of
from jinbang.audit.submission import new_submission_key
from jinbang.kernel.errors import DomainError, IllegalTransition
from jinbang.kernel.identity import DocumentKind
from jinbang.people import amendments, queries, rebinding
from jinbang.people.errors import (
    ContactTaken,
    NotIndependentHere,
    OriginalNotSeen,
    PersonNotFound,
    RebindingClosed,
    RebindingNotFound,
    RebindingOpen,
)
from jinbang.people.models import Account, Person, Rebinding
from jinbang.people.states import RebindingState
from tests.cast import LIN_NUMBER, NOW, PASSWORD, Cast, client_of
from tests.people.test_amendments import wanted

NEW = "+8613512345678"
CodeTo = Callable[[str], str]
Sent = list[tuple[str, str]]


def begun(cast: Cast, *, phone: str = NEW, is_seen: bool = True) -> Rebinding:
    return rebinding.start(
        person=cast.lin.bound,
        phone=phone,
        kind=DocumentKind.RESIDENT_ID,
        is_seen=is_seen,
        network="",
        by=cast.tao.staff,
        now=NOW,
    )


def proven(cast: Cast, code_to: CodeTo) -> Rebinding:
    return rebinding.prove(begun(cast).pk, code_to(NEW), by=cast.tao.staff, now=NOW)


@pytest.mark.django_db
def test_two_members_of_staff_bind_a_new_telephone_and_everybody_is_told(
    cast: Cast, code_to: CodeTo, *, sent: Sent, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    at_home = Client()
    at_home.post("/account/login/", {"login": "lin", "password": PASSWORD})
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]  # the plugin types it loosely
        row = proven(cast, code_to)
    assert [where for where, text in sent if "办理换绑" in text] == [cast.lin.phone]
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]  # the same
        rebinding.confirm(row.pk, by=cast.yan.staff, now=NOW)
    account = Account.objects.get(pk=cast.lin.account.pk)
    assert account.phone == NEW
    assert account.check_password(PASSWORD)
    assert queries.phone_of(Person.objects.get(pk=cast.lin.bound.pk)) == NEW
    assert at_home.get("/me/profile/").status_code == 302
    assert {where for where, text in sent if "换" in text or "绑定" in text} == {cast.lin.phone, NEW}
    assert [one.event for one in history_of(row)] == ["original_seen", "prove", "confirm"]
    assert NEW[-8:].encode() not in bytes(row.phone_sealed)


@pytest.mark.django_db
def test_who_has_no_account_can_sign_up_with_the_new_telephone_and_be_recognised(cast: Cast, code_to: CodeTo) -> None:
    Account.objects.filter(pk=cast.lin.account.pk).update(person=None)
    rebinding.confirm(proven(cast, code_to).pk, by=cast.yan.staff, now=NOW)
    assert Person.objects.get(pk=cast.lin.bound.pk).phone_index == queries.phone_index(NEW)


REFUSED: list[tuple[Callable[[Cast, CodeTo], object], type[DomainError]]] = [
    (lambda cast, _: begun(cast, is_seen=False), OriginalNotSeen),
    (lambda cast, _: begun(cast, phone=cast.zhao.phone), ContactTaken),
    (lambda cast, _: (begun(cast), begun(cast, phone="+8613612345678")), RebindingOpen),
    (lambda cast, _: rebinding.confirm(begun(cast).pk, by=cast.yan.staff, now=NOW), IllegalTransition),
    (lambda cast, code: rebinding.confirm(proven(cast, code).pk, by=cast.tao.staff, now=NOW), NotIndependentHere),
    (lambda cast, code: rebinding.confirm(proven(cast, code).pk, by=cast.lei.staff, now=NOW), RebindingNotFound),
    (lambda cast, code: rebinding.confirm(proven(cast, code).pk, by=cast.zhou.staff, now=NOW), RebindingNotFound),
    (lambda cast, _: rebinding.stop_own(begun(cast).pk, by=cast.zhao.candidate, now=NOW), RebindingNotFound),
]


@pytest.mark.django_db
@pytest.mark.parametrize("act,refusal", REFUSED)
def test_refuses(
    cast: Cast, code_to: CodeTo, *, act: Callable[[Cast, CodeTo], object], refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal):
        act(cast, code_to)
    assert Account.objects.get(pk=cast.lin.account.pk).phone == cast.lin.phone


@pytest.mark.django_db
def test_the_database_too_wants_two(cast: Cast, code_to: CodeTo) -> None:
    row = proven(cast, code_to)
    with pytest.raises(IntegrityError), transaction.atomic():
        Rebinding.objects.filter(pk=row.pk).update(confirmed_by=cast.tao.account)


@pytest.mark.django_db
def test_the_owner_stops_it_on_their_own_page(cast: Cast, code_to: CodeTo) -> None:
    row = proven(cast, code_to)
    client = client_of(cast.lin)
    assert "不是我，停止换绑" in client.get("/me/profile/").text
    assert "停止换绑" not in client_of(cast.zhao).get("/me/profile/").text
    client.post(f"/me/rebinding/{row.pk}/stop/", {"submission_key": new_submission_key()})
    with pytest.raises(RebindingClosed):
        rebinding.confirm(row.pk, by=cast.yan.staff, now=NOW)
    assert Rebinding.objects.get().state == RebindingState.STOPPED


@pytest.mark.django_db
def test_who_bound_a_telephone_does_not_decide_on_that_persons_name(cast: Cast, code_to: CodeTo) -> None:
    """Alone they could put their own telephone in, ask for their own name as the candidate, and approve it."""
    row = proven(cast, code_to)
    Rebinding.objects.filter(pk=row.pk).update(opened_by=cast.zhou.account)
    asked = amendments.request_amendment(wanted(name="别人"), by=cast.lin.candidate, now=NOW)
    with pytest.raises(NotIndependentHere):
        amendments.approve_amendment(asked.pk, by=cast.zhou.staff, now=NOW)
    # The twin: the same reviewer, had they not taken part, decides.
    Rebinding.objects.filter(pk=row.pk).update(opened_by=cast.tao.account)
    amendments.approve_amendment(asked.pk, by=cast.zhou.staff, now=NOW)


# ---------------------------------------------------------------- pages
def key() -> dict[str, str]:
    return {"submission_key": new_submission_key()}


@pytest.mark.django_db
def test_at_the_counter_from_card_reader_to_the_second_look(cast: Cast, code_to: CodeTo) -> None:
    first, second = client_of(cast.tao), client_of(cast.yan)
    unknown = first.post("/desk/people/counter/", {"number": "110101199003070011"[:17] + "0", "kind": "resident_id"})
    assert unknown.status_code == 422
    found = first.post("/desk/people/counter/", {"number": LIN_NUMBER, "kind": "resident_id"})
    assert found.headers["Location"] == "/desk/people/counter/new/"
    page = first.get("/desk/people/counter/new/").text
    assert "林晓" in page
    assert cast.lin.phone[-8:] not in page
    assert LIN_NUMBER not in page
    unseen = first.post("/desk/people/counter/new/", {"phone": "13512345678", **key()})
    assert "请先核对证件原件" in unseen.text
    begun_ = first.post("/desk/people/counter/new/", {"phone": "13512345678", "is_seen": "on", **key()})
    where = begun_.headers["Location"]
    assert first.post(where, {"code": "000000" if code_to(NEW) != "000000" else "1"}).status_code == 422
    assert first.post(where, {"code": code_to(NEW)}).headers["Location"] == where
    assert "由您以外的另一位同事" in first.get(where).text
    assert first.post(f"{where}confirm/", key()).status_code == 422
    assert second.post(f"{where}confirm/", key()).headers["Location"] == "/desk/people/counter/"
    assert Account.objects.get(pk=cast.lin.account.pk).phone == NEW
    assert "password" not in page.lower()


@pytest.mark.django_db
def test_looking_up_is_written_down_and_the_unknown_are_refused(cast: Cast) -> None:
    kind = DocumentKind.RESIDENT_ID
    person = rebinding.find_at_counter(kind=kind, number=LIN_NUMBER, by=cast.tao.staff, now=NOW)
    assert history_of(person).last().event == "looked_up_at_counter"  # type: ignore[union-attr]  # there is one
    with pytest.raises(PersonNotFound):
        rebinding.find_at_counter(kind=kind, number="110101199003070011", by=cast.tao.staff, now=NOW)
