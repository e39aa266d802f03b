"""Conditions are judged on both sides of every boundary: education, years, the day of the diploma. Parts add up."""

from dataclasses import replace
from datetime import date

import pytest

from jinbang.catalogue.check import find_programme_in_files
from jinbang.catalogue.errors import PartMarksWrong
from jinbang.catalogue.programme import Condition, Education, Rounding, Subject
from jinbang.catalogue.rules import ConditionOutcome, ConditionVerdict, is_eligible, judge_condition, weighted_mark
from jinbang.catalogue.seeds import PROGRAMMES, read_seed

TODAY = date(2026, 4, 8)
LONG_AGO = date(2010, 7, 1)

SECONDARY, ASSOCIATE, BACHELOR, MASTER, DOCTOR = (
    Education.SECONDARY,
    Education.ASSOCIATE,
    Education.BACHELOR,
    Education.MASTER,
    Education.DOCTOR,
)
MEETS = ConditionVerdict(ConditionOutcome.MEETS)
BELOW = ConditionVerdict(ConditionOutcome.EDUCATION_BELOW)
NOT_YET = ConditionVerdict(ConditionOutcome.NOT_GRADUATED)


def short(years: int) -> ConditionVerdict:
    return ConditionVerdict(ConditionOutcome.YEARS_SHORT, years_short=years)


def condition(file: str, level: str, code: str) -> Condition:
    return read_seed(PROGRAMMES / file).programme.condition(code, level=level)


SOCIAL = "social-worker.2022-02-16.toml"
COST = "cost-engineer-2.2022-02-21.toml"
EIA = "environmental-impact-engineer.2022-02-16.toml"
CONSTRUCTOR = "constructor-1.2022-02-16.toml"
COUNSELLOR = "psychological-counsellor-2017.2017-01-01.toml"


@pytest.mark.parametrize(
    "file, level, code, education, years, verdict",
    [
        (SOCIAL, "junior", "secondary-4", SECONDARY, 4, MEETS),
        (SOCIAL, "junior", "secondary-4", SECONDARY, 3, short(1)),
        (SOCIAL, "junior", "secondary-4", None, 30, BELOW),
        (SOCIAL, "junior", "associate-major-2", ASSOCIATE, 2, MEETS),
        (SOCIAL, "junior", "associate-major-2", ASSOCIATE, 1, short(1)),
        (SOCIAL, "junior", "associate-major-2", SECONDARY, 30, BELOW),
        (SOCIAL, "junior", "bachelor-2", BACHELOR, 0, short(2)),
        (SOCIAL, "junior", "bachelor-2", DOCTOR, 2, MEETS),
        (SOCIAL, "intermediate", "secondary-6", SECONDARY, 5, short(1)),
        (SOCIAL, "intermediate", "secondary-6", SECONDARY, 6, MEETS),
        (SOCIAL, "intermediate", "doctor-major", DOCTOR, 0, MEETS),
        (SOCIAL, "intermediate", "doctor-major", MASTER, 30, BELOW),
        (SOCIAL, "senior", "bachelor-intermediate-5", BACHELOR, 5, MEETS),
        (SOCIAL, "senior", "bachelor-intermediate-5", BACHELOR, 4, short(1)),
        (SOCIAL, "senior", "bachelor-intermediate-5", ASSOCIATE, 5, BELOW),
        (COST, "level-2", "associate-related-2", ASSOCIATE, 2, MEETS),
        (COST, "level-2", "associate-related-2", ASSOCIATE, 0, short(2)),
        (COST, "level-2", "bachelor-major", BACHELOR, 0, MEETS),
        (COST, "level-2", "bachelor-major", ASSOCIATE, 9, BELOW),
        (COST, "level-2", "added-holder", None, 0, MEETS),
        (EIA, "eia", "associate-8", ASSOCIATE, 7, short(1)),
        (EIA, "eia", "associate-8", ASSOCIATE, 8, MEETS),
        (EIA, "eia", "master-major-2", Education.SECOND_BACHELOR, 9, BELOW),
        (CONSTRUCTOR, "level-1", "associate-4", ASSOCIATE, 3, short(1)),
        (CONSTRUCTOR, "level-1", "associate-4", ASSOCIATE, 4, MEETS),
        (CONSTRUCTOR, "level-1", "associate-4", BACHELOR, 4, MEETS),
        (COUNSELLOR, "level-3", "bachelor-major", BACHELOR, 0, MEETS),
        (COUNSELLOR, "level-3", "bachelor-major", ASSOCIATE, 0, BELOW),
        (COUNSELLOR, "level-2", "holder-3", None, 3, MEETS),
        (COUNSELLOR, "level-2", "holder-3", None, 2, short(1)),
        (COUNSELLOR, "level-2", "holder-3", None, 0, short(3)),
    ],
)
def test_a_condition_is_judged_at_its_boundary(  # a case has this many columns
    *, file: str, level: str, code: str, education: Education | None, years: int, verdict: ConditionVerdict
) -> None:
    judged = condition(file, level, code)
    facts = {"education": education, "work_years": years, "graduated_on": LONG_AGO, "today": TODAY}
    assert judge_condition(judged, **facts) == verdict  # type: ignore[arg-type]  # one table of four kinds of value
    assert is_eligible(judged, **facts) is verdict.is_met  # type: ignore[arg-type]  # the same


