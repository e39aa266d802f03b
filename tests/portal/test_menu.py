"""Menus lead somewhere, show where the reader is, and offer the desk no more than its roles."""

import pytest
from django.test import RequestFactory
from django.urls import resolve
from pytest_django.fixtures import Settings

from jinbang.people.states import Role
from jinbang.portal import context, menu
from tests.cast import Cast

EVERYTHING = [
    *menu.PUBLIC,
    *menu.CANDIDATE,
    *(entry for _label, entries in menu.DESK for entry in entries),
    *context.SIGN_IN,
    *context.CANDIDATE_LINKS,
    *context.STAFF_LINKS,
    *context.FOOTER,
    *context.FOOTER_OF_DEMO,
]


@pytest.mark.parametrize("entry", EVERYTHING, ids=lambda entry: entry.url_name)
def test_every_entry_leads_to_a_page(entry: menu.Entry) -> None:
    assert resolve(entry.url).func is not None


def test_score_query_is_in_every_main_menu() -> None:
    assert menu.LOOKUP in [entry.url for entry in menu.PUBLIC]


@pytest.mark.parametrize(
    "path, current",
    [
        ("/", {"/": "page"}),
        ("/exams/", {"/exams/": "page"}),
        ("/exams/sx-2026/", {"/exams/": "true"}),
        ("/lookup/sx-2026-14", {"/lookup/": "true"}),
        ("/somewhere/", {}),
    ],
)
def test_the_reader_sees_where_they_are(path: str, current: dict[str, str]) -> None:
    items = menu.items_of(menu.PUBLIC, path)
    assert {item.url: item.current for item in items if item.is_current} == current


def test_of_two_addresses_that_begin_alike_only_the_nearer_is_current() -> None:
    items = menu.items_of(menu.CANDIDATE, "/me/messages/")
    assert [item.current for item in items] == ["", "page"]


@pytest.mark.parametrize("path", ["/me/results/", "/my/violations/", "/applications/01a219b7/level/", "/orders/01a2/"])
def test_whatever_leads_to_an_examination_belongs_to_ones_examinations(path: str) -> None:
    items = menu.items_of(menu.CANDIDATE, path, beside=context.CANDIDATE_LINKS)
    assert [item.current for item in items] == ["true", ""]


@pytest.mark.parametrize("path", ["/me/contact/phone/", "/me/verification/diploma/", "/account/password/change/"])
def test_whatever_is_done_about_an_account_belongs_to_the_account(path: str) -> None:
    assert [item.current for item in menu.items_of(context.CANDIDATE_LINKS, path)] == ["true"]
    items = menu.items_of(menu.CANDIDATE, path, beside=context.CANDIDATE_LINKS)
    assert [item.current for item in items] == ["", ""]


def test_a_page_of_the_menu_beside_is_not_current_in_this_one() -> None:
    items = menu.items_of(menu.CANDIDATE, "/me/profile/", beside=context.CANDIDATE_LINKS)
    assert [item.current for item in items] == ["", ""]
    assert menu.items_of(context.CANDIDATE_LINKS, "/me/profile/")[0].current == "page"


def test_the_desk_offers_what_ones_roles_are_for() -> None:
    urls = [item.url for group in menu.desk_groups(frozenset({Role.BURSAR}), "/desk/") for item in group.items]
    assert "/desk/payment/" in urls
    assert "/desk/application/" not in urls
    assert "/desk/results/" not in urls


def test_on_the_desk_too_only_one_page_is_the_readers() -> None:
    groups = menu.desk_groups(frozenset({Role.BURSAR}), "/desk/payment/day/")
    assert [item.url for group in groups for item in group.items if item.is_current] == ["/desk/payment/"]


@pytest.mark.parametrize(
    "path, current",
    [
        ("/desk/", ["/desk/"]),
        ("/desk/results/01a207bd/", ["/desk/results/"]),
        ("/desk/people/officer-key/", ["/desk/people/me/"]),
        ("/desk/sittings/", []),
    ],
)
def test_the_desks_home_is_current_on_its_own_page_only(path: str, current: list[str]) -> None:
    groups = menu.desk_groups(frozenset({Role.RELEASE_OFFICER}), path)
    assert [item.url for group in groups for item in group.items if item.is_current] == current


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.AUDITOR])
def test_every_role_has_a_page_of_its_own(role: Role) -> None:
    everybody = {item.url for group in menu.desk_groups(frozenset(), "/desk/") for item in group.items}
    offered = {item.url for group in menu.desk_groups(frozenset({role}), "/desk/") for item in group.items}
    assert offered > everybody


def test_a_house_without_anybody_in_it_can_be_shown() -> None:
    house = context.House(RequestFactory().get("/lookup/"))
    assert house.is_kept
    assert not house.account.is_signed_in
    assert [group for group in house.desk_menu if group.label] != []


def test_candidates_are_offered_their_own_pages_and_staff_the_desk(cast: Cast) -> None:
    request = RequestFactory().get("/")
    request.user = cast.lin.account
    house = context.House(request)
    assert [item.url for item in house.navigation][-2:] == ["/me/", "/me/messages/"]
    assert house.account.name == ""
    request.user = cast.zhou.account
    house = context.House(request)
    assert "/me/" not in [item.url for item in house.navigation]
    assert [item.url for item in house.account.links] == ["/desk/"]
    assert house.account.name == "周审"


def test_only_a_demo_leads_to_the_outbox(settings: Settings) -> None:
    house = context.House(RequestFactory().get("/"))
    settings.JINBANG_DEMO = False
    assert "/outbox/" not in [item.url for item in house.footer_links]
    settings.JINBANG_DEMO = True
    house = context.House(RequestFactory().get("/"))
    assert "/outbox/" in [item.url for item in house.footer_links]
