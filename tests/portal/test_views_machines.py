"""A load balancer learns whether a process is well; an icon is where browsers look for one unasked."""

from unittest.mock import patch

import pytest
from django.contrib.staticfiles import finders
from django.db import DatabaseError, connection
from django.test import Client

pytestmark = pytest.mark.django_db


def test_a_process_that_reaches_its_database_is_well(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "problems": []})
    assert "no-store" in answer["cache-control"]
    assert not answer.cookies


def test_a_process_whose_database_is_gone_says_so_and_does_not_crash(client: Client) -> None:
    with patch.object(connection, "cursor", side_effect=DatabaseError("gone")):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"status": "ill", "problems": ["database"]})


def test_the_icon_that_no_page_named_is_found(client: Client) -> None:
    answer = client.get("/favicon.ico")
    assert answer.status_code == 302
    assert finders.find(answer["location"].removeprefix("/static/")) is not None
