"""Every old address leads to a page of today, however it was typed, and takes nothing with it."""

import pytest
from django.test import Client
from django.urls import resolve

from jinbang.sittings.redirects import EXAMS, HOME, LOOKUP, NOTICES, OLD_ADDRESSES, SIGNED_IN, destination_of


@pytest.mark.parametrize(
    "old,new",
    [
        ("/examfront/score/initializeCX.htm", LOOKUP),
        ("/cjcx", LOOKUP),
        ("/cjcx/", LOOKUP),
        ("/CJCX/", LOOKUP),
        ("/score", LOOKUP),
        ("/zkzdy", SIGNED_IN),
        ("/wsbm/", EXAMS),
        ("/tzgg", NOTICES),
        ("/zscx", HOME),
        ("/index.html", HOME),
    ],
)
def test_an_old_address_leads_on(client: Client, old: str, new: str) -> None:
    response = client.get(old)
    assert (response.status_code, response["Location"]) == (302, new)


def test_nothing_behind_the_question_mark_travels_on(client: Client) -> None:
    response = client.get("/cjcx/?zjhm=11010519491231002X")
    assert response["Location"] == LOOKUP


@pytest.mark.parametrize("old", sorted(OLD_ADDRESSES))
def test_every_old_address_of_the_table_is_mounted_and_its_goal_exists(client: Client, old: str) -> None:
    goal = OLD_ADDRESSES[old]
    assert client.get(f"/{old}")["Location"] == goal
    assert resolve(goal)


def test_an_address_that_is_none_of_the_old_ones_leads_nowhere() -> None:
    assert destination_of("/exams/") is None
    assert destination_of("/cjcx/2017/") is None
