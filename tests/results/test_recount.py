"""The second account of a release, over real rows: it agrees with the first on every history, and finds what is wrong.

Validating refuses a release in which the two differ, so every test that releases anything is one of these as well.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from jinbang.audit.long_work import AT_ONCE
from jinbang.results import checks, ledger, validity
from jinbang.results.actions import outcomes, recompute, release
from jinbang.results.actions.recount import recount_outcomes
from jinbang.results.errors import ReleaseNotReady
from jinbang.results.models import Mark, Outcome, Release
from jinbang.results.recount import Figures
from jinbang.results.recount_rows import recount_of
from jinbang.results.states import NotCompared, ReleaseState
from tests.cast import NOW, Cast
from tests.results.histories import Histories, programmes_of_every_rule
from tests.results.test_false_commitment import found_false
from tests.results.test_views_desk import ClientOf, text_of, url
from tests.results.world import (
    World,
    bring_in,
    enrol,
    many_people,
    new_world,
    outcome_of,
    released,
    set_pass_marks,
    validated,
)
from tests.tiers import Tier

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_signing")]
YEARS: Final = 4
PEOPLE: Final = 30
RULES: Final = programmes_of_every_rule()


def figures_of(release_: Release) -> Figures:
    """Return what is kept of the release's recount, whatever it was made on."""
    kept = Release.objects.get(pk=release_.pk).recount
    assert kept is not None
    return Figures.on(kept["basis"], kept)


def nothing() -> None:
    """Hold no lease."""


# ---------------------------------------------------------------- the two agree
@pytest.mark.parametrize("code", RULES)
def test_random_histories_come_to_the_same_in_both(code: str, cast: Cast, tier: Tier) -> None:
    histories = Histories(cast, code, tier.random, people=PEOPLE)
    first = 2022 if code == "architect-1" else tier.random.choice((2019, 2020, 2021))
    compared = 0
    for year in range(first, first + YEARS):
        world = histories.play(year)
        if year == first:
            histories.state_passes(world)
        before, *after = tier.random.sample([entry.person for entry in world.entries], min(2, len(world.entries)))
        found_false(world, before)
        try:
            released(world)
        except ReleaseNotReady:
            pytest.fail(f"{code} {year}: {told(figures_of(world.release), world)}")
        figures = figures_of(world.release)
        assert (figures.compared, figures.differing) == (len(world.entries), 0)
        compared += figures.compared
        for person in after:
            found_false(world, person)
    assert compared > PEOPLE


def told(figures: Figures, world: World) -> str:
    """Return in what the two differ, beside what is stored."""
    return "\n".join(
        f"{points}: {Outcome.objects.get(entry=UUID(entry), generation=world.release.generation).subjects}"
        for entry, points in figures.shown[:3]
    )


def test_everybody_who_has_an_outcome_is_compared_and_the_others_are_counted(world: World) -> None:
    bring_in(world)
    set_pass_marks(world)
    ready = validated(world)
    outcome_of(world, 1).delete()
    comparison = recount_of(ready, renew=nothing).comparison
    assert (comparison.compared, comparison.not_compared) == (2, {NotCompared.NOT_JUDGED: 1})
    assert not len(comparison.differing)


# ---------------------------------------------------------------- what is altered is found
def other_overall(outcome: Outcome) -> None:
    outcome.overall = "failed"


def unknown_word(outcome: Outcome) -> None:
    outcome.subjects[0]["status"] = "forgiven"


def other_verdict(outcome: Outcome) -> None:
    outcome.subjects[0]["verdict"] = "failed"


def other_mark(outcome: Outcome) -> None:
    outcome.subjects[0]["mark_hundredths"] += 1


def other_pass_mark(outcome: Outcome) -> None:
    outcome.subjects[1]["pass_mark_hundredths"] = 5_999


def a_line_less(outcome: Outcome) -> None:
    outcome.subjects.pop()


def something_kept(outcome: Outcome) -> None:
    outcome.validity["kept"] = [["basics", 2026, 2027]]


ALTERED: Final[Mapping[str, Callable[[Outcome], None]]] = {
    "overall": other_overall,
    "status": unknown_word,
    "verdict": other_verdict,
    "mark": other_mark,
    "pass_mark": other_pass_mark,
    "lines": a_line_less,
    "kept": something_kept,
}


