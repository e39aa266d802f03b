"""Steps of a season for the messaging tests, through the program's own actions wherever a step is one."""

from datetime import datetime, timedelta

from jinbang.application import actions as applications
from jinbang.application.models import Application
from jinbang.audit import actions as audit
from jinbang.audit.models import StateChange
from jinbang.kernel.actors import SYSTEM
from jinbang.messaging.adapters import Outgoing, SendingFailed
from jinbang.messaging.models import Message
from jinbang.payment import actions as payments
from jinbang.payment.models import Order
from jinbang.people.models import Person
from jinbang.results.models import Release, RosterEntry
from jinbang.results.states import ReleaseEvent, ReleaseState
from tests.application.world import World, row
from tests.cast import NOW, Cast

SOON = NOW + timedelta(minutes=5)
PAID_UP = NOW + timedelta(days=3)
AFTER_PAYMENT = datetime(2026, 4, 8, 9, tzinfo=NOW.tzinfo)
EXAM_OVER = datetime(2026, 5, 23, 18, tzinfo=NOW.tzinfo)


class Recorder:
    """A sender that remembers what it carried, and refuses as often as it is told to."""

    def __init__(self, *, refusals: int = 0) -> None:
        """Begin with nothing carried."""
        self.carried: list[Outgoing] = []
        self.refusals = refusals

    def send(self, outgoing: Outgoing) -> None:
        if self.refusals:
            self.refusals -= 1
            raise SendingFailed
        self.carried.append(outgoing)


def kinds_of(person: Person) -> list[str]:
    return list(Message.objects.filter(person=person).order_by("change_id").values_list("kind", flat=True))


def entered(world: World, person: Person, *, now: datetime = NOW) -> Application:
    (application,) = applications.enter_applications([row(person.pk, world)], by=SYSTEM, now=now)
    return application


def approved(world: World, cast: Cast, person: Person) -> Application:
    application = entered(world, person)
    return applications.approve_application(application_id=application.pk, version=1, by=cast.zhou.staff, now=SOON)


def owing(world: World, cast: Cast, person: Person) -> Order:
    application = approved(world, cast, person)
    payments.open_orders(now=SOON)
    return Order.objects.get(application=application)


def paid(world: World, cast: Cast, person: Person) -> Order:
    order = owing(world, cast, person)
    return payments.take_counter_payment(
        order_number=order.number,
        reference=f"R{order.number[-6:]}",
        amount_fen=order.amount_fen,
        by=cast.gu.staff,
        read_clock=lambda: PAID_UP,
    )


def on_roster(world: World, *people: Person) -> list[RosterEntry]:
    return RosterEntry.objects.bulk_create(
        RosterEntry(
            sitting=world.sitting,
            region=world.region,
            person=person,
            ticket_number=f"T{number:05d}",
            level_code="level-2",
            track_code="full",
            subject_codes=["basics"],
        )
        for number, person in enumerate(people, start=RosterEntry.objects.count())
    )


def armed_release(world: World) -> Release:
    armed = Release.objects.create(code="sx-2026", region=world.region, opens_at=EXAM_OVER)
    for state in ReleaseState.VALIDATED, ReleaseState.SEALED, ReleaseState.APPROVED, ReleaseState.ARMED:
        armed.state = state.value
        armed.save()
    return armed


def release(armed: Release, *, now: datetime = EXAM_OVER) -> StateChange:
    """Record what `release_results` records at the instant; the two signatures before it are another phase's tests."""
    armed.state = ReleaseState.RELEASED.value
    armed.save()
    return audit.record(armed, by=SYSTEM, event=ReleaseEvent.RELEASE, at=now, from_state=ReleaseState.ARMED)
