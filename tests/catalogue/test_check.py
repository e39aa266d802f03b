"""The operator's two commands: one line per programme, and one programme whole."""

import shutil
from pathlib import Path

import pytest

from jinbang.catalogue.check import CheckLine, check_all, describe, find_programme_in_files, say_mark
from jinbang.catalogue.errors import ProgrammeUnknown
from jinbang.catalogue.seeds import PROGRAMMES

SOFTWARE = "software-qualification.2022-02-16.toml"


def test_every_programme_of_ours_holds_and_has_its_line() -> None:
    lines = check_all()
    assert len(lines) == 31
    assert not any(line.is_fault for line in lines)
    social = next(line.text for line in lines if line.file.startswith("social-worker."))
    assert social == (
        "social-worker 社会工作者职业资格考试 from 2022-02-16: 3 levels, 6 subjects, 15 conditions, "
        "validity one year, rolling 2, proof 3 years; 40 unverified"
    )


def test_a_broken_file_is_a_fault_and_does_not_hide_the_next(tmp_path: Path) -> None:
    shutil.copy(PROGRAMMES / SOFTWARE, tmp_path)
    (tmp_path / "architect-1.2023-01-01.toml").write_text('code = "architect-1"\n', encoding="utf-8")
    first, second = check_all(tmp_path)
    assert first == CheckLine(
        file="architect-1.2023-01-01.toml",
        text="architect-1.2023-01-01.toml: source: is missing; add it",
        is_fault=True,
    )
    assert (second.file, second.is_fault) == (SOFTWARE, False)


def test_a_programme_is_described_whole() -> None:
    text = describe(find_programme_in_files("psychological-counsellor-2017"))
    for expected in (
        "psychological-counsellor-2017  心理咨询师国家职业资格全国统一鉴定（2017年）",
        "skill_appraisal, national, from 2017-01-01 to 2018-05-20",
        "review within 2 working days before payment",
        "subject theory  理论知识: full 100, pass 60, objective, paper, 90 min; 职业道德 10 %; 理论知识 90 %;",
        "; 职业道德 10 %; 理论知识 90 %; to 0.01, half_up",
        "subject review  综合评审: full 100, pass 60, subjective, panel, 30 min",
        "condition holder-3 (any education, 3 years): 取得心理咨询师三级职业资格证书",
        "12 months with 1 resit",
        "劳社厅函〔2006〕3号",
        "    level-2.review.minutes",
    ):
        assert expected in text


def test_a_changed_syllabus_and_a_year_passed_over_are_described() -> None:
    estate = describe(find_programme_in_files("real-estate-appraiser"))
    becomes = "房地产估价案例与分析 or 房地产开发经营与管理 -> practice"
    assert f"    syllabus of 2021, passes before it stay on 2: {becomes}" in estate
    assert "    2021 uses up nothing for those not registered in it" in estate
    assert "建筑物理与建筑设备 + 建筑结构 -> structure-physics" in describe(find_programme_in_files("architect-1"))


def test_a_province_that_sets_the_pass_mark_is_named() -> None:
    text = describe(find_programme_in_files("cost-engineer-2"))
    assert "full 100, pass set by the province, objective, paper, 150 min" in text
    assert "recheck: every_subject, 15 working days, fee 0 fen" in text
    assert "track added-specialty  增报专业: without basics, one year, yields proof" in text


def test_same_sitting_and_eight_years_are_said() -> None:
    assert "senior  高级: same sitting, yields certificate" in describe(
        find_programme_in_files("software-qualification")
    )
    assert "level-1  一级: rolling 8, yields certificate" in describe(find_programme_in_files("architect-1"))


def test_of_two_dated_files_the_newer_is_shown(tmp_path: Path) -> None:
    text = (PROGRAMMES / SOFTWARE).read_text(encoding="utf-8")
    (tmp_path / SOFTWARE).write_text(text, encoding="utf-8")
    newer = text.replace("effective_from = 2022-02-16", "effective_from = 2027-01-01")
    (tmp_path / "software-qualification.2027-01-01.toml").write_text(newer, encoding="utf-8")
    shown = find_programme_in_files("software-qualification", folder=tmp_path)
    assert shown.effective_from.isoformat() == "2027-01-01"


def test_refuses_a_code_that_no_file_has() -> None:
    with pytest.raises(ProgrammeUnknown) as refusal:
        find_programme_in_files("astronaut")
    assert refusal.value.fields["programme"] == "astronaut"


@pytest.mark.parametrize("hundredths, text", [(0, "0"), (8600, "86"), (8650, "86.5"), (8605, "86.05"), (10000, "100")])
def test_marks_are_said_without_trailing_zeros(hundredths: int, text: str) -> None:
    assert say_mark(hundredths) == text
