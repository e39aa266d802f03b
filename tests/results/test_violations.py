"""Violations and similar answers: withheld until decided, heard before, decided by a second person, served after."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from jinbang.application.models import Application
from jinbang.application.states import ApplicationState
from jinbang.attendance import actions as attendance
from jinbang.attendance.models import RoomRecord
from jinbang.attendance.states import Article
from jinbang.audit.models import StateChange
from jinbang.kernel.actors import SYSTEM
from jinbang.kernel.clock import SHANGHAI
from jinbang.kernel.errors import IllegalTransition
from jinbang.kernel.states import events_from
from jinbang.messaging import actions as messaging
from jinbang.messaging.models import Message
from jinbang.messaging.queries import letters_of
from jinbang.people.models import IntegrityRecord
from jinbang.people.queries import get_candidate
from jinbang.results.actions import release as releases
from jinbang.results.actions import roster
from jinbang.results.errors import MarksSealed, ReleaseNotReady, ResultsNotFound, SamePersonTwice
from jinbang.results.models import MarkBatch, Outcome, RosterEntry
from jinbang.results.rules import SubjectMark
from jinbang.results.states import MarkStatus, Overall, ReleaseState
from jinbang.results.violations import actions, queries, rules
from jinbang.results.violations.errors import (
    CaseEnteredTwice,
    CaseHearingClosed,
    CaseNotFound,
    CaseStillHeard,
    CaseWithoutWords,
    DefenceStandsAlready,
    PaperDefenceTooLate,
    ServedTooEarly,
    SimilarAnswersAlone,
    TicketsUnknown,
)
from jinbang.results.violations.models import ViolationCase
from jinbang.results.violations.rules import Finding, marks_after
from jinbang.results.violations.states import CASE_TRANSITIONS, CaseArticle, CaseOrigin, CaseState, Service
from jinbang.seating import actions as seating
from tests.cast import NOW, Cast
from tests.results.world import World, bring_in, outcome_of, released, sealed, set_pass_marks, tell, validated
from tests.seating.world import AFTER_PAYMENT, build_world, many_people

LATER = NOW + timedelta(days=30)
NUMBER = "晋人考处〔2026〕3号"
MARKS = {
    "basics": SubjectMark("basics", MarkStatus.SCORED, 8000),
    "practice": SubjectMark("practice", MarkStatus.SCORED, 0),
}


# ---------------------------------------------------------------- what a finding does to marks
@pytest.mark.parametrize(
    "article,is_decided,basics,practice",
    [
        (CaseArticle.SUBJECT, False, MarkStatus.WITHHELD, MarkStatus.SCORED),
        (CaseArticle.SIMILAR, False, MarkStatus.WITHHELD, MarkStatus.SCORED),
        (CaseArticle.SITTING, False, MarkStatus.WITHHELD, MarkStatus.WITHHELD),
        (CaseArticle.GRAVE, False, MarkStatus.WITHHELD, MarkStatus.WITHHELD),
        (CaseArticle.SUBJECT, True, MarkStatus.VIOLATION, MarkStatus.SCORED),
        (CaseArticle.SIMILAR, True, MarkStatus.VOID, MarkStatus.SCORED),
        (CaseArticle.SITTING, True, MarkStatus.VIOLATION, MarkStatus.VOID),
        (CaseArticle.GRAVE, True, MarkStatus.VIOLATION, MarkStatus.VOID),
    ],
)
def test_the_marks_follow_the_article(
    *, article: CaseArticle, is_decided: bool, basics: MarkStatus, practice: MarkStatus
) -> None:
    after = marks_after(MARKS, [Finding("basics", article, is_decided)])
    assert (after["basics"].status, after["practice"].status) == (basics, practice)
    for mark in after.values():
        assert (mark.mark_hundredths is not None) == (mark.status is MarkStatus.SCORED)


def test_no_finding_leaves_every_mark_as_it_is_and_an_undecided_one_hides_even_a_missing_mark() -> None:
    assert marks_after(MARKS, []) == MARKS
    assert marks_after({}, [Finding("basics", CaseArticle.SUBJECT, is_decided=False)])["basics"].status is (
        MarkStatus.WITHHELD
    )


def decided(article: CaseArticle) -> Finding:
    return Finding("basics", article, is_decided=True)


def test_one_decided_and_one_open_case_withhold_what_is_open() -> None:
    pending = Finding("practice", CaseArticle.SUBJECT, is_decided=False)
    found = [decided(CaseArticle.SUBJECT), pending]
    after = marks_after(MARKS, found)
    assert after["basics"].status is MarkStatus.VIOLATION
    assert after["practice"].status is MarkStatus.WITHHELD
    grave = [decided(CaseArticle.SITTING), pending]
    assert marks_after(MARKS, grave)["practice"].status is MarkStatus.VOID


def test_days_left_count_a_begun_day_and_end_at_the_instant() -> None:
    until = NOW + timedelta(days=2)
    assert [rules.days_left(NOW + timedelta(hours=hours), until=until) for hours in (0, 1, 24, 47, 48, 49)] == [
        2, 2, 1, 1, 0, 0,
    ]  # fmt: skip
    assert rules.days_left(NOW, until=None) == 0


def test_every_state_but_the_ends_leads_on() -> None:
    for state in CaseState:
        assert state.is_final == (not list(events_from(CASE_TRANSITIONS, state)))
        assert state.is_open == (state in {CaseState.NOTED, CaseState.CHARGED, CaseState.NOTIFIED})


# ---------------------------------------------------------------- similar answers
pytestmark = pytest.mark.django_db


def alike(world: World, *tickets: str, subject: str = "basics") -> list[ViolationCase]:
    given = tickets or ("T00001", "T00002")
    return actions.note_similar_answers(
        region=world.region,
        subject_code=subject,
        tickets=given,
        facts="错题 38 道相同",
        by=world.cast.chu.staff,
        now=NOW,
    )


def notified(world: World, case: ViolationCase, article: CaseArticle = CaseArticle.SIMILAR) -> ViolationCase:
    return tell(case, article, by=world.cast.chu)


def found(world: World, case: ViolationCase, article: CaseArticle = CaseArticle.SIMILAR) -> ViolationCase:
    notified(world, case, article)
    return actions.find_violation(
        case_id=case.pk, article=article, document_number=NUMBER, by=world.cast.wei.staff, now=LATER
    )


def judged_again(world: World) -> None:
    releases.validate_release(release_id=world.release.pk, by=world.cast.chu.staff, now=NOW)


@pytest.fixture
def marked(world: World) -> World:
    """Return the world with marks and pass marks in, everybody passing."""
    set_pass_marks(world)
    bring_in(world)
    return world


def test_similar_answers_withhold_the_result_until_they_are_decided(marked: World) -> None:
    cases = alike(marked)
    validated(marked)
    assert [outcome_of(marked, position).overall for position in range(3)] == ["withheld", "withheld", "passed"]
    line = outcome_of(marked).subjects[0]
    assert (line["status"], line["mark_hundredths"], line["verdict"]) == ("withheld", None, "none")
    assert queries.undecided_in(marked.region) == 2
    found(marked, cases[0])
    actions.drop_violation(case_id=cases[1].pk, reason="甄别有误", by=marked.cast.wei.staff, now=NOW)
    judged_again(marked)
    assert [outcome_of(marked, position).overall for position in range(3)] == ["partial", "passed", "passed"]
    assert outcome_of(marked).subjects[0]["status"] == "void"
    assert queries.undecided_in(marked.region) == 0


def test_without_the_join_an_undecided_case_would_show_a_plain_mark(
    marked: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: outcomes that are judged without looking at what is found. The recount alone would stop them."""
    alike(marked)
    monkeypatch.setattr("jinbang.results.actions.outcomes.findings_in", lambda _known: {})
    with pytest.raises(ReleaseNotReady):
        validated(marked)
    assert outcome_of(marked).overall == Overall.PASSED