@pytest.mark.parametrize("point", ALTERED)
def test_an_outcome_altered_after_it_was_validated_is_not_sealed(point: str, world: World) -> None:
    bring_in(world)
    set_pass_marks(world)
    ready = validated(world)
    altered = outcome_of(world, 1)
    ALTERED[point](altered)
    altered.save()
    with pytest.raises(ReleaseNotReady):
        release.seal_release(release_id=ready.pk, by=world.cast.chu.staff, now=NOW)
    assert world.release.state == ReleaseState.VALIDATED.value
    figures = figures_of(ready)
    ((entry, points),) = figures.shown
    assert (figures.compared, figures.differing, entry) == (3, 1, str(world.entries[1].pk))
    assert point in {one.point.value for one in points}


def test_the_twin_whose_sealing_does_not_recount_seals_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    bring_in(world)
    set_pass_marks(world)
    ready = validated(world)
    altered = outcome_of(world, 1)
    other_mark(altered)
    altered.save()
    monkeypatch.setattr(release, "recount_outcomes", lambda *_given, **_more: None)
    seal = release.seal_release(release_id=ready.pk, by=world.cast.chu.staff, now=NOW)
    assert seal.state == ReleaseState.SEALED.value


def two_years(cast: Cast) -> World:
    """Return a second year in which 林 completes what was begun in the first, and everybody else begins."""
    first = new_world(cast, year=2025)
    enrol(first, [cast.lin.bound])
    bring_in(first, {"T00001": {"basics": "70", "practice": "50"}})
    set_pass_marks(first)
    released(first)
    second = new_world(cast, year=2026)
    enrol(second, [cast.lin.bound, *many_people(3)])
    bring_in(second, {"T00001": {"basics": "缺考", "practice": "80"}})
    set_pass_marks(second)
    return second


def too_short_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validity, "_is_within_years", lambda sitting, *, open_to, **_rule: sitting is open_to[-1])


def too_short_in_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    alive = ledger.Ledger._alive
    monkeypatch.setattr(ledger.Ledger, "_alive", lambda self, people, **when: alive(self, people, **when) & False)


