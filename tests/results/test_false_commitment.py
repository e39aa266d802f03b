"""A commitment found false after the examination voids every mark of the sitting, and makes what was judged stale."""

import pytest
from django.urls import reverse

from jinbang.application.commitment.models import Commitment, CommitmentCheck
from jinbang.application.commitment.states import CommitmentState, Ground, Stage
from jinbang.application.models import Application
from jinbang.application.states import ApplicationState
from jinbang.people.models import Person
from jinbang.results import basis
from jinbang.results.actions import recompute
from jinbang.results.actions import release as releases
from jinbang.results.errors import SamePersonTwice
from jinbang.results.models import OutcomeChange
from jinbang.results.rules import SubjectMark, voided
from jinbang.results.states import MarkStatus, Overall
from tests.cast import NOW, Cast, client_of
from tests.results.test_queries import PASSED_BASICS, PASSED_PRACTICE, season
from tests.results.world import (
    World,
    bring_in,
    enrol,
    many_people,
    new_world,
    outcome_of,
    sealed,
    set_pass_marks,
    signed,
    validated,
)

pytestmark = pytest.mark.django_db


def test_every_mark_becomes_void() -> None:
    marks = {"a": SubjectMark("a", MarkStatus.SCORED, 9000), "b": SubjectMark("b", MarkStatus.ABSENT, None)}
    assert {mark.status for mark in voided(marks).values()} == {MarkStatus.VOID}
    assert all(mark.mark_hundredths is None for mark in voided(marks).values())


def found_false(world: World, person: Person) -> None:
    """Find this person's commitment false after its examination: the rows that the application phase leaves."""
    application = Application.objects.create(
        sitting=world.region.sitting, region=world.region, person=person, state=ApplicationState.APPROVED.value
    )
    commitment = Commitment.objects.create(
        person=person,
        application=application,
        programme_code="cost-engineer-2",
        year=world.region.sitting.year,
        answered_at=NOW,
        state=CommitmentState.FALSE.value,
    )
    CommitmentCheck.objects.create(
        commitment=commitment,
        ground=Ground.REPORT.value,
        opened_at=NOW,
        closed_at=NOW,
        stage=Stage.AFTER_EXAMINATION.value,
    )


def test_the_outcome_is_void_for_them_and_for_nobody_else(cast: Cast) -> None:
    world = new_world(cast)
    liar, other = many_people(2)
    enrol(world, [liar, other])
    bring_in(world)
    set_pass_marks(world)
    release = validated(world)
    before = basis.basis_hash_of(release)
    assert outcome_of(world, 0).overall == Overall.PASSED
    found_false(world, liar)
    assert basis.basis_hash_of(release) != before  # what was judged before is stale now
    releases.validate_release(release_id=release.pk, by=cast.chu.staff, now=NOW)
    assert outcome_of(world, 0).overall == Overall.VOID
    assert outcome_of(world, 1).overall == Overall.PASSED


@pytest.mark.usefixtures("quick_signing")
@pytest.mark.parametrize("part", ["charged_by_id", "decided_by_id"])
def test_whoever_had_it_found_false_does_not_sign_what_comes_of_it(cast: Cast, part: str) -> None:
    world = new_world(cast)
    enrol(world, many_people(1))
    bring_in(world)
    set_pass_marks(world)
    found_false(world, world.entries[0].person)
    release = sealed(world)
    CommitmentCheck.objects.update(**{part: cast.he.account.pk})
    with pytest.raises(SamePersonTwice):
        signed(release, cast.he)
    assert signed(release, cast.lyu).state == "sealed", "whoever had no part in it signs"


# ---------------------------------------------------------------- results voided later
@pytest.mark.usefixtures("quick_signing")
def test_a_pass_voided_after_its_release_counts_no_more_in_the_next_sitting(cast: Cast) -> None:
    earlier = season(cast, 2025, PASSED_BASICS)
    later = season(cast, 2026, PASSED_PRACTICE, is_out=False)
    assert outcome_of(later).overall == Overall.PASSED
    found_false(earlier, cast.lin.bound)
    assert later.release.basis_hash != basis.basis_hash_of(later.release)
    recompute.recompute_outcomes(release_id=later.release.pk, now=NOW)
    assert outcome_of(later).overall == Overall.PARTIAL
    row = OutcomeChange.objects.get(entry=later.entries[0])
    assert (row.from_overall, row.to_overall, row.causes) == ("passed", "partial", ["earlier"])
    assert outcome_of(earlier).overall == Overall.PARTIAL  # what is out stays out until it is corrected


@pytest.mark.usefixtures("quick_signing")
def test_a_level_completed_by_a_voided_sitting_is_open_again_and_keeps_what_was_passed_before(cast: Cast) -> None:
    season(cast, 2025, PASSED_BASICS)
    completing = season(cast, 2026, PASSED_PRACTICE)
    found_false(completing, cast.lin.bound)
    (first, second) = basis.earlier_registrations(season(cast, 2027, PASSED_PRACTICE, is_out=False).region)[
        cast.lin.bound.pk
    ]
    assert first.attempt.passed == {"basics"}
    assert not second.is_complete
    assert second.attempt.passed == frozenset()
    assert second.attempt.sat == {"basics", "practice"}


@pytest.mark.usefixtures("quick_signing", "now")
def test_the_candidates_page_says_that_a_sitting_is_void_and_counts_nothing_of_it(cast: Cast) -> None:
    world = season(cast, 2026, PASSED_BASICS)
    found_false(world, cast.lin.bound)
    text = client_of(cast.lin).get(reverse("results:record")).content.decode()
    assert "报名承诺被认定不实，这一次的成绩不再计入。" in text
    assert "还差 2 科。" in text
    assert "还算数的科目" not in text
