"""A replay cannot be told from building: what `tests.replay` leaves out is never what makes a test pass.

Each test here plays two others, one after the other: what the first builds is what the second would be given.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import TypeVar

import pytest
from django.db import connection, transaction
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from jinbang.kernel import clock
from jinbang.people.models import Authority
from jinbang.people.states import AuthorityKind
from tests import replay
from tests.cast import NOW
from tests.replay import noticed, repeated, replayed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]
T = TypeVar("T")


def province(code: str = "99", *, name: str = "") -> Authority:
    return Authority.objects.create(code=code, name=name or code, kind=AuthorityKind.PROVINCE.value, path=f"cn/{code}/")


def names() -> list[str]:
    return list(Authority.objects.order_by("code").values_list("name", flat=True))


def in_a_test(act: Callable[[], T], *, is_usual: bool = True, is_changed: bool = False) -> T:
    """Do it as a test of its own would: in a transaction that is taken back, from nothing."""
    with transaction.atomic(), noticed(is_usual=is_usual, is_changed=is_changed):
        try:
            return act()
        finally:
            transaction.set_rollback(True)


def in_two_tests(act: Callable[[], T]) -> tuple[T, T]:
    return in_a_test(act), in_a_test(act)


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin with nothing built, whatever other tests have left and however this run is asked to build."""
    monkeypatch.setattr(replay, "_kept", {})
    monkeypatch.setattr(replay, "is_off", False)


@pytest.fixture(params=[replayed, repeated], ids=["replayed", "repeated"])
def again(request: pytest.FixtureRequest) -> Callable[[object, Callable[[], object]], object]:
    """Ask in either way."""
    found: Callable[[object, Callable[[], object]], object] = request.param
    return found


def test_what_is_built_is_written_again_without_being_built(again: Callable[..., object]) -> None:
    calls = []

    def build() -> Authority:
        calls.append(1)
        return province()

    def act() -> tuple[list[str], object]:
        made = again("key", build)
        return names(), made

    first, second = in_two_tests(act)
    assert first == second
    assert len(calls) == 1


def test_what_a_refusal_took_back_stays_so(again: Callable[..., object]) -> None:
    def build() -> None:
        province("98")
        with suppress(LookupError), transaction.atomic():
            province("99")
            raise LookupError

    def act() -> list[str]:
        again("taken back", build)
        return names()

    assert in_two_tests(act) == (["98"], ["98"])


def test_what_finds_other_rows_is_built_upon_them(again: Callable[..., object]) -> None:
    def build() -> None:
        province("99", name=f"after {Authority.objects.count()}")

    def first() -> list[str]:
        again("other rows", build)
        return names()

    def second() -> list[str]:
        province("98")
        again("other rows", build)
        return names()

    assert in_a_test(first) == ["after 0"]
    assert in_a_test(second) == ["98", "after 1"]


def test_what_is_built_at_another_instant_is_built_anew(again: Callable[..., object]) -> None:
    def act() -> list[str]:
        again("instant", lambda: province(name=f"{clock.now():%d}"))
        return names()

    def later() -> list[str]:
        with clock.frozen_at(NOW + timedelta(days=1)):
            return act()

    assert (in_a_test(act), in_a_test(later)) == (["10"], ["11"])


def test_what_a_changed_program_builds_is_given_to_nobody_else(again: Callable[..., object]) -> None:
    written = "changed"

    def act() -> list[str]:
        again("changed", lambda: province(name=written))
        return names()

    assert in_a_test(act, is_usual=False, is_changed=True) == ["changed"]
    written = "as it is"
    assert in_a_test(act) == ["as it is"]


def test_a_replay_that_was_taken_back_is_not_taken_to_stand(again: Callable[..., object]) -> None:
    def build_second() -> Authority:
        return province("99", name=f"after {Authority.objects.count()}")

    def whole() -> list[str]:
        again("first", lambda: province("98"))
        again("second", build_second)
        return names()

    def with_half_of_it_taken_back() -> list[str]:
        with suppress(LookupError), transaction.atomic():
            again("first", lambda: province("98"))
            raise LookupError
        again("second", build_second)
        return names()

    assert in_two_tests(whole) == (["98", "after 1"], ["98", "after 1"])
    assert in_a_test(with_half_of_it_taken_back) == ["after 0"]


def test_whoever_counts_queries_counts_those_of_building(again: Callable[..., object]) -> None:
    def build() -> None:
        for number in range(10, 20):
            province(str(number))
            names()

    def act() -> int:
        with CaptureQueriesContext(connection) as captured:
            again("counted", build)
        return len(captured)

    def uncounted() -> None:
        again("counted", build)

    in_two_tests(uncounted)
    first, second = in_two_tests(act)
    assert first == second >= 20


def test_whoever_looks_at_what_follows_the_commit_is_told_that_a_replay_has_none(again: Callable[..., object]) -> None:
    told: list[str] = []

    def build() -> None:
        province()
        transaction.on_commit(lambda: told.append("told"))

    def act() -> list[str]:
        with TestCase.captureOnCommitCallbacks(execute=True):
            again("commit", build)
        return list(told)

    assert in_a_test(act) == ["told"]
    with pytest.raises(AssertionError, match="left out of a replay"):
        in_a_test(act)
