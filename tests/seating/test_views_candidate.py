"""The candidate's ticket pages: before, within and after the window, and for strangers."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from jinbang.kernel.clock import frozen_at
from jinbang.people.models import Person
from jinbang.seating import numbers, queries
from jinbang.seating.models import AdmissionTicket
from tests.cast import Cast
from tests.seating.world import AFTER_PRINTING, BEFORE_PRINTING, WHILE_PRINTING, World

pytestmark = pytest.mark.django_db

ClientOf = Callable[..., Client]


def own(cast: Cast) -> AdmissionTicket:
    return queries.tickets_of(cast.lin.candidate).get()


def page(client_of: ClientOf, cast: Cast, at: datetime) -> str:
    with frozen_at(at):
        response = client_of(cast.lin).get(reverse("seating:ticket", args=[own(cast).pk]))
    assert response.status_code == 200
    return response.content.decode()


def test_within_the_window_the_page_has_number_button_window_and_reminder(
    drawn: World, cast: Cast, client_of: ClientOf
) -> None:
    html = page(client_of, cast, WHILE_PRINTING)
    assert numbers.grouped(own(cast).number) in html
    assert reverse("seating:ticket_pdf", args=[own(cast).pk]) in html
    assert "2026年5月25日（星期一）00:00" in html
    assert "2026年6月5日（星期五）24:00" in html
    assert "责任由考生自负" in html


def test_before_the_window_the_page_says_when_and_shows_neither_number_nor_button(
    drawn: World, cast: Cast, client_of: ClientOf
) -> None:
    html = page(client_of, cast, BEFORE_PRINTING)
    assert numbers.grouped(own(cast).number) not in html
    assert own(cast).number not in html
    assert reverse("seating:ticket_pdf", args=[own(cast).pk]) not in html
    assert "2026年5月25日（星期一）00:00" in html
    assert "责任由考生自负" in html


def test_after_the_window_the_number_stays_and_the_button_goes(drawn: World, cast: Cast, client_of: ClientOf) -> None:
    html = page(client_of, cast, AFTER_PRINTING)
    assert numbers.grouped(own(cast).number) in html
    assert reverse("seating:ticket_pdf", args=[own(cast).pk]) not in html
    assert "不能再打印准考证" in html


def test_the_list_leads_to_every_ticket_and_says_so_when_there_is_none(
    drawn: World, cast: Cast, client_of: ClientOf
) -> None:
    with frozen_at(WHILE_PRINTING):
        html = client_of(cast.lin).get(reverse("seating:ticket_list")).content.decode()
    assert reverse("seating:ticket", args=[own(cast).pk]) in html
    with frozen_at(BEFORE_PRINTING):
        html = client_of(cast.lin).get(reverse("seating:ticket_list")).content.decode()
    assert numbers.grouped(own(cast).number) not in html


def test_a_candidate_without_tickets_is_told_when_they_come(cast: Cast, client_of: ClientOf) -> None:
    html = client_of(cast.zhao).get(reverse("seating:ticket_list")).content.decode()
    assert "现在还没有准考证" in html


def test_the_paper_comes_as_a_pdf_that_no_cache_keeps(drawn: World, cast: Cast, client_of: ClientOf) -> None:
    with frozen_at(WHILE_PRINTING):
        response = client_of(cast.lin).get(reverse("seating:ticket_pdf", args=[own(cast).pk]))
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-")
    assert "no-store" in response["Cache-Control"]
    assert own(cast).first_printed_at == WHILE_PRINTING


@pytest.mark.parametrize("at", [BEFORE_PRINTING, AFTER_PRINTING])
def test_outside_the_window_there_is_no_paper(*, drawn: World, cast: Cast, client_of: ClientOf, at: datetime) -> None:
    with frozen_at(at):
        response = client_of(cast.lin).get(reverse("seating:ticket_pdf", args=[own(cast).pk]))
    assert response.status_code in {403, 409}
    assert not response.content.startswith(b"%PDF-")


def test_a_name_that_cannot_be_printed_is_refused_with_a_page(drawn: World, cast: Cast, client_of: ClientOf) -> None:
    Person.objects.filter(pk=cast.lin.bound.pk).update(name="林\U0003fffd")
    with frozen_at(WHILE_PRINTING):
        response = client_of(cast.lin).get(reverse("seating:ticket_pdf", args=[own(cast).pk]))
    assert response.status_code == 409
    assert not response.content.startswith(b"%PDF-")


@pytest.mark.parametrize("name", ["seating:ticket", "seating:ticket_pdf"])
def test_strangers_get_nothing(*, drawn: World, cast: Cast, client_of: ClientOf, name: str) -> None:
    address = reverse(name, args=[own(cast).pk])
    with frozen_at(WHILE_PRINTING):
        assert client_of(cast.zhao).get(address).status_code == 404
        assert client_of(cast.wu).get(address).status_code == 403
        assert Client().get(address).status_code == 302
        assert client_of(cast.lin).post(address).status_code == 405
