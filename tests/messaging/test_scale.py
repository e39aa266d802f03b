"""A season of twenty thousand people is collected in seconds."""

import time

import pytest

from jinbang.application.states import ApplicationEvent, ApplicationState
from jinbang.audit import actions as audit
from jinbang.kernel.actors import SYSTEM
from jinbang.messaging import actions
from jinbang.messaging.models import Message
from jinbang.payment.states import OrderEvent, OrderState
from jinbang.people.models import Person
from tests.application.world import World
from tests.cast import NOW, Cast
from tests.messaging.world import EXAM_OVER, armed_release, on_roster, release
from tests.seating.world import many_people, pay

PEOPLE = 20_000


def play(world: World, people: list[Person]) -> None:
    """Write what a season leaves in the record: four steps of each person, and a release of the whole roster."""
    applications = pay(world.region, people, employers=None, subjects=("basics",), level="level-2", placed=True)
    audit.record_many(applications, by=SYSTEM, event=ApplicationEvent.SUBMIT, at=NOW)
    audit.record_many(
        applications, by=SYSTEM, event=ApplicationEvent.APPROVE, at=NOW, from_state=ApplicationState.SUBMITTED
    )
    orders = [application.order for application in applications]
    audit.record_many(orders, by=SYSTEM, event="open", at=NOW)
    audit.record_many(orders, by=SYSTEM, event=OrderEvent.PAY, at=NOW, from_state=OrderState.OWED)
    on_roster(world, *people)
    release(armed_release(world))


@pytest.mark.soak
@pytest.mark.django_db
def test_twenty_thousand_people_are_told_of_five_steps_once(
    cast: Cast, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    play(world, many_people(PEOPLE))
    began = time.perf_counter()
    assert actions.collect_messages(EXAM_OVER, quiet=True) == 5 * PEOPLE
    with capsys.disabled():
        print(f"\n{5 * PEOPLE:,} messages collected in {time.perf_counter() - began:.1f} s")  # noqa: T201  # the figure
    assert Message.objects.count() == 5 * PEOPLE
    assert actions.collect_messages(EXAM_OVER, quiet=True) == 0
