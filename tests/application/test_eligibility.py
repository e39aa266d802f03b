"""The conditions against an oracle written from the sentences of the notices, and the order in which they are shown.

The oracle knows nothing of the catalogue's fields: it reads the sentence that people read. Education words, "满N年" and
"应届毕业生" are all that a typed form can be judged by, and every sentence of every programme must be one it can read.
"""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from jinbang.application.eligibility import Background, try_conditions
from jinbang.catalogue.programme import Condition, Education
from jinbang.catalogue.rules import ConditionOutcome
from jinbang.catalogue.seeds import PROGRAMMES, read_seed, seed_files

CASES = 20_000
TODAY = date(2026, 3, 10)

LEVELS = [
    (f"{seed.programme.code}/{level.code}", level)
    for seed in map(read_seed, seed_files(PROGRAMMES))
    for level in seed.programme.levels
]
CONDITIONS = {f"{where}/{condition.code}": condition for where, level in LEVELS for condition in level.conditions}
# The sentences of the conditions that open a whole level, for those that say "符合报考条件".
SIBLINGS = {
    f"{where}/{condition.code}": tuple(one.text for one in level.conditions if not one.tracks)
    for where, level in LEVELS
    for condition in level.conditions
}
RISING = ["高中", "大专", "本科", "双学士", "硕士", "博士"]
WORDS = {
    "高中": ("高中", "中专", "中等专业", "职业高中", "技工学校"),
    "大专": ("大专", "大学专科", "专科学历", "高等职业教育"),
    "本科": ("大学本科", "本科学历", "本科及以上", "专业本科", "学士学位", "大学学历"),
    "双学士": ("双学士", "第二学士", "研究生班"),
    "硕士": ("硕士",),
    "博士": ("博士",),
}
HELD = {
    "高中": Education.SECONDARY,
    "大专": Education.ASSOCIATE,
    "本科": Education.BACHELOR,
    "双学士": Education.SECOND_BACHELOR,
    "硕士": Education.MASTER,
    "博士": Education.DOCTOR,
}


@dataclass(frozen=True)
class Sentence:
    """What a sentence of a notice says to somebody who can only show a diploma and years."""

    least: str | None
    years: int
    admits_graduating: bool

    def admits(self, *, holds: str | None, graduated: date | None, years: int) -> bool:
        """Read aloud: "取得X学历", "满N年", "应届毕业生"."""
        if self.least is not None:
            if holds is None or RISING.index(holds) < RISING.index(self.least):
                return False
            is_graduate = graduated is not None and graduated <= TODAY
            graduates_this_year = graduated is not None and graduated.year == TODAY.year and self.admits_graduating
            if not is_graduate and not graduates_this_year:
                return False
        return years >= self.years


def read(text: str) -> Sentence:
    named = [level for level in RISING if any(word in text for word in WORDS[level])]
    years = re.search(r"满(\d+)年", text)
    return Sentence(named[0] if named else None, int(years[1]) if years else 0, "应届" in text)


def admits(condition: Condition, siblings: tuple[str, ...], **held: Any) -> bool:  # noqa: ANN401  # as Sentence.admits
    """Read the sentence, or, where it refers to the other conditions of its level, whether any of those admits."""
    if re.search(r"符合(任一)?报考条件", condition.text):
        return any(read(text).admits(**held) for text in siblings)
    return read(condition.text).admits(**held)


def people(seed: int) -> Iterator[tuple[str | None, date | None, int]]:
    """Return people who crowd around every boundary: the day of today, the turn of the year, each number of years."""
    some = random.Random(seed)  # noqa: S311  # a repeatable crowd, no secret
    near = [TODAY, TODAY + timedelta(1), TODAY - timedelta(1), date(2026, 12, 31), date(2027, 1, 1), date(2026, 1, 1)]
    while True:
        graduated = some.choice([None, *near, date(some.randint(1960, 2030), some.randint(1, 12), some.randint(1, 28))])
        yield some.choice([None, *RISING]), graduated, some.choice([*range(20), 60])


def test_every_condition_of_every_programme_is_judged_as_its_sentence_reads() -> None:
    conditions = list(CONDITIONS)
    assert len(conditions) > 30
    disagreeing = set()
    for number, (holds, graduated, years) in zip(range(CASES), people(7), strict=False):
        where = conditions[number % len(conditions)]
        condition = CONDITIONS[where]
        background = Background(HELD[holds] if holds else None, graduated, years)
        (fit,) = try_conditions((condition,), background, today=TODAY)
        if fit.verdict.is_met != admits(condition, SIBLINGS[where], holds=holds, graduated=graduated, years=years):
            disagreeing.add(condition.text)
    assert disagreeing == set()


@pytest.mark.parametrize("condition", CONDITIONS.values(), ids=CONDITIONS)
def test_the_oracle_would_notice_another_number(condition: Condition) -> None:
    """The twin: a sentence read with one year more or another education is caught by somebody among the people."""
    sentence = read(condition.text)
    wrong: list[Callable[[], Sentence]] = [
        lambda: Sentence(sentence.least, sentence.years + 1, sentence.admits_graduating)
    ]
    if sentence.least not in {None, "博士"}:
        higher = RISING[RISING.index(str(sentence.least)) + 1]
        wrong.append(lambda: Sentence(higher, sentence.years, sentence.admits_graduating))
    for make in wrong:
        other = make()
        seen = zip(range(CASES), people(11), strict=False)
        assert any(
            sentence.admits(holds=holds, graduated=day, years=years)
            != other.admits(holds=holds, graduated=day, years=years)
            for _, (holds, day, years) in seen
        )


@pytest.mark.parametrize("seed", range(200))
def test_what_fits_from_a_day_fits_on_it_and_not_before_anything_typed_allows(seed: int) -> None:
    """Wait until the day named, working on: the condition is met then. Where no day is named, no waiting helps."""
    conditions = list(CONDITIONS.values())
    holds, graduated, years = next(people(seed))
    background = Background(HELD[holds] if holds else None, graduated, years)
    for fit in try_conditions(conditions, background, today=TODAY):
        if fit.verdict.is_met:
            assert fit.fits_from is None
            continue
        day = fit.fits_from or date(TODAY.year + 60, 1, 1)
        waited = day.year - TODAY.year - ((day.month, day.day) < (TODAY.month, TODAY.day))
        later = Background(background.education, graduated, years + waited)
        (then,) = try_conditions((fit.condition,), later, today=day)
        assert then.verdict.is_met is (fit.fits_from is not None)
        if fit.fits_from is not None:
            assert fit.fits_from > TODAY


@pytest.mark.parametrize("seed", range(200))
def test_those_that_fit_stand_first_and_nothing_is_lost(seed: int) -> None:
    conditions = list(CONDITIONS.values())
    holds, graduated, years = next(people(seed))
    fits = try_conditions(conditions, Background(HELD[holds] if holds else None, graduated, years), today=TODAY)
    assert len(fits) == len(conditions)
    met = [fit.verdict.is_met for fit in fits]
    assert met == sorted(met, reverse=True)
    below = [fit.verdict.outcome is ConditionOutcome.EDUCATION_BELOW for fit in fits]
    assert below == sorted(below)


def test_the_day_is_the_latest_one_and_leap_days_have_a_successor() -> None:
    condition = CONDITIONS["cost-engineer-2/level-2/bachelor-related-1"]
    nobody_yet = Background(Education.BACHELOR, date(2018, 7, 1), 0)
    (fit,) = try_conditions((condition,), nobody_yet, today=date(2028, 2, 29))
    assert fit.fits_from == date(2029, 3, 1)
    assert fit.verdict.years_short == 1