@pytest.mark.parametrize("article,ends_on", [(CaseArticle.SITTING, "2031-04-08"), (CaseArticle.GRAVE, None)])
def test_articles_7_and_8_void_the_sitting_and_enter_the_record(
    *, marked: World, article: CaseArticle, ends_on: str | None
) -> None:
    found(marked, alike(marked)[0], article)
    validated(marked)
    assert outcome_of(marked).overall == Overall.VIOLATION
    assert [line["status"] for line in outcome_of(marked).subjects] == ["violation", "void"]
    record = IntegrityRecord.objects.get()
    assert record.person == marked.entries[0].person
    assert (record.ground, record.document_number) == (article.value, NUMBER)
    assert (record.ends_on and record.ends_on.isoformat()) == ends_on


@pytest.mark.parametrize("article", [CaseArticle.SUBJECT, CaseArticle.SIMILAR])
def test_articles_6_and_11_enter_nobody(marked: World, article: CaseArticle) -> None:
    found(marked, alike(marked)[0], article)
    assert not IntegrityRecord.objects.exists()


def test_similar_answers_are_found_between_people_of_the_roster_once(marked: World) -> None:
    with pytest.raises(SimilarAnswersAlone):
        alike(marked, "T00001", "T00001")
    with pytest.raises(TicketsUnknown) as unknown:
        alike(marked, "T00001", "T99999")
    assert unknown.value.fields["tickets"] == ("T99999",)
    with pytest.raises(TicketsUnknown):
        alike(marked, "T00001", "T00002", subject="no-such-subject")
    first, _second = alike(marked)
    with pytest.raises(CaseEnteredTwice):
        alike(marked, "T00002", "T00003")
    assert ViolationCase.objects.count() == 2
    assert {other.pk for other in queries.alike_with(first)} == {_second.pk}
    actions.drop_violation(case_id=_second.pk, reason="甄别有误", by=marked.cast.wei.staff, now=NOW)
    alike(marked, "T00002", "T00003")


