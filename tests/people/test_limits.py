"""Limits and codes under attack: many at once, many spellings, many networks. Each race with its twin."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import TypeVar
from uuid import UUID

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from django.test import Client
from pytest_django import Settings

from jinbang.kernel.clock import frozen_at
from jinbang.kernel.errors import DomainError
from jinbang.people import codes, limits
from jinbang.people.errors import CodeOver, CodeWrong
from jinbang.people.models import SentCode, Tally
from jinbang.people.states import CodePurpose
from tests.cast import NOW, PASSWORD, Cast, build_cast

T = TypeVar("T")
PHONE = "+8613512345678"
AT_ONCE = 8
SMALL = limits.Limit("of_the_test", 3, timedelta(minutes=5))
Sent = list[tuple[str, str]]


def together(*acts: Callable[[], T]) -> list[T | DomainError]:
    """Let everybody start at one instant, each on a connection of their own; refusals come back as values."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], T]) -> T | DomainError:
        try:
            with frozen_at(NOW):
                barrier.wait(timeout=20)
                return act()
        except DomainError as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def a_code(sent: Sent) -> tuple[UUID, str]:
    code_id = codes.send_code(PHONE, purpose=CodePurpose.SIGN_IN, network="", now=NOW)
    found = re.search(r"\d{6}", sent[-1][1])
    assert found is not None
    return code_id, found[0]


def prove(code_id: UUID, digits: str) -> bool:
    codes.prove({code_id: digits}, purposes=(CodePurpose.SIGN_IN,), now=NOW)
    return True


# ---------------------------------------------------------------- races
@pytest.mark.django_db(transaction=True)
def test_of_many_who_use_one_code_at_once_one_succeeds(sent: Sent) -> None:
    for round_ in range(6):
        SentCode.objects.all().delete()
        Tally.objects.all().delete()
        code_id, digits = a_code(sent)
        outcomes = together(*[partial(prove, code_id, digits)] * 4)
        assert outcomes.count(True) == 1, round_
        assert all(isinstance(one, CodeOver) for one in outcomes if one is not True)


@pytest.mark.django_db(transaction=True)
def test_without_the_conditional_update_several_succeed(sent: Sent) -> None:
    """The twin: look first, then write. Everybody has looked before anybody writes."""
    code_id, digits = a_code(sent)
    everybody_looked = Barrier(4)

    def check_then_set() -> bool:
        row = SentCode.objects.get(pk=code_id)
        is_free = row.spent_at is None and bool(digits)
        everybody_looked.wait(timeout=20)
        if is_free:
            SentCode.objects.filter(pk=code_id).update(spent_at=NOW)
        return is_free

    assert together(*[check_then_set] * 4).count(True) > 1


@pytest.mark.django_db(transaction=True)
def test_of_many_guesses_at_once_five_are_looked_at(sent: Sent) -> None:
    code_id, digits = a_code(sent)
    wrong = [f"{(int(digits) + 1 + step) % 1_000_000:06d}" for step in range(AT_ONCE)]
    outcomes = together(*[partial(prove, code_id, one) for one in wrong])
    assert (
        sum(isinstance(one, CodeWrong) for one in outcomes) == codes.TRIES - 1
    )  # the fifth is told that it was the last
    assert SentCode.objects.get(pk=code_id).tries_left == 0
    with pytest.raises(CodeOver):
        prove(code_id, digits)


@pytest.mark.django_db(transaction=True)
def test_a_limit_holds_for_many_at_once() -> None:
    outcomes = together(*[partial(limits.take, SMALL, "somebody", now=NOW)] * AT_ONCE)
    assert outcomes.count(True) == SMALL.most


@pytest.mark.django_db(transaction=True)
def test_without_the_conditional_update_a_limit_is_passed() -> None:
    """The twin: count what is there, then add."""
    limits.take(SMALL, "somebody", now=NOW)
    everybody_counted = Barrier(AT_ONCE)

    def count_then_add() -> bool:
        count = Tally.objects.get().count
        everybody_counted.wait(timeout=20)
        return count < SMALL.most

    assert together(*[count_then_add] * AT_ONCE).count(True) > SMALL.most


