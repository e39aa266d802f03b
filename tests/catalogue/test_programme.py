"""The programmes say what the notices say: what is expected is a table of its own, typed by hand."""

from dataclasses import replace
from functools import cache

import pytest

from jinbang.catalogue.errors import ProgrammePartUnknown
from jinbang.catalogue.programme import AuthorityLevel, Delivery, Education, Programme, ResultKind
from jinbang.catalogue.regulations import DayUnit, MarkAnomaly, RecheckScope, SiteChoice
from jinbang.catalogue.seeds import read_seed, seed_files
from jinbang.catalogue.validity import Validity, ValidityShape

O, S, M = "objective", "subjective", "mixed"  # noqa: E741  # the letters of the fact table

SUBJECTS: dict[tuple[str, str], list[tuple[str, int, int | None, str]]] = {
    ("social-worker", "junior"): [("社会工作综合能力（初级）", 100, 60, O), ("社会工作实务（初级）", 100, 60, O)],
    ("social-worker", "intermediate"): [
        ("社会工作综合能力（中级）", 100, 60, O),
        ("社会工作法规与政策", 100, 60, O),
        ("社会工作实务（中级）", 100, 60, S),
    ],
    ("social-worker", "senior"): [("社会工作实务（高级）", 100, 60, S)],
    ("cost-engineer-2", "level-2"): [
        ("建设工程造价管理基础知识", 100, None, O),
        ("建设工程计量与计价实务", 100, None, M),
    ],
    ("environmental-impact-engineer", "eia"): [
        ("环境影响评价相关法律法规", 150, 90, O),
        ("环境影响评价技术导则与标准", 120, 72, O),
        ("环境影响评价技术方法", 120, 72, O),
        ("环境影响评价案例分析", 120, 72, S),
    ],
    ("constructor-1", "level-1"): [
        ("建设工程经济", 100, 60, O),
        ("建设工程法规及相关知识", 130, 78, O),
        ("建设工程项目管理", 130, 78, O),
        ("专业工程管理与实务", 160, 96, M),
    ],
    ("psychological-counsellor-2017", "level-3"): [("理论知识", 100, 60, O), ("专业能力", 100, 60, M)],
    ("psychological-counsellor-2017", "level-2"): [
        ("理论知识", 100, 60, O),
        ("专业能力", 100, 60, M),
        ("综合评审", 100, 60, S),
    ],
    ("cost-engineer-1", "level-1"): [
        ("建设工程造价管理", 100, 60, O),
        ("建设工程计价", 100, 60, O),
        ("建设工程技术与计量", 100, 60, O),
        ("建设工程造价案例分析", 120, 72, S),
    ],
    ("safety-engineer-intermediate", "intermediate"): [
        ("安全生产法律法规", 100, 60, O),
        ("安全生产管理", 100, 60, O),
        ("安全生产技术基础", 100, 60, O),
        ("安全生产专业实务", 100, 60, M),
    ],
    ("surveyor-registered", "registered"): [
        ("测绘综合能力", 120, 72, O),
        ("测绘管理与法律法规", 120, 72, O),
        ("测绘案例分析", 120, 72, S),
    ],
    ("software-qualification", "junior"): [("基础知识", 75, 45, O), ("应用技术", 75, 45, S)],
    ("software-qualification", "intermediate"): [("基础知识", 75, 45, O), ("应用技术", 75, 45, S)],
    ("software-qualification", "senior"): [("综合知识", 75, 45, O), ("案例分析", 75, 45, S), ("论文", 75, 45, S)],
    ("fire-engineer-1", "level-1"): [
        ("消防安全技术实务", 120, 72, O),
        ("消防安全技术综合能力", 120, 72, O),
        ("消防安全案例分析", 120, 72, S),
    ],
    ("architect-1", "level-1"): [
        ("设计前期与场地设计（知识题）", 100, 60, O),
        ("建筑设计（知识题）", 100, 60, O),
        ("建筑结构、建筑物理与设备（知识题）", 100, 60, O),
        ("建筑材料与构造（知识题）", 100, 60, O),
        ("建筑经济、施工与设计业务管理（知识题）", 100, 60, O),
        ("建筑方案设计（作图题）", 100, 60, S),
    ],
    ("economist", "junior"): [("经济基础知识", 140, 84, O), ("专业知识和实务", 140, 84, O)],
    ("economist", "intermediate"): [("经济基础知识", 140, 84, O), ("专业知识和实务", 140, 84, O)],
    ("economist", "senior"): [("高级经济实务", 100, 60, S)],
    ("constructor-2", "level-2"): [
        ("建设工程施工管理", 100, None, O),
        ("建设工程法规及相关知识", 100, None, O),
        ("专业工程管理与实务", 120, None, M),
    ],
    ("supervision-engineer", "registered"): [
        ("建设工程合同管理", 110, 66, O),
        ("建设工程监理基本理论和相关法规", 110, 66, O),
        ("建设工程目标控制", 160, 96, O),
        ("建设工程监理案例分析", 120, 72, S),
    ],
    ("safety-engineer-junior", "junior"): [("安全生产法律法规", 100, None, O), ("安全生产实务", 100, None, M)],
    ("pharmacist-licensed", "licensed"): [
        ("药事管理与法规", 120, 72, O),
        ("药学专业知识（一）", 120, 72, O),
        ("药学专业知识（二）", 120, 72, O),
        ("药学综合知识与技能", 120, 72, O),
    ],
    ("consulting-engineer", "registered"): [
        ("宏观经济政策与发展规划", 130, 78, O),
        ("工程项目组织与管理", 130, 78, O),
        ("项目决策分析与评价", 130, 78, O),
        ("现代咨询方法与实务", 130, 78, S),
    ],
    ("urban-planner", "registered"): [
        ("城乡规划原理", 100, 60, O),
        ("城乡规划管理与法规", 100, 60, O),
        ("城乡规划相关知识", 100, 60, O),
        ("城乡规划实务", 100, 60, S),
    ],
    ("architect-2", "level-2"): [
        ("建筑结构、建筑物理与设备", 100, 60, O),
        ("建筑法规、经济与施工", 100, 60, O),
        ("建筑构造与详图（作图题）", 100, 60, S),
        ("场地与建筑方案设计（作图题）", 100, 60, S),
    ],
    ("real-estate-appraiser", "registered"): [
        ("房地产制度法规政策", 100, 60, O),
        ("房地产估价原理与方法", 100, 60, O),
        ("房地产估价基础与实务", 100, 60, M),
        ("土地估价基础与实务", 100, 60, M),
    ],
    ("translator", "level-3"): [("综合能力", 100, 60, O), ("实务", 100, 60, S)],
    ("translator", "level-2"): [("综合能力", 100, 60, O), ("实务", 100, 60, S)],
    ("translator", "level-1"): [("实务", 100, 60, S)],
    ("tax-adviser", "registered"): [
        ("税法（一）", 140, 84, O),
        ("税法（二）", 140, 84, O),
        ("涉税服务实务", 140, 84, M),
        ("涉税服务相关法律", 140, 84, O),
        ("财务与会计", 140, 84, O),
    ],
    ("metrologist", "level-1"): [
        ("计量法律法规及综合知识", 100, 60, O),
        ("测量数据处理与计量专业实务", 100, 60, O),
        ("计量专业案例分析", 100, 60, S),
    ],
    ("metrologist", "level-2"): [("计量法律法规及综合知识", 100, 60, O), ("计量专业实务与案例分析", 100, 60, M)],
    ("equipment-supervisor", "registered"): [
        ("设备工程监理基础及相关知识", 100, 60, O),
        ("设备监理合同管理", 100, 60, O),
        ("质量、投资、进度控制", 100, 60, O),
        ("设备监理综合实务与案例分析", 100, 60, S),
    ],
    ("publishing", "junior"): [("出版专业基础（初级）", 100, 60, O), ("出版专业理论与实务（初级）", 100, 60, M)],
    ("publishing", "intermediate"): [("出版专业基础（中级）", 100, 60, O), ("出版专业理论与实务（中级）", 100, 60, M)],
    ("auditing", "junior"): [("审计相关基础知识（初级）", 100, 60, O), ("审计理论与实务（初级）", 100, 60, M)],
    ("auditing", "intermediate"): [("审计相关基础知识（中级）", 100, 60, O), ("审计理论与实务（中级）", 100, 60, M)],
    ("statistics", "junior"): [
        ("统计学和统计法基础知识（初级）", 100, 60, O),
        ("统计专业知识和实务（初级）", 100, 60, O),
    ],
    ("statistics", "intermediate"): [
        ("统计学和统计法基础知识（中级）", 100, 60, O),
        ("统计专业知识和实务（中级）", 100, 60, O),
    ],
    ("statistics", "senior"): [("高级统计实务与案例分析", 100, 60, S)],
    ("auctioneer", "registered"): [("笔试", 100, 60, O), ("拍卖实务操作", 100, 60, S)],
    **{
        ("health", level): [(name, 100, 60, O) for name in ("基础知识", "相关专业知识", "专业知识", "专业实践能力")]
        for level in ("technician", "junior", "intermediate")
    },
    ("nurse", "nurse"): [("专业实务", 500, 300, O), ("实践能力", 500, 300, O)],
    ("accountant", "junior"): [("初级会计实务", 100, 60, O), ("经济法基础", 100, 60, O)],
    ("accountant", "intermediate"): [
        ("中级会计实务", 100, 60, M),
        ("财务管理", 100, 60, M),
        ("经济法", 100, 60, M),
    ],
}

