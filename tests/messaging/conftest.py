"""The world of the messaging tests."""

import pytest

from tests.application.world import World, build_world
from tests.cast import Cast


@pytest.fixture
def world(cast: Cast) -> World:
    """Return a sitting open for application and payment, with the cast in place."""
    return build_world(cast)
