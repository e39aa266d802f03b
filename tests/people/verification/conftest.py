"""The service, served."""

from collections.abc import Iterator

import pytest

from tests.people.verification.service import Service, serving


@pytest.fixture
def service() -> Iterator[Service]:
    """Serve it for one test."""
    with serving() as found:
        yield found