VALIDITY = {
    ("social-worker", "junior", "full"): Validity(1),
    ("social-worker", "intermediate", "full"): Validity(2),
    ("social-worker", "senior", "full"): Validity(None, proof_years=3),
    ("cost-engineer-2", "level-2", "full"): Validity(2),
    ("cost-engineer-2", "level-2", "exempt-basics"): Validity(1),
    ("cost-engineer-2", "level-2", "added-specialty"): Validity(1),
    ("environmental-impact-engineer", "eia", "full"): Validity(2),
    ("environmental-impact-engineer", "eia", "exempt-two"): Validity(1),
    ("constructor-1", "level-1", "full"): Validity(2),
    ("constructor-1", "level-1", "exempt-two"): Validity(1),
    ("constructor-1", "level-1", "added-specialty"): Validity(1),
    ("psychological-counsellor-2017", "level-3", "full"): Validity(3, resits=1, within_months=12),
    ("psychological-counsellor-2017", "level-2", "full"): Validity(3, resits=1, within_months=12),
    ("cost-engineer-1", "level-1", "full"): Validity(4),
    ("cost-engineer-1", "level-1", "exempt-two"): Validity(2),
    ("cost-engineer-1", "level-1", "added-specialty"): Validity(2),
    ("safety-engineer-intermediate", "intermediate", "full"): Validity(4),
    ("safety-engineer-intermediate", "intermediate", "exempt-one"): Validity(3),
    ("safety-engineer-intermediate", "intermediate", "exempt-two"): Validity(2),
    ("safety-engineer-intermediate", "intermediate", "added-specialty"): Validity(1),
    ("surveyor-registered", "registered", "full"): Validity(1),
    ("surveyor-registered", "registered", "exempt-one"): Validity(1),
    ("software-qualification", "junior", "full"): Validity(1, same_sitting=True),
    ("software-qualification", "intermediate", "full"): Validity(1, same_sitting=True),
    ("software-qualification", "senior", "full"): Validity(1, same_sitting=True),
    ("fire-engineer-1", "level-1", "full"): Validity(3),
    ("fire-engineer-1", "level-1", "exempt-one"): Validity(2),
    ("architect-1", "level-1", "full"): Validity(8),
    ("economist", "junior", "full"): Validity(2),
    ("economist", "intermediate", "full"): Validity(2),
    ("economist", "senior", "full"): Validity(None, proof_years=5),
    ("constructor-2", "level-2", "full"): Validity(2),
    ("constructor-2", "level-2", "exempt-two"): Validity(1),
    ("constructor-2", "level-2", "added-specialty"): Validity(1),
    ("supervision-engineer", "registered", "full"): Validity(4),
    ("supervision-engineer", "registered", "exempt-two"): Validity(2),
    ("supervision-engineer", "registered", "added-specialty"): Validity(2),
    ("safety-engineer-junior", "junior", "full"): Validity(2),
    ("pharmacist-licensed", "licensed", "full"): Validity(4),
    ("pharmacist-licensed", "licensed", "exempt-two"): Validity(2),
    ("consulting-engineer", "registered", "full"): Validity(4),
    ("consulting-engineer", "registered", "exempt-two"): Validity(2),
    ("urban-planner", "registered", "full"): Validity(4),
    ("urban-planner", "registered", "exempt-one"): Validity(3),
    ("urban-planner", "registered", "exempt-two"): Validity(2),
    ("architect-2", "level-2", "full"): Validity(4),
    ("real-estate-appraiser", "registered", "full"): Validity(4),
    ("translator", "level-3", "full"): Validity(1, same_sitting=True),
    ("translator", "level-2", "full"): Validity(1, same_sitting=True),
    ("translator", "level-2", "exempt-mti"): Validity(1, same_sitting=True),
    ("translator", "level-2", "exempt-consecutive"): Validity(1, same_sitting=True),
    ("translator", "level-1", "full"): Validity(1, same_sitting=True),
    ("tax-adviser", "registered", "full"): Validity(5),
    ("metrologist", "level-1", "full"): Validity(4),
    ("metrologist", "level-2", "full"): Validity(2),
    ("equipment-supervisor", "registered", "full"): Validity(4),
    ("publishing", "junior", "full"): Validity(1, same_sitting=True),
    ("publishing", "intermediate", "full"): Validity(1, same_sitting=True),
    ("auditing", "junior", "full"): Validity(1, same_sitting=True),
    ("auditing", "intermediate", "full"): Validity(1, same_sitting=True),
    ("statistics", "junior", "full"): Validity(1, same_sitting=True),
    ("statistics", "intermediate", "full"): Validity(1, same_sitting=True),
    ("statistics", "senior", "full"): Validity(None, proof_years=3),
    ("auctioneer", "registered", "full"): Validity(2),
    ("health", "technician", "full"): Validity(2),
    ("health", "junior", "full"): Validity(2),
    ("health", "intermediate", "full"): Validity(2),
    ("nurse", "nurse", "full"): Validity(1, same_sitting=True),
    ("accountant", "junior", "full"): Validity(1),
    ("accountant", "intermediate", "full"): Validity(2),
}

