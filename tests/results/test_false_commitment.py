"""A commitment found false after the examination voids every mark of the sitting, and makes what was judged stale."""

import pytest

from jinbang.application.commitment.models import Commitment, CommitmentCheck
from jinbang.application.commitment.states import CommitmentState, Ground, Stage
from jinbang.application.models import Application
from jinbang.application.states import ApplicationState
from jinbang.results import basis
from jinbang.results.rules import SubjectMark, voided
from jinbang.results.states import MarkStatus, Overall
from tests.cast import NOW, Cast
from tests.results.world import bring_in, enrol, many_people, new_world, outcome_of, set_pass_marks, validated

pytestmark = pytest.mark.django_db


def test_every_mark_becomes_void() -> None:
    marks = {"a": SubjectMark("a", MarkStatus.SCORED, 9000), "b": SubjectMark("b", MarkStatus.ABSENT, None)}
    assert {mark.status for mark in voided(marks).values()} == {MarkStatus.VOID}
    assert all(mark.mark_hundredths is None for mark in voided(marks).values())


def test_the_outcome_is_void_for_them_and_for_nobody_else(cast: Cast) -> None:
    world = new_world(cast)
    liar, other = many_people(2)
    enrol(world, [liar, other])
    bring_in(world)
    set_pass_marks(world)
    application = Application.objects.create(
        sitting=world.region.sitting,
        region=world.region,
        person=liar,
        state=ApplicationState.APPROVED.value,
    )
    commitment = Commitment.objects.create(
        person=liar,
        application=application,
        programme_code="cost-engineer-2",
        year=2026,
        answered_at=NOW,
        state=CommitmentState.FALSE.value,
    )
    release = validated(world)
    before = basis.basis_hash_of(release)
    assert outcome_of(world, 0).overall == Overall.PASSED
    CommitmentCheck.objects.create(
        commitment=commitment,
        ground=Ground.REPORT.value,
        opened_at=NOW,
        closed_at=NOW,
        stage=Stage.AFTER_EXAMINATION.value,
    )
    assert basis.basis_hash_of(release) != before  # what was judged before is stale now
    from jinbang.results.actions import release as releases

    releases.validate_release(release_id=release.pk, by=cast.chu.staff, now=NOW)
    assert outcome_of(world, 0).overall == Overall.VOID
    assert outcome_of(world, 1).overall == Overall.PASSED
