"""The rules of the review desk and the arithmetic of its figures, without a database."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinbang.application import reviewing, statistics
from jinbang.application.errors import AppealClosed, AppealWordsMissing, LinesNotFine, NotIndependent, SeedNotPublic
from jinbang.application.reviewing import Claim, LineVerdict, Plan
from jinbang.application.statistics import Step
from jinbang.kernel.clock import SHANGHAI
from jinbang.people.verification.states import VerificationKind

ME, OTHER = uuid4(), uuid4()
NOW = datetime(2026, 3, 10, 10, 0, tzinfo=SHANGHAI)  # a Tuesday
TICK = timedelta(microseconds=1)


def is_weekday(day: date) -> bool:
    return day.weekday() < 5


@pytest.mark.parametrize(
    "claim,is_free",
    [
        (Claim(), True),
        (Claim(ME, NOW + TICK), True),
        (Claim(OTHER, NOW + TICK), False),
        (Claim(OTHER, NOW), True),
        (Claim(OTHER, None), True),
    ],
)
def test_a_case_is_free_when_it_is_nobodys_mine_or_the_lease_is_over(claim: Claim, *, is_free: bool) -> None:
    assert claim.is_free_for(ME, NOW) is is_free


def test_machine_verified_means_both_and_passed() -> None:
    name, *diplomas = VerificationKind
    assert not reviewing.is_machine_verified(())
    assert not reviewing.is_machine_verified((name,))
    assert not reviewing.is_machine_verified(diplomas)
    for diploma in diplomas:
        assert reviewing.is_machine_verified((diploma, name))


def test_nobody_looks_at_their_own_work_anew() -> None:
    reviewing.require_other_hands({OTHER, None}, reviewer_id=ME)
    with pytest.raises(NotIndependent):
        reviewing.require_other_hands({OTHER, ME}, reviewer_id=ME)


def test_what_is_marked_as_anything_but_fine_cannot_be_approved() -> None:
    reviewing.require_lines_fine({})
    reviewing.require_lines_fine({"photo": LineVerdict.FINE})
    for wrong in (LineVerdict.TO_FIX, LineVerdict.NOT_MET):
        with pytest.raises(LinesNotFine) as refused:
            reviewing.require_lines_fine({"photo": LineVerdict.FINE, "site": wrong})
        assert refused.value.fields["lines"] == ("site",)


def test_an_appeal_has_whole_working_days_and_ends_as_the_last_is_over() -> None:
    friday = datetime(2026, 3, 13, 16, 0, tzinfo=SHANGHAI)
    until = reviewing.appeal_deadline(friday, working_days=2, is_working=is_weekday)
    assert until == datetime(2026, 3, 18, tzinfo=SHANGHAI)
    assert reviewing.require_appeal(" 学历有误。 ", until=until, now=until - TICK) == "学历有误。"
    with pytest.raises(AppealClosed):
        reviewing.require_appeal("学历有误。", until=until, now=until)
    with pytest.raises(AppealWordsMissing):
        reviewing.require_appeal(" ", until=until, now=friday)
    assert reviewing.appeal_deadline(friday, working_days=0, is_working=is_weekday) == friday


def test_a_share_of_all_and_a_share_of_none() -> None:
    ids = [uuid4() for _ in range(200)]
    assert not any(reviewing.is_sampled(one, Plan(1, 100, "seed")) for one in ids)
    assert not any(reviewing.is_sampled(one, Plan(2, 0, "seed")) for one in ids)
    assert all(reviewing.is_sampled(one, Plan(2, 100, "seed")) for one in ids)


def test_a_tenth_is_about_a_tenth_and_another_seed_draws_others() -> None:
    ids = [UUID(int=number) for number in range(10_000)]
    first = {one for one in ids if reviewing.is_sampled(one, Plan(2, 10, "first"))}
    second = {one for one in ids if reviewing.is_sampled(one, Plan(2, 10, "second"))}
    assert 900 < len(first) < 1_100
    assert 50 < len(first & second) < 150


def test_the_seed_is_bound_beforehand_and_shown_when_reviewing_is_over() -> None:
    assert reviewing.commitment("a" * 64) != reviewing.commitment("b" * 64)
    reviewing.require_seed_public(NOW, now=NOW)
    for closes in (NOW + TICK, None):
        with pytest.raises(SeedNotPublic):
            reviewing.require_seed_public(closes, now=NOW)


@given(st.lists(st.tuples(st.uuids(), st.integers(1, 9)), unique_by=lambda pair: pair[0], min_size=1))
def test_the_hash_of_a_list_knows_its_cases_and_not_their_order(cases: list[tuple[UUID, int]]) -> None:
    listed = reviewing.list_hash(cases)
    assert reviewing.list_hash(reversed(cases)) == listed
    assert reviewing.list_hash(cases[1:]) != listed
    (case, version), *rest = cases
    assert reviewing.list_hash([(case, version + 1), *rest]) != listed


@pytest.mark.parametrize(
    "line,page",
    [
        ("photo", "photo"),
        ("education", "education"),
        ("graduated_on", "education"),
        ("work_years", "education"),
        ("employer", "employer"),
        ("commitment", "commitment"),
        ("evidence:学历证书", "evidence:学历证书"),
        ("identity", ""),
        ("region", ""),
    ],
)
def test_a_line_is_asked_for_on_the_page_where_it_is_put_right(line: str, page: str) -> None:
    assert reviewing.task_of_line(line) == page


# ---------------------------------------------------------------- the figures


@pytest.mark.parametrize(
    "start,end,hours",
    [
        ((10, 10), (10, 12), 2.0),
        ((10, 8), (10, 10), 1.0),
        ((10, 16), (11, 10), 2.0),
        ((13, 16), (16, 10), 2.0),  # over a weekend
        ((14, 10), (15, 10), 0.0),  # a Saturday to a Sunday
        ((10, 12), (10, 11), 0.0),
        ((10, 10), (12, 10), 16.0),  # two working days are sixteen hours
    ],
)
def test_working_hours(start: tuple[int, int], end: tuple[int, int], hours: float) -> None:
    first, last = (datetime(2026, 3, day, hour, tzinfo=SHANGHAI) for day, hour in (start, end))
    assert statistics.working_hours(first, last, is_working=is_weekday) == hours


def test_a_wait_runs_from_a_submission_to_the_first_answer_and_second_looks_are_none() -> None:
    at = [NOW + timedelta(hours=hour) for hour in range(6)]
    steps = [
        Step(ME, "submit", at[0]), Step(ME, "return", at[1]), Step(ME, "submit", at[2]),
        Step(ME, "propose_refusal", at[3]), Step(ME, "refuse", at[4]), Step(OTHER, "submit", at[0]),
    ]  # fmt: skip
    assert statistics.waits(steps, since=NOW) == [(at[0], at[1]), (at[2], at[3])]
    assert statistics.waits(steps, since=at[2]) == [(at[2], at[3])]
    assert statistics.median_hours([(at[0], at[1]), (at[0], at[3])], is_working=is_weekday) == 2.0
    assert statistics.median_hours([], is_working=is_weekday) is None


def test_counts_stand_by_day_and_in_order() -> None:
    days = [NOW.date() - timedelta(days=1), NOW.date()]
    assert statistics.by_day([NOW, NOW, NOW - timedelta(days=5)], days) == [0, 2]
    assert statistics.in_order({"a": 1, "b": 3, "c": 3}) == [("b", 3), ("c", 3), ("a", 1)]