CHANGES = {
    # What becomes of earlier subjects: the year, the clock they stay on, new subject and earlier ones (& for all).
    "real-estate-appraiser": (2021, 2, {"practice": "房地产估价案例与分析|房地产开发经营与管理"}),
    "architect-1": (
        2023,
        None,
        {
            "site-planning": "设计前期与场地设计（知识）&场地设计（作图）",
            "structure-physics": "建筑物理与建筑设备&建筑结构",
            "scheme": "建筑方案设计（作图）&建筑技术设计（作图）",
        },
    ),
}
OF_THE_FACTS = 31


@cache
def programmes() -> dict[str, Programme]:
    return {seed.programme.code: seed.programme for seed in map(read_seed, seed_files())}


def test_the_table_covers_every_level_of_every_programme() -> None:
    levels = {(programme.code, level.code) for programme in programmes().values() for level in programme.levels}
    assert levels == set(SUBJECTS)
    assert len(programmes()) == OF_THE_FACTS


@pytest.mark.parametrize("code, level", SUBJECTS)
def test_subjects_are_those_of_the_notice(code: str, level: str) -> None:
    found = [
        (
            subject.name,
            subject.full_mark_hundredths,
            subject.pass_mark_hundredths,
            subject.questions.value,
        )
        for subject in programmes()[code].subjects_for(level=level)
    ]
    assert found == [
        (name, full * 100, None if passing is None else passing * 100, questions)
        for name, full, passing, questions in SUBJECTS[code, level]
    ]


