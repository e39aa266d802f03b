"""What a mark means and what a sitting comes to, both sides of each boundary."""

from dataclasses import replace
from datetime import date

import pytest

from jinbang.catalogue.check import find_programme_in_files
from jinbang.catalogue.errors import PartMarksWrong
from jinbang.catalogue.regulations import Provenance
from jinbang.catalogue.validity import PassedOverYear, Validity
from jinbang.results.rules import (
    History,
    Judgement,
    SubjectMark,
    SubjectOutcome,
    attempt_of,
    joined_mark,
    judge_person,
    judge_subject,
    overall_of,
)
from jinbang.results.states import MarkStatus, Overall, Verdict, YearStatus
from jinbang.results.validity import Attempt, HeldSitting, Registration, Retention, StatedPass, own_stated

ROLLING = Validity(consecutive_sittings=2)
WITHIN_THE_SITTING = Validity(consecutive_sittings=1, same_sitting=True)
YEARS = tuple(HeldSitting(str(year), year, date(year, 9, 1)) for year in (2024, 2025, 2026))
WORDS = {
    "absent": MarkStatus.ABSENT,
    "violation": MarkStatus.VIOLATION,
    "void": MarkStatus.VOID,
    "withheld": MarkStatus.WITHHELD,
}


def mark(code: str, cell: int | str) -> SubjectMark:
    if isinstance(cell, int):
        return SubjectMark(code, MarkStatus.SCORED, cell * 100)
    return SubjectMark(code, WORDS[cell], None)


def judged(
    cells: dict[str, int | str],
    *,
    required: str = "ab",
    pass_marks: dict[str, int | None] | None = None,
    earlier: dict[str, str] | None = None,
    validity: Validity = ROLLING,
) -> Judgement:
    sat = {year: Attempt(frozenset(codes), frozenset({*codes, "other"})) for year, codes in (earlier or {}).items()}
    history = History(YEARS, sat, validity)
    return judge_person(
        required=tuple(required),
        marks={code: mark(code, cell) for code, cell in cells.items()},
        pass_marks=pass_marks if pass_marks is not None else dict.fromkeys(required, 6000),
        history=history,
    )


def lines_of(judgement: Judgement) -> dict[str, Verdict]:
    return {line.code: line.verdict for line in judgement.lines}


@pytest.mark.parametrize(
    "number,verdict", [(5999, Verdict.FAILED), (6000, Verdict.PASSED), (6001, Verdict.PASSED), (0, Verdict.FAILED)]
)
def test_the_pass_mark_itself_is_passed(number: int, verdict: Verdict) -> None:
    assert judge_subject(SubjectMark("a", MarkStatus.SCORED, number), pass_mark_hundredths=6000) is verdict


@pytest.mark.parametrize("status", [status for status in MarkStatus if status is not MarkStatus.SCORED])
def test_what_has_no_number_has_no_verdict(status: MarkStatus) -> None:
    assert judge_subject(SubjectMark("a", status, None), pass_mark_hundredths=6000) is Verdict.NONE


def test_without_a_pass_mark_nothing_is_said() -> None:
    found = judge_subject(SubjectMark("a", MarkStatus.SCORED, 9999), pass_mark_hundredths=None)
    assert found is Verdict.AWAITING_PASS_MARK


@pytest.mark.parametrize(
    "cells,overall",
    [
        ({"a": 60, "b": 60}, Overall.PASSED),
        ({"a": 60, "b": 59}, Overall.PARTIAL),
        ({"a": 59, "b": 59}, Overall.FAILED),
        ({"a": 0, "b": 0}, Overall.FAILED),
        ({"a": "absent", "b": "absent"}, Overall.ABSENT),
        ({"a": "absent", "b": 0}, Overall.FAILED),
        ({"a": "absent", "b": 60}, Overall.PARTIAL),
        ({"a": "violation", "b": "violation"}, Overall.VIOLATION),
        ({"a": "void", "b": "violation"}, Overall.VIOLATION),
        ({"a": "absent", "b": "violation"}, Overall.VIOLATION),
        ({"a": "void", "b": "void"}, Overall.VOID),
        ({"a": "violation", "b": 60}, Overall.PARTIAL),
        ({"a": "violation", "b": 59}, Overall.FAILED),
        ({"a": "void", "b": "absent"}, Overall.VOID),
        ({"a": "withheld", "b": 60}, Overall.WITHHELD),
        ({"a": "withheld", "b": "absent"}, Overall.WITHHELD),
        ({"a": 60}, Overall.PARTIAL),
    ],
)
def test_what_a_sitting_comes_to(cells: dict[str, int | str], overall: Overall) -> None:
    assert judged(cells).overall is overall


def test_zero_absent_violation_and_void_never_look_alike() -> None:
    seen = {
        (line.status, line.mark_hundredths)
        for cell in (0, "absent", "violation", "void", "withheld")
        for line in judged({"a": cell}, required="a").lines
    }
    assert len(seen) == 5


