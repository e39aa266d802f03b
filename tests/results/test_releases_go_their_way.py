"""The database itself holds a release to the one table of steps, whoever asks; the twin takes that away."""

from itertools import product

import pytest
from django.db import DatabaseError, connection, transaction

from jinbang.results.models import Release
from jinbang.results.states import RELEASE_TRANSITIONS, ReleaseState
from tests.insert_only import RELEASES, laid_open
from tests.results.world import OPENS, World

pytestmark = pytest.mark.django_db
LEGAL = {(before, after) for (before, _event), after in RELEASE_TRANSITIONS.items()}


@pytest.fixture
def release(world: World) -> Release:
    return Release.objects.create(code="here", region=world.region, opens_at=OPENS)


def moved_by_hand(state: ReleaseState) -> str:
    """Write a state past the program, and return what stands there then."""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {RELEASES} SET state = %s", [state.value])  # noqa: S608  # a word of our own
        cursor.execute(f"SELECT state FROM {RELEASES}")  # noqa: S608  # the same
        return str(cursor.fetchone()[0])


@pytest.mark.parametrize("before,after", product(ReleaseState, ReleaseState))
def test_the_database_allows_just_the_steps_of_the_table(
    release: Release, before: ReleaseState, after: ReleaseState
) -> None:
    with laid_open(RELEASES):
        moved_by_hand(before)
    if before is after or (before, after) in LEGAL:
        assert moved_by_hand(after) == after
        return
    with pytest.raises(DatabaseError, match="a release goes its way"), transaction.atomic():
        moved_by_hand(after)
    assert Release.objects.get().state == before


def test_the_twin_without_the_refusal_a_draft_is_released_at_once(release: Release) -> None:
    with laid_open(RELEASES):
        assert moved_by_hand(ReleaseState.RELEASED) == "released"


@pytest.mark.parametrize("state", [state for state in ReleaseState if state is not ReleaseState.DRAFT])
def test_no_release_begins_as_anything_but_a_draft(world: World, state: ReleaseState) -> None:
    with pytest.raises(DatabaseError, match="a release goes its way"), transaction.atomic():
        Release.objects.create(code="here", region=world.region, opens_at=OPENS, state=state.value)
    assert not Release.objects.exists()
