"""Marks against room records, full marks and last year; and a noted violation that stops a plain mark from counting."""

from datetime import date

import pytest

from jinbang.attendance.models import Absence, RoomRecord, Violation
from jinbang.attendance.states import Article, RecordState
from jinbang.kernel.actors import SYSTEM
from jinbang.results import basis, crosschecks
from jinbang.results.actions import marks, roster
from jinbang.results.errors import MarksFileFaulty, ViolationUndecided
from jinbang.results.marks_file import FaultKind
from jinbang.results.models import RosterEntry
from jinbang.results.screens.crosschecks import cross_check_screen
from jinbang.seating import actions as seating
from jinbang.seating.models import Seat
from jinbang.sittings.models import ExamRegion
from tests.cast import NOW, Cast
from tests.insert_only import laid_open
from tests.results.world import World, bring_in, enrol, many_people, new_world, paper_totals, stage
from tests.seating.world import AFTER_PAYMENT, SEED, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def seated(cast: Cast) -> World:
    """Return a region of eight with seats and signed records in which everybody came, all on the roster."""
    seats = build_world(cast.shanxi, [cast.lin.bound, cast.zhao.bound, *many_people(6)])
    seating.commit_seed(region_id=seats.region.pk, by=SYSTEM, now=AFTER_PAYMENT, seed=SEED)
    seating.prepare_all_rooms(region_id=seats.region.pk, by=SYSTEM, now=AFTER_PAYMENT)
    seating.draw_seats(region_id=seats.region.pk, by=SYSTEM, now=AFTER_PAYMENT)
    roster.draw_up_roster(region=seats.region, by=cast.chu.staff, now=NOW)
    for room, session in set(Seat.objects.values_list("room", "session")):
        RoomRecord.objects.create(room_id=room, session_id=session, expected=30, state=RecordState.CLOSED.value)
    entries = list(RosterEntry.objects.select_related("person").order_by("ticket_number"))
    region = ExamRegion.objects.select_related("authority", "sitting__programme_version").get(pk=seats.region.pk)
    return World(cast, region, entries)


def seat_of(world: World, subject: str, position: int = 0) -> Seat:
    ticket = world.entries[position].ticket_number
    return Seat.objects.get(ticket__number=ticket, session__subject_code=subject)


def record_of(seat: Seat) -> RoomRecord:
    return RoomRecord.objects.get(room=seat.room_id, session=seat.session_id)


def note(world: World, article: Article, *, position: int = 0) -> None:
    seat = seat_of(world, "basics", position)
    Violation.objects.create(record=record_of(seat), seat=seat, article=article.value, facts="夹带", noted_at=NOW)


def test_marks_that_agree_with_everything_are_clean(seated: World) -> None:
    bring_in(seated)
    assert crosschecks.open_conflicts(seated.region) == 0
    assert cross_check_screen(seated.region).is_clean


def test_who_came_and_has_no_mark_is_found_and_who_stayed_away_is_not(seated: World) -> None:
    seat = seat_of(seated, "practice", 1)
    Absence.objects.create(record=record_of(seat), seat=seat, noted_at=NOW)
    found = crosschecks.cross_checks(seated.region).attended_without_mark
    assert found.count == 15
    assert (seated.entries[1].ticket_number, "practice") not in {
        (row.ticket_number, row.subject_code) for row in found.rows
    }


def test_a_mark_of_somebody_who_stayed_away_is_found(seated: World) -> None:
    bring_in(seated)
    seat = seat_of(seated, "practice", 1)
    Absence.objects.create(record=record_of(seat), seat=seat, noted_at=NOW)
    found = crosschecks.cross_checks(seated.region).marked_without_attending
    assert [(row.ticket_number, row.subject_code) for row in found.rows] == [
        (seated.entries[1].ticket_number, "practice")
    ]


def test_a_mark_above_the_full_marks_is_found_although_no_file_lets_one_in(seated: World) -> None:
    bring_in(seated)
    with laid_open():
        seated.entries[0].marks.filter(subject_code="basics").update(mark_hundredths=10_001)
    assert crosschecks.cross_checks(seated.region).above_full_marks.count == 1


@pytest.mark.parametrize("article,subjects", [(Article.SUBJECT, {"basics"}), (Article.SITTING, {"basics", "practice"})])
def test_a_file_with_a_plain_mark_beside_a_violation_is_refused_by_the_subjects_of_its_article(
    seated: World, article: Article, subjects: set[str]
) -> None:
    note(seated, article)
    with pytest.raises(MarksFileFaulty) as refusal:
        stage(seated)
    assert {(fault.column, fault.kind) for fault in refusal.value.read.faults} == {
        (subject, FaultKind.VIOLATION_BUT_SCORED) for subject in subjects
    }
    given = {seated.entries[0].ticket_number: dict.fromkeys(("basics", "practice"), "待核查")}
    assert bring_in(seated, given).state == "valid"


def test_a_violation_noted_after_staging_stops_the_file_from_counting(seated: World, cast: Cast) -> None:
    batch = stage(seated)
    note(seated, Article.SUBJECT)
    with pytest.raises(ViolationUndecided) as refusal:
        marks.validate_batch(batch_id=batch.pk, totals=paper_totals(seated, {}), by=cast.wei.staff, now=NOW)
    assert refusal.value.fields == {"count": 1}
    assert basis.current_marks(seated.region) == {}


def test_the_twin_without_the_look_at_violations_it_counts(
    seated: World, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = stage(seated)
    note(seated, Article.SUBJECT)
    monkeypatch.setattr(marks, "violations_with_a_mark", lambda _batch: 0)
    marks.validate_batch(batch_id=batch.pk, totals=paper_totals(seated, {}), by=cast.wei.staff, now=NOW)
    assert len(basis.current_marks(seated.region)) == 8


def test_a_violation_noted_after_the_marks_count_is_an_open_conflict_until_a_new_version(seated: World) -> None:
    bring_in(seated)
    note(seated, Article.SUBJECT)
    assert crosschecks.cross_checks(seated.region).undecided.count == 1
    given = {seated.entries[0].ticket_number: {"basics": "违纪"}}
    bring_in(seated, given)
    assert crosschecks.open_conflicts(seated.region) == 0


def test_marks_are_spread_over_tenths_beside_the_last_sitting(cast: Cast) -> None:
    people = many_people(4)
    before, now = new_world(cast, year=2025), new_world(cast, year=2026)
    for world in (before, now):
        enrol(world, people)
    bring_in(before, {"T00001": {"basics": "100"}})
    bring_in(now, {"T00001": {"basics": "0"}, "T00002": {"basics": "缺考"}})
    found = {one.subject_code: one for one in crosschecks.distributions(now.region)}
    assert found["basics"].bands == (1, 0, 0, 0, 0, 0, 2, 0, 0, 0)
    assert found["basics"].earlier_bands == (0, 0, 0, 0, 0, 0, 3, 0, 0, 1)
    assert (found["basics"].mean_hundredths, found["basics"].earlier_mean_hundredths) == (4000, 7000)
    assert before.region.sitting.first_day < date(2026, 1, 1)
