"""Binding an identity and seeing it, as a candidate does."""

import re
from datetime import date

import pytest
from django.test import Client

from jinbang.audit.submission import new_submission_key
from jinbang.kernel import clock
from jinbang.kernel.identity import DocumentKind, make_resident_id
from jinbang.people import actions
from jinbang.people.errors import IdentityNotRecognised
from jinbang.people.models import Account, Person
from tests.cast import LIN_NUMBER, Cast, client_of

NUMBER = make_resident_id("140105", date(1988, 12, 31), 0)
LIN_FIFTEEN = LIN_NUMBER[:6] + LIN_NUMBER[8:17]
TOKENS = re.compile(rb'value="[A-Za-z0-9_-]{20,}"|nonce="[^"]*"')


def typed(**changes: str) -> dict[str, str]:
    fields = {"name": "孙悟", "kind": "resident_id", "number": NUMBER, "submission_key": new_submission_key()}
    return {**fields, **changes}


@pytest.mark.django_db
def test_binding_leads_on_to_where_the_candidate_was_heading(cast: Cast) -> None:
    client = client_of(cast.sun)
    page = client.get("/me/identity/?next=/me/profile/")
    assert page.status_code == 200
    assert 'autocomplete="name"' in page.text
    answer = client.post("/me/identity/?next=/me/profile/", typed())
    assert answer.headers["Location"] == "/me/identity/received/?next=%2Fme%2Fprofile%2F"
    assert 'href="/me/profile/"' in client.get(answer.headers["Location"]).text
    shown = client.get("/me/profile/").text
    assert "孙悟" in shown
    assert NUMBER not in shown
    assert "居民身份证" in shown


@pytest.mark.django_db
def test_a_double_click_binds_once_and_both_are_led_on(cast: Cast) -> None:
    client, form = client_of(cast.sun), typed()
    answers = [client.post("/me/identity/", form).headers["Location"] for _ in range(2)]
    assert answers == ["/me/identity/received/?next=%2Fme%2F"] * 2
    assert Person.objects.filter(name="孙悟").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes,sentence",
    [
        ({"number": NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1")}, "校验码不对"),
        ({"number": NUMBER[:12]}, "位数不对"),
        ({"name": ""}, ""),
    ],
    ids=["check digit", "too short", "no name"],
)
def test_what_is_typed_wrongly_comes_back_with_a_sentence_and_stores_nothing(
    cast: Cast, changes: dict[str, str], sentence: str
) -> None:
    before = Person.objects.count()
    page = client_of(cast.sun).post("/me/identity/", typed(**changes))
    assert page.status_code == 422
    assert sentence in page.text
    assert Person.objects.count() == before


def answer_to(client: Client, **changes: str) -> tuple[int, str, int, bytes]:
    """Return everything that somebody sees who claims an identity: both answers, with their tokens taken out."""
    posted = client.post("/me/identity/", typed(**changes))
    shown = client.get(posted.headers["Location"])
    assert posted.content == b""
    return posted.status_code, posted.headers["Location"], shown.status_code, TOKENS.sub(b"", shown.content)


@pytest.mark.django_db
@pytest.mark.parametrize("typed_name", ["林晓", "别人"])
@pytest.mark.parametrize("number", [LIN_NUMBER, LIN_FIFTEEN], ids=["18 digits", "15 digits"])
def test_a_number_on_record_is_answered_like_any_other_and_its_owner_is_told(
    cast: Cast, sent: list[tuple[str, str]], *, typed_name: str, number: str
) -> None:
    known = answer_to(client_of(cast.sun), name=typed_name, number=number)
    assert Account.objects.get(pk=cast.sun.account.pk).person is None
    assert [(phone, "已经登记" in text) for phone, text in sent] == [(cast.lin.phone, True)]
    unknown = answer_to(client_of(cast.sun), name=typed_name)
    assert known == unknown
    assert Account.objects.filter(pk=cast.sun.account.pk, person__name=typed_name).exists()
    assert len(sent) == 1


@pytest.mark.django_db
def test_without_the_defence_the_two_answers_differ(cast: Cast) -> None:
    """The twin: binding itself says yes to one and no to the other, which is what the page must not pass on."""
    now = clock.now()
    kind = DocumentKind.RESIDENT_ID
    with pytest.raises(IdentityNotRecognised):
        actions.bind_person(name="别人", kind=kind, number=LIN_NUMBER, by=cast.sun.candidate, now=now)
    assert actions.bind_person(name="别人", kind=kind, number=NUMBER, by=cast.sun.candidate, now=now)


@pytest.mark.django_db
def test_an_account_claims_at_most_three_identities_a_day(cast: Cast) -> None:
    client = client_of(cast.sun)
    pages = [client.post("/me/identity/", typed(number=LIN_NUMBER)) for _ in range(4)]
    assert [page.status_code for page in pages] == [302, 302, 302, 422]
    assert "次数太多" in pages[3].text


@pytest.mark.django_db
def test_a_form_without_a_key_is_refused(cast: Cast) -> None:
    page = client_of(cast.sun).post("/me/identity/", typed(submission_key=""))
    assert page.status_code == 400
    assert Account.objects.get(pk=cast.sun.account.pk).person is None


@pytest.mark.django_db
@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_is_never_led_on_to_another_site(cast: Cast, elsewhere: str) -> None:
    assert client_of(cast.lin).get("/me/identity/", {"next": elsewhere}).headers["Location"] == "/me/"
    client = client_of(cast.sun)
    answer = client.post("/me/identity/", typed(), query_params={"next": elsewhere})
    assert answer.headers["Location"] == "/me/identity/received/?next=%2Fme%2F"
    assert "evil" not in client.get("/me/identity/received/", {"next": elsewhere}).text


@pytest.mark.django_db
def test_strangers_sign_in_first_and_staff_have_no_identity_here(cast: Cast, client: Client) -> None:
    for page in ("/me/identity/", "/me/identity/received/", "/me/profile/"):
        assert client.get(page).headers["Location"] == f"/account/login/?next={page}"
        assert client_of(cast.zhou).get(page).status_code == 403
        assert client_of(cast.wu).get(page).status_code == 403
