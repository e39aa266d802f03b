"""What every test may ask for: the cast, a signed-in client, a clock that stands still, an empty cache."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from django.core.cache import cache
from django.test import Client

from jinbang.kernel.clock import frozen_at
from jinbang.people.models import Account
from tests import cast as members
from tests.insert_only import flush_past_it


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """Forget what rate limits and used codes left in the cache."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True, scope="session")
def _emptied_between_tests() -> Iterator[None]:
    """Let a test with transactions of its own leave an empty database behind, tables included that refuse deletion."""
    with flush_past_it():
        yield


@pytest.fixture
def now() -> Iterator[datetime]:
    """Hold the clock at ten in the morning of Tuesday, 10 March 2026, and return that instant."""
    with frozen_at(members.NOW):
        yield members.NOW


@pytest.fixture
def cast(db: None, now: datetime) -> members.Cast:
    """Return the cast, freshly built in this test's transaction, with the clock held."""
    return members.build_cast()


@pytest.fixture
def client_of() -> Callable[[members.CandidateMember | members.StaffMember | Account], Client]:
    """Return the function that signs a member of the cast in."""
    return members.client_of