def test_a_missing_pass_mark_leaves_the_whole_open() -> None:
    judgement = judged({"a": 90, "b": 10}, pass_marks={"a": None, "b": 6000})
    assert judgement.overall is Overall.AWAITING_PASS_MARK
    assert lines_of(judgement) == {"a": Verdict.AWAITING_PASS_MARK, "b": Verdict.FAILED}


def test_whoever_was_absent_from_everything_is_absent_even_before_the_pass_mark() -> None:
    judgement = judged({"a": "absent", "b": "absent"}, pass_marks={"a": None, "b": None})
    assert judgement.overall is Overall.ABSENT


def test_an_earlier_pass_completes_the_level_and_names_its_year() -> None:
    judgement = judged({"b": 60}, earlier={"2025": "a"})
    assert judgement.overall is Overall.PASSED
    assert [(line.verdict, line.passed_year) for line in judgement.lines] == [
        (Verdict.RETAINED, 2025),
        (Verdict.PASSED, None),
    ]
    assert judgement.explanation["kept"] == []
    assert judgement.explanation["lapsing"] == []
    assert judgement.explanation["missing"] == []


def test_a_pass_outside_the_window_counts_no_longer_and_is_named_as_lapsed() -> None:
    judgement = judged({"b": 60}, earlier={"2024": "a"})
    assert judgement.overall is Overall.PARTIAL
    assert judgement.explanation["lapsed"] == [["a", 2024]]
    assert judgement.explanation["missing"] == ["a"]
    assert judgement.explanation["kept"] == [["b", 2026, 2027]]
    assert judgement.explanation["window_years"] == [2025, 2026]


def test_a_retained_pass_that_ends_with_this_sitting_is_named_as_lapsing() -> None:
    judgement = judged({"b": 59}, earlier={"2025": "a"})
    assert judgement.overall is Overall.FAILED
    assert judgement.explanation["lapsing"] == ["a"]


def test_a_pass_still_counting_is_not_lost_by_failing_the_subject_again() -> None:
    judgement = judged({"a": 10, "b": 60}, earlier={"2025": "a"})
    assert judgement.overall is Overall.PASSED
    assert judgement.lines[0].verdict is Verdict.RETAINED
    assert judgement.lines[0].mark_hundredths == 1000


def test_passing_again_counts_from_the_later_year() -> None:
    judgement = judged({"a": 60, "b": 10}, earlier={"2025": "a"})
    assert judgement.lines[0].verdict is Verdict.PASSED
    assert judgement.explanation["kept"] == [["a", 2026, 2027]]


def test_single_subjects_of_one_sitting_programmes_are_not_kept() -> None:
    judgement = judged({"a": 60, "b": 59}, validity=WITHIN_THE_SITTING)
    assert judgement.overall is Overall.FAILED
    assert judgement.explanation["kept"] == []


def test_an_absence_from_everything_keeps_what_was_passed_before() -> None:
    three = Validity(consecutive_sittings=3)
    judgement = judged({"b": "absent"}, earlier={"2025": "a"}, validity=three)
    assert judgement.overall is Overall.ABSENT
    assert judgement.explanation["kept"] == [["a", 2025, 2027]]


def test_a_withheld_subject_is_not_complete_even_where_an_earlier_pass_stands() -> None:
    judgement = judged({"a": "withheld", "b": 60}, earlier={"2025": "a"})
    assert judgement.overall is Overall.WITHHELD
    assert judgement.explanation["kept"] == [["b", 2026, 2027]]


def test_passes_of_subjects_no_longer_asked_for_are_not_promised() -> None:
    judgement = judged({"a": 59}, required="a", earlier={"2025": "z"}, validity=Validity(consecutive_sittings=3))
    assert judgement.explanation["kept"] == []
    assert judgement.overall is Overall.FAILED


def test_nothing_sat_and_nothing_kept_is_a_fail_not_an_absence() -> None:
    assert overall_of([SubjectOutcome("a", None, None, 6000, Verdict.NONE)], keeps_any=False) is Overall.FAILED


# ---------------------------------------------------------------- weighted parts with a status
@pytest.mark.parametrize(
    "cells,status,number",
    [
        ({"ethics": 80, "theory": 60}, MarkStatus.SCORED, 6200),
        ({"ethics": 0, "theory": 0}, MarkStatus.SCORED, 0),
        ({"ethics": "absent", "theory": "absent"}, MarkStatus.ABSENT, None),
        ({"ethics": "violation", "theory": 90}, MarkStatus.VIOLATION, None),
        ({"ethics": "void", "theory": "withheld"}, MarkStatus.VOID, None),
        ({"ethics": "withheld", "theory": "absent"}, MarkStatus.WITHHELD, None),
    ],
)
def test_a_status_of_one_part_is_that_of_the_subject(
    cells: dict[str, int | str], status: MarkStatus, number: int | None
) -> None:
    theory = find_programme_in_files("psychological-counsellor-2017").subject("theory", level="level-3")
    joined = joined_mark(theory, {code: mark(code, cell) for code, cell in cells.items()})
    assert joined == SubjectMark("theory", status, number)


