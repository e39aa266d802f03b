"""What a number says of itself, when to look again, how many, what may be edited: both sides of each boundary."""

from datetime import date, timedelta

import pytest

from jinbang.kernel.identity import DocumentKind
from jinbang.people.verification.errors import DiplomaSettled, TooManyDiplomas
from jinbang.people.verification.rules import (
    ATTEMPTS_MOST,
    LOOK_AGAIN_AFTER,
    RETRY_FIRST,
    RETRY_MOST,
    Statement,
    Verdict,
    after_answer,
    after_silence,
    backoff,
    is_usual_name,
    require_editable,
    require_room,
    self_check,
)
from jinbang.people.verification.states import Reason, VerificationEvent, VerificationKind, VerificationState
from tests.cast import LIN_NUMBER, NOW

TODAY = date(2026, 3, 10)
BORN = date(1995, 6, 1)


def statement(**changes: object) -> Statement:
    words: dict[str, object] = {
        "name": "林晓",
        "document_kind": DocumentKind.RESIDENT_ID,
        "document_number": LIN_NUMBER,
        "sex": "female",
        "born_on": BORN,
    }
    return Statement(**(words | changes))  # type: ignore[arg-type]  # a table of cases


@pytest.mark.parametrize(
    "changes,event,reason",
    [
        ({}, None, Reason.NOT_COVERED),
        ({"document_number": LIN_NUMBER[:-1]}, VerificationEvent.FAIL, Reason.NUMBER_IMPOSSIBLE),
        ({"document_number": LIN_NUMBER[:-1] + "?"}, VerificationEvent.FAIL, Reason.NUMBER_IMPOSSIBLE),
        ({"sex": "male"}, VerificationEvent.DEFER, Reason.SEX_DIFFERS),
        ({"sex": ""}, None, Reason.NOT_COVERED),
        ({"born_on": date(1995, 6, 2)}, VerificationEvent.DEFER, Reason.BIRTH_DIFFERS),
        ({"born_on": None}, None, Reason.NOT_COVERED),
        ({"name": "Lin Xiao"}, VerificationEvent.DEFER, Reason.NAME_UNUSUAL),
        (
            {"document_kind": DocumentKind.PASSPORT, "document_number": "E12345678", "name": "Anna"},
            None,
            Reason.NOT_COVERED,
        ),
    ],
)
def test_what_can_be_said_without_asking_never_passes_anybody(
    changes: dict[str, object], event: VerificationEvent | None, reason: Reason
) -> None:
    assert self_check(statement(**changes), today=TODAY) == Verdict(event, reason)


@pytest.mark.parametrize(
    "name,kind,usual",
    [
        ("林晓", DocumentKind.RESIDENT_ID, True),
        ("赵敏·艾山", DocumentKind.RESIDENT_ID, True),
        ("𠮷野", DocumentKind.RESIDENT_ID, True),
        ("林", DocumentKind.RESIDENT_ID, False),
        ("林晓1", DocumentKind.RESIDENT_ID, False),
        ("阿" * 30, DocumentKind.RESIDENT_ID, True),
        ("阿" * 31, DocumentKind.RESIDENT_ID, False),
        ("Anna", DocumentKind.RESIDENT_ID, False),
        ("Anna", DocumentKind.PASSPORT, True),
        ("", DocumentKind.PASSPORT, False),
    ],
)
def test_names_look_as_names_on_that_document_do(name: str, kind: DocumentKind, usual: bool) -> None:  # noqa: FBT001  # a table
    assert is_usual_name(name, kind=kind) is usual


def test_waiting_doubles_from_a_minute_to_six_hours_and_never_shrinks() -> None:
    waits = [backoff(attempts) for attempts in range(1, 40)]
    assert waits[:3] == [RETRY_FIRST, 2 * RETRY_FIRST, 4 * RETRY_FIRST]
    assert waits == sorted(waits)
    assert waits[-1] == RETRY_MOST


def test_not_checked_is_looked_at_again_after_a_day_and_anything_else_is_settled() -> None:
    assert after_answer(Verdict(None, Reason.NOT_COVERED), now=NOW).due_at == NOW + LOOK_AGAIN_AFTER
    assert timedelta(hours=24) == LOOK_AGAIN_AFTER
    for event in (VerificationEvent.PASS, VerificationEvent.FAIL, VerificationEvent.DEFER):
        assert after_answer(Verdict(event), now=NOW).due_at is None


def test_after_twenty_attempts_without_an_answer_a_person_takes_over() -> None:
    before, after = after_silence(ATTEMPTS_MOST - 2, now=NOW), after_silence(ATTEMPTS_MOST - 1, now=NOW)
    assert (before.verdict.event, before.due_at) == (None, NOW + RETRY_MOST)
    assert (after.verdict, after.due_at) == (Verdict(VerificationEvent.DEFER, Reason.SILENT), None)


def test_a_fifth_diploma_has_room_and_a_sixth_has_not() -> None:
    require_room(VerificationKind.DEGREE, stated=4)
    with pytest.raises(TooManyDiplomas) as refusal:
        require_room(VerificationKind.DEGREE, stated=5)
    assert refusal.value.fields == {"kind": VerificationKind.DEGREE, "most": 5}


@pytest.mark.parametrize("state", list(VerificationState))
def test_only_what_has_passed_is_closed_to_its_owner(state: VerificationState) -> None:
    if state is VerificationState.PASSED:
        with pytest.raises(DiplomaSettled):
            require_editable(state)
    else:
        require_editable(state)


def test_nobody_finds_a_statement_in_a_log() -> None:
    assert "林" not in repr(statement())
    assert LIN_NUMBER not in repr(statement())
