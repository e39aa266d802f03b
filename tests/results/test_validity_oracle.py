"""Random lives held against the oracle: one by one as `validity` judges them, and all at once as `ledger` does.

Each world has a rule, sittings of several years (some twice a year), regions that did not hold some of them, ways and
specialties to change between, and people with marks of every kind. Sizes stand in `tests/tiers.py`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from random import Random

import numpy as np
import pytest

from jinbang.catalogue.regulations import Provenance
from jinbang.catalogue.validity import PassedOverYear, SubjectEquivalence, SyllabusChange, Validity
from jinbang.results.ledger import STATUSES, Ledger, SittingColumns, Way
from jinbang.results.rules import SETTLED, History, Judgement, SubjectMark, is_complete, judge_person
from jinbang.results.states import MarkStatus
from jinbang.results.validity import Attempt, HeldSitting, Registration, kept_for_next, own_attempts
from tests.results.validity_oracle import (
    ABSENT,
    FAIL,
    PASS,
    VIOLATION,
    VOID,
    WITHHELD,
    ZERO,
    OracleSitting,
    OracleWay,
    Said,
    Sat,
    oracle,
)
from tests.tiers import Measure, Tier

REGIONS = 3
PEOPLE_EACH = 50
PASS_MARK = 6_000
SOURCE = Provenance("test")
MARKS = {
    PASS: SubjectMark("", MarkStatus.SCORED, PASS_MARK),
    FAIL: SubjectMark("", MarkStatus.SCORED, PASS_MARK - 1),
    ZERO: SubjectMark("", MarkStatus.SCORED, 0),
    ABSENT: SubjectMark("", MarkStatus.ABSENT, None),
    VIOLATION: SubjectMark("", MarkStatus.VIOLATION, None),
    VOID: SubjectMark("", MarkStatus.VOID, None),
    WITHHELD: SubjectMark("", MarkStatus.WITHHELD, None),
}
KINDS = (PASS,) * 9 + (FAIL,) * 4 + (ABSENT,) * 3 + (ZERO, VIOLATION, VOID, WITHHELD)


@dataclass(frozen=True)
class Life:
    """One person: where they live, and what they were registered for."""

    region: int
    taken: Mapping[str, Sat]


@dataclass(frozen=True)
class Lives:
    """A programme's sittings and the people who went through them."""

    ways: tuple[OracleWay, ...]
    sittings: tuple[OracleSitting, ...]
    people: tuple[Life, ...]

    @property
    def subjects(self) -> tuple[str, ...]:
        """Every subject there is or was, the present ones first."""
        return tuple(sorted({code for way in self.ways for code in _subjects_of(way)}))


def _subjects_of(way: OracleWay) -> tuple[str, ...]:
    old = (code for change in way.validity.changes for one in change.equivalences for code, _name in one.earlier)
    return (*way.required, *old)


def draw_lives(random: Random) -> Lives:
    sittings = _sittings(random)
    years = sorted({sitting.year for sitting in sittings})
    over = tuple(PassedOverYear(year, SOURCE) for year in years if random.random() < 0.1)
    rule = replace(_validity(random), passed_over=over)
    if random.random() < 0.3 and len(years) > 2 and not rule.same_sitting and rule.resits is None:
        rule = replace(rule, changes=(_change(random, random.choice(years[1:]), rule),))
    required, own = ("a", "b", "c"), frozenset("c") if random.random() < 0.5 else frozenset()
    ways = [OracleWay(rule, required, own)]
    if random.random() < 0.5:
        shorter = replace(rule, consecutive_sittings=1) if rule.resits is None else rule
        if random.random() < 0.5:
            shorter = replace(shorter, passed_over=())
        ways.append(OracleWay(replace(shorter, changes=()), ("b", "c"), own))
    people = tuple(_life(random, tuple(ways), sittings) for _ in range(PEOPLE_EACH))
    return Lives(tuple(ways), sittings, people)


