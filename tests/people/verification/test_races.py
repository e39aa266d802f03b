"""Two workers at once: one question is asked by one, one answer counts once, one check is begun for one person."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from jinbang.audit.models import StateChange
from jinbang.people.models import Verification
from jinbang.people.verification import actions
from jinbang.people.verification.adapters import Question
from jinbang.people.verification.rules import Verdict
from jinbang.people.verification.states import Reason, VerificationEvent
from tests.cast import NOW, Cast


def begun(cast: Cast) -> Verification:
    actions.open_verifications(now=NOW)
    return Verification.objects.get(person=cast.lin.bound)


@pytest.mark.django_db(transaction=True)
def test_two_workers_begin_one_check_for_each_person(cast: Cast) -> None:
    barrier = Barrier(2)

    def work(_number: int) -> int:
        barrier.wait()
        try:
            return actions.open_verifications(now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(work, range(2))) == 2
    assert Verification.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_ask_one_question_once(cast: Cast) -> None:
    row, barrier = begun(cast), Barrier(2)

    def work(_number: int) -> Question | None:
        barrier.wait()
        try:
            return actions.prepare_question(verification_id=row.pk, now=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        asked = [question for question in pool.map(work, range(2)) if question is not None]
    assert len(asked) == 1


@pytest.mark.django_db(transaction=True)
def test_two_answers_to_one_question_count_once(cast: Cast) -> None:
    row, barrier = begun(cast), Barrier(2)
    question = actions.prepare_question(verification_id=row.pk, now=NOW)
    assert question is not None
    verdicts = [Verdict(VerificationEvent.PASS), Verdict(VerificationEvent.FAIL, Reason.NAME_DIFFERS)]

    def work(verdict: Verdict) -> bool:
        barrier.wait()
        try:
            return actions.apply_verdict(
                verification_id=row.pk, question_id=question.id, verdict=verdict, by_whom="test", now=NOW
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(work, verdicts)) == [False, True]
    assert StateChange.objects.filter(subject_id=row.pk, event__in=["pass", "fail"]).count() == 1


@pytest.mark.django_db(transaction=True)
def test_looking_without_the_lock_two_workers_would_ask_the_same(cast: Cast) -> None:
    """The twin: both see that nobody is asking, and both ask."""
    row, barrier = begun(cast), Barrier(2)

    def work(_number: int) -> bool:
        try:
            is_free = Verification.objects.get(pk=row.pk).asked_at is None
            barrier.wait()
            if is_free:
                Verification.objects.filter(pk=row.pk).update(asked_at=NOW)
            return is_free
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(work, range(2))) == [True, True]
