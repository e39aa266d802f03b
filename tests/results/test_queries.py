"""What outcomes are judged on, over real rows: years, regions, tracks, specialties, corrections; and who loads what."""

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jinbang.people.models import Authority
from jinbang.results import basis, queries
from jinbang.results.actions import release as actions
from jinbang.results.actions.outcomes import judge_outcomes
from jinbang.results.checks import bits_to_guess, go_no_go, open_points
from jinbang.results.errors import ResultsNotFound
from jinbang.results.models import Release
from jinbang.sittings.models import ExamRegion
from jinbang.sittings.states import SittingState
from tests.cast import NOW, Cast
from tests.insert_only import RELEASES, laid_open
from tests.results.world import (
    OPENS,
    Marks,
    World,
    bring_in,
    decide_all,
    enrol,
    many_people,
    new_sitting,
    new_world,
    outcome_of,
    released,
    set_pass_marks,
    stage,
    validated,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_signing")]
BOTH = ("basics", "practice")


def season(cast: Cast, year: int, given: Marks, *, is_out: bool = True, **enrolled: object) -> World:
    """Play one year's sitting for 林: who sat what, with pass marks at 60, released unless told otherwise."""
    world = new_world(cast, year=year)
    enrol(world, [cast.lin.bound], **enrolled)  # type: ignore[arg-type]  # passed on as they are
    set_pass_marks(world)
    bring_in(world, given)
    decide_all(world)
    if is_out:
        released(world)
    else:
        validated(world)
    return world


PASSED_BASICS = {"T00001": {"basics": "60", "practice": "59"}}
PASSED_PRACTICE = {"T00001": {"basics": "59", "practice": "60"}}
FAILED = {"T00001": {"basics": "10", "practice": "10"}}


def test_a_pass_of_last_year_completes_the_level_this_year(cast: Cast) -> None:
    first = season(cast, 2025, PASSED_BASICS)
    assert outcome_of(first).overall == "partial"
    assert outcome_of(first).validity["kept"] == [["basics", 2025, 2026]]
    second = season(cast, 2026, {"T00001": {"practice": "60"}}, subjects=("practice",))
    outcome = outcome_of(second)
    assert outcome.overall == "passed"
    assert [line["verdict"] for line in outcome.subjects] == ["retained", "passed"]
    assert outcome.subjects[0]["passed_year"] == 2025


def test_a_pass_of_the_year_before_last_has_lapsed(cast: Cast) -> None:
    season(cast, 2024, PASSED_BASICS)
    new_sitting(cast.shanxi, year=2025).regions.create(authority=cast.shanxi)
    outcome = outcome_of(season(cast, 2026, PASSED_PRACTICE))
    assert outcome.overall == "partial"
    assert outcome.validity["lapsed"] == [["basics", 2024]]


@pytest.mark.parametrize("how", ["not held here", "sitting cancelled", "no region here"])
def test_a_year_that_was_not_held_here_keeps_it_a_year_longer(cast: Cast, how: str) -> None:
    season(cast, 2024, PASSED_BASICS)
    between = new_sitting(cast.shanxi, year=2025)
    if how == "not held here":
        between.regions.create(authority=cast.shanxi, is_held=False)
    elif how == "sitting cancelled":
        between.regions.create(authority=cast.shanxi)
        between.state = SittingState.CANCELLED.value
        between.save()
    else:
        between.regions.create(authority=cast.chongqing)
    outcome = outcome_of(season(cast, 2026, PASSED_PRACTICE))
    assert outcome.overall == "passed"
    assert outcome.validity["window_years"] == [2024, 2026]


def test_a_drafted_sitting_is_no_year_at_all(cast: Cast) -> None:
    season(cast, 2024, PASSED_BASICS)
    between = new_sitting(cast.shanxi, year=2025)
    between.regions.create(authority=cast.shanxi)
    between.state = SittingState.DRAFT.value
    between.save()
    assert outcome_of(season(cast, 2026, PASSED_PRACTICE)).overall == "passed"


def test_a_change_of_track_starts_anew(cast: Cast) -> None:
    """更改了报考级别，一律按新考生进行处理."""
    season(cast, 2025, PASSED_PRACTICE)
    exempt = season(cast, 2026, {"T00001": {"practice": "59"}}, subjects=("practice",), track="exempt-basics")
    outcome = outcome_of(exempt)
    assert outcome.overall == "failed"
    assert [line["code"] for line in outcome.subjects] == ["practice"]
    assert outcome.validity["window_years"] == [2026]


def test_whoever_comes_back_to_the_first_track_is_a_new_candidate_too(cast: Cast) -> None:
    """The second change is a change as well: what was passed before the first one counts no more."""
    cost = "cost-engineer-1"
    whole, exempt = ("management", "pricing", "measurement", "cases"), ("measurement", "cases")
    years = [
        (2024, "full", whole, {"management": "60", "pricing": "60"}),
        (2025, "exempt-two", exempt, {"measurement": "10", "cases": "10"}),
        (2026, "full", whole, {"measurement": "60", "cases": "72"}),
    ]
    for year, track, subjects, given in years:
        world = new_world(cast, code=cost, year=year)
        enrol(world, [cast.lin.bound], subjects=subjects, level="level-1", specialty="civil", track=track)
        bring_in(world, {"T00001": {code: given.get(code, "10") for code in subjects}})
        released(world)
    outcome = outcome_of(world)
    assert outcome.overall == "partial"
    assert outcome.validity["missing"] == ["management", "pricing"]
    assert outcome.validity["source"] == "cost1-summary"


def test_the_whole_level_is_one_track_however_it_is_spelt(cast: Cast) -> None:
    season(cast, 2025, PASSED_BASICS, track="")
    assert outcome_of(season(cast, 2026, PASSED_PRACTICE, track="full")).overall == "passed"


def test_another_specialty_keeps_what_is_common_and_not_the_others_own_subject(cast: Cast) -> None:
    season(cast, 2025, PASSED_PRACTICE, specialty="installation")
    civil = season(cast, 2026, PASSED_BASICS, specialty="civil")
    assert outcome_of(civil).overall == "partial"
    season_two = season(cast, 2027, {"T00001": {"basics": "10", "practice": "60"}}, specialty="installation")
    assert outcome_of(season_two).overall == "passed"  # 2026's basics is common to both


def test_what_is_not_released_yet_counts_for_nothing(cast: Cast) -> None:
    earlier = season(cast, 2025, PASSED_BASICS, is_out=False)
    later = season(cast, 2026, PASSED_PRACTICE, is_out=False)
    assert outcome_of(later).overall == "partial"
    released(earlier)
    validated(later)
    assert outcome_of(later).overall == "passed"


def test_a_correction_counts_only_once_it_is_out(cast: Cast) -> None:
    earlier = season(cast, 2025, PASSED_BASICS)
    actions.correct_release(
        release_id=earlier.release.pk, opens_at=OPENS.replace(day=20), reason="错登", by=cast.chu.staff, now=OPENS
    )
    bring_in(earlier, FAILED)
    validated(earlier, opens_at=OPENS.replace(day=20), now=OPENS)
    later = season(cast, 2026, PASSED_PRACTICE, is_out=False)
    assert outcome_of(later).overall == "passed"
    released(earlier, opens_at=OPENS.replace(day=20), now=OPENS)
    validated(later)
    assert outcome_of(later).overall == "partial"


def test_a_full_pass_has_become_a_certificate_and_counts_towards_no_other(cast: Cast) -> None:
    season(cast, 2025, {"T00001": {"basics": "60", "practice": "60"}})
    again = season(cast, 2026, {"T00001": {"practice": "60"}}, subjects=("practice",), specialty="civil")
    assert outcome_of(again).overall == "partial"
    assert [line["verdict"] for line in outcome_of(again).subjects] == ["none", "passed"]


def test_absent_from_everything_is_no_attempt(cast: Cast) -> None:
    season(cast, 2025, {"T00001": {"basics": "缺考", "practice": "缺考"}})
    region = new_world(cast, year=2026).region
    enrol(World(cast, region), [cast.lin.bound])
    (earlier,) = basis.earlier_registrations(region)[cast.lin.bound.pk]
    assert not earlier.attempt.has_sat


def test_the_basis_hash_changes_with_everything_that_is_judged_on_and_with_nothing_else(
    world: World, cast: Cast
) -> None:
    set_pass_marks(world)
    bring_in(world)
    release = validated(world)
    seen = [basis.basis_hash_of(release)]
    batch = stage(world, {"T00001": {"basics": "1"}})
    assert basis.basis_hash_of(release) == seen[-1]  # staged counts for nothing
    batch.state = "valid"
    batch.save()
    seen.append(basis.basis_hash_of(release))
    set_pass_marks(world, 5000)
    seen.append(basis.basis_hash_of(release))
    enrol(world, many_people(2)[1:])
    seen.append(basis.basis_hash_of(release))
    earlier = new_sitting(cast.shanxi, year=2024)
    seen.append(basis.basis_hash_of(release))
    region = ExamRegion.objects.create(sitting=earlier, authority=cast.shanxi)
    seen.append(basis.basis_hash_of(release))
    with laid_open(RELEASES):
        Release.objects.create(code="earlier", region=region, opens_at=NOW, state="released")
    seen.append(basis.basis_hash_of(release))
    assert len(set(seen)) == len(seen)


# Each kind of input is read once, for the judging and for its name alike: pass marks, sittings with their regions,
# violation cases, violations noted in a room, the end of the roster, commitments found false, the files handed over
# (their ids for the name, what they state for the judging), batches, earlier releases, earlier registrations, marks,
# and everybody.
def test_judging_takes_as_many_queries_for_forty_people_as_for_three(world: World) -> None:
    set_pass_marks(world)
    bring_in(world)
    release = validated(world)
    with CaptureQueriesContext(connection) as few:
        judge_outcomes(release=release, now=NOW)
    enrol(world, many_people(40)[1:])
    bring_in(world)
    with CaptureQueriesContext(connection) as many:
        judge_outcomes(release=release, now=NOW)
    assert len(many) == len(few) == 13


def test_the_go_no_go_list_counts_what_it_says(world: World) -> None:
    set_pass_marks(world)
    bring_in(world)
    release = validated(world)
    found = {check.code: (check.is_met, check.figure, check.wanted) for check in go_no_go(release, now=NOW)}
    assert found == {
        "roster": (True, 3, 3),
        "marks_complete": (True, 6, 6),
        "nothing_staged": (True, 0, 0),
        "conflicts": (True, 0, 0),
        "outcomes": (True, 3, 3),
        "recount": (True, 3, 3),
        "instant": (True, 24 * 60, 1),
        "pass_marks": (True, 2, 2),
        "signers": (True, 2, 2),
        "violations": (True, 0, 0),
        "room_records": (True, 0, 0),
        "distribution": (True, 0, 0),
        "guessing": (False, 0, 16),
    }


@pytest.mark.parametrize(
    "numbers,asks_name,bits",
    [
        ([], True, 0),
        (["T00001", "T00002"], False, 0),
        (["T00001", "T00002"], True, 8),
        (["100001", "100002", "100003"], False, 0),
        (["100000", "999999"], False, 18),
        (["26140300000112345", "26140300000298765"], False, 16),
    ],
)
def test_the_list_says_how_hard_a_ticket_number_is_to_guess(numbers: list[str], *, asks_name: bool, bits: int) -> None:
    assert bits_to_guess(numbers, asks_name=asks_name) == bits


def test_a_missing_pass_mark_or_signer_is_told_and_stops_nobody(world: World, cast: Cast) -> None:
    bring_in(world)
    cast.lyu.account.appointments.update(ends_on=NOW.date().replace(day=1))
    release = validated(world)
    told = [check.code for check in go_no_go(release, now=NOW) if not check.is_met]
    assert told == ["pass_marks", "signers", "guessing"]


def test_as_many_points_stand_in_the_way_as_the_list_shows(world: World) -> None:
    """What stops a release is counted without the list being drawn up, and must be what the list says."""
    bring_in(world)
    release = validated(world)
    counts = [assert_alike(release, now=NOW)]
    counts.append(assert_alike(release, now=release.opens_at))
    enrol(world, many_people(4)[3:])
    counts.append(assert_alike(release, now=NOW))
    stage(world)
    counts.append(assert_alike(release, now=NOW))
    assert counts == [0, 1, 3, 4]


def assert_alike(release: Release, *, now: datetime) -> int:
    """Return how many points of the list stand in the way, once both ways of counting have agreed."""
    shown = sum(check.is_blocking and not check.is_met for check in go_no_go(release, now=now))
    assert open_points(release, now=now) == shown
    return shown


def test_loaders_show_nothing_outside_role_and_scope(world: World, cast: Cast) -> None:
    set_pass_marks(world)
    batch = bring_in(world)
    release = validated(world)
    for member in (cast.wu, cast.zhou, cast.gu, cast.han, cast.zheng):
        with pytest.raises(ResultsNotFound):
            queries.get_region(world.region.pk, by=member.staff)
        with pytest.raises(ResultsNotFound):
            queries.get_release(release.pk, by=member.staff)
        with pytest.raises(ResultsNotFound):
            queries.get_batch(batch.pk, by=member.staff)
        assert not queries.regions_in_scope(member.staff, *queries.RESULTS_ROLES).exists()
    for member in (cast.chu, cast.wei, cast.jiang, cast.he):
        assert queries.get_release(release.pk, by=member.staff) == release
    with pytest.raises(ResultsNotFound):
        queries.get_batch(batch.pk, by=cast.he.staff)


def test_a_sitting_whose_results_are_kept_elsewhere_is_not_on_this_desk(world: World, cast: Cast) -> None:
    sitting = world.region.sitting
    sitting.results_here = False
    sitting.save()
    with pytest.raises(ResultsNotFound):
        queries.get_region(world.region.pk, by=cast.chu.staff)


def test_regions_of_cities_and_provinces_are_the_same_place(cast: Cast) -> None:
    """A region drawn as the province in one year and as its city in the next has held both."""
    city: Authority = cast.yangquan
    earlier = new_sitting(cast.shanxi, year=2025)
    ExamRegion.objects.create(sitting=earlier, authority=cast.shanxi)
    now = new_sitting(cast.shanxi, year=2026)
    region = ExamRegion.objects.create(sitting=now, authority=city)
    assert [sitting.is_held for sitting in basis.sittings_up_to(region)] == [True, True]