@pytest.mark.parametrize("code, level, track", VALIDITY)
def test_passes_count_as_long_as_the_notice_says(code: str, level: str, track: str) -> None:
    found = programmes()[code].validity_for(level=level, track=track)
    assert replace(found, changes=(), passed_over=()) == VALIDITY[code, level, track]


@pytest.mark.parametrize("code", CHANGES)
def test_earlier_subjects_become_what_the_notice_says(code: str) -> None:
    year, clock, becomes = CHANGES[code]
    (change,) = programmes()[code].levels[0].validity.changes
    assert (change.year, change.earlier_sittings) == (year, clock)
    assert {
        one.subject: ("&" if one.needs_all else "|").join(name for _code, name in one.earlier)
        for one in change.equivalences
    } == becomes


def test_a_changed_syllabus_and_a_year_passed_over_are_said_by_these_alone() -> None:
    validities = {code: one.levels[0].validity for code, one in programmes().items()}
    assert {code for code, validity in validities.items() if validity.changes} == set(CHANGES)
    over = {code: [one.year for one in found.passed_over] for code, found in validities.items() if found.passed_over}
    assert over == {"real-estate-appraiser": [2021]}
    (year,) = validities["real-estate-appraiser"].passed_over
    assert "2020年合格成绩延至2022年" in year.provenance.note


