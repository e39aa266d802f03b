"""Every worked example of the field on how passes are counted, each by name.

Each is judged in three ways: by the oracle, one by one as `validity` does, and in columns. The wording beside each is
its notice's or its page's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from jinbang.application.errors import SpecialtyFixed
from jinbang.application.passes import EarlierPass, require_specialty_free
from jinbang.catalogue.check import find_programme_in_files
from jinbang.catalogue.regulations import Provenance
from jinbang.catalogue.validity import PassedOverYear, SubjectEquivalence, SyllabusChange, Validity
from tests.results.test_validity_oracle import Life, Lives, as_columns_say, as_validity_says
from tests.results.validity_oracle import ABSENT, FAIL, PASS, OracleSitting, OracleWay, Sat, oracle

HERE, ELSEWHERE = 0, 1
SAID = Provenance("notice")
TWO = Validity(2)
POSTPONED = Validity(2, passed_over=(PassedOverYear(2021, SAID),))
ESTATE = Validity(
    4,
    changes=(
        SyllabusChange(
            2021,
            (SubjectEquivalence("basics", (("cases", "案例与分析"), ("development", "开发经营与管理"))),),
            SAID,
            earlier_sittings=2,
        ),
    ),
)
ARCHITECT = Validity(
    8,
    changes=(
        SyllabusChange(
            2023,
            (
                SubjectEquivalence(
                    "structure", (("physics", "建筑物理与建筑设备"), ("frames", "建筑结构")), needs_all=True
                ),
            ),
            SAID,
        ),
    ),
)
Taken = Mapping[int, Mapping[str, int]]


@dataclass(frozen=True)
class Example:
    """One example: the rule, what was sat in which year, and what stands in the last year of `taken`."""

    says: str
    rule: Validity
    taken: Taken
    stands: dict[str, int]
    required: tuple[str, ...] = ("a", "b", "c")
    not_held: tuple[int, ...] = ()
    years: tuple[int, ...] = ()
    ways: Mapping[int, int] = field(default_factory=dict)
    specialties: Mapping[int, str] = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    shorter: Validity | None = None


def sat(passed: str = "", failed: str = "", absent: str = "") -> dict[str, int]:
    return {**dict.fromkeys(passed, PASS), **dict.fromkeys(failed, FAIL), **dict.fromkeys(absent, ABSENT)}


EXAMPLES = {
    "Shaanxi: 2012 and 2013 are one window": Example(
        "两年滚动：2012、2013 为一个滚动期", TWO, {2012: sat("a"), 2013: sat("b", "c")}, {"a": 2012, "b": 2013}
    ),
    "Shaanxi: 2013 and 2014 are the next": Example(
        "2013、2014 为一个滚动期", TWO, {2012: sat("a"), 2013: sat("b"), 2014: sat("", "c")}, {"b": 2013}
    ),
    "Shaanxi: examination years, not calendar days": Example(
        "滚动期以连续的考试次数计算", TWO, {2012: sat("a"), 2014: sat("b")}, {"a": 2012, "b": 2014}, years=(2012, 2014)
    ),
    "constructors: the first year's score is void, the second's carry": Example(
        "Y1 passes 1, Y2 passes 2: Y1 void, Y2 carried to Y3",
        TWO,
        {2021: sat("a", "bc"), 2022: sat("bc"), 2023: sat("", "a")},
        {"b": 2022, "c": 2022},
        required=("a", "b", "c", "d"),
    ),
    "epidemic: one more year where the candidate's region did not hold it": Example(
        "顺延保留一年", TWO, {2019: sat("a"), 2021: sat("b")}, {"a": 2019, "b": 2021}, not_held=(2020,)
    ),
    "epidemic: none where it did": Example("顺延保留一年", TWO, {2019: sat("a"), 2021: sat("b")}, {"b": 2021}),
    "estate appraisers 2021: not registered, so 2020 reaches 2022": Example(
        "未报考的，2020 年成绩延至 2022 年", POSTPONED, {2020: sat("a"), 2022: sat("b")}, {"a": 2020, "b": 2022}
    ),
    "estate appraisers 2021: postponed, so 2020 reaches 2022": Example(
        "2021 年延期的", POSTPONED, {2020: sat("a"), 2022: sat("b")}, {"a": 2020, "b": 2022}, not_held=(2021,)
    ),
    "estate appraisers 2021: registered and absent, so it does not": Example(
        "举行且已报考而缺考的，不予顺延",
        POSTPONED,
        {2020: sat("a"), 2021: sat(absent="b"), 2022: sat("b")},
        {"b": 2022},
    ),
    "estate appraisers 2021: registered and failed, so it does not": Example(
        "举行且已报考而不合格的，不予顺延", POSTPONED, {2020: sat("a"), 2021: sat("", "b"), 2022: sat("b")}, {"b": 2022}
    ),
    "without such a notice an absence and no registration count alike": Example(
        "每年计一次", TWO, {2020: sat("a"), 2021: sat(absent="b"), 2022: sat("b")}, {"b": 2022}
    ),
    "estate appraisers: either earlier subject stands for the new one": Example(
        "旧《开发经营与管理》或《案例与分析》任一",
        ESTATE,
        {2020: {"development": PASS}, 2021: {"b": PASS}},
        {"basics": 2020, "b": 2021},
        required=("basics", "b", "c"),
    ),
    "estate appraisers: converted passes stay on their two years": Example(
        "2020 年成绩仍按两年管理",
        ESTATE,
        {2020: {"cases": PASS}, 2021: {"b": PASS}, 2022: {"b": FAIL}},
        {"b": 2021},
        required=("basics", "b", "c"),
    ),
    "architects: one of two merged subjects is not the new one": Example(
        "9 科合并为 6 科", ARCHITECT, {2022: {"frames": PASS}, 2023: {"b": PASS}}, {"b": 2023}, ("structure", "b")
    ),
    "architects: both merged subjects stand for the new one, from the earlier year": Example(
        "成绩有效期仍为 8 年不变",
        ARCHITECT,
        {2018: {"frames": PASS}, 2022: {"physics": PASS}, 2024: {"b": PASS}},
        {"structure": 2018, "b": 2024},
        ("structure", "b"),
    ),
    "architects: and end with the earlier one, eight years on": Example(
        "仍为 8 年不变",
        ARCHITECT,
        {2018: {"frames": PASS}, 2022: {"physics": PASS}, 2026: {"b": PASS}},
        {"b": 2026},
        ("structure", "b"),
    ),
    "architects: earlier candidates may still sit earlier subjects in 2023": Example(
        "老考生 2023 年可报考旧科目",
        ARCHITECT,
        {2022: {"frames": PASS}, 2023: {"physics": PASS}},
        {"structure": 2022},
        ("structure", "b"),
    ),
    "architects: an earlier subject sat beside the new one counts for nothing": Example(
        "混报的，按新科目计",
        ARCHITECT,
        {2022: {"frames": PASS}, 2023: {"physics": PASS, "structure": FAIL}},
        {},
        ("structure", "b"),
    ),
    "level change: a new candidate": Example(
        "更改了报考级别，一律按新考生进行处理",
        Validity(4),
        {2024: sat("a"), 2025: sat("b")},
        {"b": 2025},
        ("a", "b", "c"),
        ways={2025: 1},
        shorter=TWO,
    ),
    "level change: also for whoever comes back": Example(
        "更改了报考级别，一律按新考生进行处理",
        Validity(4),
        {2024: sat("a"), 2025: sat("", "b"), 2026: sat("c")},
        {"c": 2026},
        ways={2025: 1},
        shorter=TWO,
    ),
    "specialty change: public subjects stay, the specialty's own go": Example(
        "保留公共科目成绩",
        Validity(4),
        {2024: sat("ac"), 2025: sat("b")},
        {"a": 2024, "b": 2025},
        own=frozenset("c"),
        specialties={2025: "q"},
    ),
    "exemptions shorten the window, two years to one": Example(
        "免试科目的，2→1", Validity(1), {2024: sat("b"), 2025: sat("c")}, {"c": 2025}, ("b", "c")
    ),
}


def lives_of(example: Example) -> Lives:
    years = example.years or tuple(range(min(example.taken), max(example.taken) + 1))
    sittings = tuple(
        OracleSitting(
            str(year), year, year * 12 + 9, frozenset({ELSEWHERE} if year in example.not_held else {HERE, ELSEWHERE})
        )
        for year in years
    )
    ways = [OracleWay(example.rule, example.required, example.own)]
    if example.shorter is not None:
        ways.append(OracleWay(example.shorter, example.required[1:], example.own))
    taken = {
        str(year): Sat(example.ways.get(year, 0), example.specialties.get(year, "p"), marks)
        for year, marks in example.taken.items()
    }
    return Lives(tuple(ways), sittings, (Life(HERE, taken),))


@pytest.mark.parametrize("name", EXAMPLES)
def test_example(name: str) -> None:
    example = EXAMPLES[name]
    lives, last = lives_of(example), str(max(example.taken))
    life = lives.people[0]
    assert oracle(lives.ways, lives.sittings, life.taken, region=HERE)[last].standing == example.stands
    *_, (code, judgement, _history, _attempt) = as_validity_says(lives, life)
    found = {
        line.code: line.passed_year or int(code)
        for line in judgement.lines
        if line.verdict.value in {"passed", "retained"}
    }
    assert (code, found) == (last, example.stands)
    assert as_columns_say(lives)[last][0][0] == example.stands.keys()


@pytest.mark.parametrize(
    "code,lengths",
    [
        ("safety-engineer-intermediate", {None: 4, "exempt-one": 3, "exempt-two": 2}),
        ("constructor-1", {None: 2, "exempt-two": 1}),
        ("cost-engineer-1", {None: 4, "exempt-two": 2, "added-specialty": 2}),
        ("fire-engineer-1", {None: 3, "exempt-one": 2}),
    ],
)
def test_exempted_subjects_shorten_the_window(code: str, lengths: dict[str | None, int]) -> None:
    programme = find_programme_in_files(code)
    level = programme.levels[0].code
    assert {
        track: programme.validity_for(level=level, track=track).consecutive_sittings for track in lengths
    } == lengths


def test_another_specialty_is_refused_while_all_of_the_first_ones_own_subjects_stand() -> None:
    """专业科目已全部合格且在有效期内的，不得更改专业：nobody takes two specialties in one window."""
    level = find_programme_in_files("cost-engineer-1").levels[0]
    own = [subject.code for subject in level.subjects if subject.by_specialty]
    standing = [EarlierPass(level.code, "civil", "", code, 2025, 2028) for code in own]
    with pytest.raises(SpecialtyFixed):
        require_specialty_free("water", level=level, standing=standing)
    require_specialty_free("water", level=level, standing=standing[:-1])
