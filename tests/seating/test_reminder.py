"""A forgotten ticket number goes to the telephone on record; whoever asks on the screen learns nothing."""

from datetime import date, datetime, timedelta
from unittest.mock import patch

import pytest
from django.test import Client

from jinbang.audit.models import StateChange
from jinbang.kernel.actors import SYSTEM
from jinbang.messaging.actions import collect_messages
from jinbang.messaging.models import Message
from jinbang.messaging.queries import letters_of
from jinbang.people.models import Person
from jinbang.seating import actions
from jinbang.seating.actions import reminder
from jinbang.seating.models import AdmissionTicket
from jinbang.sittings.queries import window_of
from jinbang.sittings.states import WindowKind
from tests.cast import LIN_NUMBER
from tests.seating.world import World

pytestmark = pytest.mark.django_db

NOBODY = "11010519491231002X"


def printing_opens(world: World) -> datetime:
    window = window_of(world.region, WindowKind.TICKET_PRINTING)
    assert window is not None
    return window.opens


def sent(now: datetime) -> list[str]:
    """Return the texts of the reminders that the record leads to."""
    collect_messages(now)
    return [letter.short for letter in letters_of(Message.objects.filter(kind="ticket_number"))]


def ask(number: str, *, now: datetime) -> None:
    actions.remind_by_document(number=number, network="203.0.113.9", by=SYSTEM, now=now)


def test_the_number_goes_to_the_owners_telephone(drawn: World) -> None:
    now = printing_opens(drawn)
    ask(LIN_NUMBER, now=now)
    ticket = AdmissionTicket.objects.get(application=drawn.applications[0])
    assert [ticket.number in text for text in sent(now)] == [True]


def test_by_name_and_birth_date_too_and_by_neither_alone(drawn: World) -> None:
    now = printing_opens(drawn)
    lin = drawn.applications[0].person
    born = date(1990, 3, 7)
    Person.objects.filter(pk=lin.pk).update(born_on=born)
    for name, day in ((lin.name, born + timedelta(days=1)), ("别人", born)):
        actions.remind_by_name(name=name, born_on=day, network="n", by=SYSTEM, now=now)
    assert sent(now) == []
    actions.remind_by_name(name=f" {lin.name} ", born_on=born, network="n", by=SYSTEM, now=now)
    assert len(sent(now)) == 1


def test_before_tickets_may_be_printed_nothing_goes_out(drawn: World) -> None:
    ask(LIN_NUMBER, now=printing_opens(drawn) - timedelta(seconds=1))
    assert not StateChange.objects.filter(event=actions.REMINDED).exists()


def test_the_screen_says_the_same_for_somebody_and_for_nobody(drawn: World) -> None:
    del drawn
    answers = [Client().post("/find-ticket/", {"document_number": number}) for number in (LIN_NUMBER, NOBODY)]
    assert {(answer.status_code, answer.headers["location"], answer.content) for answer in answers} == {
        (302, "/find-ticket/sent/", b"")
    }


def test_nobodys_telephone_is_flooded_and_the_limit_tells_nothing(drawn: World) -> None:
    now = printing_opens(drawn)
    for _ in range(5):
        ask(LIN_NUMBER, now=now)
        ask(NOBODY, now=now)
    assert len(sent(now)) == 3


def test_without_the_limit_a_telephone_would_be_flooded(drawn: World) -> None:
    """The control of the test above."""
    now = printing_opens(drawn)
    with patch("jinbang.seating.actions.reminder.limits.take", return_value=True):
        for _ in range(5):
            ask(LIN_NUMBER, now=now)
    assert len(sent(now)) == 5


def test_a_network_that_asks_too_often_has_to_wait(drawn: World, monkeypatch: pytest.MonkeyPatch) -> None:
    del drawn
    limit = reminder.REMINDERS_A_NETWORK
    monkeypatch.setattr(reminder, "REMINDERS_A_NETWORK", type(limit)("few", 1, limit.within))
    assert Client().post("/find-ticket/", {"document_number": NOBODY}).status_code == 302
    assert Client().post("/find-ticket/", {"document_number": NOBODY}).status_code == 429


@pytest.mark.parametrize(
    "typed", [{"document_number": ""}, {"name": "林", "born_on": "昨天"}, {"name": "", "born_on": ""}]
)
def test_an_incomplete_form_comes_back(typed: dict[str, str]) -> None:
    assert Client().post("/find-ticket/", typed).status_code == 422