# ---------------------------------------------------------------- the hearing
def test_nobody_decides_on_their_own_charge_and_nobody_before_the_candidate_was_heard(marked: World) -> None:
    (case, _other), cast = alike(marked), marked.cast
    notified(marked, case)
    with pytest.raises(SamePersonTwice):
        actions.find_violation(
            case_id=case.pk, article=CaseArticle.SIMILAR, document_number=NUMBER, by=cast.chu.staff, now=LATER
        )
    with pytest.raises(SamePersonTwice):
        actions.drop_violation(case_id=case.pk, reason="x", by=cast.chu.staff, now=LATER)
    with pytest.raises(CaseStillHeard):
        actions.find_violation(
            case_id=case.pk, article=CaseArticle.SIMILAR, document_number=NUMBER, by=cast.wei.staff, now=NOW
        )
    case.refresh_from_db()
    assert case.state == CaseState.NOTIFIED


def test_the_database_itself_knows_that_two_people_decide(marked: World) -> None:
    case = notified(marked, alike(marked)[0])
    with pytest.raises(IntegrityError), transaction.atomic():
        ViolationCase.objects.filter(pk=case.pk).update(decided_by=case.notified_by)


def test_an_answer_lets_the_second_person_decide_at_once(marked: World) -> None:
    case = notified(marked, alike(marked)[0])
    lin = marked.cast.lin.candidate
    actions.state_defence(case_id=case.pk, statement="我没有抄袭", by=lin, now=NOW)
    actions.state_defence(case_id=case.pk, statement="我没有抄袭，请调取监控", by=lin, now=NOW)
    actions.find_violation(
        case_id=case.pk, article=CaseArticle.SIMILAR, document_number=NUMBER, by=marked.cast.wei.staff, now=NOW
    )
    case.refresh_from_db()
    assert case.statement == "我没有抄袭，请调取监控"
    with pytest.raises(CaseNotFound):
        actions.state_defence(case_id=case.pk, statement="太晚", by=lin, now=NOW)


def on_paper(
    world: World, case: ViolationCase, *, on: date, now: datetime = NOW, scan: str = "档2026-118"
) -> ViolationCase:
    return actions.enter_paper_defence(
        case_id=case.pk, statement="我没有抄袭", received_on=on, scan=scan, by=world.cast.wei.staff, now=now
    )