def test_what_the_sources_leave_open_is_never_printed_as_a_fact() -> None:
    """The rows of the fact table that are marked as believed, and no more: their validity is unverified."""
    open_ones = {
        (code, level.code)
        for code, one in programmes().items()
        for level in one.levels
        if not level.provenance.is_verified("validity")
    }
    assert {code for code, _level in open_ones} == {
        "accountant",
        "architect-2",
        "auctioneer",
        "auditing",
        "equipment-supervisor",
        "metrologist",
        "nurse",
        "publishing",
        "social-worker",
        "statistics",
        "supervision-engineer",
        "tax-adviser",
        "translator",
    }


def test_nurses_pass_at_three_hundred_in_each_subject() -> None:
    subjects = programmes()["nurse"].subjects_for(level="nurse")
    assert [subject.pass_mark_hundredths for subject in subjects] == [30_000, 30_000]
    assert all(subject.provenance.is_verified("pass_mark") for subject in subjects)


def test_the_table_of_validity_covers_every_track() -> None:
    tracks = {
        (programme.code, level.code, track)
        for programme in programmes().values()
        for level in programme.levels
        for track in ("full", *(one.code for one in level.tracks))
    }
    assert tracks == set(VALIDITY)


@pytest.mark.parametrize(
    "validity, shape",
    [
        (Validity(1, same_sitting=True), ValidityShape.SAME_SITTING),
        (Validity(1), ValidityShape.ONE_YEAR),
        (Validity(2), ValidityShape.ROLLING),
        (Validity(3, resits=1, within_months=12), ValidityShape.ONE_RESIT),
        (Validity(None, proof_years=3), ValidityShape.PROOF),
        (Validity(None), ValidityShape.LONG_TERM),
    ],
)
def test_a_validity_has_one_shape(validity: Validity, shape: ValidityShape) -> None:
    assert validity.shape is shape


def test_every_shape_of_validity_appears_and_one_is_long_term() -> None:
    shapes = {validity.shape for validity in VALIDITY.values()}
    assert shapes == set(ValidityShape) - {ValidityShape.LONG_TERM}
    assert programmes()["social-worker"].validity_for(level="senior").is_long_term
    lengths = {
        validity.consecutive_sittings for validity in VALIDITY.values() if validity.shape is ValidityShape.ROLLING
    }
    assert lengths == {2, 3, 4, 5, 8}
    assert {validity.proof_years for validity in VALIDITY.values()} == {None, 3, 5}


def test_the_more_subjects_are_exempted_the_shorter_passes_count() -> None:
    safety = programmes()["safety-engineer-intermediate"]
    by_exempted = {
        len(track.exempt_subjects): track.validity.consecutive_sittings
        for track in safety.level("intermediate").tracks
        if track.yields is ResultKind.CERTIFICATE
    }
    assert by_exempted == {1: 3, 2: 2}
    assert safety.validity_for(level="intermediate").consecutive_sittings == 4


