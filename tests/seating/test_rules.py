"""The rules of the draw at their boundaries."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from jinbang.seating import rules
from jinbang.seating.arrangement import Desks, Examinee, Rules
from jinbang.seating.errors import (
    ExaminationNotOver,
    PaymentStillOpen,
    PlacesTooFew,
    RoomsTooFew,
    SessionMissing,
)
from jinbang.seating.rules import Drawing, Group, SitePlaces, Sitter, Timetabled
from jinbang.seating.states import PlanState

T = datetime(2026, 6, 6, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def session(subject: str, start: int, end: int, *, by_specialty: bool = False) -> Timetabled:
    return Timetabled(f"id-{subject}", "L", subject, T + start * HOUR, T + end * HOUR, by_specialty)


def group(subject: Timetabled, count: int) -> Group:
    return Group("01", subject, "", tuple(sitter(f"{i:03d}", subject.subject) for i in range(count)))


def sitter(name: str, *subjects: str, specialty: str = "", site: str = "01") -> Sitter:
    return Sitter(name, "", "L", specialty, subjects, site)


def numbers(found: tuple[Desks, ...]) -> list[int]:
    return [room.number for room in found]


def test_sessions_that_touch_may_share_rooms_and_those_that_overlap_may_not() -> None:
    rooms = [Desks(i) for i in range(1, 6)]
    first, touching, overlapping = session("a", 0, 2), session("b", 2, 4), session("c", 1, 3)
    groups = [group(first, 40), group(touching, 40), group(overlapping, 31)]
    allotted = rules.allot_rooms(groups, rooms=rooms, rules=Rules(), site_name="x")
    assert numbers(allotted["01|L|a|"]) == [1, 2]
    assert numbers(allotted["01|L|c|"]) == [3, 4]
    assert numbers(allotted["01|L|b|"]) == [1, 2]


def test_rooms_that_are_all_taken_are_refused() -> None:
    groups = [group(session("a", 0, 2), 30), group(session("b", 1, 3), 1)]
    with pytest.raises(RoomsTooFew) as refusal:
        rules.allot_rooms(groups, rooms=[Desks(1)], rules=Rules(), site_name="x")
    assert (refusal.value.needed, refusal.value.available) == (1, 0)


def test_specialties_sit_apart_only_where_their_papers_differ() -> None:
    timetable = [session("common", 0, 2), session("own", 3, 5, by_specialty=True)]
    sitters = [sitter(str(i), "common", "own", specialty=code) for i, code in enumerate(("civil", "water", "civil"))]
    found = {one.label: len(one.sitters) for one in rules.groups_of(sitters, timetable=timetable)}
    assert found == {"01|L|common|": 3, "01|L|own|civil": 2, "01|L|own|water": 1}


def test_a_subject_without_a_session_is_refused() -> None:
    with pytest.raises(SessionMissing):
        rules.groups_of([sitter("1", "absent")], timetable=[session("common", 0, 2)])


def test_the_centre_fills_sites_in_order_whatever_the_order_of_input() -> None:
    ids = [f"{i:03d}" for i in range(50)]
    sites = [SitePlaces("b", 100), SitePlaces("a", 30)]
    placed = rules.place_by_centre(ids, sites=sites, seed="5e" * 32)
    assert sorted(placed.values()) == ["a"] * 30 + ["b"] * 20
    assert rules.place_by_centre(ids[::-1], sites=sites[::-1], seed="5e" * 32) == placed
    assert rules.place_by_centre(ids, sites=sites, seed="00" * 32) != placed
    with pytest.raises(PlacesTooFew):
        rules.place_by_centre(ids, sites=[SitePlaces("a", 49)], seed="5e" * 32)


def test_published_employers_are_bare_numbers_and_single_ones_none() -> None:
    people = (Examinee("3", "乙"), Examinee("1", "甲"), Examinee("2", "乙"), Examinee("4", ""))
    public = rules.without_names(Drawing("x", (Desks(1),), people))
    assert public.examinees == (Examinee("1", ""), Examinee("2", "1"), Examinee("3", "1"), Examinee("4", ""))


@pytest.mark.parametrize("one, other", [("太原 某公司", "太原某公司"), ("ABC公司", "abc公司"), ("ＡＢＣ", "abc")])
def test_one_employer_typed_in_two_ways_is_one(one: str, other: str) -> None:
    assert rules.employer_key(one) == rules.employer_key(other)


@pytest.mark.parametrize("capacity, overlapping, rooms", [(1, 0, 1), (30, 1, 1), (31, 1, 2), (60, 2, 3), (400, 3, 16)])
def test_rooms_needed(capacity: int, overlapping: int, rooms: int) -> None:
    assert rules.rooms_needed(capacity=capacity, overlapping=overlapping, rules=Rules()) == rooms


def test_most_overlapping_counts_the_fullest_moment() -> None:
    assert rules.most_overlapping([]) == 0
    assert rules.most_overlapping([session("a", 0, 2), session("b", 2, 4)]) == 1
    assert rules.most_overlapping([session("a", 0, 2), session("b", 1, 4), session("c", 3, 5)]) == 2
    assert rules.most_overlapping([session("a", 0, 2), replace(session("b", 1, 4), papers=4)]) == 5


def test_times_at_their_boundaries() -> None:
    second = timedelta(seconds=1)
    with pytest.raises(PaymentStillOpen):
        rules.require_payment_over(closes=T, now=T - second)
    rules.require_payment_over(closes=T, now=T)
    rules.require_payment_over(closes=None, now=T)
    with pytest.raises(ExaminationNotOver):
        rules.require_examination_over(ends=T, now=T - second)
    rules.require_examination_over(ends=T, now=T)


@pytest.mark.parametrize("state", list(PlanState))
def test_every_state_says_whose_turn_it_is_and_seats_count_once_drawn(state: PlanState) -> None:
    assert state.whose_turn in {"seating_officer", "system", "nobody"}
    assert state.has_seats == (state in {PlanState.DRAWN, PlanState.PUBLISHED})
    assert state.is_final == (state.whose_turn == "nobody")
