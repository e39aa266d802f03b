"""Commit, prepare, draw, publish, print: what each does, and what it refuses."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db.models import Count

from jinbang.audit.errors import WorkUnderWay
from jinbang.audit.models import LongWork, StateChange
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.clock import SHANGHAI
from jinbang.kernel.errors import IllegalTransition
from jinbang.people.queries import Staff
from jinbang.seating import actions, numbers, queries, rules
from jinbang.seating.actions import draw as drawing
from jinbang.seating.arrangement import Desks, Examinee, Rules, TailPolicy, commitment
from jinbang.seating.errors import (
    BadSeed,
    DrawUnderWay,
    ExaminationNotOver,
    NobodyToSeat,
    PaymentStillOpen,
    PlacesTooFew,
    PlanNotFound,
    RoomsTooFew,
    SeedAlreadyCommitted,
    SiteWithoutRooms,
    TicketNotFound,
)
from jinbang.seating.models import AdmissionTicket, Room, Seat, SeatPlan
from jinbang.seating.rules import Drawing
from jinbang.seating.states import PlanState
from jinbang.sittings.errors import RegionNotFound, WindowClosed
from jinbang.sittings.models import Site
from jinbang.sittings.states import SitePolicy
from tests.cast import Cast
from tests.seating.world import (
    AFTER_EXAM,
    AFTER_PAYMENT,
    AFTER_PRINTING,
    BEFORE_PRINTING,
    SEED,
    WHILE_PRINTING,
    World,
    build_world,
    many_people,
)

pytestmark = pytest.mark.django_db


def commit(world: World, **more: Any) -> SeatPlan:  # noqa: ANN401  # what a test varies
    return actions.commit_seed(region_id=world.region.pk, by=SYSTEM, now=AFTER_PAYMENT, **{"seed": SEED, **more})


def prepare(world: World) -> int:
    return actions.prepare_all_rooms(region_id=world.region.pk, by=SYSTEM, now=AFTER_PAYMENT)


def draw(world: World, now: datetime = AFTER_PAYMENT) -> SeatPlan:
    return actions.draw_seats(region_id=world.region.pk, by=SYSTEM, now=now)


# ---------------------------------------------------------------- the seed


def test_the_hash_of_a_seed_is_kept_and_a_second_commitment_refused(world: World) -> None:
    plan = actions.commit_seed(region_id=world.region.pk, by=SYSTEM, now=AFTER_PAYMENT)
    assert plan.seed_commitment == commitment(plan.seed)
    assert plan.state == PlanState.COMMITTED
    with pytest.raises(SeedAlreadyCommitted):
        commit(world)
    assert SeatPlan.objects.get().seed == plan.seed


@pytest.mark.parametrize("seed", ["ab", "zz" * 32, "AB" * 32, "5e" * 33])
def test_a_seed_that_is_none_is_refused(world: World, seed: str) -> None:
    with pytest.raises(BadSeed):
        commit(world, seed=seed)


def test_an_officer_of_another_province_finds_no_such_region(world: World, cast: Cast) -> None:
    for nobody in (cast.wu.staff, cast.zheng.staff, cast.chen.staff):
        with pytest.raises(RegionNotFound):
            actions.commit_seed(region_id=world.region.pk, by=nobody, now=AFTER_PAYMENT)


# ---------------------------------------------------------------- rooms


def test_rooms_follow_the_capacity_and_preparing_again_adds_none(world: World) -> None:
    assert (
        prepare(world) == 26
    )  # two sites of 300 places; three rooms more for the tails of the afternoon's four papers
    assert prepare(world) == 0
    assert {(room.rows, room.columns) for room in Room.objects.all()} == {(6, 5)}


def test_a_site_gets_one_room_more_for_each_paper_beside_another(cast: Cast) -> None:
    world = build_world(cast.shanxi, many_people(4), capacities=(60,), together=True)
    assert prepare(world) == 2 + 4  # one paper of the basics and four of the practice at one time


def test_more_rooms_can_be_asked_for(world: World) -> None:
    site = Site.objects.filter(region=world.region).earliest("code")
    assert actions.prepare_rooms(site_id=site.pk, by=SYSTEM, now=AFTER_PAYMENT, rooms=12) == 12
    assert queries.rooms_of(site).count() == 12


# ---------------------------------------------------------------- the draw


def test_everybody_who_paid_gets_one_number_and_a_seat_in_every_session(drawn: World) -> None:
    tickets = AdmissionTicket.objects.filter(region=drawn.region)
    assert tickets.count() == len(drawn.applications) == len(set(tickets.values_list("number", flat=True)))
    assert all(numbers.has_default_shape(number) for number in tickets.values_list("number", flat=True))
    seats = Seat.objects.filter(plan__region=drawn.region)
    assert seats.count() == len(drawn.applications) * len(drawn.subjects)
    doubled = seats.values("session", "room", "number").annotate(people=Count("id")).filter(people__gt=1)
    assert list(doubled) == []
    assert all(seat.room.site_id == seat.ticket.site_id for seat in seats.select_related("room", "ticket"))


def test_people_sit_at_the_site_they_chose(drawn: World) -> None:
    chosen = {application.pk: application.site_id for application in drawn.applications}
    assert {t.application_id: t.site_id for t in AdmissionTicket.objects.all()} == chosen


def test_the_plan_knows_its_violations_its_minimum_and_its_digest(drawn: World) -> None:
    plan = SeatPlan.objects.get()
    assert plan.state == PlanState.DRAWN
    assert plan.violations == plan.violations_least == 0
    redone = rules.draw(queries.drawings_of(drawn.region), rules=Rules(), seed=SEED)
    assert redone.digest == plan.digest


def test_unpaid_and_withdrawn_applications_get_nothing(world: World) -> None:
    world.applications[0].order.state = "lapsed"
    world.applications[0].order.save()
    world.applications[1].state = "withdrawn"
    world.applications[1].save()
    commit(world)
    prepare(world)
    assert draw(world).ticket_count == len(world.applications) - 2
    assert not AdmissionTicket.objects.filter(application__in=world.applications[:2]).exists()


def test_each_ticket_has_its_own_row_in_the_history(drawn: World) -> None:
    issued = StateChange.objects.filter(subject_kind="seating.admissionticket", event="issue_ticket")
    assert set(issued.values_list("subject_id", flat=True)) == set(AdmissionTicket.objects.values_list("pk", flat=True))


def test_serials_run_through_rooms_and_seats(drawn: World) -> None:
    rows = AdmissionTicket.objects.order_by("number").values_list("number", "site__code")
    assert [int(number[6:12]) for number, _ in rows] == list(range(1, len(drawn.applications) + 1))
    assert [code for _, code in rows] == sorted(code for _, code in rows)


def test_regions_of_one_sitting_share_the_serials(drawn: World, cast: Cast) -> None:
    """Two cities of one province begin their numbers alike, so the second goes on where the first ended."""
    region = drawn.region
    region.pk, region._state.adding = UUID(int=7), True
    region.authority = cast.yangquan
    region.save()
    SeatPlan.objects.create(region=region, seed=SEED, seed_commitment=commitment(SEED), committed_at=AFTER_PAYMENT)
    assert queries.next_serial(region) == len(drawn.applications) + 1


def test_nobody_is_seated_before_payment_is_over(world: World) -> None:
    commit(world)
    prepare(world)
    last_moment = datetime(2026, 4, 8, tzinfo=SHANGHAI)
    with pytest.raises(PaymentStillOpen):
        draw(world, last_moment - timedelta(seconds=1))
    assert draw(world, last_moment).state == PlanState.DRAWN


def test_nobody_is_seated_without_a_commitment_rooms_or_people(world: World, cast: Cast) -> None:
    with pytest.raises(PlanNotFound):
        draw(world)
    commit(world)
    with pytest.raises(SiteWithoutRooms):
        draw(world)
    empty = build_world(cast.chongqing, [], code="empty")
    commit(empty)
    with pytest.raises(NobodyToSeat):
        draw(empty)
    assert {plan.state for plan in SeatPlan.objects.all()} == {PlanState.COMMITTED}


def test_too_few_rooms_are_refused_with_both_numbers_and_nothing_is_stored(cast: Cast) -> None:
    world = build_world(cast.shanxi, many_people(40), capacities=(60,))
    commit(world)
    site = Site.objects.get(region=world.region)
    actions.prepare_rooms(site_id=site.pk, by=SYSTEM, now=AFTER_PAYMENT, rooms=1)
    with pytest.raises(RoomsTooFew) as refusal:
        draw(world)
    assert (refusal.value.needed, refusal.value.available) == (40, 30)
    assert not AdmissionTicket.objects.exists()
    assert queries.get_plan(world.region).state == PlanState.COMMITTED


def test_sessions_at_one_time_never_share_a_room(cast: Cast) -> None:
    world = build_world(cast.shanxi, many_people(40), capacities=(60,), together=True)
    commit(world)
    prepare(world)
    actions.prepare_rooms(site_id=Site.objects.get(region=world.region).pk, by=SYSTEM, now=AFTER_PAYMENT, rooms=4)
    draw(world)
    sessions_of_room = Counter(Seat.objects.values_list("room", "session").distinct().values_list("room", flat=True))
    assert set(sessions_of_room.values()) == {1}
    assert len(sessions_of_room) == 4


def test_the_centre_places_by_capacity_and_takes_the_places(cast: Cast) -> None:
    world = build_world(cast.shanxi, many_people(50), capacities=(30, 40), policy=SitePolicy.CENTRE)
    commit(world)
    prepare(world)
    draw(world)
    assert dict(Site.objects.filter(region=world.region).values_list("code", "taken")) == {"01": 30, "02": 20}
    assert Counter(AdmissionTicket.objects.values_list("site__code", flat=True)) == {"01": 30, "02": 20}


def test_the_centre_cannot_place_more_than_there_are_places(cast: Cast) -> None:
    world = build_world(cast.shanxi, many_people(50), capacities=(30, 10), policy=SitePolicy.CENTRE)
    commit(world)
    prepare(world)
    with pytest.raises(PlacesTooFew):
        draw(world)


def test_the_same_seed_gives_the_same_plan_and_another_one_another(cast: Cast) -> None:
    digests = []
    for code, seed in (("a", SEED), ("b", SEED), ("c", "ab" * 32)):
        people = many_people(40)
        world = build_world(cast.shanxi, people, code=code, capacities=(60,))
        commit(world, seed=seed)
        prepare(world)
        draw(world)
        order = {application.pk: i for i, application in enumerate(world.applications)}
        rows = Seat.objects.filter(plan__region=world.region).values_list(
            "session__subject_code", "room__number", "number", "ticket__application_id"
        )
        digests.append(sorted((subject, room, seat, order[pk]) for subject, room, seat, pk in rows))
    assert digests[0] == digests[1] != digests[2]


def test_a_draw_happens_once(drawn: World) -> None:
    before = set(Seat.objects.values_list("pk", flat=True))
    with pytest.raises(IllegalTransition):
        draw(drawn)
    assert set(Seat.objects.values_list("pk", flat=True)) == before


def test_a_draw_that_died_shows_nothing_and_is_begun_anew_by_the_next(
    world: World, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(world)
    prepare(world)

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(drawing, "_finish", die)
        with pytest.raises(KeyboardInterrupt):
            draw(world)
    assert AdmissionTicket.objects.count() == len(world.applications)  # stored, but they do not count
    assert not queries.tickets_of(cast.lin.candidate).exists()
    assert not queries.seats_of(world.region).exists()
    assert not queries.tickets_in(world.region).exists()
    plan = draw(world, AFTER_PAYMENT + timedelta(seconds=1))
    assert plan.first_serial == 1
    assert queries.tickets_in(world.region).count() == len(world.applications)
    assert queries.seats_of(world.region).count() == 2 * len(world.applications)


def test_an_attempt_that_was_taken_over_stops(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(world)
    prepare(world)
    store = drawing._store

    def slow(plan: SeatPlan, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # handed through
        SeatPlan.objects.filter(pk=plan.pk).update(begun_at=AFTER_PAYMENT + timedelta(hours=1))
        store(plan, *args, **kwargs)

    monkeypatch.setattr(drawing, "_store", slow)
    with pytest.raises(DrawUnderWay):
        draw(world)


# ---------------------------------------------------------------- asking the worker


def ask(world: World, now: datetime = AFTER_PAYMENT) -> LongWork:
    return actions.ask_for_draw(region_id=world.region.pk, by=SYSTEM, now=now)


def test_a_draw_is_asked_for_once_at_a_time_and_nothing_is_drawn_yet(world: World) -> None:
    commit(world)
    prepare(world)
    work = ask(world)
    assert (work.done, work.total) == (0, len(world.applications))
    with pytest.raises(WorkUnderWay):
        ask(world)
    assert not AdmissionTicket.objects.exists()
    assert SeatPlan.objects.get().state == PlanState.COMMITTED


def test_what_can_be_refused_is_refused_before_anybody_waits(world: World, cast: Cast) -> None:
    closes = datetime(2026, 4, 8, tzinfo=SHANGHAI)
    with pytest.raises(PlanNotFound):
        ask(world)
    commit(world)
    with pytest.raises(PaymentStillOpen):
        ask(world, closes - timedelta(seconds=1))
    with pytest.raises(SiteWithoutRooms):
        ask(world, closes)
    prepare(world)
    with pytest.raises(RegionNotFound):
        actions.ask_for_draw(region_id=world.region.pk, by=cast.zheng.staff, now=closes)
    assert not LongWork.objects.exists()
    draw(world)
    with pytest.raises(IllegalTransition):
        ask(world)
    assert not LongWork.objects.exists()


# ---------------------------------------------------------------- publication


def test_the_seed_is_public_only_after_the_last_session(drawn: World) -> None:
    end = datetime(2026, 6, 6, 17, 0, tzinfo=SHANGHAI)
    with pytest.raises(ExaminationNotOver):
        actions.publish_plan(region_id=drawn.region.pk, by=SYSTEM, now=end - timedelta(seconds=1))
    with pytest.raises(PlanNotFound):
        queries.published_draw(drawn.sitting.code, "14")
    plan = actions.publish_plan(region_id=drawn.region.pk, by=SYSTEM, now=end)
    assert plan.state == PlanState.PUBLISHED


def test_anyone_can_redo_the_draw_from_the_published_file(drawn: World) -> None:
    actions.publish_plan(region_id=drawn.region.pk, by=SYSTEM, now=AFTER_EXAM)
    file: Any = queries.published_draw(drawn.sitting.code, "14")
    assert commitment(file["seed"]) == file["seed_commitment"]
    drawings = [
        Drawing(
            group["label"],
            tuple(Desks(*room) for room in group["rooms"]),
            tuple(Examinee(*somebody) for somebody in group["people"]),
        )
        for group in file["groups"]
    ]
    room_rules = Rules(seats_per_room=file["seats_per_room"], tail=TailPolicy(file["tail_policy"]))
    redone = rules.draw(drawings, rules=room_rules, seed=file["seed"])
    assert redone.digest == file["digest"]
    assert redone.violations == file["violations"] == file["violations_least"]
    assert rules.draw(drawings, rules=room_rules, seed="00" * 32).digest != file["digest"]
    assert "单位" not in str(file)


# ---------------------------------------------------------------- printing


def test_a_ticket_is_printed_again_at_will_within_its_window_and_the_first_time_is_kept(
    drawn: World, cast: Cast
) -> None:
    ticket = queries.tickets_of(cast.lin.candidate).get()
    later = WHILE_PRINTING + timedelta(days=2)
    for now in (WHILE_PRINTING, later):
        contents = actions.print_ticket(ticket_id=ticket.pk, by=cast.lin.candidate, now=now)
        assert contents.ticket.number == ticket.number
    ticket.refresh_from_db()
    assert ticket.first_printed_at == WHILE_PRINTING
    assert StateChange.objects.filter(subject_id=ticket.pk, event="print_ticket").count() == 1


@pytest.mark.parametrize("now", [BEFORE_PRINTING, AFTER_PRINTING])
def test_a_ticket_is_not_printed_outside_its_window(drawn: World, cast: Cast, now: datetime) -> None:
    ticket = queries.tickets_of(cast.lin.candidate).get()
    with pytest.raises(WindowClosed):
        actions.print_ticket(ticket_id=ticket.pk, by=cast.lin.candidate, now=now)
    with pytest.raises(WindowClosed):
        actions.print_ticket_at_counter(ticket_id=ticket.pk, by=cast.feng.staff, now=now)
    ticket.refresh_from_db()
    assert ticket.first_printed_at is None


def test_anothers_ticket_does_not_exist(drawn: World, cast: Cast) -> None:
    ticket = queries.tickets_of(cast.lin.candidate).get()
    for stranger in (cast.zhao.candidate, cast.sun.candidate):
        with pytest.raises(TicketNotFound):
            actions.print_ticket(ticket_id=ticket.pk, by=stranger, now=WHILE_PRINTING)


@pytest.mark.parametrize("name", ["wu", "zheng", "chen"])
def test_the_counter_prints_only_for_its_own_region(drawn: World, cast: Cast, name: str) -> None:
    ticket = queries.tickets_of(cast.lin.candidate).get()
    staff: Staff = getattr(cast, name).staff
    with pytest.raises(TicketNotFound):
        actions.print_ticket_at_counter(ticket_id=ticket.pk, by=staff, now=WHILE_PRINTING)
    assert actions.print_ticket_at_counter(ticket_id=ticket.pk, by=cast.feng.staff, now=WHILE_PRINTING).level