def test_a_subject_takes_its_specialtys_name() -> None:
    subjects = programmes()["cost-engineer-2"].subjects_for(level="level-2", specialty="installation")
    assert [subject.name for subject in subjects] == ["建设工程造价管理基础知识", "建设工程计量与计价实务（安装工程）"]
    assert [subject.minutes for subject in subjects] == [150, 180]
    assert programmes()["cost-engineer-2"].subject("practice", level="level-2", specialty="civil").name == (
        "建设工程计量与计价实务（土木建筑工程）"
    )


def test_every_by_specialty_subject_has_a_name_for_every_specialty() -> None:
    for programme in programmes().values():
        for level in programme.levels:
            specialties = {specialty.code for specialty in level.specialties}
            for subject in level.subjects:
                named = {code for code, _ in subject.specialty_names}
                assert named == (specialties if subject.by_specialty else set()), (programme.code, subject.code)


def test_a_track_leaves_out_what_it_exempts_from() -> None:
    constructor = programmes()["constructor-1"]
    sat = {
        track: [subject.code for subject in constructor.subjects_for(level="level-1", track=track)]
        for track in (None, "", "full", "exempt-two", "added-specialty")
    }
    everything = ["economics", "law", "management", "practice"]
    assert sat == {
        None: everything,
        "": everything,
        "full": everything,
        "exempt-two": ["law", "practice"],
        "added-specialty": ["practice"],
    }


def test_an_added_specialty_yields_a_proof_and_the_whole_level_a_certificate() -> None:
    constructor = programmes()["constructor-1"]
    assert constructor.result_for(level="level-1", track="added-specialty") is ResultKind.PROOF
    assert constructor.result_for(level="level-1", track="exempt-two") is ResultKind.CERTIFICATE
    assert constructor.result_for(level="level-1") is ResultKind.CERTIFICATE


def test_conditions_of_a_track_do_not_open_the_whole_level() -> None:
    cost = programmes()["cost-engineer-2"]
    whole = {condition.code for condition in cost.conditions_for(level="level-2")}
    added = {condition.code for condition in cost.conditions_for(level="level-2", track="added-specialty")}
    assert added == {"added-holder"}
    assert whole == {
        "associate-major-1",
        "associate-related-2",
        "bachelor-major",
        "bachelor-related-1",
        "associate-3",
        "bachelor-2",
    }


@pytest.mark.parametrize(
    "code, level, parts",
    [
        ("level-3", "theory", {"职业道德": (10, 25), "理论知识": (90, 100)}),
        ("level-3", "skills", {"技能选择": (80, 100), "案例问答": (20, 4)}),
        ("level-2", "theory", {"职业道德": (10, 25), "理论知识": (90, 100)}),
        ("level-2", "skills", {"技能选择": (60, None), "案例问答": (40, 8)}),
        ("level-2", "review", {}),
    ],
)
def test_the_counsellors_subjects_are_weighted(code: str, level: str, parts: dict[str, tuple[int, int | None]]) -> None:
    subject = programmes()["psychological-counsellor-2017"].subject(level, level=code)
    assert {part.name: (part.weight_percent, part.question_count) for part in subject.parts} == parts


def test_the_counsellors_third_level_sits_on_paper_and_the_second_at_the_computer_and_before_a_panel() -> None:
    counsellor = programmes()["psychological-counsellor-2017"]
    assert [subject.delivery for subject in counsellor.subjects_for(level="level-3")] == [Delivery.PAPER] * 2
    assert [subject.delivery for subject in counsellor.subjects_for(level="level-2")] == [
        Delivery.COMPUTER,
        Delivery.COMPUTER,
        Delivery.PANEL,
    ]
    assert counsellor.site_choice_for(level="level-3") is SiteChoice.CANDIDATE
    assert counsellor.site_choice_for(level="level-2") is SiteChoice.CENTRE
    assert counsellor.application.review_working_days == 2
    assert counsellor.photo.bytes_max == 20 * 1024