def test_a_paper_that_came_in_time_counts_though_it_is_typed_later(marked: World) -> None:
    case = notified(marked, alike(marked)[0])
    assert case.defence_until is not None
    last = (case.defence_until - timedelta(seconds=1)).astimezone(SHANGHAI).date()
    late = case.defence_until + timedelta(days=2)
    entered = on_paper(marked, case, on=last, now=late)
    assert (entered.statement, entered.paper_on, entered.paper_scan) == ("我没有抄袭", last, "档2026-118")
    change = StateChange.objects.get(subject_id=case.pk, event="state_on_paper")
    assert change.details == {"received_on": last.isoformat(), "scan": "档2026-118"}
    assert on_paper(marked, case, on=NOW.date(), now=late).paper_on == NOW.date(), "an entry can be mended"


def test_a_paper_lets_the_second_person_decide_before_the_time_is_over(marked: World) -> None:
    case = notified(marked, alike(marked)[0])
    on_paper(marked, case, on=NOW.date())
    decided = actions.find_violation(
        case_id=case.pk, article=CaseArticle.SIMILAR, document_number=NUMBER, by=marked.cast.wei.staff, now=NOW
    )
    assert decided.state == CaseState.FOUND
    with pytest.raises(CaseNotFound):
        on_paper(marked, case, on=NOW.date())


@pytest.mark.parametrize("days,now_days", [(-1, 0), (1, 0), (60, 90)])
def test_a_paper_from_before_the_notice_after_the_hearing_or_to_come_is_refused(
    marked: World, days: int, now_days: int
) -> None:
    case = notified(marked, alike(marked)[0])
    with pytest.raises(PaperDefenceTooLate):
        on_paper(marked, case, on=NOW.date() + timedelta(days=days), now=NOW + timedelta(days=now_days))
    with pytest.raises(CaseWithoutWords):
        on_paper(marked, case, on=NOW.date(), scan=" ")
    case.refresh_from_db()
    assert (case.statement, case.paper_on) == ("", None)