def test_refuses_to_guess_what_a_part_missed_beside_another_means() -> None:
    theory = find_programme_in_files("psychological-counsellor-2017").subject("theory", level="level-3")
    with pytest.raises(PartMarksWrong):
        joined_mark(theory, {"ethics": mark("ethics", "absent"), "theory": mark("theory", 90)})


# ---------------------------------------------------------------- the explanation
def test_the_explanation_names_what_would_complete_the_level_and_until_when() -> None:
    three = Validity(consecutive_sittings=3)
    judgement = judged({"b": 60, "c": 10}, required="abc", earlier={"2025": "a"}, validity=three)
    assert judgement.explanation["kept"] == [["a", 2025, 2027], ["b", 2026, 2028]]
    assert judgement.explanation["completes"] == [[2027, ["c"]], [2028, ["a", "c"]], [None, ["a", "b", "c"]]]
    assert judgement.explanation["source"] == ""


def test_whoever_has_everything_is_told_of_nothing_to_complete() -> None:
    assert judged({"a": 60, "b": 60}).explanation["completes"] == []


def test_each_year_is_named_as_what_it_was_and_no_two_kinds_alike() -> None:
    years = tuple(HeldSitting(str(year), year, date(year, 9, 1), year != 2023) for year in range(2021, 2027))
    over = (PassedOverYear(2024, Provenance("notice")),)
    earlier = {"2021": Attempt(frozenset("a"), frozenset("a")), "2022": Attempt()}
    history = History(years, earlier, Validity(consecutive_sittings=4, passed_over=over))
    assert history.years == (
        (2021, YearStatus.SAT),
        (2022, YearStatus.ABSENT),
        (2023, YearStatus.NOT_HELD),
        (2024, YearStatus.PASSED_OVER),
        (2025, YearStatus.NOT_REGISTERED),
    )
    assert history.window_years == (2021, 2022, 2025, 2026)
    assert history.retained == {"a": 2021}


@pytest.mark.parametrize("cell", [0, "absent", "violation", "void", "withheld"])
def test_zero_absent_violation_void_and_withheld_leave_each_its_own_trace_for_later_years(cell: int | str) -> None:
    attempt = attempt_of({"a": mark("a", cell)}, pass_marks={"a": 6000})
    assert not attempt.passed
    assert attempt.has_sat is (cell != "absent")


# ---------------------------------------------------------------- what another system's file states
FILED = StatedPass("level", "", "p", Retention("a", 2024, 2026))
TAKEN = Registration("2025", "level", "", "p", Attempt(frozenset("b"), frozenset("b")))


def stated(*registrations: Registration, specialty: str = "p", track: str = "") -> tuple[Retention, ...]:
    return own_stated(
        [FILED], registrations, level="level", track=track, specialty=specialty, own=frozenset("a"), lasts=True
    )


def test_a_stated_pass_counts_through_its_year_and_completes_a_level() -> None:
    history = History(YEARS, {}, ROLLING, stated=(Retention("a", 2024, 2026),))
    passed = judge_person(required="ab", marks={"b": mark("b", 60)}, pass_marks={"a": 6000, "b": 6000}, history=history)
    assert passed.overall is Overall.PASSED
    assert passed.lines[0].passed_year == 2024
    failed = judge_person(required="ab", marks={"b": mark("b", 59)}, pass_marks={"a": 6000, "b": 6000}, history=history)
    assert failed.explanation["kept"] == []
    assert failed.explanation["lapsing"] == ["a"]


def test_a_stated_pass_of_a_year_that_is_over_has_lapsed_and_a_pass_of_ours_takes_its_place() -> None:
    over = History(YEARS, {}, ROLLING, stated=(Retention("a", 2023, 2025),))
    assert (over.retained, over.lapsed) == ({}, {"a": 2023})
    ours = History(
        YEARS, {"2025": Attempt(frozenset("a"), frozenset("a"))}, ROLLING, stated=(Retention("a", 2023, None),)
    )
    assert (ours.retained, ours.lapsed) == ({"a": 2025}, {})
    assert ours.kept_after(Attempt()) == (Retention("a", 2023, None),)


def test_a_stated_pass_ends_as_our_own_do() -> None:
    assert stated() == stated(TAKEN) == (FILED.retention,)
    assert stated(replace(TAKEN, is_complete=True)) == ()
    assert stated(replace(TAKEN, track="exempt")) == ()
    assert stated(track="exempt") == ()
    assert stated(specialty="q") == stated(replace(TAKEN, specialty="q")) == ()