def test_the_province_owns_second_level_engineers_and_constructors_and_junior_safety() -> None:
    owned = {code for code, one in programmes().items() if one.authority_level is AuthorityLevel.PROVINCIAL}
    assert owned == {"cost-engineer-2", "constructor-2", "safety-engineer-junior"}
    for code in owned:
        subjects = [subject for level in programmes()[code].levels for subject in level.subjects]
        assert all(subject.pass_mark_hundredths is None for subject in subjects)


def test_a_national_recheck_is_for_subjective_papers_within_thirty_natural_days() -> None:
    recheck = programmes()["social-worker"].recheck
    assert (recheck.scope, recheck.window_days, recheck.window_unit) == (
        RecheckScope.SUBJECTIVE_ONLY,
        30,
        DayUnit.NATURAL,
    )
    assert {MarkAnomaly.ZERO, MarkAnomaly.ABSENT} <= set(recheck.objective_if)
    shanxi = programmes()["cost-engineer-2"].recheck
    assert (shanxi.window_days, shanxi.window_unit, shanxi.provenance.verified) == (15, DayUnit.WORKING, False)


@pytest.mark.parametrize(
    "code, level, count",
    [
        ("social-worker", "junior", 5),
        ("social-worker", "intermediate", 9),
        ("social-worker", "senior", 1),
        ("cost-engineer-2", "level-2", 6),
        ("environmental-impact-engineer", "eia", 8),
        ("constructor-1", "level-1", 4),
        ("psychological-counsellor-2017", "level-3", 3),
        ("psychological-counsellor-2017", "level-2", 4),
    ],
)
def test_conditions_stand_with_evidence_and_as_unverified(code: str, level: str, count: int) -> None:
    conditions = programmes()[code].conditions_for(level=level)
    assert len(conditions) == count
    assert all(condition.evidence and not condition.provenance.verified for condition in conditions)


def test_the_conflict_about_the_senior_social_worker_is_kept_with_the_value() -> None:
    senior = programmes()["social-worker"].level("senior")
    assert not senior.provenance.is_verified("validity")
    assert senior.provenance.is_verified("subjects")
    assert "长期有效" in senior.provenance.note
    assert (senior.result, senior.further_step) == (ResultKind.PROOF, "高级社会工作师专家评审委员会评审并公示")


def test_what_nobody_verified_is_listed_by_its_place() -> None:
    eia = programmes()["environmental-impact-engineer"]
    assert "eia.law.full_mark" in eia.unverified_values()
    assert "eia.cases.full_mark" not in eia.unverified_values()
    assert "eia.doctor-2" in eia.unverified_values()


def test_every_value_leads_to_its_source() -> None:
    for programme in programmes().values():
        for level in programme.levels:
            for subject in level.subjects:
                assert programme.source(subject.provenance.source).text
        used = {source.id for source in programme.sources}
        assert programme.provenance.source in used


def test_two_specialties_of_economists_yield_certificates_of_their_own_names() -> None:
    economist = programmes()["economist"]
    named = {
        one.code: one.certificate_name for one in economist.level("intermediate").specialties if one.certificate_name
    }
    assert named == {"human-resources": "人力资源管理师", "intellectual-property": "知识产权师"}
    assert economist.specialty("finance", level="junior").certificate_name == ""


def test_refuses_parts_the_programme_does_not_have() -> None:
    social = programmes()["social-worker"]
    with pytest.raises(ProgrammePartUnknown) as refusal:
        social.subjects_for(level="master")
    assert refusal.value.fields == {"programme": "social-worker", "kind": "level", "part": "master"}
    for ask in (
        lambda: social.subjects_for(level="junior", specialty="civil"),
        lambda: social.subjects_for(level="junior", track="exempt-two"),
        lambda: social.validity_for(level="junior", track="exempt-two"),
        lambda: social.conditions_for(level="junior", track="exempt-two"),
        lambda: social.condition("nobody", level="junior"),
        lambda: social.source("hearsay"),
    ):
        with pytest.raises(ProgrammePartUnknown):
            ask()


def test_educations_rise() -> None:
    assert [education.rank for education in Education] == [0, 1, 2, 3, 4, 5]
    assert Education.SECONDARY.rank < Education.ASSOCIATE.rank < Education.BACHELOR.rank < Education.MASTER.rank
