"""The two ways to ask: every contract test runs through the RSGI role and through Django."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
from django.test import Client

from jinbang.lookup import adapters
from jinbang.lookup.exchange import Request
from jinbang.lookup.node import Node
from jinbang.lookup.rsgi import LookupApplication
from jinbang.lookup.server import LookupService
from tests.lookup.world import Answer, Ask, House


class Scope:
    """A request as Granian gives it."""

    proto = "http"

    def __init__(self, method: str, path: str, headers: Mapping[str, str]) -> None:
        """Come from one address."""
        self.method, self.path, self.headers, self.client = method, path, headers, "203.0.113.9:51234"


class Wire:
    """The connection as Granian gives it: the body in two pieces, one answer."""

    def __init__(self, body: bytes) -> None:
        """Hold a body that has not been read."""
        self._body = body
        self.answer: Answer | None = None

    async def __call__(self) -> bytes:
        """Give the whole body."""
        return self._body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Give the body piece by piece."""
        half = len(self._body) // 2
        for piece in (self._body[:half], self._body[half:]):
            yield piece

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.answer = Answer(status, dict(headers), body)

    def response_empty(self, status: int, headers: list[tuple[str, str]]) -> None:
        self.answer = Answer(status, dict(headers), b"")


def over_rsgi(service: LookupService) -> Ask:
    """Ask through the RSGI adapter."""
    application = LookupApplication(Node(service), later=lambda at_once: at_once())

    def ask(method: str, path: str, headers: Mapping[str, str] | None = None, *, body: bytes = b"") -> Answer:
        wire = Wire(body)
        asyncio.run(application.__rsgi__(Scope(method, path, headers or {}), wire))
        assert wire.answer is not None
        return wire.answer

    return ask


def over_django(service: LookupService, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Ask through the Django adapter, with the site's own address table and middleware."""
    monkeypatch.setattr(adapters, "service", lambda: service)

    def ask(method: str, path: str, headers: Mapping[str, str] | None = None, *, body: bytes = b"") -> Answer:
        client = Client(REMOTE_ADDR="203.0.113.9")
        given = dict(headers or {})
        kind = given.pop("content-type", "application/octet-stream")
        response = client.generic(method, path, body, content_type=kind, headers=given)
        return Answer(response.status_code, {k.lower(): v for k, v in response.headers.items()}, response.content)

    return ask


def directly(service: LookupService) -> Ask:
    """Ask the service itself."""

    def ask(method: str, path: str, headers: Mapping[str, str] | None = None, *, body: bytes = b"") -> Answer:
        response = service.answer(Request(method, path, "203.0.113.9", headers or {}, body))
        return Answer(response.status, dict(response.headers), response.body)

    return ask


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Return folders and a clock, five minutes after the release instant."""
    return House(tmp_path)


@pytest.fixture
def ask(house: House) -> Ask:
    """Ask a service over everybody's records, without an adapter."""
    house.publish()
    return directly(house.service())


@pytest.fixture(params=["rsgi", "django"])
def carried(request: pytest.FixtureRequest, house: House, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Ask the same service through each of the two adapters."""
    house.publish()
    service = house.service()
    return over_rsgi(service) if request.param == "rsgi" else over_django(service, monkeypatch)
