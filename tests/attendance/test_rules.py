"""The rules of a room record at their boundaries, and its states."""

from datetime import UTC, datetime, timedelta

import pytest

from jinbang.attendance import labels, rules
from jinbang.attendance.errors import (
    AbsentAndViolating,
    FactsMissing,
    RecordClosed,
    ReopenReasonMissing,
    SeatNotInRoom,
    SessionNotBegun,
)
from jinbang.attendance.states import TRANSITIONS, Article, RecordEvent, RecordState
from jinbang.kernel.states import advance

T = datetime(2026, 6, 6, 1, 0, tzinfo=UTC)


def test_a_record_goes_to_and_fro() -> None:
    closed = advance(TRANSITIONS, RecordState.OPEN, RecordEvent.CLOSE)
    assert closed is RecordState.CLOSED
    assert advance(TRANSITIONS, closed, RecordEvent.REOPEN) is RecordState.OPEN


def test_whose_turn_it_is() -> None:
    assert RecordState.OPEN.whose_turn == "room_clerk"
    assert RecordState.CLOSED.whose_turn == "nobody"


def test_only_an_open_record_changes() -> None:
    rules.require_open(RecordState.OPEN)
    with pytest.raises(RecordClosed):
        rules.require_open(RecordState.CLOSED)


def test_the_first_moment_of_a_session_counts() -> None:
    rules.require_begun(starts=T, now=T)
    with pytest.raises(SessionNotBegun):
        rules.require_begun(starts=T, now=T - timedelta(microseconds=1))


def test_strange_seats_are_named_in_order() -> None:
    rules.require_seats([1, 2], present={1, 2, 3})
    with pytest.raises(SeatNotInRoom) as refusal:
        rules.require_seats([9, 1, 4], present={1, 2, 3})
    assert refusal.value.seats == (4, 9)


def test_absent_and_violating_exclude_each_other() -> None:
    rules.require_apart(absent=[1], violating=[2])
    with pytest.raises(AbsentAndViolating):
        rules.require_apart(absent=[1, 2], violating=[2])


def test_facts_and_reasons_are_trimmed_and_never_empty() -> None:
    assert rules.require_facts(" x ") == rules.require_reason("x\n") == "x"
    with pytest.raises(FactsMissing):
        rules.require_facts(" ")
    with pytest.raises(ReopenReasonMissing):
        rules.require_reason("")


@pytest.mark.parametrize("article", list(Article))
def test_every_article_says_what_becomes_invalid(article: Article) -> None:
    assert "无效" in str(labels.ARTICLES[article])
