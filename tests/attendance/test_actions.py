"""Room records: opened once for every room, filled from the paper, signed off, reopened with a reason."""

from datetime import datetime, timedelta

import pytest

from jinbang.attendance import actions, queries
from jinbang.attendance.actions import NotedViolation, RoomEntry
from jinbang.attendance.errors import (
    AbsentAndViolating,
    FactsMissing,
    NoSeatsDrawn,
    RecordClosed,
    RecordNotFound,
    ReopenReasonMissing,
    SeatNotInRoom,
    SessionNotBegun,
    ViolationNotFound,
)
from jinbang.attendance.models import Absence, RoomRecord, Violation
from jinbang.attendance.states import Article, RecordState
from jinbang.audit.models import StateChange
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.clock import SHANGHAI
from jinbang.kernel.errors import DomainError, IllegalTransition
from jinbang.sittings.errors import RegionNotFound
from tests.cast import Cast
from tests.seating.world import AFTER_PAYMENT, World, build_world

pytestmark = pytest.mark.django_db

STARTS = datetime(2026, 6, 6, 9, 0, tzinfo=SHANGHAI)
EVENING = datetime(2026, 6, 6, 20, 0, tzinfo=SHANGHAI)
FACTS = "09:40 将手机放在座位上，经提醒收缴，考生签字确认。"


def absent_in(record: RoomRecord) -> list[int]:
    return sorted(Absence.objects.filter(record=record).values_list("seat__number", flat=True))


def close(record: RoomRecord) -> RoomRecord:
    return actions.close_record(record_id=record.pk, by=SYSTEM, now=EVENING)


def note(record: RoomRecord, seat: int = 4, *, facts: str = FACTS, now: datetime = EVENING) -> Violation:
    return actions.note_violation(
        record_id=record.pk, seat=seat, article=Article.SUBJECT, facts=facts, by=SYSTEM, now=now
    )


# ---------------------------------------------------------------- opening


def test_every_room_and_session_gets_one_record_and_opening_again_adds_none(drawn: World, cast: Cast) -> None:
    assert actions.open_room_records(region_id=drawn.region.pk, by=cast.chen.staff, now=EVENING) == 8
    assert actions.open_room_records(region_id=drawn.region.pk, by=cast.chen.staff, now=EVENING) == 0
    assert sum(RoomRecord.objects.values_list("expected", flat=True)) == 2 * len(drawn.applications)


def test_records_are_opened_only_for_seats_in_scope(drawn: World, cast: Cast) -> None:
    for nobody in (cast.wu.staff, cast.feng.staff, cast.zheng.staff):
        with pytest.raises(RegionNotFound):
            actions.open_room_records(region_id=drawn.region.pk, by=nobody, now=EVENING)
    undrawn = build_world(cast.chongqing, [], code="cq")
    with pytest.raises(NoSeatsDrawn):
        actions.open_room_records(region_id=undrawn.region.pk, by=SYSTEM, now=EVENING)


# ---------------------------------------------------------------- absences


def test_what_is_ticked_is_absent_and_what_is_unticked_no_longer(record: RoomRecord, cast: Cast) -> None:
    actions.note_absences(record_id=record.pk, seats=[3, 7, 30], by=cast.chen.staff, now=EVENING)
    assert absent_in(record) == [3, 7, 30]
    changed = actions.note_absences(record_id=record.pk, seats=[7, 8], by=cast.chen.staff, now=EVENING)
    assert absent_in(record) == [7, 8]
    assert changed.absent == 2
    details = StateChange.objects.filter(subject_id=record.pk, event="note_absences").latest("id").details
    assert details == {"seats": [7, 8]}


def test_a_seat_that_nobody_was_to_sit_at_is_refused_and_nothing_stored(record: RoomRecord) -> None:
    with pytest.raises(SeatNotInRoom) as refusal:
        actions.note_absences(record_id=record.pk, seats=[1, 31, 99], by=SYSTEM, now=EVENING)
    assert refusal.value.seats == (31, 99)
    assert absent_in(record) == []


def test_nothing_is_noted_before_the_session_begins(record: RoomRecord) -> None:
    before = STARTS - timedelta(seconds=1)
    with pytest.raises(SessionNotBegun):
        actions.note_absences(record_id=record.pk, seats=[1], by=SYSTEM, now=before)
    with pytest.raises(SessionNotBegun):
        note(record, now=before)
    with pytest.raises(SessionNotBegun):
        actions.close_record(record_id=record.pk, by=SYSTEM, now=before)
    assert actions.note_absences(record_id=record.pk, seats=[1], by=SYSTEM, now=STARTS).absent == 1


def test_an_empty_seat_violates_nothing(record: RoomRecord) -> None:
    note(record, 4)
    with pytest.raises(AbsentAndViolating):
        actions.note_absences(record_id=record.pk, seats=[4, 5], by=SYSTEM, now=EVENING)
    actions.note_absences(record_id=record.pk, seats=[5], by=SYSTEM, now=EVENING)
    with pytest.raises(AbsentAndViolating):
        note(record, 5)


def test_a_clerk_of_elsewhere_finds_no_such_record(record: RoomRecord, cast: Cast) -> None:
    for nobody in (cast.wu.staff, cast.feng.staff, cast.zheng.staff):
        with pytest.raises(RecordNotFound):
            actions.note_absences(record_id=record.pk, seats=[1], by=nobody, now=EVENING)


# ---------------------------------------------------------------- violations


def test_a_violation_is_kept_with_its_facts_and_the_history_holds_none_of_them(record: RoomRecord) -> None:
    violation = note(record)
    assert (violation.seat.number, violation.article, violation.facts) == (4, "article_6", FACTS)
    change = StateChange.objects.get(subject_id=record.pk, event="note_violation")
    assert change.details == {"seat": 4, "article": "article_6"}
    assert "手机" not in repr(NotedViolation(4, "article_6", FACTS))


