"""What every test may ask for: the cast, a signed-in client, a clock that stands still, an empty cache."""

import gc
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import lru_cache
from unittest.mock import patch

import pytest
from argon2.low_level import hash_secret_raw
from django.core.cache import cache
from django.test import Client

from jinbang.kernel.clock import frozen_at
from jinbang.people.models import Account
from tests import cast as members
from tests import replay
from tests.insert_only import flush_past_it

NAME_CHARACTERS_MOST = 80


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name a long case by its beginning and its length: names go from process to process, some cases are megabytes."""
    if isinstance(val, str | bytes) and len(val) > NAME_CHARACTERS_MOST:
        return f"{val[:NAME_CHARACTERS_MOST]!a}... {len(val)}"
    return None


def pytest_configure(config: pytest.Config) -> None:
    """Replay nothing where a run is to build everything anew."""
    replay.is_off = config.option.built_anew


def pytest_collection_finish() -> None:
    """Leave what has been imported and collected out of every later search for garbage: it stays to the end."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    """Do the same at the end, where pytest searches several times over."""
    gc.collect()
    gc.freeze()


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


@pytest.fixture(autouse=True, scope="session")
def _stretched_once(request: pytest.FixtureRequest) -> Iterator[None]:
    """Stretch no passphrase twice with the same salt: that takes two tenths of a second and always gives the same."""
    stretched = hash_secret_raw if request.config.option.built_anew else lru_cache(hash_secret_raw)
    with patch("jinbang.kernel.crypto.officer.hash_secret_raw", stretched):
        yield


@pytest.fixture(autouse=True)
def _writes_noticed(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let what many tests build be replayed where that cannot be told from building it."""
    asked = {"monkeypatch", "settings", "transactional_db"} & set(request.node._fixtureinfo.argnames)
    is_changed = not asked.isdisjoint({"monkeypatch", "settings"})
    marker = request.node.get_closest_marker("django_db")
    is_usual = not (asked or (marker and marker.kwargs.get("transaction")))
    with replay.noticed(is_usual=is_usual, is_changed=is_changed):
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
