"""From what a candidate states to what a register answers: begun, asked, answered once, asked again, started anew."""

import logging
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from jinbang.audit.models import StateChange
from jinbang.audit.queries import history_of
from jinbang.kernel.actors import SYSTEM
from jinbang.people.models import Person, Verification
from jinbang.people.queries import verifications_by_person, verifications_of
from jinbang.people.verification import actions, queries
from jinbang.people.verification.adapters import HttpProvider, OfflineProvider, Question, provider
from jinbang.people.verification.errors import DiplomaSettled, DiplomaStated, NoSuchVerification, TooManyDiplomas
from jinbang.people.verification.rules import ATTEMPTS_MOST, LEASE, LOOK_AGAIN_AFTER, RETRY_FIRST, Verdict
from jinbang.people.verification.states import Reason, VerificationEvent, VerificationKind, VerificationState
from jinbang.portal import tasks
from tests.cast import LIN_NUMBER, NOW, Cast
from tests.people.verification.service import Service

NUMBER = "103251201805001234"
SCHOOL = "山西大学"
LATER = NOW + timedelta(minutes=1)


def real_name(cast: Cast) -> Verification:
    return Verification.objects.get(person=cast.lin.bound, kind="real_name")


def state(cast: Cast, number: str = NUMBER, kind: VerificationKind = VerificationKind.EDUCATION) -> Verification:
    return actions.state_diploma(kind=kind, number=number, school=SCHOOL, by=cast.lin.candidate, now=NOW)


def begin(cast: Cast) -> Verification:
    """Begin 林's check alone: 赵's is put off."""
    actions.open_verifications(now=NOW)
    Verification.objects.exclude(person=cast.lin.bound).update(due_at=None)
    return real_name(cast)


def stands(cast: Cast) -> tuple[VerificationState, Reason]:
    facts = verifications_of(cast.lin.bound.pk)[0]
    return facts.state, facts.reason


# ---------------------------------------------------------------- beginning
@pytest.mark.django_db
def test_every_candidate_with_an_account_is_checked_once_and_nobody_else(cast: Cast) -> None:
    assert actions.open_verifications(now=NOW) == 2  # 林 and 赵; 孙 is bound to nobody
    assert actions.open_verifications(now=NOW) == 0
    row = real_name(cast)
    assert (row.state, row.due_at) == ("not_checked", NOW)
    assert [change.event for change in history_of(row)] == ["verification_begun"]


@pytest.mark.django_db
def test_the_worker_does_it_and_without_a_service_says_not_checked(cast: Cast) -> None:
    tasks.do_what_is_due()
    assert stands(cast) == (VerificationState.NOT_CHECKED, Reason.NOT_COVERED)
    row = real_name(cast)
    assert row.due_at == NOW + LOOK_AGAIN_AFTER
    assert row.checked_by == "offline"
    assert len(history_of(row)) == 1  # looking in vain is nothing that happened


def test_whom_the_settings_name_is_asked(settings: Settings) -> None:
    assert isinstance(provider(), OfflineProvider)
    settings.JINBANG_VERIFICATION_URL = "https://verify.example"
    assert isinstance(provider(), HttpProvider)


# ---------------------------------------------------------------- answers
@pytest.mark.django_db
def test_a_register_confirms_a_name_and_a_diploma(cast: Cast, service: Service) -> None:
    begin(cast)
    state(cast)
    service.names[LIN_NUMBER] = service.diplomas[NUMBER] = "林晓"
    assert actions.look_at_due(now=NOW, whom=service.provider()) == 2
    facts = verifications_of(cast.lin.bound.pk)
    assert [(one.kind.value, one.is_machine_verified, one.is_for_a_person) for one in facts] == [
        ("real_name", True, False),
        ("education", True, False),
    ]
    row = real_name(cast)
    assert (row.question, row.due_at, row.checked_at, row.checked_by) == (None, None, NOW, "http")
    assert [(change.event, change.to_state) for change in history_of(row)][-1] == ("pass", "passed")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "known,twist,expected",
    [
        ("林小", "", (VerificationState.FAILED, Reason.NAME_DIFFERS)),
        ("", "", (VerificationState.FAILED, Reason.NUMBER_UNKNOWN)),
        ("林晓", "needs a person", (VerificationState.NEEDS_PERSON, Reason.OTHER)),
        ("林晓", "not checked", (VerificationState.NOT_CHECKED, Reason.NOT_COVERED)),
    ],
)
def test_whatever_else_it_says_goes_to_a_person_with_the_reason(  # noqa: PLR0917  # fixtures, and the columns of the table
    cast: Cast, service: Service, known: str, twist: str, expected: tuple[VerificationState, Reason]
) -> None:
    begin(cast)
    service.names = {LIN_NUMBER: known} if known else {}
    service.twist = twist
    actions.look_at_due(now=NOW, whom=service.provider())
    assert stands(cast) == expected
    assert verifications_of(cast.lin.bound.pk)[0].is_for_a_person is (expected[0] is not VerificationState.NOT_CHECKED)