def _validity(random: Random) -> Validity:
    kind = random.random()
    if kind < 0.08:
        return Validity(1, same_sitting=True)
    if kind < 0.16:
        return Validity(None)
    if kind < 0.3:
        return Validity(random.randint(2, 4), resits=random.randint(1, 2), within_months=random.randint(6, 30))
    return Validity(random.randint(1, 5))


def _change(random: Random, year: int, rule: Validity) -> SyllabusChange:
    earlier = (("x", "旧甲"), ("y", "旧乙"))
    one = SubjectEquivalence("a", earlier, needs_all=random.random() < 0.5)
    most = rule.consecutive_sittings
    clock = random.randint(1, most or 3) if random.random() < 0.5 else None
    return SyllabusChange(year, (one,), SOURCE, earlier_sittings=clock)


def _sittings(random: Random) -> tuple[OracleSitting, ...]:
    month, found = 2015 * 12, []
    for number in range(random.randint(2, 7)):
        month += random.choice((5, 6, 12, 12, 12, 12, 13))
        held = frozenset(region for region in range(REGIONS) if random.random() < 0.85)
        found.append(OracleSitting(f"s{number}", month // 12, month + 1, held))
    return tuple(found)


def _life(random: Random, ways: tuple[OracleWay, ...], sittings: tuple[OracleSitting, ...]) -> Life:
    taken, way, specialty = {}, random.randrange(len(ways)), random.choice("pq")
    stays, often = random.random(), 0.5 + random.random() / 2
    for sitting in sittings:
        if random.random() > often:
            continue
        if random.random() > stays:
            way, specialty = random.randrange(len(ways)), random.choice("pq")
        wanted = _offered(random, ways[way], sitting)
        chosen = [code for code in wanted if random.random() < 0.8] or wanted[:1]
        if random.random() < 0.1:
            taken[sitting.code] = Sat(way, specialty, dict.fromkeys(chosen, ABSENT))
        else:
            taken[sitting.code] = Sat(way, specialty, {code: random.choice(KINDS) for code in chosen})
    return Life(random.randrange(REGIONS), taken)


def _offered(random: Random, way: OracleWay, sitting: OracleSitting) -> list[str]:
    """Before a change the earlier subjects are sat, in its year either, after it the new ones."""
    for change in way.validity.changes:
        old = [code for one in change.equivalences for code, _name in one.earlier]
        new = [one.subject for one in change.equivalences]
        common = [code for code in way.required if code not in new]
        if sitting.year < change.year:
            return [*old, *common]
        if sitting.year == change.year and random.random() < 0.6:
            return [*old, *common, *(new if random.random() < 0.3 else [])]
    return list(way.required)


# ---------------------------------------------------------------- the three accounts
def as_validity_says(lives: Lives, life: Life) -> Iterator[tuple[str, Judgement, History, Attempt]]:
    """Judge one person as the program does: sitting by sitting, each from the registrations before it."""
    earlier: list[Registration] = []
    held = [
        HeldSitting(
            one.code, one.year, date((one.month - 1) // 12, (one.month - 1) % 12 + 1, 5), life.region in one.held_in
        )
        for one in lives.sittings
    ]
    for number, sitting in enumerate(lives.sittings, 1):
        mine = life.taken.get(sitting.code)
        if mine is None:
            continue
        way = lives.ways[mine.way]
        counting = own_attempts(
            earlier,
            level="level",
            track=str(mine.way),
            specialty=mine.specialty,
            own=way.own,
            lasts=way.validity.outlasts_a_year,
        )
        history = History(tuple(held[:number]), counting, way.validity)
        marks = {code: replace(MARKS[what], subject_code=code) for code, what in mine.marks.items()}
        pass_marks = dict.fromkeys(_subjects_of(way), PASS_MARK)
        judgement = judge_person(required=way.required, marks=marks, pass_marks=pass_marks, history=history)
        done = is_complete(judgement.lines) and judgement.overall.value == "passed"
        attempt = Attempt(
            frozenset(code for code, what in mine.marks.items() if what == PASS),
            frozenset(code for code, what in mine.marks.items() if what != ABSENT),
        )
        earlier.append(Registration(sitting.code, "level", str(mine.way), mine.specialty, attempt, is_complete=done))
        yield sitting.code, judgement, history, attempt


def as_columns_say(lives: Lives) -> dict[str, dict[int, tuple[frozenset[str], bool, frozenset[str]]]]:
    """Judge everybody of a world at once: sitting → person → what stands, whether it is everything, what is kept."""
    subjects = lives.subjects
    ways = [Way(way.validity, subjects, frozenset(way.required), way.own) for way in lives.ways]
    ledger = Ledger(ways, people=len(lives.people))
    found: dict[str, dict[int, tuple[frozenset[str], bool, frozenset[str]]]] = {}
    for sitting in lives.sittings:
        here = [
            (number, life.taken[sitting.code]) for number, life in enumerate(lives.people) if sitting.code in life.taken
        ]
        rows = [(number, subjects.index(code), what) for number, mine in here for code, what in mine.marks.items()]
        columns = SittingColumns(
            year=sitting.year,
            month=sitting.month,
            held=np.array([life.region in sitting.held_in for life in lives.people]),
            registered=np.array([number for number, _mine in here], np.int64),
            way=np.array([mine.way for _number, mine in here], np.int64),
            specialty=np.array([ord(mine.specialty) for _number, mine in here], np.int64),
            person=np.array([number for number, _, _ in rows], np.int64),
            subject=np.array([subject for _, subject, _ in rows], np.int64),
            mark=np.array([MARKS[what].mark_hundredths or 0 for _, _, what in rows], np.int64),
            status=np.array([STATUSES.index(MARKS[what].status) for _, _, what in rows], np.int64),
            pass_mark=np.full(len(rows), PASS_MARK),
        )
        judged = ledger.enter(columns)
        kept = ledger.kept(columns)
        found[sitting.code] = {
            number: (
                frozenset(code for code, stands in zip(subjects, judged.standing[row], strict=True) if stands),
                bool(judged.complete[row]),
                frozenset(code for code, stays in zip(subjects, kept[row], strict=True) if stays),
            )
            for row, (number, _mine) in enumerate(here)
        }
    return found


def _differences(lives: Lives) -> Iterator[str]:
    columns = as_columns_say(lives)
    for number, life in enumerate(lives.people):
        said = oracle(lives.ways, lives.sittings, life.taken, region=life.region)
        judged = list(as_validity_says(lives, life))
        for code, judgement, history, attempt in judged:
            way, expected = lives.ways[life.taken[code].way], said[code]
            if (problem := _compared(judgement, expected, way)) is not None:
                yield f"one by one, {code}: {problem} for {life} in {lives.sittings} under {way}"
            stands, done, kept = columns[code][number]
            if not done and kept != {one.subject_code for one in history.kept_after(attempt)}:
                yield f"kept in columns, {code}: {set(kept)} instead of {history.kept_after(attempt)} for {life}"
            if (
                stands & set(way.required) != expected.standing.keys() & set(way.required)
                or done != expected.is_complete
            ):
                yield f"in columns, {code}: {set(stands)}, {done} instead of {expected} for {life} under {way}"
        if said and not expected.is_complete:
            _code, _judgement, history, attempt = judged[-1]
            yield from _kept_differences(lives, life, history=history, attempt=attempt)


def _compared(judgement: Judgement, expected: Said, way: OracleWay) -> str | None:
    here = {line.code for line in judgement.lines if line.verdict.value == "passed"}
    found = {line.code: line.passed_year for line in judgement.lines if line.verdict in SETTLED}
    wanted = {code: expected.standing[code] for code in way.required if code in expected.standing}
    if found.keys() != wanted.keys() or any(found[code] != wanted[code] for code in found.keys() - here):
        return f"{found} instead of {wanted}"
    if (judgement.overall.value == "passed") != expected.is_complete:
        return f"{judgement.overall} instead of {expected.is_complete}"
    return None


def _kept_differences(lives: Lives, life: Life, *, history: History, attempt: Attempt) -> Iterator[str]:
    """Hold what is said to be kept, and until when, against further years in which nothing is passed any more."""
    last = history.sittings[-1]
    before = [one for one in lives.sittings if one.code in {sitting.code for sitting in history.sittings}]
    kept = kept_for_next(
        sittings=history.sittings, attempts={**history.earlier, last.code: attempt}, validity=history.validity
    )
    mine = life.taken[last.code]
    if {one.subject_code for one in kept} >= set(lives.ways[mine.way].required):
        return  # a decision or a new syllabus makes it complete without another sitting: nothing is kept for long
    # As soon as it can be, and then at the end of each further year.
    month = last.first_day.year * 12 + last.first_day.month
    for ahead in range(1, 7):
        year = last.year + ahead
        if any(last.year + 1 < change.year <= year for change in history.validity.changes):
            return  # what is kept is named in the syllabus of the year after
        first = month + 1 if ahead == 1 and (month + 1) > year * 12 else year * 12 + 1
        coming = OracleSitting("ahead", year, first, frozenset(range(REGIONS)))
        between = [
            OracleSitting(f"b{number}", last.year + number, (last.year + number) * 12 + 6, frozenset(range(REGIONS)))
            for number in range(1, ahead)
        ]
        taken = {**{code: sat for code, sat in life.taken.items() if code in {one.code for one in before}}}
        taken |= {one.code: Sat(mine.way, mine.specialty, {"b": ABSENT}) for one in between}
        taken["ahead"] = Sat(mine.way, mine.specialty, {"b": FAIL})
        said = oracle(lives.ways, [*before, *between, coming], taken, region=life.region)["ahead"]
        expected = set(said.standing)
        found = {one.subject_code for one in kept if one.counts_through_year is None or one.counts_through_year >= year}
        if found != expected:
            yield f"kept for {year}: {found} instead of {expected} ({kept}) for {life} under {history.validity}"


def test_every_life_is_judged_as_the_oracle_judges_it(tier: Tier) -> None:
    """Two accounts of ours and one that is none of ours, over as many people as the tier says."""
    judged = 0
    while judged < tier[Measure.HISTORIES]:
        lives = draw_lives(tier.random)
        assert next(_differences(lives), None) is None
        judged += len(lives.people)


@pytest.mark.parametrize("broken", ["a year too long", "absence is a year passed over", "nothing starts anew"])
def test_the_oracle_finds_a_rule_that_is_wrong(broken: str, tier: Tier, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin: with one sentence of the rules taken away, some life differs soon."""
    import jinbang.results.validity as rules

    if broken == "a year too long":
        monkeypatch.setattr(Validity, "sittings_for", lambda self, _year: (self.consecutive_sittings or 99) + 1)
    elif broken == "absence is a year passed over":
        open_to = rules._open_to

        def forgetful(sittings, *, attempts, validity):  # type: ignore[no-untyped-def]  # typed as the one it stands for  # noqa: ANN001, ANN202  # the same
            sat = {code: attempt for code, attempt in attempts.items() if attempt.has_sat}
            return open_to(sittings, attempts=sat, validity=validity)

        monkeypatch.setattr(rules, "_open_to", forgetful)
    else:
        monkeypatch.setattr(
            "tests.results.test_validity_oracle.own_attempts",
            lambda given, **_way: {one.code: one.attempt for one in given},
        )
    assert any(next(_differences(draw_lives(tier.random)), None) for _ in range(400))
