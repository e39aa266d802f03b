"""What the worker does every few seconds, and what it does no more than once an hour."""

from datetime import datetime, timedelta

import pytest

from jinbang.application.retention import actions as retention
from jinbang.people import limits
from jinbang.portal import tasks
from tests.cast import NOW

pytestmark = pytest.mark.django_db
ROUNDS = [NOW + timedelta(seconds=5 * number) for number in range(3)]


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """Note when every region is looked through for what is due to be erased."""
    found: list[datetime] = []
    monkeypatch.setattr(retention, "erase_what_is_due", lambda *, now: found.append(now))
    return found


def test_what_is_due_to_be_erased_is_looked_for_once_an_hour(looked: list[datetime]) -> None:
    for now in (*ROUNDS, NOW + timedelta(hours=1) - timedelta(seconds=1), NOW + timedelta(hours=1)):
        tasks._erase_what_is_due(now)
    assert looked == [NOW, NOW + timedelta(hours=1)]


def test_without_the_limit_every_round_looks_through_everything(
    looked: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "take", lambda *_whom, **_when: True)
    for now in ROUNDS:
        tasks._erase_what_is_due(now)
    assert looked == ROUNDS