@pytest.mark.django_db
@pytest.mark.parametrize("twist", ["down", "forged", "another question", "unknown word", "not json", "a list"])
def test_what_cannot_be_trusted_is_no_answer_and_is_asked_again_as_the_same_question(
    cast: Cast, service: Service, twist: str
) -> None:
    row = begin(cast)
    service.names[LIN_NUMBER] = "林晓"
    service.twist = twist
    assert actions.look_at_due(now=NOW, whom=service.provider()) == 0
    row.refresh_from_db()
    assert (row.state, row.reason, row.attempts, row.due_at) == ("not_checked", "unavailable", 1, NOW + RETRY_FIRST)
    assert actions.look_at_due(now=NOW + RETRY_FIRST - timedelta(seconds=1), whom=service.provider()) == 0
    service.twist = ""
    assert actions.look_at_due(now=NOW + RETRY_FIRST, whom=service.provider()) == 1
    assert stands(cast) == (VerificationState.PASSED, Reason.NONE)
    assert len(set(service.asked)) == 1


@pytest.mark.django_db
def test_a_service_that_is_down_is_asked_once_a_round(cast: Cast, service: Service) -> None:
    actions.open_verifications(now=NOW)
    service.twist = "down"
    actions.look_at_due(now=NOW, whom=service.provider())
    assert len(service.asked) == 1


@pytest.mark.django_db
def test_at_last_a_person_takes_over_from_a_silent_service(cast: Cast, service: Service) -> None:
    row = begin(cast)
    Verification.objects.filter(pk=row.pk).update(attempts=ATTEMPTS_MOST - 1)
    service.twist = "down"
    actions.look_at_due(now=NOW, whom=service.provider())
    assert stands(cast) == (VerificationState.NEEDS_PERSON, Reason.SILENT)


@pytest.mark.django_db
def test_a_number_that_cannot_exist_is_not_worth_a_question(cast: Cast, service: Service) -> None:
    begin(cast)
    Person.objects.filter(pk=cast.lin.bound.pk).update(sex="male")
    actions.look_at_due(now=NOW, whom=service.provider())
    assert stands(cast) == (VerificationState.NEEDS_PERSON, Reason.SEX_DIFFERS)
    assert service.asked == []


# ---------------------------------------------------------------- intent first, answers once
@pytest.mark.django_db
def test_the_question_is_written_before_it_is_asked_and_nobody_else_asks_it_meanwhile(cast: Cast) -> None:
    row = begin(cast)
    seen: list[object] = []

    class Looking(OfflineProvider):
        def ask(self, question: Question, *, now: datetime) -> Verdict:
            row.refresh_from_db()
            assert row.question == question.id
            seen.extend([row.question, row.asked_at, queries.due(now, limit=9)])
            return Verdict(VerificationEvent.PASS)

    actions.look_at_due(now=NOW, whom=Looking())
    assert seen[0] is not None
    assert seen[1:] == [NOW, []]


@pytest.mark.django_db
def test_a_question_whose_asker_died_is_asked_again_after_ten_minutes_under_the_same_id(cast: Cast) -> None:
    row = begin(cast)
    first = actions.prepare_question(verification_id=row.pk, now=NOW)
    assert actions.prepare_question(verification_id=row.pk, now=NOW + LEASE - timedelta(seconds=1)) is None
    again = actions.prepare_question(verification_id=row.pk, now=NOW + LEASE)
    assert first is not None
    assert again is not None
    assert first.id == again.id


@pytest.mark.django_db
def test_an_answer_counts_once_and_one_to_another_question_never(cast: Cast) -> None:
    row = begin(cast)
    question = actions.prepare_question(verification_id=row.pk, now=NOW)
    assert question is not None
    words = {"verification_id": row.pk, "by_whom": "test", "now": NOW}
    passed, failed = Verdict(VerificationEvent.PASS), Verdict(VerificationEvent.FAIL, Reason.NAME_DIFFERS)
    assert not actions.apply_verdict(question_id=uuid4(), verdict=failed, **words)  # type: ignore[arg-type]  # a table
    assert actions.apply_verdict(question_id=question.id, verdict=passed, **words)  # type: ignore[arg-type]  # the same
    assert not actions.apply_verdict(question_id=question.id, verdict=failed, **words)  # type: ignore[arg-type]  # the same
    assert stands(cast) == (VerificationState.PASSED, Reason.NONE)
    assert StateChange.objects.filter(subject_id=row.pk, event="pass").count() == 1


@pytest.mark.django_db
def test_an_answer_about_a_name_that_has_changed_under_way_is_dropped_and_asked_anew(cast: Cast) -> None:
    row = begin(cast)
    question = actions.prepare_question(verification_id=row.pk, now=NOW)
    assert question is not None
    Person.objects.filter(pk=cast.lin.bound.pk).update(name="林笑")
    verdict = Verdict(VerificationEvent.PASS)
    assert not actions.apply_verdict(
        verification_id=row.pk, question_id=question.id, verdict=verdict, by_whom="test", now=LATER
    )
    assert stands(cast)[0] is VerificationState.NOT_CHECKED
    assert queries.due(LATER, limit=9) == [row.pk]


