"""Each step is told once to the person it concerns, by the way that person can be reached, and sent once."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from jinbang.application import actions as applications
from jinbang.attendance import actions as attendance
from jinbang.attendance.models import RoomRecord
from jinbang.attendance.states import Article
from jinbang.audit import actions as audit
from jinbang.audit.models import StateChange
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.identity import DocumentKind, make_resident_id
from jinbang.messaging import actions, queries, rules
from jinbang.messaging.adapters import Outgoing
from jinbang.messaging.models import Broadcast, Message
from jinbang.messaging.states import Channel, MessageKind, MessageState
from jinbang.payment import actions as payments
from jinbang.people.actions import register_person
from jinbang.people.models import Person
from jinbang.people.queries import Candidate
from jinbang.results.models import Outcome
from jinbang.results.states import ReleaseEvent
from jinbang.seating import actions as seating
from jinbang.seating.models import AdmissionTicket
from jinbang.sittings import workdays
from jinbang.sittings.models import Workday
from jinbang.sittings.rules import last_day_of
from tests.application.world import AFTER_REVIEW, World, row, small_trial, submitted
from tests.cast import NOW, Cast
from tests.messaging.world import (
    AFTER_PAYMENT,
    EXAM_OVER,
    SOON,
    Recorder,
    armed_release,
    entered,
    kinds_of,
    on_roster,
    owing,
    paid,
    release,
)
from tests.seating.world import many_people

pytestmark = pytest.mark.django_db


def letter_about(person: Person, kind: MessageKind) -> queries.Letter:
    (message,) = Message.objects.filter(person=person, kind=kind.value).select_related("change")
    return queries.letters_of([message])[0]


# ---------------------------------------------------------------- deadlines that may still move
def test_a_deadline_in_working_days_of_a_year_not_announced_yet_is_told_as_provisional(
    cast: Cast, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = submitted(cast.lin.candidate, site=world.first)
    actions.collect_messages(SOON)
    settled = letter_about(cast.lin.bound, MessageKind.SUBMITTED)
    assert "暂定" not in settled.short + settled.full
    monkeypatch.setattr(workdays, "ANNOUNCED_YEARS", frozenset({2025}))
    told = letter_about(cast.lin.bound, MessageKind.SUBMITTED)
    assert "24:00（暂定）前完成" in told.short
    assert "24:00（暂定）前完成" in told.full
    assert application.review_due_at is not None
    Workday.objects.create(day=last_day_of(application.review_due_at), is_working=True)
    assert letter_about(cast.lin.bound, MessageKind.SUBMITTED) == settled


def test_a_hundred_provisional_deadlines_of_one_day_are_one_question(
    cast: Cast, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workdays, "ANNOUNCED_YEARS", frozenset({2025}))
    people = [entered(world, person).person for person in many_people(10)]
    actions.collect_messages(SOON)
    messages = list(Message.objects.filter(person__in=people).select_related("change"))
    with CaptureQueriesContext(connection) as asked:
        queries.letters_of(messages)
    assert sum("sittings_workday" in one["sql"] for one in asked) == 1


# ---------------------------------------------------------------- each step, once
def test_each_step_from_submission_to_payment_is_told_exactly_once(cast: Cast, world: World) -> None:
    application = submitted(cast.lin.candidate, site=world.first)
    applications.return_application(
        application_id=application.pk, version=1, reason="照片不清晰。", by=cast.zhou.staff, now=SOON
    )
    actions.collect_messages(SOON)
    assert kinds_of(cast.lin.bound) == ["submitted", "returned"]
    order = paid(world, cast, cast.zhao.bound)
    actions.collect_messages(order.paid_at or NOW)
    assert kinds_of(cast.zhao.bound) == ["submitted", "approved", "fee_due", "paid"]
    assert kinds_of(cast.lin.bound) == ["submitted", "returned"]


def test_the_fee_is_told_with_its_sum_and_its_last_moment(cast: Cast, world: World) -> None:
    owing(world, cast, cast.lin.bound)
    actions.collect_messages(SOON)
    said = letter_about(cast.lin.bound, MessageKind.FEE_DUE).short
    assert "¥130.00" in said
    assert "4月7日24:00" in said


def test_a_return_says_why_and_until_when(cast: Cast, world: World) -> None:
    application = submitted(cast.lin.candidate, site=world.first)
    applications.return_application(
        application_id=application.pk, version=1, reason="工作单位请填写全称。", by=cast.zhou.staff, now=SOON
    )
    actions.collect_messages(SOON)
    letter = letter_about(cast.lin.bound, MessageKind.RETURNED)
    assert "工作单位请填写全称。" in letter.full
    assert "3月27日24:00" in letter.full  # reviewing goes on a week longer than applying
    assert letter.application_id == application.pk


def test_a_refusal_a_withdrawal_and_both_ways_of_lapsing_are_told(cast: Cast, world: World) -> None:
    refused = entered(world, cast.lin.bound)
    applications.propose_refusal(
        application_id=refused.pk, version=1, reason="学历不符合报考条件。", by=cast.zhou.staff, now=SOON
    )
    applications.confirm_refusal(application_id=refused.pk, version=1, by=cast.bai.staff, now=SOON)
    returned = submitted(cast.zhao.candidate, site=world.first)
    applications.return_application(
        application_id=returned.pk, version=1, reason="照片不清晰。", by=cast.zhou.staff, now=SOON
    )
    assert applications.lapse_returned_applications(now=AFTER_REVIEW) == 1
    unpaid, left = many_people(2)
    owing(world, cast, unpaid)
    assert payments.lapse_orders(now=AFTER_PAYMENT) == 1
    withdrawn = entered(world, left)
    applications.withdraw_application(
        application_id=withdrawn.pk,
        by=Candidate(account_id=cast.lin.account.pk, person_id=left.pk),
        now=SOON,
    )
    actions.collect_messages(AFTER_PAYMENT)
    assert kinds_of(cast.lin.bound) == ["submitted", "refused"]
    assert kinds_of(cast.zhao.bound) == ["submitted", "returned", "lapsed_uncorrected"]
    assert kinds_of(unpaid) == ["submitted", "approved", "fee_due", "lapsed_unpaid"]
    assert kinds_of(left) == ["submitted", "withdrawn"]


def test_a_change_of_photo_is_told_whichever_way_it_is_decided(cast: Cast, world: World) -> None:
    by, reviewer = cast.lin.candidate, cast.zhou.staff
    application = submitted(by, site=world.first)
    applications.approve_application(application_id=application.pk, version=1, by=reviewer, now=NOW)

    def propose() -> UUID:
        photo = applications.keep_trial(application_id=application.pk, trial=small_trial(), by=by, now=SOON)
        return applications.accept_photo(photo_id=photo.pk, reason="发型变了", by=by, now=SOON).pk

    applications.reject_photo(photo_id=propose(), reason="背景不是白色。", by=reviewer, now=SOON)
    applications.approve_photo(photo_id=propose(), by=reviewer, now=SOON)
    actions.collect_messages(SOON)
    assert kinds_of(cast.lin.bound) == ["submitted", "approved", "photo_rejected", "photo_approved"]
    rejected = letter_about(cast.lin.bound, MessageKind.PHOTO_REJECTED)
    assert "背景不是白色。" in rejected.full
    assert "背景" not in rejected.short


@pytest.fixture
def seated(cast: Cast, world: World) -> World:
    """Let 林 and 赵 pay, draw the seats and open the room records."""
    for person in (cast.lin.bound, cast.zhao.bound):
        paid(world, cast, person)
    by = cast.feng.staff
    seating.commit_seed(region_id=world.region.pk, by=by, now=AFTER_PAYMENT)
    seating.prepare_all_rooms(region_id=world.region.pk, by=by, now=AFTER_PAYMENT)
    seating.draw_seats(region_id=world.region.pk, by=by, now=AFTER_PAYMENT)
    attendance.open_room_records(region_id=world.region.pk, by=cast.chen.staff, now=EXAM_OVER)
    return world


def test_the_ticket_is_told_with_the_days_of_printing_and_who_answers_for_missing_them(
    cast: Cast, seated: World
) -> None:
    actions.collect_messages(AFTER_PAYMENT)
    letter = letter_about(cast.lin.bound, MessageKind.TICKET_READY)
    assert "5月8日00:00至5月19日24:00" in letter.short
    assert "责任由本人承担" in letter.full
    assert AdmissionTicket.objects.count() == Message.objects.filter(kind="ticket_ready").count() == 2
    assert AdmissionTicket.objects.get(application__person=cast.lin.bound).number not in letter.full


def test_a_violation_is_told_when_its_record_is_signed_and_to_nobody_else_in_the_room(
    cast: Cast, seated: World
) -> None:
    record = RoomRecord.objects.order_by("session__starts").first()
    assert record is not None
    seat = AdmissionTicket.objects.get(application__person=cast.lin.bound).seats.get(session=record.session)
    by = cast.chen.staff
    attendance.note_violation(
        record_id=record.pk, seat=seat.number, article=Article.SUBJECT, facts="开考后使用手机", by=by, now=EXAM_OVER
    )
    actions.collect_messages(EXAM_OVER)
    assert "violation_noted" not in kinds_of(cast.lin.bound)
    attendance.close_record(record_id=record.pk, by=by, now=EXAM_OVER)
    actions.collect_messages(EXAM_OVER)
    assert kinds_of(cast.lin.bound).count("violation_noted") == 1
    assert "violation_noted" not in kinds_of(cast.zhao.bound)
    attendance.reopen_record(record_id=record.pk, reason="漏记缺考", by=by, now=EXAM_OVER)
    attendance.close_record(record_id=record.pk, by=by, now=EXAM_OVER)
    assert actions.collect_messages(EXAM_OVER) == 0
    letter = letter_about(cast.lin.bound, MessageKind.VIOLATION_NOTED)
    assert "手机" not in letter.short + letter.full
    assert "违纪" not in letter.short


def test_collecting_twice_tells_nobody_twice(cast: Cast, world: World) -> None:
    paid(world, cast, cast.lin.bound)
    armed = armed_release(world)
    on_roster(world, cast.lin.bound, cast.zhao.bound)
    release(armed)
    first = actions.collect_messages(EXAM_OVER)
    assert first == Message.objects.count() == 6
    assert actions.collect_messages(EXAM_OVER) == 0
    assert Message.objects.count() == 6


# ---------------------------------------------------------------- results
def test_before_the_instant_nobody_is_told_anything_and_at_it_everybody_on_the_roster_is(
    cast: Cast, world: World
) -> None:
    people = [cast.lin.bound, cast.zhao.bound, *many_people(3)]
    on_roster(world, *people)
    armed = armed_release(world)
    for event in (ReleaseEvent.VALIDATE, ReleaseEvent.SEAL, "sign", ReleaseEvent.APPROVE, ReleaseEvent.ARM):
        audit.record(armed, by=SYSTEM, event=event, at=EXAM_OVER)
    assert actions.collect_messages(EXAM_OVER) == 0
    release(armed)
    assert actions.collect_messages(EXAM_OVER) == 5
    assert {message.person_id for message in Message.objects.all()} == {person.pk for person in people}
    assert set(Message.objects.values_list("kind", flat=True)) == {"results_open"}


def test_a_message_about_results_holds_neither_mark_nor_verdict(cast: Cast, world: World) -> None:
    (entry,) = on_roster(world, cast.lin.bound)
    Outcome.objects.create(
        entry=entry, overall="passed", subjects=[{"code": "basics", "mark_hundredths": 8650}], computed_at=NOW
    )
    release(armed_release(world))
    actions.collect_messages(EXAM_OVER)
    letter = letter_about(cast.lin.bound, MessageKind.RESULTS_OPEN)
    for said in (letter.short, letter.full):
        assert world.sitting.name in said
        assert "86" not in said
        assert "合格" not in said
        assert entry.ticket_number not in said


def test_a_second_generation_is_told_as_an_update(cast: Cast, world: World) -> None:
    on_roster(world, cast.lin.bound)
    armed = armed_release(world)
    release(armed)
    actions.collect_messages(EXAM_OVER)
    release(armed, now=EXAM_OVER + timedelta(days=1))
    actions.collect_messages(EXAM_OVER + timedelta(days=1))
    assert kinds_of(cast.lin.bound) == ["results_open", "results_updated"]


def test_telling_a_roster_goes_on_where_it_was_broken_off(
    cast: Cast, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "AT_ONCE", 2)
    on_roster(world, cast.lin.bound, cast.zhao.bound, *many_people(3))
    release(armed_release(world))
    read = queries.roster_of
    readings: list[UUID | None] = []

    def breaks_off(change: StateChange, *, after: UUID | None, limit: int) -> list[tuple[UUID, queries.Addressee]]:
        readings.append(after)
        if len(readings) == 2:
            raise ConnectionError
        return read(change, after=after, limit=limit)

    monkeypatch.setattr(queries, "roster_of", breaks_off)
    with pytest.raises(ConnectionError):
        actions.collect_messages(EXAM_OVER)
    assert Message.objects.count() == 2
    assert actions.collect_messages(EXAM_OVER) == 3
    assert Message.objects.values("person").distinct().count() == 5
    assert Broadcast.objects.get().finished_at == EXAM_OVER
    assert readings.count(None) == 1  # the first two were not read again


# ---------------------------------------------------------------- whom and how
def test_a_person_without_an_account_is_told_by_text_message(cast: Cast, world: World) -> None:
    stranger = register_person(
        name="欧阳一帆",
        kind=DocumentKind.RESIDENT_ID,
        number=make_resident_id("140105", NOW.date().replace(year=1990), 7),
        phone="13600136000",
        by=SYSTEM,
        now=NOW,
    )
    entered(world, stranger)
    actions.collect_messages(NOW)
    message = Message.objects.get(person=stranger)
    assert (message.channel, message.state) == (Channel.SMS, MessageState.WAITING)
    sender = Recorder()
    assert actions.deliver_messages(NOW, sender) == 1
    assert sender.carried[0].address == "+8613600136000"
    assert not hasattr(stranger, "account")


def test_whoever_has_no_number_on_record_finds_it_in_the_inbox(world: World) -> None:
    (person,) = many_people(1)
    entered(world, person)
    actions.collect_messages(NOW)
    message = Message.objects.get(person=person)
    assert (message.channel, message.state) == (Channel.INBOX, MessageState.KEPT)


def test_a_quiet_collection_fills_the_inboxes_and_sends_nothing(cast: Cast, world: World) -> None:
    paid(world, cast, cast.lin.bound)
    assert actions.collect_messages(NOW, quiet=True) == 4
    sender = Recorder()
    assert actions.deliver_messages(NOW, sender) == 0
    assert sender.carried == []
    assert set(Message.objects.values_list("state", flat=True)) == {"kept"}


def test_nothing_of_what_is_said_is_stored(cast: Cast, world: World) -> None:
    paid(world, cast, cast.lin.bound)
    actions.collect_messages(NOW)
    stored = " ".join(str(row) for row in Message.objects.values_list())
    assert world.sitting.name not in stored
    assert "13800138000" not in stored


# ---------------------------------------------------------------- nothing is lost
@pytest.mark.parametrize("overlap,told", [(queries.OVERLAP, 2), (timedelta(0), 1)], ids=["with", "without"])
def test_a_change_that_becomes_visible_late_is_found_only_by_looking_back(
    cast: Cast, world: World, monkeypatch: pytest.MonkeyPatch, *, overlap: timedelta, told: int
) -> None:
    monkeypatch.setattr(queries, "OVERLAP", overlap)
    entered(world, cast.lin.bound)
    late = StateChange.objects.get(event="submit")
    StateChange.objects.filter(pk=late.pk).delete()
    entered(world, cast.zhao.bound)
    actions.collect_messages(NOW)
    StateChange.objects.bulk_create([late])  # its transaction ends only now, though its id is the earlier one
    actions.collect_messages(NOW)
    assert Message.objects.filter(kind="submitted").count() == told


def test_collecting_costs_as_few_queries_for_twenty_as_for_one(
    world: World, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    applications.enter_applications([row(person.pk, world) for person in many_people(20)], by=SYSTEM, now=NOW)
    with django_assert_max_num_queries(14):
        assert actions.collect_messages(NOW) == 20
    with django_assert_max_num_queries(4):
        actions.collect_messages(NOW)


# ---------------------------------------------------------------- sending
def test_what_was_collected_is_sent_once_by_text_message(cast: Cast, world: World) -> None:
    owing(world, cast, cast.lin.bound)
    actions.collect_messages(NOW)
    sender = Recorder()
    assert actions.deliver_messages(NOW, sender) == 2
    assert actions.deliver_messages(NOW, sender) == 0
    assert [outgoing.kind for outgoing in sender.carried] == [MessageKind.SUBMITTED, MessageKind.FEE_DUE]
    assert {outgoing.address for outgoing in sender.carried} == {cast.lin.phone}
    sent = Message.objects.filter(channel="sms")
    assert set(sent.values_list("state", "attempts", "sent_at")) == {("sent", 1, NOW)}


def test_what_a_gateway_did_not_take_is_tried_again_later_under_the_same_id(cast: Cast, world: World) -> None:
    entered(world, cast.lin.bound)
    actions.collect_messages(NOW)
    sender = Recorder(refusals=1)
    assert actions.deliver_messages(NOW, sender) == 0
    message = Message.objects.get()
    assert (message.state, message.due_at) == ("waiting", NOW + timedelta(minutes=2))
    assert actions.deliver_messages(NOW + timedelta(minutes=1), sender) == 0
    assert actions.deliver_messages(NOW + timedelta(minutes=2), sender) == 1
    assert [outgoing.message_id for outgoing in sender.carried] == [message.pk]


def test_sending_is_given_up_in_the_end_and_the_inbox_keeps_the_message(cast: Cast, world: World) -> None:
    entered(world, cast.lin.bound)
    actions.collect_messages(NOW)
    sender, at = Recorder(refusals=99), NOW
    for _ in range(rules.ATTEMPTS_MOST):
        actions.deliver_messages(at, sender)
        at += timedelta(hours=12)
    assert Message.objects.get().state == MessageState.FAILED
    assert 99 - sender.refusals == rules.ATTEMPTS_MOST
    assert queries.inbox_of(cast.lin.candidate).count() == 1


def test_what_a_dead_worker_had_taken_is_sent_by_the_next_but_not_what_a_living_one_has(
    cast: Cast, world: World
) -> None:
    entered(world, cast.lin.bound)
    actions.collect_messages(NOW)
    with pytest.raises(KeyboardInterrupt):
        actions.deliver_messages(NOW, Dies())
    assert Message.objects.get().state == MessageState.SENDING
    sender = Recorder()
    assert actions.deliver_messages(NOW + rules.TAKEN_MOST, sender) == 0
    late = NOW + rules.TAKEN_MOST + timedelta(seconds=1)
    actions.deliver_messages(late, sender)
    assert actions.deliver_messages(late + timedelta(minutes=2), sender) == 1


class Dies:
    """A sender whose process is killed."""

    def send(self, outgoing: Outgoing) -> None:
        raise KeyboardInterrupt(outgoing.message_id)
