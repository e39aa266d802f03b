"""Binding an identity and seeing it, as a candidate does."""

from datetime import date

import pytest
from django.test import Client

from jinbang.audit.submission import new_submission_key
from jinbang.kernel.identity import make_resident_id
from jinbang.people.models import Account, Person
from tests.cast import LIN_NUMBER, Cast, client_of

NUMBER = make_resident_id("140105", date(1988, 12, 31), 0)


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
    assert answer.headers["Location"] == "/me/profile/"
    shown = client.get("/me/profile/").text
    assert "孙悟" in shown
    assert NUMBER not in shown
    assert "居民身份证" in shown


@pytest.mark.django_db
def test_a_double_click_binds_once_and_both_are_led_on(cast: Cast) -> None:
    client, form = client_of(cast.sun), typed()
    answers = [client.post("/me/identity/", form).headers["Location"] for _ in range(2)]
    assert answers == ["/me/", "/me/"]
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


@pytest.mark.django_db
def test_somebody_elses_document_is_refused_on_the_page(cast: Cast) -> None:
    page = client_of(cast.sun).post("/me/identity/", typed(name="林晓", number=LIN_NUMBER))
    assert page.status_code == 422
    assert page.context["refusal"].code == "identity_not_recognised"
    assert Account.objects.get(pk=cast.sun.account.pk).person is None


@pytest.mark.django_db
def test_a_form_without_a_key_is_refused(cast: Cast) -> None:
    page = client_of(cast.sun).post("/me/identity/", typed(submission_key=""))
    assert page.status_code == 400
    assert Account.objects.get(pk=cast.sun.account.pk).person is None


@pytest.mark.django_db
@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_is_never_led_on_to_another_site(cast: Cast, elsewhere: str) -> None:
    assert client_of(cast.lin).get("/me/identity/", {"next": elsewhere}).headers["Location"] == "/me/"
    answer = client_of(cast.sun).post("/me/identity/", typed(), query_params={"next": elsewhere})
    assert answer.headers["Location"] == "/me/"


@pytest.mark.django_db
def test_strangers_sign_in_first_and_staff_have_no_identity_here(cast: Cast, client: Client) -> None:
    for page in ("/me/identity/", "/me/profile/"):
        assert client.get(page).headers["Location"] == f"/account/login/?next={page}"
        assert client_of(cast.zhou).get(page).status_code == 403
        assert client_of(cast.wu).get(page).status_code == 403