def test_a_violation_without_facts_or_at_a_strange_seat_is_refused(record: RoomRecord) -> None:
    with pytest.raises(FactsMissing):
        note(record, facts="  \n")
    with pytest.raises(SeatNotInRoom):
        note(record, 31)
    assert not Violation.objects.exists()


def test_a_violation_entered_by_mistake_is_taken_back_while_the_record_is_open(record: RoomRecord) -> None:
    violation = note(record)
    other = RoomRecord.objects.exclude(pk=record.pk).earliest("id")
    with pytest.raises(ViolationNotFound):
        actions.remove_violation(record_id=other.pk, violation_id=violation.pk, by=SYSTEM, now=EVENING)
    actions.remove_violation(record_id=record.pk, violation_id=violation.pk, by=SYSTEM, now=EVENING)
    assert not Violation.objects.exists()
    assert StateChange.objects.filter(subject_id=record.pk, event="remove_violation").exists()


# ---------------------------------------------------------------- signing off


def test_only_a_signed_record_counts(record: RoomRecord, opened: World) -> None:
    actions.note_absences(record_id=record.pk, seats=[3], by=SYSTEM, now=EVENING)
    note(record)
    assert queries.exceptions_of(opened.region) == ({}, {})
    assert close(record).state == RecordState.CLOSED
    absent, noted = queries.exceptions_of(opened.region)
    subject = record.session.subject_code
    assert list(absent.values()) == [{subject}]
    assert list(noted.values()) == [{subject}]
    assert queries.open_records_in(opened.region).count() == 7


def test_the_person_concerned_hears_of_a_violation_once_and_only_when_it_is_signed(record: RoomRecord) -> None:
    violation = note(record)
    told = StateChange.objects.filter(subject_kind="attendance.violation", subject_id=violation.pk, event="note")
    assert not told.exists()
    close(record)
    actions.reopen_record(record_id=record.pk, reason="补登缺考", by=SYSTEM, now=EVENING)
    close(record)
    assert told.count() == 1


def test_a_signed_record_changes_only_after_it_is_reopened_with_a_reason(record: RoomRecord) -> None:
    close(record)
    with pytest.raises(RecordClosed):
        actions.note_absences(record_id=record.pk, seats=[1], by=SYSTEM, now=EVENING)
    with pytest.raises(RecordClosed):
        note(record)
    with pytest.raises(IllegalTransition):
        close(record)
    with pytest.raises(ReopenReasonMissing):
        actions.reopen_record(record_id=record.pk, reason=" ", by=SYSTEM, now=EVENING)
    reopened = actions.reopen_record(record_id=record.pk, reason="漏登 1 人", by=SYSTEM, now=EVENING)
    assert (reopened.state, reopened.closed_at) == (RecordState.OPEN, None)
    assert StateChange.objects.get(subject_id=record.pk, event="reopen").reason == "漏登 1 人"
    with pytest.raises(IllegalTransition):
        actions.reopen_record(record_id=record.pk, reason="再开", by=SYSTEM, now=EVENING)


# ---------------------------------------------------------------- many at once


def test_many_records_are_entered_like_single_ones(opened: World) -> None:
    records = list(queries.records_of(opened.region, by=SYSTEM))
    noted = NotedViolation(2, "article_7", FACTS)
    entries = [
        RoomEntry(record.room_id, record.session_id, absent=[1], violations=[noted] if i == 0 else [])
        for i, record in enumerate(records)
    ]
    assert actions.enter_room_records(entries, by=SYSTEM, now=EVENING) == len(records)
    assert {record.state for record in RoomRecord.objects.all()} == {RecordState.CLOSED}
    assert Absence.objects.count() == len(records)
    assert Violation.objects.get().article == "article_7"
    assert StateChange.objects.filter(subject_kind="attendance.violation", event="note").count() == 1
    absent, _noted = queries.exceptions_of(opened.region)
    assert sum(len(subjects) for subjects in absent.values()) == len(records)


def test_a_bad_entry_among_many_is_refused_and_nothing_of_its_batch_stored(opened: World) -> None:
    records = list(queries.records_of(opened.region, by=SYSTEM))
    bad: dict[type[DomainError], RoomEntry] = {
        SeatNotInRoom: RoomEntry(records[1].room_id, records[1].session_id, absent=[31]),
        AbsentAndViolating: RoomEntry(
            records[1].room_id, records[1].session_id, absent=[1], violations=[NotedViolation(1, "article_6", FACTS)]
        ),
        RecordNotFound: RoomEntry(records[1].session_id, records[1].room_id),
    }
    good = RoomEntry(records[0].room_id, records[0].session_id, absent=[1])
    for refusal, entry in bad.items():
        with pytest.raises(refusal):
            actions.enter_room_records([good, entry], by=SYSTEM, now=EVENING)
    with pytest.raises(SessionNotBegun):
        actions.enter_room_records([good], by=SYSTEM, now=AFTER_PAYMENT)
    assert not Absence.objects.exists()
    actions.enter_room_records([good], by=SYSTEM, now=EVENING)
    with pytest.raises(RecordClosed):
        actions.enter_room_records([good], by=SYSTEM, now=EVENING)


def test_many_records_of_elsewhere_are_not_found(opened: World, cast: Cast) -> None:
    record = RoomRecord.objects.earliest("id")
    entry = RoomEntry(record.room_id, record.session_id)
    for nobody in (cast.wu.staff, cast.feng.staff):
        with pytest.raises(RecordNotFound):
            actions.enter_room_records([entry], by=nobody, now=EVENING)
    assert actions.enter_room_records([entry], by=cast.chen.staff, now=EVENING) == 1