def test_nobody_types_over_what_the_candidate_wrote_and_the_candidate_may_write_after_a_paper(marked: World) -> None:
    first, second = (notified(marked, case) for case in alike(marked))
    on_paper(marked, first, on=NOW.date())
    mine = actions.state_defence(case_id=first.pk, statement="另有补充", by=marked.cast.lin.candidate, now=NOW)
    assert (mine.statement, mine.paper_on, mine.paper_scan) == ("另有补充", None, "")
    with pytest.raises(DefenceStandsAlready):
        on_paper(marked, first, on=NOW.date())
    ViolationCase.objects.filter(pk=second.pk).update(stated_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        ViolationCase.objects.filter(pk=second.pk).update(paper_on=NOW.date())


def test_the_time_to_answer_ends_and_is_the_candidates_own(marked: World) -> None:
    case, cast = notified(marked, alike(marked)[0]), marked.cast
    assert case.defence_until is not None
    with pytest.raises(CaseHearingClosed):
        actions.state_defence(case_id=case.pk, statement="x", by=cast.lin.candidate, now=case.defence_until)
    with pytest.raises(CaseNotFound):
        actions.state_defence(case_id=case.pk, statement="x", by=cast.zhao.candidate, now=NOW)
    with pytest.raises(CaseWithoutWords):
        actions.state_defence(case_id=case.pk, statement=" ", by=cast.lin.candidate, now=NOW)


def test_before_the_notice_there_is_nothing_to_answer_to(marked: World) -> None:
    case = alike(marked)[0]
    with pytest.raises(CaseNotFound):
        actions.state_defence(case_id=case.pk, statement="x", by=marked.cast.lin.candidate, now=NOW)
    with pytest.raises(IllegalTransition):
        actions.find_violation(
            case_id=case.pk, article=CaseArticle.SIMILAR, document_number=NUMBER, by=marked.cast.wei.staff, now=NOW
        )


def test_a_decision_is_served_on_a_day_between_itself_and_today(marked: World) -> None:
    case = found(marked, alike(marked)[0])
    for day in (NOW.date(), (LATER + timedelta(days=1)).date()):
        with pytest.raises(ServedTooEarly):
            actions.serve_decision(
                case_id=case.pk, service=Service.BY_POST, served_on=day, by=marked.cast.chu.staff, now=LATER
            )
    actions.serve_decision(
        case_id=case.pk, service=Service.BY_POST, served_on=LATER.date(), by=marked.cast.chu.staff, now=LATER
    )
    case.refresh_from_db()
    assert (case.state, case.service) == (CaseState.SERVED, Service.BY_POST)
    assert list(queries.cases_waiting(marked.cast.chu.staff).values_list("state", flat=True)) == ["noted"]


def test_whoever_keeps_no_marks_there_finds_no_case(marked: World) -> None:
    case = alike(marked)[0]
    for member in (marked.cast.wu, marked.cast.he, marked.cast.jiang, marked.cast.zheng):
        with pytest.raises(CaseNotFound):
            actions.charge_violation(case_id=case.pk, article=CaseArticle.SUBJECT, charge="x", by=member.staff, now=NOW)
    with pytest.raises(ResultsNotFound):
        actions.note_similar_answers(
            region=marked.region,
            subject_code="basics",
            tickets=["T00002", "T00003"],
            facts="x",
            by=marked.cast.wei.staff,
            now=NOW,
        )


# ---------------------------------------------------------------- and the release
def test_under_a_seal_nothing_is_decided_and_after_the_release_it_waits_for_the_next_generation(
    marked: World, quick_signing: None
) -> None:
    cases = alike(marked)
    notified(marked, cases[0])
    released(marked)
    case = actions.find_violation(
        case_id=cases[0].pk, article=CaseArticle.SIMILAR, document_number=NUMBER, by=marked.cast.wei.staff, now=LATER
    )
    assert outcome_of(marked).overall == Overall.WITHHELD
    release = releases.correct_release(
        release_id=marked.release.pk,
        opens_at=LATER + timedelta(days=1),
        reason="处理决定",
        by=marked.cast.chu.staff,
        now=LATER,
    )
    releases.validate_release(release_id=release.pk, by=marked.cast.chu.staff, now=LATER)
    assert outcome_of(marked, generation=2).subjects[0]["status"] == "void"
    assert case.state == CaseState.FOUND


def test_what_comes_up_after_the_release_takes_nothing_back_until_it_is_decided(
    marked: World, quick_signing: None
) -> None:
    withheld = alike(marked)  # 林 and 赵, before
    released(marked)
    late = actions.note_similar_answers(
        region=marked.region,
        subject_code="practice",
        tickets=["T00001", "T00003"],
        facts="匿名举报",
        by=marked.cast.chu.staff,
        now=LATER,
    )
    assert queries.undecided_in(marked.region) == 2
    for case in withheld:
        actions.drop_violation(case_id=case.pk, reason="甄别有误", by=marked.cast.wei.staff, now=LATER)
    opens = LATER + timedelta(days=20)
    release = releases.correct_release(
        release_id=marked.release.pk, opens_at=opens, reason="甄别有误", by=marked.cast.chu.staff, now=LATER
    )
    releases.validate_release(release_id=release.pk, by=marked.cast.chu.staff, now=LATER)
    assert [outcome_of(marked, position, generation=2).overall for position in (0, 2)] == ["passed", "passed"]
    tell(late[1], CaseArticle.SIMILAR, by=marked.cast.chu, now=LATER)
    actions.find_violation(
        case_id=late[1].pk,
        article=CaseArticle.SIMILAR,
        document_number=NUMBER,
        by=marked.cast.wei.staff,
        now=LATER + timedelta(days=15),
    )
    releases.validate_release(release_id=release.pk, by=marked.cast.chu.staff, now=LATER)
    assert [outcome_of(marked, position, generation=2).overall for position in (0, 2)] == ["passed", "partial"]


def test_a_sealed_release_closes_every_case(marked: World) -> None:
    cases = alike(marked)
    notified(marked, cases[0])
    sealed(marked)
    by = marked.cast.wei.staff
    with pytest.raises(MarksSealed):
        actions.find_violation(
            case_id=cases[0].pk, article=CaseArticle.SIMILAR, document_number=NUMBER, by=by, now=LATER
        )
    with pytest.raises(MarksSealed):
        actions.drop_violation(case_id=cases[1].pk, reason="x", by=by, now=LATER)
    with pytest.raises(MarksSealed):
        alike(marked, "T00001", "T00003", subject="practice")
    assert marked.release.state == ReleaseState.SEALED


def test_whoever_dealt_with_a_case_is_an_author_of_the_release(marked: World) -> None:
    from jinbang.results.queries import authors_of

    release = validated(marked)
    assert str(marked.cast.wei.account.pk) in authors_of(release)  # as verifier of the marks
    MarkBatch.objects.update(validated_by=None)
    StateChange.objects.filter(actor_id=marked.cast.wei.account.pk).delete()
    assert str(marked.cast.wei.account.pk) not in authors_of(release)
    found(marked, alike(marked)[0])
    assert str(marked.cast.wei.account.pk) in authors_of(release)


# ---------------------------------------------------------------- what a room noted
def test_what_a_room_noted_withholds_from_the_first_moment_and_becomes_a_case_when_signed(cast: Cast) -> None:
    seats = build_world(cast.shanxi, [cast.lin.bound, *many_people(3)])
    seating.commit_seed(region_id=seats.region.pk, by=SYSTEM, now=AFTER_PAYMENT)
    seating.prepare_all_rooms(region_id=seats.region.pk, by=SYSTEM, now=AFTER_PAYMENT)
    seating.draw_seats(region_id=seats.region.pk, by=SYSTEM, now=AFTER_PAYMENT)
    attendance.open_room_records(region_id=seats.region.pk, by=SYSTEM, now=AFTER_PAYMENT)
    roster.draw_up_roster(region=seats.region, by=cast.chu.staff, now=NOW)
    entry = RosterEntry.objects.get(person=cast.lin.bound)
    assert entry.application is not None
    seat = entry.application.ticket.seats.select_related("session").earliest("session__starts")
    record = RoomRecord.objects.get(room=seat.room_id, session=seat.session_id)
    after = seat.session.ends
    violation = attendance.note_violation(
        record_id=record.pk, seat=seat.number, article=Article.SUBJECT, facts="手机响铃", by=SYSTEM, now=after
    )
    assert queries.undecided_in(seats.region) == 1
    assert actions.open_noted_cases(now=after) == 0
    attendance.close_record(record_id=record.pk, by=SYSTEM, now=after)
    assert actions.open_noted_cases(now=after + timedelta(days=400)) == 1
    assert actions.open_noted_cases(now=after) == 0
    case = ViolationCase.objects.get()
    assert case.opened_at == after, "the case bears the time of the signed record, whenever somebody came round to it"
    assert (case.entry, case.subject_code, case.facts) == (entry, seat.session.subject_code, "手机响铃")
    assert (case.origin, case.article) == (CaseOrigin.ROOM, CaseArticle.SUBJECT)
    assert queries.undecided_in(seats.region) == 1
    attendance.reopen_record(record_id=record.pk, reason="登记错座位", by=SYSTEM, now=after)
    attendance.remove_violation(record_id=record.pk, violation_id=violation.pk, by=SYSTEM, now=after)
    case.refresh_from_db()
    assert case.noted is None
    assert queries.undecided_in(seats.region) == 1, "the case stands until somebody drops it"
    actions.drop_violation(case_id=case.pk, reason="登记错座位", by=cast.wei.staff, now=after)
    assert queries.undecided_in(seats.region) == 0


# ---------------------------------------------------------------- what the person hears
def test_the_person_hears_of_notice_decision_and_service_by_message(marked: World) -> None:
    person = marked.cast.lin.bound
    application = Application.objects.create(
        sitting=marked.region.sitting, region=marked.region, person=person, state=ApplicationState.APPROVED.value
    )
    RosterEntry.objects.filter(pk=marked.entries[0].pk).update(application=application)
    case, other = alike(marked)
    found(marked, case)
    actions.serve_decision(
        case_id=case.pk, service=Service.IN_PERSON, served_on=LATER.date(), by=marked.cast.chu.staff, now=LATER
    )
    actions.drop_violation(case_id=other.pk, reason="甄别有误", by=marked.cast.wei.staff, now=NOW)
    messaging.collect_messages(LATER)
    told = [message for message in Message.objects.order_by("id") if "violation" in message.kind]
    assert [(message.kind, message.person) for message in told] == [
        ("violation_notified", person),
        ("violation_found", person),
        ("violation_served", person),
    ]
    letters = letters_of(told)
    assert "可陈述申辩" in letters[0].short
    assert all("雷同" not in letter.short + letter.full for letter in letters)
    assert Outcome.objects.count() == 0
    assert get_candidate(marked.cast.lin.account).person_id == person.pk