@pytest.mark.parametrize("broken", [too_short_one_by_one, too_short_in_columns])
def test_a_rule_that_is_broken_in_one_of_the_two_lets_nothing_be_validated(
    broken: Callable[[pytest.MonkeyPatch], None], cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = two_years(cast)
    broken(monkeypatch)
    with pytest.raises(ReleaseNotReady):
        validated(world)
    figures = figures_of(world.release)
    assert (figures.compared, figures.differing) == (4, 1)
    ((entry, points),) = figures.shown
    assert entry == str(world.entries[0].pk)
    assert {(one.point.value, one.subject_code) for one in points} >= {("overall", ""), ("verdict", "basics")}
    assert world.release.state == ReleaseState.DRAFT.value


def test_the_same_years_agree_where_neither_is_broken(cast: Cast) -> None:
    world = two_years(cast)
    validated(world)
    assert (figures_of(world.release).agreeing, outcome_of(world).overall) == (4, "passed")


def test_who_became_complete_under_other_rules_has_used_up_what_was_passed(cast: Cast) -> None:
    """What has been released is a fact: both accounts begin anew after it, whatever the rules ask for by now."""
    world = two_years(cast)
    Outcome.objects.filter(entry__region__sitting__year=2025).update(overall="passed")
    validated(world)
    assert (figures_of(world.release).agreeing, outcome_of(world).overall) == (4, "partial")


def test_a_fault_in_what_is_read_is_found_as_well(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second account reads for itself: it does not repeat what the first has misread."""
    bring_in(world)
    set_pass_marks(world)
    bring_in(world, {"T00001": {"basics": "90"}})
    plain = outcomes.judge_outcomes

    def with_the_first_version(**given: Any) -> Any:  # noqa: ANN401  # as the one it stands for
        with monkeypatch.context() as patch:
            only_first = Mark.objects.filter(version=1)
            patch.setattr(
                "jinbang.results.basis.counting_marks", lambda region: only_first.filter(entry__region=region)
            )
            return plain(**given)

    monkeypatch.setattr(release, "judge_outcomes", with_the_first_version)
    with pytest.raises(ReleaseNotReady):
        validated(world)
    ((entry, _points),) = figures_of(world.release).shown
    assert entry == str(world.entries[0].pk)


# ---------------------------------------------------------------- when it is made, and what it costs
def test_an_edit_voids_it_with_the_basis_and_judging_anew_makes_it_again(world: World) -> None:
    bring_in(world)
    set_pass_marks(world)
    validated(world)
    assert point_of(world, checks.RECOUNT) == checks.Check(checks.RECOUNT, is_met=True, figure=3, wanted=3)
    bring_in(world, {"T00002": {"basics": "20"}})
    assert point_of(world, checks.RECOUNT) == checks.Check(checks.RECOUNT, is_met=False, figure=0, wanted=3)
    recompute.recompute_outcomes(release_id=world.release.pk, now=NOW)
    assert point_of(world, checks.RECOUNT).is_met
    assert figures_of(world.release).basis == world.release.basis_hash
    release.reopen_release(release_id=world.release.pk, reason="停", by=world.cast.he.staff, now=NOW)
    assert world.release.recount is None


def point_of(world: World, code: str) -> checks.Check:
    (point,) = (check for check in checks.go_no_go(world.release, now=NOW) if check.code == code)
    return point


def test_judging_anew_finds_a_difference_too_and_it_is_not_sealed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_in(world)
    set_pass_marks(world)
    ready = validated(world)
    monkeypatch.setattr("jinbang.results.rules.SETTLED", frozenset())
    recompute.recompute_outcomes(release_id=ready.pk, now=NOW)
    assert point_of(world, checks.RECOUNT_DIFFERS).figure == 0
    with pytest.raises(ReleaseNotReady):
        release.ask_for_sealing(release_id=ready.pk, by=world.cast.chu.staff, now=NOW)


def test_eleven_queries_whatever_the_number_of_people(cast: Cast) -> None:
    counts = []
    everybody = many_people(60)
    for year, people in ((2024, 60), (2025, 3), (2026, 60)):
        world = new_world(cast, year=year)
        enrol(world, everybody[:people])
        bring_in(world)
        set_pass_marks(world)
        ready = released(world)
        with CaptureQueriesContext(connection) as asked:
            found = recount_of(ready, renew=nothing)
        assert found.comparison.compared == people
        counts.append(len(asked))
    assert counts == [10, 11, 11]  # in the first year there is nothing earlier to read


def test_looking_at_the_list_recounts_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    bring_in(world)
    set_pass_marks(world)
    validated(world)
    monkeypatch.setattr("jinbang.results.actions.recount.recount_of", None)
    assert point_of(world, checks.RECOUNT).is_met
    release.ask_for_sealing(release_id=world.release.pk, by=world.cast.chu.staff, now=NOW)


def test_no_mark_and_nothing_that_grows_with_marks_is_kept(world: World) -> None:
    """Before the instant the row of a release tells nothing by its size, whatever people have scored."""
    kept = []
    for mark in ("100", "0"):
        bring_in(world, {entry.ticket_number: {"basics": mark, "practice": mark} for entry in world.entries})
        set_pass_marks(world)
        validated(world)
        kept.append({**(world.release.recount or {}), "basis": ""})
    assert kept[0] == kept[1]


# ---------------------------------------------------------------- the page
def test_the_page_says_for_how_many_and_names_those_in_whom_the_two_differ(world: World, client_of: ClientOf) -> None:
    bring_in(world)
    set_pass_marks(world)
    ready = validated(world)
    page = url("release", ready.pk)
    client: Client = client_of(world.cast.chu)
    said = text_of(client.get(page))
    assert "已对照 3 人：一致 3 人，不一致 0 人。" in said
    altered = outcome_of(world, 1)
    other_overall(altered)
    altered.save()
    outcome_of(world, 2).delete()
    recount_outcomes(ready, basis_hash=ready.basis_hash, keep=AT_ONCE)
    said = text_of(client.get(page))
    assert "已对照 2 人：一致 1 人，不一致 1 人。" in said
    assert "未能对照 1 人" in said
    assert "T00002" in said
    assert "总的结论，存下的是“不合格”，复算是“合格”" in said
    assert "T00001" not in said


def test_whoever_may_do_nothing_sees_no_recount(world: World, client_of: ClientOf) -> None:
    bring_in(world)
    set_pass_marks(world)
    ready = validated(world)
    assert client_of(world.cast.wu).get(url("release", ready.pk)).status_code in {403, 404}
