"""A forgotten ticket number goes to the telephone on record; whoever asks on the screen learns nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from unittest.mock import patch

import pytest
from django.test import Client

from jinbang.audit.models import StateChange
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.clock import frozen_at
from jinbang.kernel.identity import DocumentKind, make_resident_id
from jinbang.messaging.actions import collect_messages
from jinbang.messaging.models import Message
from jinbang.messaging.queries import letters_of
from jinbang.messaging.states import Channel
from jinbang.people.actions import NewPerson, register_people
from jinbang.people.models import Person
from jinbang.results.actions import reminder
from jinbang.results.models import RosterEntry
from jinbang.seating import actions as seating
from jinbang.seating.models import AdmissionTicket
from jinbang.sittings.actions import choose_reminders
from jinbang.sittings.models import Sitting
from jinbang.sittings.queries import window_of
from jinbang.sittings.states import WindowKind
from tests.cast import LIN_NUMBER, NOW, ZHAO_NUMBER, Cast
from tests.results.world import World as Handed
from tests.results.world import enrol, new_world
from tests.seating.world import AFTER_PAYMENT, SEED, WHILE_PRINTING, World, build_world, give_photo

pytestmark = pytest.mark.django_db

NOBODY = "11010519491231002X"
BORN = date(1990, 3, 7)
WAN_NUMBER = make_resident_id("140303", date(1988, 5, 2), 31)


@pytest.fixture
def drawn(cast: Cast) -> World:
    """林 and 赵 with tickets in their hands, of a sitting that sends forgotten numbers."""
    people = [cast.lin.bound, cast.zhao.bound]
    world = build_world(cast.shanxi, people)
    for application in world.applications:
        give_photo(application)
    seating.commit_seed(region_id=world.region.pk, by=SYSTEM, now=AFTER_PAYMENT, seed=SEED)
    seating.prepare_all_rooms(region_id=world.region.pk, by=SYSTEM, now=AFTER_PAYMENT)
    seating.draw_seats(region_id=world.region.pk, by=SYSTEM, now=AFTER_PAYMENT)
    switch(world.sitting, are_sent=True)
    return world


@pytest.fixture
def handed_over(cast: Cast) -> Handed:
    """林 and 万, who has no telephone on record, on a roster that came in a file, with numbers made elsewhere."""
    wan = NewPerson(name="万一", kind=DocumentKind.RESIDENT_ID, number=WAN_NUMBER)
    world = new_world(cast)
    enrol(world, [cast.lin.bound, *register_people([wan], by=SYSTEM, now=NOW)])
    switch(world.region.sitting, are_sent=True)
    return world


def switch(sitting: Sitting, *, are_sent: bool) -> None:
    choose_reminders(sitting_id=sitting.pk, are_sent=are_sent, by=SYSTEM, now=NOW)


def printing_opens(world: World) -> datetime:
    window = window_of(world.region, WindowKind.TICKET_PRINTING)
    assert window is not None
    return window.opens


def sent(now: datetime) -> list[str]:
    """Return the texts of the reminders that the record leads to."""
    collect_messages(now)
    return [letter.short for letter in letters_of(Message.objects.filter(kind="ticket_number"))]


def ask(number: str, *, now: datetime) -> None:
    reminder.remind_by_document(number=number, network="203.0.113.9", by=SYSTEM, now=now)


def test_the_number_goes_to_the_owners_telephone(drawn: World) -> None:
    now = printing_opens(drawn)
    ask(LIN_NUMBER, now=now)
    ticket = AdmissionTicket.objects.get(application=drawn.applications[0])
    assert [ticket.number in text for text in sent(now)] == [True]


def test_by_name_and_birth_date_too_and_by_neither_alone(drawn: World) -> None:
    now = printing_opens(drawn)
    lin = drawn.applications[0].person
    Person.objects.filter(pk=lin.pk).update(born_on=BORN)
    for name, day in ((lin.name, BORN + timedelta(days=1)), ("别人", BORN)):
        reminder.remind_by_name(name=name, born_on=day, network="n", by=SYSTEM, now=now)
    assert sent(now) == []
    reminder.remind_by_name(name=f" {lin.name} ", born_on=BORN, network="n", by=SYSTEM, now=now)
    assert len(sent(now)) == 1


def test_before_tickets_may_be_printed_nothing_goes_out(drawn: World) -> None:
    ask(LIN_NUMBER, now=printing_opens(drawn) - timedelta(seconds=1))
    assert not StateChange.objects.filter(event=reminder.REMINDED).exists()


def test_the_screen_says_the_same_for_somebody_and_for_nobody(drawn: World) -> None:
    del drawn
    answers = [Client().post("/find-ticket/", {"document_number": number}) for number in (LIN_NUMBER, NOBODY)]
    assert {(answer.status_code, answer.headers["location"], answer.content) for answer in answers} == {
        (302, "/find-ticket/sent/", b"")
    }


# ---------------------------------------------------------------- where it is switched on, and who is found


def test_where_the_authority_has_not_switched_it_on_nothing_goes_out(drawn: World) -> None:
    switch(drawn.sitting, are_sent=False)
    ask(LIN_NUMBER, now=WHILE_PRINTING)
    assert sent(WHILE_PRINTING) == []
    switch(drawn.sitting, are_sent=True)
    ask(LIN_NUMBER, now=WHILE_PRINTING)
    assert len(sent(WHILE_PRINTING)) == 1


def test_a_new_sitting_sends_nothing_until_it_is_switched_on(cast: Cast) -> None:
    assert not new_world(cast).region.sitting.sends_ticket_numbers


def test_people_of_a_roster_that_was_handed_over_are_found_as_well(handed_over: Handed) -> None:
    ask(LIN_NUMBER, now=NOW)
    entry = handed_over.entries[0]
    assert sent(NOW) == [f"{entry.sitting.name}：您的准考证号是{entry.ticket_number}。非本人操作请勿理会。"]
    Person.objects.filter(pk=entry.person_id).update(born_on=BORN)
    reminder.remind_by_name(name=entry.person.name, born_on=BORN, network="n", by=SYSTEM, now=NOW)
    assert len(sent(NOW)) == 2


def test_whoever_has_no_telephone_on_record_finds_it_after_signing_in_only(handed_over: Handed) -> None:
    ask(WAN_NUMBER, now=NOW)
    collect_messages(NOW)
    told = Message.objects.filter(kind="ticket_number")
    assert [(one.person_id, one.channel) for one in told] == [(handed_over.entries[1].person_id, Channel.INBOX.value)]


def test_of_several_the_latest_sitting_counts_among_those_that_send(drawn: World, handed_over: Handed) -> None:
    drawn_later = AdmissionTicket.objects.get(application=drawn.applications[0])
    ask(LIN_NUMBER, now=WHILE_PRINTING)
    switch(drawn.sitting, are_sent=False)
    ask(LIN_NUMBER, now=WHILE_PRINTING)
    said = sent(WHILE_PRINTING)
    assert [drawn_later.number in text for text in said] == [True, False]
    assert handed_over.entries[0].ticket_number in said[1]


def test_a_ticket_that_came_onto_the_roster_is_one_ticket(drawn: World) -> None:
    ticket = AdmissionTicket.objects.get(application=drawn.applications[0])
    RosterEntry.objects.create(
        sitting=drawn.sitting,
        region=drawn.region,
        person=drawn.applications[0].person,
        application=drawn.applications[0],
        ticket_number=ticket.number,
        level_code="level-2",
        track_code="full",
    )
    ask(LIN_NUMBER, now=WHILE_PRINTING)
    assert len(sent(WHILE_PRINTING)) == 1


@dataclass(frozen=True)
class Asker:
    """Somebody of whom anybody may type what is known, and how many telephones ring."""

    number: str
    name: str
    born_on: date
    rings: int


ASKERS: Mapping[str, Asker] = {
    "holds a ticket": Asker(ZHAO_NUMBER, "赵敏·艾山", date(1991, 1, 1), 1),
    "stands on a roster that was handed over": Asker(LIN_NUMBER, "林晓", BORN, 1),
    "has no telephone on record": Asker(WAN_NUMBER, "万一", date(1988, 5, 2), 0),
    "has an account and no ticket": Asker("H12345678", "孙某", BORN, 0),
    "does not exist": Asker(NOBODY, "无名氏", BORN, 0),
}


@pytest.mark.usefixtures("drawn", "handed_over")
@pytest.mark.parametrize("way", ["document", "name"])
@pytest.mark.parametrize("is_on", [True, False], ids=["on", "off"])
@pytest.mark.parametrize("asker", ASKERS)
def test_the_screen_is_one_whoever_is_asked_for_and_whatever_is_switched_on(
    asker: str, way: str, *, is_on: bool
) -> None:
    who = ASKERS[asker]
    Person.objects.filter(name=who.name).update(born_on=who.born_on)
    for sitting in Sitting.objects.all():
        switch(sitting, are_sent=is_on)
    typed = {"document_number": who.number} if way == "document" else {"name": who.name, "born_on": who.born_on}
    with frozen_at(WHILE_PRINTING):
        answer = Client().post("/find-ticket/", typed)
    assert (answer.status_code, answer.headers["location"], answer.content) == (302, "/find-ticket/sent/", b"")
    collect_messages(WHILE_PRINTING)
    rung = Message.objects.filter(kind="ticket_number", channel=Channel.SMS.value)
    assert rung.count() == (who.rings if is_on else 0)


# ---------------------------------------------------------------- how often


def test_nobodys_telephone_is_flooded_and_the_limit_tells_nothing(drawn: World) -> None:
    now = printing_opens(drawn)
    for _ in range(5):
        ask(LIN_NUMBER, now=now)
        ask(NOBODY, now=now)
    assert len(sent(now)) == 3


def test_without_the_limit_a_telephone_would_be_flooded(drawn: World) -> None:
    """The control of the test above."""
    now = printing_opens(drawn)
    with patch("jinbang.results.actions.reminder.limits.take", return_value=True):
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