@pytest.mark.parametrize(
    "code, graduated_on, verdict",
    [
        ("bachelor-major", date(2026, 4, 8), MEETS),
        ("bachelor-major", date(2026, 7, 1), MEETS),
        ("bachelor-major", date(2026, 12, 31), MEETS),
        ("bachelor-major", date(2027, 1, 1), NOT_YET),
        ("bachelor-major", None, NOT_YET),
        ("associate-major-2", date(2026, 4, 8), MEETS),
        ("associate-major-2", date(2026, 4, 9), NOT_YET),
        ("associate-major-2", None, NOT_YET),
    ],
)
def test_only_a_condition_for_graduating_students_takes_a_diploma_of_later_this_year(
    code: str, graduated_on: date | None, verdict: ConditionVerdict
) -> None:
    judged = condition(SOCIAL, "junior", code)
    assert judge_condition(judged, education=BACHELOR, work_years=9, graduated_on=graduated_on, today=TODAY) == verdict


def test_education_is_judged_before_years() -> None:
    judged = condition(SOCIAL, "senior", "bachelor-intermediate-5")
    assert judge_condition(judged, education=ASSOCIATE, work_years=0, graduated_on=None, today=TODAY) == BELOW


def test_a_condition_without_education_asks_for_no_diploma() -> None:
    judged = condition(COUNSELLOR, "level-2", "holder-3")
    assert is_eligible(judged, education=None, work_years=3, graduated_on=None, today=TODAY)


# ---------------------------------------------------------------- weighted parts
def counsellors(subject: str, *, level: str = "level-3") -> Subject:
    return find_programme_in_files("psychological-counsellor-2017").subject(subject, level=level)


@pytest.mark.parametrize(
    "subject,level,parts,mark",
    [
        ("theory", "level-3", {"ethics": 8_000, "theory": 6_000}, 6_200),
        ("theory", "level-3", {"ethics": 0, "theory": 10_000}, 9_000),
        ("skills", "level-3", {"choice": 6_000, "cases": 6_000}, 6_000),
        ("skills", "level-3", {"choice": 5_000, "cases": 10_000}, 6_000),
        ("skills", "level-2", {"choice": 5_000, "cases": 7_500}, 6_000),
        ("skills", "level-2", {"choice": 4_999, "cases": 7_500}, 5_999),  # 59.994 is not 60
        ("theory", "level-3", {"ethics": 6_666, "theory": 5_925}, 5_999),  # 59.991
        ("theory", "level-3", {"ethics": 6_675, "theory": 5_925}, 6_000),  # exactly 60, without a float between
        ("theory", "level-3", {"ethics": 5, "theory": 0}, 1),  # half a hundredth rounds up
        ("theory", "level-3", {"ethics": 4, "theory": 0}, 0),
    ],
)
def test_weighted_parts_add_up_in_hundredths(*, subject: str, level: str, parts: dict[str, int], mark: int) -> None:
    assert weighted_mark(counsellors(subject, level=level), parts) == mark


def test_a_part_marked_out_of_its_own_full_mark_counts_by_its_share_and_rounds_as_the_subject_says() -> None:
    theory = counsellors("theory")
    parts = (replace(theory.parts[0], full_mark_hundredths=2_500), theory.parts[1])
    given = {"ethics": 1_250, "theory": 6_105}  # 5 + 54.945
    assert weighted_mark(replace(theory, parts=parts), given) == 5_995
    assert weighted_mark(replace(theory, parts=parts, mark_step_hundredths=50), given) == 6_000
    down = replace(theory, parts=parts, mark_step_hundredths=50, rounding=Rounding.DOWN)
    assert weighted_mark(down, given) == 5_950


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"ethics": 1},
        {"ethics": 1, "theory": 1, "oral": 1},
        {"ethics": 10_001, "theory": 1},
        {"ethics": -1, "theory": 1},
    ],
)
def test_refuses_parts_that_do_not_make_a_mark(given: dict[str, int]) -> None:
    with pytest.raises(PartMarksWrong):
        weighted_mark(counsellors("theory"), given)


def test_refuses_to_add_up_a_subject_without_parts() -> None:
    with pytest.raises(PartMarksWrong):
        weighted_mark(counsellors("review", level="level-2"), {})
