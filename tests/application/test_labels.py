"""Every word that a screen may need is there, and the declaration people agreed to is never edited."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

import pytest

from jinbang.application import labels
from jinbang.application.declaration import CURRENT_DECLARATION, DECLARATIONS
from jinbang.application.rules import Task, TaskStatus
from jinbang.application.states import ApplicationEvent, ApplicationState
from jinbang.catalogue.programme import Education
from jinbang.catalogue.rules import ConditionOutcome
from jinbang.payment import labels as payment_labels
from jinbang.payment.rules import NextStep
from jinbang.payment.states import OrderEvent, OrderState

HASHES = {"2026-1": "5343608a5f720464e057a8f6f906665047f89af80367639b61304525efa5b5a3"}


@pytest.mark.parametrize(
    "table,words",
    [
        (labels.STATES, ApplicationState),
        (labels.COLOURS, ApplicationState),
        (labels.WHAT_HAPPENS_NEXT, ApplicationState),
        (labels.TURNS, {state.whose_turn for state in ApplicationState}),
        (labels.EVENTS, {event.value for event in ApplicationEvent}),
        (labels.TASKS, Task),
        (labels.TASK_STATUSES, TaskStatus),
        (labels.EDUCATIONS, {education.value for education in Education}),
        (payment_labels.STATES, OrderState),
        (payment_labels.COLOURS, OrderState),
        (payment_labels.WHAT_HAPPENS_NEXT, OrderState),
        (payment_labels.TURNS, {state.whose_turn for state in OrderState}),
        (payment_labels.EVENTS, {event.value for event in OrderEvent}),
        (payment_labels.STEPS, NextStep),
    ],
)
def test_every_word_has_its_label(table: Mapping[str, object], words: Iterable[StrEnum]) -> None:
    assert set(words) <= set(table)
    assert all(str(table[word]) for word in words)


@pytest.mark.parametrize("outcome", ConditionOutcome)
def test_every_outcome_of_a_condition_has_its_sentence(outcome: ConditionOutcome) -> None:
    sentence = labels.verdict_sentence(outcome.value, years_short=3)
    assert sentence.endswith("。")
    assert ("3" in sentence) is (outcome is ConditionOutcome.YEARS_SHORT)


@pytest.mark.parametrize(
    "days,is_overdue,words",
    [
        (2, False, "还剩 2 个工作日"),
        (0, False, "今天到期"),
        (-3, True, "已超期 3 个工作日"),
        (0, True, "已超期 1 个工作日"),
    ],
)
def test_the_clock_in_words(days: int, *, is_overdue: bool, words: str) -> None:
    assert labels.clock_label(days, is_overdue=is_overdue) == words


def test_no_wording_of_the_declaration_was_edited_after_people_agreed_to_it() -> None:
    assert {version: declaration.sha256 for version, declaration in DECLARATIONS.items()} == HASHES
    assert CURRENT_DECLARATION.version in DECLARATIONS