# ---------------------------------------------------------------- one after another
@pytest.mark.django_db
def test_a_limit_begins_anew_when_its_time_has_passed() -> None:
    assert [limits.take(SMALL, "a", now=NOW) for _ in range(4)] == [True, True, True, False]
    assert limits.take(SMALL, "b", now=NOW)
    assert not limits.take(SMALL, "a", now=NOW + SMALL.within - timedelta(seconds=1))
    assert limits.take(SMALL, "a", now=NOW + SMALL.within)
    limits.give_back(SMALL, "a")
    assert [limits.take(SMALL, "a", now=NOW + SMALL.within) for _ in range(4)] == [True, True, True, False]


@pytest.mark.django_db
def test_a_row_names_nobody() -> None:
    limits.take(SMALL, PHONE, now=NOW)
    row = Tally.objects.get()
    assert PHONE not in row.key
    assert len(row.key) == 64


WRONG = "wrong-wrong-wrong"


def guess(client: Client, login: str, address: str, *, password: str = WRONG) -> bool:
    answer = client.post("/account/login/", {"login": login, "password": password}, REMOTE_ADDR=address)
    return answer.status_code == 302


@pytest.mark.django_db
def test_one_account_has_one_count_however_it_is_spelt(cast: Cast) -> None:
    spellings = ["lin", "LIN", "13800138000", "138 0013 8000", "+8613800138000"]
    for spelling in spellings:
        assert not guess(Client(), spelling, "203.0.113.9")
    assert not guess(Client(), "lin", "203.0.113.9", password=PASSWORD)
    assert (
        "改用验证码登录"
        in Client().post("/account/login/", {"login": "lin", "password": PASSWORD}, REMOTE_ADDR="203.0.113.9").text
    )


@pytest.mark.django_db
def test_a_stranger_locks_nobody_out(cast: Cast, code_to: Callable[[str], str]) -> None:
    assert guess(Client(), "lin", "198.51.100.7", password=PASSWORD)
    for number in range(70):
        assert not guess(Client(), "lin", f"203.0.113.{number}")
    assert not guess(Client(), "lin", "192.0.2.1", password=PASSWORD)  # past the day's limit for networks never seen
    assert guess(Client(), "lin", "198.51.100.7", password=PASSWORD)  # at home the password goes on working
    abroad = Client()
    abroad.post("/account/login/code/", {"contact": "13800138000"}, REMOTE_ADDR="192.0.2.1")
    answer = abroad.post("/account/login/code/confirm/", {"code": code_to(cast.lin.phone)}, REMOTE_ADDR="192.0.2.1")
    assert answer.headers["Location"] == "/me/"


@pytest.mark.django_db
def test_fifty_thousand_spread_guesses_are_no_more_than_the_policy(cast: Cast) -> None:
    """The count itself, without the pages: five hundred networks that try a hundred times each."""
    from jinbang.people.adapters import Attempt

    let_through = sum(
        Attempt.of(login="lin", address=f"198.51.{number // 250}.{number % 250}").take(NOW)
        for number in range(500)
        for _ in range(4)
    )
    assert let_through == limits.PASSWORD_ELSEWHERE.most


@pytest.mark.django_db
def test_right_passwords_are_no_attempts(cast: Cast) -> None:
    for _ in range(12):
        assert guess(Client(), "lin", "203.0.113.9", password=PASSWORD)


@pytest.mark.django_db(transaction=True)
def test_the_cache_of_the_settings_is_the_databases(settings: Settings) -> None:
    """Used authenticator codes are kept there: in the memory of one process another would take them again."""
    from config.settings import base

    settings.CACHES = base.CACHES
    call_command("createcachetable")
    with frozen_at(NOW):
        build_cast()
    assert caches["default"].add("code", "used", 60)
    connection.close()
    assert not caches["default"].add("code", "used", 60)
    caches["default"].clear()