# ---------------------------------------------------------------- starting anew
@pytest.mark.django_db
def test_a_new_name_starts_every_check_anew_and_drops_what_is_on_its_way(cast: Cast, service: Service) -> None:
    begin(cast)
    state(cast)
    service.names[LIN_NUMBER] = service.diplomas[NUMBER] = "林晓"
    actions.look_at_due(now=NOW, whom=service.provider())
    Person.objects.filter(pk=cast.lin.bound.pk).update(name="林笑")
    # Before anybody starts it anew, the old answer already counts no more.
    assert {facts.state for facts in verifications_of(cast.lin.bound.pk)} == {VerificationState.NOT_CHECKED}
    assert actions.restart_verifications(person_id=cast.lin.bound.pk, by=SYSTEM, now=LATER) == 2
    assert [change.event for change in history_of(real_name(cast))][-1] == "renew"
    actions.look_at_due(now=LATER, whom=service.provider())
    assert stands(cast) == (VerificationState.FAILED, Reason.NAME_DIFFERS)


@pytest.mark.django_db
def test_a_corrected_number_is_asked_about_and_the_answer_to_the_old_one_is_dropped(
    cast: Cast, service: Service
) -> None:
    row = state(cast, number="WRONG12345")
    old = actions.prepare_question(verification_id=row.pk, now=NOW)
    assert old is not None
    actions.change_diploma(verification_id=row.pk, number=NUMBER, school="中北大学", by=cast.lin.candidate, now=LATER)
    unknown = Verdict(VerificationEvent.FAIL, Reason.NUMBER_UNKNOWN)
    assert not actions.apply_verdict(
        verification_id=row.pk, question_id=old.id, verdict=unknown, by_whom="test", now=LATER
    )
    service.diplomas[NUMBER] = "林晓"
    actions.look_at_due(now=LATER, whom=service.provider())
    row.refresh_from_db()
    assert (row.state, row.school) == ("passed", "中北大学")
    with pytest.raises(DiplomaSettled):
        actions.change_diploma(verification_id=row.pk, number="X12345", school="", by=cast.lin.candidate, now=LATER)


# ---------------------------------------------------------------- diplomas
@pytest.mark.django_db
def test_five_of_each_kind_and_no_number_twice(cast: Cast) -> None:
    for number in range(5):
        state(cast, f"EDU{number:04d}")
        state(cast, f"EDU{number:04d}", VerificationKind.DEGREE)  # another kind, another number
    with pytest.raises(TooManyDiplomas):
        state(cast, "EDU9999")
    Verification.objects.filter(kind="education").order_by("id")[:1].get().delete()
    with pytest.raises(DiplomaStated):
        state(cast, "EDU0004")


@pytest.mark.django_db
def test_a_diploma_is_its_owners_alone_and_sealed(cast: Cast) -> None:
    row = state(cast)
    with pytest.raises(NoSuchVerification):
        actions.change_diploma(verification_id=row.pk, number="X12345", school="", by=cast.zhao.candidate, now=NOW)
    row = Verification.objects.select_related("person").get(pk=row.pk)
    assert NUMBER.encode() not in bytes(row.evidence_sealed or b"")
    assert queries.diploma_number_of(row) == NUMBER


@pytest.mark.django_db
def test_facts_of_many_cost_three_queries(cast: Cast) -> None:
    actions.open_verifications(now=NOW)
    state(cast)
    with CaptureQueriesContext(connection) as asked:
        found = verifications_by_person([cast.lin.bound.pk, cast.zhao.bound.pk, uuid4()])
    assert len(asked) == 3
    assert sorted(len(facts) for facts in found.values()) == [1, 2]
    assert verifications_of(uuid4()) == ()


# ---------------------------------------------------------------- nothing personal in logs
@pytest.mark.django_db
@pytest.mark.parametrize("twist", ["", "down", "forged", "not json", "needs a person"])
def test_logs_and_the_record_hold_nothing_of_the_canary(  # noqa: PLR0917  # fixtures, and the column of the table
    cast: Cast, service: Service, twist: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    begin(cast)
    row = state(cast)
    service.twist = twist
    for minutes in range(3):
        actions.look_at_due(now=NOW + timedelta(minutes=5 * minutes), whom=service.provider())
    out = "".join(capfd.readouterr())
    record = " ".join(str(vars(change)) for change in StateChange.objects.all())
    rows = " ".join(str({**vars(one), "school": ""}) for one in Verification.objects.filter(pk=row.pk))
    for canary in ("林晓", LIN_NUMBER, NUMBER, SCHOOL, "姓名"):
        assert canary not in caplog.text + out + record + rows
    assert twist not in {"down", "forged"} or "verification_unavailable" in out
